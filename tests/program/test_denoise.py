# SPDX-License-Identifier: GPL-3.0-or-later
"""latent denoise, with networks whose answer is known."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import Outcome
from PIL import ImageCms
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]
Samples = npt.NDArray[Any]
F32 = ("--precision", "f32")


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("denoisers")
    made = {kind: make_denoiser(folder, kind) for kind in ("zero", "mean", "level")}
    made["mean, small tiles"] = make_denoiser(folder, "mean", 5000)
    return made


def noisy(shape: tuple[int, ...], dtype: Any, seed: int = 1) -> Samples:
    values = np.random.default_rng(seed).uniform(0.2, 0.8, shape)
    if np.issubdtype(dtype, np.floating):
        return values.astype(dtype)
    return np.round(values * np.iinfo(dtype).max).astype(dtype)


def write_tiff(path: Path, samples: Samples, **options: Any) -> Path:
    channels = samples.shape[2] if samples.ndim == 3 else 1
    photometric = "rgb" if channels >= 3 else "minisblack"
    if channels in (2, 4):
        options["extrasamples"] = ["unassalpha"]
    if channels >= 3 and np.issubdtype(samples.dtype, np.floating):
        # Without a profile floats are taken for linear light.
        options["iccprofile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tifffile.imwrite(path, samples, photometric=photometric, planarconfig="contig", **options)
    return path


def unit(samples: Samples) -> npt.NDArray[np.float64]:
    if np.issubdtype(samples.dtype, np.floating):
        return samples.astype(np.float64)
    return samples.astype(np.float64) / np.iinfo(samples.dtype).max


def mean_of_9(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    around = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="reflect")
    height, width = picture.shape[:2]
    parts = [around[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    result: npt.NDArray[np.float64] = np.mean(parts, axis=0)
    return result


INNER = (slice(2, -2), slice(2, -2))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_strength_0_is_the_source_bit_for_bit(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any, channels: int
) -> None:
    shape = (67, 101) if channels == 1 else (67, 101, channels)
    samples = noisy(shape, dtype)
    if dtype is np.float32:
        samples[3, 5] = 7.5
        samples[4, 6] = -0.25
    source = write_tiff(tmp_path / "photo.tif", samples)
    bits = str(np.dtype(dtype).itemsize * 8)
    outcome = latent("denoise", source, "--strength", 0, "--bit-depth", bits,
                     "--model", packages["mean"])  # fmt: skip
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / "photo_denoise.tif")
    assert result.dtype == dtype
    assert np.array_equal(result.reshape(samples.shape), samples)


@pytest.mark.parametrize("zero", [("--luma", 0, "--chroma", 0), ("--strength", 0)])
def test_eight_bits_become_sixteen_by_257(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], zero: tuple[object, ...]
) -> None:
    samples = noisy((40, 50, 3), np.uint8)
    source = tmp_path / "photo.png"
    source.write_bytes(imagecodecs.png_encode(samples))
    assert latent("denoise", source, *zero, "--model", packages["mean"]).code == 0
    result = tifffile.imread(tmp_path / "photo_denoise.tif")
    assert result.dtype == np.uint16
    assert np.array_equal(result, samples.astype(np.uint16) * 257)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strength_0_through_other_formats(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], ending: str, dtype: Any
) -> None:
    samples = noisy((40, 50, 3), dtype)
    source = tmp_path / "photo.png"
    source.write_bytes(imagecodecs.png_encode(samples))
    output = tmp_path / f"out.{ending}"
    bits = np.dtype(dtype).itemsize * 8
    outcome = latent("denoise", source, "-o", output, "--strength", 0, "--bit-depth", bits,
                     "--model", packages["zero"])  # fmt: skip
    assert outcome.code == 0, outcome
    reader = imagecodecs.png_decode if ending == "png" else imagecodecs.imread
    result = reader(output.read_bytes()) if ending == "png" else tifffile.imread(output)
    assert np.array_equal(result, samples)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_what_the_network_finds_is_taken_away(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any
) -> None:
    samples = noisy((150, 211, 3), dtype)
    source = write_tiff(tmp_path / "photo.tif", samples)
    outcome = latent("denoise", source, "--bit-depth", np.dtype(dtype).itemsize * 8, *F32,
                     "--model", packages["mean"])  # fmt: skip
    assert outcome.code == 0, outcome
    result = unit(tifffile.imread(tmp_path / "photo_denoise.tif"))
    assert np.max(np.abs(result - mean_of_9(unit(samples)))[INNER]) < 2e-5


def test_a_strength_between_is_a_blend_where_no_detail_is_sought(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((80, 90, 3), np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, "--strength", 40, "--detail", "none", *F32,
                  "--model", packages["mean"]).code == 0  # fmt: skip
    result = unit(tifffile.imread(tmp_path / "photo_denoise.tif"))
    clean = mean_of_9(unit(samples))
    assert np.max(np.abs(result - (0.6 * unit(samples) + 0.4 * clean))[INNER]) < 3e-5


def test_luma_and_chroma_are_set_apart(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((80, 90, 3), np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, "--luma", 0, "--detail", "none", *F32,
                  "--model", packages["mean"]).code == 0  # fmt: skip
    result = unit(tifffile.imread(tmp_path / "photo_denoise.tif"))
    residual = unit(samples) - mean_of_9(unit(samples))
    light = residual @ np.array([0.2126, 0.7152, 0.0722])
    expected = unit(samples) - (residual - light[..., None])
    assert np.max(np.abs(result - expected)[INNER]) < 3e-5


@pytest.mark.parametrize("settings", [
    (), ("--strength", "50"), ("--strength", "50", "--detail", "darktable"),
])  # fmt: skip
def test_a_region_has_the_pixels_of_the_whole(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], settings: tuple[str, ...]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((300, 400, 3), np.uint16))
    common = ("--model", packages["mean, small tiles"], "--level", "20", *F32, *settings)
    whole, part = tmp_path / "whole.tif", tmp_path / "part.tif"
    assert latent("denoise", source, "-o", whole, *common).code == 0
    for x, y, width, height in [(151, 97, 61, 43), (0, 0, 20, 300), (380, 290, 20, 10)]:
        outcome = latent("denoise", source, "-o", part, "--overwrite", *common,
                         "--region", f"{x},{y},{width},{height}")  # fmt: skip
        assert outcome.code == 0, outcome
        expected = tifffile.imread(whole)[y : y + height, x : x + width].astype(int)
        found = tifffile.imread(part).astype(int)
        assert found.shape == expected.shape
        assert np.max(np.abs(found - expected)) <= 1


def test_the_result_does_not_depend_on_the_tiles(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((700, 900, 3), np.uint16))
    results, tiles = [], []
    for model in ("mean", "mean, small tiles"):
        output = tmp_path / f"{model}.tif"
        outcome = latent("denoise", source, "-o", output, "--level", 20, "--json", *F32,
                         "--model", packages[model])  # fmt: skip
        assert outcome.code == 0, outcome
        tiles.append(outcome.events[-1]["tiles"])
        results.append(tifffile.imread(output).astype(int))
    assert tiles[1] > tiles[0]
    assert np.max(np.abs(results[0] - results[1])) <= 1


def test_a_level_that_is_given_is_what_the_network_is_told(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = np.full((60, 70, 3), 32768, np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, "--level", "12.75", "--tones", "kept", *F32,
                  "--model", packages["level"]).code == 0  # fmt: skip
    result = unit(tifffile.imread(tmp_path / "photo_denoise.tif"))
    assert np.max(np.abs(result - (unit(samples) - 0.05))) < 2e-5


def test_the_level_is_measured_where_none_is_given(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    sigma = 0.03
    scene = np.linspace(0.2, 0.8, 640)[None, :, None] + np.zeros((512, 1, 3))
    clean = scene + np.random.default_rng(2).normal(0, sigma, scene.shape)
    source = write_tiff(tmp_path / "photo.tif", np.round(clean * 65535).astype(np.uint16))
    outcome = latent("denoise", source, "--json", *F32, "--model", packages["level"])
    assert outcome.code == 0, outcome
    level = outcome.events[-1]["level"]
    assert level["origin"] == "estimated"
    assert level["overall"] == pytest.approx(sigma, rel=0.1)
    taken = clean - unit(tifffile.imread(tmp_path / "photo_denoise.tif"))
    assert np.mean(taken) == pytest.approx(sigma, rel=0.1)


@pytest.mark.parametrize("channels", [1, 2])
def test_grey_stays_grey(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], channels: int
) -> None:
    samples = noisy((90, 110, channels), np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples[..., 0] if channels == 1 else samples)
    outcome = latent("denoise", source, *F32, "--model", packages["mean"])
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / "photo_denoise.tif").reshape(samples.shape)
    expected = mean_of_9(unit(samples[..., :1]))
    assert np.max(np.abs(unit(result[..., :1]) - expected)[INNER]) < 1e-4
    assert np.array_equal(result[..., 1:], samples[..., 1:])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_alpha_passes_untouched(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any
) -> None:
    samples = noisy((60, 70, 4), dtype)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, *F32, "--model", packages["mean"]).code == 0
    result = tifffile.imread(tmp_path / "photo_denoise.tif")
    factor = 257 if dtype is np.uint8 else 1
    assert np.array_equal(result[..., 3], samples[..., 3].astype(np.uint16) * factor)


def test_floats_keep_what_is_beyond_white_and_integers_say_what_they_clip(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((64, 64, 3), np.float32)
    samples[10:20, 10:20] = 8.0
    source = write_tiff(tmp_path / "photo.tif", samples)
    wide, narrow = tmp_path / "wide.tif", tmp_path / "narrow.tif"
    common = ("--model", packages["zero"], "--level", "5", *F32, "--json")
    outcome = latent("denoise", source, "-o", wide, "--bit-depth", 32, *common)
    assert outcome.code == 0, outcome
    assert np.max(np.abs(tifffile.imread(wide) - samples) / samples) < 1e-5
    outcome = latent("denoise", source, "-o", narrow, *common)
    notices = outcome.events[-1]["notices"]
    assert any("100 pixels" in notice and "--bit-depth 32" in notice for notice in notices)


def test_clip_brings_wide_gamut_to_the_border(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((64, 64, 3), np.float32)
    samples[10:20, 10:20] = (-0.3, 0.5, 1.4)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, "--wide-gamut", "clip", "--bit-depth", 32, "--level", "5",
                  *F32, "--model", packages["zero"]).code == 0  # fmt: skip
    result = tifffile.imread(tmp_path / "photo_denoise.tif")
    # The border is that of our sRGB; the file's own has its primaries rounded otherwise.
    assert np.allclose(result[10:20, 10:20], (0.0, 0.5, 1.0), atol=2e-4)
    assert np.allclose(result[30:], samples[30:], atol=1e-5)


def linear(encoded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def encoded(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    curve = 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curve)


# ITU-R BT.2087: linear RGB of BT.709 to BT.2020.
TO_REC2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)


@pytest.mark.parametrize("strength", [0, 100])
def test_the_profile_is_converted_by_its_formula(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], strength: int
) -> None:
    samples = noisy((40, 50, 3), np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    outcome = latent("denoise", source, "--profile", "rec2020", "--strength", strength, *F32,
                     "--level", "5", "--model", packages["zero"])  # fmt: skip
    assert outcome.code == 0, outcome
    output = tmp_path / "photo_denoise.tif"
    expected = encoded(linear(unit(samples)) @ TO_REC2020.T)
    assert np.max(np.abs(unit(tifffile.imread(output)) - expected)) < 1e-3
    with tifffile.TiffFile(output) as tiff:
        page = tiff.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        assert len(page.tags["InterColorProfile"].value) > 100


def test_the_source_is_never_touched(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((64, 64, 3), np.uint8))
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    assert latent("denoise", source, "--model", packages["mean"]).code == 0
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before


def test_names_formats_and_collisions(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((64, 64, 3), np.uint8))
    common = ("--model", packages["zero"], "--strength", "0")
    assert latent("denoise", source, *common).code == 0
    assert latent("denoise", source, *common).code == 0
    assert latent("denoise", tmp_path / "photo_denoise.tif", *common, "--again").code == 0
    assert latent("denoise", source, *common, "--format", "png").code == 0
    assert latent("denoise", source, *common, "--format", "jpg").code == 0
    assert latent("denoise", source, *common, "-O", tmp_path / "new").code == 0
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert names == {"photo.tif", "photo_denoise.tif", "photo_denoise_1.tif",
                     "photo_denoise_2.tif", "photo_denoise.png", "photo_denoise.jpg",
                     "new/photo_denoise.tif"}  # fmt: skip
    refused = latent("denoise", source, *common, "-o", tmp_path / "photo_denoise.tif")
    assert refused.code == 1
    assert "--overwrite" in refused.stderr
    itself = latent("denoise", source, *common, "-o", source, "--overwrite")
    assert itself.code == 1
    assert "source itself" in itself.stderr
    skipped = latent("denoise", source, *common, "--skip-existing", "--json")
    assert skipped.code == 0
    assert skipped.events[-1]["event"] == "skipped"


def test_json_is_one_object_a_line_and_nothing_else(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    good = write_tiff(tmp_path / "good.tif", noisy((64, 80, 3), np.uint8))
    bad = tmp_path / "bad.tif"
    bad.write_text("no picture")
    outcome = latent("denoise", good, bad, "--json", *F32, "--model", packages["mean"])
    assert outcome.code == 1
    assert outcome.stderr == ""
    kinds = [event["event"] for event in outcome.events if event["event"] != "progress"]
    assert kinds == ["start", "done", "start", "error"]
    fractions = [e["fraction"] for e in outcome.events if e["event"] == "progress"]
    assert fractions == sorted(fractions)
    done = next(event for event in outcome.events if event["event"] == "done")
    assert (done["width"], done["height"], done["scale"]) == (80, 64, 1)
    assert done["source"]["depth"] == "8-bit"
    assert done["depth"] == "16-bit"
    assert done["model"] == "tiny-mean-200"
    assert done["precision"] == "f32"
    assert len(done["level"]["sigma"]) == 3
    assert done["seconds"]["total"] > 0
    assert "bad.tif" in outcome.events[-1]["message"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("holiday.tif", b"Dear diary, today we went to the sea.\n" * 20),
        ("empty.png", b""),
        ("noise.jpg", bytes(range(256)) * 64),
        ("header.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        ("header.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("header.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    for verb in (("denoise", "--model", packages["mean"]), ("info",)):
        outcome = latent(verb[0], tmp_path / name, *verb[1:])
        assert outcome.code == 1, outcome
        lines = outcome.stderr.strip().splitlines()
        assert len(lines) == 1, lines
        assert name in lines[0]
        assert outcome.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], part: float
) -> None:
    samples = noisy((64, 64, 3), np.uint8)
    whole = write_tiff(tmp_path / "whole.tif", samples).read_bytes()
    for name, content in (("cut.tif", whole), ("cut.png", imagecodecs.png_encode(samples)),
                          ("cut.jpg", imagecodecs.jpeg_encode(samples))):  # fmt: skip
        (tmp_path / name).write_bytes(content[: int(part * len(content))])
        outcome = latent("denoise", tmp_path / name, "--model", packages["mean"])
        assert outcome.code == 1, outcome
        assert name in outcome.stderr
    assert not list(tmp_path.glob("*denoise*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--strength", "101"],
        ["--luma", "-1"],
        ["--level", "much"],
        ["--level", "300"],
        ["--detail", "all"],
        ["--wide-gamut", "maybe"],
        ["--bit-depth", "12"],
        ["--format", "gif"],
        ["--format", "jpg", "--bit-depth", "16"],
        ["--profile", "no-such-profile"],
        ["--quality", "0"],
        ["--region", "0,0,0,5"],
        ["-o", "picture.gif"],
    ],
)
def test_a_mistake_in_the_arguments_is_a_usage_error(latent: Latent, arguments: list[str]) -> None:
    outcome = latent("denoise", "x.tif", *arguments)
    assert outcome.code == 2, outcome
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_a_region_outside_and_a_package_for_raws_are_refused(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((64, 64, 3), np.uint8))
    outside = latent("denoise", source, "--region", "60,60,10,10", "--model", packages["mean"])
    assert outside.code == 1
    assert "64 x 64" in outside.stderr
    wrong = latent("denoise", source, "--model", "latent-raw")
    assert wrong.code == 1
    assert "latent_rgb_v1" in wrong.stderr


@pytest.mark.parametrize("wait", [0.05, 0.4, 1.0])
def test_ctrl_c_leaves_no_partial_file(
    latent_bin: Path, tmp_path: Path, packages: dict[str, Path], wait: float
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((3000, 4000, 3), np.uint16))
    running = subprocess.Popen(
        [latent_bin, "denoise", source, "--precision", "f32", "--model", packages["mean"]],
        stderr=subprocess.PIPE,
        # What runs in the background ignores it from the beginning, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(wait)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode in (130, -signal.SIGINT), stderr
    assert [path.name for path in tmp_path.iterdir()] == ["photo.tif"]


def test_info_tells_what_is_seen_and_what_would_be_done(latent: Latent, tmp_path: Path) -> None:
    import json

    source = write_tiff(tmp_path / "photo.tif", noisy((64, 80, 4), np.uint16))
    outcome = latent("info", source, "--json")
    assert outcome.code == 0, outcome
    info = json.loads(outcome.stdout)
    assert (info["width"], info["height"], info["alpha"]) == (80, 64, True)
    assert (info["format"], info["depth"], info["profile_embedded"]) == ("TIFF", "16-bit", False)
    assert info["noise"]["overall"] > 0
    assert info["output"].endswith("photo_denoise.tif")
    text = latent("info", source)
    assert "would write" in text.stdout


def test_info_says_what_denoise_would_refuse_for_want_of_a_name(
    latent: Latent, tmp_path: Path
) -> None:
    import json

    source = write_tiff(tmp_path / "photo.tif", noisy((64, 80, 3), np.uint16))
    for end in ("", *(f"_{number}" for number in range(1, 10_000))):
        (tmp_path / f"photo_denoise{end}.tif").touch()
    outcome = latent("info", source, "--json")
    assert outcome.code == 0, outcome
    info = json.loads(outcome.stdout)
    assert (info["width"], info["output"]) == (80, None)
    assert "all its numbered names up to _9999 are taken" in info["refusal"]
