# SPDX-License-Identifier: GPL-3.0-or-later
"""What is really taken away of a network's residual: texture of the luminance comes back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVELS = 5
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
DARKTABLE = np.array([0.25, 0.15, 0.05, 0.02, 0.01])


def mirrored(side: int, shift: int) -> npt.NDArray[np.int64]:
    """Index of the sample `shift` further, the row continued as in a mirror on its end samples."""
    if side == 1:
        return np.zeros(1, np.int64)
    index = (np.arange(side) + shift) % (2 * side - 2)
    return np.minimum(index, 2 * side - 2 - index)


def smooth(plane: Floats, distance: int) -> Floats:
    """[1, 2, 1] / 4 in both directions, taps `distance` apart."""
    for axis in (0, 1):
        side = plane.shape[axis]
        before = plane.take(mirrored(side, -distance), axis)
        after = plane.take(mirrored(side, distance), axis)
        plane = 0.25 * before + 0.5 * plane + 0.25 * after
    return plane


def shrink(plane: Floats, thresholds: npt.ArrayLike) -> Floats:
    """Soft thresholds on five a-trous bands; the coarsest plane stays."""
    kept = np.zeros_like(plane)
    for level, threshold in zip(range(LEVELS), np.asarray(thresholds), strict=True):
        coarse = smooth(plane, 2**level)
        band = plane - coarse
        kept += np.maximum(band - threshold, 0) + np.minimum(band + threshold, 0)
        plane = coarse
    return kept + plane


def band_gains() -> Floats:
    """Standard deviation that white noise of 1 leaves in each band."""
    impulse = np.zeros((257, 257))
    impulse[128, 128] = 1
    gains = []
    for level in range(LEVELS):
        coarse = smooth(impulse, 2**level)
        gains.append(np.sqrt(((impulse - coarse) ** 2).sum()))
        impulse = coarse
    return np.array(gains)


def thresholds_of(sigma: npt.ArrayLike, luma: float = 0.5) -> Floats:
    """From a level [3, 8]: `luma` times what white noise of that level leaves in each band."""
    variance = (np.asarray(sigma) ** 2).mean(1)
    return np.asarray(luma * band_gains() * np.sqrt((LUMINANCE**2 * variance).sum()))


def taken_away(
    residual: npt.ArrayLike,
    luma: float,
    chroma: float,
    recover: bool,
    thresholds: npt.ArrayLike,
) -> Floats:
    """[height, width, 3] of what is subtracted from the picture."""
    field = np.asarray(residual, np.float64)
    grey = field @ LUMINANCE
    texture = shrink(grey, thresholds) if recover and luma < 1 else grey
    return np.asarray((grey - (1 - luma) * texture)[..., None] + chroma * (field - grey[..., None]))
