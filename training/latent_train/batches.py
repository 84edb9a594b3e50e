# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches, made in a thread while the network works.

Batch number ``step`` depends on the seed and on ``step`` alone, so a resumed run sees exactly
what the uninterrupted one would have seen.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from latent_train import full_colour, mosaic, picture_batches, simulate, synthetic
from latent_train.config import Config
from latent_train.types import ByteArray, FloatArray

Made = TypeVar("Made")


class CropSource(Protocol):
    """Where crops come from: PictureSet, or a made picture in a test."""

    def crop(self, rng: np.random.Generator, size: int | None = None) -> ByteArray:
        """[size, size, 3] 8-bit sRGB; the recipe's patch where no size is given."""


@dataclass(frozen=True)
class Batch:
    """One step's tensors, packed [N, channels, h, w]: what the network sees, the truth, what the
    residual is taken from, and the noise by which errors are judged (1 where there is none)."""

    planes: Tensor
    target: Tensor
    base: Tensor
    spread: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(**{name: value.to(device) for name, value in vars(self).items()})


class Feed(Protocol):
    """What gives a run its batches."""

    def next(self) -> Batch:
        """The next batch in order."""

    def close(self) -> None:
        """End what makes batches."""


def _raw_batch(source: CropSource, config: Config, step: int) -> Batch:
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
    planes = torch.from_numpy(np.stack(inputs))
    return Batch(planes, torch.from_numpy(np.stack(targets)), planes[:, 0:4], planes[:, 4:8])


def _colour_scene(
    source: CropSource, rng: np.random.Generator, sensor: simulate.Sensor, config: Config
) -> FloatArray:
    simulation, size = config.simulation, config.data.patch_px
    kind = rng.random()
    if kind < simulation.synthetic_share:
        return synthetic.draw_scene(rng, size, sensor.white_balance)
    if kind < simulation.synthetic_share + simulation.detail_share:
        return synthetic.draw_detail(rng, size, sensor.white_balance)
    return simulate.photo_scene(source.crop(rng), rng, sensor, simulation)


def _demosaic_batch(source: CropSource, config: Config, step: int) -> Batch:
    rng = np.random.default_rng([config.seed, step])
    inputs, targets, spreads = [], [], []
    for _ in range(config.data.batch):
        sensor = simulate.draw_sensor(rng, config.simulation)
        scene = _colour_scene(source, rng, sensor, config)
        pair = full_colour.expose_colours(scene, sensor, rng, config.simulation)
        inputs.append(mosaic.unshuffle(pair.planes))
        targets.append(mosaic.unshuffle(pair.target))
        spreads.append(np.repeat(pair.spread, 4)[:, None, None])
    planes = torch.from_numpy(np.stack(inputs))
    return Batch(
        planes,
        torch.from_numpy(np.stack(targets)),
        planes[:, 20:32],
        torch.from_numpy(np.stack(spreads)),
    )


def make_batch(source: CropSource, config: Config, step: int) -> Batch:
    """The batch of one step."""
    if config.task == "denoise":
        return Batch(*picture_batches.packed_denoise(source, config, step))
    if config.task == "upscale":
        return Batch(*picture_batches.packed_upscale(source, config, step))
    if config.task == "demosaic":
        return _demosaic_batch(source, config, step)
    return _raw_batch(source, config, step)


class _Steps(Dataset[dict[str, Tensor]]):
    """Batches by step, for worker processes."""

    def __init__(self, source: CropSource, config: Config) -> None:
        self._source, self._config = source, config

    def __getitem__(self, step: int) -> dict[str, Tensor]:
        return dict(vars(make_batch(self._source, self._config, step)))


class WorkerFeed:
    """Makes batches ``first``, ``first + 1``, ... in ``config.workers`` processes, in order."""

    def __init__(self, source: CropSource, config: Config, first: int) -> None:
        loader = DataLoader(
            _Steps(source, config),
            batch_size=None,
            sampler=itertools.count(first),
            num_workers=config.workers,
            prefetch_factor=3,
        )
        self._batches = iter(loader)

    def next(self) -> Batch:
        """The next batch in order."""
        return Batch(**next(self._batches))

    def close(self) -> None:
        """End the processes."""
        del self._batches


def feed(source: CropSource, config: Config, first: int) -> Feed:
    """Batches from step ``first`` on, made ahead of their use."""
    if config.workers > 0:
        return WorkerFeed(source, config, first)
    return Prefetcher(lambda step: make_batch(source, config, step), first)


class Prefetcher(Generic[Made]):
    """Makes ``make(first)``, ``make(first + 1)``, ... ahead of their use.

    Threads: one of its own. An error in it is raised again by ``next``.
    """

    def __init__(self, make: Callable[[int], Made], first: int, depth: int = 3) -> None:
        self._make = make
        self._queue: queue.Queue[Made | BaseException] = queue.Queue(depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._feed, args=(first,), daemon=True, name="batches"
        )
        self._thread.start()

    def _feed(self, step: int) -> None:
        torch.set_num_threads(1)
        while not self._stop.is_set():
            try:
                item: Made | BaseException = self._make(step)
            except Exception as error:  # handed to the thread that waits for the batch
                item = error
            while not self._stop.is_set():
                try:
                    self._queue.put(item, timeout=0.5)
                    break
                except queue.Full:
                    continue
            step += 1

    def next(self) -> Made:
        """The next one in order."""
        item = self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._thread.join()
