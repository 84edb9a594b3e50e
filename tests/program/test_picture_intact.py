# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of files that are not damaged: read, or called what they are."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from made_pictures import jpeg, scene, segment
from PIL import Image
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]
SAMPLES = np.round(scene(48, 64) * 255).astype(np.uint8)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_denoiser(tmp_path_factory.mktemp("denoisers"), "zero")


def read(latent: Latent, package: Path, source: Path) -> tuple[np.ndarray, list[str]]:
    """The samples that a run gives back, and its notices."""
    output = source.with_suffix(".out.tif")
    outcome = latent("denoise", source, "-o", output, "--overwrite", "--strength", 0, "--json",
                     "--model", package, "--bit-depth", 8)  # fmt: skip
    assert outcome.code == 0, outcome
    return tifffile.imread(output), outcome.events[-1]["notices"]


def refusal(latent: Latent, package: Path, source: Path) -> tuple[str, str]:
    """Code and sentence of `denoise`; `info` says the same."""
    outcome = latent("denoise", source, "-o", source.with_suffix(".out.tif"), "--overwrite",
                     "--json", "--model", package)  # fmt: skip
    assert outcome.code == 1, outcome
    event = next(event for event in outcome.events if event["event"] == "error")
    info = latent("info", source, "--json")
    said = json.loads(info.stdout)["refusal"] if info.code == 0 else info.stderr
    assert event["message"] in said
    return event["code"], event["message"]


