# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise-free scenes for the noise estimator: light [768, 1024, 3] in 0..1, the same every time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

HEIGHT, WIDTH = 768, 1024
_LENS_BLUR_PX = 0.5


def all_scenes() -> dict[str, FloatArray]:
    """Every scene by name."""
    rng = np.random.default_rng(1)
    return {
        "gradient": gradient(),
        "steep gradients": steep_gradients(),
        "flat patches": flat_patches(rng),
        "clouds": clouds(rng),
        "texture and calm": texture_and_calm(rng),
        "leaves": leaves(rng),
    }


def _grid() -> tuple[FloatArray, FloatArray]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.asarray(y / HEIGHT), np.asarray(x / WIDTH)


def gradient() -> FloatArray:
    """One slope for each colour, in three directions."""
    y, x = _grid()
    return 0.002 + 0.95 * np.stack([x, (x + y) / 2, 1 - y], axis=2) ** 2.2


def steep_gradients() -> FloatArray:
    """Waves from black to white over some hundred pixels."""
    y, x = _grid()
    across, down = np.sin(x * 18) * 0.5 + 0.5, np.sin(y * 14 + 1) * 0.5 + 0.5
    return 0.003 + 0.9 * np.stack([across**2, (across**2 + down**2) / 2, down**2], axis=2)


def flat_patches(rng: np.random.Generator) -> FloatArray:
    """Squares of 64 px in any colour, with sharp edges."""
    levels = 0.002 + 0.95 * rng.random((HEIGHT // 64, WIDTH // 64, 3)) ** 2.2
    return np.asarray(np.kron(levels, np.ones((64, 64, 1))))


def fractal(rng: np.random.Generator, slope: float, blur_px: float = 0.0) -> FloatArray:
    """Gaussian noise with an amplitude of 1 / frequency^slope; mean 0, deviation 1."""
    down = np.fft.fftfreq(HEIGHT)[:, None]
    across = np.fft.rfftfreq(WIDTH)[None]
    frequency = np.hypot(down, across)
    frequency[0, 0] = 1.0
    lens = np.exp(-2.0 * (np.pi * blur_px * frequency) ** 2)
    spectrum = np.fft.rfft2(rng.normal(size=(HEIGHT, WIDTH))) * lens / frequency**slope
    field = np.fft.irfft2(spectrum, (HEIGHT, WIDTH))
    field -= field.mean()
    return np.asarray(field / field.std())


def clouds(rng: np.random.Generator) -> FloatArray:
    """Fractal everywhere, in luminance and in colour, seen through a lens; nowhere flat."""
    light = 0.12 * np.exp(0.9 * fractal(rng, 1.7, _LENS_BLUR_PX))
    tint = np.stack([np.exp(0.3 * fractal(rng, 2.0, _LENS_BLUR_PX)) for _ in range(3)], axis=2)
    return np.asarray(np.clip(light[..., None] * tint, 0.0, 0.98))


def texture_and_calm(rng: np.random.Generator) -> FloatArray:
    """Harsh texture over about half of the frame, gentle hills over the rest."""
    harsh = fractal(rng, 1.2) * 0.35 * np.clip(fractal(rng, 2.5), 0.0, None)
    light = 0.12 * np.exp(0.8 * fractal(rng, 2.2) + harsh)
    return np.asarray(np.clip(light[..., None] * np.array([1.1, 1.0, 0.8]), 0.0, 0.98))


def leaves(rng: np.random.Generator) -> FloatArray:
    """Dead leaves: overlapping discs of any size, some flat, most textured."""
    textures = [np.exp(amount * fractal(rng, 1.3)) for amount in (0.02, 0.06, 0.15)]
    scene = np.full((HEIGHT, WIDTH, 3), 0.1)
    for _ in range(3000):
        radius = min(4.0 / np.sqrt(rng.random() + 1e-4), 250.0)
        y, x = rng.random() * HEIGHT, rng.random() * WIDTH
        top, left = int(max(0.0, y - radius)), int(max(0.0, x - radius))
        rows = slice(top, int(min(HEIGHT, y + radius + 1)))
        columns = slice(left, int(min(WIDTH, x + radius + 1)))
        down, across = np.mgrid[rows, columns]
        inside = (down - y) ** 2 + (across - x) ** 2 < radius**2
        colour = 0.12 * np.exp(rng.normal(0, 0.9) + rng.normal(0, 0.25, 3))
        leaf = np.broadcast_to(colour, (*inside.shape, 3))
        kind = int(rng.integers(0, 5))
        if kind < len(textures):
            leaf = leaf * textures[kind][rows, columns, None]
        scene[rows, columns][inside] = leaf[inside]
    return np.asarray(np.clip(scene, 0.001, 0.98))
