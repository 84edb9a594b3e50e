# SPDX-License-Identifier: GPL-3.0-or-later
"""A case: a picture, the truth of one object in it, and what the built-in selector said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from latent_train.clicks.simulate import Bools, Click
from latent_train.types import ByteArray


@dataclass
class Case:
    """``known`` says which pixels the truth is known of. ``answers`` are the selector's masks after
    each of ``clicks``."""

    name: str
    picture: ByteArray
    truth: Bools
    known: Bools
    held_out: bool = False
    clicks: list[Click] = field(default_factory=list)
    answers: list[Bools] = field(default_factory=list)


def save(case: Case, path: Path) -> None:
    """Write a case as .npz, beside and renamed into place."""
    part = path.with_suffix(".part.npz")
    masks = np.array([case.truth, case.known, *case.answers])
    clicks = np.array([(c.x, c.y, c.on_object) for c in case.clicks], np.int32).reshape(-1, 3)
    np.savez(
        part,
        picture=case.picture,
        masks=np.packbits(masks, axis=2),
        clicks=clicks,
        held_out=np.array(case.held_out),
    )
    part.rename(path)


def load(path: Path) -> Case:
    """Read what ``save`` wrote."""
    with np.load(path) as kept:
        picture = kept["picture"]
        masks = np.unpackbits(kept["masks"], axis=2, count=picture.shape[1]).astype(bool)
        clicks = [Click(int(x), int(y), bool(on)) for x, y, on in kept["clicks"]]
        held_out = bool(kept["held_out"])
    return Case(path.stem, picture, masks[0], masks[1], held_out, clicks, list(masks[2:]))


def held_out(cases: list[Case]) -> list[Case]:
    """The largest object of each photograph that is not trained on."""
    largest: dict[str, Case] = {}
    for case in cases:
        if not case.held_out:
            continue
        photograph = case.name.rsplit("_", 1)[0]
        if photograph not in largest or case.truth.sum() > largest[photograph].truth.sum():
            largest[photograph] = case
    return list(largest.values())