FOREIGN = {
    "psd": (b"8BPS\0\1" + b"\0" * 20, "Photoshop document"),
    "psb": (b"8BPS\0\2" + b"\0" * 20, "Photoshop document"),
    "jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 20, "JPEG 2000"),
    "j2k": (b"\xff\x4f\xff\x51" + b"\0" * 20, "JPEG 2000"),
    "ppm": (b"P6\n# made\n2 1 255\n" + b"\x01\x02\x03\x04\x05\x06", "Netpbm"),
    "pgm": (b"P2 2 1 255 0 9", "Netpbm"),
    "pam": (b"P7\nWIDTH 2\n", "Netpbm"),
    "pfm": (b"PF\n2 1\n-1.0\n" + b"\0" * 24, "float map"),
    "tga": (bytes([0, 0, 2]) + b"\0" * 9 + struct.pack("<HHBB", 2, 1, 24, 0) + b"\1" * 6, "Targa"),
    "gif": (b"GIF89a" + b"\0" * 20, "GIF"),
    "bmp": (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "BMP"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
    "heic": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
    "avif": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
    "xcf": (b"gimp xcf v011\0", "GIMP"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', "SVG"),
    "mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "movie"),
    "mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "movie"),
    "webm": (b"\x1a\x45\xdf\xa3" + b"\0" * 20, "movie"),
    "hdr": (b"#?RADIANCE\n", "Radiance"),
    "zip": (b"PK\x03\x04" + b"\0" * 20, "archive"),
}


@pytest.mark.parametrize("ending", FOREIGN)
def test_formats_that_are_not_read_are_known_by_name(
    latent: Latent, package: Path, tmp_path: Path, ending: str
) -> None:
    content, name = FOREIGN[ending]
    source = tmp_path / f"picture.{ending}"
    source.write_bytes(content)
    code, sentence = refusal(latent, package, source)
    assert code == "unsupported"
    assert name in sentence
    assert "which Latent does not read; " in sentence
    assert "first" in sentence or "save it" in sentence or "exports it" in sentence


def test_a_foreign_format_is_known_in_spite_of_a_raw_name(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    source = tmp_path / "photo.dng"
    source.write_bytes(FOREIGN["psd"][0])
    code, sentence = refusal(latent, package, source)
    assert code == "unsupported"
    assert "Photoshop document (PSD) in spite of its name" in sentence


def test_stray_bytes_between_the_segments_of_a_jpeg_are_skipped(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    plain = jpeg(SAMPLES)
    length = struct.unpack(">H", plain[4:6])[0]
    at = 4 + length
    source = tmp_path / "stray.jpg"
    comment = segment(0xFE, b"behind the stray bytes")
    source.write_bytes(plain[:at] + b"\0\1\2\3\4" + comment + plain[at:])
    samples, notices = read(latent, package, source)
    assert np.array_equal(samples, np.asarray(Image.open(source.with_name("stray.jpg"))))
    assert any("5 stray bytes" in notice for notice in notices)
    assert any("Comment" in notice for notice in notices)  # was found, and TIFF has no place for it


def test_a_jpeg_whose_table_is_lost_among_stray_bytes_is_damaged(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    plain = bytearray(jpeg(SAMPLES))
    at = plain.index(b"\xff\xc4")
    plain[at] = 0  # a table of Huffman codes without its marker
    source = tmp_path / "lost.jpg"
    source.write_bytes(plain)
    assert refusal(latent, package, source)[0] == "corrupt"


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_end_marker_is_read_where_all_of_it_is_there(
    latent: Latent, package: Path, tmp_path: Path, progressive: bool, missing: int
) -> None:
    whole = jpeg(SAMPLES, progressive=progressive)
    source = tmp_path / "endless.jpg"
    source.write_bytes(whole[:-missing])
    (tmp_path / "whole.jpg").write_bytes(whole)
    samples, notices = read(latent, package, source)
    assert np.array_equal(samples, read(latent, package, tmp_path / "whole.jpg")[0])
    assert any("end marker is missing" in notice for notice in notices)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("cut", [6, 40, 400])
def test_a_jpeg_that_is_cut_is_refused(
    latent: Latent, package: Path, tmp_path: Path, progressive: bool, cut: int
) -> None:
    source = tmp_path / "cut.jpg"
    source.write_bytes(jpeg(SAMPLES, progressive=progressive)[:-cut])
    code, sentence = refusal(latent, package, source)
    assert code == "corrupt"
    assert "copy it again" in sentence


def test_a_progressive_jpeg_that_ends_between_two_scans_is_refused(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    whole = jpeg(SAMPLES, progressive=True)
    last = whole.rindex(b"\xff\xda")
    table = whole.rindex(b"\xff\xc4", 0, last)
    source = tmp_path / "scans.jpg"
    source.write_bytes(whole[: table if table > whole.rindex(b"\xff\xda", 0, last) else last])
    assert refusal(latent, package, source)[0] == "corrupt"


def test_lossless_jpeg_in_a_tiff_is_called_what_it_is(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    grey = SAMPLES[:, :, 0]
    coded = imagecodecs.ljpeg_encode(np.ascontiguousarray(grey))
    source = tmp_path / "lossless.tif"
    fields = [(256, 4, 64), (257, 4, 48), (258, 3, 8), (259, 3, 7), (262, 3, 1), (273, 4, 8),
              (277, 3, 1), (278, 4, 48), (279, 4, len(coded))]  # fmt: skip
    directory = struct.pack("<H", len(fields))
    directory += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    place = 8 + len(coded) + len(coded) % 2
    body = coded + b"\0" * (len(coded) % 2) + directory + b"\0" * 4
    source.write_bytes(b"II*\0" + struct.pack("<I", place) + body)
    code, sentence = refusal(latent, package, source)
    assert code == "unsupported"
    assert "lossless JPEG" in sentence


def test_planes_of_subsampled_colour_in_a_tiff_are_called_what_they_are(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    planes = [b"\x80" * 64 * 48, b"\x80" * 32 * 24, b"\x80" * 32 * 24]
    offsets = [8, 8 + len(planes[0]), 8 + len(planes[0]) + len(planes[1])]
    place = 8 + sum(map(len, planes))
    lists = place + 2 + 12 * 11 + 4
    fields = [(256, 4, 1, 64), (257, 4, 1, 48), (258, 3, 3, lists), (259, 3, 1, 1), (262, 3, 1, 6),
              (273, 4, 3, lists + 6), (277, 3, 1, 3), (278, 4, 1, 48), (279, 4, 3, lists + 18),
              (284, 3, 1, 2), (530, 3, 2, 2 | 2 << 16)]  # fmt: skip
    directory = struct.pack("<H", len(fields))
    directory += b"".join(struct.pack("<HHII", *field) for field in fields) + b"\0" * 4
    directory += struct.pack("<3H", 8, 8, 8) + struct.pack("<3I", *offsets)
    directory += struct.pack("<3I", *map(len, planes))
    source = tmp_path / "planes.tif"
    source.write_bytes(b"II*\0" + struct.pack("<I", place) + b"".join(planes) + directory)
    code, sentence = refusal(latent, package, source)
    assert code == "unsupported"
    assert "YCbCr" in sentence
    assert "2 x 2" in sentence


def test_info_refuses_with_the_sentence_of_the_task(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    source = tmp_path / "cmyk.jpg"
    Image.fromarray(np.dstack([SAMPLES, SAMPLES[:, :, 0]]), "CMYK").save(source)
    code, sentence = refusal(latent, package, source)
    assert code == "unsupported"
    assert "CMYK" in sentence
