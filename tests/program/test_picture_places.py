# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts the pixels of a source counts those of its result: enlarged, or a part of it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from made_pictures import exr_attribute, exr_header, scene, write_exr, xmp_packet
from PIL import Image
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
WIDTH, HEIGHT = 64, 48
REGION = (16, 8, 32, 24)
GPANO = 'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"'


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("networks")
    return {"denoise": make_denoiser(folder, "zero"), "upscale": make_upscaler(folder, "zero")}


def photo(path: Path, *tags: tuple[int, Any, int, Any], xmp: bytes = b"") -> Path:
    extra = [(tag, kind, count, value, True) for tag, kind, count, value in tags]
    if xmp:
        extra.append((700, 1, len(xmp), xmp, True))
    tifffile.imwrite(
        path, np.round(scene(HEIGHT, WIDTH) * 255).astype(np.uint8), photometric="rgb",
        resolution=(150, 150), resolutionunit="INCH", metadata=None, extratags=extra)  # fmt: skip
    return path


def run(latent: Latent, tools: dict[str, Path], verb: str, source: Path, *options: Any) -> Path:
    output = source.with_name(f"{verb}{len(options)}{source.suffix}")
    outcome = latent(verb, source, "-o", output, "--overwrite", "--model", tools[verb], *options)
    assert outcome.code == 0, outcome
    return output


def in_region(latent: Latent, tools: dict[str, Path], source: Path) -> Path:
    return run(latent, tools, "denoise", source, "--region", ",".join(map(str, REGION)))


def tag(path: Path, code: int) -> Any:
    with tifffile.TiffFile(path) as tiff:
        found = tiff.pages[0].tags.get(code)  # type: ignore[union-attr]
        return None if found is None else found.value


def exif_tag(path: Path, code: int) -> Any:
    with Image.open(path) as opened:
        return opened.getexif().get_ifd(34665).get(code)


def said(path: Path, name: str) -> list[str]:
    """All values of a property in the XMP of a TIFF."""
    packet = bytes(tag(path, 700)).decode()
    both = rf'\s(?!xmlns:)[\w-]+:{name}="([^"]*)"|<[\w-]+:{name}>([^<]*)<'
    return [first or second for first, second in re.findall(both, packet)]


def numbers(path: Path, name: str) -> list[float]:
    return [float(value) for value in said(path, name)]


