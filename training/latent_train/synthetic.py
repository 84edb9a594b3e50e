# SPDX-License-Identifier: GPL-3.0-or-later
"""Made scenes over the whole range of the sensor: what photographs do not teach.

Photographs are rarely exactly black, flat or white; a network that saw only them shifts those.
All scenes are sensor values x, [size, size, 3] float32, white = 1 and sometimes above.
"""

from __future__ import annotations

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from latent_train.types import FloatArray


def _level(rng: np.random.Generator, white_balance: FloatArray) -> FloatArray:
    """One colour in sensor values: black, white and beyond, just below white, or anything.

    Just below white the noise is clipped half, and only made scenes are often there.
    """
    end = rng.random()
    if end < 0.12:
        return np.zeros(3)
    if end < 0.24:
        return np.full(3, 1.0 + 0.5 * rng.random() * (rng.random() < 0.5))
    if end < 0.42:
        near = 1 - 0.25 * rng.random() ** 2
        grey = white_balance.min() / white_balance
        return np.full(3, near) if rng.random() < 0.5 else near * grey
    value = rng.random() if rng.random() < 0.5 else rng.random() ** 2
    kind = rng.random()
    if kind < 1 / 3:
        return np.full(3, value)
    if kind < 2 / 3:
        return value / white_balance
    spread: FloatArray = rng.random(3) ** 2
    return spread


def _axes(size: int) -> tuple[FloatArray, FloatArray]:
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return y, x


def _distance_to_line(rng: np.random.Generator, size: int) -> FloatArray:
    angle = rng.uniform(0, np.pi)
    y, x = _axes(size)
    centre = rng.uniform(0.2 * size, 0.8 * size, 2)
    distance: FloatArray = (y - centre[0]) * np.cos(angle) + (x - centre[1]) * np.sin(angle)
    return distance


def _blend(low: FloatArray, high: FloatArray, share: FloatArray) -> FloatArray:
    return low + (high - low) * share[..., None]


def _flat(rng: np.random.Generator, size: int, balance: FloatArray) -> FloatArray:
    return np.broadcast_to(_level(rng, balance), (size, size, 3))


def _gradient(rng: np.random.Generator, size: int, balance: FloatArray) -> FloatArray:
    share = _distance_to_line(rng, size) / (size * rng.uniform(0.3, 3)) + 0.5
    return _blend(_level(rng, balance), _level(rng, balance), np.clip(share, 0, 1))


def _edges(rng: np.random.Generator, size: int, balance: FloatArray) -> FloatArray:
    scene = _flat(rng, size, balance)
    for _ in range(rng.integers(1, 5)):
        softness = rng.uniform(0.2, 2.0)
        share = np.clip(_distance_to_line(rng, size) / softness + 0.5, 0, 1)
        scene = scene + (_level(rng, balance) - scene) * share[..., None]
    return scene


def _lines(rng: np.random.Generator, size: int, balance: FloatArray) -> FloatArray:
    scene = _flat(rng, size, balance)
    for _ in range(rng.integers(1, 8)):
        width = rng.uniform(0.4, 2.0)
        share = np.exp(-((_distance_to_line(rng, size) / width) ** 2))
        scene = scene + (_level(rng, balance) - scene) * share[..., None]
    return scene


def _stars(rng: np.random.Generator, size: int, balance: FloatArray) -> FloatArray:
    scene = np.array(_flat(rng, size, balance) * rng.random() ** 2)
    radius = rng.uniform(0.5, 1.5)
    reach = 6
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    for _ in range(rng.integers(3, 40)):
        row, column = rng.integers(reach, size - reach, 2)
        dy, dx = rng.uniform(-0.5, 0.5, 2)
        spot = np.exp(-((y - dy) ** 2 + (x - dx) ** 2) / (2 * radius**2))
        window = scene[row - reach : row + reach + 1, column - reach : column + reach + 1]
        window += spot[..., None] * rng.random() ** 2 * 1.5 * rng.uniform(0.5, 1, 3) / balance
    return scene


