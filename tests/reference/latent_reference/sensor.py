# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated sensor: light to counts, with Poisson-Gaussian noise, row band by row band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latent_reference import cfa
from latent_reference.dng_spec import DngSpec
from latent_reference.scenes import FloatArray, Scene


@dataclass(frozen=True)
class SensorNoise:
    """var(x) = a*x + b of a sample x = (counts - black) / (white - black)."""

    a: float = 0.0
    b: float = 0.0


def sense(light: FloatArray, noise: SensorNoise, rng: np.random.Generator) -> FloatArray:
    """Adds normal noise of variance a*x + b to samples x >= 0 of any shape (float32).

    The normal law stands in for Poisson's: made for large files and for tests of levels; the
    protocol for numbers (`noise.py`) draws true Poisson counts.
    """
    if noise.a == 0.0 and noise.b == 0.0:
        return light
    sigma = np.sqrt(np.float32(noise.a) * np.maximum(light, 0) + np.float32(noise.b))
    noisy: FloatArray = light + sigma * rng.standard_normal(light.shape, np.float32)
    return noisy


class Sensor:
    """Turns a scene over the active area into rows of the whole buffer, masked margins included.

    Called as rows(y0, y1) from top to bottom, each row once: the noise is drawn as it goes.
    """

    def __init__(
        self, spec: DngSpec, scene: Scene, noise: SensorNoise, exposure: float = 0.7, seed: int = 0
    ) -> None:
        self._spec = spec
        self._scene = scene
        self._noise = noise
        self._rng = np.random.default_rng(seed)
        to_camera = spec.colour.mix.copy()
        if not spec.is_mono:
            to_camera = np.diag(1.0 / np.array(spec.colour.wb)) @ to_camera
        self._to_camera = (exposure * to_camera).astype(np.float32)

    def __call__(self, y0: int, y1: int) -> npt.NDArray[np.uint16]:
        top, left, bottom, right = self._spec.geometry.active
        shape = (y1 - y0, self._spec.geometry.width)
        if self._spec.pattern is None:
            shape = (*shape, 3)  # type: ignore[assignment]
        light = np.zeros(shape, np.float32)
        first, last = max(y0, top), min(y1, bottom)
        if first < last:
            seen = self._seen(first - top, last - top)
            light[first - y0 : last - y0, left:right] = seen
        return self._counts(sense(light, self._noise, self._rng), y0)

    def _seen(self, y0: int, y1: int) -> FloatArray:
        """What the sites of active rows receive, in fractions of white, before noise."""
        scene = self._scene(y0, y1)
        pattern = self._spec.pattern
        if pattern is None:
            return np.asarray(scene @ self._to_camera.T, np.float32)
        if self._spec.is_mono:
            return np.asarray(scene @ self._to_camera.mean(axis=0), np.float32)
        light = np.empty(scene.shape[:2], np.float32)
        rows = np.vstack([self._to_camera, 0.9 * self._to_camera[1]]).astype(np.float32)
        for dy in range(pattern.shape[0]):
            for dx in range(pattern.shape[1]):
                start = (dy - y0) % pattern.shape[0]
                sites = (slice(start, None, pattern.shape[0]), slice(dx, None, pattern.shape[1]))
                light[sites] = scene[sites] @ rows[pattern[dy, dx]]
        return light

    def _counts(self, light: FloatArray, y0: int) -> npt.NDArray[np.uint16]:
        levels = self._spec.levels
        black = np.array(levels.black, np.float32)
        top, left = self._spec.geometry.active[:2]
        height, width = light.shape[:2]
        at = cfa.colour_index(np.arange(black.size).reshape(black.shape), height, width,
                              y0 - top, -left)  # fmt: skip
        floor = black.ravel()[at] if black.size > 1 else black.reshape(1, 1)
        floor = floor.reshape(*floor.shape, *[1] * (light.ndim - 2))
        counts = light * (np.float32(levels.white) - floor) + floor
        counts = np.clip(np.rint(counts), 0, levels.largest_sample)
        if levels.linearization:  # the code whose table entry lies nearest
            table = np.array(levels.linearization, np.float32)
            return np.searchsorted((table[1:] + table[:-1]) / 2, counts).astype(np.uint16)
        return np.asarray(counts, np.uint16)


class HotSites:
    """Rows of another sensor with `count` sites of its active area leaking charge.

    The sites lie apart from each other, chosen by the seed; each reads `height` of the range from
    black to white, whatever falls on it. `places` are their (row, column) in the whole buffer.
    """

    def __init__(
        self,
        spec: DngSpec,
        rows: Callable[[int, int], npt.NDArray[np.uint16]],
        count: int,
        height: float = 0.6,
        seed: int = 0,
    ) -> None:
        self._rows = rows
        levels = spec.levels
        self._sample = round(levels.black[0][0] + height * (levels.white - levels.black[0][0]))
        self.places = _apart(spec.geometry.active, count, np.random.default_rng(seed + 1))

    def __call__(self, y0: int, y1: int) -> npt.NDArray[np.uint16]:
        samples = self._rows(y0, y1)
        for y, x in self.places:
            if y0 <= y < y1:
                samples[y - y0, x] = self._sample
        return samples


def _apart(
    active: tuple[int, int, int, int], count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """`count` sites of an area, one in each of as many cells of a grid, away from its lines."""
    top, left, bottom, right = active
    side = int(np.ceil(np.sqrt(max(1, count))))
    cells = [(row, column) for row in range(side) for column in range(side)][:count]
    jitter = rng.uniform(0.2, 0.8, (len(cells), 2))
    return [
        (
            top + int((row + dy) * (bottom - top) / side),
            left + int((column + dx) * (right - left) / side),
        )
        for (row, column), (dy, dx) in zip(cells, jitter, strict=True)
    ]
