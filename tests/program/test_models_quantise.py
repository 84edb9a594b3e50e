# SPDX-License-Identifier: GPL-3.0-or-later
"""`latent models quantise`: networks in 8-bit integers that are made on the user's computer."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import tifffile
from darktable_packages import bayer_onnx, make_package, picture_onnx
from latent_program import MakeDng, Outcome
from model_store import Models
from onnx import TensorProto, helper, numpy_helper

Latent = Callable[..., Outcome]
FloatArray = npt.NDArray[np.float32]
TILE = 160
ID = "foreign-denoise"


def denoiser_onnx(kind: str = "f32", level: bool = False) -> bytes:
    """Takes away from a picture what is left when its mean of 5x5 is taken, by seven convolutions:
    a network as others make them, whose answer is the whole picture.

    "f16": weights in float16 behind a Cast; "nan": NaN where a sample is above 0.97; "half": all of
    it computed in float16.
    """
    random = np.random.default_rng(3)
    blur = np.zeros((3, 3, 5, 5), np.float32)
    for channel in range(3):
        blur[channel, channel] = 1 / 25
    sizes = [(16, 3), (16, 16), (16, 16), (16, 16), (16, 16), (3, 16)]
    weights = {"blur": blur}
    for i, (wide, narrow) in enumerate(sizes):
        scale = np.sqrt(1 / (9 * narrow)) if i < len(sizes) - 1 else 0.003
        weights[f"w{i}"] = random.normal(0, scale, (wide, narrow, 3, 3)).astype(np.float32)
    nodes, constants, before = [], [], "input"
    stored = np.float16 if kind in ("f16", "half") else np.float32
    for key, array in weights.items():
        name = key + ".stored" if kind == "f16" else key
        constants.append(numpy_helper.from_array(array.astype(stored), name))
        if kind == "f16":
            nodes.append(helper.make_node("Cast", [name], [key], to=TensorProto.FLOAT))
    for i in range(len(sizes)):
        nodes.append(helper.make_node("Conv", [before, f"w{i}"], [f"c{i}"], pads=[1] * 4))
        nodes.append(helper.make_node("LeakyRelu", [f"c{i}"], [f"r{i}"], alpha=0.1))
        before = f"r{i}"
    nodes.append(helper.make_node("Conv", ["input", "blur"], ["smooth"], pads=[2] * 4))
    nodes.append(helper.make_node("Add", ["smooth", before], ["sum"]))
    last = "sum"
    kinds = TensorProto.FLOAT16 if kind == "half" else TensorProto.FLOAT
    value = helper.make_tensor_value_info
    inputs = [value("input", kinds, [1, 3, TILE, TILE])]
    if level:
        inputs.append(value("sigma", kinds, [1, 1, TILE, TILE]))
        nodes.append(helper.make_node("Mul", ["sigma", "little"], ["told"]))
        nodes.append(helper.make_node("Add", [last, "told"], ["with_level"]))
        constants.append(numpy_helper.from_array(np.array(0.1, np.float32), "little"))
        last = "with_level"
    if kind == "nan":
        nodes += [
            helper.make_node("Sub", ["limit", "input"], ["below"]),
            helper.make_node("Log", ["below"], ["log"]),
            helper.make_node("Mul", ["log", "nothing"], ["zero"]),
            helper.make_node("Add", [last, "zero"], ["wrong"]),
        ]
        constants.append(numpy_helper.from_array(np.array(0.97, np.float32), "limit"))
        constants.append(numpy_helper.from_array(np.array(0, np.float32), "nothing"))
        last = "wrong"
    nodes.append(helper.make_node("Identity", [last], ["output"]))
    output = value("output", kinds, [1, 3, TILE, TILE])
    graph = helper.make_graph(nodes, "network", inputs, [output], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    content: bytes = made.SerializeToString()
    return content


def package(folder: Path, network: bytes, name: str = ID, task: str = "denoise") -> Path:
    return make_package(folder, name, task, {"model": network}, {"input_sizes": [TILE]})


def scene(height: int = 170, width: int = 190, sigma: float = 0.04, seed: int = 3) -> FloatArray:
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = [np.sin(9 * x + 5 * y + k + seed) * 0.25 + (np.sin(40 * x * y) > 0.2) * 0.2
             for k in range(3)]  # fmt: skip
    noise = np.random.default_rng(seed).normal(0, sigma, (height, width, 3))
    return np.asarray(np.clip(0.4 + np.stack(waves, -1) + noise, 0, 0.95), np.float32)


def photo(path: Path, samples: FloatArray) -> Path:
    tifffile.imwrite(path, np.round(samples * 65535).astype(np.uint16), photometric="rgb")
    return path


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [photo(tmp_path / f"photo {i}.tif", scene(seed=i)) for i in range(2)]


def quantise(models: Models, photos: list[Path], name: str = ID) -> dict[str, Any]:
    text = models.done("quantise", name, "--json", "--calibrate", *photos)
    report: dict[str, Any] = json.loads(text)
    return report


def run(latent: Latent, models: Models, source: Path, target: Path, *more: str) -> dict[str, Any]:
    outcome = latent(
        "denoise", source, "-o", target, "--model", ID, "--overwrite", "--json", *more,
        LATENT_MODELS_DIR=str(models.store), LATENT_CONFIG=str(models.folder / "config"),
    )  # fmt: skip
    assert outcome.code == 0, outcome
    return next(event for event in outcome.events if event["event"] == "done")


@pytest.mark.parametrize("kind", ["f32", "f16"])
def test_a_foreign_network_is_made_measured_and_used(
    latent: Latent, models: Models, photos: list[Path], tmp_path: Path, kind: str
) -> None:
    models.done("import", package(tmp_path, denoiser_onnx(kind)), "-y")
    before = models.content()
    report = quantise(models, photos)
    (network,) = report["networks"]
    assert network["file"] == "model.onnx"
    assert network["convolutions"] >= 3
    assert 0 < network["work"] < 1
    assert list(network["losses"]) == ["sigma 15", "sigma 25", "sigma 5", "sigma 50"]
    assert network["loss_db"] == max(network["losses"].values()) < 0.1

    source, target = photos[0], tmp_path / "result.tif"
    plain = run(latent, models, source, target, "--precision", "f32")
    assert plain["precision"] == "f32"
    truth = tifffile.imread(target).astype(float)
    rounded = run(latent, models, source, target, "--precision", "int8")
    assert rounded["precision"] == "int8"
    assert not rounded["notices"]
    found = tifffile.imread(target).astype(float)
    apart = np.sqrt(np.mean((found - truth) ** 2)) / 65535
    assert 0 < apart < 1 / 255
    assert run(latent, models, source, target)["precision"] in ("f32", "int8")
    assert run(latent, models, source, target, "--precision", "best")["precision"] == "f32"

    # The package is what it was: what was made lies beside it, under a name of its own.
    after = models.content()
    assert {key: after[key] for key in before} == before
    assert sorted(set(after) - set(before)) == [f"int8/{ID}.int8"]
    shown = models.done("show", ID)
    assert "made here: model.onnx in int8, from 2 pictures by latent" in shown
    (told,) = json.loads(models.done("show", ID, "--json"))["made_here"]
    assert told["loss_db"] == network["loss_db"]
    assert "1 of them in int8" in models.done("verify", ID)


def test_what_was_made_is_never_passed_on_as_the_original(
    models: Models, photos: list[Path], tmp_path: Path
) -> None:
    original = package(tmp_path, denoiser_onnx())
    models.done("import", original, "-y")
    quantise(models, photos)
    installed = models.store / f"{ID}.dtmodel"
    assert installed.read_bytes() == original.read_bytes()
    models.done("publish", tmp_path / "public", installed)
    (published,) = (tmp_path / "public").rglob("*.dtmodel")
    assert published.read_bytes() == original.read_bytes()
    problem = models.refused("publish", tmp_path / "other", models.store / "int8" / f"{ID}.int8")
    assert f"{ID}.int8" in problem


def test_it_goes_with_the_model_and_alone(
    models: Models, photos: list[Path], tmp_path: Path
) -> None:
    models.done("import", package(tmp_path, denoiser_onnx()), "-y")
    made = models.store / "int8" / f"{ID}.int8"
    quantise(models, photos)
    assert "was removed" in models.done("quantise", ID, "--remove")
    assert not made.exists()
    assert "no network in 8-bit integers" in models.refused("quantise", ID, "--remove", code=1)
    quantise(models, photos)
    quantise(models, photos)  # in the place of the first
    models.done("remove", ID)
    assert not made.exists()


def test_a_new_version_of_the_model_does_not_use_it(
    latent: Latent, models: Models, photos: list[Path], tmp_path: Path
) -> None:
    models.done("import", package(tmp_path, denoiser_onnx()), "-y")
    quantise(models, photos)
    models.done("import", package(tmp_path / "new", denoiser_onnx("f16")), "-y")
    outcome = run(latent, models, photos[0], tmp_path / "result.tif")
    assert outcome["precision"] == "f32"
    assert any("of another version of the model" in notice for notice in outcome["notices"])


def test_a_damaged_one_is_named_and_not_used(
    latent: Latent, models: Models, photos: list[Path], tmp_path: Path
) -> None:
    models.done("import", package(tmp_path, denoiser_onnx()), "-y")
    quantise(models, photos)
    made = models.store / "int8" / f"{ID}.int8"
    content = made.read_bytes()
    made.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    outcome = run(latent, models, photos[0], tmp_path / "result.tif")
    assert outcome["precision"] == "f32"
    assert any("is not used" in n and "latent models quantise" in n for n in outcome["notices"])
    assert f"{ID}.int8" in models.refused("verify", ID)


def test_a_network_that_is_told_the_level(
    latent: Latent, models: Models, photos: list[Path], tmp_path: Path
) -> None:
    models.done("import", package(tmp_path, denoiser_onnx(level=True)), "-y")
    assert quantise(models, photos)["networks"][0]["loss_db"] < 0.1
    means = []
    for level in ("5", "50"):
        target = tmp_path / f"{level}.tif"
        done = run(latent, models, photos[0], target, "--precision", "int8", "--level", level)
        assert done["precision"] == "int8"
        means.append(tifffile.imread(target).astype(float).mean() / 65535)
    assert means[1] - means[0] == pytest.approx(0.1 * 45 / 255, abs=2e-3)


def test_a_package_that_has_int8_networks_needs_none(models: Models, photos: list[Path]) -> None:
    problem = models.refused("quantise", "latent-denoise", "--calibrate", photos[0])
    assert "brings its own int8 networks" in problem


def test_bad_input_is_one_sentence(models: Models, photos: list[Path], tmp_path: Path) -> None:
    models.done("import", package(tmp_path, denoiser_onnx()), "-y")
    usage = 2
    assert "--calibrate" in models.refused("quantise", ID, code=usage)
    assert "no model 'nothing'" in models.refused(
        "quantise", "nothing", "--calibrate", photos[0], code=1
    )
    absent = tmp_path / "absent.tif"
    assert "absent.tif" in models.refused("quantise", ID, "--calibrate", photos[0], absent, code=1)
    (tmp_path / "words.tif").write_text("words")
    assert "words.tif" in models.refused("quantise", ID, "--calibrate", tmp_path / "words.tif")
    assert models.content().keys() == {"state.json", f"{ID}.dtmodel"}


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (picture_onnx("smooth", TILE), "has no convolution"),
        (denoiser_onnx("nan"), "not finite"),
    ],
)
def test_networks_that_cannot_be_rounded(
    models: Models, tmp_path: Path, network: bytes, words: str
) -> None:
    models.done("import", package(tmp_path, network), "-y")
    samples = scene()
    samples[60:100, 60:100] = 1
    bright = photo(tmp_path / "bright.tif", samples)
    problem = models.refused("quantise", ID, "--calibrate", bright)
    assert words in problem
    assert f"int8/{ID}.int8" not in models.content()


def test_a_mask_network_is_not_for_this(models: Models, tmp_path: Path, photos: list[Path]) -> None:
    value = helper.make_tensor_value_info
    shape: list[str | int] = [1, 3, 64, 64]
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["image"], ["depth"], axes=[1])],
        "depth",
        [value("image", TensorProto.FLOAT, shape)],
        [value("depth", TensorProto.FLOAT, [1, 1, 64, 64])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    depth = make_package(tmp_path, "depths", "depth", {"model": made.SerializeToString()},
                         {"input_sizes": [64]})  # fmt: skip
    models.done("import", depth, "-y")
    problem = models.refused("quantise", "depths", "--calibrate", photos[0], code=2)
    assert "'depth'" in problem
    assert "rawdenoise, denoise and upscale" in problem


def test_a_raw_model_wants_raws(
    models: Models, photos: list[Path], dng: MakeDng, tmp_path: Path
) -> None:
    said: dict[str, object] = {"input_sizes": [128], "model_bayer": {"input_kind": "bayer_v1"}}
    raw = make_package(
        tmp_path, "raws", "rawdenoise", {"model_bayer": bayer_onnx("mixed", 128)}, said
    )
    models.done("import", raw, "-y")
    problem = models.refused("quantise", "raws", "--calibrate", photos[0])
    assert "photo 0.tif" in problem
    source = dng("photo.dng", "--size", "400x300", "--noise", "0.002,1e-5")
    assert "has no convolution" in models.refused("quantise", "raws", "--calibrate", source)


def test_a_full_disk_leaves_what_was_there(
    latent_bin: Path, models: Models, photos: list[Path], tmp_path: Path
) -> None:
    """A file may have no more than 12 kB, which is less than the network: what a full disk does."""
    models.done("import", package(tmp_path, denoiser_onnx()), "-y")
    quantise(models, photos[:1])
    before = models.content()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 12; exec "$0" models quantise "$@"', latent_bin, ID,
         "--calibrate", *photos],
        env={**os.environ, "LATENT_MODELS_DIR": str(models.store)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done
    assert f"{ID}.int8" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert models.content() == before
