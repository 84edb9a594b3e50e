# SPDX-License-Identifier: GPL-3.0-or-later
"""The .dtmodel: a zip with one top folder, the same bytes for the same content."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from latent_package.types import PackageError

CONFIG = "config.json"
Content = bytes | Path  # of one file of a package: in memory, or on the disk

_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_BLOCK = 1 << 20
_NAME = re.compile(r"(?!\.{1,2}(/|$))[^\\:\x00-\x1f/]+(/(?!\.{1,2}(/|$))[^\\:\x00-\x1f/]+)*")


def as_json(value: Any) -> bytes:
    """UTF-8, four spaces, newline at the end. Errors: ValueError for NaN, which JSON lacks."""
    return (json.dumps(value, indent=4, ensure_ascii=False, allow_nan=False) + "\n").encode()


@contextmanager
def _opened(content: Content) -> Iterator[IO[bytes]]:
    if isinstance(content, bytes):
        yield io.BytesIO(content)
        return
    with content.open("rb") as file:
        yield file


def sha256(content: Content) -> str:
    """In lower-case hex digits."""
    digest = hashlib.sha256()
    with _opened(content) as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _size(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def files_below(folder: Path) -> dict[str, Content]:
    """Files of an unpacked package by name, sorted, with ``/`` between parts.

    Errors: PackageError for a link or a name that packages may not have.
    """
    files: dict[str, Content] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise PackageError(f"{path}: links have no place in a package")
        if path.is_file():
            if not _NAME.fullmatch(name) or len(name.encode()) > 255:
                raise PackageError(f"{path}: packages may not hold such a name")
            files[name] = path
    return dict(sorted(files.items()))


def file_facts(files: Mapping[str, Content]) -> dict[str, dict[str, str | int]]:
    """sha256 and size of every file but config.json, as ``latent.files`` states them."""
    return {
        name: {"sha256": sha256(content), "size": _size(content)}
        for name, content in sorted(files.items())
        if name != CONFIG
    }


def pack(files: Mapping[str, Content], model_id: str, path: Path) -> None:
    """Zip ``files`` under the top folder ``model_id``: sorted, deflated, without times of day.

    Makes the folder of ``path``; what stands there is replaced when the archive is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{model_id}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            entry.create_system = 3
            entry.file_size = _size(content)
            with _opened(content) as source, archive.open(entry, "w") as target:
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

    Errors: PackageError with the first fault.
    """
    if found := faults(path, model_id):
        raise PackageError(found[0])
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename.partition("/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, target.open("wb") as sink:
                while block := source.read(_BLOCK):
                    sink.write(block)


def read_package(path: Path) -> dict[str, bytes]:
    """Every file of a package by its name below the top folder, config.json among them.

    Errors: PackageError where the archive does not open or a file is not what config.json says.
    """
    stated = packed_config(path).get("latent", {}).get("files")
    with zipfile.ZipFile(path) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    if stated != file_facts(files):
        raise PackageError(f"{path}: the files are not those that {CONFIG} lists")
    return files


def _config_of(text: bytes, where: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{where}: not JSON that can be read: {error}") from error
    if not isinstance(content, dict):
        raise PackageError(f"{where}: no JSON object")
    return content


def read_config(path: Path) -> dict[str, Any]:
    """config.json of an unpacked package. Errors: PackageError when it is no JSON object."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: cannot be read: {error}") from error
    return _config_of(text, str(path))


def packed_config(path: Path) -> dict[str, Any]:
    """config.json of a .dtmodel, without unpacking the rest. Errors: PackageError."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.partition("/")[2] == CONFIG]
            text = archive.read(names[0]) if names else None
    except (OSError, zipfile.BadZipFile) as error:
        raise PackageError(f"{path}: not a package: {error}") from error
    if text is None:
        raise PackageError(f"{path}: not a package: it has no {CONFIG}")
    return _config_of(text, f"{path}, {CONFIG}")
