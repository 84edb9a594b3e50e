# SPDX-License-Identifier: GPL-3.0-or-later
"""Licensed pictures: the manifest, and the reduced pictures in memory.

A picture that has no row in the manifest is refused: what a shipped model has seen is known.
"""

from __future__ import annotations

import csv
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from latent_train.config import DataConfig
from latent_train.types import ByteArray

MANIFEST = "PROVENANCE.csv"
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_FREE = re.compile(
    r"CC0(-1\.0)?|CC-BY(-SA)?(-[1-4]\.[0-9])?|PUBLIC-DOMAIN|UNLICENSE(-PUBLIC-DOMAIN)?"
    r"|[AL]?GPL(-[1-3](\.[0-9])?)?(\+|-ONLY|-OR-LATER)?|MIT|BSD-[23]-CLAUSE|APACHE-2\.0"
)
"""Whole names; words around a name ("CC BY 4.0, no derivatives") may take back what it gives."""


class ProvenanceError(ValueError):
    """A picture whose origin or licence is not known, or not free."""


@dataclass(frozen=True)
class Photo:
    """One picture and its row of the manifest."""

    path: Path
    row: dict[str, str]


def read_manifest(folder: Path) -> list[dict[str, str]]:
    """Rows of ``folder``/PROVENANCE.csv. Errors: ProvenanceError when there is none."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ProvenanceError(f"{folder} has no {MANIFEST}: its pictures have no known origin")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_free(licence: str) -> bool:
    """Whether a model may be trained on it and shipped: it is a licence we know, and that alone."""
    name = re.sub(r"[()]", "", licence).strip().upper().replace(" ", "-")
    return _FREE.fullmatch(name) is not None


def licensed_photos(folder: Path) -> list[Photo]:
    """Every picture of ``folder`` with its row, sorted by name.

    Errors: ProvenanceError for a picture without a row or with two, a row without its picture, a
    licence that is not free, or a file that is not the one whose ``sha256`` the row states.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in read_manifest(folder):
        if rows.setdefault(row["file"], row) is not row:
            raise ProvenanceError(f"{row['file']} has two rows in {MANIFEST}")
    found = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in _PICTURES)
    if strangers := sorted(set(found) - set(rows)):
        raise ProvenanceError(f"{strangers[0]} has no row in {MANIFEST}")
    if missing := sorted(set(rows) - set(found)):
        raise ProvenanceError(f"{missing[0]} stands in {MANIFEST} but is not in {folder}")
    for name in found:
        if not is_free(rows[name]["licence"]):
            raise ProvenanceError(f"{name}: licence {rows[name]['licence']!r} is not free")
        stated = rows[name].get("sha256")
        if stated and stated != sha256(folder / name):
            raise ProvenanceError(f"{name} is not the file that {MANIFEST} states the sha256 of")
    return [Photo(folder / name, rows[name]) for name in found]


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_FILTERS = {"box": Image.Resampling.BOX, "bicubic": Image.Resampling.BICUBIC}


def _reduced(path: Path, scale: tuple[int, int, float], reduction: str) -> ByteArray:
    numerator, denominator, _ = scale
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    if numerator != denominator:
        size = (picture.width * numerator // denominator, picture.height * numerator // denominator)
        picture = picture.resize(size, _FILTERS[reduction])
    return np.asarray(picture)


def _detail(patch: ByteArray) -> float:
    """Mean step between neighbours of the green channel, in 8-bit steps."""
    green = patch[..., 1].astype(np.int16)
    return float(np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean())


class PictureSet:
    """All pictures at every scale in memory; crops are drawn by area within a scale."""

    def __init__(self, photos: list[Photo], config: DataConfig, threads: int = 2) -> None:
        self.patch_px = config.patch_px
        self.picks = config.picks
        self.shares = np.array([scale[2] for scale in config.scales])
        self.shares /= self.shares.sum()
        self.scales: list[list[ByteArray]] = []
        self.by_area: list[np.ndarray] = []
        with ThreadPoolExecutor(threads) as pool:
            for scale in config.scales:
                loaded = pool.map(
                    lambda photo, scale=scale: _reduced(photo.path, scale, config.reduction), photos
                )
                fit = [p for p in loaded if min(p.shape[:2]) >= config.patch_px]
                if not fit:
                    raise ProvenanceError("no picture is large enough for one patch")
                areas = np.array([p.shape[0] * p.shape[1] for p in fit], dtype=np.float64)
                self.scales.append(fit)
                self.by_area.append(areas / areas.sum())
        self.largest_px = max(min(p.shape[:2]) for fit in self.scales for p in fit)

    def crop(self, rng: np.random.Generator, size: int | None = None) -> ByteArray:
        """A random crop [size, size, 3] 8-bit sRGB, mirrored and turned at random; of the recipe's
        ``picks`` the one with most detail.

        ``size`` is the recipe's patch where it is not given. Errors: ValueError where no picture
        is that large.
        """
        drawn = [self._crop(rng, size or self.patch_px) for _ in range(self.picks)]
        return max(drawn, key=_detail) if self.picks > 1 else drawn[0]

    def _crop(self, rng: np.random.Generator, size: int) -> ByteArray:
        if size > self.largest_px:
            raise ValueError(f"no picture is large enough for a crop of {size} px")
        while True:
            scale = rng.choice(len(self.scales), p=self.shares)
            picture = self.scales[scale][rng.choice(len(self.scales[scale]), p=self.by_area[scale])]
            if min(picture.shape[:2]) >= size:
                break
        y = rng.integers(picture.shape[0] - size + 1)
        x = rng.integers(picture.shape[1] - size + 1)
        patch: ByteArray = picture[y : y + size, x : x + size]
        if rng.random() < 0.5:
            patch = patch[:, ::-1]
        return np.rot90(patch, int(rng.integers(4)))
