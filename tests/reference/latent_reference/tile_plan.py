# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles along one axis, their blending weights, and what must hold for any such plan.

A picture's plan is the product of two axes. Coordinates are those of the frame, which goes on by
mirroring up to a multiple of the stride ("extent").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latent_reference.packing import padded_size

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """What is asked for: a frame's length, the network's numbers, tile side and blend width."""

    length: int
    stride: int
    reach: int
    tile: int
    blend: int

    @property
    def extent(self) -> int:
        """The frame's length, continued to whole strides."""
        return padded_size(self.length, self.stride)


def origins(axis: Axis) -> list[int]:
    """Where tiles begin: multiples of the stride, as far apart as reach and blend allow.

    Errors   ValueError when the tile is too small to get on by one stride.
    """
    if axis.tile >= axis.extent:
        return [0]
    step = (axis.tile - 2 * axis.reach - axis.blend) // axis.stride * axis.stride
    if step < axis.stride or axis.tile % axis.stride:
        raise ValueError("the tile side is no multiple of the stride, or too small for the reach")
    last = axis.extent - axis.tile
    return [*range(0, last, step), last]


def usable(axis: Axis, origin: int) -> tuple[int, int]:
    """First and one past the last coordinate at which a tile's result does not feel its edge."""
    size = min(axis.tile, axis.extent)
    first = 0 if origin == 0 else origin + axis.reach
    end = origin + size
    return first, (axis.length if end >= axis.extent else end - axis.reach)


def weights(axis: Axis) -> FloatArray:
    """Blending weights [tiles, length]: raised-cosine bands of `blend` between neighbours.

    The band of two neighbours lies in the middle of what both can give. A tile's weight is its own
    rise less that of the next, so the sum is 1 even where bands of three tiles run into each other.
    """
    starts = origins(axis)
    place = np.arange(axis.length)
    rises = np.zeros((len(starts) + 1, axis.length))
    rises[0] = 1.0
    for i in range(1, len(starts)):
        low, high = usable(axis, starts[i])[0], usable(axis, starts[i - 1])[1]
        first = (low + high - axis.blend) // 2
        along = np.clip((place + 0.5 - first) / axis.blend, 0.0, 1.0)
        rises[i] = 0.5 - 0.5 * np.cos(np.pi * along)
    return rises[:-1] - rises[1:]


def faults(axis: Axis, starts: list[int], made: FloatArray) -> list[str]:
    """What is wrong with a plan, ours or another's: one sentence each, none if all is well."""
    found = []
    if any(start % axis.stride for start in starts):
        found.append("a tile does not begin at a multiple of the stride")
    if np.abs(made.sum(axis=0) - 1.0).max() > 1e-6:
        found.append("the weights do not sum to 1 everywhere")
    if made.min() < 0.0:
        found.append("a weight is negative")
    for start, weight in zip(starts, made, strict=True):
        first, last = usable(axis, start)
        covered = np.flatnonzero(weight)
        if covered.size and (covered[0] < first or covered[-1] >= last):
            found.append(f"the tile at {start} gives results closer to its edge than the reach")
    if len(starts) > 1 and np.abs(np.diff(made, axis=1)).max() > np.pi / 2 / axis.blend:
        found.append("the weights change faster than a raised cosine over the blend width")
    return found
