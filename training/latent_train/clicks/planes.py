# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network sees: a square crop of the picture, with clicks and masks as planes.

The program draws the same planes (src/mask/click_planes.h).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from latent_train.clicks.config import PLANES
from latent_train.clicks.simulate import Bools, Click
from latent_train.types import ByteArray, FloatArray

DISC_PX = 3.5
"""Radius of a click's disc, in pixels of the square."""
NEAR_SHARE = 1 / 16
"""Deviation of a click's surroundings, in sides of the square."""
UNKNOWN = 0.5
"""Of a mask that there is none of."""
SELECTOR_PLANE = 9


@dataclass(frozen=True)
class Crop:
    """A square of the picture in its pixels, which may reach beyond it."""

    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Asked:
    """A question: prompts in pixels of the picture, and masks of its size."""

    clicks: Sequence[Click]
    box: tuple[float, float, float, float] | None = None  # left, top, right, bottom
    before: Bools | FloatArray | None = None
    selector: Bools | None = None


def _rounded(value: float) -> int:
    return int(np.floor(value + 0.5))


def crop_around(
    found: Bools | None,
    clicks: Sequence[Click],
    shape: tuple[int, int],
    margin: float,
    least: float,
) -> Crop:
    """The square around a mask and the clicks on the object, ``margin`` times as large; around the
    whole picture where that is no larger; of ``least`` of the longest side at least."""
    height, width = shape
    on = [click for click in clicks if click.on_object]
    xs, ys = [c.x + 0.5 for c in on], [c.y + 0.5 for c in on]
    if found is not None and found.any():
        rows, columns = np.flatnonzero(found.any(1)), np.flatnonzero(found.any(0))
        xs += [float(columns[0]), float(columns[-1]) + 1]
        ys += [float(rows[0]), float(rows[-1]) + 1]
    side = longest = max(height, width)
    if xs:
        wanted = max(margin * max(max(xs) - min(xs), max(ys) - min(ys)), least * longest)
        side = min(longest, max(1, _rounded(wanted)))
    if side == longest:
        xs, ys = [0.0, float(width)], [0.0, float(height)]
    return Crop(
        _rounded((min(xs) + max(xs) - side) / 2), _rounded((min(ys) + max(ys) - side) / 2), side
    )


def _square(values: Image.Image, crop: Crop, side: int, beyond: float) -> FloatArray:
    """A crop at ``side`` pixels, smoothed where that is smaller; ``beyond`` outside the picture."""
    left, top = int(np.floor(crop.left)), int(np.floor(crop.top))
    right = int(np.ceil(crop.left + crop.side))
    bottom = int(np.ceil(crop.top + crop.side))
    fill = tuple([round(beyond)] * 3) if values.mode == "RGB" else beyond
    canvas = Image.new(values.mode, (right - left, bottom - top), fill)
    canvas.paste(values, (-left, -top))
    box = (
        crop.left - left,
        crop.top - top,
        crop.left - left + crop.side,
        crop.top - top + crop.side,
    )
    return np.asarray(
        canvas.resize((side, side), Image.Resampling.BILINEAR, box=box), dtype=np.float32
    )


def mask_square(mask: Bools | FloatArray, crop: Crop, side: int) -> FloatArray:
    """A mask in the square; 0 outside the picture."""
    return _square(Image.fromarray(mask.astype(np.float32)), crop, side, 0.0)


def click_planes(clicks: Sequence[Click], crop: Crop, side: int) -> FloatArray:
    """Discs and surroundings of clicks on the object, then of those beside it: [4, side, side]."""
    middles = np.arange(side, dtype=np.float32) + 0.5
    scale = side / crop.side
    planes = np.zeros((4, side, side), np.float32)
    for index, on_object in enumerate((True, False)):
        squared: FloatArray | None = None
        for click in clicks:
            if click.on_object != on_object:
                continue
            across = (middles - np.float32((click.x + 0.5 - crop.left) * scale)) ** 2
            along = (middles - np.float32((click.y + 0.5 - crop.top) * scale)) ** 2
            one = along[:, None] + across[None, :]
            squared = one if squared is None else np.minimum(squared, one)
        if squared is None:
            continue
        planes[2 * index] = np.clip(DISC_PX - np.sqrt(squared), 0, 1)
        planes[2 * index + 1] = np.exp(-squared / (2 * (NEAR_SHARE * side) ** 2))
    return planes


def _box_plane(box: tuple[float, float, float, float] | None, crop: Crop, side: int) -> FloatArray:
    """1 in the box, 0 outside; 1 everywhere without one."""
    if box is None:
        return np.ones((side, side), np.float32)
    middles = (np.arange(side) + 0.5) * crop.side / side
    across = (middles + crop.left >= box[0]) & (middles + crop.left <= box[2])
    along = (middles + crop.top >= box[1]) & (middles + crop.top <= box[3])
    return (along[:, None] & across[None, :]).astype(np.float32)


def planes(picture: ByteArray, asked: Asked, crop: Crop, side: int) -> FloatArray:
    """[PLANES, side, side]: what ``config.PLANES`` lists."""
    result = np.empty((PLANES, side, side), np.float32)
    colours = _square(Image.fromarray(picture), crop, side, 127.5)
    result[0:3] = colours.transpose(2, 0, 1) / 255 - 0.5
    result[3:7] = click_planes(asked.clicks, crop, side)
    result[7] = _box_plane(asked.box, crop, side)
    for at, mask in ((8, asked.before), (SELECTOR_PLANE, asked.selector)):
        result[at] = UNKNOWN if mask is None else mask_square(mask, crop, side)
    return result


def on_picture(
    square: FloatArray, crop: Crop, shape: tuple[int, int], outside: FloatArray
) -> FloatArray:
    """Values of the square on the picture; ``outside`` where the square does not reach."""
    height, width = shape
    result = outside.astype(np.float32).copy()
    left, top, side = round(crop.left), round(crop.top), round(crop.side)
    large = np.asarray(
        Image.fromarray(square.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR)
    )
    rows = slice(max(0, top), min(height, top + side))
    columns = slice(max(0, left), min(width, left + side))
    result[rows, columns] = large[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
    return result
