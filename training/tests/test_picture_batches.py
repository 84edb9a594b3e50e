# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished pictures: levels, the camera after the sensor, batches, and that networks learn them."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import MadePicture
from latent_package import archive
from PIL import Image

from latent_train import (
    camera,
    evaluate,
    export,
    initial,
    levels,
    picture_batches,
    protocol,
    runtimes,
    scenes,
)
from latent_train import picture_protocol as pictures_protocol
from latent_train.batches import feed, make_batch
from latent_train.config import Config, ConfigError, DataConfig, NetworkConfig, load_config
from latent_train.loss import frequency_error, log_square_error, loss
from latent_train.network import torch_runner
from latent_train.pictures import Photo
from latent_train.train import Budget, Trainer, followed, run

CONFIGS = Path(__file__).parent.parent / "configs"


@pytest.fixture
def denoise_config(tiny_config: Config) -> Config:
    network = NetworkConfig(widths=(16, 24), blocks=1, planes=6, outputs=3)
    optimiser = replace(tiny_config.optimiser, block_px=(), loss_floor=0.05)
    return replace(tiny_config, task="denoise", network=network, optimiser=optimiser)


@pytest.fixture
def upscale_config(tiny_config: Config) -> Config:
    network = NetworkConfig(
        widths=(16,), blocks=1, planes=4, outputs=3, unshuffle=1, kind="body", scale=2
    )
    data = DataConfig(patch_px=16, batch=4)
    optimiser = replace(tiny_config.optimiser, block_px=())
    return replace(tiny_config, task="upscale", network=network, data=data, optimiser=optimiser)


def test_level_of_white_noise_is_its_sigma_and_a_slope_is_no_noise() -> None:
    noise = 0.07 * torch.randn(1, 2, 256, 256, generator=torch.Generator().manual_seed(1))
    assert levels.block_variance(noise).mean().sqrt().item() == pytest.approx(0.07, rel=0.01)
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    assert levels.block_variance((0.3 * x - 0.2 * y + 5)[None, None]).max().item() < 1e-3


def test_level_map_follows_brightness() -> None:
    clean = torch.linspace(0, 1, 256)[None, None, None].expand(1, 3, 256, 256)
    sigma = 0.02 + 0.06 * clean
    noise = sigma * torch.randn(clean.shape, generator=torch.Generator().manual_seed(2))
    told = levels.level_map(noise, clean, clean + noise)
    middle = told[:, :, :, 20:-20] / sigma[:, :, :, 20:-20]
    assert middle.mean().item() == pytest.approx(1, abs=0.04)
    assert middle.min().item() > 0.8
    assert middle.max().item() < 1.2


@pytest.mark.parametrize("kind", range(camera.DEMOSAICS))
def test_demosaicing_keeps_a_flat_colour_and_a_grey_ramp(kind: int) -> None:
    colour = torch.tensor([0.2, 0.5, 0.7])[:, None, None].expand(3, 24, 24)
    raw = (colour * camera.bayer_masks(24, 24)).sum(0, keepdim=True)
    inner = camera.demosaic(raw, torch.tensor([kind]))[0, :, 4:-4, 4:-4]
    torch.testing.assert_close(inner, colour[:, 4:-4, 4:-4], atol=1e-5, rtol=0)
    ramp = torch.linspace(0.1, 0.9, 24).expand(1, 24, 24)
    grey = camera.demosaic(ramp, torch.tensor([kind]))[0, :, 4:-4, 4:-4]
    torch.testing.assert_close(grey, ramp.expand(3, 24, 24)[:, 4:-4, 4:-4], atol=1e-5, rtol=0)


def test_curves_are_inverse_and_symmetric() -> None:
    linear = torch.linspace(0, 1, 101)
    torch.testing.assert_close(
        camera.linearise(camera.encode(linear)), linear, atol=1e-5, rtol=1e-4
    )
    torch.testing.assert_close(camera.encode(-linear), -camera.encode(linear))


def test_a_neutral_development_gives_the_scene_back() -> None:
    y, x = np.mgrid[0:48, 0:48] / 48
    scene = np.stack([0.3 + 0.2 * x, 0.4 + 0.1 * y, 0.5 - 0.2 * x]).astype(np.float32)
    linear = camera.linearise(torch.from_numpy(scene)[None])
    one, zero = torch.ones(1), torch.zeros(1)
    balance = torch.tensor([[2.0, 1.0, 1.5]])
    how = camera.Development(
        torch.zeros(1, dtype=torch.long),
        balance,
        torch.eye(3)[None],
        one,
        zero,
        one,
        one,
        zero,
        zero,
        zero,
        one,
        zero,
        one,
        one,
    )
    raw = (linear / balance[:, :, None, None] * camera.bayer_masks(48, 48)).sum(1)
    shown = camera.develop(raw, how)[0, :, 4:-4, 4:-4]
    torch.testing.assert_close(shown, torch.from_numpy(scene)[:, 4:-4, 4:-4], atol=2e-3, rtol=0)


