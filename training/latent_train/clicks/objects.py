# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a folder of photographs with masks, of free licences alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from latent_train.clicks.cases import Case
from latent_train.clicks.config import CaseConfig
from latent_train.clicks.simulate import Bools
from latent_train.pictures import ProvenanceError, is_free, read_manifest
from latent_train.types import ByteArray

_WHOLE = ("all 80 COCO classes", "all LVIS classes checked there")
"""Values of the column ``labelled`` where what has no label is background."""


def free_rows(folder: Path) -> list[dict[str, str]]:
    """The rows of the manifest that may train what ships, sorted by file.

    Errors: ProvenanceError where there is none.
    """
    rows = [
        row
        for row in read_manifest(folder)
        if row["split"] == "train"
        and is_free(row["licence"])
        and is_free(row["annotation_licence"])
    ]
    if not rows:
        raise ProvenanceError(f"{folder} has no photograph with masks under a free licence")
    return sorted(rows, key=lambda row: row["file"])


def reduced(picture: Image.Image, longest_px: int, method: Image.Resampling) -> Image.Image:
    """A picture whose longest side is at most ``longest_px``."""
    scale = longest_px / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), method)


def read_reduced(path: Path, longest_px: int) -> ByteArray:
    """A picture in 8-bit sRGB, reduced."""
    with Image.open(path) as opened:
        return np.asarray(reduced(opened.convert("RGB"), longest_px, Image.Resampling.BICUBIC))


def _known(truth: Bools, labels: ByteArray, whole: bool) -> Bools:
    """Everything, or labelled objects and a rim around this one."""
    if whole:
        return np.ones(truth.shape, bool)
    rim = max(8.0, 0.25 * float(np.sqrt(truth.sum())))
    near: Bools = ndimage.distance_transform_edt(~truth) <= rim
    return near | (labels > 0)


def objects(folder: Path, config: CaseConfig) -> Iterator[Case]:
    """Every object that is neither too small nor too large, photograph by photograph.

    Errors: as ``free_rows``.
    """
    for number, row in enumerate(free_rows(folder)):
        picture = read_reduced(folder / row["file"], config.longest_px)
        with Image.open(folder / row["mask"]) as opened:
            small = reduced(opened, config.longest_px, Image.Resampling.NEAREST)
            labels = np.asarray(small, np.uint8)
        if labels.shape != picture.shape[:2]:
            raise ProvenanceError(f"{row['mask']} is not of the size of {row['file']}")
        for label in np.unique(labels[labels > 0]):
            truth = labels == label
            if config.least_share <= truth.mean() <= config.most_share:
                yield Case(
                    f"{row['image_id']}_{label}",
                    picture,
                    truth,
                    _known(truth, labels, row["labelled"] in _WHOLE),
                    number % config.hold_out == 0,
                )
