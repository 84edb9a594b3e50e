# SPDX-License-Identifier: GPL-3.0-or-later
"""latent denoise and upscale with packages made for darktable, against a plain reading of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from darktable_packages import in_float16, make_package, picture_onnx, runner
from latent_program import Outcome
from latent_reference import darktable

ZOO = Path(__file__).resolve().parents[2] / "zoo"
Latent = Callable[..., Outcome]
Floats = npt.NDArray[np.float64]
COMPAT = ("--compat", "darktable-5.6")
T = 192


def scene(shape: tuple[int, int], seed: int = 4, light: float = 1.0) -> npt.NDArray[np.uint16]:
    """Ramps, edges and noise, 16-bit sRGB."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    base = np.stack([0.2 + 0.6 * x / shape[1], 0.3 + 0.4 * ((x // 40 + y // 40) % 2),
                     0.8 - 0.6 * y / shape[0]], -1)  # fmt: skip
    noisy = base + np.random.default_rng(seed).normal(0, 0.03, base.shape)
    return np.round(np.clip(noisy * light, 0, 1) * 65535).astype(np.uint16)


def write(path: Path, samples: npt.NDArray[Any]) -> Path:
    tifffile.imwrite(path, samples, photometric="rgb" if samples.ndim == 3 else "minisblack")
    return path


def rec2020_of(samples: npt.NDArray[np.uint16]) -> Floats:
    return darktable.decode(samples / 65535) @ darktable.SRGB_TO_REC2020.T


def stored(rec2020: Floats) -> npt.NDArray[np.int64]:
    srgb = darktable.encode(rec2020 @ np.linalg.inv(darktable.SRGB_TO_REC2020).T)
    return np.floor(np.clip(srgb, 0, 1) * 65535 + 0.5).astype(np.int64)


def denoiser(folder: Path, onnx: bytes, **attributes: object) -> Path:
    return make_package(folder, "denoiser", "denoise", {"model": onnx},
                        {"input_sizes": [T], **attributes})  # fmt: skip


