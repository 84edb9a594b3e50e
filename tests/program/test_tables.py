# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures whose profile is made of tables (LUT), with a gamut beyond sRGB."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import Outcome
from test_denoise import F32, unit
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
Floats = npt.NDArray[np.float64]

WHITE = np.array([0.9642, 1.0, 0.8249])
# Adobe RGB (1998) to XYZ of D50, as its ICC profile has it.
TO_XYZ = np.array(
    [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]]
)
GAMMA = 563 / 256


def lab_of(rgb: Floats) -> Floats:
    ratio = (rgb**GAMMA) @ TO_XYZ.T / WHITE
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def rgb_of(lab: Floats) -> Floats:
    y = (lab[..., 0] + 16) / 116
    root = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], -1)
    ratio = np.where(root > 6 / 29, root**3, (116 * root - 16) * 27 / 24389)
    light = (ratio * WHITE) @ np.linalg.inv(TO_XYZ).T
    rgb: Floats = np.clip(light, 0, 1) ** (1 / GAMMA)
    return rgb


def grid(points: int) -> Floats:
    steps = np.linspace(0, 1, points)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1)


def mft2(table: Floats) -> bytes:
    """lut16Type (ICC.1:2001-04, 6.5.9): straight curves around `table`, which spans 0..1."""
    identity = [65536 if k % 4 == 0 else 0 for k in range(9)]
    head = struct.pack(">4s4xBBBx9i2H", b"mft2", 3, 3, table.shape[0], *identity, 2, 2)
    curves = struct.pack(">6H", *[0, 65535] * 3)
    return head + curves + np.round(table * 65535).astype(">u2").tobytes() + curves


def table_profile(points: int = 33) -> bytes:
    """Adobe RGB as tables to Lab and back, of ICC version 2: 0xFF00 is L 100."""
    lab = lab_of(grid(points))
    stored = np.stack([lab[..., 0] * 652.8, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256])
    codes = 65535 * grid(points)
    back = rgb_of(np.stack([codes[..., 0] / 652.8, codes[..., 1] / 256 - 128,
                            codes[..., 2] / 256 - 128], -1))  # fmt: skip
    name = b"Adobe RGB of tables\0"
    white = struct.pack(">3i", *np.round(WHITE * 65536).astype(int))
    tags = {
        b"desc": struct.pack(">4s4xI", b"desc", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + white,
        b"A2B0": mft2(np.moveaxis(stored, 0, -1) / 65535),
        b"B2A0": mft2(back),
    }
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, 128 + 4 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4xI4s4s4s6H4s24xI", 128 + len(table) + len(body), 0x02400000, b"prtr",
                       b"RGB ", b"Lab ", 2024, 1, 1, 0, 0, 0, b"acsp", 0)  # fmt: skip
    return (head + white).ljust(128, b"\0") + table + body


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tables")
    return {"denoise": make_denoiser(folder, "zero"), "upscale": make_upscaler(folder, "zero")}


COLOURS = np.array([[0.2, 0.9, 0.2], [0.1, 0.8, 0.9], [0.9, 0.2, 0.2], [0.5, 0.5, 0.5]])


@pytest.mark.parametrize("task", ["denoise", "upscale"])
def test_colours_beyond_srgb_are_kept(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], task: str
) -> None:
    samples = np.repeat(np.repeat(np.round(COLOURS * 65535), 40, 0)[:, None], 40, 1)
    source = tmp_path / "photo.tif"
    tifffile.imwrite(source, samples.astype(np.uint16), photometric="rgb",
                     iccprofile=table_profile())  # fmt: skip
    arguments = ("--level", 1) if task == "denoise" else ("--scale", 2)
    result = tmp_path / "result.tif"
    outcome = latent(task, source, "-o", result, *arguments, *F32, "--model", packages[task])
    assert outcome.code == 0, outcome
    scale = 2 if task == "upscale" else 1
    found = unit(tifffile.imread(result))[20 * scale :: 40 * scale, 20 * scale]
    # What the two tables of 33 points are off by; cut to sRGB the first came back as 0.50 in red.
    assert np.max(np.abs(found - COLOURS)) < 0.02


def test_clip_still_brings_them_to_the_border(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = np.full((40, 40, 3), np.round(COLOURS[0] * 65535)).astype(np.uint16)
    source, result = tmp_path / "photo.tif", tmp_path / "result.tif"
    tifffile.imwrite(source, samples, photometric="rgb", iccprofile=table_profile())
    outcome = latent("denoise", source, "-o", result, "--wide-gamut", "clip", "--level", 1, *F32,
                     "--model", packages["denoise"])  # fmt: skip
    assert outcome.code == 0, outcome
    assert unit(tifffile.imread(result))[20, 20, 0] == pytest.approx(0.50, abs=0.02)
