# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the network for clicks: resumable, ended by steps or by the clock."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latent_train.batches import Prefetcher
from latent_train.clicks.cases import Case
from latent_train.clicks.config import ClickConfig, config_from_dict
from latent_train.clicks.network import ClickNetwork
from latent_train.clicks.samples import Batch, make_batch
from latent_train.optimiser import Optimisers
from latent_train.train import CHECKPOINT, Budget, follow, has_bf16, learn, learning_rate

log = logging.getLogger("latent_train")


def loss(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Cross entropy, the difficult pixels counting more (normalised focal loss, gamma 1), and one
    minus a soft IoU; of the pixels whose truth is known."""
    plain = nn.functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    found = torch.sigmoid(logits)
    hard = (found - truth).abs().detach() * weight
    sums = (1, 2, 3)
    focal = (plain * hard).sum(sums) / (hard.sum(sums) + 1e-3 * weight.sum(sums) + 1)
    both = (torch.minimum(found, truth) * weight).sum(sums)
    either = (torch.maximum(found, truth) * weight).sum(sums)
    overlap = (both + 1) / (either + 1)
    return (0.5 * focal + 1 - overlap).mean()


class ClickTrainer:
    """Network, moving average and optimiser: everything that a step changes."""

    def __init__(self, config: ClickConfig) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.bf16 = has_bf16(torch.device("cpu"))
        self.network = ClickNetwork(config)
        with torch.no_grad():  # begin with the selector's answer
            self.network.body.tail.weight *= 0.1
            assert self.network.body.tail.bias is not None
            self.network.body.tail.bias.zero_()
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.optimiser = Optimisers(self.network.parameters(), config.optimiser, self.bf16)
        self.step_count = 0
        self.elapsed = 0.0

    def step(self, batch: Batch, progress: float) -> float:
        """Learn from one batch; returns its loss."""
        settings = self.config.optimiser
        self.optimiser.set_learning_rate(learning_rate(settings, self.step_count, progress))
        planes = batch.planes
        if batch.ask_before:
            planes = self._with_own_answer(batch)
        logits = self.network(planes.to(memory_format=torch.channels_last))
        value = loss(logits, batch.truth, batch.weight)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), settings.gradient_norm)
        self.optimiser.step()
        follow(self.average, self.network, self.step_count, settings.ema_decay)
        self.step_count += 1
        return float(value.detach())

    @torch.no_grad()
    def _with_own_answer(self, batch: Batch) -> Tensor:
        """The planes with the network's own answer to the clicks before as the mask before."""
        before = (self.network(batch.earlier) > 0).to(torch.float32)
        planes = batch.planes.clone()
        kept = planes[:, 8:9]
        planes[:, 8:9] = batch.has_earlier * before + (1 - batch.has_earlier) * kept
        return planes

    def save(self, folder: Path) -> None:
        """Write the checkpoint beside the old one, then rename it into place."""
        part = folder / (CHECKPOINT + ".part")
        state: dict[str, Any] = {
            "config": self.config.as_dict(),
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step_count,
            "elapsed": self.elapsed,
        }
        torch.save(state, part)
        os.replace(part, folder / CHECKPOINT)

    @classmethod
    def load(cls, folder: Path) -> ClickTrainer:
        """Go on from ``folder``'s checkpoint."""
        saved = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
        trainer = cls(config_from_dict(saved["config"]))
        trainer.network.load_state_dict(saved["network"])
        trainer.average = saved["average"]
        trainer.optimiser.load_state_dict(saved["optimiser"])
        trainer.step_count, trainer.elapsed = saved["step"], saved["elapsed"]
        return trainer

    def averaged_network(self) -> ClickNetwork:
        """The network that ships: the moving average of the weights."""
        network = ClickNetwork(self.config)
        network.load_state_dict({k: v.detach().clone() for k, v in self.average.items()})
        return network.eval()


def run(
    trainer: ClickTrainer,
    cases: list[Case],
    budget: Budget,
    folder: Path,
    report: Callable[[ClickTrainer, float, float], None],
) -> None:
    """As ``train.learn``. ``cases`` are all learned from; ``report`` may add to them.

    Errors: ValueError without a case to learn from.
    """
    if not cases:
        raise ValueError("there is no case to learn from")
    config = trainer.config
    batches = Prefetcher(lambda step: make_batch(cases, config, step), trainer.step_count)
    learn(trainer, batches, budget, folder, report)
