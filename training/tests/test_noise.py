# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated sensor against its formulas."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from latent_train import mosaic, noise, simulate, synthetic
from latent_train.config import SimulationConfig

EXACT = replace(
    SimulationConfig(),
    told_error_common=0.0,
    told_error_term=0.0,
    told_error_colour=0.0,
    defect_share=0.0,
    banding_share=0.0,
    black_share=0.0,
    green_share=0.0,
    shading_share=0.0,
)


def test_srgb_curve_by_hand() -> None:
    encoded = np.array([0.0, 0.04045, 0.5, 1.0], dtype=np.float32)
    expected = [0.0, 0.0031308, 0.2140411, 1.0]
    np.testing.assert_allclose(noise.linearise_srgb(encoded), expected, atol=2e-6)


@pytest.mark.parametrize("x", [0.0, 0.01, 0.2, 0.8])
def test_exposed_mean_and_variance_follow_the_model(x: float) -> None:
    a, b = 4e-3, 2e-5
    exposed = noise.expose(np.full((400, 400), x), a, b, np.random.default_rng(1))
    count = exposed.size
    variance = a * x + b
    assert abs(exposed.mean() - x) < 4 * math.sqrt(variance / count)
    assert abs(exposed.var() / variance - 1) < 6 * math.sqrt(2 / count)


def test_encoding_by_hand_and_back() -> None:
    A, B = np.array(0.04), np.array(0.0004)
    x = np.array([0.0, 0.225, 0.95])
    u = noise.encode(x, A, B)
    np.testing.assert_allclose(u, np.sqrt([0.025, 0.25, 0.975]), rtol=1e-12)
    np.testing.assert_allclose(noise.decode(u, A, B), x, atol=1e-12)


def test_samples_far_below_black_are_cut_at_zero() -> None:
    assert noise.encode(np.array([-1.0]), 0.04, 0.0004)[0] == 0.0


def test_noise_in_u_is_even_and_as_told() -> None:
    a = noise.gain(0.02)
    b = (2.0 * a) ** 2
    rng = np.random.default_rng(2)
    for w in (1.0, 2.5):
        A, B = w * a, w * w * b
        for x in (0.05, 0.3, 0.9):
            u = noise.encode(w * noise.expose(np.full((300, 300), x), a, b, rng), A, B)
            assert u.std() == pytest.approx(noise.sigma_u(np.array(A)), rel=0.02)


def test_read_out_clips_at_white_keeps_below_black_and_rounds() -> None:
    x = np.array([-0.1, 0.5001, 1.3])
    np.testing.assert_allclose(noise.read_out(x, 10), [-102 / 1023, 512 / 1023, 1.0])


def test_rounding_adds_the_stated_variance() -> None:
    x = np.random.default_rng(3).random(200_000)
    error = noise.read_out(x, 10) - x
    assert error.var() == pytest.approx(noise.quantisation_variance(10), rel=0.02)


@pytest.mark.parametrize("kind", ["bayer", "xtrans", "mono"])
def test_pair_has_the_noise_that_it_states(kind: str) -> None:
    rng = np.random.default_rng(5)
    share = {"bayer": (1.0, 0.0), "xtrans": (0.0, 1.0), "mono": (0.0, 0.0)}[kind]
    config = replace(EXACT, bayer_share=share[0], xtrans_share=share[1], sigma_max=0.05)
    for _ in range(4):
        sensor = simulate.draw_sensor(rng, config)
        assert sensor.kind == kind
        scene = np.full((192, 192, 3), 0.25, dtype=np.float32)
        pair = simulate.expose_pair(scene, sensor, rng, config)
        colours = mosaic.colour_map(kind, 192, 192, sensor.phase)
        for colour in np.unique(colours):
            sites = colours == colour
            assert np.all(pair.planes[2 + colour][sites] == 1)
            error = (pair.planes[0] - pair.target)[sites]
            assert error.std() == pytest.approx(pair.planes[1][sites].mean(), rel=0.05)
            A = sensor.white_balance[colour] * sensor.told_a[colour]
            B = sensor.white_balance[colour] ** 2 * sensor.told_b[colour]
            back = noise.decode(pair.target[sites], A, B)
            np.testing.assert_allclose(back, 0.25 * sensor.white_balance[colour], atol=1e-4)


