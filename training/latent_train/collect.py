# SPDX-License-Identifier: GPL-3.0-or-later
"""The training pictures from where they come: a package's provenance.csv and clones of its sources.

A row names the repository, the blob (git's own hash of the file) and what was done to it. The file
is found to the bit; reducing and saving it gives the same picture, not the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from latent_train.pictures import MANIFEST, ProvenanceError

QUALITY = 88
_BY_AREA = re.compile(r"area 1/([2-9])")
_TO_TWO_THIRDS = "2/3 (Hamming)"
_TO_SRGB = "converted to sRGB"


def clone_of(source_repo: str, sources: Path) -> Path:
    """Where the clone of "github:owner/name" is expected: ``sources``/owner+name."""
    return sources / source_repo.partition(":")[2].replace("/", "+")


def original(row: dict[str, str], sources: Path, how: str = "blob") -> bytes:
    """The file that a row names; ``how`` "-e" only sees whether it is there.

    Errors: ProvenanceError where there is no clone that holds it.
    """
    clone = clone_of(row["source_repo"], sources)
    command = ["git", "-C", str(clone), "cat-file", how, row["blob"]]
    found = subprocess.run(command, capture_output=True, check=False)
    if found.returncode != 0:
        raise ProvenanceError(
            f"{row['file']}: {clone} is no clone of {row['source_repo']} with {row['path']} at "
            f"commit {row['commit']}"
        )
    return found.stdout


def _as_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    rgb = picture.convert("RGB")
    if profile is None:
        return rgb
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(rgb, given, ImageCms.createProfile("sRGB"))
    return rgb if converted is None else converted


def processed(picture: Image.Image, processing: str) -> Image.Image:
    """The picture after "area 1/3; converted to sRGB" and the like.

    Errors: ProvenanceError for a step that is not known.
    """
    steps = [step.strip() for step in processing.split(";")]
    picture = ImageOps.exif_transpose(picture)
    picture = _as_srgb(picture) if _TO_SRGB in steps else picture.convert("RGB")
    for step in steps:
        if by_area := _BY_AREA.fullmatch(step):
            picture = picture.reduce(int(by_area[1]))
        elif step == _TO_TWO_THIRDS:
            size = (round(picture.width * 2 / 3), round(picture.height * 2 / 3))
            picture = picture.resize(size, Image.Resampling.HAMMING)
        elif step not in (_TO_SRGB, "none", ""):
            raise ProvenanceError(f"{step!r} is no processing that is known")
    return picture


def collect(rows: Path, sources: Path, target: Path) -> int:
    """Make the folder of training pictures that a package's provenance.csv (``rows``) describes.

    ``sources`` holds a clone of every repository, named owner+name, with its history. Returns the
    number of pictures. Errors: ProvenanceError as above, before anything is written where a clone
    is missing, and for rows without a name of a file; FileExistsError when ``target`` exists.
    """
    with rows.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    if not wanted:
        raise ProvenanceError(f"{rows} names no picture")
    for row in wanted:
        if Path(row["file"]).name != row["file"]:
            raise ProvenanceError(f"{rows}: {row['file']!r} is no name of a file")
        original(row, sources, "-e")
    target.mkdir(parents=True)
    for row in wanted:
        with Image.open(io.BytesIO(original(row, sources))) as opened:
            picture = processed(opened, row["processing"])
        picture.save(target / row["file"], "JPEG", quality=QUALITY, subsampling=0)
    columns = [column for column in wanted[0] if column != "sha256"]  # of the files that were seen
    with (target / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(wanted)
    return len(wanted)
