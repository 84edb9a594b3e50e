# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise-free scenes: linear sRGB light as functions of rows, so that large ones need no memory.

A scene is called as scene(y0, y1) and gives float32 [y1-y0, width, 3], nominally 0..1.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

FloatArray = npt.NDArray[np.float32]
Scene = Callable[[int, int], FloatArray]


def srgb_to_linear(encoded: npt.NDArray[np.uint8]) -> FloatArray:
    """Inverse of the sRGB curve (IEC 61966-2-1): uint8 -> linear float32 0..1, same shape."""
    level = np.arange(256) / 255.0
    table = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    linear: FloatArray = table.astype(np.float32)[encoded]
    return linear


def linear_to_srgb(linear: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """The sRGB curve, cut to 0..1, rounded to uint8."""
    light = np.clip(linear, 0.0, 1.0)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255.0), np.uint8)


def flat(width: int, level: float = 0.18) -> Scene:
    """One grey everywhere."""
    return lambda y0, y1: np.full((y1 - y0, width, 3), level, dtype=np.float32)


def gradient(width: int, height: int) -> Scene:
    """Black to white from left to right, with hues turning from top to bottom."""

    def rows(y0: int, y1: int) -> FloatArray:
        ramp = np.linspace(0.0, 1.0, width, dtype=np.float32)[None, :, None]
        turn = (np.arange(y0, y1, dtype=np.float32) / max(1, height - 1))[:, None, None]
        phase = np.array([0.0, 1.0, 2.0], dtype=np.float32) * (2 * np.pi / 3)
        return np.asarray(ramp * (0.75 + 0.25 * np.cos(2 * np.pi * turn + phase)), np.float32)

    return rows


def chart(width: int, height: int) -> Scene:
    """Six by four patches of known colours over a mid grey, edges sharp: a flat-patch scene."""
    steps = np.array([0.02, 0.08, 0.2, 0.4, 0.65, 0.9], dtype=np.float32)
    tints = np.array([[1, 1, 1], [1, 0.3, 0.2], [0.3, 1, 0.35], [0.25, 0.4, 1]], dtype=np.float32)
    patches = steps[None, :, None] * tints[:, None, :]

    def rows(y0: int, y1: int) -> FloatArray:
        y = np.arange(y0, y1) * 4 / height
        x = np.arange(width) * 6 / width
        inside = (np.abs(y % 1 - 0.5) < 0.42)[:, None] & (np.abs(x % 1 - 0.5) < 0.42)[None, :]
        colour = patches[y.astype(int)[:, None], x.astype(int)[None, :]]
        return np.where(inside[..., None], colour, np.float32(0.18)).astype(np.float32)

    return rows


def texture(width: int, height: int, seed: int = 0) -> Scene:
    """Sums of oriented waves of many scales with a soft vignette: no flat place anywhere."""
    rng = np.random.default_rng(seed)
    waves = [
        (2 * np.pi / period, rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi, 3), period**0.3)
        for period in np.geomspace(2.5, 200.0, 24)
    ]
    total = sum(w[3] for w in waves)

    def rows(y0: int, y1: int) -> FloatArray:
        y = np.arange(y0, y1, dtype=np.float32)[:, None, None]
        x = np.arange(width, dtype=np.float32)[None, :, None]
        light = np.zeros((y1 - y0, width, 3), np.float32)
        for frequency, angle, phase, weight in waves:
            along = np.float32(frequency) * (x * np.cos(angle) + y * np.sin(angle))
            light += np.float32(weight / total) * np.cos(along + phase.astype(np.float32))
        fall = 1 - 0.5 * (((x / width) - 0.5) ** 2 + ((y / height) - 0.5) ** 2)
        return np.asarray(np.clip(0.3 + 0.6 * light, 0.005, 1.0) * fall, np.float32)

    return rows


def stars(width: int, height: int, seed: int = 0) -> Scene:
    """A night sky: white points of light, as sharp as lenses draw them, one in some 900 pixels.

    Each spreads with a standard deviation of 0.55 to 1.1 pixels, and holds 0.5 to 8 times the light
    of one white pixel.
    """
    rng = np.random.default_rng(seed)
    count = max(1, width * height // 900)
    places = rng.uniform((0, 0), (height, width), (count, 2))
    radii = rng.uniform(0.55, 1.1, count)
    lights = np.exp(rng.uniform(np.log(0.5), np.log(8.0), count))
    sky = np.full((height + 12, width + 12), 0.004)
    window = np.arange(-5, 6)
    for (y, x), radius, light in zip(places, radii, lights, strict=True):
        row, column = int(y), int(x)
        across = np.exp(-((window + column - x) ** 2) / (2 * radius**2))
        down = np.exp(-((window + row - y) ** 2) / (2 * radius**2))
        drawn = np.outer(down / down.sum(), across / across.sum())
        sky[row + 1 : row + 12, column + 1 : column + 12] += light * drawn
    grey = sky[6 : 6 + height, 6 : 6 + width, None].astype(np.float32)
    return lambda y0, y1: np.repeat(grey[y0:y1], 3, axis=2)


def photo(path: Path, width: int, height: int) -> Scene:
    """An sRGB photograph, enlarged to at most four times its size and mirrored beyond that."""
    image = Image.open(path).convert("RGB")
    scale = min(4.0, max(width / image.width, height / image.height))
    if scale > 1.0:
        size = (round(image.width * scale), round(image.height * scale))
        image = image.resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(image)
    columns = mirror(np.arange(width), pixels.shape[1])

    def rows(y0: int, y1: int) -> FloatArray:
        lines = pixels[mirror(np.arange(y0, y1), pixels.shape[0])]
        return srgb_to_linear(lines[:, columns] if width != pixels.shape[1] else lines)

    return rows


def mirror(index: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Reflect-101 without an end: -1 -> 1, size -> size-2; a size of 1 gives 0 everywhere."""
    if size == 1:
        return np.zeros_like(index)
    period = 2 * (size - 1)
    folded = np.abs(index) % period
    return np.where(folded >= size, period - folded, folded)
