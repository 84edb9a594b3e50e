# SPDX-License-Identifier: GPL-3.0-or-later
"""The PNGs among the pictures of make_pictures.py: depths, palettes, colours, passes, turning."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from picture_parts import (
    HEIGHT,
    WIDTH,
    Folder,
    exif,
    icc_of,
    packed_rows,
    plain_png,
    png_chunk,
    raw_profile,
    rng,
    rows_of,
    samples,
    xmp,
)


def write_pngs(folder: Folder) -> None:
    layouts = {"grey": (0, 1), "rgb": (2, 3), "greyalpha": (4, 2), "rgba": (6, 4)}
    for kind, (code, channels) in layouts.items():
        for bits in (8, 16):
            data = samples(f"uint{bits}", channels)
            stored = rows_of(data.astype(data.dtype.newbyteorder(">")).tobytes(), HEIGHT)
            name = f"{kind}{bits}.png"
            density = png_chunk(b"pHYs", struct.pack(">IIB", 11811, 5906, 1))
            tagged = png_chunk(b"eXIf", exif(6))
            (folder.path / name).write_bytes(
                plain_png(WIDTH, HEIGHT, bits, code, stored, density, tagged)
            )
            alpha = int(channels in (2, 4))
            facts = {"orientation": 6, "dpi_x": 299.9994, "dpi_y": 150.0124, "warnings": 0}
            folder.add(name, data, alpha=alpha, **facts)
    for bits in (1, 2, 4):
        top = (1 << bits) - 1
        values = rng.integers(0, top + 1, (HEIGHT, WIDTH))
        name = f"grey{bits}.png"
        stored = rows_of(packed_rows(values, bits), HEIGHT)
        (folder.path / name).write_bytes(plain_png(WIDTH, HEIGHT, bits, 0, stored))
        folder.add(name, (values * (255 // top)).astype(np.uint8)[..., None], warnings=1)
    for bits in (1, 2, 4, 8):
        for alphas in (0, 2):
            count = 1 << bits
            colours = rng.integers(0, 256, (count, 3), dtype=np.uint8)
            values = rng.integers(0, count, (HEIGHT, WIDTH))
            chunks = [png_chunk(b"PLTE", colours.tobytes())]
            truth = colours[values]
            if alphas:
                chunks.append(png_chunk(b"tRNS", bytes([0, 100])))
                opacity = np.array([0, 100] + [255] * (count - 2), np.uint8)
                truth = np.concatenate([truth, opacity[values][..., None]], axis=2)
            name = f"palette{bits}-{alphas}.png"
            stored = rows_of(packed_rows(values, bits), HEIGHT)
            (folder.path / name).write_bytes(plain_png(WIDTH, HEIGHT, bits, 3, stored, *chunks))
            folder.add(name, truth, alpha=int(alphas > 0), warnings=0)
    stored = rows_of(bytes(rng.integers(0, 16, HEIGHT * WIDTH, dtype=np.uint8)), HEIGHT)
    short = png_chunk(b"PLTE", bytes(range(30)))
    (folder.path / "palette-beyond.png").write_bytes(plain_png(WIDTH, HEIGHT, 8, 3, stored, short))
    folder.refuse("palette-beyond.png", "corrupt", "list")
    grey = samples("uint16", 1)
    grey[2:5] = 1234
    stored = rows_of(grey.astype(">u2").tobytes(), HEIGHT)
    key = png_chunk(b"tRNS", struct.pack(">H", 1234))
    (folder.path / "key.png").write_bytes(plain_png(WIDTH, HEIGHT, 16, 0, stored, key))
    opaque = np.where(grey == 1234, 0, 65535).astype(np.uint16)
    folder.add("key.png", np.concatenate([grey, opaque], axis=2), alpha=1, warnings=0)
    write_png_colours(folder)
    write_grey_gammas(folder)
    write_interlaced(folder)
    for name, width, height, error, word in (
        ("huge.png", 2_000_000_000, 2_000_000_000, "too_large", "65000"),
        ("lying.png", 24_000, 24_000, "corrupt", "cut"),
        ("zero.png", 0, 5, "corrupt", "libpng"),
    ):
        (folder.path / name).write_bytes(plain_png(width, height, 16, 2, b"\0" * 5000))
        folder.refuse(name, error, word)


def write_png_colours(folder: Folder) -> None:
    data = samples("uint8", 3)
    stored = rows_of(data.tobytes(), HEIGHT)

    def write(name: str, *chunks: bytes, **facts: Any) -> None:
        (folder.path / name).write_bytes(plain_png(WIDTH, HEIGHT, 8, 2, stored, *chunks))
        folder.add(name, data, **facts)

    profile = b"name\0\0" + zlib.compress(icc_of("srgb"))
    write("iccp.png", png_chunk(b"iCCP", profile), icc=1, warnings=0)
    broken = b"name\0\0" + zlib.compress(b"no profile" * 30)
    write("iccp-broken.png", png_chunk(b"iCCP", broken), icc=0, warnings=1)
    adobe = [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]
    chromaticities = png_chunk(b"cHRM", struct.pack(">8I", *adobe))
    gamma = png_chunk(b"gAMA", struct.pack(">I", 100000))
    write("linear.png", gamma, chromaticities, icc=0, warnings=0, made="other")
    write("usual.png", png_chunk(b"gAMA", struct.pack(">I", 45455)), warnings=0, made="srgb")
    write("srgb.png", gamma, png_chunk(b"sRGB", b"\0"), warnings=0, made="srgb")
    embedded = png_chunk(b"iCCP", profile)

    def coded(*numbers: int) -> bytes:
        chunk: bytes = png_chunk(b"cICP", bytes(numbers))
        return chunk

    write("cicp-srgb.png", coded(1, 13, 0, 1), gamma, warnings=0, made="srgb")
    write("cicp-p3.png", coded(12, 13, 0, 1), embedded, icc=0, warnings=0, made="displayp3")
    write("cicp-linear.png", coded(9, 8, 0, 1), warnings=0, made="other")
    # the curve of a camera, which no profile of ours has; video's narrow range; nothing said
    write("cicp-camera.png", coded(1, 1, 0, 1), warnings=1, made="srgb")
    write("cicp-camera-icc.png", coded(9, 14, 0, 1), embedded, icc=1, warnings=1)
    write("cicp-narrow.png", coded(1, 13, 0, 0), warnings=1, made="srgb")
    write("cicp-unsaid.png", coded(2, 2, 0, 1), warnings=0, made="srgb")
    for name, transfer in (("PQ", 16), ("HLG", 18)):
        hdr = plain_png(WIDTH, HEIGHT, 8, 2, stored, coded(9, transfer, 0, 1), embedded)
        (folder.path / f"cicp-{name.lower()}.png").write_bytes(hdr)
        folder.refuse(f"cicp-{name.lower()}.png", "unsupported", name)


def write_grey_gammas(folder: Folder) -> None:
    """A gamma that no profile of ours has, which counts only where no profile is embedded."""
    data = samples("uint8", 1)
    stored = rows_of(data.tobytes(), HEIGHT)
    gamma = png_chunk(b"gAMA", struct.pack(">I", 55556))
    grey = b"name\0\0" + zlib.compress(imagecodecs.cms_profile("gray", gamma=1.8))
    for name, chunks, icc in (
        ("grey-gamma.png", [gamma], 0),
        ("grey-gamma-icc.png", [png_chunk(b"iCCP", grey), gamma], 1),
    ):
        (folder.path / name).write_bytes(plain_png(WIDTH, HEIGHT, 8, 0, stored, *chunks))
        folder.add(name, data, icc=icc, warnings=1 - icc)


def write_orientations(folder: Folder) -> None:
    """Where the format's own place says nothing: EXIF in text, then XMP."""
    data = samples("uint8", 3)
    stored = rows_of(data.tobytes(), HEIGHT)
    text = png_chunk(b"zTXt", raw_profile("exif", b"Exif\0\0" + exif(6)))
    packet = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(8))
    own = png_chunk(b"eXIf", exif(3))
    for name, chunks, orientation in (
        ("turned-text.png", [text], 6),
        ("turned-xmp.png", [packet], 8),
        ("turned-text-xmp.png", [text, packet], 6),
        ("turned-exif-xmp.png", [own, packet], 3),
        ("turned-exif-silent.png", [png_chunk(b"eXIf", exif(0)), packet], 8),
    ):
        (folder.path / name).write_bytes(plain_png(WIDTH, HEIGHT, 8, 2, stored, *chunks))
        folder.add(name, data, orientation=orientation, warnings=0)
    tifffile.imwrite(
        folder.path / "turned-xmp.tif", data, photometric="rgb", metadata=None,
        extratags=[(700, 1, len(xmp(5)), xmp(5), True)],
    )  # fmt: skip
    folder.add("turned-xmp.tif", data, orientation=5, warnings=0)


def write_interlaced(folder: Folder) -> None:
    """Adam7, pass by pass."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
              (0, 1, 1, 2)]  # fmt: skip
    for kind, code, dtype, channels in (("rgb", 2, "uint16", 3), ("palette", 3, "uint8", 1)):
        data = samples(dtype, channels)
        body = b""
        for x, y, dx, dy in passes:
            part = data[y::dy, x::dx]
            body += rows_of(part.astype(part.dtype.newbyteorder(">")).tobytes(), part.shape[0])
        chunks, truth = [], data
        if kind == "palette":
            colours = rng.integers(0, 256, (256, 3), dtype=np.uint8)
            chunks.append(png_chunk(b"PLTE", colours.tobytes()))
            truth = colours[data[..., 0]]
        png = plain_png(WIDTH, HEIGHT, data.dtype.itemsize * 8, code, body, *chunks)
        head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, data.dtype.itemsize * 8, code, 0, 0, 1)
        png = png[:8] + png_chunk(b"IHDR", head) + png[33:]
        (folder.path / f"interlaced-{kind}.png").write_bytes(png)
        folder.add(f"interlaced-{kind}.png", truth, warnings=0)
