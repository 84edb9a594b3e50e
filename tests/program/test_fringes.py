# SPDX-License-Identifier: GPL-3.0-or-later
"""latent rawdenoise --demosaic --ca auto: lateral chromatic aberration of known size."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome
from latent_reference import cfa as patterns
from latent_reference.dng import rows_of, write_dng
from latent_reference.dng_opcodes import WARP_RECTILINEAR, opcode_list
from latent_reference.dng_spec import CameraColour, DngSpec, Geometry, Levels, Metadata
from test_rawdenoise import samples_of
from tiny_packages import make_demosaicer, make_raw_denoiser

Latent = Callable[..., Outcome]
FloatArray = npt.NDArray[np.float64]
HEIGHT, WIDTH = 420, 560
BLACK, RANGE = 512, 15000
WB = np.array([2.0, 1.0, 1.6])
KNOWN = ("--noise", "1e-6,1e-9", "--hot-pixels", "keep", "--precision", "f32", "--demosaic")
CORNERS_PX = (1.6, -1.1)
"""By how much red and blue stand farther out than green in the corners."""


def scene(red_px: float = 0.0, blue_px: float = 0.0) -> FloatArray:
    """Discs with soft edges, x before white balance; red and blue shifted."""
    rng = np.random.default_rng(4)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    cy, cx = (HEIGHT - 1) / 2, (WIDTH - 1) / 2
    half = np.hypot(cy, cx)
    discs = []
    for _ in range(400):
        light = rng.uniform(0.04, 0.4) * rng.uniform(0.75, 1.25, 3) / WB
        discs.append((rng.uniform(0, HEIGHT), rng.uniform(0, WIDTH), rng.uniform(4, 18), light))
    made = np.full((HEIGHT, WIDTH, 3), 0.15) / WB
    for colour, px in ((0, red_px), (1, 0.0), (2, blue_px)):
        scale = 1 / (1 + px / half)
        at_y, at_x = cy + (y - cy) * scale, cx + (x - cx) * scale
        for dy, dx, radius, light in discs:
            top, left = int(max(dy - radius - 6, 0)), int(max(dx - radius - 6, 0))
            part = (slice(top, int(dy + radius + 6)), slice(left, int(dx + radius + 6)))
            inside = 1 / (1 + np.exp(2.5 * (np.hypot(at_y[part] - dy, at_x[part] - dx) - radius)))
            made[part][..., colour] += inside * (light[colour] - made[part][..., colour])
    return np.asarray(made)


def mosaic_of(path: Path, light: FloatArray, name: str, warps: bytes = b"") -> Path:
    """A DNG of what a sensor sees of it."""
    pattern = patterns.named(name)
    colours = patterns.colour_index(pattern, HEIGHT, WIDTH)
    seen = np.take_along_axis(light, colours[..., None], axis=2)[..., 0]
    spec = DngSpec(
        geometry=Geometry.with_margins(WIDTH, HEIGHT),
        pattern=pattern,
        levels=Levels(bits=16, white=BLACK + RANGE, black=((float(BLACK),),)),
        colour=CameraColour(wb=(2.0, 1.0, 1.6)),
        metadata=Metadata(blocks=frozenset()),
        opcode_list3=warps,
    )
    write_dng(path, spec, rows_of((BLACK + np.rint(seen * RANGE)).astype(np.uint16)))
    return path


def package_of(folder: Path) -> Path:
    """Networks that find nothing to take away."""
    return make_raw_denoiser(folder, {"bayer": 0.0, "xtrans": 0.0})


def psnr(result: Path, light: FloatArray) -> float:
    found = samples_of(result).astype(float) / 32768
    inner = (slice(12, -12), slice(12, -12))
    return float(-10 * np.log10(np.mean((found - light)[inner] ** 2)))


@pytest.mark.parametrize("name", ["rggb", "gbrg", "xtrans:0,0", "xtrans:3,1"])
def test_fringes_of_known_size_are_found_and_corrected(
    latent: Latent, tmp_path: Path, name: str
) -> None:
    source = mosaic_of(tmp_path / "photo.dng", scene(*CORNERS_PX), name)
    package, clean, made = package_of(tmp_path), scene(), {}
    for ca in ("off", "auto"):
        target = tmp_path / f"{ca}.dng"
        outcome = latent("rawdenoise", source, "-o", target, "--ca", ca, "--model", package,
                         *KNOWN, "--json")  # fmt: skip
        assert outcome.code == 0, outcome
        made[ca] = psnr(target, clean), outcome.events[-1]["fringes_px"]
    assert made["off"][1] is None
    found = made["auto"][1]
    assert abs(found["red"] - CORNERS_PX[0]) < 0.1 * abs(CORNERS_PX[0])
    assert abs(found["blue"] - CORNERS_PX[1]) < 0.1 * abs(CORNERS_PX[1])
    assert made["auto"][0] > made["off"][0] + 2.0


@pytest.mark.parametrize("name", ["grbg", "xtrans:1,0"])
def test_a_photograph_without_fringes_stays_as_it_is(
    latent: Latent, tmp_path: Path, name: str
) -> None:
    source = mosaic_of(tmp_path / "photo.dng", scene(), name)
    package, made = package_of(tmp_path), []
    for ca in ("off", "auto"):
        target = tmp_path / f"{ca}.dng"
        common = ("--ca", ca, "--model", package, *KNOWN)
        assert latent("rawdenoise", source, "-o", target, *common).code == 0
        made.append(samples_of(target))
    assert np.array_equal(made[0], made[1])


@pytest.mark.parametrize("name", ["bggr", "xtrans:2,2"])
def test_a_region_has_the_pixels_of_the_whole(latent: Latent, tmp_path: Path, name: str) -> None:
    source = mosaic_of(tmp_path / "photo.dng", scene(*CORNERS_PX), name)
    common = ("--ca", "auto", "--model", package_of(tmp_path), *KNOWN)
    whole, part = tmp_path / "whole.dng", tmp_path / "part.dng"
    assert latent("rawdenoise", source, "-o", whole, *common).code == 0
    region = ("--region", "303,207,201,143")
    assert latent("rawdenoise", source, "-o", part, *region, *common).code == 0
    found = samples_of(part).astype(int)
    assert np.abs(found - samples_of(whole)[207:350, 303:504].astype(int)).max() <= 1


def test_what_cannot_be_measured_is_said_and_left_alone(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--size", "300x260", "--scene", "gradient", "--noise", "1e-5,1e-8")
    common = ("--model", package_of(tmp_path), *KNOWN)
    made = []
    for ca in ("off", "auto"):
        target = tmp_path / f"{ca}.dng"
        outcome = latent("rawdenoise", source, "-o", target, "--ca", ca, *common)
        assert outcome.code == 0, outcome
        assert ("too few strong edges" in outcome.stderr) == (ca == "auto")
        made.append(samples_of(target))
    assert np.array_equal(made[0], made[1])


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "without"), (("--demosaic", "--strength", "0"), "at strength 0")],
)
def test_where_nothing_is_corrected_a_notice_says_so(
    latent: Latent, dng: MakeDng, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    source = dng("photo.dng", "--size", "560x530", "--scene", "chart")
    expected = "so it had nothing to do" if said == "without" else said
    outcome = latent("rawdenoise", source, "--ca", "auto", "--model", package_of(tmp_path),
                     "-o", tmp_path / "result.dng", *options)  # fmt: skip
    assert outcome.code == 0, outcome
    assert expected in outcome.stderr


@pytest.mark.parametrize("planes", [1, 3])
def test_a_correction_in_the_file_is_left_to_the_developer(
    latent: Latent, tmp_path: Path, planes: int
) -> None:
    """A warp with a plane for each colour moves them apart; one for all does not."""
    each = b"".join(struct.pack(">6d", 1 + k, -k, 0, 0, 0, 0) for k in (0.01, 0.0, -0.01)[:planes])
    data = struct.pack(">I", planes) + each + struct.pack(">2d", 0.5, 0.5)
    warps = opcode_list((WARP_RECTILINEAR, data))
    source = mosaic_of(tmp_path / "photo.dng", scene(*CORNERS_PX), "rggb", warps)
    outcome = latent("rawdenoise", source, "--ca", "auto", "--model", package_of(tmp_path),
                     "-o", tmp_path / "result.dng", "--json", *KNOWN)  # fmt: skip
    assert outcome.code == 0, outcome
    done = outcome.events[-1]
    assert (done["fringes_px"] is None) == (planes == 3)
    assert any("moves the colours apart" in each for each in done["notices"]) == (planes == 3)


def test_a_model_that_only_makes_three_colours_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--size", "128x96")
    package, target = make_demosaicer(tmp_path, (0.0, 0.0, 0.0)), tmp_path / "result.dng"
    common = ("--model", package, "-o", target, *KNOWN)
    outcome = latent("rawdenoise", source, "--ca", "auto", *common)
    assert outcome.code != 0
    assert "photo.dng" in outcome.stderr
    assert "use --ca off" in outcome.stderr
    assert not target.exists()


def test_a_job_names_it(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--size", "128x96")
    outcome = latent("rawdenoise", source, "--demosaic", "--ca", "auto", "--print-job")
    assert json.loads(outcome.stdout)["settings"]["ca"] == "auto"
