# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network took from the coarse means of the source (decision 13), cell by cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

CELL_PX = 32
REACH = 6
LOOK_ALIKE = 0.06
SITES_OF_DOUBT = 3600


def _by_cell(values: FloatArray) -> FloatArray:
    """Sums over cells of [h, w]: [rows, columns]."""
    rows = np.add.reduceat(values, np.arange(0, values.shape[0], CELL_PX), axis=0)
    return np.asarray(np.add.reduceat(rows, np.arange(0, values.shape[1], CELL_PX), axis=1))


def _weight(square: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(0.0, 1.0 - square) ** 2)


def _between_middles(grid: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """A grid of cells [rows, columns] at every site [h, w]."""
    for axis, size in enumerate(shape):
        place = np.clip((np.arange(size) + 0.5) / CELL_PX - 0.5, 0, grid.shape[axis] - 1)
        first = np.floor(place).astype(int)
        second = np.minimum(first + 1, grid.shape[axis] - 1)
        share = place - first
        share = share[:, None] if axis == 0 else share[None, :]
        low, high = np.take(grid, first, axis=axis), np.take(grid, second, axis=axis)
        grid = low + share * (high - low)
    return grid


def lost(
    source: FloatArray,
    denoised: FloatArray,
    colours: npt.NDArray[np.int64],
    a: tuple[float, float, float],
    b: tuple[float, float, float],
) -> FloatArray:
    """What to add to ``denoised``; both [h, w] in units of (white - black), means of clipped
    samples. ``a``, ``b``: the noise of the source by colour."""
    moved = source - denoised
    present = np.unique(colours)
    masks = [(colours == c).astype(float) for c in present]
    count = np.stack([_by_cell(m) for m in masks])
    level = np.stack([_by_cell(m * denoised) for m in masks]) / np.maximum(1, count)
    sums = np.stack([_by_cell(m * moved) for m in masks])
    squares = np.stack([_by_cell(m * moved**2) for m in masks])
    look = np.sqrt(np.maximum(0, level))
    y, x = np.indices(count.shape[1:])
    added = np.zeros_like(sums)
    for row, column in np.ndindex(*count.shape[1:]):
        apart = ((look - look[:, row : row + 1, column : column + 1]) ** 2).sum(axis=0)
        near = (np.abs(y - row) <= REACH) & (np.abs(x - column) <= REACH)
        far = ((y - row) ** 2 + (x - column) ** 2) / (REACH + 1) ** 2
        weight = _weight(apart / LOOK_ALIKE**2) * _weight(far) * near
        for i, colour in enumerate(present):
            sites = (weight * count[i]).sum()
            if sites == 0:
                continue
            chance = (weight**2 * squares[i]).sum() / sites**2
            noise = max(0.0, a[colour] * look[i, row, column] ** 2 + b[colour])
            expected = noise / SITES_OF_DOUBT
            if expected > 0:
                mean = (weight * sums[i]).sum() / sites
                added[i, row, column] = mean * expected / (expected + chance)
    shape = (source.shape[0], source.shape[1])
    result = np.zeros(shape)
    for i, mask in enumerate(masks):
        result += mask * _between_middles(added[i], shape)
    return result
