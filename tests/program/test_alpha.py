# SPDX-License-Identifier: GPL-3.0-or-later
"""Alpha in finished pictures: colours that are multiplied by it, and colours that it hides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import Outcome
from test_denoise import F32, encoded, linear, unit
from test_upscale import resized, smooth
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("alpha")
    return {
        "denoise": make_denoiser(folder, "zero"),
        "mean": make_denoiser(folder, "mean"),
        "upscale": make_upscaler(folder, "zero"),
        "small tiles": make_upscaler(folder, "sign", 5000),
        "sign": make_upscaler(folder, "sign"),
    }


def write_tiff(path: Path, samples: npt.NDArray[Any], kind: str) -> Path:
    """Floats are linear light of sRGB, integers sRGB: neither has a profile."""
    tifffile.imwrite(path, samples, photometric="rgb", planarconfig="contig", extrasamples=[kind])
    return path


def extra_of(path: Path) -> int:
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        return int(page.extrasamples[0])


def disc(side: int = 60) -> Floats:
    """1 inside, 0 outside, with two steps between."""
    y, x = np.mgrid[0:side, 0:side] - side / 2 + 0.5
    alpha: Floats = np.clip(np.round(side / 4 - np.hypot(x, y) + 1.5) / 3, 0, 1)
    return alpha


def test_curves_see_colours_and_not_their_product_with_alpha(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    light, alpha = 0.5, 0.5
    samples = np.full((20, 30, 4), light * alpha, np.float32)
    samples[..., 3] = alpha
    source = write_tiff(tmp_path / "light.tif", samples, "assocalpha")
    common = ("--strength", 0, "--profile", "srgb", "--model", packages["denoise"])
    tiff, png = tmp_path / "out.tif", tmp_path / "out.png"
    assert latent("denoise", source, *common, "-o", tiff).code == 0
    assert latent("denoise", source, *common, "-o", png).code == 0
    expected = encoded(np.array(light))
    divided = unit(imagecodecs.png_decode(png.read_bytes()))
    assert np.allclose(divided[..., :3], expected, atol=5e-5)
    assert np.allclose(divided[..., 3], alpha, atol=1e-5)
    multiplied = unit(tifffile.imread(tiff))
    assert extra_of(tiff) == 1
    assert np.allclose(multiplied[..., :3], expected * alpha, atol=5e-5)


def test_the_way_to_linear_light_is_the_same(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = np.full((20, 30, 4), round(65535 * 0.5 * float(encoded(np.array(0.5)))), np.uint16)
    samples[..., 3] = round(65535 * 0.5)
    source = write_tiff(tmp_path / "photo.tif", samples, "assocalpha")
    model = ("--strength", 0, "--model", packages["denoise"])
    exr, back = tmp_path / "photo.exr", tmp_path / "back.tif"
    assert latent("denoise", source, *model, "-o", exr).code == 0
    assert latent("denoise", exr, *model, "--bit-depth", 32, "-o", back, "--again").code == 0
    assert np.allclose(tifffile.imread(back)[..., :3], 0.25, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_associated_colours_come_through_a_network_that_finds_nothing(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any
) -> None:
    random = np.random.default_rng(6)
    alpha = np.round(random.uniform(0, 1, (60, 70, 1)) ** 3 * 65535)
    alpha[10:20, 10:20] = 0
    colours = np.round(random.uniform(0.1, 1, (60, 70, 3)) * alpha)
    samples = np.concatenate([colours, alpha], axis=2)
    samples = samples.astype(dtype) if dtype is np.uint16 else (samples / 65535).astype(dtype)
    samples[40:50, 40:50, 3] = 0  # light on its own
    source = write_tiff(tmp_path / "photo.tif", samples, "assocalpha")
    depth = 32 if dtype is np.float32 else 16
    outcome = latent("denoise", source, "--level", 5, "--bit-depth", depth, *F32,
                     "--model", packages["denoise"])  # fmt: skip
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / "photo_denoise.tif")
    if dtype is np.uint16:
        assert np.array_equal(result, samples)
    else:
        assert np.allclose(result, samples, rtol=2e-5, atol=1e-9)


def test_a_network_works_where_alpha_is_all_but_nothing(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    """Whatever it takes from a pixel that hardly shows, the light of the result stays small."""
    random = np.random.default_rng(7)
    alpha = 10.0 ** random.uniform(-12, 0, (60, 70, 1))
    colours = random.uniform(0.1, 1, (60, 70, 3)) * alpha
    samples = np.concatenate([colours, alpha], axis=2).astype(np.float32)
    source = write_tiff(tmp_path / "light.tif", samples, "assocalpha")
    outcome = latent("denoise", source, "--level", 20, "--bit-depth", 32, *F32,
                     "--model", packages["mean"])  # fmt: skip
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / "light_denoise.tif")
    assert np.all(np.isfinite(result))
    assert np.all(np.abs(result[..., :3]) <= 1.1 * alpha)


def test_hidden_colours_do_not_bleed_into_an_enlargement(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    colour = (255, 220, 39)
    samples = np.zeros((150, 150, 4), np.uint8)
    samples[60:90, 60:90] = (*colour, 255)
    source = tmp_path / "photo.png"
    source.write_bytes(imagecodecs.png_encode(samples))
    result = tmp_path / "up.png"
    outcome = latent("upscale", source, "--scale", 2, "-o", result, "--bit-depth", 8, *F32,
                     "--model", packages["upscale"])  # fmt: skip
    assert outcome.code == 0, outcome
    found = imagecodecs.png_decode(result.read_bytes()).astype(int)
    shown = found[..., 3] > 0
    assert np.max(np.abs(found[shown][:, :3] - colour)) <= 1
    assert 0 < np.min(found[shown][:, 3]) < 255  # there is a border to be judged
    alpha = np.clip(resized(unit(samples[..., 3:]), 2), 0, 1)
    assert np.max(np.abs(found[..., 3:] - 255 * alpha)) <= 1
    assert not found[:20, :20].any()  # far from all that shows hidden colours stay


def test_both_kinds_of_alpha_are_enlarged_to_the_same_picture(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    alpha = disc()[..., None]
    scene = smooth((60, 60, 3))
    straight = np.concatenate([np.where(alpha > 0, scene, 0), alpha], axis=2)
    multiplied = np.concatenate([scene * alpha, alpha], axis=2)
    results = {}
    for kind, picture in (("unassalpha", straight), ("assocalpha", multiplied)):
        stored = np.round(picture * 65535).astype(np.uint16)
        source = write_tiff(tmp_path / f"{kind}.tif", stored, kind)
        assert latent("upscale", source, "--scale", 2, *F32,
                      "--model", packages["upscale"]).code == 0  # fmt: skip
        result = tmp_path / f"{kind}_upscale-2x.tif"
        assert extra_of(result) == (1 if kind == "assocalpha" else 2)
        results[kind] = unit(tifffile.imread(result))
    shown = results["unassalpha"][..., 3:]
    assert np.array_equal(shown, results["assocalpha"][..., 3:])
    expected = results["unassalpha"][..., :3] * shown
    assert np.max(np.abs(results["assocalpha"][..., :3] - expected)) < 3e-4
    # The colours themselves are those of the scene without any alpha, up to the very border.
    plain = resized(scene, 2)
    seen = shown[..., 0] > 0.1
    assert np.max(np.abs(results["unassalpha"][..., :3] - plain)[seen]) < 0.05


def test_a_region_of_an_enlarged_cutting_has_the_pixels_of_the_whole(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    random = np.random.default_rng(9)
    alpha = np.kron(random.integers(0, 2, (25, 30)), np.ones((10, 10)))[..., None]
    picture = np.concatenate([random.uniform(0.2, 0.8, (250, 300, 3)) * alpha, alpha], axis=2)
    for kind in ("unassalpha", "assocalpha"):
        stored = np.round(picture * 65535).astype(np.uint16)
        source = write_tiff(tmp_path / f"{kind}.tif", stored, kind)
        common = ("upscale", source, "--scale", 2, "--overwrite", *F32)
        whole, part = tmp_path / "whole.tif", tmp_path / "part.tif"
        assert latent(*common, "-o", whole, "--model", packages["sign"]).code == 0
        outcome = latent(*common, "-o", part, "--model", packages["small tiles"], "--json")
        assert outcome.events[-1]["tiles"] > 1
        expected = tifffile.imread(whole).astype(int)
        assert np.max(np.abs(tifffile.imread(part).astype(int) - expected)) <= 1
        assert latent(*common, "-o", part, "--model", packages["sign"],
                      "--region", "101,77,50,40").code == 0  # fmt: skip
        crop = expected[154:234, 202:302]
        assert np.max(np.abs(tifffile.imread(part).astype(int) - crop)) <= 1


def test_light_that_covers_nothing_is_enlarged_too(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    """A flare over alpha 0, as a renderer gives it."""
    samples = np.zeros((60, 80, 4), np.float32)
    samples[..., :3] = linear(smooth((60, 80, 3)))
    source = write_tiff(tmp_path / "flare.tif", samples, "assocalpha")
    assert latent("upscale", source, "--scale", 2, "--bit-depth", 32, *F32,
                  "--model", packages["upscale"]).code == 0  # fmt: skip
    result = tifffile.imread(tmp_path / "flare_upscale-2x.tif")
    assert not result[..., 3].any()
    plain = linear(resized(smooth((60, 80, 3)), 2))
    assert np.max(np.abs(result[..., :3] - plain)[8:-8, 8:-8]) < 0.01
