# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's pixels against the judge's: the same network, the same file, no shared code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_reference import encoding, make_dng, packing, pipeline
from latent_reference.pipeline import Model, Raw

A, B = 0.002, 1e-5
QUARTER_STEP = 0.25 / 255
CASES: dict[str, tuple[str, ...]] = {
    "rggb, even size": ("--size", "320x256"),
    "grbg, odd margins and size": ("--cfa", "grbg", "--margins", "3,5,2,7", "--size", "301x277"),
    "gbrg, uneven black, 12 bits": ("--cfa", "gbrg", "--bits", "12", "--black", "250,254,258,262"),
    "bggr, no black": ("--cfa", "bggr", "--black", "0"),
    "bright, clipped at white": ("--exposure", "1.5", "--white", "15520"),
    "xtrans": ("--cfa", "xtrans"),
    "xtrans 5,2, odd": ("--cfa", "xtrans:5,2", "--margins", "1,3,0,0", "--size", "523x517"),
    "mono": ("--cfa", "mono"),
    "larger than one tile": ("--size", "1700x1300"),
}
Counts = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def package(repository: Path) -> Path:
    """The model both use: $LATENT_MODEL or the checkout's."""
    path = Path(os.environ.get("LATENT_MODEL", repository / "weights/latent-raw.dtmodel"))
    if not path.exists():
        pytest.skip(f"there is no model at {path} (set LATENT_MODEL)")
    return path


@pytest.fixture(scope="module")
def model(package: Path) -> Model:
    return pipeline.load_model(package)


def source_of(path: Path, *options: str) -> Raw:
    """Makes the photo and gives what a decoder has to find in it."""
    arguments = [str(path), "--scene", "texture", "--noise", f"{A},{B}", *options]
    make_dng.main(arguments)
    spec = make_dng.spec_of(make_dng.parser().parse_args(arguments))
    assert spec.pattern is not None
    top, left, bottom, right = spec.geometry.active
    with tifffile.TiffFile(path) as tiff:
        samples = tiff.pages[0].asarray()[top:bottom, left:right]
    white = (float(spec.levels.white),) * 3
    black = np.array(spec.levels.black)
    return Raw(samples, spec.pattern, black, white, spec.colour.wb, (A,) * 3, (B,) * 3)


def counts_of(result: Path, shape: tuple[int, ...], raw: Raw) -> tuple[Counts, float]:
    """A result's active area in counts of its source, and the stored steps that make one count."""
    with tifffile.TiffFile(result) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        page = next(p for p in pages if p.photometric in (32803, 34892))
        area = page.tags["ActiveArea"].value
        white = float(np.atleast_1d(page.tags["WhiteLevel"].value)[0])
        fraction = np.atleast_1d(page.tags["BlackLevel"].value)
        stored = page.asarray()[area[0] : area[2], area[1] : area[3]].astype(np.float64)
    values = fraction.astype(np.float64)
    if page.tags["BlackLevel"].dtype == 5:  # rationals come as numerator, denominator
        values = values[0::2] / values[1::2]
    assert stored.shape == shape
    steps = (white - values[0]) / (raw.white[0] - raw.black.ravel()[0])
    pedestal = values[0] - steps * raw.black.ravel()[0]
    return (stored - pedestal) / steps, steps


def run_program(latent: Path, photo: Path, package: Path, *options: str) -> Path:
    """The program's result for a photo with the noise told."""
    result = photo.with_name("result.dng")
    command = [str(latent), "rawdenoise", str(photo), "-o", str(result), "--noise", f"{A},{B}"]
    command += ["--model", str(package), "--precision", "f32", "-q", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return result


@pytest.mark.parametrize("case", CASES)
def test_the_program_gives_the_judges_pixels(
    latent_bin: Path, package: Path, model: Model, case: str, tmp_path: Path
) -> None:
    """Within a quarter of an 8-bit step of u everywhere (rule 2), and far closer in the mean."""
    photo = tmp_path / "photo.dng"
    raw = source_of(photo, *CASES[case])
    result = run_program(latent_bin, photo, package, "--engine", "onnxruntime")
    found, steps = counts_of(result, raw.samples.shape, raw)
    expected = pipeline.denoise(raw, model)

    sites = pipeline.spread(raw, model)
    floor = 0.0 if raw.black.min() > 0 else -1024 / steps  # what the file can hold
    ceiling = 65535 / steps
    expected = np.clip(expected, floor, ceiling)

    def u_of(counts: Counts) -> Counts:
        x = encoding.fraction_of_white(counts, sites.black, sites.white)
        return encoding.encode(sites.wb * x, sites.noise)

    away = np.abs(u_of(found) - u_of(expected))
    rounding = 0.5 / steps * sites.wb / (sites.white - sites.black)
    allowed = QUARTER_STEP + rounding / np.maximum(u_of(expected), encoding.sigma_u(sites.noise))
    assert (away <= allowed).all(), f"{(away > allowed).sum()} sites, worst {away.max():.5f}"
    assert np.sqrt((away**2).mean()) < QUARTER_STEP / 10


def test_half_strength_is_the_judges_half_strength(
    latent_bin: Path, package: Path, model: Model, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.dng"
    raw = source_of(photo, "--size", "320x256")
    found, steps = counts_of(
        run_program(latent_bin, photo, package, "--strength", "50"), raw.samples.shape, raw
    )
    expected = pipeline.denoise(raw, model, mix=0.5)
    assert np.abs(found - expected).mean() < 1.0 / steps
    noise = raw.samples - pipeline.denoise(raw, model)
    assert np.abs(found - raw.samples + 0.5 * noise).mean() < 1.0 / steps


def test_the_noise_scale_is_the_judges(
    latent_bin: Path, package: Path, model: Model, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.dng"
    raw = source_of(photo, "--size", "320x256")
    result = run_program(latent_bin, photo, package, "--noise-scale", "1.5")
    found, steps = counts_of(result, raw.samples.shape, raw)
    scaled = pipeline.denoise(raw, model, noise_scale=1.5)
    assert np.abs(found - scaled).mean() < 1.0 / steps
    assert np.abs(scaled - pipeline.denoise(raw, model)).mean() > 4.0 / steps


def test_stored_levels_are_the_judges(latent_bin: Path, package: Path, tmp_path: Path) -> None:
    """The shift of every depth, and a pedestal where black is 0."""
    for bits, black, steps in ((10, 64, 64.0), (12, 256, 16.0), (14, 512, 4.0), (12, 0, 8.0)):
        photo = tmp_path / "photo.dng"
        raw = source_of(photo, "--size", "128x96", "--bits", str(bits), "--black", str(black))
        result = run_program(latent_bin, photo, package, "--overwrite")
        _, found = counts_of(result, raw.samples.shape, raw)
        assert found == steps, (bits, black)


def test_padding_of_the_judge_is_what_the_network_needs(model: Model) -> None:
    """The stride of the manifest is a multiple of what unshuffling needs."""
    assert model.stride_px % packing.UNSHUFFLE == 0
    assert model.reach_px % model.stride_px == 0
