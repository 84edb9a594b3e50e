# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a network looks: the distance beyond which a change no longer matters.

A tile needs that much overlap. The theoretical field of a U-Net is far larger than what it uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from latent_train.types import FloatArray, Runner

QUARTER_STEP = 0.25 / 255


@dataclass(frozen=True)
class Scene:
    """Two inputs of the same noise, [planes, H, W], W a multiple of 32: what is seen, and what else
    could stand there in the planes ``values`` (the picture itself)."""

    planes: FloatArray
    other: FloatArray
    values: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Layout:
    """How a network's planes are packed, and how much larger its answer is."""

    unshuffle: int = 2
    scale: int = 1


RAW = Layout()


def pack(planes: FloatArray, factor: int) -> FloatArray:
    """[C, H, W] to [1, C*f*f, H/f, W/f], as torch's pixel_unshuffle."""
    tensor = torch.from_numpy(np.ascontiguousarray(planes, dtype=np.float32))[None]
    return pixel_unshuffle(tensor, factor).numpy()


def _residual(run: Runner, planes: FloatArray, layout: Layout) -> FloatArray:
    """[O, H * scale, W * scale]"""
    packed = torch.from_numpy(run(pack(planes, layout.unshuffle)))
    factor = layout.scale if layout.scale > 1 else layout.unshuffle
    return pixel_shuffle(packed, factor)[0].numpy()


def _last_above(difference: FloatArray, limit: float, scale: int) -> int:
    """Distance from the right edge of the farthest column that moves by ``limit`` or more."""
    moved = np.flatnonzero(difference.max(axis=(0, 1)) >= limit)
    return 0 if moved.size == 0 else -(-(difference.shape[2] - int(moved[0])) // scale)


def reach_of(run: Runner, scene: Scene, layout: Layout = RAW, limit: float = QUARTER_STEP) -> int:
    """Reach in pixels on one scene: the worst of a cut, other content, black and white.

    The right half of the picture is taken away or changed; what moves in the left half counts.
    """
    half = scene.planes.shape[2] // 2
    left = (slice(None), slice(None), slice(0, half * layout.scale))
    whole = _residual(run, scene.planes, layout)[left]
    values = list(scene.values)
    picture = scene.planes[values]
    black, white = picture.min(), max(1.0, float(picture.max()))
    cut = _residual(run, scene.planes[:, :, :half], layout)
    distances = [_last_above(np.abs(cut - whole), limit, layout.scale)]
    for change in (scene.other[values, :, half:], black, white):
        changed = scene.planes.copy()
        changed[values, :, half:] = change
        moved = np.abs(_residual(run, changed, layout)[left] - whole)
        distances.append(_last_above(moved, limit, layout.scale))
    return max(distances)


def rounded_up(distance: int, stride: int) -> int:
    """The smallest multiple of ``stride`` that is not below ``distance``."""
    return -(-distance // stride) * stride
