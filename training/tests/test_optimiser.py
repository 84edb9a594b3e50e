# SPDX-License-Identifier: GPL-3.0-or-later
"""Muon for the convolutions, AdamW for the rest, behind one face."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from latent_train.config import ConfigError, OptimiserConfig
from latent_train.optimiser import Float32Muon, Optimisers

RATE = 0.01
SETTINGS = OptimiserConfig(learning_rate=RATE, weight_decay=0.0, muon_widest=64)


def _layer(inputs: int = 32, outputs: int = 24) -> nn.Conv2d:
    torch.manual_seed(1)
    layer = nn.Conv2d(inputs, outputs, 3, padding=1)
    return layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _learn(layer: nn.Conv2d, optimisers: Optimisers, steps: int = 1) -> None:
    seen = torch.randn(2, layer.in_channels, 8, 8, generator=torch.Generator().manual_seed(2))
    for _ in range(steps):
        optimisers.zero_grad()
        (layer(seen) - 1).abs().mean().backward()
        optimisers.step()


@pytest.mark.parametrize("bf16", [True, False])
@pytest.mark.parametrize("outputs", [24, 60])
def test_a_step_of_muon_is_orthogonal_and_as_long_as_one_of_adamw(bf16: bool, outputs: int) -> None:
    layer = _layer(4 if outputs == 60 else 32, outputs)
    before = layer.weight.detach().clone()
    _learn(layer, Optimisers(layer.parameters(), SETTINGS, bf16))
    taken = (before - layer.weight.detach()).flatten(1)
    rows, columns = taken.shape
    unit = taken / (RATE * 0.2 * math.sqrt(max(rows, columns)))
    values = torch.linalg.svdvals(unit)
    assert float(values.max()) < 1.35
    assert float(values.min()) > 0.5
    root_mean_square = float(taken.square().mean().sqrt())
    assert root_mean_square == pytest.approx(0.2 * RATE, rel=0.25)


@pytest.mark.parametrize("shape", [(24, 288), (60, 36)])
def test_muon_in_float32_steps_like_torchs_own(shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(3)
    begun = torch.randn(shape, generator=generator)
    ours, theirs = nn.Parameter(begun.clone()), nn.Parameter(begun.clone())
    settings = {"weight_decay": 0.1, "adjust_lr_fn": "match_rms_adamw"}
    both = [Float32Muon([ours], RATE, **settings), torch.optim.Muon([theirs], RATE, **settings)]  # type: ignore[arg-type]
    for _ in range(4):
        gradient = torch.randn(shape, generator=generator)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        for one in both:
            one.step()
    moved = (begun - theirs.detach()).norm()
    assert float((ours - theirs).detach().norm() / moved) < 0.03
    both[0].load_state_dict(both[1].state_dict())


def test_narrow_and_wide_weights_and_biases_are_adamws() -> None:
    narrow, wide, plain = _layer(inputs=1, outputs=24), _layer(96, 96), _layer()
    every = [*narrow.parameters(), *wide.parameters(), plain.bias]
    assert set(Optimisers(every, SETTINGS).state_dict()) == {"adamw"}
    assert set(Optimisers(plain.parameters(), SETTINGS).state_dict()) == {"adamw", "muon"}
    without = replace(SETTINGS, muon_widest=0)
    assert set(Optimisers(plain.parameters(), without).state_dict()) == {"adamw"}


def test_without_muon_it_is_torchs_adamw() -> None:
    settings = replace(SETTINGS, muon_widest=0, weight_decay=1e-2)
    ours, theirs = _layer(), _layer()
    _learn(ours, Optimisers(ours.parameters(), settings), 3)
    adamw = torch.optim.AdamW(
        theirs.parameters(), RATE, betas=settings.betas, weight_decay=1e-2, fused=True
    )
    _learn(theirs, adamw, 3)  # type: ignore[arg-type]
    assert torch.equal(ours.weight, theirs.weight)


def test_a_checkpoint_of_adamw_alone_goes_on_and_another_kind_is_refused() -> None:
    layer = _layer()
    adamw = torch.optim.AdamW(layer.parameters(), RATE, fused=True)
    _learn(layer, adamw)  # type: ignore[arg-type]
    Optimisers(layer.parameters(), replace(SETTINGS, muon_widest=0)).load_state_dict(
        adamw.state_dict()
    )
    with pytest.raises(ConfigError, match="made by adamw"):
        Optimisers(layer.parameters(), SETTINGS).load_state_dict(adamw.state_dict())


@pytest.mark.parametrize("muon_widest", [0, 64])
def test_a_checkpoint_goes_on_by_the_settings_of_the_new_recipe(muon_widest: int) -> None:
    before = replace(SETTINGS, muon_widest=muon_widest)
    after = replace(before, weight_decay=0.25, betas=(0.5, 0.75))
    layer = _layer()
    saved = Optimisers(layer.parameters(), before).state_dict()
    going_on = Optimisers(layer.parameters(), after)
    going_on.load_state_dict(saved)
    state = going_on.state_dict()
    groups = [group for one in state.values() for group in one["param_groups"]]
    assert [group["weight_decay"] for group in groups] == [0.25] * len(state)
    assert state["adamw"]["param_groups"][0]["betas"] == (0.5, 0.75)


def test_weights_that_do_not_lie_channels_last_are_refused() -> None:
    weight = nn.Parameter(torch.randn(24, 32, 3, 3))
    with pytest.raises(ValueError, match="channels_last"):
        Optimisers([weight], SETTINGS)