@pytest.mark.parametrize("level", [0.5, 0.9, 1.0, 1.4])
def test_target_is_the_mean_of_clipped_samples(level: float) -> None:
    rng = np.random.default_rng(6)
    config = replace(EXACT, bayer_share=1.0, sigma_min=0.05, sigma_max=0.06)
    sensor = simulate.draw_sensor(rng, config)
    pair = simulate.expose_pair(np.full((512, 512, 3), level, np.float32), sensor, rng, config)
    colours = mosaic.colour_map("bayer", 512, 512, sensor.phase)
    w = sensor.white_balance[colours]
    A, B = w * sensor.told_a[colours], w**2 * sensor.told_b[colours]
    assert np.all(pair.planes[0] <= noise.encode(w, A, B) + 1e-6)
    seen, target = (noise.decode(u, A, B) / w for u in (pair.planes[0], pair.target))
    assert seen.mean() == pytest.approx(target.mean(), abs=2e-4)
    light = noise.unclipped(target, sensor.a, sensor.b)
    np.testing.assert_allclose(light, min(level, 1), atol=2e-3)


def test_clipping_is_undone_where_it_was_and_nowhere_else() -> None:
    light = np.linspace(-0.1, 1, 1000)
    variance = 0.01 * np.maximum(light, 0) + 1e-4
    mean = noise.clipped_mean(light, variance, 1e-4 * np.maximum(light, 0))
    np.testing.assert_allclose(noise.unclipped(mean, 0.01, 1e-4), light, atol=1e-4)
    assert mean[-1] == pytest.approx(1 - math.sqrt(0.0101 / (2 * math.pi)))
    above = np.array([1.0, 1.2])
    np.testing.assert_array_equal(noise.unclipped(above, 0.01, 1e-4), above)


def test_told_noise_errs_by_about_seven_percent_in_sigma() -> None:
    rng = np.random.default_rng(7)
    config = replace(SimulationConfig(), banding_share=0.0, shading_share=0.0)
    sensors = [simulate.draw_sensor(rng, config) for _ in range(2000)]
    errors = [0.5 * math.log(s.told_a[1] / s.a) for s in sensors]
    assert np.std(errors) == pytest.approx(0.07, abs=0.005)
    both = np.corrcoef(
        errors,
        [
            0.5 * math.log(s.told_b[1] / (s.b + noise.quantisation_variance(s.bits)))
            for s in sensors
        ],
    )[0, 1]
    assert 0.7 < both < 0.95


def test_defects_are_few_and_only_they_change() -> None:
    x = np.full((512, 512), 0.2)
    damaged = simulate.add_defects(x, np.random.default_rng(8), EXACT)
    changed = np.count_nonzero(damaged != x)
    assert 0 < changed <= 1.5 * EXACT.defect_density_max * x.size


def test_camera_matrix_keeps_grey() -> None:
    rng = np.random.default_rng(9)
    for _ in range(20):
        np.testing.assert_allclose(simulate.camera_matrix(rng) @ np.ones(3), 1, rtol=1e-6)


def test_made_scenes_reach_black_and_white() -> None:
    rng = np.random.default_rng(10)
    balance = np.array([2.0, 1.0, 1.6])
    scenes = [synthetic.draw_scene(rng, 32, balance) for _ in range(200)]
    assert all(s.shape == (32, 32, 3) and np.isfinite(s).all() and s.min() >= 0 for s in scenes)
    assert any(np.all(s == 0) for s in scenes)
    assert any(np.all(s == 1) for s in scenes)
