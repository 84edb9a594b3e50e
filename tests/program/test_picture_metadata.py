# SPDX-License-Identifier: GPL-3.0-or-later
"""What finished pictures say of themselves beside EXIF in its usual place, through the program."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from PIL import Image
from test_denoise import noisy
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]
ORIENTATION, XMP, ARTIST, COPYRIGHT, EXIF = 274, 700, 315, 33432, 34665
DATE = 36867
LONG = "x" * 90_000


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_denoiser(tmp_path_factory.mktemp("denoisers"), "zero")


def tag(path: Path, code: int) -> Any:
    """The value of a tag of IFD 0, or None."""
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        found = page.tags.get(code)
        return None if found is None else found.value


def xmp_of(path: Path) -> str:
    return bytes(tag(path, XMP)).decode()


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(path: Path, *chunks: bytes) -> Path:
    """A small picture with these chunks before its samples."""
    stream = BytesIO()
    Image.fromarray(noisy((20, 30, 3), np.uint8)).save(stream, "PNG")
    plain = stream.getvalue()
    path.write_bytes(plain[:33] + b"".join(chunks) + plain[33:])
    return path


def text_chunks(path: Path) -> dict[str, str]:
    with Image.open(path) as picture:
        assert hasattr(picture, "text")
        return {key: str(value) for key, value in picture.text.items()}


def exif(orientation: int) -> bytes:
    entries = struct.pack("<HHHIHH", 1, ORIENTATION, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<I", 8) + entries + b"\0" * 4


def packet(attributes: str, elements: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" {attributes}>{elements}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def extended_jpeg(path: Path, *, complete: bool = True) -> Path:
    """A JPEG whose description stands in an extension of its XMP, in two segments."""
    described = f'<rdf:Alt><rdf:li xml:lang="x-default">{LONG}</rdf:li></rdf:Alt>'
    extension = packet("", f"<dc:description>{described}</dc:description>")
    name = hashlib.md5(extension).hexdigest().upper().encode()

    def segment(content: bytes) -> bytes:
        return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content

    main = packet(f'xmp:Rating="4" xmpNote:HasExtendedXMP="{name.decode()}"')
    segments = segment(b"http://ns.adobe.com/xap/1.0/\0" + main)
    for at in range(0, len(extension) if complete else 1, 60_000):
        head = name + struct.pack(">II", len(extension), at)
        piece = head + extension[at : at + 60_000]
        segments += segment(b"http://ns.adobe.com/xmp/extension/\0" + piece)
    stream = BytesIO()
    Image.fromarray(noisy((20, 30, 3), np.uint8)).save(stream, "JPEG")
    path.write_bytes(b"\xff\xd8" + segments + stream.getvalue()[2:])
    return path


def denoised(latent: Latent, package: Path, source: Path, output: Path) -> list[str]:
    """The notices of a run."""
    outcome = latent("denoise", source, "-o", output, "--overwrite", "--again", "--strength", 0,
                     "--json", "--model", package)  # fmt: skip
    assert outcome.code == 0, outcome
    notices: list[str] = outcome.events[-1]["notices"]
    return notices


def test_exif_in_the_text_of_a_png_turns_the_result(
    latent: Latent, tmp_path: Path, package: Path
) -> None:
    block = b"Exif\0\0" + exif(6)
    profile = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
    source = png(tmp_path / "photo.png",
                 chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)))  # fmt: skip
    info = json.loads(latent("info", source, "--json").stdout)
    assert info["orientation"] == 6
    output = tmp_path / "out.tif"
    denoised(latent, package, source, output)
    assert tag(output, ORIENTATION) == 6


def test_an_openexr_of_ours_comes_back_with_what_it_says(
    latent: Latent, tmp_path: Path, package: Path
) -> None:
    source = tmp_path / "photo.tif"
    tifffile.imwrite(source, noisy((20, 30, 3), np.uint8), photometric="rgb", extratags=[
        (ORIENTATION, 3, 1, 6, True), (COPYRIGHT, 2, 0, "CC-BY", True)])  # fmt: skip
    middle, output = tmp_path / "photo.exr", tmp_path / "out.tif"
    denoised(latent, package, source, middle)
    info = json.loads(latent("info", middle, "--json").stdout)
    assert info["orientation"] == 6
    denoised(latent, package, middle, output)
    assert tag(output, ORIENTATION) == 6
    assert tag(output, COPYRIGHT) == "CC-BY"


@pytest.mark.parametrize("ending", ["tif", "jpg", "png"])
def test_extended_xmp_of_a_jpeg_is_kept(
    latent: Latent, tmp_path: Path, package: Path, ending: str
) -> None:
    source = extended_jpeg(tmp_path / "photo.jpg")
    first, output = tmp_path / f"first.{ending}", tmp_path / "out.tif"
    assert denoised(latent, package, source, first) == []
    assert denoised(latent, package, first, output) == []
    xmp = xmp_of(output)
    assert LONG in xmp
    assert 'xmp:Rating="4"' in xmp
    assert "HasExtendedXMP" not in xmp


def test_extended_xmp_that_is_not_whole_is_named(
    latent: Latent, tmp_path: Path, package: Path
) -> None:
    source = extended_jpeg(tmp_path / "photo.jpg", complete=False)
    output = tmp_path / "out.tif"
    notices = denoised(latent, package, source, output)
    assert any("extended XMP" in notice and "not whole" in notice for notice in notices)
    xmp = xmp_of(output)
    assert 'xmp:Rating="4"' in xmp
    assert "HasExtendedXMP" not in xmp


def test_text_of_a_png_stays_or_is_named(latent: Latent, tmp_path: Path, package: Path) -> None:
    source = png(tmp_path / "photo.png", chunk(b"tEXt", b"Title\0Holiday"),
                 chunk(b"tEXt", b"Copyright\0(c) Ren\xe9"), chunk(b"tEXt", b"Comment\0windy"),
                 chunk(b"tEXt", b"Software\0GIMP"))  # fmt: skip
    again = tmp_path / "again.png"
    assert denoised(latent, package, source, again) == []
    texts = text_chunks(again)
    assert (texts["Title"], texts["Copyright"], texts["Comment"]) == (
        "Holiday", "(c) René", "windy")  # fmt: skip
    assert "Software" not in texts
    output = tmp_path / "out.tif"
    notices = denoised(latent, package, source, output)
    assert len(notices) == 1
    assert "(Comment)" in notices[0]
    xmp = xmp_of(output)
    for said in ("Holiday", "(c) René", 'latent:SourceSoftware="GIMP"'):
        assert said in xmp


def test_a_comment_of_a_jpeg_stays_or_is_named(
    latent: Latent, tmp_path: Path, package: Path
) -> None:
    comment = "windy, René".encode()
    stream = BytesIO()
    Image.fromarray(noisy((20, 30, 3), np.uint8)).save(stream, "JPEG")
    segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    source = tmp_path / "photo.jpg"
    source.write_bytes(b"\xff\xd8" + segment + stream.getvalue()[2:])
    again, as_png = tmp_path / "again.jpg", tmp_path / "out.png"
    assert denoised(latent, package, source, again) == []
    with Image.open(again) as picture:
        assert picture.info["comment"] == comment
    assert denoised(latent, package, source, as_png) == []
    assert text_chunks(as_png)["Comment"] == comment.decode()
    notices = denoised(latent, package, source, tmp_path / "out.tif")
    assert len(notices) == 1
    assert "(Comment)" in notices[0]


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_a_png_of_high_dynamic_range_is_refused_and_shown(
    latent: Latent, tmp_path: Path, package: Path, transfer: int, name: str
) -> None:
    source = png(tmp_path / "photo.png", chunk(b"cICP", bytes([9, transfer, 0, 1])))
    refused = latent("denoise", source, "--model", package)
    assert refused.code == 1
    lines = refused.stderr.strip().splitlines()
    assert len(lines) == 1
    assert name in lines[0]
    assert "cICP" in lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]
    info = json.loads(latent("info", source, "--json").stdout)
    assert (info["format"], info["width"], info["profile"]) == ("PNG", 30, None)
    assert name in info["refusal"]


def test_a_png_that_says_display_p3_by_numbers_is_display_p3(
    latent: Latent, tmp_path: Path, package: Path
) -> None:
    source = png(tmp_path / "photo.png", chunk(b"cICP", bytes([12, 13, 0, 1])))
    text = latent("info", source).stdout
    assert "Display P3 (stated by the file without a profile)" in text
    outcome = latent("denoise", source, "--strength", 0, "--json", "--model", package)
    assert outcome.events[-1]["profile"] == "Display P3"
