# SPDX-License-Identifier: GPL-3.0-or-later
"""The network as an ONNX graph, written node by node: no tracer, so the same bytes every time.

Weights are stored as float16 and cast to float32 at load: half the file, and the precision of the
arithmetic stays the engine's choice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from latent_train.network import LatentBody, LatentUNet, Network, ResidualBlock

INPUT, OUTPUT = "planes", "residual"
OPSET = 17
IR_VERSION = 8


class Graph:
    """Collects nodes and initialisers; every method returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def weight(self, tensor: torch.Tensor, name: str) -> str:
        half = tensor.detach().to(torch.float16).contiguous().numpy()
        self.initialisers.append(numpy_helper.from_array(half, name + ".f16"))
        return self.node("Cast", [name + ".f16"], name, to=TensorProto.FLOAT)

    def convolution(self, x: str, layer: nn.Conv2d, name: str) -> str:
        if layer.bias is None or not isinstance(layer.padding, tuple):
            raise TypeError(f"{name}: the graph writer knows convolutions with bias and padding")
        weight = self.weight(layer.weight, name + ".weight")
        bias = self.weight(layer.bias, name + ".bias")
        return self.node(
            "Conv",
            [x, weight, bias],
            name,
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            pads=[int(p) for p in layer.padding] * 2,
        )

    def blocks(self, x: str, layers: nn.Module, name: str) -> str:
        for index, block in enumerate(layers.children()):
            if not isinstance(block, ResidualBlock):
                raise TypeError(f"{name}: {type(block).__name__} is not a residual block")
            prefix = f"{name}.{index}"
            inner = self.convolution(x, block.first, prefix + ".first")
            inner = self.node("Relu", [inner], prefix + ".relu")
            inner = self.convolution(inner, block.second, prefix + ".second")
            x = self.node("Add", [x, inner], prefix + ".sum")
        return x


def rounded_to_half(network: Network) -> Network:
    """The same network with every weight rounded as the file stores it, in float32."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            rounded = parameter.to(torch.float16).to(torch.float32)
            if not bool(torch.isfinite(rounded).all()):
                raise ValueError(f"{name} does not fit float16")
            parameter.copy_(rounded)
    return network


def _value(name: str, channels: int) -> onnx.ValueInfoProto:
    shape: list[str | int | None] = ["batch", channels, "height", "width"]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _convolution(layer: nn.Module) -> nn.Conv2d:
    if not isinstance(layer, nn.Conv2d):
        raise TypeError(f"{type(layer).__name__} is not a convolution")
    return layer


def _unet(graph: Graph, network: LatentUNet, planes: str) -> str:
    x = graph.convolution(planes, network.head, "head")
    skips = []
    for level, (encoder, down) in enumerate(zip(network.encoders, network.downs, strict=True)):
        x = graph.blocks(x, encoder, f"encoder{level}")
        skips.append(x)
        x = graph.convolution(x, _convolution(down), f"down{level}")
    x = graph.blocks(x, network.middle, "middle")
    for step, (up, decoder) in enumerate(zip(network.ups, network.decoders, strict=True)):
        level = len(network.ups) - 1 - step
        x = graph.convolution(x, _convolution(up), f"up{level}")
        x = graph.node("DepthToSpace", [x], f"shuffle{level}", blocksize=2, mode="CRD")
        x = graph.node("Add", [x, skips.pop()], f"skip{level}")
        x = graph.blocks(x, decoder, f"decoder{level}")
    return graph.convolution(x, network.tail, "tail")


def _body(graph: Graph, network: LatentBody, planes: str) -> str:
    x = graph.convolution(planes, network.head, "head")
    inner = graph.blocks(x, network.body, "body")
    x = graph.node("Add", [x, inner], "sum")
    return graph.convolution(x, network.tail, "tail")


def nodes_of(graph: Graph, network: Network, planes: str) -> str:
    """Writes the network's nodes into ``graph``, fed by ``planes``; the name of its residual."""
    if isinstance(network, LatentUNet):
        return _unet(graph, network, planes)
    return _body(graph, network, planes)


def build(network: Network) -> onnx.ModelProto:
    """The ONNX model of ``network``: ``planes`` [batch, channels, height, width] to ``residual``.

    height and width are those of the packed planes, multiples of the stride over the unshuffle.
    """
    graph = Graph()
    graph.node("Identity", [nodes_of(graph, network, INPUT)], OUTPUT)
    made = helper.make_graph(
        graph.nodes,
        "latent",
        [_value(INPUT, network.head.in_channels)],
        [_value(OUTPUT, network.tail.out_channels)],
        graph.initialisers,
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    model.producer_name = "latent_train"
    onnx.checker.check_model(model, full_check=True)
    return model


def memory_bytes_per_cell(model: onnx.ModelProto, height: int = 64, width: int = 64) -> float:
    """Bytes in float32 that live at the same time while one tile runs, input and output included,
    over the cells (packed pixels) of the tile: the largest sum of tensors still needed, node by
    node. Engines that reuse memory less well need more."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    sizes = (1, None, height, width)
    for dim, size in zip(fixed.graph.input[0].type.tensor_type.shape.dim, sizes, strict=True):
        if size is not None:
            dim.dim_value = size
    inferred = onnx.shape_inference.infer_shapes(fixed).graph
    values = [*inferred.value_info, *inferred.input]
    bytes_of = {v.name: 4.0 for v in values}
    for value in values:
        for dim in value.type.tensor_type.shape.dim:
            bytes_of[value.name] *= dim.dim_value
    activations = [n for n in inferred.node if n.op_type != "Cast"]
    last_use = {name: at for at, node in enumerate(activations) for name in node.input}
    live, largest = {INPUT}, 0.0
    for at, node in enumerate(activations):
        live |= {name for name in node.output if name in bytes_of}
        largest = max(largest, sum(bytes_of[name] for name in live))
        live = {name for name in live if last_use.get(name, -1) > at}
    return largest / (height * width)


def weights_of(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Stored float16 arrays by name, for tests and inspection."""
    return {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
