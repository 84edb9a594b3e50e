# SPDX-License-Identifier: GPL-3.0-or-later
"""latent rawdenoise on files without a mosaic: they become LinearRaw DNGs of three samples."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome
from PIL import Image
from test_rawdenoise import samples_of, tag_of

Latent = Callable[..., Outcome]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = Path(os.environ.get("LATENT_SHARED_DATA", SHARED)) / "raw" / "decodable"
LINEAR = ("--cfa", "linear")
KNOWN = ("--noise", "0.002,1e-5", "--precision", "f32")


def result_of(source: Path) -> Path:
    return source.with_name(source.stem + "_raw-denoise.dng")


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("compression", ["none", "ljpeg"])
def test_strength_0_is_the_source_times_a_power_of_two(
    latent: Latent, dng: MakeDng, bits: int, compression: str
) -> None:
    source = dng("photo.dng", *LINEAR, "--bits", str(bits), "--size", "301x277", "--scene",
                 "texture", "--noise", "0.002,1e-5", "--compression", compression)  # fmt: skip
    assert latent("rawdenoise", source, "--strength", 0).code == 0
    stored = samples_of(result_of(source)).astype(np.int64)
    assert np.array_equal(stored, samples_of(source).astype(np.int64) << (16 - bits))


def test_black_becomes_0_and_margins_are_cut_off(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *LINEAR, "--size", "301x277", "--margins", "3,5,2,7", "--inset", "4",
                 "--black", "512", "--scene", "gradient", "--noise", "0.002,1e-4")  # fmt: skip
    outcome = latent("rawdenoise", source, "--strength", 0)
    assert outcome.code == 0, outcome
    inside = samples_of(source).astype(np.int64)[3:-2, 5:-7]
    expected = np.maximum(inside - 512, 0) * 4
    assert np.array_equal(samples_of(result_of(source)), expected)
    assert "below black" in outcome.stderr
    result = result_of(source)
    assert tag_of(result, "WhiteLevel") == (4 * (16383 - 512),) * 3
    assert tag_of(result, "DefaultCropOrigin") == (4, 4)
    assert tag_of(result, "DefaultCropSize") == (293, 269)


def test_noise_goes_and_the_scene_stays(latent: Latent, dng: MakeDng) -> None:
    clean = dng("clean.dng", *LINEAR, "--scene", "chart")
    noisy = dng("noisy.dng", *LINEAR, "--scene", "chart", "--noise", "0.002,1e-5")
    outcome = latent("rawdenoise", noisy, "--json")
    assert outcome.code == 0, outcome
    done = outcome.events[-1]
    assert done["sensor"] == "linear RGB"
    assert done["noise"]["origin"] == "estimated"
    for a, b in zip(done["noise"]["a"], done["noise"]["b"], strict=True):
        assert a * 0.2 + b == pytest.approx(0.002 * 0.2 + 1e-5, rel=0.25)
    truth = samples_of(clean).astype(float)
    before = samples_of(noisy).astype(float) - truth
    after = samples_of(result_of(noisy)) / 4.0 - truth
    for c in range(3):
        assert np.std(after[..., c]) < 0.6 * np.std(before[..., c])
        assert abs(np.mean(after[..., c]) - np.mean(before[..., c])) < 0.002 * 16383, c


@pytest.mark.parametrize("strength", [0, 100])
def test_levels_with_next_to_nothing_between_them_are_refused_at_once(
    latent: Latent, dng: MakeDng, strength: int
) -> None:
    source = dng("photo.dng", *LINEAR, "--size", "64x48", "--bits", "16", "--black", "0.99999",
                 "--white", "1", "--noise", "0.002,1e-5", "--noise-profile")  # fmt: skip
    outcome = latent("rawdenoise", source, "--strength", strength, timeout=60)
    assert outcome.code == 1, outcome
    assert "photo.dng" in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1
    assert list(source.parent.iterdir()) == [source]


def test_strength_between_is_a_blend_of_raw_samples(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *LINEAR, "--scene", "texture", "--noise", "0.002,1e-5")
    results = {}
    for strength in (0, 40, 100):
        output = source.with_name(f"{strength}.dng")
        assert latent("rawdenoise", source, "-o", output, "--strength", strength, *KNOWN).code == 0
        results[strength] = samples_of(output).astype(float)
    expected = 0.4 * results[100] + 0.6 * results[0]
    assert np.max(np.abs(results[40] - expected)) <= 1.0


def test_a_region_has_the_pixels_of_the_whole(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *LINEAR, "--size", "1100x900", "--margins", "1,3,0,0", "--inset", "2",
                 "--scene", "texture", "--noise", "0.002,1e-5")  # fmt: skip
    whole = source.with_name("whole.dng")
    part = source.with_name("part.dng")
    assert latent("rawdenoise", source, "-o", whole, *KNOWN).code == 0
    outcome = latent("rawdenoise", source, "-o", part, "--region", "403,307,301,203", *KNOWN)
    assert outcome.code == 0, outcome
    expected = samples_of(whole)[2 + 307 : 2 + 510, 2 + 403 : 2 + 704].astype(float)
    found = samples_of(part).astype(float)
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) < 2 * 1.5 * 0.25 / 255 * 4 * 16383


def rendered(latent: Latent, path: Path) -> npt.NDArray[np.float64]:
    picture = path.with_suffix(".png")
    outcome = latent("render", path, "-o", picture, "--overwrite")
    assert outcome.code == 0, outcome
    return np.asarray(Image.open(picture).convert("RGB"), float)


def exif_of(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["exiftool", "-j", "-n", path], capture_output=True, text=True, check=True
    )
    tags: dict[str, Any] = json.loads(done.stdout)[0]
    return tags


def test_white_balance_and_colours_are_kept(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *LINEAR, "--scene", "chart", "--wb", "2.3,1,1.4", "--orientation",
                 "6", "--second-illuminant", "--forward")  # fmt: skip
    assert latent("rawdenoise", source).code == 0
    before, after = exif_of(source), exif_of(result_of(source))
    for name in ("ColorMatrix1", "ColorMatrix2", "ForwardMatrix1", "AsShotNeutral"):
        expected = [float(v) for v in before[name].split()]
        assert [float(v) for v in after[name].split()] == pytest.approx(expected, abs=1e-4), name
    assert after["Orientation"] == 6

    difference = rendered(latent, source) - rendered(latent, result_of(source))
    assert np.abs(difference.mean(axis=(0, 1))).max() < 0.5


def test_info_says_what_would_be_done(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *LINEAR, "--noise", "0.002,1e-5")
    outcome = latent("info", source, "--json")
    assert outcome.code == 0, outcome
    info = json.loads(outcome.stdout)
    assert info["sensor"] == "linear RGB"
    assert info["output"].endswith("photo_raw-denoise.dng")


@pytest.mark.parametrize(
    ("name", "sensor", "size"),
    [
        ("bayer4.crw", "four-colour", (1550, 2088)),
        ("photoprism_canon_eos_6d.dng", "linear RGB", (816, 1224)),
        ("RAW_KODAK_C330_FORMAT_NONE_YRGB.raw", "linear RGB", (912, 1216)),
    ],
)
@pytest.mark.skipif(not REAL.exists(), reason="the shared data folder is absent")
def test_real_files_keep_size_and_colours(
    latent: Latent, tmp_path: Path, name: str, sensor: str, size: tuple[int, int]
) -> None:
    source = tmp_path / name
    source.write_bytes((REAL / name).read_bytes())
    kept = tmp_path / "kept.dng"
    cleaned = tmp_path / "cleaned.dng"
    assert latent("rawdenoise", source, "--strength", 0, "-o", kept).code == 0
    outcome = latent("rawdenoise", source, "-o", cleaned, "--json")
    assert outcome.code == 0, outcome
    assert outcome.events[-1]["sensor"] == sensor
    assert samples_of(cleaned).shape == (*size, 3)
    before = rendered(latent, source)
    for result in (kept, cleaned):
        after = rendered(latent, result)
        assert after.shape == before.shape
        difference = after - before
        assert np.abs(difference.mean(axis=(0, 1))).max() < 1.0, (name, result.name)
    assert np.abs(rendered(latent, kept) - before).mean() < 1.0