_KINDS = (_flat, _flat, _flat, _gradient, _gradient, _edges, _lines, _stars)


def draw_scene(rng: np.random.Generator, size: int, white_balance: FloatArray) -> FloatArray:
    """One scene of a random kind: flat, gradient, edges, thin lines or points of light."""
    kind = _KINDS[rng.integers(len(_KINDS))]
    return np.maximum(kind(rng, size, white_balance), 0).astype(np.float32)


def _two_levels(rng: np.random.Generator, balance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A dark and a light colour in sensor values; most are grey under the light, as what is finely
    patterned mostly is."""
    low, high = np.sort(rng.random(2))
    if rng.random() < 0.7:
        return low**2 / balance, (0.1 + 0.9 * high) / balance
    return rng.random(3) ** 2 / balance, rng.random(3) / balance


def _zone_plate(rng: np.random.Generator, size: int) -> FloatArray:
    """Share 0..1: rings that grow finer outwards, up to half a cycle a pixel somewhere."""
    y, x = _axes(size)
    centre = rng.uniform(-0.5 * size, 1.5 * size, 2)
    squared = (y - centre[0]) ** 2 + (x - centre[1]) ** 2
    # The frequency is k * distance / pi cycles a pixel: 0.1 to 0.5 at the farthest corner.
    k = np.pi * rng.uniform(0.1, 0.5) / np.sqrt(squared.max())
    rings: FloatArray = 0.5 + 0.5 * np.cos(k * squared + rng.uniform(0, 2 * np.pi))
    return rings


def _wave(rng: np.random.Generator, size: int, angle: float) -> FloatArray:
    y, x = _axes(size)
    along = y * np.sin(angle) + x * np.cos(angle)
    return np.asarray(2 * np.pi * rng.uniform(0.05, 0.48) * along + rng.uniform(0, 2 * np.pi))


def _fabric(rng: np.random.Generator, size: int) -> FloatArray:
    """Share 0..1: threads one way, or two ways over and under each other, softer or sharper."""
    angle = rng.uniform(0, np.pi)
    warp = np.cos(_wave(rng, size, angle))
    if rng.random() < 0.4:
        woven = warp
    elif rng.random() < 0.5:
        woven = warp * np.cos(_wave(rng, size, angle + np.pi / 2))
    else:
        woven = np.maximum(warp, np.cos(_wave(rng, size, angle + rng.uniform(0.8, 2.3))))
    sharpness = rng.uniform(0.5, 3)
    slow = 0.7 + 0.3 * np.cos(_wave(rng, size, rng.uniform(0, np.pi)) * 0.05)
    share: FloatArray = (0.5 + 0.5 * np.tanh(sharpness * woven) / np.tanh(sharpness)) * slow
    return share


def _text(rng: np.random.Generator, size: int) -> FloatArray:
    """Share 0..1: lines of letters, 5 to 20 pixels high, turned a little, as a lens shows them."""
    over = 3
    sheet = Image.new("L", (size * over, size * over))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(float(rng.uniform(5, 20) * over))
    letters = string.ascii_letters + string.digits + "     .,;"
    step = int(font.size * rng.uniform(1.0, 1.5))  # type: ignore[union-attr]
    for top in range(0, size * over, step):
        line = "".join(letters[i] for i in rng.integers(len(letters), size=size // 2))
        draw.text((-int(rng.integers(20)), top), line, fill=255, font=font)
    turned = sheet.rotate(float(rng.normal(0, 12)), Image.Resampling.BICUBIC)
    small = turned.resize((size, size), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / 255


def draw_detail(rng: np.random.Generator, size: int, white_balance: FloatArray) -> FloatArray:
    """One scene of fine periodic detail or text: where demosaicing invents colours and mazes."""
    made = (_zone_plate, _fabric, _text)[rng.integers(3)](rng, size)
    low, high = _two_levels(rng, white_balance)
    if rng.random() < 0.5:
        low, high = high, low
    return _blend(low, high, made).astype(np.float32)
