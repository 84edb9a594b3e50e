# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation for a whole batch against the one sample by sample, and the script for a GPU."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import MadePicture

from latent_train import device_sensor, mosaic, simulate
from latent_train.config import Config, ConfigError, DataConfig, SimulationConfig
from latent_train.device_batches import DeviceFeed
from latent_train.device_scenes import DevicePictures, made_scenes
from latent_train.device_sensor import KINDS, Draws, Sensors, draw_sensors, exposed
from latent_train.flaws import Flaws
from latent_train.initial import read_weights
from latent_train.pictures import Photo, PictureSet

ROOT = Path(__file__).resolve().parents[2]


def draws(count: int, seed: int = 3) -> Draws:
    generator = torch.Generator()
    generator.manual_seed(seed)
    return Draws(generator, count)


def one_by_one(sensors: Sensors, index: int) -> simulate.Sensor:
    """The sensor of that row as the simulation of single samples has it."""
    band = sensors.band[index].tolist()
    black = sensors.black[index].tolist()
    centre = sensors.centre[index].tolist()
    return simulate.Sensor(
        KINDS[int(sensors.kind[index])],
        (int(sensors.phase[index, 0]), int(sensors.phase[index, 1])),
        sensors.white_balance[index].double().numpy(),
        float(sensors.a[index]),
        float(sensors.b[index]),
        int(sensors.bits[index]),
        sensors.told_a[index].double().numpy(),
        sensors.told_b[index].double().numpy(),
        Flaws(
            band[0], band[1], (black[0], black[1], black[2]), float(sensors.green[index]),
            float(sensors.shading[index]), (centre[0], centre[1]), 1 / 2000,
        ),
    )  # fmt: skip


def test_truth_and_known_planes_are_those_of_single_samples() -> None:
    """All that is not random must be equal: 24 sensors with every flaw, all kinds and phases."""
    config = replace(
        SimulationConfig(), banding_share=1, black_share=1, green_share=1, shading_share=1
    )
    drawn = draws(24)
    sensors = draw_sensors(drawn, config)
    assert set(sensors.kind.tolist()) == {0, 1, 2}
    scene = drawn.uniform(24, 24, 3, high=1.2)
    planes, truth = exposed(scene, sensors, drawn, config)
    for index in range(24):
        sensor = one_by_one(sensors, index)
        pair = simulate.expose_pair(scene[index].numpy(), sensor, np.random.default_rng(1), config)
        assert np.allclose(truth[index, 0].numpy(), pair.target, atol=2e-4)
        assert np.allclose(planes[index, 1:].numpy(), pair.planes[1:], atol=1e-6)


def test_noise_of_flat_fields_has_the_level_that_is_stated() -> None:
    """u of a flat field away from white has the standard deviation sigma_u."""
    config = replace(
        SimulationConfig(), sigma_min=0.02, sigma_max=0.03, told_error_common=0, told_error_term=0,
        told_error_colour=0, banding_share=0, black_share=0, green_share=0, shading_share=0,
        defect_share=0,
    )  # fmt: skip
    drawn = draws(12)
    sensors = draw_sensors(drawn, config)
    planes, truth = exposed(torch.full((12, 96, 96, 3), 0.2), sensors, drawn, config)
    error = (planes[:, 0] - truth[:, 0]) / planes[:, 1]
    assert error.std().item() == pytest.approx(1.0, abs=0.02)
    # The mean of a root lies a little below the root of the mean.
    assert -0.05 < error.mean().item() < 0.01


def test_cameras_are_drawn_from_the_same_ranges() -> None:
    config = SimulationConfig()
    many = draw_sensors(draws(4000), config)
    rng = np.random.default_rng(5)
    single = [simulate.draw_sensor(rng, config) for _ in range(4000)]
    shares = [sum(s.kind == kind for s in single) / 4000 for kind in KINDS]
    assert torch.bincount(many.kind).div(4000).tolist() == pytest.approx(shares, abs=0.03)
    for mine, theirs in (
        (many.a.log(), np.log([s.a for s in single])),
        (many.b.log(), np.log([s.b for s in single])),
        (many.told_a[:, 1].log(), np.log([s.told_a[1] for s in single])),
        (many.told_b[:, 0].log(), np.log([s.told_b[0] for s in single])),
        (many.white_balance[:, 0], np.array([s.white_balance[0] for s in single])),
        (many.band[:, 0].sign(), np.sign([s.flaws.row_sigma for s in single])),
        (many.shading, np.array([s.flaws.shading for s in single])),
    ):
        spread = float(np.std(theirs))
        assert mine.mean().item() == pytest.approx(float(np.mean(theirs)), abs=0.08 * spread)
        assert mine.std().item() == pytest.approx(spread, rel=0.1)