def test_the_place_in_a_panorama_is_enlarged_and_moved(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = photo(tmp_path / "part.tif", (286, 5, 1, (680, 150)), (287, 5, 1, (240, 150)),
                   (33300, 4, 1, 4000), (33301, 4, 1, 2000))  # fmt: skip
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert [Fraction(*tag(twice, code)) for code in (286, 287)] == [
        Fraction(1360, 150), Fraction(480, 150)]  # fmt: skip
    assert [tag(twice, 33300), tag(twice, 33301)] == [8000, 4000]
    part = in_region(latent, tools, source)
    assert [Fraction(*tag(part, code)) for code in (286, 287)] == [
        Fraction(696, 150), Fraction(248, 150)]  # fmt: skip
    assert [tag(part, 33300), tag(part, 33301)] == [4000, 2000]


def test_a_photo_sphere_is_enlarged_and_moved(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    sphere = xmp_packet(f'{GPANO} GPano:FullPanoWidthPixels="640" GPano:FullPanoHeightPixels="320" '
                        'GPano:CroppedAreaImageWidthPixels="64" '
                        'GPano:CroppedAreaImageHeightPixels="48" '
                        'GPano:CroppedAreaLeftPixels="100" GPano:CroppedAreaTopPixels="20" '
                        'GPano:LargestValidInteriorRectLeft="2" '
                        'GPano:LargestValidInteriorRectWidth="60" '
                        'GPano:InitialViewHeadingDegrees="90"')  # fmt: skip
    source = photo(tmp_path / "sphere.tif", xmp=sphere)
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert numbers(twice, "FullPanoWidthPixels") == [1280]
    assert numbers(twice, "CroppedAreaLeftPixels") == [200]
    assert numbers(twice, "CroppedAreaImageHeightPixels") == [96]
    assert numbers(twice, "LargestValidInteriorRectWidth") == [120]
    assert numbers(twice, "InitialViewHeadingDegrees") == [90]
    part = in_region(latent, tools, source)
    assert numbers(part, "FullPanoWidthPixels") == [640]
    assert numbers(part, "CroppedAreaLeftPixels") == [116]
    assert numbers(part, "CroppedAreaTopPixels") == [28]
    assert numbers(part, "CroppedAreaImageWidthPixels") == [32]
    assert numbers(part, "LargestValidInteriorRectLeft") == [0]
    assert numbers(part, "LargestValidInteriorRectWidth") == [32]


def regions(unit: str, *boxes: tuple[str, float, float, float, float]) -> bytes:
    spaces = ('xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
              'xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" '
              'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"')  # fmt: skip
    listed = "".join(
        f'<rdf:li><rdf:Description mwg-rs:Name="{name}" mwg-rs:Type="Face"><mwg-rs:Area '
        f'stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" stArea:h="{h}" stArea:unit="{unit}"/>'
        "</rdf:Description></rdf:li>"
        for name, x, y, w, h in boxes
    )
    return xmp_packet(
        spaces,
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions '
        f'stDim:w="{WIDTH}" stDim:h="{HEIGHT}" stDim:unit="pixel"/>'
        f"<mwg-rs:RegionList><rdf:Bag>{listed}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>",
    )


def test_named_faces_stay_on_their_faces(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    faces = regions("normalized", ("Away", 0.05, 0.05, 0.05, 0.05), ("Ada", 0.5, 0.5, 0.25, 0.25))
    source = photo(tmp_path / "faces.tif", xmp=faces)
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert numbers(twice, "x") == [0.05, 0.5]
    assert numbers(twice, "w") == [128, 0.05, 0.25]
    part = in_region(latent, tools, source)
    assert said(part, "Name") == ["Ada"]
    assert numbers(part, "x") == [(0.5 * 64 - 16) / 32]
    assert numbers(part, "y") == pytest.approx([(0.5 * 48 - 8) / 24])
    assert sorted(numbers(part, "w")) == [0.5, 32]


def test_faces_in_pixels_are_enlarged(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = photo(tmp_path / "faces.tif", xmp=regions("pixel", ("Ada", 32, 24, 16, 12)))
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert numbers(twice, "x") == [64]
    assert sorted(numbers(twice, "w")) == [32, 128]
    part = in_region(latent, tools, source)
    assert numbers(part, "y") == [16]


def with_exif(path: Path, *fields: tuple[int, int, int, bytes]) -> Path:
    """A TIFF whose Exif directory has these fields, of up to 4 bytes or with their own."""
    photo(path, (65000, 4, 1, 0))  # a place for the pointer, which tifffile would not write
    content = bytearray(path.read_bytes())
    place = len(content) + len(content) % 2
    behind = place + 2 + 12 * len(fields) + 4
    directory, values = struct.pack("<H", len(fields)), b""
    for code, kind, count, value in fields:
        short = len(value) <= 4
        directory += struct.pack("<HHI", code, kind, count)
        directory += value.ljust(4, b"\0") if short else struct.pack("<I", behind + len(values))
        values += b"" if short else value
    with tifffile.TiffFile(path) as tiff:
        at = tiff.pages[0].tags[65000].offset  # type: ignore[union-attr]
    content[at : at + 12] = struct.pack("<HHII", 34665, 4, 1, place)
    path.write_bytes(bytes(content).ljust(place, b"\0") + directory + b"\0" * 4 + values)
    return path


def test_the_subject_and_the_focal_plane_are_enlarged_and_moved(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = with_exif(tmp_path / "subject.tif",
                       (0x9214, 3, 4, struct.pack("<4H", 32, 24, 10, 8)),
                       (0xA20E, 5, 1, struct.pack("<2I", 3504000, 885)),
                       (0xA214, 3, 2, struct.pack("<2H", 20, 12)))  # fmt: skip
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert exif_tag(twice, 0x9214) == (64, 48, 20, 16)
    assert exif_tag(twice, 0xA20E) == Fraction(7008000, 885)
    assert exif_tag(twice, 0xA214) == (40, 24)
    part = in_region(latent, tools, source)
    assert exif_tag(part, 0x9214) == (16, 16, 10, 8)
    assert exif_tag(part, 0xA20E) == Fraction(3504000, 885)
    assert exif_tag(part, 0xA214) == (4, 4)
    corner = run(latent, tools, "denoise", source, "--region", "0,0,8,8")
    assert exif_tag(corner, 0xA214) is None


def test_a_map_stays_where_it_is_on_the_earth(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = photo(tmp_path / "map.tif", (33550, 12, 3, (0.5, 0.5, 0.0)),
                   (33922, 12, 6, (10.0, 20.0, 0.0, 1000.0, 2000.0, 0.0)))  # fmt: skip
    twice = run(latent, tools, "upscale", source, "--scale", 2)
    assert tag(twice, 33550) == (0.25, 0.25, 0.0)
    assert tag(twice, 33922) == (20.0, 40.0, 0.0, 1000.0, 2000.0, 0.0)
    part = in_region(latent, tools, source)
    assert tag(part, 33922) == (-6.0, 12.0, 0.0, 1000.0, 2000.0, 0.0)


def test_windows_and_aspect_of_openexr_are_kept_and_enlarged(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = write_exr(
        tmp_path / "windows.exr", scene(HEIGHT, WIDTH), data=(10, -5, 73, 42),
        display=(0, 0, 99, 59), aspect=2,
        more=exr_attribute("reelName", "string", b"A001")
        + exr_attribute("framesPerSecond", "rational", struct.pack("<iI", 24000, 1001)),
    )  # fmt: skip
    same = exr_header(run(latent, tools, "denoise", source))
    for name in ("dataWindow", "displayWindow", "pixelAspectRatio", "reelName", "framesPerSecond"):
        assert same[name] == exr_header(source)[name]
    twice = exr_header(run(latent, tools, "upscale", source, "--scale", 2))
    assert struct.unpack("<4i", twice["dataWindow"][1]) == (20, -10, 147, 85)
    assert struct.unpack("<4i", twice["displayWindow"][1]) == (0, 0, 199, 119)
    assert struct.unpack("<f", twice["pixelAspectRatio"][1]) == (2,)
    part = exr_header(in_region(latent, tools, source))
    assert struct.unpack("<4i", part["dataWindow"][1]) == (26, 3, 57, 26)
    assert struct.unpack("<4i", part["displayWindow"][1]) == (0, 0, 99, 59)


def test_windows_that_a_tiff_cannot_hold_are_named(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = write_exr(tmp_path / "windows.exr", scene(HEIGHT, WIDTH), data=(10, -5, 73, 42),
                       display=(0, 0, 99, 59), aspect=2)  # fmt: skip
    outcome = latent("denoise", source, "-o", tmp_path / "a.tif", "--json", "--strength", 0,
                     "--model", tools["denoise"])  # fmt: skip
    notices = outcome.events[-1]["notices"]
    assert sum("frame" in notice for notice in notices) == 1
    assert sum("2 times as wide as high" in notice for notice in notices) == 1
