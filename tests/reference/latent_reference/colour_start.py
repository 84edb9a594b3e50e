# SPDX-License-Identifier: GPL-3.0-or-later
"""Three colours made up of an encoded mosaic: the slow plain twin of src/raw/colour_start.h."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
TENT = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1], dtype=np.float64)
REACH = 4


def colour_start(u: FloatArray, colours: npt.NDArray[np.int64]) -> FloatArray:
    """[h, w, 3] of u [h, w]; beyond the frame samples and colours are mirrored together."""
    height, width = u.shape
    around_u = np.pad(u, REACH, "reflect")
    around = np.pad(colours, REACH, "reflect")
    weights = np.outer(TENT, TENT)
    means = np.zeros((height, width, 3))
    for colour in range(3):
        total, weight = np.zeros((height, width)), np.zeros((height, width))
        for dy in range(2 * REACH + 1):
            for dx in range(2 * REACH + 1):
                part = (slice(dy, dy + height), slice(dx, dx + width))
                there = weights[dy, dx] * (around[part] == colour)
                total += there * around_u[part]
                weight += there
        means[..., colour] = total / np.maximum(weight, 0.5)
    own = np.take_along_axis(means, colours[..., None], axis=2)
    made: FloatArray = means + (u[..., None] - own)
    np.put_along_axis(made, colours[..., None], u[..., None], axis=2)
    return made
