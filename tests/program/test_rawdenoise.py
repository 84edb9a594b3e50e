# SPDX-License-Identifier: GPL-3.0-or-later
"""latent rawdenoise, used as a stranger would use it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import MakeDng, Outcome

Latent = Callable[..., Outcome]
NOISE = ("--scene", "texture", "--noise", "0.002,1e-5")


def samples_of(path: Path) -> npt.NDArray[np.uint16]:
    """The raw samples of a DNG, whichever IFD they stand in."""
    with tifffile.TiffFile(path) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        raw = next(p for p in pages if p.photometric in (32803, 34892))
        samples: npt.NDArray[np.uint16] = raw.asarray()
        return samples


def tag_of(path: Path, name: str, absent: Any = None) -> Any:
    """Of the raw picture. Errors: KeyError where it is not there and nothing stands for it."""
    with tifffile.TiffFile(path) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        raw = next(p for p in pages if p.photometric in (32803, 34892))
        return raw.tags[name].value if absent is None else raw.tags.valueof(name, absent)


@pytest.mark.parametrize("cfa", ["rggb", "grbg", "gbrg", "bggr"])
@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_strength_0_is_the_source_times_a_power_of_two(
    latent: Latent, dng: MakeDng, cfa: str, bits: int
) -> None:
    source = dng(
        "photo.dng", "--cfa", cfa, "--bits", str(bits), "--size", "301x277", *NOISE,
        "--margins", "3,5,2,7", "--black", "60,64,61,67" if bits == 10 else "500,510,520,530",
    )  # fmt: skip
    assert latent("rawdenoise", source, "--strength", 0).code == 0
    result = source.with_name("photo_raw-denoise.dng")
    stored = samples_of(result).astype(np.int64)
    original = samples_of(source).astype(np.int64)
    factor = 1 << (16 - bits)
    assert np.array_equal(stored, original * factor)


@pytest.mark.parametrize("phase", [(y, x) for y in range(6) for x in range(3)])
def test_strength_0_is_the_source_in_every_phase_of_xtrans(
    latent: Latent, dng: MakeDng, phase: tuple[int, int]
) -> None:
    source = dng("photo.dng", "--cfa", f"xtrans:{phase[0]},{phase[1]}", "--size", "520x514",
                 *NOISE)  # fmt: skip
    assert latent("rawdenoise", source, "--strength", 0).code == 0
    stored = samples_of(source.with_name("photo_raw-denoise.dng")).astype(np.int64)
    assert np.array_equal(stored, samples_of(source).astype(np.int64) * 4)


def test_a_mono_sensor_becomes_a_one_sample_linear_raw(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--cfa", "mono", *NOISE)
    assert latent("rawdenoise", source).code == 0
    assert tag_of(source.with_name("photo_raw-denoise.dng"), "PhotometricInterpretation") == 34892


@pytest.mark.parametrize("cfa", ["rggb", "grbg", "gbrg", "bggr", "xtrans", "mono"])
def test_noise_goes_and_the_scene_stays(latent: Latent, dng: MakeDng, cfa: str) -> None:
    clean = dng("clean.dng", "--cfa", cfa, "--scene", "chart")
    noisy = dng("noisy.dng", "--cfa", cfa, "--scene", "chart", "--noise", "0.002,1e-5")
    assert latent("rawdenoise", noisy, "--noise", "0.002,1e-5").code == 0
    truth = samples_of(clean).astype(float)
    before = samples_of(noisy).astype(float) - truth
    after = samples_of(noisy.with_name("noisy_raw-denoise.dng")) / 4.0 - truth
    assert np.std(after) < 0.6 * np.std(before)
    for y in range(2):
        for x in range(2):
            bias = np.mean(after[y::2, x::2])
            assert abs(bias) < 0.002 * (16383 - 512), (cfa, y, x)


def test_strength_between_is_a_blend_of_raw_samples(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *NOISE)
    results = {}
    for strength in (0, 40, 100):
        output = source.with_name(f"{strength}.dng")
        assert latent("rawdenoise", source, "-o", output, "--strength", strength).code == 0
        results[strength] = samples_of(output).astype(float)
    expected = 0.4 * results[100] + 0.6 * results[0]
    assert np.max(np.abs(results[40] - expected)) <= 1.0


def test_a_region_has_the_pixels_of_the_whole(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--size", "1400x1100", "--margins", "1,3,0,0", *NOISE)
    whole = source.with_name("whole.dng")
    part = source.with_name("part.dng")
    common = ("--precision", "f32", "--noise", "0.002,1e-5")
    assert latent("rawdenoise", source, "-o", whole, *common).code == 0
    outcome = latent("rawdenoise", source, "-o", part, "--region", "403,307,301,203", *common)
    assert outcome.code == 0, outcome
    expected = samples_of(whole)[1 + 307 : 1 + 307 + 203, 3 + 403 : 3 + 403 + 301].astype(float)
    found = samples_of(part).astype(float)
    assert found.shape == expected.shape
    # A quarter of an 8-bit step of u is 2 * u * 0.25 / 255 of the range in x; u <= 1.5 here.
    assert np.max(np.abs(found - expected)) < 2 * 1.5 * 0.25 / 255 * 4 * (16383 - 512)


def test_the_source_is_never_touched(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *NOISE)
    source.chmod(0o444)
    before = hashlib.sha256(source.read_bytes()).hexdigest(), source.stat().st_mtime_ns
    assert latent("rawdenoise", source).code == 0
    after = hashlib.sha256(source.read_bytes()).hexdigest(), source.stat().st_mtime_ns
    assert before == after


def test_names_never_collide_and_the_suffix_is_never_added_twice(
    latent: Latent, dng: MakeDng
) -> None:
    source = dng("photo.dng", "--size", "128x96")
    folder = source.parent
    assert latent("rawdenoise", source).code == 0
    assert latent("rawdenoise", source).code == 0
    assert latent("rawdenoise", folder / "photo_raw-denoise.dng", "--again").code == 0
    names = {path.name for path in folder.glob("*.dng")}
    assert names == {"photo.dng", "photo_raw-denoise.dng", "photo_raw-denoise_1.dng",
                     "photo_raw-denoise_2.dng"}  # fmt: skip


def test_an_existing_result_is_skipped_or_replaced_when_told(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--size", "128x96")
    result = source.with_name("photo_raw-denoise.dng")
    result.write_text("precious")
    assert latent("rawdenoise", source, "--skip-existing").code == 0
    assert result.read_text() == "precious"
    outcome = latent("rawdenoise", source, "-o", result)
    assert outcome.code == 1
    assert result.read_text() == "precious"
    assert latent("rawdenoise", source, "--overwrite").code == 0
    assert samples_of(result).shape == (96, 128)


def test_a_name_with_spaces_accents_and_bad_bytes_works(
    latent: Latent, latent_bin: Path, dng: MakeDng
) -> None:
    source = dng("été à Nîmes (1).dng", "--size", "128x96")
    assert latent("rawdenoise", source).code == 0
    assert source.with_name("été à Nîmes (1)_raw-denoise.dng").exists()
    odd = bytes(source.parent) + b"/caf\xe9.dng"
    os.rename(bytes(source), odd)
    done = subprocess.run(
        [latent_bin, "rawdenoise", "--json", odd], capture_output=True, check=False
    )
    assert done.returncode == 0, done
    assert rb"caf\\xe9" in done.stdout


def test_json_is_one_object_a_line_and_nothing_else(latent: Latent, dng: MakeDng) -> None:
    good = dng("good.dng", "--size", "256x192")
    bad = good.with_name("bad.dng")
    bad.write_text("no raw")
    outcome = latent("rawdenoise", good, bad, "--json")
    assert outcome.code == 1
    assert outcome.stderr == ""
    events = outcome.events
    kinds = [event["event"] for event in events if event["event"] != "progress"]
    assert kinds == ["start", "done", "start", "error"]
    done = next(event for event in events if event["event"] == "done")
    assert done["output"].endswith("good_raw-denoise.dng")
    assert done["precision"] in ("f32", "bf16", "int8")
    assert done["sensor"] == "Bayer"
    assert done["seconds"]["total"] > 0
    error = events[-1]
    assert error["code"] == "unsupported"
    assert "bad.dng" in error["message"]


def test_quiet_says_nothing_and_verbose_says_where_the_time_went(
    latent: Latent, dng: MakeDng
) -> None:
    source = dng("photo.dng", "--size", "128x96", *NOISE)
    quiet = latent("rawdenoise", source, "-q")
    assert (quiet.code, quiet.stdout, quiet.stderr) == (0, "", "")
    verbose = latent("rawdenoise", source, "-v")
    assert "seconds: read" in verbose.stdout
    assert "green variance" in verbose.stdout


@pytest.mark.parametrize("wait", [0.05, 0.3, 1.0])
def test_ctrl_c_leaves_no_partial_file(latent_bin: Path, dng: MakeDng, wait: float) -> None:
    source = dng("photo.dng", "--size", "4000x3000")
    running = subprocess.Popen(
        [latent_bin, "rawdenoise", source, "--precision", "f32"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(wait)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=30)
    assert running.returncode in (130, -signal.SIGINT), stderr
    assert [path.name for path in source.parent.iterdir()] == ["photo.dng"]


def test_both_engines_give_the_same_picture(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *NOISE)
    results = []
    for engine in ("openvino", "onnxruntime"):
        output = source.with_name(f"{engine}.dng")
        outcome = latent("rawdenoise", source, "-o", output, "--engine", engine, "--precision",
                         "f32")  # fmt: skip
        assert outcome.code == 0, outcome
        results.append(samples_of(output).astype(float))
    assert np.max(np.abs(results[0] - results[1])) <= 2.0  # of 65535


def test_the_noise_profile_says_what_was_left(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *NOISE, "--noise-profile")
    assert latent("rawdenoise", source).code == 0
    result = source.with_name("photo_raw-denoise.dng")
    scale = np.asarray(tag_of(result, "NoiseProfile"), dtype=float)[0]
    assert 0.0 < scale < 0.5 * 0.002


def test_info_tells_what_is_seen_and_what_would_be_done(latent: Latent, dng: MakeDng) -> None:
    import json

    source = dng(
        "photo.dng", "--cfa", "gbrg", "--margins", "3,5,2,7", "--scene", "chart",
        "--noise", "0.002,1e-5", "--metadata", "all",
    )  # fmt: skip
    outcome = latent("info", source, "--json")
    assert outcome.code == 0, outcome
    info = json.loads(outcome.stdout)
    assert info["sensor"] == "Bayer"
    assert info["cfa"] == "GBRG"
    assert info["active"] == [5, 3, 768, 640]
    assert info["noise"]["origin"] == "estimated"
    # Within 10 % in sigma, so 21 % in variance, at mid grey.
    variance = info["noise"]["a"][1] * 0.2 + info["noise"]["b"][1]
    assert variance == pytest.approx(0.002 * 0.2 + 1e-5, rel=0.21)
    assert info["output"].endswith("photo_raw-denoise.dng")
    text = latent("info", source)
    assert text.code == 0
    assert "Bayer GBRG" in text.stdout


def test_devices_and_doctor_know_the_processor(latent: Latent) -> None:
    import json

    devices = latent("devices", "--json")
    assert devices.code == 0, devices
    found = {(d["engine"], d["device"]) for d in json.loads(devices.stdout)["devices"]}
    assert ("openvino", "cpu") in found
    assert ("onnxruntime", "cpu") in found
    doctor = latent("doctor", "--json")
    assert doctor.code == 0, doctor
    checkups = json.loads(doctor.stdout)["checkups"]
    assert any(c["works"] and c["precision"] == "f32" for c in checkups)
    assert all(c["works"] or c["problem"] for c in checkups)
