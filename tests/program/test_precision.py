# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds in float32 holds in 8-bit integers too, and which precision runs."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from test_means import COLUMNS, PATCH_PX, ROWS, colours_of, light, patches
from test_rawdenoise import samples_of, tag_of

Latent = Callable[..., Outcome]
FloatArray = npt.NDArray[np.float64]
WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
INT8 = ("--precision", "int8")
STEP = 1 / 255


def done_of(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome
    return next(event for event in outcome.events if event["event"] == "done")


def picture(path: Path, samples: npt.NDArray[Any]) -> Path:
    tifffile.imwrite(path, samples, photometric="rgb" if samples.ndim == 3 else "minisblack")
    return path


def scene(height: int, width: int, sigma: float = 0.05) -> FloatArray:
    """Slopes and edges in colour, with noise."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = [np.sin(9 * x + 5 * y + k) * 0.25 + (np.sin(40 * x * y) > 0.2) * 0.2 for k in range(3)]
    noise = np.random.default_rng(3).normal(0, sigma, (height, width, 3))
    return np.asarray(np.clip(0.45 + np.stack(waves, -1) + noise, 0, 1))


@pytest.mark.parametrize("cfa", ["rggb", "xtrans", "mono"])
def test_strength_0_is_the_raw_bit_for_bit(latent: Latent, dng: MakeDng, cfa: str) -> None:
    source = dng("photo.dng", "--cfa", cfa, "--size", "300x200", "--noise", "0.002,1e-5")
    target = source.with_name("result.dng")
    assert latent("rawdenoise", source, "-o", target, "--strength", "0", *INT8).code == 0
    before, after = samples_of(source).astype(int), samples_of(target).astype(int)
    factor = int(tag_of(target, "WhiteLevel")) // int(tag_of(source, "WhiteLevel"))
    assert np.array_equal(before * max(1, factor), after)


def test_strength_0_is_the_picture_bit_for_bit(latent: Latent, tmp_path: Path) -> None:
    samples = np.round(scene(90, 130) * 65535).astype(np.uint16)
    source = picture(tmp_path / "photo.tif", samples)
    target = tmp_path / "result.tif"
    assert latent("denoise", source, "-o", target, "--strength", "0", *INT8).code == 0
    assert np.array_equal(tifffile.imread(target), samples)


# The fast network moves a patch of X-Trans by 0.0015 in float32 too.
@pytest.mark.parametrize(("model", "most"), [("latent-raw", 0.001), ("latent-raw-fast", 0.002)])
@pytest.mark.parametrize("cfa", ["rggb", "xtrans", "mono"])
def test_flat_places_keep_their_colour(
    latent: Latent, dng: MakeDng, cfa: str, model: str, most: float
) -> None:
    a, b = 0.0036, 3e-5
    source = dng("chart.dng", "--cfa", cfa, "--size", f"{COLUMNS * PATCH_PX}x{ROWS * PATCH_PX}",
                 "--scene", "chart", "--noise", f"{a},{b}", "--exposure", "0.6",
                 "--black", "4096")  # fmt: skip
    target = source.with_name("result.dng")
    done = done_of(latent("rawdenoise", source, "-o", target, "--noise", f"{a},{b}", "--model",
                          model, "--json", *INT8))  # fmt: skip
    assert done["precision"] == "int8"

    seen = 0
    for old, new in zip(patches(light(source)), patches(light(target)), strict=True):
        colours = colours_of(target, old.shape)
        for colour in np.unique(colours):
            here = colours == colour
            mean = float(old[here].mean())
            if mean < 0.02 or mean + 4 * np.sqrt(a * mean + b) > 1:
                continue  # clipping moves the mean of the source, or of what is written
            assert abs(float((new - old)[here].mean())) < most, (cfa, colour, mean)
            assert float(new[here].std()) < 0.35 * float(old[here].std()), "the noise is gone"
            seen += 1
    assert seen >= 20


@pytest.mark.parametrize("model", ["latent-denoise", "latent-denoise-fast"])
def test_a_region_of_a_picture_is_the_whole(latent: Latent, tmp_path: Path, model: str) -> None:
    """Rule 2 of docs/architecture.md: 0.05 of an 8-bit step RMS, one step at worst.

    Where a processor cannot keep it in int8, the program must find that out and use float32.
    """
    samples = np.round(scene(500, 760) * 65535).astype(np.uint16)
    source = picture(tmp_path / "photo.tif", samples)
    told = ("--level", "10", "--detail", "none", "--model", model, *INT8)
    whole, part = tmp_path / "whole.tif", tmp_path / "part.tif"
    assert latent("denoise", source, "-o", whole, *told).code == 0
    assert latent("denoise", source, "-o", part, "--region", "301,133,150,140", *told).code == 0
    expected = tifffile.imread(whole)[133:273, 301:451].astype(float)
    apart = np.abs(tifffile.imread(part).astype(float) - expected) / 65535 / STEP
    assert float(np.sqrt((apart**2).mean())) < 0.05
    assert float(apart.max()) <= 1


def test_grey_stays_grey_and_colour_its_hue(latent: Latent, tmp_path: Path) -> None:
    grey = np.repeat(scene(120, 160)[..., :1], 3, axis=2)
    samples = np.round(grey * 65535).astype(np.uint16)
    source, target = picture(tmp_path / "grey.tif", samples), tmp_path / "result.tif"
    assert latent("denoise", source, "-o", target, "--level", "12", *INT8).code == 0
    result = tifffile.imread(target).astype(int)
    assert np.ptp(result, axis=2).max() == 0
    assert not np.array_equal(result, samples)
    flat = np.full((160, 160, 3), (0.6, 0.3, 0.2))
    noisy = flat + np.random.default_rng(5).normal(0, 0.05, flat.shape)
    samples = np.round(np.clip(noisy, 0, 1) * 65535).astype(np.uint16)
    source = picture(tmp_path / "flat.tif", samples)
    assert latent("denoise", source, "-o", target, "--overwrite", "--level", "12.75",
                  *INT8).code == 0  # fmt: skip
    moved = tifffile.imread(target).astype(float).mean((0, 1)) - samples.astype(float).mean((0, 1))
    assert np.abs(moved / 65535 / STEP).max() < 0.3


def test_int8_differs_from_f32_by_no_more_than_the_package_says(
    latent: Latent, tmp_path: Path
) -> None:
    samples = np.round(scene(240, 320) * 65535).astype(np.uint16)
    source = picture(tmp_path / "photo.tif", samples)
    results = {}
    for precision in ("f32", "int8"):
        target = tmp_path / f"{precision}.tif"
        done = done_of(latent("denoise", source, "-o", target, "--level", "12.75", "--detail",
                              "none", "--json", "--precision", precision))  # fmt: skip
        assert done["precision"] == precision
        results[precision] = tifffile.imread(target).astype(float) / 65535
    apart = float(np.sqrt(((results["int8"] - results["f32"]) ** 2).mean()))
    assert 0 < apart < 0.003


def test_auto_is_measured_and_best_loses_nothing(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", "--size", "300x200", "--noise", "0.002,1e-5")

    def precision(*options: str) -> str:
        return str(done_of(latent("rawdenoise", source, "-o", source.with_name("result.dng"),
                                  "--overwrite", "--json", *options))["precision"])  # fmt: skip

    assert precision() in ("f32", "bf16", "int8")
    assert precision("--precision", "best") in ("f32", "bf16")
    assert precision("--max-loss", "0") in ("f32", "bf16")
    assert precision("--precision", "int8", "--max-loss", "0") == "int8", "by name it insists"
    assert precision("--engine", "onnxruntime", *INT8) == "int8"


def without_int8(shipped: Path, target: Path) -> Path:
    """A copy of a package that ships, without its networks in 8-bit integers."""
    with zipfile.ZipFile(shipped) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            if "int8" in name:
                continue
            content = source.read(name)
            if name.endswith("/config.json"):
                config = json.loads(content)
                del config["latent_variants"]
                files = config["latent"]["files"]
                config["latent"]["files"] = {n: files[n] for n in files if "int8" not in n}
                content = json.dumps(config).encode()
            copy.writestr(name, content)
    return target


def test_a_network_without_an_int8_file_says_so(latent: Latent, tmp_path: Path) -> None:
    source = picture(tmp_path / "photo.tif", np.zeros((40, 50, 3), np.uint16))
    package = without_int8(WEIGHTS / "latent-upscale.dtmodel", tmp_path / "plain.dtmodel")
    outcome = latent("upscale", source, "--scale", "2", "--model", package,
                     "-o", tmp_path / "result.tif", *INT8)  # fmt: skip
    assert outcome.code != 0
    assert "no file of this network in 8-bit integers; use --precision auto" in outcome.stderr
    assert not (tmp_path / "result.tif").exists()


def test_the_verbs_show_precision_pace_and_loss(latent: Latent) -> None:
    doctor = json.loads(latent("doctor", "--json").stdout)
    assert doctor["auto"] in ("f32", "bf16", "int8")
    checkup = next(c for c in doctor["checkups"]
                   if c["engine"] == "openvino" and c["precision"] == "int8")  # fmt: skip
    assert checkup["works"]
    assert checkup["seconds_per_megapixel"] > 0
    assert 0 < checkup["loss_db"] <= 0.1
    devices = json.loads(latent("devices", "--json").stdout)
    processor = next(d for d in devices["devices"]
                     if d["engine"] == "openvino" and d["device"] == "cpu")  # fmt: skip
    assert "int8" in processor["precisions"]
    measured = {m["precision"]: m for m in processor["measured"]}
    assert measured["int8"]["passed"]
    assert measured["int8"]["seconds_per_megapixel"] > 0
    assert "int8 " in latent("devices").stdout
    shown = latent("models", "show", "latent-raw").stdout
    for file in ("model", "demosaic"):
        loss = re.search(rf"int8: {file}\.int8\.onnx, loses up to (0\.\d+) dB", shown)
        assert loss is not None
        assert 0 < float(loss[1]) <= 0.1
    verified = latent("models", "verify", "latent-raw-fast")
    assert "2 golden tensors run, 1 of them in int8" in verified.stdout
