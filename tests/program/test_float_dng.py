# SPDX-License-Identifier: GPL-3.0-or-later
"""Floating-point DNGs (merges of several exposures) through every verb."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import Outcome
from test_rawdenoise import samples_of, tag_of

Latent = Callable[..., Outcome]
Floats = npt.NDArray[np.float32]

CFA = 32803
LINEAR_RAW = 34892
MATRIX = (0.6461, -0.0907, -0.0882, -0.43, 1.2184, 0.2378, -0.0819, 0.1944, 0.5931)
NEUTRAL = (0.48, 1.0, 0.62)


def scene(shape: tuple[int, ...], noise: float = 0.0, white: float = 1.0) -> Floats:
    """Light over twelve stops from left to right, some of it above white."""
    height, width = shape[:2]
    light = np.broadcast_to(2.0 ** np.linspace(-11, 1, width), (height, width))
    colours = np.array([0.5, 1.0, 0.7])
    if len(shape) == 3:
        clean = light[..., None] * colours
    else:
        sites = np.tile(np.array([[0, 1], [1, 2]]), (height // 2 + 1, width // 2 + 1))
        clean = light * colours[sites[:height, :width]]
    random = np.random.default_rng(5)
    noisy = clean + random.normal(0, 1, shape) * np.sqrt(noise * clean + noise * 1e-3)
    photograph: npt.NDArray[np.float32] = (noisy * white).astype(np.float32)
    return photograph


def write_float_dng(path: Path, samples: npt.NDArray[Any], white: float = 1.0, **how: Any) -> Path:
    linear = samples.ndim == 3
    rational = [(round(v * 10000), 10000) for v in MATRIX]
    neutral = [(round(v * 10000), 10000) for v in NEUTRAL]
    tags: list[tuple[Any, ...]] = [
        (271, 2, 0, "Latent", True),
        (272, 2, 0, "Float One", True),
        (50706, 1, 4, (1, 4, 0, 0), True),
        (50708, 2, 0, "Latent Float One", True),
        (50717, 5, 1, (round(white * 1000), 1000), True),
        (50721, 10, 9, tuple(v for pair in rational for v in pair), True),
        (50728, 5, 3, tuple(v for pair in neutral for v in pair), True),
        (50778, 3, 1, 21, True),
    ]
    if not linear:
        tags += [(33421, 3, 2, (2, 2), True), (33422, 1, 4, (0, 1, 1, 2), True)]
    tifffile.imwrite(
        path, samples, photometric=LINEAR_RAW if linear else CFA, extratags=tags, metadata=None,
        planarconfig=None if not linear else "contig", **how,
    )  # fmt: skip
    return path


def floats_of(path: Path) -> Floats:
    samples = samples_of(path)
    assert samples.dtype == np.float32
    return samples.astype(np.float32)


def same_bits(a: Floats, b: Floats) -> bool:
    return np.array_equal(a.view(np.uint32), b.view(np.uint32))


def result_of(source: Path) -> Path:
    return source.with_name(source.stem + "_raw-denoise.dng")


SHAPES = [(150, 201), (150, 201, 3)]
CODINGS: list[dict[str, Any]] = [
    {},
    {"byteorder": ">"},
    {"compression": "deflate", "predictor": 3, "tile": (64, 64)},
    {"compression": "deflate", "rowsperstrip": 20},
]


KEPT = ("--compression", "none")


def light_of(path: Path) -> npt.NDArray[np.float64]:
    """The samples of an integer DNG, black 0 and white 1."""
    black = np.atleast_1d(np.array(tag_of(path, "BlackLevel"), float))
    if black.size in (2, 6):  # rationals
        black = black[::2] / black[1::2]
    white = np.atleast_1d(np.array(tag_of(path, "WhiteLevel"), float))
    light: npt.NDArray[np.float64] = (samples_of(path) - black[0]) / (white[0] - black[0])
    return light


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("depth", [np.float16, np.float32])
@pytest.mark.parametrize("coding", range(len(CODINGS)))
def test_strength_0_gives_every_float_back_where_floats_are_kept(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...], depth: type, coding: int
) -> None:
    samples: npt.NDArray[Any] = scene(shape, 1e-3).astype(depth)
    samples.reshape(-1)[3:6] = (-0.25, np.nan, 40.0)
    source = write_float_dng(tmp_path / "merge.dng", samples, **CODINGS[coding])
    outcome = latent("rawdenoise", source, "--strength", 0, *KEPT, "--json")
    assert outcome.code == 0, outcome
    assert same_bits(floats_of(result_of(source)), samples.astype(np.float32))
    told = outcome.events[-1]["notices"]
    assert any("1 samples are no numbers" in n for n in told), told
    assert any("1 samples more than two stops above white" in n for n in told), told


@pytest.mark.parametrize("shape", SHAPES)
def test_strength_0_is_the_source_within_half_a_count(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    samples = np.maximum(scene(shape, 1e-3), 0)
    source = write_float_dng(tmp_path / "merge.dng", samples)
    outcome = latent("rawdenoise", source, "--strength", 0, "--json")
    assert outcome.code == 0, outcome
    told = [n for n in outcome.events[-1]["notices"] if "from black to white" in n]
    assert len(told) == 1
    assert "--compression none" in told[0]
    light = light_of(result_of(source))
    step = 0.51 / 28000  # more than a stop above white is kept
    assert np.abs(light - samples).max() < step
    assert light.max() > 1.5


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kept", [(), KEPT])
def test_noise_goes_and_light_above_white_stays(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...], kept: tuple[str, ...]
) -> None:
    white = 16383.0
    clean = scene(shape, 0)
    noisy = scene(shape, 2e-3)
    source = write_float_dng(tmp_path / "merge.dng", noisy * np.float32(white), white)
    assert latent("rawdenoise", source, "--precision", "f32", *kept).code == 0
    result = floats_of(result_of(source)) / white if kept else light_of(result_of(source))
    if kept:
        assert tag_of(result_of(source), "WhiteLevel") in (16383, (16383,) * 3)

    def error(picture: npt.NDArray[Any]) -> float:
        shown = slice(0, int(0.8 * shape[1]))
        weight = np.sqrt(clean[:, shown] * 2e-3 + 2e-6)
        return float(np.sqrt(np.mean(((picture - clean)[:, shown] / weight) ** 2)))

    assert error(result) < 0.7 * error(noisy)
    assert float(result.max()) > 1.5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_region_is_a_part_of_the_whole(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    samples = scene(shape, 1e-3)
    source = write_float_dng(tmp_path / "merge.dng", samples)
    part = tmp_path / "part.dng"
    outcome = latent("rawdenoise", source, "--strength", 0, "--region", "31,17,80,64", *KEPT,
                     "-o", part)  # fmt: skip
    assert outcome.code == 0, outcome
    assert same_bits(floats_of(part), samples[17:81, 31:111])


@pytest.mark.parametrize("shape", SHAPES)
def test_every_verb_sees_the_same_light(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    samples = np.clip(scene(shape), 0, 1)
    merged = write_float_dng(tmp_path / "merge.dng", samples.astype(np.float32))
    counts = (samples * 65535 + 0.5).astype(np.uint16)
    whole = write_float_dng(tmp_path / "counts.dng", counts, 65535)
    info = json.loads(latent("info", merged, "--json").stdout)
    assert info["floating_point"] is True
    assert info["refusal"] is None
    assert info["white"][1] == 1
    assert "32 bits floating-point" in latent("info", merged).stdout
    found = json.loads(latent("compare", merged, whole, "--json").stdout)
    assert found["psnr"] is None or found["psnr"] > 60, found
    for verb in ("render", "denoise"):
        options = () if verb == "render" else ("--strength", 0)
        pictures = []
        for source in (merged, whole):
            target = source.with_suffix(f".{verb}.tif" if verb == "denoise" else f".{verb}.png")
            outcome = latent(verb, source, *options, "-o", target)
            assert outcome.code == 0, outcome
            pictures.append(target)
        found = json.loads(latent("compare", *pictures, "--json").stdout)
        assert found["psnr"] is None or found["psnr"] > 60, found


@pytest.mark.skipif(shutil.which("dcraw_emu") is None, reason="LibRaw's programs are absent")
@pytest.mark.parametrize("shape", SHAPES)
def test_libraw_develops_the_result_like_an_integer_dng_of_the_same_light(
    latent: Latent, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    samples = np.clip(scene(shape), 0, 1).astype(np.float32)
    source = write_float_dng(tmp_path / "merge.dng", samples)
    assert latent("rawdenoise", source, "--strength", 0).code == 0
    counts = (samples * 65535 + 0.5).astype(np.uint16)
    whole = write_float_dng(tmp_path / "counts.dng", counts, 65535)
    shown = []
    for path in (whole, result_of(source)):
        subprocess.run(["dcraw_emu", "-T", "-W", "-w", path], check=True, capture_output=True)
        shown.append(tifffile.imread(str(path) + ".tiff").astype(int))
    assert np.abs(shown[0] - shown[1]).max() <= 3
    assert shown[0].max() > 200
