# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the engines are from PyTorch, and the refusal when that is too far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from latent_zoo import engines
from latent_zoo.graph import Graph, run_module
from latent_zoo.types import Array, Arrays, ZooError

RELATIVE_LIMIT = 1e-3  # largest difference over the standard deviation of the output


@dataclass(frozen=True)
class Difference:
    """Largest absolute difference of one output tensor, and the same over the judge's standard
    deviation (over its magnitude, where it is constant)."""

    absolute: float
    relative: float


@dataclass(frozen=True)
class Parity:
    """The worst over all outputs and examples, engine against PyTorch in float32."""

    onnx_runtime: Difference
    openvino: Difference


def difference(got: Array, true: Array, name: str) -> Difference:
    """Of one tensor. Errors: ZooError for another shape or a value that is not finite."""
    if got.shape != true.shape:
        raise ZooError(f"{name}: the engine gives {got.shape} instead of {true.shape}")
    if not np.isfinite(true).all() or not np.isfinite(got).all():
        raise ZooError(f"{name}: a value is not finite")
    if true.size == 0:
        return Difference(0.0, 0.0)
    apart = float(np.abs(got.astype(np.float64) - true.astype(np.float64)).max())
    spread = float(true.std(dtype=np.float64))
    scale = spread if spread > 0 else max(float(np.abs(true).max()), 1.0)
    return Difference(apart, apart / scale)


def _worst(found: list[Difference]) -> Difference:
    return Difference(max(d.absolute for d in found), max(d.relative for d in found))


def arrays(tensors: Mapping[str, Tensor]) -> Arrays:
    """Tensors as C-ordered arrays."""
    return {name: np.ascontiguousarray(value.numpy()) for name, value in tensors.items()}


def _against(graph: Graph, run: engines.Runner, judged: list[tuple[Arrays, Arrays]]) -> Difference:
    found = []
    for given, true in judged:
        got = run(given)
        found += [difference(got[name], true[name], f"{graph.stem}: {name}") for name in true]
    return _worst(found)


def measure(graph: Graph, path: Path, limit: float = RELATIVE_LIMIT) -> Parity:
    """Run ``graph`` in PyTorch and the file at ``path`` in both engines, on every example.

    Errors: ZooError when an engine is farther than ``limit`` times the output's deviation.
    """
    examples = [graph.example, *graph.others]
    judged = [(arrays(given), arrays(run_module(graph, given))) for given in examples]
    found = Parity(
        _against(graph, engines.onnx_runtime(path), judged),
        _against(graph, engines.open_vino(path), judged),
    )
    for engine, apart in (("ONNX Runtime", found.onnx_runtime), ("OpenVINO", found.openvino)):
        if apart.relative > limit:
            raise ZooError(
                f"{graph.stem}: {engine} is {apart.absolute:.3g} away from PyTorch, "
                f"{apart.relative:.3g} of the output's deviation; at most {limit:g} is allowed"
            )
    return found
