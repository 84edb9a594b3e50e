# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds tags to the first directory of a small DNG, and reads them back."""

from __future__ import annotations

import struct
from pathlib import Path

import tifffile

Tags = dict[int, tuple[int, bytes]]
"""Tag -> TIFF type and values, as they stand in a little-endian file."""

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, DOUBLE = 1, 2, 3, 4, 5, 7, 10, 12
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8, 12: 8}


def add_tags(path: Path, tags: Tags, without: tuple[int, ...] = ()) -> None:
    """Appends a new first directory that holds the old fields and these."""
    data = bytearray(path.read_bytes())
    assert data[:4] == b"II*\0"
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    entries = {
        struct.unpack_from("<H", data, at + 2 + 12 * i)[0]: bytes(
            data[at + 2 + 12 * i : at + 14 + 12 * i]
        )
        for i in range(count)
    }
    for tag in without:
        entries.pop(tag, None)
    for tag, (kind, values) in tags.items():
        inside = values
        if len(values) > 4:
            data += bytes(len(data) % 2)
            inside = struct.pack("<I", len(data))
            data += values
        entries[tag] = struct.pack("<HHI", tag, kind, len(values) // _SIZES[kind]) + inside.ljust(
            4, b"\0"
        )
    data += bytes(len(data) % 2)
    struct.pack_into("<I", data, 4, len(data))
    data += struct.pack("<H", len(entries))
    for tag in sorted(entries):
        data += entries[tag]
    data += bytes(4)
    path.write_bytes(data)


def tags_of(path: Path) -> dict[int, object]:
    """All tags of the first directory and those below it; the raw picture's go first."""
    found: dict[int, object] = {}
    with tifffile.TiffFile(path) as file:
        pages = [file.pages[0], *(file.pages[0].pages or [])]
        for page in pages:
            for tag in page.tags:
                found.setdefault(tag.code, tag.value)
        for page in pages:
            if page.photometric in (32803, 34892):
                found |= {tag.code: tag.value for tag in page.tags}
    return found
