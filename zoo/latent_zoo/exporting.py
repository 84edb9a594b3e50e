# SPDX-License-Identifier: GPL-3.0-or-later
"""A network as an ONNX file: traced, checked, and free of what differs from run to run."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch

from latent_zoo.graph import Graph
from latent_zoo.types import ZooError

_IR_VERSION = {17: 8, 18: 8, 19: 9, 20: 9}  # the oldest that carries each opset


def _clean(model: onnx.ModelProto, opset: int) -> None:
    """Drop source positions and program versions: the same network gives the same bytes."""
    model.doc_string = ""
    model.graph.doc_string = ""
    model.producer_name = "latent_zoo"
    model.producer_version = ""
    model.ir_version = _IR_VERSION.get(opset, 9)
    model.graph.name = "latent"
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]


def _names(values: Any) -> list[str]:
    return [value.name for value in values]


def export(
    graph: Graph, path: Path, free: Mapping[str, Mapping[int, str]] | None = None
) -> onnx.ModelProto:
    """Write ``graph`` to ``path`` and give the model that was written.

    ``free``: axes left free, by tensor; those of ``graph.dynamic`` if absent.

    Errors: ZooError when the file lost an input (a network that does not use it), has other
    outputs, or is no valid ONNX.
    """
    axes_of = graph.dynamic if free is None else free
    path.parent.mkdir(parents=True, exist_ok=True)
    traced = path.with_suffix(".traced")
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.module,
            tuple(graph.example.values()),
            str(traced),
            input_names=list(graph.example),
            output_names=list(graph.outputs),
            dynamic_axes={name: dict(axes) for name, axes in axes_of.items()} or None,
            opset_version=graph.opset,
            do_constant_folding=True,
            dynamo=False,
        )
    model = onnx.load(str(traced))
    traced.unlink()
    _clean(model, graph.opset)
    if _names(model.graph.input) != list(graph.example):
        kept = _names(model.graph.input)
        raise ZooError(f"{graph.stem}: the graph takes {kept} instead of {list(graph.example)}")
    if _names(model.graph.output) != list(graph.outputs):
        kept = _names(model.graph.output)
        raise ZooError(f"{graph.stem}: the graph gives {kept} instead of {list(graph.outputs)}")
    path.write_bytes(model.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(path))
    return model


_TYPES: dict[int, str] = {
    onnx.TensorProto.FLOAT: "f32",
    onnx.TensorProto.FLOAT16: "f16",
    onnx.TensorProto.DOUBLE: "f64",
    onnx.TensorProto.INT64: "i64",
    onnx.TensorProto.INT32: "i32",
    onnx.TensorProto.UINT8: "u8",
    onnx.TensorProto.BOOL: "bool",
}


def tensor_facts(value: onnx.ValueInfoProto) -> dict[str, Any]:
    """Name, type and dims of a graph's input or output; a free dimension by its name."""
    tensor = value.type.tensor_type
    if tensor.elem_type not in _TYPES:
        raise ZooError(f"{value.name}: tensors of type {tensor.elem_type} are not understood")
    dims: list[int | str] = [
        dim.dim_value if dim.HasField("dim_value") else dim.dim_param or f"{value.name}_{axis}"
        for axis, dim in enumerate(tensor.shape.dim)
    ]
    return {"name": value.name, "type": _TYPES[tensor.elem_type], "dims": dims}
