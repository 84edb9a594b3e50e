# SPDX-License-Identifier: GPL-3.0-or-later
"""The .dtmodel: a zip with one top folder, the same bytes for the same content."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from latent_train.pictures import Photo, sha256
from latent_train.types import FloatArray

_DATE = (1980, 1, 1, 0, 0, 0)
CONFIG = "config.json"


def as_npy(array: FloatArray) -> bytes:
    """A float32 .npy file, C order."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype=np.float32))
    return buffer.getvalue()


def as_json(value: Any) -> bytes:
    """UTF-8, four spaces, newline at the end."""
    return (json.dumps(value, indent=4, ensure_ascii=False) + "\n").encode()


def provenance_csv(photos: list[Photo]) -> bytes:
    """The manifest's rows of the pictures that were used, with the sha256 of each file."""
    buffer = io.StringIO(newline="")
    columns = list(dict.fromkeys([*photos[0].row, "sha256"]))
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for photo in photos:
        writer.writerow({**photo.row, "sha256": sha256(photo.path)})
    return buffer.getvalue().encode()


def file_facts(files: dict[str, bytes]) -> dict[str, dict[str, str | int]]:
    """sha256 and size of every file, as ``latent.files`` in config.json states them."""
    return {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(files.items())
    }


def write_package(path: Path, model_id: str, files: dict[str, bytes]) -> None:
    """Zip ``files`` under the folder ``model_id``; sorted, deflated, without times of day.
    Makes the folder of ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{model_id}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, files[name])
    part.replace(path)


def read_package(path: Path) -> dict[str, bytes]:
    """Files of a package by their name below the top folder.

    Errors: ValueError when a file is not what config.json says of it.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    stated = json.loads(files[CONFIG])["latent"]["files"]
    actual = file_facts({name: data for name, data in files.items() if name != CONFIG})
    if stated != actual:
        raise ValueError(f"{path}: the files are not those that {CONFIG} lists")
    return files
