# SPDX-License-Identifier: GPL-3.0-or-later
"""The level of a picture's noise: the definition, and the estimate on pictures made here."""

import numpy as np
import numpy.typing as npt
import pytest
from latent_reference import levels_rgb

Floats = npt.NDArray[np.float64]


def scene(side: int = 384) -> Floats:
    """Slopes, a patch of waves and hard edges, all brightnesses."""
    y, x = np.mgrid[:side, :side] / side
    grey = 0.1 + 0.8 * x
    grey = grey + np.where((y > 0.3) & (y < 0.5), 0.08 * np.sin(400 * x) * np.sin(300 * y), 0)
    grey = np.where((y > 0.7) & (x % 0.2 < 0.05), 0.9 - grey, grey)
    return np.stack([grey, 0.1 + 0.85 * y, 1 - grey], -1)


def blurred(noise: Floats) -> Floats:
    total = sum(np.roll(noise, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return np.asarray(total) / 3.0


def test_definition_of_white_noise_is_its_sigma() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (512, 512, 3))
    assert levels_rgb.block_sigma(noise) == pytest.approx(0.1, rel=0.01)


def test_definition_ignores_planes() -> None:
    y, x = np.mgrid[:64, :64]
    assert levels_rgb.block_sigma(0.3 + 0.01 * x - 0.02 * y) < 1e-9


@pytest.mark.parametrize("sigma", [5 / 255, 15 / 255, 50 / 255, 75 / 255])
@pytest.mark.parametrize("correlated", [False, True])
def test_estimate_is_the_definition_within_eight_percent(sigma: float, correlated: bool) -> None:
    noise = np.random.default_rng(1).normal(0, sigma, (384, 384, 3))
    noise = blurred(noise) if correlated else noise
    truth = levels_rgb.block_sigma(noise)
    picture = scene() + noise
    planes = levels_rgb.level_planes(levels_rgb.estimate_level(picture), picture)
    assert np.sqrt((planes**2).mean()) == pytest.approx(truth, rel=0.08)


def test_estimate_follows_brightness_and_channel() -> None:
    clean = scene()
    sigma = (0.02 + 0.06 * clean) * np.array([0.5, 1.0, 1.5])
    noise = np.random.default_rng(2).normal(0, 1, clean.shape) * sigma
    level = levels_rgb.estimate_level(clean + noise)
    nodes = (np.arange(8) + 0.5) / 8
    expected = (0.02 + 0.06 * nodes) * np.array([0.5, 1.0, 1.5])[:, None]
    assert np.abs(level[:, 1:7] / expected[:, 1:7] - 1).max() < 0.15


def test_planes_are_the_level_at_the_mean_around() -> None:
    level = np.tile(np.arange(8) / 100.0, (3, 1))
    planes = levels_rgb.level_planes(level, np.full((6, 7, 3), 0.5))
    assert planes == pytest.approx(np.full((6, 7, 3), 0.035))
    assert levels_rgb.level_planes(level, np.zeros((1, 1, 3))).shape == (1, 1, 3)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (8, 8), (9, 300)])
def test_tiny_pictures_have_a_finite_level(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(3).normal(0.5, 0.1, (*shape, 3))
    assert np.isfinite(levels_rgb.estimate_level(picture)).all()
