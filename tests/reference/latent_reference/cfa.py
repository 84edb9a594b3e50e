# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour filter arrays as arrays of colour numbers (0 red, 1 green, 2 blue).

A pattern is a small int array [period_y, period_x]; the site (y, x) of a picture has the colour
pattern[y mod period_y, x mod period_x]. Mono is the 1x1 pattern "green".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

RED, GREEN, BLUE, FOURTH = 0, 1, 2, 3
BAYER_NAMES = {"rggb": (0, 0), "grbg": (0, 1), "gbrg": (1, 0), "bggr": (1, 1)}
XTRANS_ROWS = ("GRGGBG", "BGBRGR", "GRGGBG", "GBGGRG", "RGRBGB", "GBGGRG")

_RGGB: IntArray = np.array([[RED, GREEN], [GREEN, BLUE]], dtype=np.int64)
_XTRANS: IntArray = np.array([["RGB".index(s) for s in row] for row in XTRANS_ROWS], dtype=np.int64)


def shifted(pattern: IntArray, dy: int, dx: int) -> IntArray:
    """The pattern seen from a picture whose origin lies at (dy, dx) of this one."""
    return np.roll(pattern, (-dy, -dx), axis=(0, 1))


def bayer(dy: int = 0, dx: int = 0) -> IntArray:
    """RGGB shifted by (dy, dx): four distinct phases."""
    return shifted(_RGGB, dy, dx)


def xtrans(dy: int = 0, dx: int = 0) -> IntArray:
    """The 6x6 X-Trans pattern shifted by (dy, dx): 18 distinct phases, dy 0..5 with dx 0..2."""
    return shifted(_XTRANS, dy, dx)


def mono() -> IntArray:
    """A sensor without filters: every site counts as green."""
    return np.full((1, 1), GREEN, dtype=np.int64)


def named(name: str) -> IntArray:
    """The pattern called `name`.

    rggb, grbg, gbrg, bggr; xtrans or xtrans:DY,DX; mono; quad (each Bayer site doubled, 4x4);
    four (2x2 with a fourth colour, number 3, in place of the second green).
    Errors   ValueError for any other name.
    """
    if name in BAYER_NAMES:
        return bayer(*BAYER_NAMES[name])
    if name == "mono":
        return mono()
    if name == "quad":
        return _RGGB.repeat(2, axis=0).repeat(2, axis=1)
    if name == "four":
        return np.array([[RED, GREEN], [FOURTH, BLUE]], dtype=np.int64)
    kind, _, phase = name.partition(":")
    if kind == "xtrans":
        dy, dx = (int(v) for v in phase.split(",")) if phase else (0, 0)
        return xtrans(dy, dx)
    raise ValueError(f"no colour filter array is called '{name}'")


def colour_index(pattern: IntArray, height: int, width: int, y0: int = 0, x0: int = 0) -> IntArray:
    """Colour of every site [height, width] of a window whose origin lies at (y0, x0)."""
    rows = (np.arange(height) + y0) % pattern.shape[0]
    cols = (np.arange(width) + x0) % pattern.shape[1]
    colours: IntArray = pattern[rows[:, None], cols[None, :]]
    return colours
