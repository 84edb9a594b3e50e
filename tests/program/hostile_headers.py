# SPDX-License-Identifier: GPL-3.0-or-later
"""Files whose headers promise far more than the files hold, each of a few kilobytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

SIDE = 24_000  # 576 megapixels, which the limits allow


def png_chunk(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    stated = len(content) if length is None else length
    return (
        struct.pack(">I", stated) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(side: int, *chunks: bytes, depth: int = 8) -> bytes:
    """An RGB picture of that side with the samples of one of 8 x 8."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x40" * 24 * (depth // 8)) * 8)
    end = png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + end


def bomb(megabytes: int) -> bytes:
    """Zeros, packed by deflate as far as it goes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def profile_bomb(megabytes: int) -> bytes:
    """A profile, packed, whose header says that it has as many bytes as come out."""
    packer = zlib.compressobj(9)
    size = megabytes << 20
    head = struct.pack(">I", size) + b"lcms\2\x10\0\0mntrRGB XYZ ".ljust(32, b"\0") + b"acsp"
    packed = packer.compress(head.ljust(1 << 20, b"\0"))
    packed += b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes - 1))
    return packed + packer.flush()


def raw_profile(kind: str, stated: int) -> bytes:
    """EXIF as text, as ImageMagick wrote it, of which `stated` bytes should be there."""
    text = f"\n{kind}\n{stated:8}\n{'00' * 36}\n".encode()
    return png_chunk(b"zTXt", f"Raw profile type {kind}".encode() + b"\0\0" + zlib.compress(text))


def exr(compression: int, *attributes: bytes, side: int = SIDE) -> bytes:
    def attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value

    channel = struct.pack("<IBBBBII", 1, 0, 0, 0, 0, 1, 1)
    names = b"".join(name + b"\0" + channel for name in (b"B", b"G", b"R"))
    window = struct.pack("<iiii", 0, 0, side - 1, side - 1)
    header = b"\x76\x2f\x31\x01\2\0\0\0" + b"".join(attributes)
    header += attribute(b"channels", b"chlist", names + b"\0")
    header += attribute(b"compression", b"compression", bytes([compression]))
    header += attribute(b"dataWindow", b"box2i", window)
    header += attribute(b"displayWindow", b"box2i", window)
    header += attribute(b"lineOrder", b"lineOrder", b"\0")
    header += attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1))
    header += attribute(b"screenWindowCenter", b"v2f", struct.pack("<ff", 0, 0))
    header += attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)) + b"\0"
    rows = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}[compression]
    blocks = (side + rows - 1) // rows
    begin = len(header) + 8 * blocks
    return header + struct.pack("<Q", begin) * blocks + bytes(1000)


def exr_text(stated: int) -> bytes:
    """An attribute of so many bytes, of which none is there."""
    return b"comments\0string\0" + struct.pack("<I", stated)


def tiff(
    entries: Sequence[tuple[int, int, Sequence[int]]], data: bytes = b"", at: int = 8
) -> bytes:
    """A directory of (tag, type 3 or 4, values) behind `data`, which begins at byte 8."""
    letters = {1: "B", 3: "H", 4: "I"}
    directory_at = 8 + len(data) + len(data) % 2
    values_at = directory_at + 2 + 12 * len(entries) + 4
    table, values = b"", b""
    for tag, kind, numbers in sorted(entries):
        packed = struct.pack(f"<{len(numbers)}{letters[kind]}", *numbers)
        table += struct.pack("<HHI", tag, kind, len(numbers))
        if len(packed) <= 4:
            table += packed.ljust(4, b"\0")
        else:
            table += struct.pack("<I", values_at + len(values))
            values += packed + b"\0" * (len(packed) % 2)
    head = b"II*\0" + struct.pack("<I", directory_at) + data + b"\0" * (len(data) % 2)
    return head + struct.pack("<H", len(entries)) + table + b"\0" * 4 + values


def tiff_picture(compression: int, data: bytes, side: int = SIDE, *, tile: int = 0) -> bytes:
    """RGB of 8 bits in one strip or tile of that side, whose bytes are `data`."""
    entries = [
        (256, 4, [side]), (257, 4, [side]), (258, 3, [8, 8, 8]), (259, 3, [compression]),
        (262, 3, [2]), (277, 3, [3]),
    ]  # fmt: skip
    if tile:
        entries += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, [8]), (325, 4, [len(data)])]
    else:
        entries += [(273, 4, [8]), (278, 4, [side]), (279, 4, [len(data)])]
    return tiff(entries, data)


def dng(compression: int, data: bytes, side: int = SIDE, samples: int = 1) -> bytes:
    """A mosaic, or linear RGB in lossy tiles, of that side in one strip."""
    linear = samples == 3
    bits = 8 if linear else 16
    entries = [
        (254, 4, [0]), (256, 4, [side]), (257, 4, [side]), (258, 3, [bits] * samples),
        (259, 3, [compression]), (262, 3, [34892 if linear else 32803]), (273, 4, [8]),
        (277, 3, [samples]), (278, 4, [side]), (279, 4, [len(data)]), (33421, 3, [2, 2]),
        (33422, 1, [0, 1, 1, 2]), (50706, 1, [1, 4, 0, 0]),
    ]  # fmt: skip
    return tiff(entries, data)


def jpeg(side: int = SIDE, *, progressive: bool = False) -> bytes:
    """The samples of a picture of 16 x 16 under a frame of that side."""
    file = io.BytesIO()
    picture = Image.fromarray(np.full((16, 16, 3), 90, np.uint8))
    picture.save(file, "JPEG", progressive=progressive)
    data = bytearray(file.getvalue())
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(data)
