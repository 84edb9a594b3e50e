# SPDX-License-Identifier: GPL-3.0-or-later
"""Linear DNGs of `latent rawdenoise --demosaic` in LibRaw, darktable, RawTherapee and exiftool."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_interop import chart, metadata, programs
from latent_interop.renderings import READERS, Rendering
from test_latent_strength_0 import EVERYTHING, denoised

NOISE = ("--noise", "1e-5,1e-8")
CASES: dict[str, tuple[str, ...]] = {
    "rggb": NOISE,
    "grbg, odd margins, crop": ("--cfa", "grbg", "--margins", "3,5,2,7", "--inset", "8", *NOISE),
    "bggr, 12 bits, uneven black": ("--cfa", "bggr", "--bits", "12", "--black",
                                    "256,258,260,257", "--margins", "4,6,2,2", *NOISE),
    "16 bits": ("--bits", "16", "--black", "2048", *NOISE),
    "white below the largest sample": ("--white", "15520", *NOISE),
    "turned": ("--orientation", "8", *NOISE),
    "baseline exposure and warp": ("--baseline-exposure", "0.5", "--warp", *NOISE),
    "two illuminants": ("--second-illuminant", "--forward", "--calibration", *NOISE),
    "xtrans": ("--cfa", "xtrans", *NOISE),
    "xtrans 5,2, odd margins": ("--cfa", "xtrans:5,2", "--margins", "3,5,2,7", *NOISE),
}  # fmt: skip
# The mean over the patches may differ by 0.2 % of white, and so may each colour's mean relative to
# itself; one patch of one colour by 0.3 % of white.
MEAN_LIMIT, PATCH_LIMIT = 0.002, 0.003


def upright(rendering: Rendering, case: str) -> Rendering:
    """As the sensor stood: the programs turn what the file says is turned."""
    if case != "turned":
        return rendering
    return Rendering(rendering.program, np.rot90(rendering.pixels, -1), rendering.warnings)


@pytest.mark.parametrize("strength", ["100", "0"])
@pytest.mark.parametrize("case", CASES)
def test_everyone_shows_the_colours_of_the_source(
    latent_bin: Path, case: str, strength: str, tmp_path: Path
) -> None:
    programs.require(*READERS)
    photo = chart.made(tmp_path, *CASES[case])
    result = denoised(latent_bin, photo, "--demosaic", "--strength", strength)
    for name, reader in READERS.items():
        before, after = upright(reader(photo), case), upright(reader(result), case)
        one, other = chart.patches(before), chart.patches(after)
        # LibRaw's bilinear X-Trans mixes green into its neighbours: there the scene is the judge.
        if name == "dcraw_emu" and "xtrans" in case:
            one = chart.truth()
        apart = np.abs(one - other)
        means = one.mean(axis=(0, 1)), other.mean(axis=(0, 1))
        told = f"{name}: mean {apart.mean():.5f}, worst {apart.max():.5f}, means {means}"
        assert apart.mean() < MEAN_LIMIT, told
        assert np.abs(means[1] / means[0] - 1).max() < MEAN_LIMIT, told
        assert apart.max() < PATCH_LIMIT, told
        assert set(after.warnings) <= set(before.warnings), after.warnings


@pytest.mark.parametrize("cfa", ["rggb", "xtrans"])
def test_exiftool_finds_all_metadata_and_nothing_wrong(
    latent_bin: Path, cfa: str, tmp_path: Path
) -> None:
    programs.require("exiftool")
    photo = chart.made(tmp_path, "--cfa", cfa, *EVERYTHING)
    result = denoised(latent_bin, photo, "--demosaic")
    assert metadata.compare(photo, result).faults == []
    assert metadata.warnings(result) == metadata.warnings(photo)


def test_the_demo_photo_shows_its_colours(
    latent_bin: Path, repository: Path, tmp_path: Path
) -> None:
    """The real raw of the repository, a colour chart: over blocks of 32 pixels that are flat."""
    programs.require(*READERS)
    photo = tmp_path / "colorchart.dng"
    photo.symlink_to(repository / "tests/data/colorchart.dng")
    result = denoised(latent_bin, photo, "--demosaic")
    for name, reader in READERS.items():
        before, after = reader(photo).pixels, reader(result).pixels
        assert before.shape == after.shape, name
        one, other = blocks(before), blocks(after)
        flat = one.std(axis=(1, 3)).max(axis=-1) < 0.02
        assert flat.mean() > 0.3
        apart = np.abs(one.mean(axis=(1, 3)) - other.mean(axis=(1, 3)))[flat]
        assert apart.mean() < MEAN_LIMIT, f"{name}: {apart.mean():.5f}"


def blocks(pixels: npt.NDArray[np.float32], side: int = 32) -> npt.NDArray[np.float64]:
    """[rows, side, columns, side, 3]."""
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    whole = pixels[: rows * side, : columns * side].astype(np.float64)
    return whole.reshape(rows, side, columns, side, 3)
