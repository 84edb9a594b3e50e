# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches of questions made of recorded cases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from latent_train.clicks.cases import Case
from latent_train.clicks.config import ClickConfig
from latent_train.clicks.planes import Asked, Crop, crop_around, mask_square, planes
from latent_train.clicks.simulate import Bools, Click, next_click
from latent_train.types import ByteArray, FloatArray


@dataclass(frozen=True)
class Batch:
    """Planes of the last click and of the click before it, the truth, and what counts."""

    planes: Tensor  # [N, 10, S, S]
    earlier: Tensor  # [N, 10, S, S]
    has_earlier: Tensor  # [N, 1, 1, 1], 0 or 1
    truth: Tensor  # [N, 1, S, S]
    weight: Tensor  # [N, 1, S, S]
    ask_before: bool


def _mirrored(case: Case) -> Case:
    """The case as in a mirror."""
    width = case.truth.shape[1]
    clicks = [Click(width - 1 - c.x, c.y, c.on_object) for c in case.clicks]
    return Case(
        case.name,
        case.picture[:, ::-1],
        case.truth[:, ::-1],
        case.known[:, ::-1],
        case.held_out,
        clicks,
        [mask[:, ::-1] for mask in case.answers],
    )


def _other_light(picture: ByteArray, rng: np.random.Generator) -> ByteArray:
    """Another brightness, contrast and tint."""
    gain = rng.uniform(0.8, 1.2) * rng.uniform(0.93, 1.07, 3)
    shifted = (picture.astype(np.float32) - 127.5) * gain + 127.5 + rng.normal(0, 10)
    return np.clip(shifted, 0, 255).astype(np.uint8)


def _box_of(truth: Bools, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """A box around the object, drawn by hand."""
    rows, columns = np.flatnonzero(truth.any(1)), np.flatnonzero(truth.any(0))
    slack = 0.05 * max(len(rows), len(columns))
    left, top, right, bottom = (
        float(edge) + float(rng.uniform(-0.2, 1) * slack) * sign
        for edge, sign in (
            (columns[0], -1),
            (rows[0], -1),
            (columns[-1] + 1, 1),
            (rows[-1] + 1, 1),
        )
    )
    return left, top, right, bottom


def _shifted(crop: Crop, rng: np.random.Generator) -> Crop:
    reach = 0.1 * crop.side
    left, top = rng.uniform(-reach, reach, 2)
    return Crop(crop.left + float(left), crop.top + float(top), crop.side)


def draw(
    case: Case, config: ClickConfig, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, bool, FloatArray, FloatArray]:
    """Planes, planes of the click before, whether there is one, truth and weight."""
    settings = config.samples
    if rng.random() < 0.5:
        case = _mirrored(case)
    case = replace(case, picture=_other_light(case.picture, rng))
    with_selector = rng.random() >= settings.without_selector and len(case.answers) > 0
    if with_selector:
        count = int(rng.integers(1, len(case.clicks) + 1))
        clicks = case.clicks[:count]
        answers: list[Bools | None] = list(case.answers[:count])
    else:
        first = next_click(np.zeros(case.truth.shape, bool), case.truth, case.known, rng)
        assert first is not None
        clicks, answers = [first], [None]
    box = _box_of(case.truth, rng) if rng.random() < settings.with_box else None
    before = answers[-2] if len(answers) > 1 else None
    asked = Asked(clicks, box, before, answers[-1])
    found = answers[-1]
    if rng.random() < 0.25:
        found = case.truth
    if before is not None:
        found = before if found is None else found | before
    margin = float(rng.uniform(*settings.margin))
    crop = crop_around(found, clicks, case.truth.shape, margin, settings.least_share)
    crop, side = _shifted(crop, rng), config.side_px
    last = planes(case.picture, asked, crop, side)
    has_earlier = len(clicks) > 1
    earlier = (
        planes(case.picture, Asked(clicks[:-1], box, None, answers[-2]), crop, side)
        if has_earlier
        else last
    )
    truth = mask_square(case.truth, crop, side)
    inside = mask_square(np.ones(case.truth.shape, bool), crop, side)
    known = mask_square(case.known, crop, side)
    weight = (inside > 0.99) & (known > 0.99)
    return last, earlier, has_earlier, truth, weight.astype(np.float32)


def make_batch(cases: list[Case], config: ClickConfig, step: int) -> Batch:
    """The batch of one step: depends on the seed and the step alone."""
    rng = np.random.default_rng([config.seed, 3, step])
    drawn = [
        draw(cases[int(rng.integers(len(cases)))], config, rng) for _ in range(config.samples.batch)
    ]
    last, earlier, has, truth, weight = zip(*drawn, strict=True)

    def stacked(values: tuple[FloatArray, ...]) -> Tensor:
        return torch.from_numpy(np.stack(values))

    return Batch(
        stacked(last),
        stacked(earlier),
        torch.tensor(has, dtype=torch.float32)[:, None, None, None],
        stacked(truth)[:, None],
        stacked(weight)[:, None],
        bool(rng.random() < config.samples.asked_before),
    )
