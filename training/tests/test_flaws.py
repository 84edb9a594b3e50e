# SPDX-License-Identifier: GPL-3.0-or-later
"""Banding, black-level error, unequal greens and shading gain against what they are said to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_noise import EXACT

from latent_train import flaws, mosaic, noise, simulate
from latent_train.flaws import Flaws
from latent_train.types import FloatArray

A_GAIN, READ = 4e-4, 4e-4


def sensor_with(flawed: Flaws, kind: str = "bayer") -> simulate.Sensor:
    told_a = np.full(3, A_GAIN * flawed.mean_gain)
    told_b = np.full(3, READ**2 * flawed.mean_gain**2 + flawed.banding_variance)
    return simulate.Sensor(kind, (0, 0), np.ones(3), A_GAIN, READ**2, 14, told_a, told_b, flawed)


def photograph(flawed: Flaws, value: float, side: int = 384) -> tuple[FloatArray, FloatArray]:
    """Noisy and true x of a flat scene."""
    scene = np.full((side, side, 3), value, dtype=np.float32)
    sensor = sensor_with(flawed)
    pair = simulate.expose_pair(scene, sensor, np.random.default_rng(1), EXACT)
    A, B = sensor.told_a[0], sensor.told_b[0]
    return noise.decode(pair.planes[0], A, B), noise.decode(pair.target, A, B)


def test_banding_lifts_whole_rows_and_columns_and_is_no_part_of_the_truth() -> None:
    flawed = Flaws(row_sigma=4 * READ, column_sigma=2 * READ)
    noisy, truth = photograph(flawed, 0.05)
    np.testing.assert_allclose(truth, 0.05, atol=1e-5)
    error = noisy - truth
    residue = A_GAIN * 0.05 / error.shape[0]  # what shot noise leaves in the mean of a row
    assert error.mean(axis=1).var() == pytest.approx((4 * READ) ** 2 + residue, rel=0.3)
    assert error.mean(axis=0).var() == pytest.approx((2 * READ) ** 2 + residue, rel=0.3)
    assert error.var() == pytest.approx(A_GAIN * 0.05 + READ**2 + flawed.banding_variance, rel=0.05)


def test_a_wrong_black_level_is_in_the_truth() -> None:
    noisy, truth = photograph(Flaws(black=(3e-3, 0.0, -2e-3)), 0.1)
    colours = mosaic.colour_map("bayer", truth.shape[0], truth.shape[1], (0, 0))
    for colour, expected in enumerate((0.103, 0.1, 0.098)):
        sites = colours == colour
        np.testing.assert_allclose(truth[sites], expected, atol=1e-5)
        assert noisy[sites].mean() == pytest.approx(expected, abs=2e-4)


def test_unequal_greens_are_in_the_truth_and_only_greens_differ() -> None:
    _, truth = photograph(Flaws(green=0.02), 0.2)
    np.testing.assert_allclose(truth[0::2, 0::2], 0.2, atol=1e-5)
    np.testing.assert_allclose(truth[0::2, 1::2], 0.204, atol=1e-5)
    np.testing.assert_allclose(truth[1::2, 0::2], 0.196, atol=1e-5)
    np.testing.assert_allclose(truth[1::2, 1::2], 0.2, atol=1e-5)


def test_shading_makes_corners_noisier_and_no_brighter() -> None:
    flawed = Flaws(shading=2.0, centre=(0.55, 0.83), reach=0.0)
    gain = float(flaws.shading_gain(flawed, 2, 2)[0, 0])
    assert gain == pytest.approx(1.99, abs=0.01)
    noisy, truth = photograph(flawed, 0.2)
    np.testing.assert_allclose(truth, 0.2, atol=1e-5)
    assert noisy.mean() == pytest.approx(0.2, abs=2e-4)
    assert noisy.var() == pytest.approx(gain * A_GAIN * 0.2 + (gain * READ) ** 2, rel=0.03)


def test_mean_gain_is_that_of_a_frame() -> None:
    flawed = Flaws(shading=1.8, reach=1 / np.hypot(300, 200))
    assert flaws.shading_gain(flawed, 400, 600).mean() == pytest.approx(flawed.mean_gain, rel=1e-3)


def test_flaws_are_drawn_as_often_and_as_large_as_configured() -> None:
    rng = np.random.default_rng(2)
    config = replace(EXACT, banding_share=0.5, black_share=0.5, green_share=0.5, shading_share=0.5)
    drawn = [flaws.draw_flaws(rng, READ, config) for _ in range(2000)]
    assert np.mean([f.banding_variance > 0 for f in drawn]) == pytest.approx(0.42, abs=0.04)
    assert np.mean([f.black != (0, 0, 0) for f in drawn]) == pytest.approx(0.5, abs=0.04)
    assert np.mean([f.green != 0 for f in drawn]) == pytest.approx(0.5, abs=0.04)
    assert np.mean([f.shading > 1 for f in drawn]) == pytest.approx(0.5, abs=0.04)
    assert max(f.row_sigma for f in drawn) <= config.banding_max * READ
    assert max(abs(f.green) for f in drawn) <= config.green_max
    assert max(np.abs(f.black).max() for f in drawn) <= config.black_max * READ
    assert max(f.shading for f in drawn) <= config.shading_max


def test_no_flaws_without_shares() -> None:
    assert flaws.draw_flaws(np.random.default_rng(3), READ, EXACT) == Flaws()
