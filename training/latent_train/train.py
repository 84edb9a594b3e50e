# SPDX-License-Identifier: GPL-3.0-or-later
"""One training run: resumable to the very step, ended by a number of steps or by the clock."""

from __future__ import annotations

import json
import logging
import math
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from latent_train import colour_protocol, picture_protocol, protocol
from latent_train.batches import Batch, CropSource, Feed, feed
from latent_train.config import Config, ConfigError, OptimiserConfig, config_from_dict
from latent_train.initial import begin_from, widened
from latent_train.loss import loss
from latent_train.network import Network, make_network, torch_runner
from latent_train.optimiser import Optimisers
from latent_train.pictures import ProvenanceError
from latent_train.teacher import Teacher

log = logging.getLogger("latent_train")

CHECKPOINT = "checkpoint.pt"
HISTORY = "history.jsonl"
PICTURES = "pictures_sha256"
"""Key of the history's rows that say what the run has seen: the hash of the manifest."""


@dataclass(frozen=True)
class Budget:
    """When a run ends: after ``steps``, or after ``seconds`` of training time, whichever is set.

    The learning rate follows the share that is spent, so a run by the clock ends well whatever
    else the machine has to do. Only a run by steps is repeatable to the bit.
    """

    steps: int | None = None
    seconds: float | None = None

    def progress(self, step: int, elapsed: float) -> float:
        """Share of the budget that is spent, 0..1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        if self.seconds is None:
            raise ValueError("a budget needs steps or seconds")
        return min(1.0, elapsed / self.seconds)


def learning_rate(config: OptimiserConfig, step: int, progress: float) -> float:
    """Linear warm-up by steps, times a cosine by progress down to ``final_share``."""
    warm = min(1.0, (step + 1) / config.warm_up_steps)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return config.learning_rate * warm * (config.final_share + (1 - config.final_share) * cosine)


def has_bf16(device: torch.device) -> bool:
    """Whether ``device`` computes in bfloat16 itself.

    Where it does not, torch's own bfloat16 takes several times as long as float32.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    features = torch.cpu.get_capabilities()
    return any(features.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


@torch.no_grad()
def follow(average: dict[str, Tensor], network: torch.nn.Module, step: int, decay: float) -> None:
    """Moves the average of the weights towards the network; faster in the first steps of a run."""
    weight = 1 - min(decay, (step + 1) / (step + 10))
    state = network.state_dict()
    keys = list(average)
    torch._foreach_lerp_([average[k] for k in keys], [state[k] for k in keys], weight)


class Trainer:
    """Network, its moving average and the optimiser: everything that a step changes."""

    def __init__(self, config: Config, device: str = "cpu") -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.device = torch.device(device)
        self.bf16 = config.bf16 and has_bf16(self.device)
        self.network = make_network(config.network).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        # What a step runs: the same network, compiled where a GPU pays for the wait.
        self.forward = torch.compile(self.network) if self.device.type == "cuda" else self.network
        self.optimiser = Optimisers(self.network.parameters(), config.optimiser, self.bf16)
        self.teacher: Teacher | None = None
        self.step_count = 0
        self.elapsed = 0.0

    def load_teacher(self, folder: Path) -> None:
        """Load the teacher that the recipe names, if it does; its path counts from the run folder.

        Errors: as ``Teacher``.
        """
        if self.config.teacher.path:
            self.teacher = Teacher(self.config, folder, self.device, self.bf16)

    def begin_from(self, weights: dict[str, Tensor], trunk: bool = False) -> list[str]:
        """Start from earlier weights; the average starts there too. See ``initial.begin_from``."""
        if self.config.task == "demosaic" and trunk:
            weights = widened(weights, self.network.state_dict())
        new = begin_from(self.network, weights, trunk)
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        return new

    def step(self, batch: Batch, progress: float) -> float:
        """Learn from one batch; returns its loss.

        Errors: ConfigError where the recipe names a teacher that was not loaded.
        """
        settings = self.config.optimiser
        if self.config.teacher.path and self.teacher is None:
            raise ConfigError(f"the teacher {self.config.teacher.path} has not been loaded")
        self.optimiser.set_learning_rate(learning_rate(settings, self.step_count, progress))
        batch = batch.to(self.device)
        planes = batch.planes.to(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            residual = self.forward(planes)
        value = loss(residual, batch, self.config, progress)
        if self.teacher is not None:
            share = self.config.teacher.share
            answered = self.teacher.answered(batch, planes)
            value = (1 - share) * value + share * loss(residual, answered, self.config, progress)
        self.optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), settings.gradient_norm)
        self.optimiser.step()
        follow(self.average, self.network, self.step_count, settings.ema_decay)
        self.step_count += 1
        return float(value.detach())

    def state(self) -> dict[str, Any]:
        """Everything needed to go on as if nothing had happened."""
        return {
            "config": self.config.as_dict(),
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "step": self.step_count,
            "elapsed": self.elapsed,
        }

    def save(self, folder: Path) -> None:
        """Write the checkpoint beside the old one, then rename it into place."""
        part = folder / (CHECKPOINT + ".part")
        torch.save(self.state(), part)
        os.replace(part, folder / CHECKPOINT)

    @classmethod
    def load(cls, folder: Path, recipe: Config | None = None, device: str = "cpu") -> Trainer:
        """Go on from ``folder``'s checkpoint; with ``recipe`` in place of the saved one.

        Errors: ConfigError when the recipe is for another network.
        """
        saved = torch.load(folder / CHECKPOINT, map_location=device, weights_only=True)
        config = config_from_dict(saved["config"])
        if recipe is not None and recipe.network != config.network:
            raise ConfigError(f"{folder} holds another network than the recipe describes")
        trainer = cls(recipe or config, device)
        trainer.network.load_state_dict(saved["network"])
        trainer.average = saved["average"]
        trainer.optimiser.load_state_dict(saved["optimiser"])
        torch.set_rng_state(saved["random"].cpu())
        trainer.step_count, trainer.elapsed = saved["step"], saved["elapsed"]
        return trainer

    def averaged_network(self) -> Network:
        """The network that ships: the moving average of the weights, for inference, on the CPU."""
        network = make_network(self.config.network)
        network.load_state_dict({k: v.detach().cpu().clone() for k, v in self.average.items()})
        return network.eval()


