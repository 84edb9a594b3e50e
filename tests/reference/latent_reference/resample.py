# SPDX-License-Identifier: GPL-3.0-or-later
"""Bicubic (a = -0.5, antialiased) enlargement and reduction by whole factors, and back-projection.

As torch.nn.functional.interpolate(mode="bicubic", align_corners=False, antialias=True) does it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def cubic(distance: Floats) -> Floats:
    """Keys 1981, a = -0.5."""
    t = np.abs(distance)
    near = 1.5 * t**3 - 2.5 * t**2 + 1
    far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return np.where(t < 1, near, np.where(t < 2, far, 0.0))


def matrix(count: int, up: int, down: int) -> Floats:
    """[count * up / down, count]; rows sum to 1, also at borders."""
    centre = (np.arange(count * up // down) + 0.5) * down / up
    weights = cubic((np.arange(count) + 0.5 - centre[:, None]) / down)
    return np.asarray(weights / weights.sum(1, keepdims=True))


def resample(picture: npt.ArrayLike, up: int, down: int) -> Floats:
    field = np.asarray(picture, np.float64)
    rows, columns = matrix(field.shape[0], up, down), matrix(field.shape[1], up, down)
    return np.asarray(np.einsum("yi,xj,ijc->yxc", rows, columns, field, optimize=True))


def enlarge(picture: npt.ArrayLike, scale: int) -> Floats:
    return resample(picture, scale, 1)


def reduce(picture: npt.ArrayLike, scale: int) -> Floats:
    return resample(picture, 1, scale)


def consistent(enlarged: npt.ArrayLike, source: npt.ArrayLike, scale: int, rounds: int) -> Floats:
    """Back-projection (Irani and Peleg 1991): what the reduction lacks is enlarged and added."""
    result = np.asarray(enlarged, np.float64)
    for _ in range(rounds):
        result = result + enlarge(np.asarray(source) - reduce(result, scale), scale)
    return result
