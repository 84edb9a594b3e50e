# SPDX-License-Identifier: GPL-3.0-or-later
"""Our paths as darktable 4.2 draws them, and as we draw them: the same shape, holes and feather."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_interop.masks import FloatArray, darktable_mask, read_grey_pfm
from latent_interop.programs import require
from scipy import ndimage

Shape = Callable[[FloatArray, FloatArray], FloatArray]
WIDTH, HEIGHT = 640, 420


def circle(x: FloatArray, y: FloatArray) -> FloatArray:
    return np.hypot(x - 300.3, y - 200.6) - 130


def ring(x: FloatArray, y: FloatArray) -> FloatArray:
    """A ring with an island in its hole."""
    away = np.hypot(x - 320.2, y - 205.4)
    return np.minimum(np.maximum(away - 170, 95 - away), away - 40)


def hand(x: FloatArray, y: FloatArray) -> FloatArray:
    """A palm with five fingers."""
    nearest = np.hypot(x - 300.2, y - 280.7) - 75
    for finger in range(5):
        angle = -2.6 + 0.52 * finger
        along_x, along_y = 220 * np.cos(angle), 220 * np.sin(angle)
        t = np.clip(((x - 300.2) * along_x + (y - 280.7) * along_y) / 220**2, 0, 1)
        finger_away = np.hypot(x - 300.2 - t * along_x, y - 280.7 - t * along_y) - 20
        nearest = np.minimum(nearest, finger_away)
    return nearest


def soft_mask(shape: Shape) -> FloatArray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    return np.clip(0.5 - shape(x, y), 0, 1).astype(np.float32)


def write_photo(path: Path, orientation: int = 1) -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 20000, np.uint16)
    tag = (274, "H", 1, orientation, True)
    tifffile.imwrite(path, grey, photometric="rgb", extratags=[tag], metadata=None)


def latent(program: Path, *words: object) -> str:
    done = subprocess.run(
        [str(program), *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def turned(mask: FloatArray, orientation: int) -> FloatArray:
    return {1: mask, 3: mask[::-1, ::-1], 6: np.rot90(mask, -1), 8: np.rot90(mask, 1)}[orientation]


@pytest.mark.parametrize("feather", [0, 20])
@pytest.mark.parametrize(
    ("shape", "orientation"), [(circle, 1), (ring, 1), (hand, 1), (hand, 6), (ring, 8)]
)
def test_darktable_draws_what_we_draw(
    latent_bin: Path, tmp_path: Path, shape: Shape, orientation: int, feather: int
) -> None:
    require("darktable-cli")
    photo, mask, edit = tmp_path / "photo.tif", tmp_path / "mask.tif", tmp_path / "photo.tif.xmp"
    write_photo(photo, orientation)
    soft = soft_mask(shape)
    tifffile.imwrite(mask, soft)
    latent(latent_bin, "mask", "trace", mask, "--photo", photo, "-o", edit, "--feather", feather)
    latent(latent_bin, "mask", "render", edit, "--photo", photo, "-o", tmp_path / "ours.pfm")
    ours = turned(read_grey_pfm(tmp_path / "ours.pfm"), orientation)
    theirs = darktable_mask(photo, edit)
    assert theirs.shape == ours.shape
    keep = tmp_path / "seen.npz"
    np.savez_compressed(keep, ours=ours, theirs=theirs)

    area = float(ours.sum())
    assert abs(float(theirs.sum()) - area) < 0.005 * area
    # No pixel off by more than the feather: darktable's edge is a step of up to a pixel.
    inside = ndimage.distance_transform_edt(ours > 0.999)
    outside = ndimage.distance_transform_edt(ours < 0.001)
    assert theirs[inside > 1.5].min() > 1 - 1e-3
    assert np.abs(theirs[outside > feather / 1e9 + 1.5]).max() < 1e-3 or feather > 0
    assert np.abs(theirs - ours).mean() < 0.01
    if feather > 0:
        assert np.percentile(np.abs(theirs - ours), 99) < 3.0 / feather


def test_our_own_mask_comes_back_from_the_edit(latent_bin: Path, tmp_path: Path) -> None:
    photo, mask, edit = tmp_path / "photo.tif", tmp_path / "mask.tif", tmp_path / "photo.tif.xmp"
    write_photo(photo)
    for shape in (circle, ring, hand):
        soft = soft_mask(shape)
        tifffile.imwrite(mask, soft)
        latent(latent_bin, "mask", "trace", mask, "--photo", photo, "-o", edit, "--overwrite")
        out = tmp_path / f"{shape.__name__}.pfm"
        latent(latent_bin, "mask", "render", edit, "--photo", photo, "-o", out)
        ours = read_grey_pfm(out)
        assert abs(float(ours.sum()) - float(soft.sum())) < 0.005 * float(soft.sum())
        hard = soft > 0.5
        overlap = np.logical_and(ours > 0.5, hard).sum() / np.logical_or(ours > 0.5, hard).sum()
        assert overlap >= 0.998
