# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a network looks: the distance beyond which a change no longer matters.

A tile needs that much overlap. The theoretical field of a U-Net is far larger than what it uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latent_train import mosaic
from latent_train.runtimes import Runner
from latent_train.types import FloatArray

QUARTER_STEP = 0.25 / 255


@dataclass(frozen=True)
class Scene:
    """Two inputs of one CFA and noise, [5, H, W], W a multiple of 32: what is seen, what else
    could stand there."""

    planes: FloatArray
    other: FloatArray


def _residual(run: Runner, planes: FloatArray) -> FloatArray:
    residual: FloatArray = mosaic.shuffle(run(mosaic.unshuffle(planes)[None])[0])[0]
    return residual


def _last_above(difference: FloatArray, limit: float) -> int:
    """Distance from the right edge of the farthest column that moves by ``limit`` or more."""
    moved = np.flatnonzero(difference.max(axis=0) >= limit)
    return 0 if moved.size == 0 else difference.shape[1] - int(moved[0])


def reach_of(run: Runner, scene: Scene, limit: float = QUARTER_STEP) -> int:
    """Reach in pixels on one scene: the worst of a cut, other content, black and white.

    The right half of the picture is taken away or changed; what moves in the left half counts.
    """
    half = scene.planes.shape[2] // 2
    whole = _residual(run, scene.planes)[:, :half]
    u_black, u_white = scene.planes[0].min(), max(1.0, float(scene.planes[0].max()))
    distances = [_last_above(np.abs(_residual(run, scene.planes[:, :, :half]) - whole), limit)]
    for change in (scene.other[0, :, half:], u_black, u_white):
        changed = scene.planes.copy()
        changed[0, :, half:] = change
        moved = np.abs(_residual(run, changed)[:, :half] - whole)
        distances.append(_last_above(moved, limit))
    return max(distances)


def rounded_up(distance: int, stride: int) -> int:
    """The smallest multiple of ``stride`` that is not below ``distance``."""
    return -(-distance // stride) * stride
