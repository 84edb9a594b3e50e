# SPDX-License-Identifier: GPL-3.0-or-later
"""Made cases: objects cut out and laid on other photographs, and shapes filled with another one."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from latent_train.clicks.cases import Case
from latent_train.clicks.simulate import Bools
from latent_train.types import ByteArray, FloatArray

_TOUCHED_UP = (0.75, 1.25)
"""Range of the gain that an object gets, so that it is not always of its own light."""


def _laid(ground: ByteArray, over: ByteArray, alpha: FloatArray) -> ByteArray:
    mixed = ground + alpha[..., None] * (over.astype(np.float32) - ground)
    laid: ByteArray = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return laid


def _soft(mask: Bools) -> FloatArray:
    """Outlines are polygons that cut corners: a pixel less of the object, and a soft edge."""
    inner = ndimage.binary_erosion(mask, iterations=1)
    return np.asarray(ndimage.gaussian_filter(inner.astype(np.float32), 0.8))


def composite(case: Case, ground: ByteArray, rng: np.random.Generator) -> Case | None:
    """The object of a case on another photograph, at another size and place; None where too little
    of it would be left."""
    rows, columns = np.flatnonzero(case.truth.any(1)), np.flatnonzero(case.truth.any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    height, width = ground.shape[:2]
    wanted = rng.uniform(0.15, 0.8) * min(height, width)
    scale = wanted / max(box[2] - box[0], box[3] - box[1])
    if scale > 3:
        return None
    size = tuple(max(4, round(scale * side)) for side in (box[2] - box[0], box[3] - box[1]))
    cut = Image.fromarray(case.picture).crop(box).resize(size, Image.Resampling.BICUBIC)
    shape = Image.fromarray(case.truth).crop(box).resize(size, Image.Resampling.NEAREST)
    pixels, mask = np.asarray(cut), np.asarray(shape, bool)
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    gained = np.clip(pixels * rng.uniform(*_TOUCHED_UP), 0, 255).astype(np.uint8)
    x = int(rng.integers(-size[0] // 4, max(1, width - 3 * size[0] // 4)))
    y = int(rng.integers(-size[1] // 4, max(1, height - 3 * size[1] // 4)))
    truth, over = np.zeros((height, width), bool), ground.copy()
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + size[0]), min(height, y + size[1])
    if right <= left or bottom <= top:
        return None
    inside = np.s_[top - y : bottom - y, left - x : right - x]
    truth[top:bottom, left:right] = mask[inside]
    over[top:bottom, left:right] = gained[inside]
    if truth.sum() < 0.5 * mask.sum() or truth.mean() < 0.005:
        return None
    picture = _laid(ground, over, _soft(truth))
    return Case(f"on_{case.name}", picture, truth, np.ones(truth.shape, bool))


def _outline(rng: np.random.Generator, height: int, width: int) -> Bools:
    """A blob, an ellipse, a polygon or a bent band."""
    image = Image.new("1", (width, height))
    draw = ImageDraw.Draw(image)
    radius = rng.uniform(0.08, 0.4) * min(height, width)
    x, y = rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height
    kind = rng.integers(3)
    if kind == 2:
        turns = np.cumsum(rng.normal(0, 0.5, 12)) + rng.uniform(0, 6.3)
        steps = np.stack([np.cos(turns), np.sin(turns)], 1) * radius / 3
        line = [tuple(p) for p in (np.cumsum(steps, 0) + np.array([x, y])).tolist()]
        draw.line(line, fill=1, width=max(3, int(radius * rng.uniform(0.05, 0.3))), joint="curve")
        return np.asarray(image, bool)
    angles = np.linspace(0, 2 * np.pi, 6 if kind == 1 else 60, endpoint=False)
    reach = np.ones(len(angles))
    for wave in range(2, 7):
        reach += rng.normal(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 6.3))
    reach = np.maximum(reach, 0.2) * radius
    squeeze, turn = rng.uniform(0.4, 1), rng.uniform(0, 6.3)
    across, along = reach * np.cos(angles), reach * np.sin(angles) * squeeze
    places = np.stack(
        [
            x + across * np.cos(turn) - along * np.sin(turn),
            y + across * np.sin(turn) + along * np.cos(turn),
        ],
        1,
    )
    draw.polygon([tuple(p) for p in places.tolist()], fill=1)
    return np.asarray(image, bool)


def made_shape(ground: ByteArray, filling: ByteArray, rng: np.random.Generator) -> Case | None:
    """A shape on a photograph, filled with another; sometimes with a hole."""
    height, width = ground.shape[:2]
    truth = _outline(rng, height, width)
    if rng.random() < 0.2:
        truth = truth & ~_outline(rng, height, width)
    if not 0.005 <= truth.mean() <= 0.7:
        return None
    size = (width, height)
    over = np.asarray(Image.fromarray(filling).resize(size, Image.Resampling.BICUBIC))
    if rng.random() < 0.5:  # one colour and little texture
        flat = over[rng.integers(height), rng.integers(width)].astype(np.float32)
        over = np.clip(flat + rng.uniform(0, 0.5) * (over - flat), 0, 255).astype(np.uint8)
    alpha = np.asarray(ndimage.gaussian_filter(truth.astype(np.float32), rng.uniform(0.4, 1.5)))
    return Case("shape", _laid(ground, over, alpha), truth, np.ones(truth.shape, bool))
