# SPDX-License-Identifier: GPL-3.0-or-later
"""Three colours at every site: the start, the pairs, and the weights that a run begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latent_train import batches, colour_protocol, full_colour, mosaic, simulate, synthetic
from latent_train.config import Config, NetworkConfig, SimulationConfig, load_config
from latent_train.initial import widened
from latent_train.network import make_network, torch_runner

CONFIGS = Path(__file__).resolve().parent.parent / "configs"


def _ramp(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return 0.2 + 0.004 * x + 0.007 * y


@pytest.mark.parametrize("phase", [(row, column) for row in range(2) for column in range(2)])
def test_a_grey_ramp_on_bayer_starts_with_its_own_values(phase):
    grey = _ramp(24, 28)
    made = full_colour.start(grey, mosaic.colour_map("bayer", 24, 28, phase))
    inner = (slice(None), slice(4, -4), slice(4, -4))
    assert np.abs(made - grey)[inner].max() < 1e-5


def test_a_start_of_hand_is_what_the_sum_says():
    """One red site of 1 among zeros: its red is 1, its green the mean of green, 0, plus what it
    stands above the mean of red: 1 - 25/81, the weight of its tent over that of all reds."""
    colours = mosaic.colour_map("bayer", 17, 17, (0, 0))
    u = np.zeros((17, 17))
    u[8, 8] = 1
    made = full_colour.start(u, colours)
    reds = sum(w * v for w in (1, 3, 5, 3, 1) for v in (1, 3, 5, 3, 1))
    assert made[0, 8, 8] == 1
    assert made[1, 8, 8] == pytest.approx(1 - 25 / reds, abs=1e-6)


def test_a_site_keeps_its_own_colour_in_every_phase_of_x_trans():
    rng = np.random.default_rng(3)
    for row in range(6):
        for column in range(3):
            colours = mosaic.colour_map("xtrans", 18, 18, (row, column))
            u = rng.random((18, 18)).astype(np.float32)
            made = full_colour.start(u, colours)
            own = np.take_along_axis(made, colours[None], axis=0)[0]
            assert np.array_equal(own, u)


def test_a_shifted_mosaic_has_a_shifted_start():
    u = np.random.default_rng(4).random((30, 30))
    whole = full_colour.start(u, mosaic.colour_map("xtrans", 30, 30, (2, 1)))
    part = full_colour.start(u[3:, 4:], mosaic.colour_map("xtrans", 27, 26, (5, 5)))
    assert np.allclose(whole[:, 8:-4, 9:-4], part[:, 5:-4, 5:-4], atol=1e-5)


def test_the_truth_of_a_site_s_own_colour_is_that_of_the_mosaic():
    config = replace(SimulationConfig(), green_share=0.0)
    sensor = simulate.draw_sensor(np.random.default_rng(8), config)
    scene = np.random.default_rng(9).random((32, 32, 3))
    pair = simulate.expose_pair(scene, sensor, np.random.default_rng(1), config)
    three = full_colour.expose_colours(scene, sensor, np.random.default_rng(1), config)
    colours = np.argmax(three.planes[2:5], axis=0)
    own = np.take_along_axis(three.target, colours[None], axis=0)[0]
    assert np.allclose(own, pair.target, atol=1e-5)
    assert np.array_equal(three.planes[:5], pair.planes)


def test_unequal_greens_are_equal_in_the_truth():
    sensor = simulate.Sensor(
        "bayer", (0, 0), np.ones(3), 1e-6, 1e-8, 14, np.full(3, 1e-6), np.full(3, 1e-8)
    )
    sensor = replace(sensor, flaws=replace(sensor.flaws, green=0.02))
    scene = np.full((16, 16, 3), 0.25)
    config = replace(SimulationConfig(), defect_share=0.0)
    pair = full_colour.expose_colours(scene, sensor, np.random.default_rng(1), config)
    greens = pair.planes[0][pair.planes[3] == 1]
    assert np.ptp(pair.target[1]) < 1e-6
    assert np.ptp(greens) > 0.005


def test_details_are_finite_and_not_below_black():
    rng = np.random.default_rng(5)
    for _ in range(30):
        scene = synthetic.draw_detail(rng, 64, np.array([2.0, 1.0, 1.5]))
        assert scene.shape == (64, 64, 3)
        assert np.isfinite(scene).all()
        assert scene.min() > -1e-6


class _Noise:
    def crop(self, rng, size=None):
        return rng.integers(0, 256, (size or 64, size or 64, 3)).astype(np.uint8)


def test_a_batch_is_packed_as_the_network_wants_it():
    config = load_config(CONFIGS / "latent-demosaic.toml")
    small = replace(config, data=replace(config.data, batch=3))
    batch = batches.make_batch(_Noise(), small, 7)
    assert batch.planes.shape == (3, 32, 32, 32)
    assert torch.equal(batch.base, batch.planes[:, 20:32])
    assert batch.target.shape == batch.base.shape
    assert batch.spread.shape == (3, 12, 1, 1)
    assert float(batch.spread.max()) <= 0.2 * 2.6**0.5 * 1.5


def test_a_run_begins_as_a_denoiser_of_the_mosaic():
    small = NetworkConfig(widths=(8, 8), blocks=1)
    torch.manual_seed(1)
    raw = make_network(small)
    three = make_network(replace(small, planes=8, outputs=3))
    three.load_state_dict(widened(raw.state_dict(), three.state_dict()))
    given = np.random.default_rng(2).random((1, 32, 8, 8)).astype(np.float32)
    answer = torch_runner(three)(given)
    expected = torch_runner(raw)(given[:, :20])
    for colour in range(3):
        assert np.allclose(answer[:, 4 * colour : 4 * colour + 4], expected, atol=1e-6)


def test_the_protocol_counts_an_error_of_a_hundredth_as_40_db():
    scene = np.full((32, 32, 3), 0.3)
    wanted = colour_protocol.encoded(scene)
    high = np.power((wanted + 0.01 + 0.055) / 1.055, 2.4)
    shifted = high / np.array([2.0, 1.0, 1.6])
    assert colour_protocol.cpsnr(shifted, scene) == pytest.approx(40, abs=0.01)


def test_the_start_without_noise_stands_above_35_db_on_a_smooth_picture():
    y, x = np.mgrid[0:500, 0:500] / 40.0
    picture = np.stack([np.sin(x), np.cos(y), np.sin(x + y)], axis=2) * 60 + 128
    for kind in colour_protocol.KINDS:
        case = colour_protocol.make_case(picture.astype(np.uint8), 5, kind, 0.0)
        made = colour_protocol.start_demosaicer(case)
        assert colour_protocol.cpsnr(made, case.scene) > 35


def test_the_recipe_has_no_mono_sensors():
    config: Config = load_config(CONFIGS / "latent-demosaic.toml")
    rng = np.random.default_rng(1)
    kinds = {simulate.draw_sensor(rng, config.simulation).kind for _ in range(200)}
    assert kinds == {"bayer", "xtrans"}