def worst(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> int:
    assert a.shape == b.shape
    return int(np.abs(a.astype(np.int64) - b.astype(np.int64)).max())


@pytest.mark.parametrize("strength", [100, 60, 5])
@pytest.mark.parametrize("level", [None, 25, 50])
def test_denoise_as_darktable_does(
    latent: Latent, tmp_path: Path, strength: int, level: int | None
) -> None:
    onnx = picture_onnx("mixed", T, level=level is not None)
    samples = scene((150, 211))
    source = write(tmp_path / "photo.tif", samples)
    told = () if level in (None, 25) else ("--level", level)
    outcome = latent("denoise", source, "--model", denoiser(tmp_path, onnx), "--strength", strength,
                     *told, *COMPAT)  # fmt: skip
    assert outcome.code == 0, outcome
    run = runner(onnx) if level is None else runner(onnx, sigma=level / 255)
    light = rec2020_of(samples)
    expected = darktable.finished(light, run, T)
    if strength < 100:
        expected = darktable.recovered(light, expected, strength / 100)
    assert worst(tifffile.imread(tmp_path / "photo_denoise.tif"), stored(expected)) <= 1


@pytest.mark.parametrize("light", [1.0, 0.05])
def test_shadows_are_lifted_only_where_the_picture_is_dark(
    latent: Latent, tmp_path: Path, light: float
) -> None:
    onnx = picture_onnx("mixed", T)
    samples = scene((150, 211), light=light)
    source = write(tmp_path / "photo.tif", samples)
    package = denoiser(tmp_path, onnx, shadow_boost=True)
    assert latent("denoise", source, "--model", package, *COMPAT).code == 0
    expected = darktable.finished(rec2020_of(samples), runner(onnx), T, shadow_boost=True)
    assert worst(tifffile.imread(tmp_path / "photo_denoise.tif"), stored(expected)) <= 1


@pytest.mark.parametrize("preserve", [True, False])
def test_colours_outside_srgb_go_around(latent: Latent, tmp_path: Path, preserve: bool) -> None:
    """Samples in Rec. 2020 with the curve of sRGB, many of them beyond sRGB."""
    inside = scene((150, 211))
    wide = write(tmp_path / "srgb.tif", inside)
    source = tmp_path / "photo.tif"
    made = latent("denoise", wide, "--strength", 0, "--profile", "rec2020", "-o", source)
    assert made.code == 0, made
    with tifffile.TiffFile(source) as tiff:
        first: Any = tiff.pages[0]
        profile = first.tags["InterColorProfile"].value
    samples = np.random.default_rng(8).integers(0, 65535, (150, 211, 3)).astype(np.uint16)
    samples[:, :100] = samples[:, :100] // 4 + 20000
    tifffile.imwrite(source, samples, photometric="rgb", iccprofile=profile)
    onnx = picture_onnx("mixed", T)
    outcome = latent("denoise", source, "--model", denoiser(tmp_path, onnx), "--wide-gamut",
                     "preserve" if preserve else "clip", *COMPAT)  # fmt: skip
    assert outcome.code == 0, outcome
    light = darktable.decode(samples / 65535)
    expected = darktable.finished(light, runner(onnx), T, preserve=preserve)
    encoded = np.floor(np.clip(darktable.encode(expected), 0, 1) * 65535 + 0.5)
    found = tifffile.imread(tmp_path / "photo_denoise.tif").astype(np.int64)
    off = np.abs(found - encoded.astype(np.int64))
    # The matrix of a profile is rounded to 16 bits after the point, and at the very border of the
    # gamut the last digit decides which way a colour goes.
    assert np.mean(off > 2) < 0.01, np.quantile(off, (0.5, 0.95, 0.99, 0.999, 1.0))
    assert off.max() < 100


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("tile", [64, None])
def test_upscale_as_darktable_does(
    latent: Latent, tmp_path: Path, scale: int, tile: int | None
) -> None:
    onnx = picture_onnx("mixed", tile, scale=scale)
    package = make_package(tmp_path, "up", "upscale", {f"model_x{scale}": onnx},
                           {"input_sizes": [64]})  # fmt: skip
    samples = scene((75, 101))
    source = write(tmp_path / "photo.tif", samples)
    outcome = latent("upscale", source, "--model", package, "--scale", scale, *COMPAT)
    assert outcome.code == 0, outcome
    expected = darktable.finished(rec2020_of(samples), runner(onnx), 64, scale=scale, overlap=16)
    assert worst(tifffile.imread(tmp_path / f"photo_upscale-{scale}x.tif"), stored(expected)) <= 1


@pytest.mark.parametrize("compat", [(), COMPAT])
@pytest.mark.parametrize("channels", [1, 3])
def test_strength_0_is_the_source(
    latent: Latent, tmp_path: Path, channels: int, compat: tuple[str, ...]
) -> None:
    samples = scene((90, 121))[..., :channels].squeeze()
    source = write(tmp_path / "photo.tif", samples)
    package = denoiser(tmp_path, picture_onnx("mixed", T))
    assert latent("denoise", source, "--model", package, "--strength", 0, *compat).code == 0
    assert np.array_equal(tifffile.imread(tmp_path / "photo_denoise.tif"), samples)


@pytest.mark.parametrize("boost", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_our_way_the_identity_gives_the_source(
    latent: Latent, tmp_path: Path, channels: int, boost: bool
) -> None:
    samples = scene((301, 277), light=0.05 if boost else 1.0)[..., :channels].squeeze()
    source = write(tmp_path / "photo.tif", samples)
    package = denoiser(tmp_path, picture_onnx("identity", T), shadow_boost=boost)
    outcome = latent("denoise", source, "--model", package)
    assert outcome.code == 0, outcome
    assert worst(tifffile.imread(tmp_path / "photo_denoise.tif"), samples) <= 1


def test_our_way_there_are_no_seams(latent: Latent, tmp_path: Path) -> None:
    """A network of small reach: what tiles give is what one run over the whole would."""
    onnx = picture_onnx("mixed", None)
    samples = scene((301, 277))
    source = write(tmp_path / "photo.tif", samples)
    assert latent("denoise", source, "--model", denoiser(tmp_path, onnx)).code == 0
    around = np.pad(samples / 65535, ((8, 8), (8, 8), (0, 0)), mode="reflect")
    whole = runner(onnx)(around.transpose(2, 0, 1)[None].astype(np.float32))[0]
    expected = np.round(np.clip(whole.transpose(1, 2, 0)[8:-8, 8:-8], 0, 1) * 65535)
    assert worst(tifffile.imread(tmp_path / "photo_denoise.tif"), expected) <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_our_way_of_enlarging_has_the_network_s_picture(
    latent: Latent, tmp_path: Path, scale: int
) -> None:
    onnx = picture_onnx("identity", 64, scale=scale)
    package = make_package(tmp_path, "up", "upscale", {f"model_x{scale}": onnx},
                           {"input_sizes": [64]})  # fmt: skip
    samples = scene((75, 101))
    source = write(tmp_path / "photo.tif", samples)
    outcome = latent("upscale", source, "--model", package, "--scale", scale)
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / f"photo_upscale-{scale}x.tif").astype(float)
    assert result.shape == (75 * scale, 101 * scale, 3)
    # Enlarged by repetition and held to the source: reduced again it is the source.
    reduced = result.reshape(75, scale, 101, scale, 3).mean((1, 3))
    assert np.sqrt(np.mean((reduced - samples) ** 2)) < 2000


@pytest.mark.parametrize("compat", [(), COMPAT])
def test_a_tile_that_is_no_number_leaves_no_file(
    latent: Latent, tmp_path: Path, compat: tuple[str, ...]
) -> None:
    samples = scene((301, 277)) // 2
    samples[280, 260] = 65535
    source = write(tmp_path / "photo.tif", samples)
    package = denoiser(tmp_path, picture_onnx("nan", T))
    outcome = latent("denoise", source, "--model", package, *compat)
    assert outcome.code != 0
    assert "not finite" in outcome.stderr
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".dtmodel", ".tif"]


