# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds for make_corpus.py that are pictures, blocks of them, or what writers are told."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from latent_reference import ljpeg
from picture_parts import exif, icc_of, plain_png, plain_tiff, png_chunk, raw_profile, tags_of, xmp
from PIL import Image

Seeds = dict[str, bytes]
SIDE = 8


def ramp(dtype: str, channels: int) -> np.ndarray:
    """A gradient of SIDE x SIDE pixels over the range of the type."""
    light = np.linspace(0, 1, SIDE * SIDE * channels).reshape(SIDE, SIDE, channels)
    if dtype.startswith("float"):
        return light.astype(dtype)
    return np.round(light * np.iinfo(dtype).max).astype(dtype)


def small_icc(space: bytes = b"RGB ", pcs: bytes = b"XYZ ") -> bytes:
    """A profile of a matrix and one curve, 388 bytes: lcms2's own is ten times as long."""
    xyz = b"XYZ \0\0\0\0" + struct.pack(">3i", 0x6FA2, 0x38F5, 0x390)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x233) + b"\0\0"
    para = b"para\0\0\0\0" + struct.pack(">HHiiiii", 3, 0, 0x26666, 0xF2A7, 0xD59, 0x13D0, 0xA5B)
    tags = [b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"rTRC", b"gTRC", b"bTRC"]
    blocks = xyz + curve + para
    at = 128 + 4 + 12 * len(tags)
    places = {True: (at, 20), False: (at + 20, 16)}
    table = struct.pack(">I", len(tags))
    for tag in tags:
        begin, length = places[not tag.endswith(b"TRC")]
        if tag == b"bTRC":
            begin, length = at + 36, len(para)
        table += tag + struct.pack(">II", begin, length)
    header = struct.pack(">I4sI4s4s4s", at + len(blocks), b"lcms", 0x02100000, b"mntr", space, pcs)
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    white = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(68, b"\0") + white + b"\0" * 48 + table + blocks


def tiffs() -> Seeds:
    """Every type and compression once; strips, tiles, planes; both byte orders; BigTIFF."""
    made: Seeds = {}
    options: dict[str, tuple[str, int, dict[str, Any]]] = {
        "u8_strips": ("uint8", 3, {"rowsperstrip": 3}),
        "u16_deflate": ("uint16", 3, {"compression": "deflate", "predictor": True}),
        "u16_lzw_big_endian": ("uint16", 1, {"compression": "lzw", "byteorder": ">"}),
        "f32_zstd_bigtiff": ("float32", 3, {"compression": "zstd", "bigtiff": True}),
        "f16_tiles": ("float16", 1, {"tile": (16, 16)}),
        "u8_planar": ("uint8", 3, {"planarconfig": "separate"}),
        "u32": ("uint32", 1, {}),
        "u8_packbits": ("uint8", 1, {"compression": "packbits"}),
        "u8_alpha": ("uint8", 4, {"extrasamples": ["unassalpha"], "iccprofile": small_icc()}),
    }
    for name, (dtype, channels, more) in options.items():
        data = ramp(dtype, channels)
        if more.get("planarconfig") == "separate":
            data = np.ascontiguousarray(np.moveaxis(data, -1, 0))
        data = data[..., 0] if channels == 1 else data
        photometric = "rgb" if channels >= 3 else "minisblack"
        stream = io.BytesIO()
        tifffile.imwrite(stream, data, photometric=photometric, metadata=None, **more)
        made[name] = stream.getvalue()
    palette = tags_of([4], 3, extra={320: ("H", list(range(0, 48 * 1000, 1000)))})
    made["palette"] = plain_tiff(palette, bytes(37 * 26))
    return made


def tiff_with_deltas() -> bytes:
    """The tags of BlackLevelDeltaH and V for eight columns and six rows."""
    tags = tags_of([16], 1) | {0xC61B: ("H", list(range(8))), 0xC61C: ("H", [3, 1, 4, 1, 5, 9])}
    return plain_tiff(tags, bytes(2 * 37 * 51))


def exif_blocks() -> Seeds:
    return {"upright": exif(1), "turned": exif(6, 2), "adobe": exif(1, 65535, True)}


