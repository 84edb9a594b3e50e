# SPDX-License-Identifier: GPL-3.0-or-later
"""Enlarging for a print: the factor follows from the paper, and the file states its resolution."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from PIL import Image
from tiny_packages import make_upscaler

Latent = Callable[..., Outcome]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_upscaler(tmp_path_factory.mktemp("packages"), "zero")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    samples = np.random.default_rng(3).integers(90, 140, (100, 150, 3)).astype(np.uint8)
    Image.fromarray(samples).save(path, dpi=(72, 72))
    return path


def dpi_of(path: Path) -> float:
    with tifffile.TiffFile(path) as file:
        tags = file.pages.first.tags
        assert tags["ResolutionUnit"].value == 2
        across, down = (tags[name].value for name in ("XResolution", "YResolution"))
        assert across == down
        return float(across[0] / across[1])


@pytest.mark.parametrize(
    ("size", "width", "dpi"), [("3x2in@90", 300, 100), ("2x3in@190", 600, 200)]
)
def test_the_smaller_factor_that_is_enough(
    latent: Latent, package: Path, picture: Path, size: str, width: int, dpi: float
) -> None:
    run = latent("upscale", picture, "--print", size, "--model", package)
    assert run.code == 0, run.stderr
    result = picture.with_name(f"photo_print-{size}.tif")
    assert tifffile.imread(result).shape[1] == width
    assert dpi_of(result) == pytest.approx(dpi, rel=1e-4)


def test_a_print_that_is_out_of_reach_gets_a_notice(
    latent: Latent, package: Path, picture: Path
) -> None:
    run = latent("upscale", picture, "--print", "30x20in@300", "--model", package, "--json")
    assert run.code == 0
    done = json.loads(run.stdout.strip().splitlines()[-1])
    assert any("20 dpi at 30 x 20 in, fewer than the 300 asked for" in n for n in done["notices"])


def test_a_picture_with_enough_pixels_is_refused(
    latent: Latent, package: Path, picture: Path
) -> None:
    run = latent("upscale", picture, "--print", "1x1.5in@60", "--model", package)
    assert run.code != 0
    assert "photo.png' has enough pixels for 1 x 1.5 in: 150 x 100 give 100 dpi" in run.stderr
    assert list(picture.parent.iterdir()) == [picture]


def test_pictures_of_different_sizes_get_their_own_factor(
    latent: Latent, package: Path, picture: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small.png"
    Image.new("RGB", (75, 50), (120, 130, 140)).save(small)
    run = latent("upscale", picture, small, "--print", "3x2in@90", "--model", package)
    assert run.code == 0, run.stderr
    for name in ("photo", "small"):
        result = tmp_path / f"{name}_print-3x2in@90.tif"
        assert tifffile.imread(result).shape == (200, 300, 3)
        assert dpi_of(result) == pytest.approx(100, rel=1e-4)


def test_a_factor_or_a_print_is_needed(latent: Latent, package: Path, picture: Path) -> None:
    run = latent("upscale", picture, "--model", package)
    assert run.code == 2
    assert "needs --scale 2 or --scale 4, or --print" in run.stderr
    run = latent("upscale", picture, "--print", "40 by 60", "--model", package)
    assert run.code == 2
    assert "'40 by 60' is no print size" in run.stderr


def test_a_resolution_can_be_set(latent: Latent, package: Path, picture: Path) -> None:
    run = latent("upscale", picture, "--scale", "2", "--dpi", "240", "--model", package)
    assert run.code == 0, run.stderr
    assert dpi_of(picture.with_name("photo_upscale-2x.tif")) == pytest.approx(240)
