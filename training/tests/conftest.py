# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests share: a made picture, a small recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latent_train.config import (
    Config,
    DataConfig,
    NetworkConfig,
    OptimiserConfig,
    SimulationConfig,
)
from latent_train.pictures import Photo
from latent_train.types import ByteArray


class MadePicture:
    """Crops of one smooth coloured picture with edges."""

    def __init__(self, patch_px: int) -> None:
        y, x = np.mgrid[0:256, 0:256] / 256
        waves = [np.sin(9 * x + 3 * y), np.sin(7 * y - 4 * x), np.cos(11 * x * y)]
        rgb = np.stack(waves, axis=2) * 90 + 128
        rgb[((x * 5).astype(int) + (y * 5).astype(int)) % 2 == 1] *= 0.6
        self.pixels: ByteArray = np.clip(rgb, 0, 255).astype(np.uint8)
        self.patch_px = patch_px

    def crop(self, rng: np.random.Generator, size: int | None = None) -> ByteArray:
        side = size or self.patch_px
        y, x = rng.integers(256 - side + 1, size=2)
        return self.pixels[y : y + side, x : x + side]


@pytest.fixture
def tiny_config() -> Config:
    """Two levels, narrow, 32 px patches: learns something in seconds."""
    return Config(
        seed=3,
        network=NetworkConfig(widths=(16, 24), blocks=1),
        data=DataConfig(patch_px=32, batch=4),
        simulation=replace(SimulationConfig(), sigma_min=0.03, sigma_max=0.06),
        optimiser=replace(
            OptimiserConfig(), learning_rate=2e-3, warm_up_steps=10, ema_decay=0.9, block_px=(16,)
        ),
    )


@pytest.fixture
def made_picture(tiny_config: Config) -> MadePicture:
    return MadePicture(tiny_config.data.patch_px)


@pytest.fixture
def photos(tmp_path: Path) -> list[Photo]:
    """Photographs as large as an export wants them, made: squares of chance colours."""
    rng = np.random.default_rng(4)
    found = []
    for name in ("0.png", "1.png", "2.png"):
        pixels = np.kron(rng.integers(0, 255, (20, 64, 3)), np.ones((16, 16, 1))).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
        found.append(Photo(tmp_path / name, {"file": name, "licence": "CC0-1.0"}))
    return found


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
