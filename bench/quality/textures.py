# SPDX-License-Identifier: GPL-3.0-or-later
"""Even textures that fill the frame, without noise: what passes for noise most easily.

``all_textures()`` gives them by name, [512, 512, 3] of 255, the same every time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
SIDE = 512


def _grid(angle: float) -> tuple[Floats, Floats]:
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    c, s = np.cos(angle), np.sin(angle)
    return c * y - s * x, s * y + c * x


def weave(period: float, depth: float, angle: float, seed: int, shift: int = 1) -> Floats:
    """Threads over and under each other; each has a shade of its own. ``shift`` 1 is a plain weave,
    2 a twill."""
    rng = np.random.default_rng([61, seed])
    y, x = _grid(angle)
    shade_y, shade_x = rng.normal(0, 0.25, (2, 2000))
    row, column = np.floor(y / period).astype(int), np.floor(x / period).astype(int)
    over = (row + column) % (2 * shift) < shift
    across_y = np.sin(np.pi * (y / period - row)) ** 0.8
    across_x = np.sin(np.pi * (x / period - column)) ** 0.8
    height = np.where(
        over, across_y * (1 + shade_y[row % 2000]), across_x * (1 + shade_x[column % 2000])
    )
    height = gaussian_filter(height, 0.6)
    return np.asarray(depth * (height - height.mean()) / height.std())


def leather(cell: float, depth: float, seed: int) -> Floats:
    """Grain of leather: bulging cells of any shape between fine furrows."""
    rng = np.random.default_rng([67, seed])
    count = int((SIDE + 40) ** 2 / cell**2)
    y, x = np.mgrid[:SIDE, :SIDE]
    near, _ = cKDTree(rng.uniform(-20, SIDE + 20, (count, 2))).query(
        np.stack([y.ravel(), x.ravel()], 1), k=2
    )
    height = gaussian_filter((near[:, 1] - near[:, 0]).reshape(SIDE, SIDE), 0.8)
    height = np.minimum(height, 0.6 * cell)
    return np.asarray(depth * (height - height.mean()) / height.std())


def plush(reach: float, depth: float, seed: int) -> Floats:
    """Short fur: strands that point about the same way."""
    rng = np.random.default_rng([71, seed])
    white = rng.normal(size=(SIDE, SIDE))
    height = gaussian_filter(white, (2.2 * reach, 0.8 * reach)) - gaussian_filter(white, 4 * reach)
    return np.asarray(depth * (height - height.mean()) / height.std())


def lit(texture: Floats, colour: tuple[float, float, float]) -> Floats:
    """Cloth of a colour whose relief is ``texture``, of 255 at a middle brightness; lit from one
    side, so that brightness varies, with a sheen of the lamp's colour on the other."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    light = 0.75 + 0.35 * x + 0.1 * y
    sheen = np.array((30, 27, 20)) * np.clip(1 - 2 * np.hypot(x, y), 0, 1)[..., None]
    shade = np.asarray(colour) * light[..., None] + sheen
    return np.asarray(np.clip(shade * (1 + texture[..., None] / 128), 0, 255))


def all_textures() -> dict[str, Floats]:
    return {
        "plain weave, 6 px": lit(weave(6, 8, 0.1, 1), (150, 140, 120)),
        "plain weave, 4 px": lit(weave(4, 5, 0.4, 2), (90, 100, 130)),
        "fine weave, 3 px": lit(weave(3, 4, 0.0, 3), (160, 160, 150)),
        "twill, 5 px": lit(weave(5, 7, 0.7, 4, 2), (60, 70, 110)),
        "coarse linen, 9 px": lit(weave(9, 9, 0.05, 5), (170, 150, 110)),
        "leather, 7 px": lit(leather(7, 9, 6), (110, 70, 45)),
        "leather, 12 px": lit(leather(12, 10, 7), (70, 55, 50)),
        "red plush": lit(plush(1.0, 6, 8), (150, 45, 55)),
        "beige plush": lit(plush(1.4, 5, 9), (175, 155, 120)),
    }
