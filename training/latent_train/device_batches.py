# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches of raw networks, made on the device that trains (``latent-train train --on-device``).

A batch depends on the seed and the step alone, like those of ``batches.py``, but not on the same
random numbers: a run that goes on by the other way sees other crops of the same distribution.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from latent_train.batches import Batch
from latent_train.config import Config, ConfigError
from latent_train.device_scenes import DevicePictures, made_scenes, photo_scenes
from latent_train.device_sensor import Draws, draw_sensors, exposed
from latent_train.pictures import PictureSet


class DeviceFeed:
    """Makes batches ``first``, ``first + 1``, ... when they are asked for."""

    def __init__(
        self, pictures: PictureSet, config: Config, first: int, device: torch.device
    ) -> None:
        """Errors: ConfigError for a network that is not for raw files."""
        if config.task != "raw":
            raise ConfigError(
                f"batches are made on the device for raw networks only, not for {config.model}: "
                "its pictures are saved as JPEG on the way"
            )
        self._pictures = DevicePictures(pictures, device)
        self._config, self._step = config, first
        self._generator = torch.Generator(device)

    @torch.no_grad()
    def next(self) -> Batch:
        """The next batch in order; planes [n, 20, h/2, w/2], target [n, 4, h/2, w/2]."""
        config, size = self._config, self._config.data.patch_px
        self._generator.manual_seed((config.seed << 40) + self._step)
        self._step += 1
        draws = Draws(self._generator, config.data.batch)
        sensors = draw_sensors(draws, config.simulation)
        crops = self._pictures.crops(draws, size)
        scene = photo_scenes(crops, sensors, draws, config.simulation)
        made = draws.chance(config.simulation.synthetic_share, 1, 1, 1)
        scene = torch.where(made, made_scenes(draws, sensors, size), scene)
        planes, target = exposed(scene, sensors, draws, config.simulation)
        packed = functional.pixel_unshuffle(planes, 2)
        truth = functional.pixel_unshuffle(target, 2)
        return Batch(packed, truth, packed[:, 0:4], packed[:, 4:8])

    def close(self) -> None:
        """Nothing runs beside the training."""
