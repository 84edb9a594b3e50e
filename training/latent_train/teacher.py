# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that has learned already, whose answers a smaller one learns beside the truth.

Source: Hinton and others 2015, "Distilling the Knowledge in a Neural Network"; of a regression the
answer itself is learned.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
from latent_package import manifest as words
from latent_package.archive import CONFIG, read_package
from torch import Tensor

from latent_train.batches import Batch
from latent_train.config import Config, ConfigError, config_from_dict
from latent_train.families import sensors
from latent_train.initial import read_weights
from latent_train.network import make_network
from latent_train.pictures import sha256


def _package_recipe(path: Path, file: str) -> dict[str, Any]:
    """The recipe of network ``file``, from the training log of a package of ours."""
    files = read_package(path)
    networks = json.loads(files[CONFIG])["latent"]["networks"]
    training = json.loads(files[words.TRAINING_LOG])
    for facts, run in zip(networks.values(), training.get("runs", [training]), strict=True):
        if facts["file"] == file:
            recipe: dict[str, Any] = run["config"]
            return recipe
    raise ConfigError(f"the teacher {path} has no network {file}")


def recipe_of(path: Path, file: str) -> Config:
    """By which recipe a teacher was trained.

    Errors: ConfigError where the file is not there, or does not say.
    """
    if not path.is_file():
        raise ConfigError(f"the teacher {path} is not there")
    if path.suffix == ".dtmodel":
        return config_from_dict(_package_recipe(path, file))
    state = torch.load(path, map_location="cpu", weights_only=True)
    if "config" not in state:
        raise ConfigError(
            f"the teacher {path} does not say how its network is made: give a package, the "
            "checkpoint.pt of a run, or what `latent-train average` wrote"
        )
    return config_from_dict(state["config"])


def check_fits(teacher: Config, student: Config) -> None:
    """Whether a teacher answers what the student is asked.

    Errors: ConfigError for another task, other planes, or a kind of sensor that it never saw.
    """
    if teacher.task != student.task:
        raise ConfigError(f"the teacher was trained for {teacher.task}, not for {student.task}")
    for key in ("planes", "outputs", "unshuffle", "scale"):
        mine, theirs = getattr(student.network, key), getattr(teacher.network, key)
        if mine != theirs:
            raise ConfigError(f"the teacher's network has {key} {theirs}, the student's {mine}")
    unseen = [kind for kind in sensors(student) if kind not in sensors(teacher)]
    if student.task in ("raw", "demosaic") and unseen:
        raise ConfigError(f"the teacher has never seen sensors of kind {', '.join(unseen)}")


class Teacher:
    """The network that the recipe's section ``teacher`` names, ready to answer batches."""

    def __init__(self, config: Config, folder: Path, device: torch.device, bf16: bool) -> None:
        """``folder`` is where the teacher's path counts from.

        Errors: ConfigError as ``recipe_of`` and ``check_fits``; ValueError for a broken file.
        """
        path, file = folder / config.teacher.path, config.teacher.file
        recipe = recipe_of(path, file)
        check_fits(recipe, config)
        network = make_network(recipe.network)
        network.load_state_dict(read_weights(path, file))
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        network.eval().requires_grad_(False)
        self._network = torch.compile(network) if device.type == "cuda" else network
        self._bf16 = bf16
        self.facts = {"teacher_sha256": sha256(path), "teacher_share": config.teacher.share}

    @torch.no_grad()
    def answered(self, batch: Batch, planes: Tensor) -> Batch:
        """The batch with the teacher's answer as its truth; ``planes`` are those of the batch."""
        with torch.autocast(planes.device.type, torch.bfloat16, enabled=self._bf16):
            residual = self._network(planes)
        return dataclasses.replace(batch, target=batch.base - residual.float())
