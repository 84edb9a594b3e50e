# SPDX-License-Identifier: GPL-3.0-or-later
"""The .dtmodel: a zip with one top folder, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from latent_zoo.types import ZooError

CONFIG = "config.json"
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_BLOCK = 1 << 20
_NAME = re.compile(r"(?!\.{1,2}(/|$))[^\\:\x00-\x1f/]+(/(?!\.{1,2}(/|$))[^\\:\x00-\x1f/]+)*")


def as_json(value: Any) -> bytes:
    """UTF-8, four spaces, newline at the end."""
    return (json.dumps(value, indent=4, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256(path: Path) -> str:
    """Of a file, in lower-case hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def names_below(folder: Path) -> list[str]:
    """Files of an unpacked package, sorted, with ``/`` between parts.

    Errors: ZooError for a link or a name that packages may not have.
    """
    names = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise ZooError(f"{path}: links have no place in a package")
        if path.is_file():
            if not _NAME.fullmatch(name) or len(name.encode()) > 255:
                raise ZooError(f"{path}: packages may not hold such a name")
            names.append(name)
    return sorted(names)


def file_facts(folder: Path) -> dict[str, dict[str, str | int]]:
    """sha256 and size of every file but config.json, as ``latent.files`` states them."""
    return {
        name: {"sha256": sha256(folder / name), "size": (folder / name).stat().st_size}
        for name in names_below(folder)
        if name != CONFIG
    }


def pack(folder: Path, model_id: str, path: Path) -> None:
    """Zip ``folder`` under the top folder ``model_id``: sorted, deflated, without times of day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in names_below(folder):
            entry = zipfile.ZipInfo(f"{model_id}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            entry.create_system = 3
            entry.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
    part.replace(path)


def faults(path: Path, model_id: str) -> list[str]:
    """What is wrong with a package as an archive, one sentence each."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            damaged = archive.testzip()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        return [f"{path}: not a zip that opens: {error}"]
    found = []
    names = [entry.filename for entry in entries]
    if damaged is not None:
        found.append(f"{path}: {damaged} is damaged")
    if names != sorted(names):
        found.append(f"{path}: the entries are not sorted")
    if len(set(names)) != len(names):
        found.append(f"{path}: an entry is there twice")
    if f"{model_id}/{CONFIG}" not in names:
        found.append(f"{path}: there is no {model_id}/{CONFIG}")
    for entry in entries:
        top, _, name = entry.filename.partition("/")
        if top != model_id or not _NAME.fullmatch(name):
            found.append(f"{path}: {entry.filename!r} does not lie in the one folder {model_id}")
        elif entry.external_attr >> 28 not in (0, 8):
            found.append(f"{path}: {entry.filename} is no plain file")
        elif entry.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            found.append(f"{path}: {entry.filename} is not deflated")
        elif entry.date_time != _DATE:
            found.append(f"{path}: {entry.filename} carries a time of day")
    return found


def unpack(path: Path, model_id: str, folder: Path) -> None:
    """Unpack a package that has no ``faults`` into ``folder``.

    Errors: ZooError with the first fault.
    """
    if found := faults(path, model_id):
        raise ZooError(found[0])
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename.partition("/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, target.open("wb") as sink:
                while block := source.read(_BLOCK):
                    sink.write(block)


def read_config(path: Path) -> dict[str, Any]:
    """config.json of an unpacked package. Errors: ZooError when it is no JSON object."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ZooError(f"{path}: not JSON that can be read: {error}") from error
    if not isinstance(content, dict):
        raise ZooError(f"{path}: no JSON object")
    return content


def packed_config(path: Path) -> dict[str, Any]:
    """config.json of a .dtmodel, without unpacking the rest."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.partition("/")[2] == CONFIG)
            content = json.loads(archive.read(name))
    except (OSError, zipfile.BadZipFile, ValueError, StopIteration) as error:
        raise ZooError(f"{path}: not a package: {error or 'it has no config.json'}") from error
    if not isinstance(content, dict):
        raise ZooError(f"{path}: config.json is no JSON object")
    return content
