# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator's DNGs in LibRaw, darktable and RawTherapee, before any network sees them.

The chart has known colours, so each reader is held against the scene itself: if all three show it,
the file says what it should about pattern, margins, levels, white balance and matrices.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_interop import chart, programs
from latent_interop.metadata import warnings
from latent_interop.renderings import READERS
from latent_reference import cfa, dng_spec
from latent_reference.dng import rows_of, write_dng

FloatArray = npt.NDArray[np.float64]

ODD = ("--margins", "3,5,2,7")
LJPEG = ("--compression", "ljpeg")
# RawTherapee 5.9 refuses files below 100,000 bytes, so compressed ones get noise to be larger.
NOISE = ("--noise", "1e-4,1e-7")

CASES: dict[str, tuple[str, ...]] = {
    "rggb": (),
    "grbg, odd margins": ("--cfa", "grbg", *ODD),
    "gbrg, one odd margin": ("--cfa", "gbrg", "--margins", "4,5,2,7"),
    "bggr, the other margin odd": ("--cfa", "bggr", "--margins", "3,6,1,1"),
    "xtrans": ("--cfa", "xtrans"),
    "xtrans 2,1, odd margins": ("--cfa", "xtrans:2,1", *ODD),
    "xtrans 5,2, ljpeg": ("--cfa", "xtrans:5,2", *LJPEG, *NOISE),
    "mono": ("--cfa", "mono"),
    "mono, odd margins, ljpeg": ("--cfa", "mono", *ODD, *LJPEG, *NOISE),
    "linear RGB": ("--cfa", "linear"),
    "10 bits": ("--bits", "10", "--black", "64"),
    "12 bits": ("--bits", "12", "--black", "256"),
    "16 bits": ("--bits", "16", "--black", "2048"),
    "no black": ("--black", "0"),
    "per-site black": ("--black", "508,512,515,510", "--margins", "4,6,2,2"),
    "white below the largest sample": ("--white", "15520"),
    "ljpeg, odd margins": (*LJPEG, *ODD, *NOISE),
    "10 bits, ljpeg": (*LJPEG, "--bits", "10", "--black", "64", *NOISE),
    "big-endian, all metadata": ("--big-endian", "--metadata", "all", "--make", "Canon"),
    "previews, all metadata": ("--preview", "--metadata", "all"),
    "two illuminants": ("--second-illuminant", "--forward", "--calibration"),
    "noise profile": ("--noise-profile", *NOISE),
    "linearization table": ("--linearization",),
    "baseline exposure": ("--baseline-exposure", "0.5"),
    "warp": ("--warp",),
}
# Largest deviation of a patch from the scene, in fractions of white. Rounding to counts and to 16
# bits makes 0.0003; 10 bits 0.0015; LibRaw's bilinear X-Trans mixes some green into its neighbours.
TIGHT, COARSE = 0.0006, 0.0030


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", CASES)
def test_readers_show_the_scene(case: str, reader: str, tmp_path: Path) -> None:
    programs.require(reader)
    rendering = READERS[reader](chart.made(tmp_path, *CASES[case]))
    deviation = np.abs(chart.patches(rendering) - chart.truth(mono="mono" in case))
    coarse = "10 bits" in case or "--noise" in CASES[case] or "--linearization" in CASES[case]
    coarse = coarse or (reader == "dcraw_emu" and "xtrans" in case)
    # Per-site black: LibRaw and RawTherapee scale all sites by one white - black.
    coarse = coarse or case == "per-site black"
    assert deviation.max() < (COARSE if coarse else TIGHT)
    expected = {"Cannot use camera white balance."} if "mono" in case else set()
    assert set(rendering.warnings) <= expected
    if reader != "dcraw_emu" or "margin" not in case:  # LibRaw rounds odd Bayer margins up
        assert rendering.pixels.shape == (640, 768, 3)


