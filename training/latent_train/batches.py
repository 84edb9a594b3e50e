# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches, made in a thread while the network works.

Batch number ``step`` depends on the seed and on ``step`` alone, so a resumed run sees exactly
what the uninterrupted one would have seen.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from latent_train import mosaic, simulate, synthetic
from latent_train.config import Config
from latent_train.types import ByteArray


class CropSource(Protocol):
    """Where crops come from: PictureSet, or a made picture in a test."""

    def crop(self, rng: np.random.Generator) -> ByteArray:
        """[patch, patch, 3] 8-bit sRGB."""


@dataclass(frozen=True)
class Batch:
    """Packed planes [N, 20, P/2, P/2] and packed target u [N, 4, P/2, P/2]."""

    planes: Tensor
    target: Tensor


def make_batch(source: CropSource, config: Config, step: int) -> Batch:
    """The batch of one step."""
    rng = np.random.default_rng([config.seed, step])
    simulation, data = config.simulation, config.data
    inputs, targets = [], []
    for _ in range(data.batch):
        sensor = simulate.draw_sensor(rng, simulation)
        if rng.random() < simulation.synthetic_share:
            scene = synthetic.draw_scene(rng, data.patch_px, sensor.white_balance)
        else:
            scene = simulate.photo_scene(source.crop(rng), rng, sensor, simulation)
        pair = simulate.expose_pair(scene, sensor, rng, simulation)
        inputs.append(mosaic.unshuffle(pair.planes))
        targets.append(mosaic.unshuffle(pair.target[None]))
    return Batch(torch.from_numpy(np.stack(inputs)), torch.from_numpy(np.stack(targets)))


class Prefetcher:
    """Makes batches ``first``, ``first + 1``, ... ahead of their use.

    Threads: one of its own. An error in it is raised again by ``next``.
    """

    def __init__(self, source: CropSource, config: Config, first: int, depth: int = 3) -> None:
        self._queue: queue.Queue[Batch | BaseException] = queue.Queue(depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._feed, args=(source, config, first), daemon=True, name="batches"
        )
        self._thread.start()

    def _feed(self, source: CropSource, config: Config, step: int) -> None:
        while not self._stop.is_set():
            try:
                item: Batch | BaseException = make_batch(source, config, step)
            except Exception as error:  # handed to the thread that waits for the batch
                item = error
            while not self._stop.is_set():
                try:
                    self._queue.put(item, timeout=0.5)
                    break
                except queue.Full:
                    continue
            step += 1

    def next(self) -> Batch:
        """The next batch in order."""
        item = self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._thread.join()
