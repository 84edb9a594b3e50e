# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator's colour chart as a raw developer should show it, and as it did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from latent_reference import make_dng, scenes
from latent_reference.dng_spec import PROTOCOL_MIX

from latent_interop.renderings import Rendering

FloatArray = npt.NDArray[np.float64]

ROWS, COLUMNS = 4, 6
_HALF_PX = 24


def made(folder: Path, *options: str, size: str = "768x640", name: str = "chart.dng") -> Path:
    """A chart DNG with further options of the generator."""
    path = folder / name
    make_dng.main([str(path), "--size", size, "--scene", "chart", *options])
    return path


def truth(exposure: float = 0.7, *, mono: bool = False) -> FloatArray:
    """Linear sRGB of the patches [4, 6, 3]; a mono camera shows what it saw, as grey."""
    scene = scenes.chart(600, 400)(0, 400).astype(np.float64)
    patches = scene[50::100, 50::100] * exposure
    if mono:
        seen = patches @ PROTOCOL_MIX.mean(axis=0)
        return np.repeat(seen[..., None], 3, axis=2)
    return patches


def patches(rendering: Rendering) -> FloatArray:
    """Mean colours of the middle of every patch [4, 6, 3]."""
    height, width = rendering.pixels.shape[:2]
    found = np.empty((ROWS, COLUMNS, 3))
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = int((row + 0.5) * height / ROWS), int((column + 0.5) * width / COLUMNS)
            window = rendering.pixels[y - _HALF_PX : y + _HALF_PX, x - _HALF_PX : x + _HALF_PX]
            found[row, column] = window.mean(axis=(0, 1))
    return found