def test_the_truth_has_the_tones_that_noise_has_in_the_mean() -> None:
    """Noise cut at black lifts shadows by sigma / sqrt(2 pi) at 0; other tones stay."""
    sigma, clean = 0.05, torch.linspace(0, 1, 200).expand(1, 3, 200, 200)
    noise = sigma * torch.randn(clean.shape, generator=torch.Generator().manual_seed(5))
    noisy = (clean + noise).clamp(min=0)
    truth = camera.with_mean_of(noisy, clean)
    lifted = (truth - clean)[0].mean(dim=(0, 1))
    assert lifted[0].item() == pytest.approx(sigma / (2 * np.pi) ** 0.5, rel=0.2)
    assert lifted[40:].abs().max().item() < 0.12 * sigma
    assert (noisy - truth).mean(dim=(2, 3)).abs().max().item() < 1e-3
    flat = torch.full((1, 3, 64, 64), 0.4)
    torch.testing.assert_close(camera.with_mean_of(flat + 0.01, flat), flat + 0.01)


def test_whole_cameras_do_not_move_the_mean(
    denoise_config: Config, made_picture: MadePicture
) -> None:
    rng, noise = np.random.default_rng(1), torch.Generator().manual_seed(1)
    settings = replace(denoise_config.camera, jpeg_share=0.0)
    noisy, clean, _ = picture_batches.camera_pair(made_picture, 16, 96, rng, noise, settings)
    moved = (noisy - clean).mean(dim=(2, 3)).abs()
    assert moved.mean().item() < 0.3 / 255
    assert (noisy - clean).abs().mean().item() > 1 / 255


def test_noise_reduction_smooths_flats_keeps_edges_and_treats_the_truth_alike() -> None:
    generator = torch.Generator().manual_seed(3)
    clean = torch.zeros(1, 1, 96, 96)
    clean[..., 48:] = 0.6
    noise = 0.03 * torch.randn(clean.shape, generator=generator)
    one = torch.ones(1)
    noisy_after, clean_after = camera.reduce_noise(clean + noise, clean, 2, one, one)
    left = (noisy_after - clean_after)[0, 0]
    assert left[8:-8, 8:40].std().item() < 0.4 * 0.03  # flat
    assert left[8:-8, 46:50].std().item() > 0.7 * 0.03  # edge
    torch.testing.assert_close(clean_after[..., :44], clean[..., :44])
    assert (clean_after - clean).abs().max().item() < 0.1
    flat = left[8:-8, 8:40]
    assert (flat[:, 1:] * flat[:, :-1]).mean().item() > 0.5 * flat.var().item()  # coarse
    none = camera.reduce_noise(clean + noise, clean, 2, one, 0 * one)
    torch.testing.assert_close(none[0], clean + noise)


def test_the_level_is_that_of_flat_places() -> None:
    generator = torch.Generator().manual_seed(4)
    noise = 0.02 * torch.randn(1, 1, 256, 256, generator=generator)
    clean = torch.full((1, 1, 256, 256), 0.5)
    noise[..., 128:] *= 3  # more of it where there is texture
    clean[..., 128:] += 0.2 * torch.rand(1, 1, 256, 128, generator=generator)
    told = levels.level_map(noise, clean, clean + noise)
    assert told.mean().item() == pytest.approx(0.02, rel=0.25)


@pytest.mark.parametrize("task", ["denoise", "upscale"])
def test_batches_depend_on_seed_and_step_alone_in_processes_too(
    task: str, request: pytest.FixtureRequest, made_picture: MadePicture
) -> None:
    config: Config = request.getfixturevalue(f"{task}_config")
    batches = feed(made_picture, replace(config, workers=1), first=4)
    for step in (4, 5):
        made, again = batches.next(), make_batch(made_picture, config, step)
        for name, value in vars(made).items():
            assert torch.equal(value, vars(again)[name]), name
    batches.close()


def test_denoise_batch_has_the_stated_layout(
    denoise_config: Config, made_picture: MadePicture
) -> None:
    batch = make_batch(made_picture, denoise_config, 0)
    assert batch.planes.shape == (4, 24, 16, 16)
    assert torch.equal(batch.base, batch.planes[:, :12])
    assert torch.equal(batch.spread, batch.planes[:, 12:])
    truth = batch.base - batch.target
    assert float(loss(truth, batch, denoise_config)) == pytest.approx(0, abs=1e-6)
    told = batch.spread.mean(dim=(1, 2, 3))
    actual = truth.std(dim=(1, 2, 3))
    assert torch.all((told / actual)[:2] > 0.6)
    assert torch.all((told / actual)[:2] < 1.7)


