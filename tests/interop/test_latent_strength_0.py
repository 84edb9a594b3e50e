# SPDX-License-Identifier: GPL-3.0-or-later
"""What Latent writes at strength 0, in the eyes of LibRaw, darktable, RawTherapee and exiftool."""

from __future__ import annotations

from pathlib import Path

import pytest
from latent_interop import chart, metadata, programs
from latent_interop.compare_dng import compare_dng

NOISE = ("--noise", "1e-4,1e-7")
EVERYTHING = (*NOISE, "--metadata", "all", "--make", "Canon", "--noise-profile", "--forward",
              "--second-illuminant", "--calibration")  # fmt: skip
CASES: dict[str, tuple[str, ...]] = {
    "rggb with everything": EVERYTHING,
    "grbg, odd margins": ("--cfa", "grbg", "--margins", "3,5,2,7", *NOISE),
    "gbrg, 10 bits, crop": ("--cfa", "gbrg", "--bits", "10", "--black", "64", "--margins",
                            "4,6,2,2", "--inset", "8", *NOISE),
    "bggr, 16 bits": ("--cfa", "bggr", "--bits", "16", "--black", "2048", *NOISE),
    "12 bits, per-site black": ("--bits", "12", "--black", "256,258,260,257", *NOISE),
    "white below the largest sample": ("--white", "15520", *NOISE),
    "big-endian, previews": ("--big-endian", "--preview", "--metadata", "all", *NOISE),
    "maker note as Adobe keeps it": ("--metadata", "exif,adobe", "--make", "Canon", *NOISE),
    "turned": ("--orientation", "8", *NOISE),
    "gain maps and warp": ("--gain-maps", "--warp", "--baseline-exposure", "0.5", *NOISE),
}  # fmt: skip


def denoised(latent: Path, photo: Path, *options: str) -> Path:
    """The DNG that Latent writes of a photo."""
    result = photo.with_name("result.dng")
    command = [str(latent), "rawdenoise", str(photo), "-o", str(result), *options]
    output = programs.run(command)
    assert output.status == 0, output.text
    return result


@pytest.mark.parametrize("case", CASES)
def test_strength_0_is_the_source_for_everyone(latent_bin: Path, case: str, tmp_path: Path) -> None:
    programs.require("dcraw_emu", "darktable-cli", "rawtherapee-cli", "exiftool")
    photo = chart.made(tmp_path, *CASES[case])
    report = compare_dng(photo, denoised(latent_bin, photo, "--strength", "0"))
    assert report.faults == [], report.text()


def test_the_demo_photo_at_strength_0(latent_bin: Path, repository: Path, tmp_path: Path) -> None:
    """The real raw of the repository: a Canon sensor, 14 bits packed, uneven margins."""
    programs.require("dcraw_emu", "darktable-cli", "rawtherapee-cli", "exiftool")
    photo = tmp_path / "colorchart.dng"
    photo.symlink_to(repository / "tests/data/colorchart.dng")
    report = compare_dng(photo, denoised(latent_bin, photo, "--strength", "0"))
    assert report.faults == [], report.text()


def test_a_denoised_photo_has_all_metadata_and_new_noise(latent_bin: Path, tmp_path: Path) -> None:
    programs.require("exiftool")
    photo = chart.made(tmp_path, *EVERYTHING, "--noise", "1e-3,1e-6")
    result = denoised(latent_bin, photo)
    assert metadata.compare(photo, result).faults == []
    blocks = metadata.read(result).values()
    profile = next(str(tags["NoiseProfile"]).split() for tags in blocks if "NoiseProfile" in tags)
    assert len(profile) == 6
    assert all(0.0 < float(v) < 1e-3 for v in profile)
