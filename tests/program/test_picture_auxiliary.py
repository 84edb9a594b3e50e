# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes along with a picture: carried where the result can hold it, else named once."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from made_pictures import jpeg, scene, segment, with_segments, xmp_packet
from PIL import Image
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
SAMPLES = np.round(scene(48, 64) * 255).astype(np.uint8)
GAIN_MAP = jpeg(SAMPLES[::4, ::4, 0])
CONTAINER = (
    'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" '
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"'
)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("networks")
    return {"denoise": make_denoiser(folder, "zero"), "upscale": make_upscaler(folder, "zero")}


def run(latent: Latent, tools: dict[str, Path], verb: str, source: Path, output: Path,
        *options: Any) -> list[str]:  # fmt: skip
    outcome = latent(verb, source, "-o", output, "--overwrite", "--again", "--json",
                     "--model", tools[verb], *options)  # fmt: skip
    assert outcome.code == 0, outcome
    notices: list[str] = outcome.events[-1]["notices"]
    return notices


def index(first: int, second: int, offset: int, kind: int = 0) -> bytes:
    """The index of MPF, of two pictures of these sizes."""
    entries = struct.pack(">IIIHH", 0x030000, first, 0, 0, 0)
    entries += struct.pack(">IIIHH", kind, second, offset, 0, 0)
    fields = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
    fields += struct.pack(">HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4)
    return b"MM\0*" + struct.pack(">IH", 8, 3) + fields + b"\0" * 4 + entries


def ultra_hdr(path: Path, kind: int = 0) -> Path:
    """A JPEG with a gain map behind it, as telephones write them."""
    items = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="{name}" '
        f'Item:Mime="image/jpeg"{length}/></rdf:li>'
        for name, length in (("Primary", ""), ("GainMap", f' Item:Length="{len(GAIN_MAP)}"'))
    )
    said = xmp_packet(
        CONTAINER if kind == 0 else "",
        f"<Container:Directory><rdf:Seq>{items}</rdf:Seq></Container:Directory>"
        if kind == 0
        else "",
    )
    segments = [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + said)]
    pictured = with_segments(jpeg(SAMPLES), *segments, segment(0xE2, b"MPF\0" + index(0, 0, 0)))
    at = pictured.index(b"MPF\0") + 4
    right = index(len(pictured), len(GAIN_MAP), len(pictured) - at, kind)
    path.write_bytes(pictured[:at] + right + pictured[at + len(right) :] + GAIN_MAP)
    return path


def second_picture(path: Path) -> bytes:
    """What the index of MPF points at."""
    content = path.read_bytes()
    at = content.index(b"MPF\0") + 4
    first, _ = struct.unpack_from(">II", content, at + 8 + 2 + 36 + 4 + 4)
    size, offset = struct.unpack_from(">II", content, at + 8 + 2 + 36 + 4 + 16 + 4)
    assert content[:first].endswith(b"\xff\xd9")
    return content[at + offset : at + offset + size]


@pytest.mark.parametrize("verb", ["denoise", "upscale"])
def test_a_gain_map_is_carried_into_a_jpeg_of_the_whole_picture(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, verb: str
) -> None:
    source, output = ultra_hdr(tmp_path / "hdr.jpg"), tmp_path / "out.jpg"
    assert second_picture(source) == GAIN_MAP
    scale = ("--scale", 2) if verb == "upscale" else ()
    notices = run(latent, tools, verb, source, output, *scale)
    assert not any("gain map" in notice for notice in notices)
    assert second_picture(output) == GAIN_MAP
    assert output.read_bytes().endswith(GAIN_MAP)
    assert b"GainMap" in output.read_bytes()
    with Image.open(output) as opened:
        opened.load()


@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_a_gain_map_that_cannot_be_carried_is_named_and_no_longer_announced(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, ending: str
) -> None:
    source, output = ultra_hdr(tmp_path / "hdr.jpg"), tmp_path / f"out.{ending}"
    region = ("--region", "8,8,32,32") if ending == "jpg" else ()
    notices = run(latent, tools, "denoise", source, output, *region)
    assert sum("gain map" in notice for notice in notices) == 1
    written = output.read_bytes()
    assert not any(word in written for word in (b"GainMap", b"hdrgm", b"Container", b"MPF\0"))
    assert b"Rating" in written


