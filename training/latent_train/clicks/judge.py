# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks to a level of overlap: the network with the selector, and the selector alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from latent_train.clicks.cases import Case
from latent_train.clicks.config import ClickConfig
from latent_train.clicks.planes import Asked, crop_around, on_picture, planes
from latent_train.clicks.selector import Selector
from latent_train.clicks.simulate import Bools, Click, next_click
from latent_train.types import ByteArray, FloatArray

CAP = 12
LEVELS = (0.85, 0.90)
MARGIN = 1.6
"""Side of the crop over that of what was found, as the program has it."""

Square = Callable[[FloatArray], FloatArray]
"""Planes [10, S, S] to logits [S, S]."""


def torch_square(network: nn.Module) -> Square:
    """A network on the processor."""

    def run(given: FloatArray) -> FloatArray:
        with torch.no_grad():
            answer: FloatArray = network(torch.from_numpy(given[None]))[0, 0].numpy()
        return answer

    return run


class NetworkSelector:
    """Answers each click by the selector, then by the network in a crop around both answers."""

    def __init__(self, selector: Selector, network: Square, config: ClickConfig) -> None:
        self._selector, self._network, self._config = selector, network, config
        self._clicks: list[Click] = []
        self._before: Bools | None = None

    def open(self, picture: ByteArray) -> None:
        """Begin with a picture."""
        self._picture = picture
        self._clicks, self._before = [], None
        self._selector.open(picture)

    def click(self, click: Click) -> Bools:
        """The mask after one click more."""
        self._clicks.append(click)
        said = self._selector.click(click)
        found = said if self._before is None else said | self._before
        side = self._config.side_px
        shape = (said.shape[0], said.shape[1])
        least = self._config.samples.least_share
        crop = crop_around(found, self._clicks, shape, MARGIN, least)
        asked = Asked(self._clicks, None, self._before, said)
        logits = self._network(planes(self._picture, asked, crop, side))
        outside = np.where(said, 1.0, -1.0).astype(np.float32)
        self._before = on_picture(logits, crop, shape, outside) > 0
        return self._before


def curve(case: Case, selector: Selector, seed: int) -> list[float]:
    """IoU after each click, until the higher level or the cap."""
    rng = np.random.default_rng(seed)
    selector.open(case.picture)
    found = np.zeros(case.truth.shape, bool)
    values: list[float] = []
    while len(values) < CAP and (not values or max(values) < LEVELS[-1]):
        click = next_click(found, case.truth, case.known, rng)
        if click is None:
            break
        found = selector.click(click)
        both = (found & case.truth & case.known).sum()
        either = ((found | case.truth) & case.known).sum()
        values.append(float(both / max(1, either)))
    return values


@dataclass(frozen=True)
class Judged:
    """Means over cases."""

    clicks: tuple[float, ...]  # to each of LEVELS
    after: tuple[float, ...]  # IoU after 1, 2, 3 and 5

    def words(self) -> str:
        """One line."""
        levels = " ".join(f"to {v:.2f}: {c:.2f}" for v, c in zip(LEVELS, self.clicks, strict=True))
        after = " ".join(f"{v:.3f}" for v in self.after)
        return f"clicks {levels}; IoU after 1, 2, 3, 5: {after}"


def judge(cases: Sequence[Case], selector: Selector, seed: int = 0) -> Judged:
    """Every case once. Errors: ValueError without a case."""
    curves = [values for case in cases if (values := curve(case, selector, seed))]
    if not curves:
        raise ValueError("there is no case to judge by")

    def clicks_to(values: list[float], level: float) -> int:
        return next((i + 1 for i, value in enumerate(values) if value >= level), CAP)

    return Judged(
        tuple(float(np.mean([clicks_to(v, level) for v in curves])) for level in LEVELS),
        tuple(float(np.mean([v[min(n, len(v)) - 1] for v in curves])) for n in (1, 2, 3, 5)),
    )