def test_defects_are_as_dense_as_stated() -> None:
    config = replace(
        SimulationConfig(), defect_share=1, defect_density_min=0.01, defect_density_max=0.0101
    )
    x = torch.full((8, 128, 128), 0.3)
    damaged = device_sensor.with_defects(x, draws(8), config)
    assert (damaged != x).float().mean().item() == pytest.approx(0.01, rel=0.15)
    assert (damaged > x).sum() > 2 * (damaged < x).sum() > 0


def test_made_scenes_reach_from_black_to_above_white_and_are_never_negative() -> None:
    drawn = draws(128)
    sensors = draw_sensors(drawn, SimulationConfig())
    scenes = made_scenes(drawn, sensors, 32)
    assert scenes.shape == (128, 32, 32, 3)
    assert scenes.min() == 0
    assert scenes.max() > 1
    flat = (scenes - scenes[:, :1, :1]).abs().amax(dim=(1, 2, 3)) == 0
    assert 0.25 < flat.float().mean() < 0.6  # three of eight families, and ramps that are clamped


def picture_set(photo: list[Photo], config: Config) -> PictureSet:
    return PictureSet(photo, config.data)


@pytest.fixture
def one_photo(tmp_path: Path) -> list[Photo]:
    from PIL import Image

    pixels = np.arange(64 * 80 * 3).reshape(64, 80, 3) % 251
    path = tmp_path / "one.png"
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return [Photo(path, {})]


def test_crops_are_parts_of_the_pictures_turned_and_mirrored(one_photo: list[Photo]) -> None:
    data = DataConfig(scales=((1, 1, 1.0),), patch_px=16, batch=4)
    pictures = PictureSet(one_photo, data)
    whole = pictures.scales[0][0]
    known = set()
    for y in range(64 - 15):
        for x in range(80 - 15):
            patch = whole[y : y + 16, x : x + 16]
            for turned in (patch, patch.swapaxes(0, 1)):
                for flipped in (turned, turned[::-1], turned[:, ::-1], turned[::-1, ::-1]):
                    known.add(flipped.tobytes())
    crops = DevicePictures(pictures, torch.device("cpu")).crops(draws(64), 16)
    assert all(crop.numpy().tobytes() in known for crop in crops)
    assert len({crop.numpy().tobytes() for crop in crops}) > 50


def test_batches_depend_on_seed_and_step_alone(one_photo: list[Photo], tiny_config: Config) -> None:
    data = DataConfig(scales=((1, 1, 1.0),), patch_px=32, batch=4)
    config = replace(tiny_config, data=data)
    pictures = PictureSet(one_photo, data)
    cpu = torch.device("cpu")
    feed = DeviceFeed(pictures, config, 0, cpu)
    first, second = feed.next(), feed.next()
    again = DeviceFeed(pictures, config, 1, cpu).next()
    assert torch.equal(second.planes, again.planes)
    assert not torch.equal(first.planes, second.planes)
    assert first.planes.shape == (4, 20, 16, 16)
    assert first.target.shape == (4, 4, 16, 16)
    packed = mosaic.unshuffle(mosaic.shuffle(first.planes.numpy()))
    assert np.array_equal(packed, first.planes.numpy())
    with pytest.raises(ConfigError, match="raw networks only"):
        DeviceFeed(pictures, replace(config, task="upscale"), 0, cpu)


def test_the_script_for_a_gpu_runs_goes_on_and_leaves_the_average(
    photos: list[Photo], tmp_path: Path
) -> None:
    """Two short calls on the processor: the second goes on where the first stopped."""
    rows = "".join(f"{photo.path.name},CC0-1.0\n" for photo in photos)
    (tmp_path / "PROVENANCE.csv").write_text("file,licence\n" + rows)
    out = tmp_path / "out"
    recipe_free = {**os.environ, "PYTHON": sys.executable, "BATCH": "2", "PATCH": "64"}
    steps = []
    for _ in range(2):
        done = subprocess.run(
            [ROOT / "training" / "gpu.sh", "latent-raw-fast", "0.05", tmp_path, out, "cpu"],
            capture_output=True, text=True, check=False, env=recipe_free, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        steps.append(int(done.stdout.rsplit("step ", 1)[1].split(",")[0]))
    assert 0 < steps[0] < steps[1]
    weights = out / "latent-raw-fast.pt"
    assert weights.stat().st_size < 16e6
    assert all(value.dtype == torch.float16 for value in torch.load(weights)["average"].values())
    assert all(torch.isfinite(value).all() for value in read_weights(weights).values())
    assert "step" in (out / "latent-raw-fast.log").read_text()


def test_a_network_learns_from_batches_of_the_device(
    made_picture: MadePicture, one_photo: list[Photo], tiny_config: Config
) -> None:
    from latent_train.train import Trainer

    data = DataConfig(scales=((1, 1, 1.0),), patch_px=32, batch=4)
    config = replace(tiny_config, data=data)
    feed = DeviceFeed(PictureSet(one_photo, data), config, 0, torch.device("cpu"))
    trainer = Trainer(config)
    losses = [trainer.step(feed.next(), 0.0) for _ in range(60)]
    assert np.mean(losses[-15:]) < np.mean(losses[:15])
