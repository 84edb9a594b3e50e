# SPDX-License-Identifier: GPL-3.0-or-later
"""latent upscale, with networks whose answer is known."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
import torch
from latent_program import Outcome
from test_denoise import F32, noisy, unit, write_tiff
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("upscalers")
    return {
        "zero": make_upscaler(folder, "zero"),
        "sign": make_upscaler(folder, "sign"),
        "sign, small tiles": make_upscaler(folder, "sign", 5000),
        "mean": make_denoiser(folder, "mean"),
    }


def resized(picture: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.float64]:
    """Bicubic, antialiased, by another program."""
    tensor = torch.from_numpy(picture).permute(2, 0, 1)[None]
    size = [round(side * scale) for side in picture.shape[:2]]
    made = torch.nn.functional.interpolate(tensor, size, mode="bicubic", antialias=True)
    result: npt.NDArray[np.float64] = made[0].permute(1, 2, 0).numpy()
    return result


def smooth(shape: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    planes = [0.5 + 0.3 * np.sin(x / (7 + c) + y / (9 - c)) for c in range(shape[2])]
    return np.stack(planes, -1)


@pytest.mark.parametrize("scale", [2, 4])
def test_the_result_reduced_again_is_the_source(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], scale: int
) -> None:
    y, x = np.mgrid[0:61, 0:83]
    edges = 0.2 * np.sign(np.sin(x / 5) * np.sin(y / 7))[..., None]
    grain = 0.02 * np.random.default_rng(3).standard_normal((61, 83, 3))
    samples = np.round((0.5 + edges + grain) * 65535).astype(np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    outcome = latent("upscale", source, "--scale", scale, "--json", *F32,
                     "--model", packages["sign"])  # fmt: skip
    assert outcome.code == 0, outcome
    result = unit(tifffile.imread(tmp_path / f"photo_upscale-{scale}x.tif"))
    assert result.shape == (61 * scale, 83 * scale, 3)
    back = resized(result, 1 / scale)
    rms = np.sqrt(np.mean((back - unit(samples)) ** 2))
    assert rms < 1 / 255
    assert outcome.events[-1]["consistency_rms"] < 1 / 255
    assert outcome.events[-1]["scale"] == scale


@pytest.mark.parametrize("scale", [2, 4])
def test_a_network_that_adds_nothing_gives_the_bicubic_enlargement_made_consistent(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], scale: int
) -> None:
    samples = np.round(smooth((60, 80, 3)) * 65535).astype(np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("upscale", source, "--scale", scale, *F32, "--model", packages["zero"]).code == 0
    result = unit(tifffile.imread(tmp_path / f"photo_upscale-{scale}x.tif"))
    plain = resized(unit(samples), scale)
    edge = 4 * scale
    inner = (slice(edge, -edge), slice(edge, -edge))
    assert np.max(np.abs(result - plain)[inner]) < 0.01


def test_a_flat_picture_stays_flat(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", np.full((50, 60, 3), 40000, np.uint16))
    assert latent("upscale", source, "--scale", 2, *F32, "--model", packages["zero"]).code == 0
    result = tifffile.imread(tmp_path / "photo_upscale-2x.tif").astype(int)
    assert np.max(np.abs(result - 40000)) <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_a_region_has_the_pixels_of_the_whole_and_tiles_do_not_matter(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], scale: int
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((300, 310, 3), np.uint16))
    whole, tiled, part = (tmp_path / f"{name}.tif" for name in ("whole", "tiled", "part"))
    common = ("upscale", source, "--scale", scale, *F32)
    assert latent(*common, "-o", whole, "--model", packages["sign"]).code == 0
    outcome = latent(*common, "-o", tiled, "--model", packages["sign, small tiles"], "--json")
    assert outcome.events[-1]["tiles"] > 1
    expected = tifffile.imread(whole).astype(int)
    assert np.max(np.abs(tifffile.imread(tiled).astype(int) - expected)) <= 1
    for x, y, width, height in [(101, 77, 50, 40), (0, 0, 30, 300), (280, 290, 30, 10)]:
        outcome = latent(*common, "-o", part, "--overwrite", "--model", packages["sign"],
                         "--region", f"{x},{y},{width},{height}")  # fmt: skip
        assert outcome.code == 0, outcome
        crop = expected[y * scale : (y + height) * scale, x * scale : (x + width) * scale]
        found = tifffile.imread(part).astype(int)
        assert found.shape == crop.shape
        assert np.max(np.abs(found - crop)) <= 1


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_grey_and_alpha_are_enlarged_too(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], channels: int
) -> None:
    scene = smooth((60, 80, channels))
    samples = np.round((scene[..., 0] if channels == 1 else scene) * 65535).astype(np.uint16)
    source = write_tiff(tmp_path / "photo.tif", samples)
    outcome = latent("upscale", source, "--scale", 2, *F32, "--model", packages["zero"])
    assert outcome.code == 0, outcome
    result = unit(tifffile.imread(tmp_path / "photo_upscale-2x.tif")).reshape(120, 160, channels)
    plain = resized(unit(samples.reshape(60, 80, channels)), 2)
    assert np.max(np.abs(result - plain)[8:-8, 8:-8]) < 0.01
    if channels > 1:
        assert np.max(np.abs(result - plain)[8:-8, 8:-8, -1]) < 1e-4


@pytest.mark.parametrize("gamut", ["clip", "preserve"])
def test_clip_holds_for_what_the_enlargement_adds(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], gamut: str
) -> None:
    """An edge between 0 and 4: the kernel swings to both sides of it."""
    samples = np.zeros((40, 60, 3), np.float32)
    samples[:, 30:] = 4.0
    source = write_tiff(tmp_path / "photo.tif", samples)
    assert latent("upscale", source, "--scale", 2, "--bit-depth", 32, "--wide-gamut", gamut,
                  *F32, "--model", packages["zero"]).code == 0  # fmt: skip
    result = tifffile.imread(tmp_path / "photo_upscale-2x.tif")
    # The border is that of our sRGB; the file's own has its primaries rounded otherwise.
    inside = np.min(result) >= -2e-4 and np.max(result) <= 1 + 2e-4
    assert inside == (gamut == "clip"), (np.min(result), np.max(result))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_denoise_before_is_the_denoised_picture_enlarged(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((70, 80, 3), dtype))
    clean, direct, after = (tmp_path / f"{name}.tif" for name in ("clean", "direct", "after"))
    assert latent("denoise", source, "-o", clean, "--model", packages["mean"], *F32,
                  "--bit-depth", 32 if dtype is np.float32 else 16).code == 0  # fmt: skip
    common = ("--scale", 2, "--model", packages["zero"], *F32)
    assert latent("upscale", clean, "-o", after, *common).code == 0
    outcome = latent("upscale", source, "-o", direct, *common, "--denoise", 100,
                     "--denoise-model", packages["mean"])  # fmt: skip
    assert outcome.code == 0, outcome
    difference = tifffile.imread(direct).astype(int) - tifffile.imread(after).astype(int)
    assert np.max(np.abs(difference)) <= 1


def test_a_large_result_is_announced(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", np.full((1950, 1950), 90, np.uint8))
    outcome = latent("upscale", source, "--scale", 4, "--json", "--bit-depth", 8,
                     "--compression", "none", *F32, "--model", packages["zero"])  # fmt: skip
    assert outcome.code == 0, outcome
    large = next(event for event in outcome.events if event["event"] == "large")
    assert large["megapixels"] == pytest.approx(60.84)
    assert large["bytes"] == 7800 * 7800
    assert large["seconds"] > 0


def test_names_and_mistakes(latent: Latent, tmp_path: Path, packages: dict[str, Path]) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((20, 20, 3), np.uint8))
    assert latent("upscale", source, "--scale", 2, "--model", packages["zero"]).code == 0
    again = tmp_path / "photo_upscale-2x.tif"
    assert again.exists()
    assert latent("upscale", source, "--scale", 3).code == 2
    assert latent("upscale", source).code == 2
    assert latent("upscale", source, "--scale", 2, "--tolerance", "-1").code == 2
    wrong = latent("upscale", source, "--scale", 2, "--model", packages["mean"])
    assert wrong.code == 1
    assert "latent_upscale_v1 for 2x" in wrong.stderr
    # The model of a denoise that is not asked for.
    unasked = latent("upscale", source, "--scale", 2, "--denoise-model", "nonsense",
                     "--model", packages["zero"])  # fmt: skip
    assert unasked.code == 2
    assert "--denoise" in unasked.stderr


def test_a_denoise_before_stands_in_the_result(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "photo.tif", noisy((40, 50, 3), np.uint8))
    common = ("upscale", source, "--scale", 2, *F32, "--overwrite", "--model", packages["zero"])

    def xmp_after(*more: object) -> str:
        output = tmp_path / "out.tif"
        assert latent(*common, "-o", output, *more).code == 0
        with tifffile.TiffFile(output) as tiff:
            page = tiff.pages[0]
            assert isinstance(page, tifffile.TiffPage)
            return bytes(page.tags[700].value).decode()

    plain = xmp_after()
    assert 'latent:ModelId="tiny-zero-up-400"' in plain
    assert "latent:Denoise" not in plain
    xmp = xmp_after("--denoise", 60, "--denoise-model", packages["mean"])
    assert 'latent:ModelId="tiny-zero-up-400"' in xmp
    assert 'latent:DenoiseModelId="tiny-mean-200"' in xmp
    assert 'latent:DenoiseModelVersion="1.0"' in xmp
    assert 'latent:DenoiseStrength="60"' in xmp
    assert re.search(r'latent:DenoiseModelSha256="[0-9a-f]{64}"', xmp)
    level = re.search(r'latent:DenoiseLevel="([0-9.e-]+)"', xmp)
    assert level
    assert 0 < float(level[1]) < 1


@pytest.mark.parametrize("channels", [1, 4])
def test_an_enlargement_may_be_longer_than_what_is_read(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], channels: int
) -> None:
    """A side above the 65,000 px of what is read, which its formats hold."""
    shape = (4, 17_000) if channels == 1 else (4, 17_000, channels)
    samples = np.full(shape, 40_000, np.uint16)
    source = write_tiff(tmp_path / "strip.tif", samples)
    common = ("upscale", source, "--scale", 4, *F32, "--model", packages["zero"])
    for name in ("out.tif", "out.png"):
        outcome = latent(*common, "-o", tmp_path / name)
        assert outcome.code == 0, outcome
        content = (tmp_path / name).read_bytes()
        decode = imagecodecs.png_decode if name.endswith("png") else imagecodecs.imread
        result = np.asarray(decode(content))
        assert result.shape[:2] == (16, 68_000)
        assert np.max(np.abs(result.astype(int) - 40_000)) <= 1
    refused = latent(*common, "-o", tmp_path / "out.jpg")
    assert refused.code == 1
    assert "65500" in refused.stderr
    assert "setting" not in refused.stderr
    assert not (tmp_path / "out.jpg").exists()


def test_an_enlargement_may_have_more_pixels_than_what_is_read(
    latent_bin: Path, latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    """38 megapixels become 608: begun, and stopped as soon as rows come."""
    source = tmp_path / "photo.tif"
    tifffile.imwrite(source, np.full((9_500, 4_000), 90, np.uint8), compression="deflate")
    common = ("upscale", source, "--scale", 4, *F32, "--model", packages["zero"])
    with subprocess.Popen(
        [str(word) for word in (latent_bin, *common, "--json")],
        stdout=subprocess.PIPE,
        text=True,
        # What runs in the background ignores it from the beginning, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdout is not None
        kinds = []
        for line in running.stdout:
            kinds.append(json.loads(line)["event"])
            if kinds[-1] in ("progress", "error"):
                running.send_signal(signal.SIGINT)
                break
        running.communicate(timeout=120)
    assert kinds[-1] == "progress"
    assert [path.name for path in tmp_path.iterdir()] == ["photo.tif"]
    # JPEG XL alone wants the whole picture in memory, and says so before anything is decoded.
    refused = latent(*common, "-o", tmp_path / "photo.jxl")
    assert refused.code == 1
    assert "memory" in refused.stderr or "without JPEG XL" in refused.stderr
    assert "setting" not in refused.stderr
