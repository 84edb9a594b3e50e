# SPDX-License-Identifier: GPL-3.0-or-later
"""latent compare, against the formulas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome
from scipy.ndimage import correlate1d
from test_denoise import noisy, unit, write_tiff

Latent = Callable[..., Outcome]
Plane = npt.NDArray[np.float64]


def ssim(a: Plane, b: Plane) -> float:
    """Wang et al. 2004, on the luma, where the whole window fits."""
    taps = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
    taps /= taps.sum()

    def blur(plane: Plane) -> Plane:
        both: Plane = correlate1d(correlate1d(plane, taps, 0), taps, 1)[5:-5, 5:-5]
        return both

    x, y = (p @ np.array([0.299, 0.587, 0.114]) for p in (a, b))
    mx, my = blur(x), blur(y)
    vx, vy, xy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    parts = (2 * mx * my + c1) * (2 * xy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(np.mean(parts))


def test_the_numbers_are_those_of_the_formulas(latent: Latent, tmp_path: Path) -> None:
    a = noisy((70, 90, 3), np.uint8)
    b = np.clip(a.astype(int) + np.random.default_rng(4).integers(-9, 12, a.shape), 0, 255)
    b = b.astype(np.uint8)
    b[13, 17, 1] = 255
    a[13, 17, 1] = 0
    first = write_tiff(tmp_path / "a.tif", a)
    second = tmp_path / "b.png"
    second.write_bytes(imagecodecs.png_encode(b))
    outcome = latent("compare", first, second, "--json")
    assert outcome.code == 0, outcome
    found = json.loads(outcome.stdout)
    difference = unit(b) - unit(a)
    assert found["psnr"] == pytest.approx(-10 * np.log10(np.mean(difference**2)), abs=1e-3)
    assert found["ssim"] == pytest.approx(ssim(unit(a), unit(b)), abs=1e-5)
    assert found["largest"] == pytest.approx(1.0, abs=1e-5)
    assert found["largest_at"] == [17, 13]
    assert found["mean"] == pytest.approx(np.mean(difference, axis=(0, 1)), abs=1e-6)
    text = latent("compare", first, second)
    assert "PSNR" in text.stdout


def test_equal_pictures_are_identical_whatever_their_depth(latent: Latent, tmp_path: Path) -> None:
    a = noisy((30, 40, 3), np.uint8)
    first = write_tiff(tmp_path / "a.tif", a)
    second = write_tiff(tmp_path / "b.tif", a)
    found = json.loads(latent("compare", first, second, "--json").stdout)
    assert (found["identical"], found["psnr"], found["ssim"]) == (True, None, 1.0)
    wide = write_tiff(tmp_path / "c.tif", a.astype(np.uint16) * 257)
    found = json.loads(latent("compare", first, wide, "--json").stdout)
    assert found["largest"] < 1e-6


def test_the_split_picture_has_a_left_and_b_right(latent: Latent, tmp_path: Path) -> None:
    first = write_tiff(tmp_path / "a.tif", np.full((20, 40, 3), 50, np.uint8))
    second = write_tiff(tmp_path / "b.tif", np.full((20, 40, 3), 150, np.uint8))
    side = tmp_path / "side.png"
    assert latent("compare", first, second, "-o", side, "--region", "4,5,30,10").code == 0
    split = imagecodecs.png_decode(side.read_bytes())
    assert split.shape == (10, 30, 3)
    assert np.all(split[:, :14] == 50)
    assert np.all(split[:, 14:16] == 255)
    assert np.all(split[:, 16:] == 150)
    assert latent("compare", first, second, "-o", side).code == 1
    assert latent("compare", first, second, "-o", side, "--overwrite").code == 0
    assert latent("compare", first, second, "-o", tmp_path / "side.jpg").code == 2


def test_other_sizes_and_other_files_are_refused(latent: Latent, tmp_path: Path) -> None:
    first = write_tiff(tmp_path / "a.tif", noisy((20, 40, 3), np.uint8))
    second = write_tiff(tmp_path / "b.tif", noisy((20, 41, 3), np.uint8))
    outcome = latent("compare", first, second)
    assert outcome.code == 1
    assert "40 x 20" in outcome.stderr
    assert "41 x 20" in outcome.stderr
    absent = latent("compare", first, tmp_path / "absent.tif")
    assert absent.code == 1
    assert "absent.tif" in absent.stderr


def test_raw_files_are_developed_first(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--scene", "chart")
    found = json.loads(latent("compare", source, source, "--json").stdout)
    assert found["identical"]


def test_neither_picture_is_replaced(latent: Latent, tmp_path: Path) -> None:
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    for path, value in ((first, 40), (second, 80)):
        path.write_bytes(imagecodecs.png_encode(np.full((8, 8, 3), value, np.uint8)))
    for target in (first, second):
        before = target.read_bytes()
        outcome = latent("compare", first, second, "-o", target, "--overwrite")
        assert outcome.code != 0
        assert "is the source itself" in outcome.stderr
        assert target.read_bytes() == before
