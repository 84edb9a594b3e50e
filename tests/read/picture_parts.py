# SPDX-License-Identifier: GPL-3.0-or-later
"""What make_pictures.py is made of: samples, the list of pictures, and plain TIFF, PNG and EXIF."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageCms

HEIGHT, WIDTH = 37, 51
rng = np.random.default_rng(5)


def samples(dtype: str, channels: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """A gradient with noise that uses the whole range of the type."""
    shape = (height, width, channels)
    ramp = np.linspace(0, 1, width)[None, :, None] * np.linspace(0.2, 1, channels)
    light = np.clip(ramp + rng.normal(0, 0.1, shape), 0, 1)
    light[0, 0], light[-1, -1] = 0, 1
    if dtype.startswith("float"):
        return (light * 3 - 0.5).astype(dtype)
    return np.round(light * np.iinfo(dtype).max).astype(dtype)


class Folder:
    """Where the pictures go, with their list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[str] = []
        self.refused: list[str] = []

    def add(self, name: str, truth: np.ndarray, **facts: Any) -> None:
        """Lists a picture that is already written."""
        depth = {"uint8": "u8", "uint16": "u16", "float32": "f32"}[str(truth.dtype)]
        stored = truth.astype(truth.dtype.newbyteorder("<"), order="C")
        (self.path / f"{name}.samples").write_bytes(stored.tobytes())
        height, width, channels = truth.shape
        facts = {"depth": depth, "width": width, "height": height, "channels": channels} | facts
        self.lines.append(f"file={name} " + " ".join(f"{k}={v}" for k, v in facts.items()))

    def refuse(self, name: str, code: str, word: str) -> None:
        self.refused.append(f"{name} {code} {word}")

    def write_lists(self) -> None:
        (self.path / "pictures.txt").write_text("\n".join(self.lines) + "\n")
        (self.path / "refused.txt").write_text("\n".join(self.refused) + "\n")


def plain_tiff(tags: dict[int, tuple[str, list[int]]], data: bytes, order: str = "<") -> bytes:
    """A TIFF of one uncompressed strip, tag by tag: type letter of struct, values."""
    types = {"B": 1, "H": 3, "I": 4}
    tags = dict(tags) | {273: ("I", [8]), 279: ("I", [len(data)])}
    padded = data + b"\0" * (len(data) % 2)
    table_at = 8 + len(padded)
    extra_at = table_at + 2 + 12 * len(tags) + 4
    table, extra = b"", b""
    for tag in sorted(tags):
        letter, values = tags[tag]
        packed = struct.pack(order + letter * len(values), *values)
        if len(packed) > 4:
            offset = extra_at + len(extra)
            extra += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack(order + "I", offset)
        table += struct.pack(order + "HHI", tag, types[letter], len(values)) + packed.ljust(
            4, b"\0"
        )
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, table_at)
    return head + padded + struct.pack(order + "H", len(tags)) + table + b"\0" * 4 + extra


def tags_of(bits: list[int], photometric: int, **more: Any) -> dict[int, tuple[str, list[int]]]:
    tags = {
        256: ("I", [WIDTH]),
        257: ("I", [HEIGHT]),
        258: ("H", bits),
        259: ("H", [1]),
        262: ("H", [photometric]),
        277: ("H", [len(bits)]),
        278: ("I", [HEIGHT]),
    }
    tags.update(more.get("extra", {}))
    return tags


def packed_rows(values: np.ndarray, bits: int) -> bytes:
    """Rows of `bits`-bit numbers from the highest bit on, each padded to a byte."""
    planes = (values[..., None].astype(np.uint32) >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(planes.reshape(values.shape[0], -1).astype(np.uint8), axis=1).tobytes()


def icc_of(space: str) -> bytes:
    if space == "srgb":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def float24(bits: np.ndarray) -> np.ndarray:
    sign, exponent, fraction = bits >> 23, (bits >> 16) & 0x7F, bits & 0xFFFF
    value = np.where(
        exponent == 0,
        np.ldexp(fraction.astype(float), -62 - 16),
        np.ldexp((fraction | 0x10000).astype(float), exponent.astype(int) - 63 - 16),
    )
    signed: np.ndarray = (np.where(sign == 1, -1, 1) * value).astype(np.float32)
    return signed


def expected(data: np.ndarray) -> np.ndarray:
    if data.dtype == np.uint32:
        return (data / 4294967295.0).astype(np.float32)
    if data.dtype.kind == "f":
        return data.astype(np.float32)
    return data


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )  # fmt: skip


def plain_png(width: int, height: int, bits: int, kind: int, data: bytes, *chunks: bytes) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body


def rows_of(data: bytes, height: int) -> bytes:
    """With the filter byte 0 before each row."""
    pitch = len(data) // height
    return b"".join(b"\0" + data[y * pitch : (y + 1) * pitch] for y in range(height))


def exif(orientation: int, colour_space: int = 1, r03: bool = False) -> bytes:
    """A little EXIF block: orientation, 350 dpi, colour space, interoperability index."""
    first = struct.pack("<H", 5)
    first += struct.pack("<HHIHH", 274, 3, 1, orientation, 0)
    first += struct.pack("<HHII", 282, 5, 1, 200) + struct.pack("<HHII", 283, 5, 1, 200)
    first += struct.pack("<HHIHH", 296, 3, 1, 2, 0) + struct.pack("<HHII", 34665, 4, 1, 100)
    block = (b"II*\0" + struct.pack("<I", 8) + first + b"\0" * 4).ljust(100, b"\0")
    second = struct.pack("<H", 2) + struct.pack("<HHIHH", 40961, 3, 1, colour_space, 0)
    second += struct.pack("<HHII", 40965, 4, 1, 150)
    block = (block + second + b"\0" * 4).ljust(150, b"\0")
    third = struct.pack("<H", 1) + struct.pack("<HHI", 1, 2, 4) + (b"R03\0" if r03 else b"R98\0")
    return (block + third + b"\0" * 4).ljust(200, b"\0") + struct.pack("<II", 700, 2)


def raw_profile(kind: str, content: bytes) -> bytes:
    """EXIF in text, as ImageMagick and older Exiv2 put it into PNG."""
    digits = content.hex()
    lines = "\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
    text = f"\n{kind}\n{len(content):8}\n{lines}\n".encode()
    return f"Raw profile type {kind}".encode() + b"\0\0" + zlib.compress(text)


def xmp(orientation: int) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{orientation}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()
