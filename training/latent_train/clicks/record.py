# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases with what the built-in selector said of them, kept in a folder."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from latent_train.clicks import cases, compose
from latent_train.clicks.cases import Case, held_out
from latent_train.clicks.config import ClickConfig
from latent_train.clicks.objects import objects, read_reduced
from latent_train.clicks.selector import Selector
from latent_train.clicks.simulate import next_click, stray_click
from latent_train.pictures import Photo

log = logging.getLogger("latent_train")


def record(case: Case, selector: Selector, config: ClickConfig, rng: np.random.Generator) -> Case:
    """The case with clicks and the selector's mask after each of them."""
    selector.open(case.picture)
    found = np.zeros(case.truth.shape, bool)
    case.clicks, case.answers = [], []
    for number in range(config.cases.clicks):
        if number > 0 and rng.random() < config.cases.stray:
            click = stray_click(case.truth, case.known, rng)
        else:
            wanted = next_click(found, case.truth, case.known, rng)
            if wanted is None:
                break
            click = wanted
        found = selector.click(click)
        case.clicks.append(click)
        case.answers.append(found)
    return case


def made_cases(
    real: list[Case], photos: list[Photo], config: ClickConfig, rng: np.random.Generator
) -> Iterator[Case]:
    """Composites and shapes, over pictures with free licences; of no object that is held out."""
    usable = [case for case in real if not case.held_out]
    wanted = {"composite": config.cases.composites, "shape": config.cases.shapes}
    count = 0
    while any(wanted.values()):
        ground, filling = (
            read_reduced(photos[int(rng.integers(len(photos)))].path, config.cases.longest_px)
            for _ in range(2)
        )
        kind = "composite" if wanted["composite"] else "shape"
        made = (
            compose.composite(usable[int(rng.integers(len(usable)))], ground, rng)
            if kind == "composite"
            else compose.made_shape(ground, filling, rng)
        )
        if made is None:
            continue
        wanted[kind] -= 1
        made.name = f"{count:05}_{made.name}"
        count += 1
        yield made


def _mixed(real: list[Case], made: Iterator[Case]) -> Iterator[Case]:
    """Real and made ones in turn, so that the beginning of them is of both kinds."""
    for number, case in enumerate(real):
        yield case
        if number % 3 == 2:
            yield from itertools.islice(made, 1)
    yield from made


def record_all(
    folder: Path,
    photos: list[Photo],
    out: Path,
    selector: Selector,
    config: ClickConfig,
) -> int:
    """Write every case of ``folder`` and the made ones to ``out``, those that are there excepted;
    how many were written.

    Errors: as ``objects``; those of the selector.
    """
    out.mkdir(parents=True, exist_ok=True)
    real = list(objects(folder, config.cases))
    log.info("%d objects, %d of them held out", len(real), sum(c.held_out for c in real))
    count = 0
    order = np.random.default_rng(config.seed).permutation(len(real))
    rng = np.random.default_rng([config.seed, 1])
    learned = [real[i] for i in order if not real[i].held_out]
    made = made_cases(real, photos, config, rng)
    for case in itertools.chain(held_out(real), _mixed(learned, made)):
        path = out / f"{case.name}.npz"
        if path.exists():
            continue
        own = np.random.default_rng([config.seed, 2, count])
        cases.save(record(case, selector, config, own), path)
        count += 1
        if count % 50 == 0:
            log.info("recorded %d", count)
    return count
