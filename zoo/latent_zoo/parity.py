# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the engines are from PyTorch, and the refusal when that is too far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from latent_zoo import engines
from latent_zoo.graph import Graph, run_module
from latent_zoo.types import Array, Arrays, ZooError

RELATIVE_LIMIT = 1e-3  # largest difference over the standard deviation of the output

Judged = Sequence[tuple[Arrays, Arrays]]  # inputs, and what PyTorch makes of them


@dataclass(frozen=True)
class Difference:
    """Largest absolute difference of the outputs, and the largest over the deviation of the judge's
    tensor (over its magnitude, where it is constant)."""

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


def arrays(tensors: Mapping[str, Tensor]) -> Arrays:
    """Tensors as C-ordered arrays."""
    return {name: np.ascontiguousarray(value.detach().numpy()) for name, value in tensors.items()}


def judge(graph: Graph, examples: Sequence[Mapping[str, Tensor]]) -> Judged:
    """Every example with PyTorch's answer. Errors: ZooError when an answer is not finite."""
    judged = [(arrays(given), arrays(run_module(graph, given))) for given in examples]
    for _, true in judged:
        for name, value in true.items():
            if not np.isfinite(value).all():
                raise ZooError(f"{graph.stem}: {name} has a value that is not finite in PyTorch")
    return judged


def against(run: engines.Runner, judged: Judged, stem: str) -> Difference:
    """The worst of an engine over the examples."""
    found = [Difference(0.0, 0.0)]
    for given, true in judged:
        got = run(given)
        if missing := [name for name in true if name not in got]:
            raise ZooError(f"{stem}: the engine does not give {', '.join(missing)}")
        found += [difference(got[name], true[name], f"{stem}: {name}") for name in true]
    return Difference(max(d.absolute for d in found), max(d.relative for d in found))


def refuse_beyond(limit: float, stem: str, engine: str, apart: Difference) -> None:
    """Errors: ZooError when ``apart`` is more than ``limit`` of the output's deviation."""
    if not apart.relative <= limit:
        raise ZooError(
            f"{stem}: {engine} is {apart.absolute:.3g} away from PyTorch, "
            f"{apart.relative:.3g} of the output's deviation; at most {limit:g} is allowed"
        )


def compare(judged: Judged, path: Path, stem: str, limit: float = RELATIVE_LIMIT) -> Parity:
    """The file at ``path`` in both engines, one after the other, against PyTorch's answers.

    Errors: ZooError when an engine is farther than ``limit`` times the output's deviation.
    """
    found = []
    openers: list[tuple[str, Callable[[Path], engines.Runner]]] = [
        ("ONNX Runtime", engines.onnx_runtime),
        ("OpenVINO", engines.open_vino),
    ]
    for engine, opener in openers:
        apart = against(opener(path), judged, stem)
        refuse_beyond(limit, stem, engine, apart)
        found.append(apart)
    return Parity(*found)


def measure(graph: Graph, path: Path, limit: float = RELATIVE_LIMIT) -> Parity:
    """Run ``graph`` in PyTorch and the file at ``path`` in both engines.

    The static shapes, and the other sizes too where the packaged file has free axes.
    """
    others = graph.others if graph.dynamic else ()
    return compare(judge(graph, [graph.example, *others]), path, graph.stem, limit)
