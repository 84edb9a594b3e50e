# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole picture through a network of a fixed square tile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latent_zoo.types import FloatArray

Network = Callable[[FloatArray], FloatArray]  # [1, C, T, T] to [1, 3, T * scale, T * scale]


def _origins(size: int, tile: int, overlap: int) -> list[int]:
    """First pixels of the tiles along one side; the last one is moved inward."""
    if size <= tile:
        return [0]
    step = tile - 2 * overlap
    count = -(-(size - tile) // step) + 1
    return [min(at * step, size - tile) for at in range(count)]


def _ramp(tile: int, overlap: int) -> FloatArray:
    """Weights along one side: they rise over the overlap and are never 0."""
    if overlap == 0:
        return np.ones(tile)
    at = np.minimum(np.arange(tile), np.arange(tile)[::-1]) + 0.5
    return np.minimum(1.0, at / (2 * overlap))


def run(
    network: Network, planes: FloatArray, tile: int, scale: int = 1, overlap: int = 32
) -> FloatArray:
    """[C, H, W] to [3, H * scale, W * scale]: mirrored to at least a tile, blended where tiles
    meet. ``overlap``: pixels on each side, at most a quarter of the tile."""
    overlap = min(overlap, tile // 4)
    height, width = planes.shape[1:]
    missing = [(0, 0), (0, max(0, tile - height)), (0, max(0, tile - width))]
    padded = np.pad(planes, missing, mode="symmetric")
    rows, columns = (_origins(size, tile, overlap) for size in padded.shape[1:])
    total = np.zeros((3, padded.shape[1] * scale, padded.shape[2] * scale))
    weights = np.zeros(total.shape[1:])
    ramp = _ramp(tile * scale, overlap * scale)
    weight = ramp[:, None] * ramp[None, :]
    for top in rows:
        for left in columns:
            part = padded[None, :, top : top + tile, left : left + tile]
            answer = network(np.ascontiguousarray(part, dtype=np.float32))[0]
            area = (
                slice(top * scale, (top + tile) * scale),
                slice(left * scale, (left + tile) * scale),
            )
            total[(slice(None), *area)] += answer * weight
            weights[area] += weight
    blended: FloatArray = (total / weights)[:, : height * scale, : width * scale]
    return blended
