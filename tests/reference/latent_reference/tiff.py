# SPDX-License-Identifier: GPL-3.0-or-later
"""A TIFF 6.0 writer that says exactly what it is told: no tag is added, nothing is corrected.

Data are written as they come (so a 100 MP picture never stands in memory), the directories last.
Classic TIFF only: a file beyond 4 GiB is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE = (
    range(1, 13)
)
_SIZE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_LETTER = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d"}

Numbers = Sequence[int] | Sequence[float]


@dataclass(frozen=True)
class Late:
    """A byte value of known size whose content depends on where in the file it will lie."""

    size: int
    build: Callable[[int], bytes]


@dataclass
class Ifd:
    """One directory: tag number -> (TIFF type, value), and the directories it points at."""

    tags: dict[int, tuple[int, Numbers | bytes | Late]] = field(default_factory=dict)
    children: dict[int, list[Ifd]] = field(default_factory=dict)

    def put(self, tag: int, kind: int, *values: float) -> None:
        """Stores numbers under a tag."""
        self.tags[tag] = (kind, values)

    def put_text(self, tag: int, text: str) -> None:
        """Stores UTF-8 text with its closing zero as ASCII."""
        self.tags[tag] = (ASCII, text.encode() + b"\0")

    def put_bytes(self, tag: int, data: bytes | Late, kind: int = UNDEFINED) -> None:
        """Stores bytes as they are."""
        self.tags[tag] = (kind, data)


def _rational(value: float, order: str, signed: bool) -> bytes:
    fraction = Fraction(value).limit_denominator(1_000_000)
    letters = "ii" if signed else "II"
    return struct.pack(order + letters, fraction.numerator, fraction.denominator)


def encode_values(kind: int, values: Numbers, order: str) -> bytes:
    """The bytes of numbers of one TIFF type, in the byte order '<' or '>'."""
    if kind in (RATIONAL, SRATIONAL):
        return b"".join(_rational(float(v), order, kind == SRATIONAL) for v in values)
    numbers = values if kind in (FLOAT, DOUBLE) else [int(v) for v in values]
    return struct.pack(f"{order}{len(values)}{_LETTER[kind]}", *numbers)


class TiffWriter:
    """Writes data blocks first, then directories, then the pointer to the first of them.

    Errors   ValueError when the file would pass 4 GiB.
    """

    def __init__(self, stream: BinaryIO, order: str = "<") -> None:
        self.order = order
        self._stream = stream
        stream.write((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 0))

    def write(self, data: bytes) -> int:
        """Appends a block at an even offset and returns that offset."""
        offset = self._align()
        self._stream.write(data)
        return offset

    def _align(self) -> int:
        offset = self._stream.tell()
        if offset % 2:
            self._stream.write(b"\0")
            offset += 1
        if offset > 0xFFFFFFFF:
            raise ValueError("the file passes 4 GiB, which classic TIFF cannot address")
        return offset

    def write_ifd(self, ifd: Ifd, following: int = 0) -> int:
        """Writes a directory with its children and values; returns its offset."""
        entries: list[tuple[int, int, int, bytes]] = []
        for tag, children in ifd.children.items():
            offsets = [self.write_ifd(child) for child in children]
            cell = self._cell(encode_values(LONG, offsets, self.order))
            entries.append((tag, LONG, len(offsets), cell))
        for tag, (kind, value) in ifd.tags.items():
            data = self._bytes_of(kind, value)
            entries.append((tag, kind, len(data) // _SIZE[kind], self._cell(data)))
        table = struct.pack(self.order + "H", len(entries))
        for tag, kind, count, cell in sorted(entries):
            table += struct.pack(self.order + "HHI", tag, kind, count) + cell
        return self.write(table + struct.pack(self.order + "I", following))

    def _bytes_of(self, kind: int, value: Numbers | bytes | Late) -> bytes:
        if isinstance(value, Late):
            data = value.build(self._align())
            if len(data) != value.size:
                raise ValueError("a late value does not have the size it promised")
            return data
        return value if isinstance(value, bytes) else encode_values(kind, value, self.order)

    def _cell(self, data: bytes) -> bytes:
        """The four bytes of a directory entry: the value itself, or where it was written."""
        if len(data) <= 4:
            return data.ljust(4, b"\0")
        return struct.pack(self.order + "I", self.write(data))

    def finish(self, first_ifd: int) -> None:
        """Points the header at the first directory."""
        self._align()
        self._stream.seek(4)
        self._stream.write(struct.pack(self.order + "I", first_ifd))
        self._stream.seek(0, 2)