def test_upscale_batch_and_its_spectrum(upscale_config: Config, made_picture: MadePicture) -> None:
    batch = make_batch(made_picture, upscale_config, 0)
    assert batch.planes.shape == (4, 4, 16, 16)
    assert batch.target.shape == batch.base.shape == (4, 12, 16, 16)
    truth = batch.base - batch.target
    assert float(loss(truth, batch, upscale_config)) == pytest.approx(1e-3, rel=1e-3)
    shifted = torch.full((1, 12, 8, 8), 0.5)
    only_mean = 0.5 * 16 / (16 * 9 * 2)
    assert float(frequency_error(shifted, 2)) == pytest.approx(only_mean, rel=1e-4)


def test_the_loss_of_an_enlargement_may_be_psnr(
    upscale_config: Config, made_picture: MadePicture
) -> None:
    config = replace(upscale_config, optimiser=replace(upscale_config.optimiser, loss="log_square"))
    batch = make_batch(made_picture, config, 0)
    truth = batch.base - batch.target
    assert float(loss(truth, batch, config)) == pytest.approx(math.log(1e-6), rel=1e-3)
    error = torch.zeros(4, 12, 8, 8)
    error[:2], error[2:] = 0.1, 0.01  # 20 and 40 dB
    assert -10 / math.log(10) * float(log_square_error(error)) == pytest.approx(30, abs=0.05)
    with pytest.raises(ConfigError, match="loss 'hinge' is none of absolute, log_square"):
        replace(config, optimiser=replace(config.optimiser, loss="hinge"))


def test_damage_is_told_and_absent_without_it(upscale_config: Config) -> None:
    small = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    rng, noise = np.random.default_rng(0), torch.Generator().manual_seed(0)
    always = replace(upscale_config.upscale, damaged_share=1.0)
    found, told = picture_batches.damaged(small, rng, noise, always)
    assert told.shape == (3, 1, 32, 32)
    assert torch.all(told > 0)
    never = replace(upscale_config.upscale, damaged_share=0.0)
    found, told = picture_batches.damaged(small, rng, noise, never)
    assert torch.all(told == 0)
    assert (found - small).abs().max() <= 0.5 / 255 + 1e-6


def test_an_unknown_task_or_kind_is_refused(tiny_config: Config) -> None:
    with pytest.raises(ConfigError, match="task 'paint'"):
        replace(tiny_config, task="paint")
    strange = replace(tiny_config, network=replace(tiny_config.network, kind="oracle"))
    with pytest.raises(ConfigError, match="oracle"):
        Trainer(strange)


# The recipe of clicks is of another kind; tests/test_clicks*.py read it.
@pytest.mark.parametrize(
    "recipe", sorted(p.stem for p in CONFIGS.glob("*.toml") if p.stem != "latent-clicks")
)
def test_every_recipe_loads_and_survives_a_checkpoint(recipe: str) -> None:
    config = load_config(CONFIGS / f"{recipe}.toml")
    assert config.model == recipe


def test_a_tiny_network_learns_finished_pictures(
    denoise_config: Config, made_picture: MadePicture, tmp_path: Path
) -> None:
    """Fixed seed, 400 steps on plain noise: unseen noise of sigma 50 falls by a stated amount."""
    settings = replace(denoise_config.camera, plain_share=1.0, wide_share=0.0)
    optimiser = replace(denoise_config.optimiser, learning_rate=4e-3)
    config = replace(denoise_config, camera=settings, optimiser=optimiser)
    trainer = Trainer(config)
    run(trainer, made_picture, Budget(steps=400), tmp_path, lambda *_: None)
    network = torch_runner(trainer.averaged_network())
    noisy, clean = pictures_protocol.plain_case(made_picture.pixels[:96, :96], 7, 50)
    result = pictures_protocol.denoised(noisy, 50 / 255, network, config.network.unshuffle)
    before, after = protocol.psnr(noisy, clean), protocol.psnr(result, clean)
    assert after > before + 4, f"{before:.2f} -> {after:.2f} dB"


