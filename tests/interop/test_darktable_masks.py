# SPDX-License-Identifier: GPL-3.0-or-later
"""Our paths as darktable 4.2 draws them, and as we draw them: the same shape, holes and feather."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_interop.masks import (
    FloatArray,
    darktable_mask,
    exported,
    group_id,
    read_grey_pfm,
    with_exposure,
)
from latent_interop.programs import require
from latent_reference import make_dng
from scipy import ndimage

Shape = Callable[[FloatArray, FloatArray], FloatArray]
WIDTH, HEIGHT = 640, 420


def circle(x: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(x - 300.3, y - 200.6) - 130, np.float32)


def ring(x: FloatArray, y: FloatArray) -> FloatArray:
    """A ring with an island in its hole."""
    away = np.hypot(x - 320.2, y - 205.4)
    return np.asarray(np.minimum(np.maximum(away - 170, 95 - away), away - 40), np.float32)


def hand(x: FloatArray, y: FloatArray) -> FloatArray:
    """A palm with five fingers."""
    nearest = np.hypot(x - 300.2, y - 280.7) - 75
    for finger in range(5):
        angle = -2.6 + 0.52 * finger
        along_x, along_y = 220 * np.cos(angle), 220 * np.sin(angle)
        t = np.clip(((x - 300.2) * along_x + (y - 280.7) * along_y) / 220**2, 0, 1)
        finger_away = np.hypot(x - 300.2 - t * along_x, y - 280.7 - t * along_y) - 20
        nearest = np.minimum(nearest, finger_away)
    return np.asarray(nearest, np.float32)


def soft_mask(shape: Shape, scale: float = 1) -> FloatArray:
    """The shape on a picture of 640 x 420, or on a larger one."""
    y, x = np.mgrid[0 : round(HEIGHT * scale), 0 : round(WIDTH * scale)].astype(np.float32)
    away = shape((x + 0.5) / scale, (y + 0.5) / scale) * scale
    return np.asarray(np.clip(0.5 - away, 0, 1), np.float32)


def write_photo(path: Path, shape: tuple[int, ...], orientation: int = 1) -> None:
    grey = np.full((*shape, 3), 20000, np.uint16)
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


def both(
    program: Path, folder: Path, soft: FloatArray, orientation: int, feather: int
) -> tuple[FloatArray, FloatArray]:
    """The mask traced into a new edit, as we draw it and as darktable does, turned upright."""
    require("darktable-cli")
    photo, mask, edit = folder / "photo.tif", folder / "mask.tif", folder / "photo.tif.xmp"
    write_photo(photo, soft.shape, orientation)
    tifffile.imwrite(mask, soft)
    latent(program, "mask", "trace", mask, "--photo", photo, "-o", edit, "--feather", feather)
    latent(program, "mask", "render", edit, "--photo", photo, "-o", folder / "ours.pfm")
    ours = turned(read_grey_pfm(folder / "ours.pfm"), orientation)
    theirs = darktable_mask(photo, edit)
    assert theirs.shape == ours.shape
    return ours, theirs


@pytest.mark.parametrize(
    ("shape", "orientation"), [(circle, 1), (ring, 1), (hand, 1), (hand, 6), (ring, 8)]
)
def test_darktable_draws_the_edges_where_ours_are(
    latent_bin: Path, tmp_path: Path, shape: Shape, orientation: int
) -> None:
    """Its edge is a step, up to 2 px outside the path; a turned picture is off by a pixel more."""
    ours, theirs = both(latent_bin, tmp_path, soft_mask(shape), orientation, 0)
    assert set(np.unique(theirs.round(3))) == {0, 1}
    reach = 2 if orientation == 1 else 3.2
    inside = ndimage.distance_transform_edt(ours > 0.5) - 0.5
    outside = ndimage.distance_transform_edt(ours <= 0.5) - 0.5
    assert theirs[inside > reach].min() > 0.999
    assert theirs[outside > reach].max() < 0.001


@pytest.mark.parametrize(
    ("shape", "orientation"), [(circle, 1), (ring, 1), (hand, 1), (hand, 6), (ring, 8)]
)
def test_darktable_draws_the_feather_that_we_draw(
    latent_bin: Path, tmp_path: Path, shape: Shape, orientation: int
) -> None:
    feather = 20
    ours, theirs = both(latent_bin, tmp_path, soft_mask(shape), orientation, feather)
    off = np.abs(theirs - ours)
    assert off.max() < 0.25  # 5 of 20 px at the worst place
    assert off.mean() < 0.01
    assert ours[(ours > 0) & (ours < 1)].size > 20 * 300


def test_in_a_whole_photograph_the_areas_agree(latent_bin: Path, tmp_path: Path) -> None:
    ours, theirs = both(latent_bin, tmp_path, soft_mask(ring, 9.375), 1, 0)
    assert ours.size > 23e6
    assert abs(float(theirs.sum()) - float(ours.sum())) < 0.005 * float(ours.sum())


def linear(encoded: FloatArray) -> FloatArray:
    upper = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(encoded > 0.04045, upper, encoded / 12.92), np.float32)


def test_a_raw_file_is_masked_where_it_is_in_its_margins(latent_bin: Path, tmp_path: Path) -> None:
    """darktable counts from the corner of the whole sensor, we from that of the picture."""
    require("darktable-cli")
    photo, mask, edit = tmp_path / "a.dng", tmp_path / "mask.tif", tmp_path / "a.dng.xmp"
    size = ["--size", "640x420", "--margins", "40,24,8,16", "--inset", "6", "--metadata", "none"]
    make_dng.main([str(photo), "--scene", "gradient", "--noise", "0,0", *size])
    y, x = np.mgrid[0:408, 0:628] + 0.5
    soft = np.clip(0.5 - (np.hypot(x - 300, y - 200) - 120), 0, 1).astype(np.float32)
    tifffile.imwrite(mask, soft)
    latent(latent_bin, "mask", "trace", mask, "--photo", photo, "-o", edit)
    text = edit.read_text(encoding="utf-8")
    plain = linear(exported(photo, None, tmp_path / "plain.pfm"))
    masked = linear(exported(photo, with_exposure(text, group_id(text)), tmp_path / "masked.pfm"))
    theirs = (masked / np.maximum(plain, 1e-6) - 1)[..., 1]
    assert theirs.shape == soft.shape
    rows, columns = np.nonzero(theirs > 0.5)
    edges = [columns.min(), columns.max() + 1, rows.min(), rows.max() + 1]
    assert np.abs(np.array(edges) - [180, 420, 80, 320]).max() <= 2


def test_our_own_mask_comes_back_from_the_edit(latent_bin: Path, tmp_path: Path) -> None:
    photo, mask, edit = tmp_path / "photo.tif", tmp_path / "mask.tif", tmp_path / "photo.tif.xmp"
    write_photo(photo, (HEIGHT, WIDTH))
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
