# SPDX-License-Identifier: GPL-3.0-or-later
"""What a raw result keeps of its source beside the samples: opcodes one by one, and every tag."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from latent_reference.dng_opcodes import bayer_gain_maps, opcode_list, warp
from PIL import Image
from tagged_dng import (
    ASCII,
    BYTE,
    DOUBLE,
    LONG,
    RATIONAL,
    SHORT,
    SRATIONAL,
    UNDEFINED,
    add_tags,
    tags_of,
)
from test_raw_notices import notices_of
from test_rawdenoise import samples_of

Latent = Callable[..., Outcome]
SIZE = ("--size", "320x240", "--scene", "gradient", "--noise", "0.0004,4e-6")
LIST_1, LIST_2, LIST_3 = 51008, 51009, 51022
FIX_CONSTANT, FIX_LIST, MAP_TABLE, UNKNOWN = 4, 5, 7, 200
AREA = struct.pack(">8I", 0, 0, 240, 320, 0, 1, 1, 1)


def opcodes_of(path: Path, tag: int) -> list[tuple[int, bytes]]:
    data = tags_of(path).get(tag, b"\0\0\0\0")
    assert isinstance(data, bytes)
    (count,) = struct.unpack_from(">I", data)
    at = 4
    opcodes = []
    for _ in range(count):
        number, _, _, size = struct.unpack_from(">4I", data, at)
        opcodes.append((number, data[at + 16 : at + 16 + size]))
        at += 16 + size
    assert at == len(data)
    return opcodes


def strike(path: Path, sites: list[tuple[int, int]], value: int) -> npt.NDArray[np.uint16]:
    """Puts a value at sites of uncompressed strips in a row; gives the samples as they are now."""
    samples = samples_of(path)
    tags = tags_of(path)
    offset = tags[273]
    begin = offset[0] if isinstance(offset, tuple) else offset
    data = bytearray(path.read_bytes())
    samples = samples.copy()
    for y, x in sites:
        samples[y, x] = value
    assert isinstance(begin, int)
    data[begin : begin + samples.nbytes] = samples.astype("<u2").tobytes()
    path.write_bytes(data)
    assert np.array_equal(samples_of(path), samples)
    return samples


SITES = [(y, x) for y in range(8, 236, 19) for x in range(9, 316, 23)]


@pytest.mark.parametrize("named", ["constant", "list"])
@pytest.mark.parametrize("hot_pixels", ["remove", "keep"])
def test_sites_that_a_list_names_are_repaired_and_the_list_is_kept_with_its_samples(
    latent: Latent, dng: MakeDng, named: str, hot_pixels: str
) -> None:
    clean = dng("clean.dng", *SIZE, "--compression", "none")
    source = dng("photo.dng", *SIZE, "--compression", "none")
    # Close to what the scene shows there, so that nothing but the list tells.
    samples = strike(source, SITES, 0 if named == "constant" else 1500)
    points = b"".join(struct.pack(">2I", y, x) for y, x in SITES)
    opcode = (
        (FIX_CONSTANT, struct.pack(">2I", 0, 0))
        if named == "constant"
        else (FIX_LIST, struct.pack(">3I", 1, len(SITES), 0) + points)
    )
    add_tags(source, {LIST_1: (UNDEFINED, opcode_list(opcode))})

    kept = source.with_name("kept.dng")
    outcome = latent("rawdenoise", source, "--strength", 0, "-o", kept, "--json")
    assert notices_of(outcome) == []
    assert np.array_equal(samples_of(kept), 4 * samples)
    assert [number for number, _ in opcodes_of(kept, LIST_1)] == [opcode[0]]

    for strength in (40, 100):
        expected = source.with_name("expected.dng")
        result = source.with_name("result.dng")
        asked = ("--strength", strength, "--noise", "0.0004,4e-6", "--precision", "f32",
                 "--hot-pixels", hot_pixels, "--overwrite")  # fmt: skip
        assert latent("rawdenoise", clean, "-o", expected, *asked).code == 0
        outcome = latent("rawdenoise", source, "-o", result, *asked, "--json")
        assert any(f"{len(SITES)} sites" in notice for notice in notices_of(outcome))
        assert opcodes_of(result, LIST_1) == []
        rows, columns = np.array(SITES).T
        off = (samples_of(result).astype(float) - samples_of(expected))[rows, columns] / 65535
        assert np.max(np.abs(off)) < 0.06
        assert abs(np.mean(off)) < 0.004


def test_a_region_keeps_what_can_be_moved_and_names_the_rest(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *SIZE)
    points = struct.pack(">3I4I", 1, 2, 0, 50, 70, 200, 300)
    table = AREA + struct.pack(">I2H", 2, 0, 65535)
    add_tags(
        source,
        {
            LIST_1: (UNDEFINED, opcode_list((FIX_LIST, points), (MAP_TABLE, table))),
            LIST_2: (UNDEFINED, bayer_gain_maps(320, 240)),
            LIST_3: (UNDEFINED, warp()),
        },
    )
    whole = source.with_name("whole.dng")
    assert notices_of(latent("rawdenoise", source, "--strength", 0, "-o", whole, "--json")) == []
    assert [number for number, _ in opcodes_of(whole, LIST_1)] == [FIX_LIST, MAP_TABLE]
    assert tags_of(whole)[LIST_2] == bayer_gain_maps(320, 240)
    assert tags_of(whole)[LIST_3] == warp()

    part = source.with_name("part.dng")
    outcome = latent("rawdenoise", source, "--strength", 0, "-o", part, "--json",
                     "--region", "41,30,101,80")  # fmt: skip
    (lost,) = notices_of(outcome)
    assert "WarpRectilinear of OpcodeList3" in lost
    assert "GainMap" not in lost
    first = opcodes_of(part, LIST_1)
    assert [number for number, _ in first] == [FIX_LIST, MAP_TABLE]
    assert struct.unpack(">3I2I", first[0][1])[1:] == (1, 0, 20, 29)
    assert struct.unpack_from(">4I", first[1][1]) == (0, 0, 80, 101)
    maps = opcodes_of(part, LIST_2)
    assert len(maps) == 4
    for _, parameters in maps:
        top, left, bottom, right, _, _, pitch, _ = struct.unpack_from(">8I", parameters)
        assert top in (0, 1)
        assert left in (0, 1)
        assert bottom == 80
        assert right == 101
        assert pitch == 2
    assert LIST_3 not in tags_of(part)


def test_an_unknown_opcode_goes_by_its_name_only_where_it_holds_no_more(
    latent: Latent, dng: MakeDng
) -> None:
    source = dng("photo.dng", *SIZE)
    lists = {LIST_2: (UNDEFINED, opcode_list((UNKNOWN, b"12345678")))}
    add_tags(source, lists)
    whole = source.with_name("whole.dng")
    assert notices_of(latent("rawdenoise", source, "--strength", 0, "-o", whole, "--json")) == []
    assert opcodes_of(whole, LIST_2) == [(UNKNOWN, b"12345678")]
    part = source.with_name("part.dng")
    outcome = latent("rawdenoise", source, "--strength", 0, "-o", part, "--json",
                     "--region", "40,30,100,80")  # fmt: skip
    (lost,) = notices_of(outcome)
    assert "opcode 200 of OpcodeList2" in lost


def test_a_constant_before_the_linearisation_names_the_same_sites_after_it(
    latent: Latent, dng: MakeDng
) -> None:
    source = dng("photo.dng", *SIZE, "--compression", "none")
    strike(source, SITES, 7)
    table = np.minimum(65535, np.maximum(100, np.arange(16384))).astype("<u2").tobytes()
    constant = opcode_list((FIX_CONSTANT, struct.pack(">2I", 7, 0)), (MAP_TABLE, AREA + b"\0" * 6))
    add_tags(source, {50712: (SHORT, table), LIST_1: (UNDEFINED, constant)})
    result = source.with_name("result.dng")
    outcome = latent("rawdenoise", source, "--strength", 0, "-o", result, "--json")
    (lost,) = notices_of(outcome)
    assert "MapTable of OpcodeList1" in lost
    ((number, parameters),) = opcodes_of(result, LIST_1)
    assert number == FIX_LIST
    points = struct.unpack(f">{len(parameters) // 4}I", parameters)
    assert list(zip(points[3::2], points[4::2], strict=True)) == SITES


def lossy(source: Path, opcodes: bytes) -> npt.NDArray[np.uint8]:
    """Makes a linear DNG of 160 x 96 pixels one of a lossy tile; gives what that decodes to."""
    x, y = np.meshgrid(np.arange(160), np.arange(96))
    picture = np.stack([40 + x, 60 + x // 2 + y // 2, 200 - x], axis=-1).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=98, subsampling=0)
    data = source.read_bytes()
    data += bytes(len(data) % 2)
    source.write_bytes(data + stream.getvalue())
    add_tags(
        source,
        {
            258: (SHORT, struct.pack("<3H", 8, 8, 8)),
            259: (SHORT, struct.pack("<H", 34892)),
            322: (LONG, struct.pack("<I", 160)),
            323: (LONG, struct.pack("<I", 96)),
            324: (LONG, struct.pack("<I", len(data))),
            325: (LONG, struct.pack("<I", len(stream.getvalue()))),
            50714: (LONG, struct.pack("<3I", 0, 0, 0)),
            50717: (LONG, struct.pack("<3I", 255, 255, 255)),
            LIST_2: (UNDEFINED, opcodes),
        },
        without=(273, 278, 279),
    )
    decoded: npt.NDArray[np.uint8] = np.asarray(Image.open(stream).convert("RGB"))
    return decoded


def square(first: int, planes: int) -> tuple[int, bytes]:
    """A polynomial that squares the values of so many colours."""
    return 8, struct.pack(">9I3d", 0, 0, 96, 160, first, planes, 1, 1, 2, 0, 0, 1)


GAIN = (9, struct.pack(">8I2I4dI4f", 0, 0, 96, 160, 0, 3, 1, 1, 2, 2, 1, 1, 0, 0, 1, 1, 1, 2, 2))
LOSSY = ("--cfa", "linear", "--size", "160x96")


@pytest.mark.parametrize("order", ["behind", "before"])
def test_of_a_lossy_dng_only_what_was_applied_goes(
    latent: Latent, dng: MakeDng, order: str
) -> None:
    source = dng("photo.dng", *LOSSY)
    squares = [square(plane, 1) for plane in range(3)]
    opcodes = [*squares, GAIN] if order == "behind" else [GAIN, *squares]
    decoded = lossy(source, opcode_list(*opcodes))
    result = source.with_name("result.dng")
    outcome = latent("rawdenoise", source, "--strength", 0, "-o", result, "--json")
    expected = 65535 * (decoded / 255.0) ** 2
    assert np.max(np.abs(samples_of(result) - expected)) < 1200  # of two JPEG decoders
    if order == "behind":
        assert notices_of(outcome) == []
        assert opcodes_of(result, LIST_2) == [GAIN]
    else:
        (lost,) = notices_of(outcome)
        assert "GainMap of OpcodeList2" in lost
        assert opcodes_of(result, LIST_2) == []


def test_a_lossy_dng_whose_polynomials_nobody_here_applies_is_refused(
    latent: Latent, dng: MakeDng
) -> None:
    source = dng("photo.dng", *LOSSY)
    lossy(source, opcode_list(square(0, 3)))
    outcome = latent("rawdenoise", source, "--json")
    assert outcome.code == 1, outcome
    assert outcome.events[-1]["code"] == "unsupported"


def test_gain_maps_are_applied_where_a_raw_is_developed(latent: Latent, dng: MakeDng) -> None:
    options = ("--size", "320x240", "--scene", "flat", "--noise", "1e-5,1e-7")
    shown = {}
    for name, more in (("plain", ()), ("mapped", ("--gain-maps", "--warp"))):
        source = dng(f"{name}.dng", *options, *more)
        target = source.with_name(f"{name}.tif")
        outcome = latent("denoise", source, "--strength", 0, "-o", target, "--json")
        told = [notice for notice in notices_of(outcome) if "WarpRectilinear" in notice]
        assert len(told) == (1 if more else 0)
        shown[name] = tifffile.imread(target).astype(float)
    assert np.allclose(shown["mapped"][110:130, 150:170], shown["plain"][110:130, 150:170],
                       rtol=0.02)  # fmt: skip
    assert np.all(shown["mapped"][:8, :8] > 1.05 * shown["plain"][:8, :8])


TAGS = {
    50830: (LONG, struct.pack("<4I", 0, 0, 240, 2)),  # MaskedAreas
    51043: (BYTE, bytes(range(8))),  # TimeCodes
    51044: (SRATIONAL, struct.pack("<2i", 24000, 1001)),  # FrameRate
    51058: (SRATIONAL, struct.pack("<2i", 28, 10)),  # TStop
    51081: (ASCII, b"A001\0"),  # ReelName
    51105: (ASCII, b"B camera\0"),  # CameraLabel
    51089: (LONG, struct.pack("<2I", 640, 480)),  # OriginalDefaultFinalSize
    50827: (ASCII, b"IMG_0001.CR3\0"),  # OriginalRawFileName
    50736: (RATIONAL, struct.pack("<8I", 24, 1, 70, 1, 28, 10, 28, 10)),  # LensInfo
    52529: (SHORT, struct.pack("<H", 23)),  # CalibrationIlluminant3
    52531: (SRATIONAL, struct.pack("<18i", *[1, 3] * 9)),  # ColorMatrix3
    52551: (BYTE, bytes((1, 0, 1, 0, 0, 0, 0x80, 0x40))),  # ProfileDynamicRange
    52552: (ASCII, b"Group\0"),  # ProfileGroupName
}


@pytest.mark.parametrize("strength", [0, 100])
def test_tags_of_cinema_and_of_later_versions_are_carried(
    latent: Latent, dng: MakeDng, strength: int
) -> None:
    source = dng("frame.dng", *SIZE)
    add_tags(source, TAGS)
    before = tags_of(source)
    outcome = latent("rawdenoise", source, "--strength", strength, "--json",
                     "--noise", "0.0004,4e-6")  # fmt: skip
    assert notices_of(outcome) == []
    after = tags_of(source.with_name("frame_raw-denoise.dng"))
    for tag in TAGS:
        assert after[tag] == before[tag], tag


def test_what_is_not_carried_is_named_once(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *SIZE)
    add_tags(
        source,
        {
            50781: (BYTE, bytes(16)),  # RawDataUniqueID, of other samples
            50828: (UNDEFINED, bytes(64)),  # OriginalRawFileData
            50933: (LONG, struct.pack("<2I", 8, 8)),  # ExtraCameraProfiles
            65010: (SHORT, struct.pack("<H", 1)),
        },
    )
    outcome = latent("rawdenoise", source, "--strength", 0, "--json")
    (lost,) = notices_of(outcome)
    for name in ("OriginalRawFileData", "ExtraCameraProfiles", "65010"):
        assert name in lost
    after = tags_of(source.with_name("photo_raw-denoise.dng"))
    assert not {50781, 50828, 50933, 65010} & after.keys()


@pytest.mark.parametrize("factor", [30.0, 0.03, 1.5])
def test_a_noise_profile_is_checked_against_the_picture(
    latent: Latent, dng: MakeDng, factor: float
) -> None:
    source = dng("photo.dng", "--size", "640x480", "--scene", "gradient", "--noise", "0.0004,4e-6")
    profile = struct.pack("<2d", 0.0004 * factor, 4e-6 * factor)
    add_tags(source, {51041: (DOUBLE, profile)})
    outcome = latent("rawdenoise", source, "--json")
    told = [notice for notice in notices_of(outcome) if "NoiseProfile" in notice]
    noise = outcome.events[-1]["noise"]
    if factor == 1.5:
        assert told == []
        assert noise["a"][1] == pytest.approx(0.0006)
        return
    assert len(told) == 1
    assert "what the picture shows was used" in told[0]
    assert noise["origin"] == "estimated"
    assert noise["a"][1] * 0.18 + noise["b"][1] == pytest.approx(0.0004 * 0.18 + 4e-6, rel=0.25)


@pytest.mark.parametrize("share", [0.006, 0.03])
def test_the_hot_pixels_of_a_long_exposure_go(latent: Latent, dng: MakeDng, share: float) -> None:
    count = int(share * 320 * 240)
    source = dng("night.dng", *SIZE[:2], "--scene", "flat", "--noise", "0.0004,4e-6", "--hot",
                 str(count), "--hot-height", "0.9")  # fmt: skip
    outcome = latent("rawdenoise", source, "--json", "--noise", "0.0004,4e-6")
    assert notices_of(outcome) == []
    assert outcome.events[-1]["hot_pixels"] > 0.93 * count


def test_a_guard_that_gives_up_says_so_with_the_number(latent: Latent, dng: MakeDng) -> None:
    source = dng("storm.dng", *SIZE[:2], "--scene", "flat", "--noise", "0.0004,4e-6", "--hot",
                 "6000", "--hot-height", "0.9")  # fmt: skip
    outcome = latent("rawdenoise", source, "--json", "--noise", "0.0004,4e-6")
    assert outcome.events[-1]["hot_pixels"] == 0
    (told,) = notices_of(outcome)
    assert "no hot pixel was repaired" in told
    assert "%" in told
