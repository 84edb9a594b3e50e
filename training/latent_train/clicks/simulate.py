# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks as a person would make them: where the mask is wrong, or anywhere in the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Click:
    """A place in pixels of the picture, and whether it is on the object."""

    x: int
    y: int
    on_object: bool


def _centre(region: Bools, rng: np.random.Generator) -> tuple[int, int]:
    """The thickest place of a region, moved at random by up to a third of its thickness."""
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = np.pad(region[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    inside = ndimage.distance_transform_edt(part)[1:-1, 1:-1]
    y, x = np.unravel_index(int(inside.argmax()), inside.shape)
    angle, length = rng.uniform(0, 2 * np.pi), float(inside[y, x]) / 3 * np.sqrt(rng.uniform())
    near_x, near_y = round(x + length * np.cos(angle)), round(y + length * np.sin(angle))
    height, width = inside.shape
    if 0 <= near_x < width and 0 <= near_y < height and inside[near_y, near_x] > 0:
        x, y = near_x, near_y
    return int(x) + left, int(y) + top


def next_click(found: Bools, truth: Bools, known: Bools, rng: np.random.Generator) -> Click | None:
    """In the largest region that is wrong; None where nothing is.

    The rule of bench/quality/mask_clicks.py.
    """
    best: tuple[int, Bools, bool] | None = None
    for on_object in (True, False):
        wrong = (truth & ~found if on_object else found & ~truth) & known
        labels, count = ndimage.label(wrong)
        if count == 0:
            continue
        areas = np.bincount(labels.ravel())
        areas[0] = 0
        largest = int(areas.argmax())
        if best is None or areas[largest] > best[0]:
            best = (int(areas[largest]), labels == largest, on_object)
    if best is None:
        return None
    return Click(*_centre(best[1], rng), best[2])


def stray_click(truth: Bools, known: Bools, rng: np.random.Generator) -> Click:
    """Anywhere on the object, or beside it."""
    on_object = bool(rng.random() < 0.5)
    places = np.flatnonzero((truth if on_object else ~truth) & known)
    if len(places) == 0:
        on_object, places = True, np.flatnonzero(truth)
    y, x = divmod(int(rng.choice(places)), truth.shape[1])
    return Click(x, y, on_object)
