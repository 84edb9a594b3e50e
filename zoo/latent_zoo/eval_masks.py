# SPDX-License-Identifier: GPL-3.0-or-later
"""How many clicks a mask model needs: NoC and IoU with simulated clicks.

The first click lies where the object is thickest, every next one where the largest error is
thickest, moved a little as a hand would; it is positive on a missed part and negative on what is
too much. NoC@t is the mean number of clicks until IoU reaches t, ``MOST`` where it never does.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from latent_zoo.mask_models import (
    Click,
    Mask,
    OrtSession,
    Predictor,
    Resize,
    package_file,
    predictor,
)
from latent_zoo.types import Array, FloatArray, ZooError

THRESHOLDS = (0.85, 0.90, 0.95)
COUNTS = (1, 3, 5)  # clicks after which the mean IoU is told
MOST = 20
JITTER_PX = 5.0


@dataclass(frozen=True)
class Picture:
    """A photograph [H, W, 3] uint8, its object, and the pixels that count."""

    name: str
    image: Array
    truth: Mask
    counts: Mask


def depth_inside(region: Mask) -> FloatArray:
    """Distance in pixels to what is not ``region``; the picture's edge counts as such."""
    padded = np.pad(region, 1)
    return np.asarray(ndimage.distance_transform_edt(padded)[1:-1, 1:-1])


def largest_region(region: Mask) -> Mask:
    """The largest 8-connected part; empty when there is none."""
    labels, count = ndimage.label(region, structure=np.ones((3, 3)))
    if count == 0:
        return np.zeros_like(region)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == int(sizes.argmax()))


def place(
    region: Mask, chance: np.random.Generator, jitter_px: float = JITTER_PX
) -> tuple[int, int]:
    """(x, y) where ``region`` is thickest, or near it.

    A hand misses by at most ``jitter_px`` and stays where the region is at least half as thick.
    """
    inside = depth_inside(region)
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    reach = math.floor(jitter_px)
    top, left = max(0, int(row) - reach), max(0, int(column) - reach)
    part = inside[top : int(row) + reach + 1, left : int(column) + reach + 1]
    rows, columns = np.nonzero(part >= inside[row, column] / 2)
    near = (rows + top - row) ** 2 + (columns + left - column) ** 2 <= jitter_px**2
    pick = int(chance.integers(int(near.sum())))
    return int(columns[near][pick]) + left, int(rows[near][pick]) + top


def next_click(
    got: Mask | None, picture: Picture, chance: np.random.Generator, jitter_px: float = JITTER_PX
) -> Click | None:
    """What a careful user clicks on seeing ``got`` (None: nothing yet); None when all is right."""
    if got is None:
        wanted = picture.truth & picture.counts
        return Click(*place(wanted, chance, jitter_px), True) if wanted.any() else None
    missed = largest_region(picture.truth & ~got & picture.counts)
    surplus = largest_region(got & ~picture.truth & picture.counts)
    if not missed.any() and not surplus.any():
        return None
    positive = int(missed.sum()) >= int(surplus.sum())
    return Click(*place(missed if positive else surplus, chance, jitter_px), positive)


# --- scores ---------------------------------------------------------------------------------


def iou(got: Mask, picture: Picture) -> float:
    """Intersection over union where pixels count; 1 when both are empty."""
    one, two = got & picture.counts, picture.truth & picture.counts
    union = int((one | two).sum())
    return int((one & two).sum()) / union if union else 1.0


@dataclass(frozen=True)
class Track:
    """IoU after each click on one picture; the last one holds from then on."""

    name: str
    ious: tuple[float, ...]

    def clicks_until(self, threshold: float, most: int = MOST) -> int:
        """Clicks until IoU reaches ``threshold``; ``most`` when it does not."""
        reached = [i for i, value in enumerate(self.ious, start=1) if value >= threshold]
        return min(reached[0], most) if reached else most

    def after(self, count: int) -> float:
        """IoU after ``count`` clicks."""
        return self.ious[min(count, len(self.ious)) - 1] if self.ious else 0.0


