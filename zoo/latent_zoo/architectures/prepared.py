# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX files that others made, as networks: they run as they are, and go on into our packages.

``Prepared`` runs a file in ONNX Runtime; when it is exported, the file's own nodes and numbers are
written node for node, so what is packaged computes what was published. ``Published`` gives the
contract of SAM 2 to the pair that onnx-community published for SAM 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from latent_zoo.types import ZooError

_FLOAT = onnx.TensorProto.FLOAT
_SUFFIX = {
    onnx.AttributeProto.INT: "_i",
    onnx.AttributeProto.INTS: "_i",
    onnx.AttributeProto.FLOAT: "_f",
    onnx.AttributeProto.FLOATS: "_f",
    onnx.AttributeProto.STRING: "_s",
    onnx.AttributeProto.STRINGS: "_s",
    onnx.AttributeProto.TENSOR: "_t",
}


def _tensor(value: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(np.array(numpy_helper.to_array(value)))


def _attribute(attribute: onnx.AttributeProto) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, onnx.TensorProto):
        return _tensor(value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [one.decode() if isinstance(one, bytes) else one for one in value]
    return value


def _replay(g: Any, model: onnx.ModelProto, values: dict[str, Any]) -> list[Any]:
    """Write the nodes of ``model`` into the graph that torch is making; gives its outputs.

    ``values``: inputs and weights by name.
    """
    from torch.onnx import symbolic_helper

    nothing: Any = symbolic_helper._optional_input_placeholder_tensor

    for number in model.graph.initializer:
        if number.name not in values:
            values[number.name] = g.op("Constant", value_t=_tensor(number))
    for node in model.graph.node:
        given = [values[name] if name else nothing(g) for name in node.input]
        said = {a.name + _SUFFIX[a.type]: _attribute(a) for a in node.attribute}
        made = g.op(node.op_type, *given, outputs=len(node.output), **said)
        values |= zip(node.output, made if len(node.output) > 1 else [made], strict=True)
    return [values[value.name] for value in model.graph.output]


class _Run(torch.autograd.Function):
    """Forward: ONNX Runtime. In an export: the nodes themselves."""

    @staticmethod
    def forward(ctx: Any, prepared: Prepared, *inputs: Tensor) -> Any:
        got = prepared.run(inputs[: len(prepared.inputs)])
        return got[0] if len(got) == 1 else got

    @staticmethod
    def symbolic(g: Any, prepared: Prepared, *inputs: Any) -> Any:
        names = (*prepared.inputs, *prepared.weight_names)
        made = _replay(g, prepared.model, dict(zip(names, inputs, strict=True)))
        return made[0] if len(made) == 1 else tuple(made)


class Prepared(nn.Module):
    """An ONNX file as a module: tensors in its order in and out, external data read in.

    Errors: ZooError for a file that is no ONNX, or that has nodes which cannot be written again
    (subgraphs, operators of other domains).
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        import onnxruntime

        try:
            self.model = onnx.load(path)
        except Exception as error:
            raise ZooError(f"{path}: not an ONNX model: {error}") from error
        self._judge(path)
        self.opset = next(
            entry.version for entry in self.model.opset_import if entry.domain in ("", "ai.onnx")
        )
        self.inputs = tuple(value.name for value in self.model.graph.input)
        self.outputs = tuple(value.name for value in self.model.graph.output)
        floats = [n for n in self.model.graph.initializer if n.data_type == _FLOAT]
        self.weight_names = tuple(number.name for number in floats)
        self.weights = nn.ParameterList(
            nn.Parameter(_tensor(number), requires_grad=False) for number in floats
        )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    def _judge(self, path: Path) -> None:
        numbers = {number.name for number in self.model.graph.initializer}
        if any(value.name in numbers for value in self.model.graph.input):
            raise ZooError(f"{path}: numbers that are inputs too are not understood")
        for node in self.model.graph.node:
            if node.domain not in ("", "ai.onnx"):
                raise ZooError(f"{path}: {node.op_type} of {node.domain} runs in few engines")
            for attribute in node.attribute:
                if attribute.type not in _SUFFIX:
                    raise ZooError(f"{path}: {node.op_type} holds a graph of its own")

    def run(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """In ONNX Runtime."""
        given = {name: value.numpy() for name, value in zip(self.inputs, inputs, strict=True)}
        got = self._session.run(list(self.outputs), given)
        return tuple(torch.from_numpy(np.array(value)) for value in got)

    def forward(self, *inputs: Tensor) -> Any:
        apply: Any = _Run.apply  # untyped in torch
        return apply(self, *inputs, *self.weights)


class PublishedEncoder(nn.Module):
    """onnx-community's vision encoder: the same three maps under other names."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.prepared = Prepared(path)
        wanted = ("image_embeddings.0", "image_embeddings.1", "image_embeddings.2")
        if self.prepared.inputs != ("pixel_values",) or self.prepared.outputs != wanted:
            raise ZooError(
                f"{path}: takes {', '.join(self.prepared.inputs)} and gives "
                f"{', '.join(self.prepared.outputs)}; not the published vision encoder"
            )

    def forward(self, image: Tensor) -> Any:
        return self.prepared(image)


class PublishedDecoder(nn.Module):
    """onnx-community's prompt encoder and decoder under the contract of SAM 2.

    It takes no earlier mask: ``mask_input`` is without effect.
    """

    def __init__(self, path: Path, side: int, clamp: float) -> None:
        super().__init__()
        self.prepared = Prepared(path)
        self.side, self.clamp = side, clamp
        needed = {"input_points", "input_labels", "input_boxes"}
        needed |= {f"image_embeddings.{level}" for level in range(3)}
        if set(self.prepared.inputs) != needed:
            raise ZooError(
                f"{path}: takes {', '.join(self.prepared.inputs)}; not the published one"
            )
        if not {"iou_scores", "pred_masks"} <= set(self.prepared.outputs):
            raise ZooError(f"{path}: gives {', '.join(self.prepared.outputs)}; no masks and scores")

    def forward(
        self,
        image_embed: Tensor,
        high_res_feats_0: Tensor,
        high_res_feats_1: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        given = {
            "input_points": point_coords.unsqueeze(1),
            "input_labels": point_labels.unsqueeze(1).to(torch.int64),
            "input_boxes": torch.zeros(1, 0, 4),
            "image_embeddings.0": high_res_feats_0,
            "image_embeddings.1": high_res_feats_1,
            "image_embeddings.2": image_embed,
        }
        got = self.prepared(*(given[name] for name in self.prepared.inputs))
        named: Mapping[str, Tensor] = dict(zip(self.prepared.outputs, got, strict=True))
        unused = 0 * (mask_input.sum() + has_mask_input.sum())  # keeps them in the graph
        low = named["pred_masks"][:, 0] + unused
        large = functional.interpolate(low, size=(self.side, self.side), mode="bilinear")
        return large.clamp(-self.clamp, self.clamp), named["iou_scores"][:, 0] + unused, low