def test_a_tolerance_that_no_such_model_is_told_is_named(latent: Latent, tmp_path: Path) -> None:
    onnx = picture_onnx("mixed", 64, scale=2)
    package = make_package(tmp_path, "up", "upscale", {"model_x2": onnx},
                           {"input_sizes": [64]})  # fmt: skip
    source = write(tmp_path / "photo.tif", scene((80, 90)))
    common = ("upscale", source, "--model", package, "--scale", 2, "--json", "--overwrite",
              "-o", tmp_path / "out.tif")  # fmt: skip
    for more, named in (((), False), (("--tolerance", 3), True)):
        outcome = latent(*common, *more)
        assert outcome.code == 0, outcome
        notices = outcome.events[-1]["notices"]
        assert any("tolerance" in notice for notice in notices) == named


@pytest.mark.parametrize("task", ["denoise", "upscale"])
def test_a_network_in_float16_gives_what_it_gives_in_float32(
    latent: Latent, tmp_path: Path, task: str
) -> None:
    scale, stem = (2, "model_x2") if task == "upscale" else (1, "model")
    asked = ("--scale", scale) if task == "upscale" else ()
    wide = picture_onnx("mixed", T, scale=scale)
    source = write(tmp_path / "photo.tif", scene((150, 211)))
    results = []
    for name, onnx in (("wide", wide), ("narrow", in_float16(wide))):
        package = make_package(tmp_path, name, task, {stem: onnx}, {"input_sizes": [T]})
        result = tmp_path / f"{name}.tif"
        outcome = latent(task, source, "--model", package, "-o", result, *asked, *COMPAT)
        assert outcome.code == 0, outcome
        results.append(tifffile.imread(result))
    off = worst(*results)
    assert 0 < off < 200  # of 65535: eleven bits in the weights


