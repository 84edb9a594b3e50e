# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours that stay what they are: primaries, profiles, pictures of one hue or none."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from made_pictures import (
    AP0_XY,
    SRGB_XY,
    XYZ_XY,
    Floats,
    exr_header,
    grain,
    jpeg,
    scene,
    write_exr,
    xmp_packet,
)
from PIL import Image, ImageCms
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
HEIGHT, WIDTH = 48, 64


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("networks")
    return {
        "denoise": make_denoiser(folder, "tint"),
        "zero": make_denoiser(folder, "zero"),
        "upscale": make_upscaler(folder, "tint"),
    }


def run(latent: Latent, tools: dict[str, Path], verb: str, source: Path, output: Path,
        *options: Any) -> list[str]:  # fmt: skip
    outcome = latent(verb, source, "-o", output, "--overwrite", "--again", "--json",
                     "--precision", "f32", "--model", tools[verb], *options)  # fmt: skip
    assert outcome.code == 0, outcome
    notices: list[str] = outcome.events[-1]["notices"]
    return notices


def rgb_to_xyz(xy: tuple[float, ...]) -> Floats:
    """Of those primaries, white of luminance 1; not adapted."""
    columns = np.array(
        [[xy[2 * i], xy[2 * i + 1], 1 - xy[2 * i] - xy[2 * i + 1]] for i in range(3)]
    )
    white = np.array([xy[6], xy[7], 1 - xy[6] - xy[7]]) / xy[7]
    amounts: Floats = np.linalg.solve(columns.T, white)
    result: Floats = columns.T * amounts
    return result


def adapted(source_white: Floats, to_white: Floats) -> Floats:
    cones = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367],
                      [0.0389, -0.0685, 1.0296]])  # fmt: skip
    gains = (cones @ to_white) / (cones @ source_white)
    result: Floats = np.linalg.inv(cones) @ np.diag(gains) @ cones
    return result


@pytest.mark.parametrize("primaries", [AP0_XY, XYZ_XY], ids=["ap0", "xyz"])
def test_openexr_of_any_primaries_looks_as_it_is(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, primaries: tuple[float, ...]
) -> None:
    light = scene(HEIGHT, WIDTH)
    srgb, other = rgb_to_xyz(SRGB_XY), rgb_to_xyz(primaries)
    turn = np.linalg.inv(other) @ adapted(srgb.sum(axis=1), other.sum(axis=1)) @ srgb
    plain = write_exr(tmp_path / "srgb.exr", light, chromaticities=SRGB_XY)
    source = write_exr(tmp_path / "other.exr", light @ turn.T, chromaticities=primaries)
    compared = json.loads(latent("compare", plain, source, "--json").stdout)
    assert compared["largest"] < 1e-3
    output = tmp_path / "out.exr"
    run(latent, tools, "denoise", source, output, "--strength", 10)
    assert exr_header(output)["chromaticities"] == exr_header(source)["chromaticities"]
    for name in ("a.tif", "b.png"):
        run(latent, tools, "denoise", source, tmp_path / name, "--strength", 0)
        shown = json.loads(latent("compare", plain, tmp_path / name, "--json").stdout)
        assert max(shown["mean"]) < 2e-3


def icc(tags: dict[bytes, bytes], connection: bytes = b"Lab ", kind: bytes = b"scnr") -> bytes:
    """An ICC profile of version 2 for RGB with these tags."""
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"made\0" + b"\0" * 78,
            b"cprt": b"text\0\0\0\0none\0",
            b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061), **tags}  # fmt: skip
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    size = 128 + len(table) + len(body)
    head = struct.pack(">I", size) + b"test" + b"\x02\x10\0\0" + kind + b"RGB " + connection
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def lab_table(points: int, inverse: bool = False) -> bytes:
    """A table of 16 bits (mft2): sRGB to Lab of version 2, or back."""
    axis = np.linspace(0, 1, points)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    to_xyz = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606],
                       [0.0139, 0.0971, 0.7141]])  # fmt: skip
    white = np.array([0.9642, 1.0, 0.8249])
    if inverse:
        lab = grid * 65535 / 65280
        lab = np.stack([lab[:, 0] * 100, lab[:, 1] * 255 - 128, lab[:, 2] * 255 - 128], axis=1)
        f = (lab[:, 0:1] + 16) / 116 + np.stack(
            [lab[:, 1] / 500, np.zeros(len(lab)), -lab[:, 2] / 200], axis=1
        )
        xyz = np.where(f > 6 / 29, f**3, (f - 16 / 116) / 7.787) * white
        light = np.clip(xyz @ np.linalg.inv(to_xyz).T, 0, 1)
        values = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    else:
        light = np.where(grid <= 0.04045, grid / 12.92, ((grid + 0.055) / 1.055) ** 2.4)
        ratio = (light @ to_xyz.T) / white
        f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
        lab = np.stack([(116 * f[:, 1] - 16) / 100, (500 * (f[:, 0] - f[:, 1]) + 128) / 255,
                        (200 * (f[:, 1] - f[:, 2]) + 128) / 255], axis=1)  # fmt: skip
        values = np.clip(lab, 0, 1) * 65280 / 65535
    numbers: bytes = np.round(np.clip(values, 0, 1) * 65535).astype(">u2").tobytes()
    line = struct.pack(">2H", 0, 65535)
    unity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    head = b"mft2\0\0\0\0" + bytes([3, 3, points, 0]) + unity + struct.pack(">2H", 2, 2)
    return head + line * 3 + numbers + line * 3


