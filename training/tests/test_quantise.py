# SPDX-License-Identifier: GPL-3.0-or-later
"""An 8-bit network is the same graph, close to the float32 one, in both engines."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from latent_train import batches, mosaic, onnx_graph, quantise, runtimes
from latent_train.config import Config
from latent_train.network import LatentUNet
from latent_train.types import FloatArray


@pytest.fixture
def network(tiny_config: Config) -> LatentUNet:
    torch.manual_seed(0)
    return onnx_graph.rounded_to_half(LatentUNet(tiny_config.network).eval())


@pytest.fixture
def seen(tiny_config: Config, made_picture: batches.CropSource) -> list[FloatArray]:
    return [batches.make_batch(made_picture, tiny_config, step).planes.numpy() for step in range(3)]


def _run(model: onnx.ModelProto, planes: FloatArray) -> FloatArray:
    return runtimes.onnx_runtime(model.SerializeToString(), 1)(planes)


def _relative(found: FloatArray, right: FloatArray) -> float:
    return float(np.sqrt(np.square(found - right).mean() / np.square(right).mean()))


def test_folding_the_casts_changes_nothing(network: LatentUNet, seen: list[FloatArray]) -> None:
    model = onnx_graph.build(network)
    folded = quantise.with_float_weights(model)
    assert not [node for node in folded.graph.node if node.op_type == "Cast"]
    np.testing.assert_array_equal(_run(folded, seen[0]), _run(model, seen[0]))


def test_weights_have_a_scale_for_each_channel_and_all_but_the_ends_are_int8(
    network: LatentUNet, seen: list[FloatArray]
) -> None:
    full = quantise.with_float_weights(onnx_graph.build(network))
    steps = quantise.calibrate(full, seen).steps
    model = quantise.quantised(full, steps)
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    inner = [node.name for node in quantise.convolutions(full)]
    assert "head" not in inner
    assert "tail" not in inner
    for name in inner:
        whole = stored[f"{name}.weight.i8"]
        assert whole.dtype == np.int8
        assert np.abs(whole.astype(int)).max() <= 127
        assert stored[f"{name}.weight.scale"].shape == (whole.shape[0],)
    assert not {name for name in stored if name.startswith(("head", "tail")) and ".i8" in name}


def test_what_a_relu_gives_is_unsigned_and_what_a_sum_gives_is_signed(
    network: LatentUNet, seen: list[FloatArray]
) -> None:
    full = quantise.with_float_weights(onnx_graph.build(network))
    steps = quantise.calibrate(full, seen).steps
    for name, step in steps.items():
        assert step.signed == (not name.endswith(".relu")), name
        assert step.scale > 0


@pytest.mark.parametrize(
    "kept", [frozenset(), frozenset({"encoder0.0.first", "decoder0.0.second"})]
)
def test_both_engines_give_almost_what_float32_gives(
    network: LatentUNet, seen: list[FloatArray], kept: frozenset[str]
) -> None:
    full = quantise.with_float_weights(onnx_graph.build(network))
    model = quantise.quantised(full, quantise.calibrate(full, seen).steps, kept)
    right = _run(full, seen[0])
    assert 0 < _relative(_run(model, seen[0]), right) < 0.05
    by_openvino = runtimes.open_vino(model.SerializeToString(), "f32", 1)(seen[0])
    # Processors without VNNI add pairs of products in 16 bits, which may saturate: 0.061 on AVX2.
    assert _relative(by_openvino, right) < 0.08


def test_the_scale_is_the_one_with_the_smallest_error() -> None:
    counts = np.zeros(quantise.BINS)
    counts[: quantise.BINS // 2] = 1000  # evenly up to half of the range
    counts[-1] = 1  # and one stray sample
    step = quantise._step_of(counts, 2.0, 255)
    assert 0.9 / 255 < step < 1.3 / 255, "the stray one is clipped for the sake of the others"
    counts[-1] = 100_000
    assert quantise._step_of(counts, 2.0, 255) > 1.9 / 255


def test_a_block_that_lets_nothing_through_goes_and_its_bias_stays(
    network: LatentUNet, seen: list[FloatArray]
) -> None:
    block = network.middle[0]
    with torch.no_grad():
        block.first.bias.fill_(-1000.0)
        block.second.bias.copy_(torch.linspace(-1, 1, block.second.bias.numel()).half().float())
    full = quantise.with_float_weights(onnx_graph.build(network))
    found = quantise.calibrate(full, seen)
    assert found.active["middle.0.relu"] == 0
    smaller, gone = quantise.without_silent_blocks(full, found.active)
    assert gone == ["middle.0"]
    assert len(smaller.graph.node) == len(full.graph.node) - 3
    np.testing.assert_allclose(_run(smaller, seen[0]), _run(full, seen[0]), atol=1e-5)


def test_the_layers_that_matter_most_come_first(
    network: LatentUNet, seen: list[FloatArray]
) -> None:
    full = quantise.with_float_weights(onnx_graph.build(network))
    steps = dict(quantise.calibrate(full, seen).steps)
    coarse = "decoder0.0.relu"
    steps[coarse] = quantise.Steps(steps[coarse].scale * 30, signed=False)
    assert quantise.most_sensitive(full, steps, seen[0], 1) == ["decoder0.0.second"]


def test_histograms_grow_with_what_is_seen() -> None:
    counts = np.zeros(quantise.BINS)
    counts[-1] = 5
    moved = quantise._rebinned(counts, 1.0, 2.0)
    assert moved.sum() == 5
    assert moved[quantise.BINS // 2 - 1] == 5


def test_the_planes_of_a_mosaic_go_through(network: LatentUNet, seen: list[FloatArray]) -> None:
    """Another size than the calibrated one."""
    full = quantise.with_float_weights(onnx_graph.build(network))
    model = quantise.quantised(full, quantise.calibrate(full, seen).steps)
    colours = mosaic.colour_map("bayer", 48, 80, (0, 1))
    u = np.random.default_rng(1).random((48, 80))
    planes = mosaic.unshuffle(mosaic.planes(u, np.full((48, 80), 0.03), colours))[None]
    assert _run(model, planes).shape == (1, 4, 24, 40)