@dataclass(frozen=True)
class Report:
    """Means over all pictures."""

    tracks: tuple[Track, ...]
    noc: Mapping[float, float]
    iou: Mapping[int, float]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON and tables: one number a key."""
        return {
            "pictures": len(self.tracks),
            **{f"NoC@{round(100 * t)}": round(value, 3) for t, value in self.noc.items()},
            **{f"IoU@{count}": round(value, 4) for count, value in self.iou.items()},
            "seconds": round(self.seconds, 1),
        }


def follow(
    model: Predictor, picture: Picture, seed: int, most: int = MOST, jitter_px: float = JITTER_PX
) -> Track:
    """Click until IoU is above every threshold (``COUNTS`` at least), or ``most`` times."""
    chance = np.random.default_rng(seed)
    model.begin(picture.image)
    clicks: list[Click] = []
    ious: list[float] = []
    got: Mask | None = None
    while len(clicks) < most:
        click = next_click(got, picture, chance, jitter_px)
        if click is None:
            break
        clicks.append(click)
        got = np.asarray(model.mask(clicks) > 0)
        ious.append(iou(got, picture))
        if ious[-1] >= max(THRESHOLDS) and len(clicks) >= max(COUNTS):
            break
    return Track(picture.name, tuple(ious))


def evaluate(
    model: Predictor,
    pictures: Iterable[Picture],
    seed: int = 0,
    most: int = MOST,
    told: Callable[[Track], None] | None = None,
) -> Report:
    """Follow every picture, each with its own chance; ``told`` hears of each.

    Errors: ZooError when there is no picture.
    """
    start = time.perf_counter()
    tracks = []
    for index, picture in enumerate(pictures):
        tracks.append(follow(model, picture, seed + index, most))
        if told:
            told(tracks[-1])
    if not tracks:
        raise ZooError("no picture to evaluate: images and masks do not pair")
    return Report(
        tuple(tracks),
        {t: float(np.mean([track.clicks_until(t, most) for track in tracks])) for t in THRESHOLDS},
        {count: float(np.mean([track.after(count) for track in tracks])) for count in COUNTS},
        time.perf_counter() - start,
    )


# --- pictures -------------------------------------------------------------------------------

_UNKNOWN = 128  # in a truth: not counted


def pictures(folder: Path, limit: int | None = None) -> Iterable[Picture]:
    """Those of a data folder, by name: ``images/`` with ``masks/`` or ``ground-truth/``.

    Masks: 0 background, 128 not counted, else object. Read when they are asked for.
    Errors: ZooError when the folder has no such layout or a mask another size.
    """
    masks = next((folder / m for m in ("ground-truth", "masks") if (folder / m).is_dir()), None)
    if masks is None or not (folder / "images").is_dir():
        raise ZooError(f"{folder}: no images/ beside masks/ or ground-truth/")
    paths = sorted(p for p in (folder / "images").iterdir() if (masks / f"{p.stem}.png").exists())
    for path in paths[:limit]:
        image = np.asarray(Image.open(path).convert("RGB"))
        marks = np.asarray(Image.open(masks / f"{path.stem}.png").convert("L"))
        if marks.shape != image.shape[:2]:
            raise ZooError(f"{path}: the mask is {marks.shape}, the picture {image.shape[:2]}")
        counts = marks != _UNKNOWN
        yield Picture(path.stem, image, (marks > 0) & counts, counts)


def evaluate_package(
    package: Path,
    folder: Path,
    resize: Resize = "letterbox",
    limit: int | None = None,
    seed: int = 0,
    told: Callable[[Track], None] | None = None,
) -> Report:
    """A package (folder or .dtmodel) in ONNX Runtime on the pictures of a data folder.

    Errors: ZooError when the package is of no mask contract or the folder holds no pictures.
    """
    encoder = OrtSession(package_file(package, "encoder.onnx"))
    decoder = OrtSession(package_file(package, "decoder.onnx"))
    return evaluate(predictor(encoder, decoder, resize), pictures(folder, limit), seed, told=told)