def pngs() -> Seeds:
    rows = b"".join(b"\0" + bytes(range(24)) for _ in range(SIDE))
    grey = b"".join(bytes([y % 5]) + bytes(range(8)) for y in range(SIDE))
    texts = [
        png_chunk(b"tEXt", b"Title\0A title"),
        png_chunk(b"zTXt", raw_profile("exif", exif(6))),
        png_chunk(b"iTXt", b"Comment\0\0\0en\0\0A comment"),
        png_chunk(b"eXIf", exif(3)),
    ]
    icc = png_chunk(b"iCCP", b"p\0\0" + imagecodecs.zlib_encode(small_icc()))
    gamma = png_chunk(b"gAMA", struct.pack(">I", 45455))
    white = png_chunk(
        b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
    )
    palette = png_chunk(b"PLTE", bytes(range(48))) + png_chunk(b"tRNS", b"\x10\x20")
    return {
        "rgb_texts": plain_png(SIDE, SIDE, 8, 2, rows, *texts),
        "rgb_icc": plain_png(SIDE, SIDE, 8, 2, rows, icc),
        "rgb_gamma": plain_png(SIDE, SIDE, 8, 2, rows, gamma, white),
        "cicp": plain_png(SIDE, SIDE, 8, 2, rows, png_chunk(b"cICP", b"\x0c\x0d\0\1")),
        "grey_filters": plain_png(SIDE, SIDE, 8, 0, grey),
        "palette": plain_png(SIDE, SIDE, 8, 3, grey, palette),
        "u16": plain_png(4, SIDE, 16, 2, rows),
    }


def app_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpegs() -> Seeds:
    """Grey, colour, progressive; with EXIF, XMP and its extension, IPTC, a comment, a profile."""
    made: Seeds = {}
    for name, channels, more in (
        ("grey", 1, {}),
        ("rgb", 3, {"subsampling": 0}),
        ("progressive", 3, {"progressive": True, "subsampling": 2}),
    ):
        data = ramp("uint8", channels)
        stream = io.BytesIO()
        image = Image.fromarray(data[..., 0] if channels == 1 else data)
        image.save(stream, "JPEG", quality=80, **more)
        made[name] = stream.getvalue()
    plain = made["grey"]
    note = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", 40, 0)
    blocks = [
        app_segment(0xE1, b"Exif\0\0" + exif(6)),
        app_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(3)),
        app_segment(0xE1, note + b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>   "),
        app_segment(0xED, b"Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\x08\x1c\x02\x69\0\3abc"),
        app_segment(0xE2, b"ICC_PROFILE\0\1\1" + small_icc()),
        app_segment(0xFE, b"A comment"),
    ]
    made["blocks"] = plain[:2] + b"".join(blocks) + plain[2:]
    return made


