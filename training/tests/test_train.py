# SPDX-License-Identifier: GPL-3.0-or-later
"""A run: loss, schedule, resuming, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import MadePicture

from latent_train import protocol, train
from latent_train.batches import Batch, Prefetcher, make_batch
from latent_train.config import Config, ConfigError, config_from_dict, differences, load_config
from latent_train.loss import block_error, loss
from latent_train.mosaic import shuffle
from latent_train.train import Budget, Trainer, learning_rate, run


def _quiet(trainer: Trainer, mean: float, pace: float) -> None:
    del trainer, mean, pace


def test_loss_of_the_truth_is_zero_and_of_one_sigma_is_known(
    tiny_config: Config, made_picture: MadePicture
) -> None:
    batch = make_batch(made_picture, tiny_config, 0)
    settings = replace(tiny_config, optimiser=replace(tiny_config.optimiser, loss_floor=0.0))
    truth = batch.planes[:, :4] - batch.target
    assert float(loss(truth, batch, settings)) == pytest.approx(0, abs=1e-6)
    off_by_sigma = truth - batch.planes[:, 4:8]
    assert float(loss(off_by_sigma, batch, settings)) == pytest.approx(1.25, rel=1e-4)


def test_block_error_sees_a_tint_but_not_alternating_errors() -> None:
    is_colour = torch.zeros(1, 3, 4, 8, 8)
    is_colour[:, 0, 0] = is_colour[:, 1, 1] = is_colour[:, 1, 2] = is_colour[:, 2, 3] = 1
    tint = 0.5 * is_colour[:, 0]
    assert float(block_error(tint, is_colour, 8)) == pytest.approx(0.5 / 3)
    checker = torch.ones(1, 4, 8, 8)
    checker[..., ::2] = -1
    assert float(block_error(checker, is_colour, 8)) == pytest.approx(0, abs=1e-7)


def test_learning_rate_warms_up_and_ends_at_its_share(tiny_config: Config) -> None:
    settings = replace(tiny_config.optimiser, warm_up_steps=100, learning_rate=1.0)
    assert learning_rate(settings, 0, 0.0) == pytest.approx(0.01)
    assert learning_rate(settings, 200, 0.5) == pytest.approx(0.51)
    assert learning_rate(settings, 900, 1.0) == pytest.approx(0.02)


@pytest.mark.parametrize("bf16", [True, False])
def test_without_bfloat16_of_its_own_a_machine_computes_in_float32(
    tiny_config: Config,
    made_picture: MadePicture,
    monkeypatch: pytest.MonkeyPatch,
    bf16: bool,
) -> None:
    monkeypatch.setattr(train, "has_bf16", lambda device: bf16)
    trainer, seen = Trainer(tiny_config), []
    trainer.network.register_forward_hook(lambda module, given, out: seen.append(out.dtype))
    trainer.step(make_batch(made_picture, tiny_config, 0), 0.0)
    assert seen == [torch.bfloat16 if bf16 else torch.float32]


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="no /proc/cpuinfo")
def test_bfloat16_is_what_the_processor_says() -> None:
    text = Path("/proc/cpuinfo").read_text()
    expected = any(word in text.split() for word in ("avx512_bf16", "amx_bf16", "bf16"))
    assert train.has_bf16(torch.device("cpu")) == expected


def test_budget_by_the_clock() -> None:
    assert Budget(seconds=200).progress(7, 50.0) == 0.25
    assert Budget(steps=10).progress(5, 1e9) == 0.5
    with pytest.raises(ValueError, match="steps or seconds"):
        Budget().progress(0, 0.0)


def test_batches_depend_on_seed_and_step_alone(
    tiny_config: Config, made_picture: MadePicture
) -> None:
    feed = Prefetcher(lambda step: make_batch(made_picture, tiny_config, step), first=4)
    batches = [feed.next(), feed.next()]
    feed.close()
    for step, batch in zip((4, 5), batches, strict=True):
        assert torch.equal(batch.planes, make_batch(made_picture, tiny_config, step).planes)


def test_an_error_in_the_thread_reaches_the_run(tiny_config: Config) -> None:
    class Broken:
        def crop(self, rng: np.random.Generator, size: int | None = None) -> np.ndarray:
            raise OSError("no picture")

    feed = Prefetcher(lambda step: make_batch(Broken(), tiny_config, step), first=0)
    with pytest.raises(OSError, match="no picture"):
        feed.next()
    feed.close()


@pytest.mark.parametrize("muon_widest", [0, 64])
def test_resumed_run_takes_exactly_the_same_next_steps(
    tiny_config: Config, made_picture: MadePicture, tmp_path: Path, muon_widest: int
) -> None:
    optimiser = replace(tiny_config.optimiser, muon_widest=muon_widest)
    tiny_config = replace(tiny_config, optimiser=optimiser)
    whole = Trainer(tiny_config)
    losses = [whole.step(make_batch(made_picture, tiny_config, s), s / 6) for s in range(6)]
    first = Trainer(tiny_config)
    for step in range(3):
        first.step(make_batch(made_picture, tiny_config, step), step / 6)
    first.save(tmp_path)
    second = Trainer.load(tmp_path)
    again = [second.step(make_batch(made_picture, tiny_config, s), s / 6) for s in range(3, 6)]
    assert again == losses[3:]
    for name, value in whole.average.items():
        assert torch.equal(value, second.average[name]), name


def test_a_changed_recipe_is_named_and_another_network_refused(
    tiny_config: Config, tmp_path: Path
) -> None:
    Trainer(tiny_config).save(tmp_path)
    smaller = replace(tiny_config, data=replace(tiny_config.data, batch=2))
    assert Trainer.load(tmp_path, smaller).config.data.batch == 2
    assert differences(tiny_config, smaller) == {"data.batch": [4, 2]}
    other = replace(tiny_config, network=replace(tiny_config.network, widths=(8, 16)))
    with pytest.raises(ConfigError, match="another network"):
        Trainer.load(tmp_path, other)


def test_unknown_keys_in_a_recipe_are_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "bad.toml"
    recipe.write_text("[data]\nbach = 3\n")
    with pytest.raises(ConfigError, match="bach"):
        load_config(recipe)


def test_a_patch_that_the_blocks_do_not_divide_is_refused() -> None:
    with pytest.raises(ConfigError, match="multiple of every block_px"):
        config_from_dict({"data": {"patch_px": 96}})


def test_the_shipped_recipe_loads_and_survives_a_checkpoint() -> None:
    config = load_config(Path(__file__).parent.parent / "configs" / "latent-raw.toml")
    assert config.network.widths == (48, 64, 128, 192)
    assert config_from_dict(config.as_dict()) == config


def test_a_tiny_network_learns_to_denoise(
    tiny_config: Config, made_picture: MadePicture, tmp_path: Path
) -> None:
    """Fixed seed, 200 steps on Bayer: the made picture, unseen noise, reaches a stated PSNR."""
    simulation = replace(
        tiny_config.simulation,
        bayer_share=1.0,
        sigma_min=0.0599,
        sigma_max=0.06,
        synthetic_share=0.0,
        defect_share=0.0,
    )
    optimiser = replace(tiny_config.optimiser, learning_rate=4e-3)
    config = replace(tiny_config, simulation=simulation, optimiser=optimiser)
    trainer = Trainer(config)
    run(trainer, made_picture, Budget(steps=200), tmp_path, _quiet)
    held_out = replace(config, seed=99, data=replace(config.data, batch=16))
    batch: Batch = make_batch(made_picture, held_out, 0)
    with torch.no_grad():
        residual = trainer.averaged_network()(batch.planes)
    u, target = shuffle(batch.planes[:, :4].numpy()), shuffle(batch.target.numpy())
    before = protocol.psnr(u, target)
    after = protocol.psnr(u - shuffle(residual.numpy()), target)
    assert after > before + 4.5, f"{before:.2f} -> {after:.2f} dB"


def test_the_end_of_a_run_has_its_own_loss(tiny_config: Config, made_picture: MadePicture) -> None:
    last = replace(tiny_config.optimiser, last_loss="log_square", last_share=0.25)
    batch, config = make_batch(made_picture, tiny_config, 0), replace(tiny_config, optimiser=last)
    residual = torch.zeros_like(batch.target)
    whole = {name: replace(last, last_share=0.0, loss=name) for name in ("absolute", "log_square")}
    expected = {
        name: float(loss(residual, batch, replace(config, optimiser=settings)))
        for name, settings in whole.items()
    }
    assert float(loss(residual, batch, config, 0.7)) == expected["absolute"]
    assert float(loss(residual, batch, config, 0.75)) == expected["log_square"]
    assert expected["absolute"] > 0 > expected["log_square"]
