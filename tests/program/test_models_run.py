# SPDX-License-Identifier: GPL-3.0-or-later
"""latent models run: any network of any package, tensor to tensor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from darktable_packages import make_package
from latent_program import Outcome
from onnx import TensorProto, helper
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]
ENGINES = ("openvino", "onnxruntime")


def decoder_package(folder: Path, mask: str = "mask", score: str = "score") -> Path:
    """A decoder as masks have them: floats and points in, a mask and a score out."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["point_labels"], ["weights"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", ["weights"], [score], keepdims=0),
            helper.make_node("Mul", ["image_embed", score], [mask]),
        ],
        "decoder",
        [
            value("image_embed", TensorProto.FLOAT, [1, 4, 8, 8]),
            value("point_labels", TensorProto.INT64, [1, "num_points"]),
        ],
        [
            value(mask, TensorProto.FLOAT, [1, 4, 8, 8]),
            value(score, TensorProto.FLOAT, []),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    return make_package(folder, "mask-test", "mask", {"encoder": content, "decoder": content},
                        {"input_sizes": [64]})  # fmt: skip


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return decoder_package(tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_inputs_the_doors_are_listed(latent: Latent, package: Path, engine: str) -> None:
    outcome = latent("models", "run", package, "--network", "decoder", "--engine", engine)
    assert outcome.code == 0, outcome
    assert "input  image_embed f32 [1, 4, 8, 8]" in outcome.stdout
    assert "input  point_labels i64 [1, num_points]" in outcome.stdout
    assert "output score f32 []" in outcome.stdout


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("labels", [np.int64, np.float32])
def test_tensors_go_in_and_come_out(
    latent: Latent, package: Path, tmp_path: Path, engine: str, labels: type
) -> None:
    embed = np.random.default_rng(2).normal(size=(1, 4, 8, 8)).astype(np.float32)
    np.save(tmp_path / "embed.npy", embed)
    np.save(tmp_path / "labels.npy", np.array([[1, 0, 2]], labels))
    out = tmp_path / "out"
    outcome = latent("models", "run", package, "--network", "decoder", "--engine", engine,
                     "--precision", "f32", "--input", f"image_embed={tmp_path / 'embed.npy'}",
                     "--input", f"point_labels={tmp_path / 'labels.npy'}", "-O", out)  # fmt: skip
    assert outcome.code == 0, outcome
    np.testing.assert_allclose(np.load(out / "mask.npy"), 3 * embed, rtol=1e-6)
    assert np.load(out / "score.npy").shape == ()
    assert np.load(out / "score.npy") == 3


def test_an_output_replaces_no_input(latent: Latent, package: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.npy"
    np.save(mask, np.ones((1, 4, 8, 8), np.float32))
    labels = tmp_path / "labels.npy"
    np.save(labels, np.array([[1, 0]], np.int64))
    before = mask.read_bytes()
    outcome = latent("models", "run", package, "--network", "decoder",
                     "--input", f"image_embed={mask}", "--input", f"point_labels={labels}",
                     "-O", tmp_path)  # fmt: skip
    assert outcome.code != 0
    assert "mask.npy' is the source itself" in outcome.stderr
    assert mask.read_bytes() == before
    assert not (tmp_path / "score.npy").exists()


def test_two_outputs_are_no_one_file(latent: Latent, tmp_path: Path) -> None:
    package = decoder_package(tmp_path, "found/mask", "found_mask")
    np.save(tmp_path / "embed.npy", np.ones((1, 4, 8, 8), np.float32))
    np.save(tmp_path / "labels.npy", np.array([[1, 0]], np.int64))
    outcome = latent("models", "run", package, "--network", "decoder",
                     "--input", f"image_embed={tmp_path / 'embed.npy'}",
                     "--input", f"point_labels={tmp_path / 'labels.npy'}",
                     "-O", tmp_path / "out")  # fmt: skip
    assert outcome.code != 0
    assert "would both be written to" in outcome.stderr
    assert "found_mask.npy" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_wrong_is_named(latent: Latent, package: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((1, 4, 8, 9), np.float32))
    (tmp_path / "b.npy").write_bytes(b"\x93NUMPY nothing")
    file = tmp_path / "a.npy"
    for arguments, sentence in (
        ((), "--network chooses one of decoder, encoder"),
        (("--network", "other"), "has no network 'other'; it has decoder, encoder"),
        (("--network", "decoder", "--input", "x"), "takes NAME=VALUE"),
        (("--network", "decoder", "--input", f"image_embed={file}", "-O", tmp_path / "o"),
         "'image_embed' wants the shape [1, 4, 8, 8], not [1, 4, 8, 9]"),
        (("--network", "decoder", "--input", f"image_embed={tmp_path / 'b.npy'}", "-O", tmp_path),
         "b.npy' "),
    ):  # fmt: skip
        outcome = latent("models", "run", package, *arguments)
        assert outcome.code != 0
        assert sentence in outcome.stderr, outcome


def test_golden_tensors_of_our_packages(latent: Latent, tmp_path: Path, package: Path) -> None:
    outcome = latent("models", "run", make_denoiser(tmp_path, "mean"), "--check-golden",
                     "--precision", "f32")  # fmt: skip
    assert outcome.code == 0, outcome
    assert "golden tensors match" in outcome.stdout
    assert latent("models", "run", package, "--check-golden").code != 0