def test_cpu_only_keeps_a_network_off_the_device(latent: Latent, tmp_path: Path) -> None:
    onnx = picture_onnx("mixed", T)
    source = write(tmp_path / "photo.tif", scene((90, 121)))
    expected = tmp_path / "expected.tif"
    assert latent("denoise", source, "--model", denoiser(tmp_path, onnx), "-o", expected).code == 0
    for names in (["OpenVINO"], {"model": ["openvino"]}):
        package = make_package(tmp_path, "careful", "denoise", {"model": onnx},
                               {"input_sizes": [T]}, cpu_only=names)  # fmt: skip
        result = tmp_path / "result.tif"
        outcome = latent("denoise", source, "--model", package, "--device", "gpu", "-o", result,
                         "--overwrite")  # fmt: skip
        assert outcome.code == 0, outcome
        assert "the package allows no openvino for model.onnx" in outcome.stdout + outcome.stderr
        assert worst(tifffile.imread(result), tifffile.imread(expected)) == 0


def test_compat_is_for_darktable_packages_only(latent: Latent, tmp_path: Path) -> None:
    source = write(tmp_path / "photo.tif", scene((90, 121)))
    outcome = latent("denoise", source, *COMPAT)
    assert outcome.code != 0
    assert "made for darktable" in outcome.stderr


def small_network(name: str) -> Any:
    """One of the zoo's networks, with fewer channels and blocks."""
    from latent_zoo import card, conversion
    from latent_zoo.architectures.nind_unet import NindUNet
    from latent_zoo.random_weights import fill

    if name == "nind":
        return fill(NindUNet(4), 5)
    model = card.read_model(ZOO / {"nafnet": "denoise-nafnet", "rrdb": "upscale-bsrgan"}[name])
    script = conversion.load_script(model, "convert.py")
    if name == "nafnet":
        return script.Unpadded(fill(script.nafnet(8, [1, 1, 1, 1], 1, [1, 1, 1, 1]), 5, 1.0)).eval()
    return fill(script.ESRGAN(scale=4, num_blocks=1, num_filters=16), 5, 0.7)


@pytest.mark.parametrize("name", ["nafnet", "nind", "rrdb"])
def test_networks_of_the_true_shape(latent: Latent, tmp_path: Path, name: str) -> None:
    torch = pytest.importorskip("torch")
    made = small_network(name)
    side = 64 if name == "rrdb" else T
    file = tmp_path / f"{name}.onnx"
    torch.onnx.export(made, (torch.zeros(1, 3, side, side),), str(file), input_names=["input"],
                      output_names=["output"], opset_version=17, dynamo=False)  # fmt: skip
    onnx = file.read_bytes()
    samples = scene((75, 101))
    source = write(tmp_path / "photo.tif", samples)
    if name == "rrdb":
        scale = runner(onnx)(np.zeros((1, 3, side, side), np.float32)).shape[2] // side
        package = make_package(tmp_path, "up", "upscale", {f"model_x{scale}": onnx},
                               {"input_sizes": [side]})  # fmt: skip
        outcome = latent("upscale", source, "--model", package, "--scale", scale, *COMPAT)
        result = tmp_path / f"photo_upscale-{scale}x.tif"
        expected = darktable.finished(rec2020_of(samples), runner(onnx), side, scale=scale,
                                      overlap=16)  # fmt: skip
    else:
        package = denoiser(tmp_path, onnx)
        outcome = latent("denoise", source, "--model", package, *COMPAT)
        result = tmp_path / "photo_denoise.tif"
        expected = darktable.finished(rec2020_of(samples), runner(onnx), side)
    assert outcome.code == 0, outcome
    assert worst(tifffile.imread(result), stored(expected)) <= 1
