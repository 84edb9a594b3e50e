# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages as they are made for darktable, with small networks whose answer a test can compute.

make_package(folder, id, task, {"model_bayer": onnx}, attributes)    a .dtmodel
bayer_onnx(...), picture_onnx(...)                                   the networks
runner(onnx)                                                         runs one by ONNX Runtime
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FloatArray = npt.NDArray[np.float32]


def make_package(
    folder: Path, name: str, task: str, networks: dict[str, bytes], attributes: dict[str, object],
    **more: object,
) -> Path:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    config = {"id": name, "name": name, "task": task, "version": "1.0", "backend": "onnx",
              "attributes": attributes, **more}  # fmt: skip
    path = folder / f"{name}.dtmodel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/config.json", json.dumps(config, indent=4) + "\n")
        for stem, content in networks.items():
            archive.writestr(f"{name}/{stem}.onnx", content)
    return path


def _finish(
    nodes: list[onnx.NodeProto], constants: dict[str, npt.NDArray[np.generic]],
    shape_in: list[str | int], shape_out: list[str | int], extra: list[onnx.ValueInfoProto],
) -> bytes:  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape_in), *extra],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape_out)],
        [numpy_helper.from_array(array, key) for key, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def _tail(kind: str, last: str) -> tuple[list[onnx.NodeProto], dict[str, npt.NDArray[np.generic]]]:
    """Where asked for, a tile with a sample above 0.9 becomes NaN."""
    if kind != "nan":
        return [helper.make_node("Identity", [last], ["output"])], {}
    return [
        helper.make_node("ReduceMax", ["input"], ["most"], keepdims=0),
        helper.make_node("Sub", ["limit", "most"], ["below"]),
        helper.make_node("Log", ["below"], ["log"]),
        helper.make_node("Mul", ["log", "nothing"], ["zero"]),
        helper.make_node("Add", [last, "zero"], ["output"]),
    ], {"limit": np.array(0.9, np.float32), "nothing": np.array(0.0, np.float32)}


def bayer_onnx(kind: str = "identity", tile: int | None = 128, gain: float = 1.0) -> bytes:
    """Four planes to camera RGB of twice the size.

    identity  every site of the mosaic comes back; nan: the same, NaN on bright tiles
    mixed     two random convolutions with a bend between
    tile      None for symbolic sizes
    """
    small: list[str | int] = [tile, tile] if tile else ["height", "width"]
    large: list[str | int] = [2 * tile, 2 * tile] if tile else ["height2", "width2"]
    constants: dict[str, npt.NDArray[np.generic]]
    if kind == "mixed":
        random = np.random.default_rng(9)
        constants = {
            "first": random.normal(0, 0.4, (8, 4, 3, 3)).astype(np.float32),
            "second": random.normal(0.05, 0.2, (12, 8, 3, 3)).astype(np.float32) * np.float32(gain),
            "bias": np.full(12, 0.4 * gain, np.float32),
        }
        nodes = [
            helper.make_node("Conv", ["input", "first"], ["wide"], pads=[1] * 4),
            helper.make_node("Tanh", ["wide"], ["bent"]),
            helper.make_node("Conv", ["bent", "second", "bias"], ["deep"], pads=[1] * 4),
        ]
    else:
        weights = np.zeros((12, 4, 1, 1), np.float32)
        weights[0:4, 0] = 1
        weights[4] = weights[7] = np.array([0, 0.5, 0.5, 0], np.float32)[:, None, None]
        weights[5, 1] = weights[6, 2] = 1
        weights[8:12, 3] = 1
        constants = {"weights": weights * np.float32(gain)}
        nodes = [helper.make_node("Conv", ["input", "weights"], ["deep"])]
    nodes.append(helper.make_node("DepthToSpace", ["deep"], ["picture"], blocksize=2, mode="CRD"))
    tail, more = _tail(kind, "picture")
    return _finish([*nodes, *tail], {**constants, **more}, [1, 4, *small], [1, 3, *large], [])


def picture_onnx(
    kind: str = "identity", tile: int | None = 128, gain: float = 1.0, scale: int = 1,
    level: bool = False,
) -> bytes:  # fmt: skip
    """Three planes to three; "mixed" as above; with `level` a second input is added to all.

    "smooth" is the mean of 5x5.
    """
    small: list[str | int] = [tile, tile] if tile else ["height", "width"]
    large: list[str | int] = [scale * tile, scale * tile] if tile else ["h", "w"]
    outputs = 3 * scale * scale
    constants: dict[str, npt.NDArray[np.generic]]
    if kind == "mixed":
        random = np.random.default_rng(11)
        first = random.normal(0, 0.2, (6, 3, 3, 3)).astype(np.float32)
        second = random.normal(0, 0.1, (outputs, 6, 3, 3)).astype(np.float32)
        constants = {"first": first, "second": second * np.float32(gain),
                     "bias": np.full(outputs, 0.5 * gain, np.float32)}  # fmt: skip
        nodes = [
            helper.make_node("Conv", ["input", "first"], ["wide"], pads=[1] * 4),
            helper.make_node("Tanh", ["wide"], ["bent"]),
            helper.make_node("Conv", ["bent", "second", "bias"], ["deep"], pads=[1] * 4),
        ]
    else:
        side = 5 if kind == "smooth" else 1
        weights = np.zeros((outputs, 3, side, side), np.float32)
        for channel in range(outputs):
            weights[channel, channel // (scale * scale)] = gain / side**2
        constants = {"weights": weights}
        pads = [side // 2] * 4
        nodes = [helper.make_node("Conv", ["input", "weights"], ["deep"], pads=pads)]
    last = "deep"
    if scale > 1:
        nodes.append(
            helper.make_node("DepthToSpace", ["deep"], ["large"], blocksize=scale, mode="CRD")
        )
        last = "large"
    extra = []
    if level:
        extra = [helper.make_tensor_value_info("sigma", TensorProto.FLOAT, [1, 1, *small])]
        nodes.append(helper.make_node("Add", [last, "sigma"], ["told"]))
        last = "told"
    tail, more = _tail(kind, last)
    return _finish([*nodes, *tail], {**constants, **more}, [1, 3, *small], [1, 3, *large], extra)


def in_float16(content: bytes) -> bytes:
    """The same graph with weights, inputs and outputs in float16."""
    model = onnx.load_from_string(content)
    for tensor in model.graph.initializer:
        narrow = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(narrow, tensor.name))
    for port in (*model.graph.input, *model.graph.output):
        port.type.tensor_type.elem_type = TensorProto.FLOAT16
    onnx.checker.check_model(model)
    made: bytes = model.SerializeToString()
    return made


def runner(content: bytes, **constants: float) -> Callable[[FloatArray], FloatArray]:
    """The network as a function; further inputs are filled with a number."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(planes: FloatArray) -> FloatArray:
        given = {"input": planes}
        for name, value in constants.items():
            given[name] = np.full((1, 1, *planes.shape[2:]), value, np.float32)
        answer: FloatArray = session.run(None, given)[0]
        return answer

    return run
