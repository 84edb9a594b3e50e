# SPDX-License-Identifier: GPL-3.0-or-later
"""Mosaic -> the network's planes and back: mirror padding, one-hot colours, 2x2 unshuffling."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from latent_reference.cfa import IntArray
from latent_reference.scenes import mirror

UNSHUFFLE = 2


def padded_size(size: int, stride: int) -> int:
    """The smallest multiple of the stride that holds `size`."""
    return -(-size // stride) * stride


def mirror_pad(values: npt.NDArray[Any], stride: int) -> npt.NDArray[Any]:
    """Continues [height, width] by reflection (without repeating the edge) to whole strides.

    Samples, noise and colours are mirrored alike: a mirrored red site is still red. So the colours
    beyond the edge are those of the mirrored sites, not those of the CFA going on.
    """
    height, width = values.shape
    rows = mirror(np.arange(padded_size(height, stride)), height)
    columns = mirror(np.arange(padded_size(width, stride)), width)
    return values[rows[:, None], columns[None, :]]


def unshuffle(planes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[P, H, W] -> [4 P, H/2, W/2]: channel plane * 4 + dy * 2 + dx is the plane at (2y+dy, 2x+dx).

    Errors   ValueError for an odd height or width.
    """
    if planes.shape[1] % UNSHUFFLE or planes.shape[2] % UNSHUFFLE:
        raise ValueError("only even sizes can be dealt out to 2x2 planes")
    dealt = [plane[dy::2, dx::2] for plane in planes for dy in (0, 1) for dx in (0, 1)]
    return np.stack(dealt)


def shuffle(channels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[4 P, h, w] -> [P, 2h, 2w], the way back of `unshuffle`."""
    count, height, width = channels.shape
    planes = np.empty((count // 4, 2 * height, 2 * width), channels.dtype)
    for channel in range(count):
        plane, place = divmod(channel, 4)
        dy, dx = divmod(place, 2)
        planes[plane, dy::2, dx::2] = channels[channel]
    return planes


def network_input(
    u: npt.NDArray[np.floating], sigma_u: npt.NDArray[np.floating], colours: IntArray
) -> npt.NDArray[np.float32]:
    """The tensor [20, H/2, W/2]: u, sigma_u, is red, is green, is blue, each unshuffled.

    Shapes   all inputs [H, W], even; colours 0, 1, 2 (a mono sensor is all green).
    """
    planes = np.stack([u, sigma_u, *[(colours == c).astype(np.float64) for c in range(3)]])
    return np.asarray(unshuffle(planes), np.float32)