ONE_WAY = icc({b"A2B0": lab_table(9)})
BOTH_WAYS = icc({b"A2B0": lab_table(9), b"B2A0": lab_table(9, inverse=True)})


def tiff(path: Path, samples: Any, profile: bytes | None = None) -> Path:
    tifffile.imwrite(path, samples, photometric="rgb", iccprofile=profile, metadata=None)
    return path


def embedded(path: Path) -> bytes | None:
    with tifffile.TiffFile(path) as opened:
        found = opened.pages[0].tags.get(34675)  # type: ignore[union-attr]
        return None if found is None else bytes(found.value)


def bytes_of(light: Floats) -> np.ndarray:
    return np.round(np.clip(light, 0, 1) * 255).astype(np.uint8)


def test_a_profile_that_leads_one_way_costs_a_notice(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    samples = bytes_of(scene(HEIGHT, WIDTH) * 0.5 + 0.2)
    source = tiff(tmp_path / "scan.tif", samples, ONE_WAY)
    output = tmp_path / "out.tif"
    notices = run(latent, tools, "denoise", source, output, "--strength", 0, "--bit-depth", 8)
    assert np.array_equal(tifffile.imread(output), samples)
    assert embedded(output) == ONE_WAY
    assert not any("Rec. 2020" in notice for notice in notices)
    info = json.loads(latent("info", source, "--json").stdout)
    assert info["refusal"] is None
    assert any("not back; the result is in Rec. 2020" in warning for warning in info["warnings"])
    notices = run(latent, tools, "denoise", source, output, "--strength", 1)
    assert sum("Rec. 2020" in notice for notice in notices) == 1
    assert json.loads(latent("compare", source, output, "--json").stdout)["largest"] < 0.01
    twice = run(latent, tools, "upscale", source, tmp_path / "x2.tif", "--scale", 2)
    assert sum("Rec. 2020" in notice for notice in twice) == 1


def test_a_little_denoise_changes_a_picture_of_tables_a_little(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    samples = np.random.default_rng(2).integers(0, 65536, (HEIGHT, WIDTH, 3), dtype=np.uint16)
    source = tiff(tmp_path / "scan.tif", samples, BOTH_WAYS)
    output = tmp_path / "out.tif"
    run(latent, tools, "denoise", source, output, "--strength", 1)
    off = np.abs(tifffile.imread(output).astype(int) - samples.astype(int))
    assert embedded(output) == BOTH_WAYS
    assert 0 < off.max() < 400  # 5 % of 1 %, by a table that is steep in places


@pytest.mark.parametrize("damage", ["curve", "nothing"])
def test_a_profile_damaged_inside_costs_a_notice(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, damage: str
) -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    for i in range(count):
        name, at, _ = struct.unpack_from(">4sII", profile, 132 + 12 * i)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            kind = b"junk" if damage == "curve" else b"\0\0\0\0"
            profile[at : at + 4] = kind
    samples = bytes_of(scene(HEIGHT, WIDTH))
    source = tiff(tmp_path / "bad.tif", samples, bytes(profile))
    output = tmp_path / "out.tif"
    notices = run(latent, tools, "denoise", source, output, "--strength", 0, "--bit-depth", 8)
    assert np.array_equal(tifffile.imread(output), samples)
    assert embedded(output) == bytes(profile)
    assert any("profile" in notice for notice in notices)
    for options in ((), ("--profile", "srgb"), ("--strength", 0, "--profile", "srgb")):
        notices = run(latent, tools, "denoise", source, output, *options)
        assert sum("left out" in notice for notice in notices) == 1
        assert embedded(output) != bytes(profile)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("profile", [None, "adobe", "tables"])
def test_a_neutral_picture_stays_neutral(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, dtype: Any, profile: str | None
) -> None:
    grey = scene(HEIGHT, WIDTH)[:, :, 0] + grain((HEIGHT, WIDTH), 0.03)
    samples = np.round(np.clip(grey, 0, 1) * np.iinfo(dtype).max).astype(dtype)
    samples = np.repeat(samples[:, :, None], 3, axis=2)
    source = tiff(tmp_path / "bw.tif", samples, BOTH_WAYS if profile == "tables" else None)
    if profile == "adobe":
        wide = tmp_path / "wide.tif"
        run(latent, tools, "denoise", source, wide, "--strength", 0, "--profile", "adobergb")
        source = wide
    output = tmp_path / "out.tif"
    run(latent, tools, "denoise", source, output)
    found = tifffile.imread(output)
    assert found.shape == samples.shape
    assert np.array_equal(found[:, :, 0], found[:, :, 1])
    assert np.array_equal(found[:, :, 0], found[:, :, 2])
    before = tifffile.imread(source)
    bits = 8 * before.dtype.itemsize
    run(latent, tools, "denoise", source, output, "--strength", 0, "--bit-depth", bits)
    assert np.array_equal(tifffile.imread(output), before)
    run(latent, tools, "upscale", source, output, "--scale", 2)
    found = tifffile.imread(output)
    assert np.array_equal(found[:, :, 0], found[:, :, 1])
    assert np.array_equal(found[:, :, 0], found[:, :, 2])


@pytest.mark.parametrize("verb", ["denoise", "upscale"])
def test_a_sepia_picture_stays_of_one_hue(
    latent: Latent, tools: dict[str, Path], tmp_path: Path, verb: str
) -> None:
    grey = np.clip(scene(96, 128)[:, :, 0] + grain((96, 128), 0.04), 0, 1)
    tone = np.stack([grey**0.8, grey, grey**1.4], axis=2)
    source = tiff(tmp_path / "sepia.tif", bytes_of(tone))
    output = tmp_path / "out.tif"
    run(latent, tools, verb, source, output, *(("--scale", 2) if verb == "upscale" else ()))
    found = tifffile.imread(output).astype(float) / 65535
    middle = found[:, :, 1]
    assert np.abs(found[:, :, 0] - middle**0.8).max() < 4 / 255
    assert np.abs(found[:, :, 2] - middle**1.4).max() < 4 / 255


def test_one_coloured_thing_in_a_grey_picture_is_no_hue(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    samples = np.repeat(bytes_of(scene(96, 128)[:, :, :1]), 3, axis=2)
    samples[40:48, 60:70] = (200, 20, 30)
    source = tiff(tmp_path / "red.tif", samples)
    output = tmp_path / "out.tif"
    run(latent, tools, "denoise", source, output, "--bit-depth", 8)
    found = tifffile.imread(output)[40:48, 60:70].astype(int)
    assert np.abs(found - (190, 20, 31)).max() <= 2  # what the network says, colour by colour


def test_tags_of_colour_follow_a_conversion(
    latent: Latent, tools: dict[str, Path], tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0xA001: 65535, 0xA500: 2.2, 0xA005: {1: "R03"}})
    source = tmp_path / "adobe.jpg"
    packet = xmp_packet('xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
                        'photoshop:ICCProfile="Adobe RGB (1998)"')  # fmt: skip
    source.write_bytes(jpeg(bytes_of(scene(HEIGHT, WIDTH)), exif=exif.tobytes(), xmp=packet))
    for profile, space, option in (("source", 65535, "R03"), ("srgb", 1, "R98"),
                                   ("prophoto", 65535, None)):  # fmt: skip
        output = tmp_path / f"{profile}.jpg"
        run(latent, tools, "denoise", source, output, "--strength", 10, "--profile", profile)
        with Image.open(output) as opened:
            found = opened.getexif()
            assert found.get_ifd(0x8769)[0xA001] == space
            assert (0xA500 in found.get_ifd(0x8769)) == (profile == "source")
            assert found.get_ifd(0xA005).get(1) == option
            assert ("ICCProfile" in str(opened.info.get("xmp"))) == (profile == "source")


def test_compare_turns_both_pictures_upright(latent: Latent, tmp_path: Path) -> None:
    samples = bytes_of(scene(HEIGHT, WIDTH))
    upright = tiff(tmp_path / "upright.tif", samples)
    stored = {3: samples[::-1, ::-1], 6: np.rot90(samples), 8: np.rot90(samples, -1),
              5: samples.transpose(1, 0, 2)}  # fmt: skip
    for turn, pixels in stored.items():
        turned = tmp_path / f"turned{turn}.tif"
        tifffile.imwrite(turned, np.ascontiguousarray(pixels), photometric="rgb",
                         extratags=[(274, 3, 1, turn, True)])  # fmt: skip
        compared = json.loads(latent("compare", upright, turned, "--json").stdout)
        assert compared["identical"], turn
        assert (compared["width"], compared["height"]) == (WIDTH, HEIGHT)