def test_a_tiny_network_learns_to_enlarge(upscale_config: Config, tmp_path: Path) -> None:
    """Fixed seed, 300 steps on slanted stripes with sharp edges, which bicubic smears."""
    striped = MadePicture(16)
    y, x = np.mgrid[0:256, 0:256]
    waves = [np.sin(0.31 * x + 0.17 * y), np.sin(0.23 * y - 0.29 * x), np.cos(0.27 * x)]
    striped.pixels = np.stack([np.where(w > 0, 220, 40) for w in waves], axis=2).astype(np.uint8)
    optimiser = replace(upscale_config.optimiser, learning_rate=2e-3)
    config = replace(
        upscale_config,
        optimiser=optimiser,
        upscale=replace(upscale_config.upscale, damaged_share=0.0),
    )
    trainer = Trainer(config)
    run(trainer, striped, Budget(steps=300), tmp_path, lambda *_: None)
    held_out = make_batch(striped, replace(config, seed=99), 0)
    with torch.no_grad():
        residual = trainer.averaged_network()(held_out.planes)
    before = protocol.psnr(held_out.base.numpy(), held_out.target.numpy())
    after = protocol.psnr((held_out.base - residual).numpy(), held_out.target.numpy())
    assert after > before + 0.5, f"{before:.2f} -> {after:.2f} dB"


def test_a_run_can_begin_with_the_inside_of_another(
    tiny_config: Config, denoise_config: Config, tmp_path: Path
) -> None:
    first = Trainer(tiny_config)
    first.save(tmp_path)
    weights = initial.read_weights(tmp_path / "checkpoint.pt")
    second = Trainer(denoise_config)
    with pytest.raises(ValueError, match="do not fit"):
        second.begin_from(weights)
    new = second.begin_from(weights, trunk=True)
    assert new == ["head.weight", "tail.bias", "tail.weight"]
    assert torch.equal(second.average["middle.0.first.weight"], weights["middle.0.first.weight"])


def _zoo(folder: Path, model: str) -> Path:
    source = Path(__file__).parents[2] / "zoo" / model
    target = folder / "zoo"
    target.mkdir()
    for name in ("model.yaml", "README.md"):
        (target / name).write_bytes((source / name).read_bytes())
    return target


def _evaluation_sets(folder: Path, picture: MadePicture) -> Path:
    """The sets that ``evaluate`` looks for, of one made picture each."""
    large = Image.fromarray(picture.pixels[:72, :80])
    (folder / "kodak24").mkdir(parents=True)
    large.save(folder / "kodak24" / "made.png")
    for name, scale in itertools.product(("set5", "set14"), (2, 4)):
        for kind, shown in (("HR", large), ("LR_bicubic", large.reduce(scale))):
            (folder / name / f"x{scale}" / kind).mkdir(parents=True)
            shown.save(folder / name / f"x{scale}" / kind / "made.png")
    return folder


@pytest.mark.parametrize(("task", "unshuffle"), [("denoise", 1), ("denoise", 2), ("upscale", 1)])
def test_packages_of_finished_pictures(
    task: str,
    unshuffle: int,
    made_picture: MadePicture,
    request: pytest.FixtureRequest,
    photos: list[Photo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scenes, "LEVELS", (0.0, 0.02, 0.05))
    config: Config = request.getfixturevalue(f"{task}_config")
    runs = []
    for scale in (2, 4) if task == "upscale" else (1,):
        folder = tmp_path / f"run{scale}"
        folder.mkdir()
        network = replace(config.network, scale=scale, unshuffle=unshuffle)
        Trainer(replace(config, network=network)).save(folder)
        runs.append(folder)
    out = tmp_path / f"latent-{task}.dtmodel"
    export.export(runs, photos, _zoo(tmp_path, f"latent-{task}"), out, "c0ffee")
    files = archive.read_package(out)
    config_json = json.loads(files["config.json"])
    latent = config_json["latent"]
    assert sorted(latent["networks"]) == (["x2", "x4"] if task == "upscale" else ["rgb"])
    for pair in latent["golden"]:
        facts = latent["networks"][pair["network"]]
        assert facts["memory_bytes_per_px"] > 4 * 6
        given, expected = (np.load(tmp_path / "zoo" / pair[key]) for key in ("input", "output"))
        assert given.shape[1] == facts["input"]["channels"]
        assert expected.shape[1] == facts["output"]["channels"]
        found = runtimes.onnx_runtime(files[facts["file"]], 1)(given)
        assert np.abs(found - expected).max() < pair["tolerance_f32"]
    name = latent["golden"][0]["network"]
    weights = initial.read_weights(out, latent["networks"][name]["file"])
    network = replace(config.network, unshuffle=unshuffle)
    Trainer(replace(config, seed=5, network=network)).begin_from(weights)
    sets = _evaluation_sets(tmp_path / "sets", made_picture)
    page = evaluate.report(out, sets, False, 1, evaluate.Cache(None))
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    psnr = [float(cell) for row in rows for cell in re.findall(r" (\d+\.\d\d) ", row)]
    assert len(psnr) == (8 if task == "upscale" else 6)
    assert min(psnr) > 8


def test_following_a_run_needs_no_pictures(denoise_config: Config) -> None:
    assert followed(Trainer(denoise_config), None) == {}
