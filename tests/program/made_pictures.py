# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures in containers that no library of the tests writes: OpenEXR, JPEG by segments."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Samples = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]

SRGB_XY = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
AP0_XY = (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767)
XYZ_XY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3)


def scene(height: int, width: int) -> Floats:
    """Light of a soft picture of many colours, 0.05 to 0.95, without noise."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [0.5 + 0.4 * np.sin(x / (7 + 3 * c) + c) * np.cos(y / (9 + 2 * c)) for c in range(3)]
    return np.stack(waves, axis=2)


def grain(shape: tuple[int, ...], sigma: float, seed: int = 5) -> Floats:
    return np.random.default_rng(seed).normal(0, sigma, shape)


def exr_attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value


def write_exr(
    path: Path,
    light: Floats,
    *,
    chromaticities: tuple[float, ...] | None = None,
    data: Box | None = None,
    display: Box | None = None,
    aspect: float = 1.0,
    more: bytes = b"",
) -> Path:
    """R, G and B as 32-bit floats, a line in a block, not compressed."""
    height, width = light.shape[:2]
    data = data or (0, 0, width - 1, height - 1)
    channels = b"".join(
        name + b"\0" + struct.pack("<iBxxxii", 2, 0, 1, 1) for name in (b"B", b"G", b"R")
    )
    header = (
        exr_attribute("channels", "chlist", channels + b"\0")
        + exr_attribute("compression", "compression", b"\0")
        + exr_attribute("dataWindow", "box2i", struct.pack("<4i", *data))
        + exr_attribute("displayWindow", "box2i", struct.pack("<4i", *(display or data)))
        + exr_attribute("lineOrder", "lineOrder", b"\0")
        + exr_attribute("pixelAspectRatio", "float", struct.pack("<f", aspect))
        + exr_attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0))
        + exr_attribute("screenWindowWidth", "float", struct.pack("<f", 1))
        + more
    )
    if chromaticities is not None:
        header += exr_attribute(
            "chromaticities", "chromaticities", struct.pack("<8f", *chromaticities)
        )
    start = b"\x76\x2f\x31\x01" + struct.pack("<I", 2) + header + b"\0"
    lines = []
    for y in range(height):
        planes = light[y, :, ::-1].T.astype("<f4").tobytes()
        lines.append(struct.pack("<ii", data[1] + y, len(planes)) + planes)
    at = len(start) + 8 * height
    table = b""
    for line in lines:
        table += struct.pack("<Q", at)
        at += len(line)
    path.write_bytes(start + table + b"".join(lines))
    return path


def exr_header(path: Path) -> dict[str, tuple[str, bytes]]:
    """The attributes of an OpenEXR file: type and bytes by name."""
    content = path.read_bytes()
    at, found = 8, {}
    while content[at] != 0:
        name_end = content.index(b"\0", at)
        type_end = content.index(b"\0", name_end + 1)
        (size,) = struct.unpack_from("<I", content, type_end + 1)
        value = content[type_end + 5 : type_end + 5 + size]
        found[content[at:name_end].decode()] = (content[name_end + 1 : type_end].decode(), value)
        at = type_end + 5 + size
    return found


def jpeg(samples: Samples, **options: Any) -> bytes:
    stream = BytesIO()
    Image.fromarray(samples).save(stream, "JPEG", **{"quality": 95, **options})
    return stream.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segments(picture: bytes, *segments: bytes) -> bytes:
    """A JPEG with these behind its beginning."""
    return picture[:2] + b"".join(segments) + picture[2:]


def xmp_packet(attributes: str = "", elements: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f"{attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