def test_previews_behind_a_jpeg_go_without_a_word(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source, output = ultra_hdr(tmp_path / "camera.jpg", 0x010002), tmp_path / "out.jpg"
    assert not run(latent, tools, "denoise", source, output)
    assert b"MPF\0" not in output.read_bytes()


def test_the_video_of_a_motion_photo_is_carried_or_named(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"frames" * 50
    said = xmp_packet('xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
                      f'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{len(video)}" '
                      'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"')  # fmt: skip
    source = tmp_path / "motion.jpg"
    source.write_bytes(jpeg(SAMPLES, xmp=said) + video)
    notices = run(latent, tools, "denoise", source, tmp_path / "out.jpg")
    assert not any("motion" in notice for notice in notices)
    written = (tmp_path / "out.jpg").read_bytes()
    assert written.endswith(video)
    assert b"MicroVideoOffset" in written
    notices = run(latent, tools, "denoise", source, tmp_path / "out.tif")
    assert sum("motion photo" in notice for notice in notices) == 1
    written = (tmp_path / "out.tif").read_bytes()
    assert b"MicroVideo" not in written
    assert b"Rating" in written


def resource(kind: int, content: bytes) -> bytes:
    return (
        b"8BIM" + struct.pack(">HHI", kind, 0, len(content)) + content + b"\0" * (len(content) % 2)
    )


def knot(y: float, x: float) -> bytes:
    point = struct.pack(">ii", round(y * 2**24), round(x * 2**24))
    return struct.pack(">H", 1) + point * 3


def test_clipping_paths_are_carried_and_moved_with_a_region(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    path = struct.pack(">HH", 6, 0) + b"\0" * 22 + knot(0.5, 0.5)
    blocks = resource(2000, path) + resource(1036, b"a thumbnail") + resource(2999, b"\4Path")
    source = tmp_path / "cut.jpg"
    source.write_bytes(with_segments(jpeg(SAMPLES), segment(0xED, b"Photoshop 3.0\0" + blocks)))
    for name in ("out.jpg", "out.tif"):
        run(latent, tools, "denoise", source, tmp_path / name)
        written = (tmp_path / name).read_bytes()
        assert resource(2000, path) in written
        assert resource(2999, b"\4Path") in written
        assert b"a thumbnail" not in written
    run(latent, tools, "denoise", tmp_path / "out.tif", tmp_path / "part.tif",
        "--region", "16,12,32,24")  # fmt: skip
    moved = struct.pack(">HH", 6, 0) + b"\0" * 22 + knot(0.5, 0.5)
    assert resource(2000, moved) in (tmp_path / "part.tif").read_bytes()
    run(latent, tools, "denoise", tmp_path / "out.tif", tmp_path / "part.tif",
        "--region", "32,24,32,24")  # fmt: skip
    moved = struct.pack(">HH", 6, 0) + b"\0" * 22 + knot(0.0, 0.0)
    assert resource(2000, moved) in (tmp_path / "part.tif").read_bytes()
    notices = run(latent, tools, "denoise", source, tmp_path / "out.png")
    assert sum("paths of Photoshop" in notice for notice in notices) == 1


def test_layers_that_show_the_picture_as_it_was_are_named(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = tmp_path / "layers.tif"
    tifffile.imwrite(source, SAMPLES, photometric="rgb",
                     extratags=[(37724, 7, 20, b"Adobe Photoshop Docu", True)])  # fmt: skip
    notices = run(latent, tools, "denoise", source, tmp_path / "out.tif")
    assert sum("layers" in notice for notice in notices) == 1
    with tifffile.TiffFile(tmp_path / "out.tif") as opened:
        assert 37724 not in opened.pages[0].tags  # type: ignore[union-attr]


def test_a_page_of_infrared_is_named(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = tmp_path / "scan.tif"
    with tifffile.TiffWriter(source) as tiff:
        tiff.write(SAMPLES, photometric="rgb", metadata=None)
        tiff.write(SAMPLES[:, :, 0], photometric="minisblack", subfiletype=2, metadata=None)
    with tifffile.TiffFile(source) as opened:
        at = opened.pages[1].tags[254].valueoffset  # type: ignore[union-attr]
    content = bytearray(source.read_bytes())
    content[at] = 4  # which belongs to the other page
    source.write_bytes(content)
    notices = run(latent, tools, "denoise", source, tmp_path / "out.tif")
    assert sum("infrared" in notice for notice in notices) == 1


@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_metadata_of_a_bigtiff_is_kept(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, byteorder: Any
) -> None:
    source, output = tmp_path / "big.tif", tmp_path / "out.tif"
    said = xmp_packet('xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"')
    tifffile.imwrite(
        source, SAMPLES, photometric="rgb", bigtiff=True, byteorder=byteorder,
        description="Grandmother 1932", metadata=None,
        extratags=[(315, 2, 0, "A. Photographer", True), (33432, 2, 0, "(c) me", True),
                   (286, 5, 1, (340, 10), True), (700, 1, len(said), said, True)])  # fmt: skip
    notices = run(latent, tools, "denoise", source, output)
    assert not any("metadata" in notice for notice in notices)
    with tifffile.TiffFile(output) as opened:
        tags = opened.pages[0].tags  # type: ignore[union-attr]
        assert tags[270].value == "Grandmother 1932"
        assert tags[315].value == "A. Photographer"
        assert tags[33432].value == "(c) me"
        assert tags[286].value == (340, 10)
        assert b"Rating" in bytes(tags[700].value)
    assert "A. Photographer" in latent("info", source).stdout


def test_exif_of_a_bigtiff_is_kept(latent: Latent, tools: dict[str, Path], tmp_path: Path) -> None:
    source, output = tmp_path / "big.tif", tmp_path / "out.tif"
    tifffile.imwrite(source, SAMPLES, photometric="rgb", bigtiff=True, metadata=None,
                     extratags=[(65000, 16, 1, 0, True)])  # fmt: skip
    content = bytearray(source.read_bytes())
    place = len(content) + len(content) % 2
    time = place + 8 + 2 * 20 + 8
    directory = struct.pack("<Q", 2) + struct.pack("<HHQII", 0x829A, 5, 1, 1, 125)
    directory += struct.pack("<HHQQ", 0x9003, 2, 20, time) + b"\0" * 8 + b"2026:07:14 12:34:56\0"
    with tifffile.TiffFile(source) as opened:
        at = opened.pages[0].tags[65000].offset  # type: ignore[union-attr]
    content[at : at + 20] = struct.pack("<HHQQ", 34665, 16, 1, place)
    source.write_bytes(bytes(content).ljust(place, b"\0") + directory)
    run(latent, tools, "denoise", source, output)
    with tifffile.TiffFile(output) as opened:
        exif = opened.pages[0].tags[34665].value  # type: ignore[union-attr]
        assert exif["ExposureTime"] == (1, 125)
        assert exif["DateTimeOriginal"] == "2026:07:14 12:34:56"


def test_chunks_and_segments_that_nobody_reads_are_named_once(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    source = tmp_path / "sealed.jpg"
    seal = segment(0xEB, b"JP\0\1\0\0\0\1" + b"seal" * 20)
    source.write_bytes(with_segments(jpeg(SAMPLES), seal, seal, segment(0xE6, b"GoPro\0data")))
    notices = run(latent, tools, "denoise", source, tmp_path / "out.jpg")
    assert len(notices) == 1
    assert "content credentials" in notices[0]
    assert "APP6 GoPro" in notices[0]
    stream = BytesIO()
    frames = [Image.fromarray(SAMPLES), Image.fromarray(SAMPLES[::-1])]
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    (tmp_path / "moving.png").write_bytes(stream.getvalue())
    notices = run(latent, tools, "denoise", tmp_path / "moving.png", tmp_path / "out.png")
    assert sum("an animation (acTL)" in notice for notice in notices) == 1