@pytest.mark.parametrize("case", CASES)
def test_exiftool_has_nothing_to_say_against(case: str, tmp_path: Path) -> None:
    programs.require("exiftool")
    assert warnings(chart.made(tmp_path, *CASES[case])) == []


@pytest.mark.parametrize("phase", [(y, x) for y in range(6) for x in range(3)])
def test_libraw_shows_the_scene_in_all_18_xtrans_phases(
    phase: tuple[int, int], tmp_path: Path
) -> None:
    programs.require("dcraw_emu")
    photo = chart.made(tmp_path, "--cfa", f"xtrans:{phase[0]},{phase[1]}", "--margins", "2,3,0,1")
    deviation = np.abs(chart.patches(READERS["dcraw_emu"](photo)) - chart.truth())
    assert deviation.max() < COARSE


def test_the_default_crop_is_darktables_picture(tmp_path: Path) -> None:
    programs.require("darktable-cli")
    photo = chart.made(tmp_path, "--margins", "4,6,2,2", "--inset", "7")
    assert READERS["darktable-cli"](photo).pixels.shape == (626, 754, 3)


@pytest.mark.parametrize("reader", READERS)
def test_orientation_turns_the_picture(reader: str, tmp_path: Path) -> None:
    programs.require(reader)
    rendering = READERS[reader](chart.made(tmp_path, "--orientation", "6"))
    assert rendering.pixels.shape == (768, 640, 3)
    # Turned clockwise: what was at the lower left is now at the upper left.
    corner = rendering.pixels[40:60, 40:60].mean(axis=(0, 1))
    assert corner == pytest.approx(chart.truth()[3, 0], abs=0.002)


def test_gain_maps_brighten_the_corners_in_darktable(tmp_path: Path) -> None:
    """darktable applies the four maps; the middle of the chart stays, its corners gain."""
    programs.require("darktable-cli")
    plain = READERS["darktable-cli"](chart.made(tmp_path)).pixels
    mapped = READERS["darktable-cli"](chart.made(tmp_path, "--gain-maps")).pixels
    ratio = mapped / np.maximum(plain, 1e-4)
    assert ratio[4:20, 4:20, 1].mean() == pytest.approx(1.19, abs=0.02)
    assert ratio[310:330, 376:392, 1].mean() == pytest.approx(1.0, abs=0.01)


def _grey_over_uneven_black(reader: str, margins: tuple[int, int], photo: Path) -> FloatArray:
    """Mean colour of a grey field whose four sites have very different black levels."""
    black = np.array([[400, 500], [540, 700]])
    top, left = margins
    spec = dng_spec.DngSpec(
        geometry=dng_spec.Geometry.with_margins(768, 640, (top, left, 0, 0)),
        pattern=cfa.bayer(),
        levels=dng_spec.Levels(black=((400.0, 500.0), (540.0, 700.0))),
    )
    sites = cfa.colour_index(black, spec.geometry.height, spec.geometry.width, -top, -left)
    write_dng(photo, spec, rows_of((sites + 3000).astype(np.uint16)))
    return np.asarray(READERS[reader](photo).pixels[30:-30, 30:-30].mean(axis=(0, 1)), np.float64)


@pytest.mark.parametrize(
    ("reader", "by_the_book"),
    [("rawtherapee-cli", True), ("darktable-cli", False), ("dcraw_emu", False)],
)
def test_per_site_black_with_an_odd_margin(reader: str, by_the_book: bool, tmp_path: Path) -> None:
    """BlackLevel counts from the corner of the active area. RawTherapee 5.9 does so; darktable 4.2
    and LibRaw 0.20 do not, which an odd margin brings to light as a cast."""
    programs.require(reader)
    even = _grey_over_uneven_black(reader, (4, 6), tmp_path / "even.dng")
    odd = _grey_over_uneven_black(reader, (3, 5), tmp_path / "odd.dng")
    assert (np.abs(odd / even - 1.0).max() < 0.002) == by_the_book
