# SPDX-License-Identifier: GPL-3.0-or-later
"""8-bit networks: the same ONNX graph with QuantizeLinear and DequantizeLinear at its convolutions.

Weights become int8 with one scale an output channel; what goes into a convolution becomes uint8
where it is never negative (after a ReLU) and int8 elsewhere, with one scale a tensor and no
offset. Every scale is the one with the smallest squared error: of the weights over themselves, of
the activations over their histogram on calibration batches. The first and the last convolution
stay in float32: they carry the picture and the residual, and cost little.

Source: Nagel and others, "A White Paper on Neural Network Quantization" (2021), sections 2 and 3;
the search for the scale is its "mean squared error" range setting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from latent_train.onnx_graph import INPUT
from latent_train.types import FloatArray

_Numbers = np.ndarray[Any, Any]

BINS = 4096
_CANDIDATES = np.linspace(0.2, 1.0, 81)
"""Shares of the largest value at which a range may end."""
SILENT = 1e-3
"""A ReLU that lets a smaller share of samples through does nothing."""


@dataclass(frozen=True)
class Steps:
    """The grid of one activation: multiples of ``scale``, 0..255 or -127..127 of them."""

    scale: float
    signed: bool


def with_float_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph without Casts: weights as float32 initialisers."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    del result.graph.initializer[:], result.graph.node[:]
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in stored:
            values = numpy_helper.to_array(stored.pop(node.input[0])).astype(np.float32)
            result.graph.initializer.append(numpy_helper.from_array(values, node.output[0]))
        else:
            result.graph.node.append(node)
    result.graph.initializer.extend(stored.values())
    return result


def convolutions(
    model: onnx.ModelProto, kept: frozenset[str] = frozenset()
) -> list[onnx.NodeProto]:
    """Those that become 8-bit: all but the first, the last and those named in ``kept``."""
    every = [node for node in model.graph.node if node.op_type == "Conv"]
    return [node for node in every[1:-1] if node.name not in kept]


def _step_of(counts: FloatArray, largest: float, levels: int) -> float:
    """The scale with the smallest squared error for magnitudes 0..``largest`` of that histogram."""
    if largest == 0 or counts.sum() == 0:
        return 1.0
    centres = (np.arange(counts.size) + 0.5) * (largest / counts.size)
    best, best_error = largest / levels, np.inf
    for share in _CANDIDATES:
        scale = share * largest / levels
        kept = np.minimum(np.round(centres / scale), levels) * scale
        # Values inside one bin are rounded as one; the grid's own error is added where it is finer.
        error = float((counts * (kept - centres) ** 2).sum())
        if scale < largest / counts.size:
            error += float(counts.sum()) * scale**2 / 12
        if error < best_error:
            best, best_error = scale, error
    return float(best)


class _Watched:
    """A float32 network that also gives what goes into its convolutions."""

    def __init__(self, model: onnx.ModelProto, names: list[str], threads: int) -> None:
        watched = onnx.ModelProto()
        watched.CopyFrom(model)
        del watched.graph.output[:]
        for name in names:
            watched.graph.output.append(
                helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.names = names
        self._session = onnxruntime.InferenceSession(
            watched.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, planes: FloatArray) -> dict[str, FloatArray]:
        found = self._session.run(self.names, {INPUT: planes.astype(np.float32)})
        return dict(zip(self.names, found, strict=True))


@dataclass(frozen=True)
class Activations:
    """What calibration found: the grid of every tensor that goes into a convolution, and the share
    of its samples that are not 0."""

    steps: dict[str, Steps]
    active: dict[str, float]


def calibrate(
    model: onnx.ModelProto, batches: Iterable[FloatArray], threads: int = 2
) -> Activations:
    """Measures ``model`` on ``batches`` of packed planes [N, C, h, w]."""
    names = list(dict.fromkeys(node.input[0] for node in convolutions(model)))
    watched = _Watched(model, names, threads)
    counts: dict[str, FloatArray] = {name: np.zeros(BINS) for name in names}
    largest = dict.fromkeys(names, 0.0)
    smallest = dict.fromkeys(names, 0.0)
    samples, others = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for planes in batches:
        for name, values in watched.run(planes).items():
            top = float(np.abs(values).max())
            samples[name] += values.size
            others[name] += int(np.count_nonzero(values))
            smallest[name] = min(smallest[name], float(values.min()))
            if top > largest[name]:
                counts[name] = _rebinned(counts[name], largest[name], top)
                largest[name] = top
            found, _ = np.histogram(np.abs(values), BINS, (0, max(largest[name], 1e-30)))
            counts[name] += found
    steps = {}
    for name in names:
        signed = smallest[name] < 0
        levels = 127 if signed else 255
        steps[name] = Steps(_step_of(counts[name], largest[name], levels), signed)
    return Activations(steps, {name: others[name] / samples[name] for name in names})


def _rebinned(counts: FloatArray, before: float, after: float) -> FloatArray:
    """The histogram over 0..``before`` as one over 0..``after``, which is larger."""
    moved = np.zeros_like(counts)
    if before > 0:
        centres = (np.arange(counts.size) + 0.5) * (before / after)
        np.add.at(moved, np.minimum(centres.astype(int), counts.size - 1), counts)
    return moved


def _weights(values: FloatArray) -> tuple[_Numbers, _Numbers]:
    """int8 and the scale of each output channel, with the smallest squared error."""
    flat = values.reshape(values.shape[0], -1).astype(np.float64)
    largest = np.abs(flat).max(axis=1)
    best = np.where(largest > 0, largest / 127, 1.0)
    best_error = np.full(flat.shape[0], np.inf)
    for share in _CANDIDATES[40:]:
        scale = np.where(largest > 0, share * largest / 127, 1.0)
        kept = np.clip(np.round(flat / scale[:, None]), -127, 127) * scale[:, None]
        error = ((kept - flat) ** 2).sum(axis=1)
        better = error < best_error
        best = np.where(better, scale, best)
        best_error = np.minimum(error, best_error)
    whole = np.clip(np.round(flat / best[:, None]), -127, 127).astype(np.int8)
    return whole.reshape(values.shape), best.astype(np.float32)


def without_silent_blocks(
    model: onnx.ModelProto, active: dict[str, float]
) -> tuple[onnx.ModelProto, list[str]]:
    """The same network without residual blocks whose ReLU lets (almost) nothing through.

    What such a block adds is the bias of its second convolution, and that is kept. Returns the
    names of the blocks that went.
    """
    silent = {
        node.output[0]
        for node in model.graph.node
        if node.op_type == "Relu" and active.get(node.output[0], 1.0) < SILENT
    }
    result = onnx.ModelProto()
    result.CopyFrom(model)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    makers = {node.output[0]: node for node in model.graph.node}
    seconds = {
        n.output[0] for n in model.graph.node if n.op_type == "Conv" and n.input[0] in silent
    }
    firsts = {makers[relu].input[0] for relu in silent}
    del result.graph.node[:], result.graph.initializer[:]
    for node in model.graph.node:
        if node.output[0] in silent or node.output[0] in firsts:
            for name in node.input[1:]:
                stored.pop(name)
        elif node.output[0] in seconds:
            stored.pop(node.input[1])
            stored[node.output[0]] = stored.pop(node.input[2]).reshape(1, -1, 1, 1)
        else:
            result.graph.node.append(node)
    for name, values in stored.items():
        result.graph.initializer.append(numpy_helper.from_array(values, name))
    return result, sorted(name.rpartition(".")[0] for name in silent)


def quantised(
    model: onnx.ModelProto, steps: dict[str, Steps], kept: frozenset[str] = frozenset()
) -> onnx.ModelProto:
    """``model`` (float32 weights) with 8-bit convolutions; those named in ``kept`` stay."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    chosen = {node.name for node in convolutions(model, kept)}
    del graph.node[:], graph.initializer[:]
    made: set[str] = set()

    def keep(values: Any, name: str) -> str:
        graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(kind: str, inputs: list[str], name: str, **more: Any) -> str:
        graph.node.append(helper.make_node(kind, inputs, [name], name=name, **more))
        return name

    def rounded(tensor: str) -> str:
        name = tensor + ".rounded"
        if name not in made:
            made.add(name)
            step = steps[tensor]
            scale = keep(np.float32(step.scale), tensor + ".scale")
            zero = keep(np.int8(0) if step.signed else np.uint8(0), tensor + ".zero")
            whole = add("QuantizeLinear", [tensor, scale, zero], tensor + ".whole")
            add("DequantizeLinear", [whole, scale, zero], name)
        return name

    for node in model.graph.node:
        new = onnx.NodeProto()
        new.CopyFrom(node)
        if node.name in chosen:
            weight = node.input[1]
            whole, scale = _weights(stored.pop(weight))
            zeros = np.zeros(scale.shape, np.int8)
            names = [keep(whole, weight + ".i8"), keep(scale, weight + ".scale")]
            names.append(keep(zeros, weight + ".zero"))
            new.input[0] = rounded(node.input[0])
            new.input[1] = add("DequantizeLinear", names, weight, axis=0)
        graph.node.append(new)
    for name, values in stored.items():
        half = values.astype(np.float16)
        if values.size > 4096 and np.array_equal(half.astype(np.float32), values):
            keep(half, name + ".f16")  # a weight that stays: stored as in the original
            cast = helper.make_node("Cast", [name + ".f16"], [name], name=name, to=1)
            graph.node.insert(0, cast)
        else:
            keep(values, name)
    onnx.checker.check_model(result, full_check=True)
    return result


def most_sensitive(
    model: onnx.ModelProto, steps: dict[str, Steps], probe: FloatArray, count: int
) -> list[str]:
    """The ``count`` convolutions whose rounding alone moves the residual of ``probe`` most."""
    truth = _answer(model, probe)
    every = frozenset(node.name for node in convolutions(model))
    error = {
        name: float(
            np.square(_answer(quantised(model, steps, every - {name}), probe) - truth).mean()
        )
        for name in every
    }
    return sorted(error, key=lambda name: -error[name])[:count]


def _answer(model: onnx.ModelProto, probe: FloatArray) -> FloatArray:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {INPUT: probe.astype(np.float32)})[0])
