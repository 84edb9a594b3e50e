# SPDX-License-Identifier: GPL-3.0-or-later
"""A training pack: licensed pictures, made small enough to travel, with their manifest.

A pack is a folder like the one it came from: pictures and PROVENANCE.csv; the rows gain what was
done and the sha256 of the file. ``train`` reads a pack as it reads the original folder.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from PIL import Image

from latent_train.pictures import MANIFEST, Photo, ProvenanceError, licensed_photos, sha256


def _shrink(photo: Photo, target: Path, long_side: int, quality: int) -> str:
    with Image.open(photo.path) as opened:
        picture = opened.convert("RGB")
    done = f"JPEG q{quality} 4:4:4"
    if max(picture.size) > long_side:
        factor = long_side / max(picture.size)
        size = (round(picture.width * factor), round(picture.height * factor))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
        done = f"bicubic to {size[0]}x{size[1]}; {done}"
    picture.save(target, quality=quality, subsampling=0, optimize=True)
    return done


def prepare(source: Path, target: Path, long_side: int = 1066, quality: int = 75) -> list[Photo]:
    """Write a pack of the pictures of ``source`` to ``target``.

    Errors: ProvenanceError from ``licensed_photos`` and for two pictures that would have the same
    name; FileExistsError when ``target`` exists.
    """
    photos = licensed_photos(source)
    stems = Counter(photo.path.stem for photo in photos)
    if twice := [stem for stem, count in stems.items() if count > 1]:
        raise ProvenanceError(f"two pictures in {source} would become {twice[0]}.jpg")
    target.mkdir(parents=True)
    rows = []
    for photo in photos:
        path = target / (photo.path.stem + ".jpg")
        done = _shrink(photo, path, long_side, quality)
        before = photo.row.get("processing", "")
        rows.append(
            {
                **photo.row,
                "file": path.name,
                "processing": f"{before}; {done}",
                "sha256": sha256(path),
            }
        )
    with (target / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return licensed_photos(target)