def commit_of(folder: Path) -> str:
    """Of the code in ``folder``, with "-dirty" where files have been changed since; "unknown"
    without git."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40"]
    found = subprocess.run([*command, "--exclude=*"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The rows of a run's history, oldest first; none where nothing has been written."""
    path = folder / HISTORY
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def note(folder: Path, row: dict[str, Any]) -> None:
    """Add a row to a run's history."""
    with (folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def check_pictures(folder: Path, manifest_sha256: str) -> None:
    """Whether the run saw the pictures of this manifest alone, as far as its history says.

    Errors: ProvenanceError when it saw others.
    """
    rows = [row for row in read_history(folder) if PICTURES in row]
    if others := [row for row in rows if row[PICTURES] != manifest_sha256]:
        raise ProvenanceError(
            f"{folder} was trained on other pictures than these from step {others[0]['step']} on"
        )


class Pace(Protocol):
    """What a recipe says of reports and checkpoints."""

    @property
    def report_steps(self) -> int: ...
    @property
    def checkpoint_seconds(self) -> float: ...


class Learner(Protocol):
    """What ``learn`` needs of a trainer."""

    step_count: int
    elapsed: float

    @property
    def config(self) -> Pace: ...
    def step(self, batch: Any, progress: float) -> float: ...
    def save(self, folder: Path) -> None: ...


class AnyFeed(Protocol):
    """Gives batches of whatever kind the trainer takes."""

    def next(self) -> Any: ...
    def close(self) -> None: ...


Report = Callable[[Trainer, float, float], None]
AnyLearner = TypeVar("AnyLearner", bound=Learner)


def learn(
    trainer: AnyLearner,
    batches: AnyFeed,
    budget: Budget,
    folder: Path,
    report: Callable[[AnyLearner, float, float], None],
) -> None:
    """Train until the budget is spent; checkpoints go to ``folder``.

    ``report(trainer, mean loss, steps per second)`` is called every ``report_steps``.
    Errors: FloatingPointError when the loss is not finite.
    """
    config = trainer.config
    began, before = time.monotonic(), trainer.elapsed
    saved = marked = began
    marked_step = trainer.step_count
    mean: float | None = None
    try:
        while (progress := budget.progress(trainer.step_count, trainer.elapsed)) < 1:
            value = trainer.step(batches.next(), progress)
            if not math.isfinite(value):
                raise FloatingPointError(f"loss is {value} at step {trainer.step_count}")
            mean = value if mean is None else mean + 0.01 * (value - mean)
            now = time.monotonic()
            trainer.elapsed = before + now - began
            if trainer.step_count % 100 == 0:
                log.info(
                    "step %d loss %.4f elapsed %.0f s progress %.3f",
                    trainer.step_count,
                    mean,
                    trainer.elapsed,
                    progress,
                )
            if trainer.step_count % config.report_steps == 0:
                report(trainer, mean, (trainer.step_count - marked_step) / (now - marked))
                marked, marked_step = time.monotonic(), trainer.step_count
            if now - saved > config.checkpoint_seconds:
                trainer.save(folder)
                saved = time.monotonic()
    finally:
        batches.close()
    trainer.save(folder)


def run(
    trainer: Trainer,
    source: CropSource,
    budget: Budget,
    folder: Path,
    report: Report,
    batches: Feed | None = None,
) -> None:
    """As ``learn``; ``batches`` come from ``source`` where they are not given."""
    if trainer.config.bf16 and not trainer.bf16:
        log.info("no bfloat16 on this machine: float32")
    made = batches or feed(source, trainer.config, trainer.step_count)
    learn(trainer, made, budget, folder, report)


def _tensorboard(folder: Path) -> Any:
    """A TensorBoard writer, or None where TensorBoard is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))


def followed(trainer: Trainer, pictures: Path | None) -> dict[str, float]:
    """A few numbers of the task's protocol for the averaged network; none without pictures."""
    if pictures is None:
        return {}
    network = trainer.averaged_network()
    if trainer.config.task == "raw":
        chosen = protocol.load_pictures(pictures, every=8)
        denoiser = protocol.network_denoiser(torch_runner(network))
        return {
            f"psnr_{kind}_0.03": protocol.mean_psnr(chosen, kind, 0.03, denoiser)
            for kind in protocol.KINDS
        }
    run_planes = torch_runner(network)
    if trainer.config.task == "demosaic":
        chosen = protocol.load_pictures(pictures, every=8)
        return {
            f"cpsnr_{kind}_{sigma}": colour_protocol.mean_cpsnr(
                chosen, kind, sigma, colour_protocol.network_demosaicer(run_planes)
            )
            for kind in colour_protocol.KINDS
            for sigma in colour_protocol.SIGMAS
        }
    if trainer.config.task == "denoise":
        chosen = protocol.load_pictures(pictures, every=6)
        return {
            f"psnr_plain_{sigma}": picture_protocol.plain_psnr(
                chosen, sigma, run_planes, trainer.config.network.unshuffle
            )
            for sigma in picture_protocol.SIGMAS
        }
    scale = trainer.config.network.scale
    return {f"psnr_y_x{scale}": picture_protocol.upscale_psnr(pictures, scale, run_planes)}


def protocol_report(pictures: Path | None, folder: Path) -> Report:
    """A report that logs a few numbers of the task's protocol, if there are pictures for it, and
    notes them in the history of the run in ``folder``."""
    board = _tensorboard(folder)

    def report(trainer: Trainer, mean: float, pace: float) -> None:
        row: dict[str, float] = {"step": trainer.step_count, "loss": mean, "steps_per_s": pace}
        row["elapsed_s"] = trainer.elapsed
        row |= followed(trainer, pictures)
        for key, value in row.items() if board else ():
            board.add_scalar(key, value, trainer.step_count)
        log.info("report %s", "  ".join(f"{k} {v:.5g}" for k, v in row.items()))
        note(folder, row)

    return report