def exr(
    channels: tuple[str, ...], pixel: int, compression: int = 0, *more: tuple[bytes, bytes, bytes]
) -> bytes:
    """An OpenEXR of scan lines, 8 x 4 pixels: pixel type 1 half, 2 float; not compressed, or as
    ZIPS (2), whose blocks of one line are kept plain where they would not become shorter."""
    width, height = 8, 4
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    listed = b"".join(
        name.encode() + b"\0" + struct.pack("<iB3xii", pixel, 0, 1, 1) for name in channels
    )
    attributes = [
        (b"channels", b"chlist", listed + b"\0"),
        (b"compression", b"compression", bytes([compression])),
        (b"dataWindow", b"box2i", box),
        (b"displayWindow", b"box2i", box),
        (b"lineOrder", b"lineOrder", b"\0"),
        (b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
        (b"screenWindowCenter", b"v2f", bytes(8)),
        (b"screenWindowWidth", b"float", struct.pack("<f", 1)),
        *more,
    ]
    header = b"\x76\x2f\x31\x01\x02\0\0\0"
    for name, kind, value in attributes:
        header += name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value
    header += b"\0"
    kind = "<f2" if pixel == 1 else "<f4"
    line = np.linspace(0, 1, width * len(channels)).astype(kind).tobytes()
    at = len(header) + 8 * height
    table = b"".join(struct.pack("<Q", at + y * (8 + len(line))) for y in range(height))
    rows = b"".join(struct.pack("<iI", y, len(line)) + line for y in range(height))
    return header + table + rows


def exrs() -> Seeds:
    chromaticities = struct.pack("<8f", 0.7347, 0.2653, 0, 1, 0.0001, -0.077, 0.32168, 0.33767)
    said = [
        (b"chromaticities", b"chromaticities", chromaticities),
        (b"owner", b"string", b"The owner"),
        (b"capDate", b"string", b"2026:01:01 10:00:00"),
        (b"expTime", b"float", struct.pack("<f", 0.01)),
        (b"xmp", b"string", xmp(1)),
    ]
    return {
        "half": exr(("B", "G", "R"), 1),
        "float_alpha": exr(("A", "B", "G", "R"), 2),
        "grey": exr(("Y",), 1),
        "zips": exr(("B", "G", "R"), 1, 2),
        "attributes": exr(("B", "G", "R"), 1, 0, *said),
    }


def jxls() -> Seeds:
    made: Seeds = {}
    for name, dtype, channels, lossless in (
        ("lossless", "uint8", 3, True),
        ("u16", "uint16", 1, True),
        ("lossy", "uint8", 3, False),
        ("float", "float32", 3, True),
    ):
        data = ramp(dtype, channels)
        level = None if lossless else 80
        made[name] = imagecodecs.jpegxl_encode(data, lossless=lossless, level=level)
    box = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
    blocks = [(b"Exif", b"\0\0\0\0" + exif(1)), (b"xml ", xmp(1)), (b"jxlc", made["u16"])]
    for kind, content in blocks:
        box += struct.pack(">I", len(content) + 8) + kind + content
    made["boxes"] = box
    return made


def with_metadata() -> Seeds:
    return {
        "jpeg": jpegs()["blocks"],
        "png": pngs()["rgb_texts"],
        "exr": exrs()["attributes"],
        "jxl": jxls()["boxes"],
        "tiff": tiffs()["u8_strips"],
    }


def written() -> Seeds:
    """What makes a writer do something: the providers read from the end, so any bytes do."""
    rng = np.random.default_rng(7)
    return {f"bytes{count}": rng.bytes(count) for count in (40, 200, 900)}


def seeds() -> dict[str, Seeds]:
    coded = ljpeg.encode(ramp("uint16", 2).reshape(SIDE, 2 * SIDE), 2)
    gains = struct.pack(">4I4f4d3f", 2, 2, 1, 1, 1, 1, 0, 0, 0.5, 0.5, 0, 0, 1, 0, 0)
    srgb = icc_of("sRGB")
    srgb = srgb[:24] + bytes(12) + srgb[36:]  # lcms2 writes the time of the day
    made: dict[str, Seeds] = {
        "colour_icc": {"small": small_icc(), "srgb": srgb, "grey": small_icc(b"GRAY")},
        "write_icc_facts": {"small": small_icc()},
        "read_picture_tiff": tiffs(),
        "read_picture_png": pngs(),
        "read_picture_jpeg": jpegs(),
        "read_picture_exr": exrs(),
        "read_picture_jxl": jxls(),
        "read_exr_layout": exrs(),
        "read_png_chunks": pngs(),
        "read_sniff": {"png": pngs()["u16"][:40], "text": b"Dear diary", "bmp": b"BM" + bytes(20)},
        "read_cicp": {"srgb": b"\1\r\0\1", "pq": b"\t\x10\0\1", "short": b"\1\r"},
        "read_lossless_jpeg": {"two": coded},
        "read_stored_samples": {
            f"bits{bits}": bytes([bits - 1]) + bytes(range(32)) for bits in (1, 8, 12, 16, 32)
        }
        | {"float16": b"\x8f" + bytes(range(32)), "float24": b"\x97" + bytes(range(48))},
        "metadata_container_blocks": {"jxl": jxls()["boxes"], "exr": exrs()["attributes"][8:]},
        "metadata_exr_attributes": {"attributes": exrs()["attributes"][8:]},
        "metadata_jpeg_comments": {"blocks": jpegs()["blocks"][2:]},
        "metadata_jpeg_xmp_segments": {"blocks": jpegs()["blocks"][2:]},
        "metadata_png_texts": {"texts": pngs()["rgb_texts"][8:]},
        "write_gain_table_map": {"one": b"\0" + gains + struct.pack(">f", 1) * 4},
        "write_lossless_jpeg": {"noise": written()["bytes200"]},
    }
    for writer in ("dng", "exif_blocks", "exr", "jpeg", "jxl", "png", "tiff"):
        made[f"write_{writer}"] = written()
    return made
