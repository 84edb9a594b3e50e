# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the tiny networks that the engine tests run, and a scene for the tile tests.

    make_models.py FOLDER [PICTURE]

Every network takes "planes" [batch, 4, height, width] and gives "residual" of the same shape, but
for those that are wrong on purpose, and for the last three: "rgb" (6 planes in, 3 out), "up2" and
"up4" (4 planes in, 12 and 48 out: three planes, shuffled). The scene is ``scene.npy``, float32
[1, 5, H, W]: u, sigma_u and three one-hot colour planes of an RGGB mosaic with noise, from PICTURE
if it can be read, else drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

FloatArray = npt.NDArray[np.float32]
CHANNELS = 4


def save(
    folder: Path,
    name: str,
    nodes: list[onnx.NodeProto],
    constants: Mapping[str, npt.NDArray[np.generic]],
    input_name: str = "planes",
    channels: int = CHANNELS,
    channels_out: int | None = None,
    more: list[TensorProto] | None = None,
    operators: int = 17,
) -> None:
    shape: list[str | int | None] = ["batch", channels, "height", "width"]
    shape_out: list[str | int | None] = ["batch", channels_out or channels, "height", "width"]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("residual", TensorProto.FLOAT, shape_out)],
        [numpy_helper.from_array(array, key) for key, array in constants.items()] + (more or []),
    )
    made = [helper.make_opsetid("", operators)]
    model = helper.make_model(graph, opset_imports=made, ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")


def constant(value: float) -> FloatArray:
    return np.full((1,), value, np.float32)


def write_networks(folder: Path) -> None:
    half = [helper.make_node("Mul", ["planes", "half"], ["residual"])]
    save(folder, "half", half, {"half": constant(0.5)})

    # Each channel is the mean of its 3x3 neighbours, zero beyond the tile.
    kernel = np.full((CHANNELS, 1, 3, 3), 1 / 9, np.float32)
    blur = [
        helper.make_node("Conv", ["planes", "kernel"], ["residual"], group=CHANNELS, pads=[1] * 4)
    ]
    save(folder, "blur", blur, {"kernel": kernel})

    # The logarithm of a number below 0 is none.
    nan = [
        helper.make_node("Sub", ["planes", "much"], ["negative"]),
        helper.make_node("Log", ["negative"], ["residual"]),
    ]
    save(folder, "nan", nan, {"much": constant(1000.0)})

    # Long enough to be stopped while it runs: 32 wide convolutions.
    wide = np.random.default_rng(0).normal(0, 0.02, (64, 64, 3, 3)).astype(np.float32)
    into = np.full((64, CHANNELS, 1, 1), 0.25, np.float32)
    back = np.full((CHANNELS, 64, 1, 1), 1 / 64, np.float32)
    slow = [helper.make_node("Conv", ["planes", "into"], ["x0"])]
    for i in range(32):
        slow.append(helper.make_node("Conv", [f"x{i}", "wide"], [f"x{i + 1}"], pads=[1] * 4))
    slow.append(helper.make_node("Conv", ["x32", "back"], ["residual"]))
    save(folder, "slow", slow, {"into": into, "wide": wide, "back": back})

    other = [helper.make_node("Mul", ["pixels", "half"], ["residual"])]
    save(folder, "other_name", other, {"half": constant(0.5)}, input_name="pixels")
    save(folder, "other_channels", half, {"half": constant(0.5)}, channels=3)


def write_chains(folder: Path) -> None:
    """ "chain": planes less what five convolutions make of them, which is little; weights of the
    third in float16 behind a Cast. "chain_old" is of operator set 11, "chain_rounded" in 8-bit
    integers already, "chain_nan" not finite inside where a sample is above 0.9.
    """
    random = np.random.default_rng(7)

    def weights(outputs: int, inputs: int, scale: float) -> FloatArray:
        return random.normal(0, scale, (outputs, inputs, 3, 3)).astype(np.float32)

    constants = {
        "w0": weights(16, CHANNELS, 0.2),
        "w1": weights(16, 16, 0.1),
        "w3": weights(16, 16, 0.1),
        "w4": weights(CHANNELS, 16, 0.05),
    }
    half = weights(16, 16, 0.1).astype(np.float16)
    nodes = [helper.make_node("Cast", ["w2.half"], ["w2"], to=TensorProto.FLOAT)]
    before = "planes"
    for i in range(5):
        after = "residual" if i == 4 else f"conv{i}"
        nodes.append(helper.make_node("Conv", [before, f"w{i}"], [after], pads=[1] * 4))
        if i < 4:
            nodes.append(helper.make_node("Relu", [after], [f"relu{i}"]))
        before = f"relu{i}"
    extra = numpy_helper.from_array(half, "w2.half")
    save(folder, "chain", nodes, constants, more=[extra])
    save(folder, "chain_old", nodes, constants, more=[extra], operators=11)

    wrong = [
        helper.make_node("Sub", ["limit", "planes"], ["below"]),
        helper.make_node("ReduceMin", ["below"], ["least"], axes=[1]),
        helper.make_node("Log", ["least"], ["log"]),
        helper.make_node("Mul", ["log", "nothing"], ["zero"]),
        helper.make_node("Relu", ["conv1"], ["bent"]),
        helper.make_node("Add", ["bent", "zero"], ["relu1"]),
    ]
    relu = next(i for i, node in enumerate(nodes) if node.output[0] == "relu1")
    with_nan = {**constants, "limit": constant(0.9), "nothing": constant(0.0)}
    save(folder, "chain_nan", [*nodes[:relu], *wrong, *nodes[relu + 1 :]], with_nan, more=[extra])

    grid: dict[str, npt.NDArray[np.generic]] = {
        "scale": np.array(0.01, np.float32),
        "zero": np.array(0, np.int8),
    }
    rounded = [
        helper.make_node("QuantizeLinear", ["planes", "scale", "zero"], ["whole"]),
        helper.make_node("DequantizeLinear", ["whole", "scale", "zero"], ["residual"]),
    ]
    save(folder, "chain_rounded", rounded, grid)


def write_tensor_networks(folder: Path) -> None:
    """Graphs with several doors of several types, for tensor_session_test.cpp."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Mul", ["image", "two"], ["doubled"]),
            helper.make_node("Add", ["labels", "one"], ["next"]),
            helper.make_node("Not", ["flag"], ["other"]),
            helper.make_node("Cast", ["image"], ["small"], to=TensorProto.FLOAT16),
        ],
        "doors",
        [
            value("image", TensorProto.FLOAT, ["batch", 3, "height", "width"]),
            value("labels", TensorProto.INT64, [1, "count"]),
            value("flag", TensorProto.BOOL, [1]),
            value("two", TensorProto.FLOAT, []),
        ],
        [
            value("next", TensorProto.INT64, [1, "count"]),
            value("doubled", TensorProto.FLOAT, ["batch", 3, "height", "width"]),
            value("small", TensorProto.FLOAT16, ["batch", 3, "height", "width"]),
            value("other", TensorProto.BOOL, [1]),
        ],
        [
            numpy_helper.from_array(np.array(2, np.float32), "two"),
            numpy_helper.from_array(np.array(1, np.int64), "one"),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    onnx.save(made, folder / "doors.onnx")

    for name, element in (("told", TensorProto.FLOAT), ("told_half", TensorProto.FLOAT16)):
        planes: list[str | int | None] = ["batch", CHANNELS, "height", "width"]
        graph = helper.make_graph(
            [helper.make_node("Add", ["planes", "level"], ["residual"])],
            name,
            [
                value("planes", element, planes),
                value("level", element, ["batch", 1, "height", "width"]),
            ],
            [value("residual", element, planes)],
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(made)
        onnx.save(made, folder / f"{name}.onnx")


def write_splits(folder: Path) -> None:
    """Graphs of a picture that stays and of a question that changes, for onnx_split_test.cpp."""
    value = helper.make_tensor_value_info
    node = helper.make_node
    random = np.random.default_rng(5)
    weights = random.normal(0, 0.3, (6, CHANNELS, 3, 3)).astype(np.float32)
    constants: dict[str, npt.NDArray[np.generic]] = {
        "weights": weights,
        "narrow": random.normal(0, 0.3, (6, 2)).astype(np.float32),
        "two": np.array([2], np.int64),
        "one": np.array([1], np.int64),
    }
    ask = [node("ReduceSum", ["question"], ["sum"], keepdims=0)]
    deep = [
        node("Conv", ["picture", "weights"], ["deep"], pads=[1, 1, 1, 1]),
        node("Relu", ["deep"], ["edges"]),
        node("Shape", ["edges"], ["size"]),
        node("Gather", ["size", "one"], ["channels"]),
        node("Concat", ["one", "channels", "rest"], ["flat"], axis=0),
        node("Reshape", ["edges", "flat"], ["row"]),
        node("Transpose", ["row"], ["places"], perm=[0, 2, 1]),
        node("MatMul", ["places", "narrow"], ["known"]),
    ]
    mixed = [
        node("Mul", ["known", "sum"], ["asked"]),
        node("ReduceMean", ["picture"], ["level"], axes=[1, 2, 3], keepdims=0),
        node("Mul", ["level", "sum"], ["louder"]),
        node("Add", ["asked", "louder"], ["mask"]),
    ]
    graphs = {
        "split": [*deep, *ask, *mixed],
        # Nothing that is worth it stays.
        "split_little": [
            *ask,
            node("Relu", ["picture"], ["known"]),
            node("Mul", ["known", "sum"], ["mask"]),
        ],
        # All of it hangs on the question.
        "split_nothing": [
            *ask,
            node("Mul", ["picture", "sum"], ["loud"]),
            node("Conv", ["loud", "weights"], ["mask"], pads=[1, 1, 1, 1]),
        ],
        # What is random does not stay.
        "split_random": [
            *ask,
            node("RandomNormalLike", ["picture"], ["noise"]),
            node("Conv", ["noise", "weights"], ["deep"], pads=[1, 1, 1, 1]),
            node("Mul", ["deep", "sum"], ["mask"]),
        ],
    }
    for name, nodes in graphs.items():
        used = {inner for one in nodes for inner in one.input}
        kept = [numpy_helper.from_array(a, key) for key, a in constants.items() if key in used]
        if "rest" in used:
            kept.append(numpy_helper.from_array(np.array([-1], np.int64), "rest"))
        graph = helper.make_graph(
            nodes,
            name,
            [
                value("picture", TensorProto.FLOAT, [1, CHANNELS, "height", "width"]),
                value("question", TensorProto.FLOAT, [1, "count"]),
            ],
            [value("mask", TensorProto.FLOAT, None)],
            kept,
            value_info=[value("known", TensorProto.FLOAT, None)] if name == "split" else [],
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        (folder / f"{name}.onnx").write_bytes(made.SerializeToString())


def save_unchecked(
    folder: Path,
    name: str,
    graph: onnx.GraphProto,
    functions: list[onnx.FunctionProto] | None = None,
) -> None:
    """A model that the checker need not like."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    made = helper.make_model(graph, opset_imports=opsets, functions=functions or [], ir_version=8)
    (folder / f"{name}.onnx").write_bytes(made.SerializeToString())


def planes_graph(
    name: str, nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto] | None = None
) -> onnx.GraphProto:
    shape: list[str | int | None] = ["batch", CHANNELS, "height", "width"]
    return helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("planes", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("residual", TensorProto.FLOAT, shape)],
        constants or [],
    )


def outside(name: str) -> onnx.TensorProto:
    """A tensor whose values lie in another file."""
    tensor = onnx.TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    return tensor


def branch(name: str, node: onnx.NodeProto, tensors: list[onnx.TensorProto]) -> onnx.GraphProto:
    value = helper.make_tensor_value_info
    return helper.make_graph(
        [node], name, [], [value(f"{name}_out", TensorProto.FLOAT, None)], tensors
    )


def write_hostile_networks(folder: Path) -> None:
    """What engines must never see, for onnx_limits_test.cpp; and "branch", which they may."""
    half = numpy_helper.from_array(constant(0.5), "half")
    mul = helper.make_node("Mul", ["planes", "half"], ["residual"])
    halved = helper.make_node("Mul", ["planes", "half"], ["then_out"])
    plain = helper.make_node("Identity", ["planes"], ["else_out"])

    def choice(tensors: list[onnx.TensorProto]) -> list[onnx.NodeProto]:
        return [
            helper.make_node("ReduceMax", ["planes"], ["most"], keepdims=0),
            helper.make_node("Greater", ["most", "half"], ["chosen"]),
            helper.make_node(
                "If",
                ["chosen"],
                ["residual"],
                then_branch=branch("then", halved, tensors),
                else_branch=branch("else", plain, []),
            ),
        ]

    scalar = numpy_helper.from_array(np.array(0.5, np.float32), "half")
    save_unchecked(folder, "branch", planes_graph("branch", choice([]), [scalar]))
    save_unchecked(
        folder, "outside_branch", planes_graph("b", choice([outside("other")]), [scalar])
    )
    save_unchecked(folder, "outside", planes_graph("o", [mul], [outside("half")]))
    attribute = helper.make_node("Constant", [], ["half"], value=outside("value"))
    save_unchecked(folder, "outside_attribute", planes_graph("a", [attribute, mul]))
    sparse = onnx.SparseTensorProto(values=outside("half"), dims=[1])
    sparse.indices.CopyFrom(numpy_helper.from_array(np.zeros(1, np.int64), "at"))
    graph = planes_graph("s", [mul])
    graph.sparse_initializer.append(sparse)
    save_unchecked(folder, "outside_sparse", graph)
    node = helper.make_node("Constant", [], ["half"], sparse_value=sparse)
    save_unchecked(folder, "outside_sparse_attribute", planes_graph("sa", [node, mul]))

    own = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    body = [attribute, helper.make_node("Mul", ["x", "half"], ["y"])]
    call = helper.make_node("halve", ["planes"], ["residual"], domain="own")
    function = helper.make_function("own", "halve", ["x"], ["y"], body, own)
    save_unchecked(folder, "outside_function", planes_graph("f", [call]), [function])

    loop = branch("loop", helper.make_node("Identity", ["planes"], ["loop_out"]), [])
    for name in ("Loop", "Scan", "SequenceMap"):
        node = helper.make_node(name, ["most", "chosen", "planes"], ["residual"], body=loop)
        save_unchecked(folder, name.lower(), planes_graph(name, [*choice([])[:2], node], [scalar]))

    many = [helper.make_node("Identity", ["planes"], ["x0"])]
    many += [helper.make_node("Identity", [f"x{i}"], [f"x{i + 1}"]) for i in range(29_999)]
    save_unchecked(folder, "many", planes_graph("m", [*many, mul], [half]))

    # Ten functions, each of which calls the next one ten times; and two that call each other.
    def chain(number: int, callee: str, times: int) -> onnx.FunctionProto:
        steps = [f"s{i}" for i in range(times)] + ["y"]
        nodes = [helper.make_node(callee, ["x"], ["s0"], domain="own")]
        nodes += [
            helper.make_node(callee, [steps[i]], [steps[i + 1]], domain="own") for i in range(times)
        ]
        return helper.make_function("own", f"f{number}", ["x"], ["y"], nodes, own)

    leaf = helper.make_function(
        "own", "f10", ["x"], ["y"], [helper.make_node("Identity", ["x"], ["y"])], own
    )
    first = helper.make_node("f0", ["planes"], ["residual"], domain="own")
    calls = planes_graph("c", [first])
    save_unchecked(
        folder, "explosion", calls, [*(chain(i, f"f{i + 1}", 9) for i in range(10)), leaf]
    )
    save_unchecked(folder, "recursion", calls, [chain(0, "f1", 1), chain(1, "f0", 1)])


def write_picture_networks(folder: Path) -> None:
    """Two random 3x3 convolutions with a bend between: reach 2, no symmetry to hide a slip."""
    random = np.random.default_rng(5)
    for name, inputs, outputs in (("rgb", 6, 3), ("up2", 4, 12), ("up4", 4, 48)):
        first = random.normal(0, 0.3, (8, inputs, 3, 3)).astype(np.float32)
        second = random.normal(0, 0.3, (outputs, 8, 3, 3)).astype(np.float32)
        nodes = [
            helper.make_node("Conv", ["planes", "first"], ["wide"], pads=[1] * 4),
            helper.make_node("Tanh", ["wide"], ["bent"]),
            helper.make_node("Conv", ["bent", "second"], ["residual"], pads=[1] * 4),
        ]
        constants = {"first": first, "second": second}
        save(folder, name, nodes, constants, channels=inputs, channels_out=outputs)


def read_picture(path: Path) -> FloatArray:
    from PIL import Image

    return (np.asarray(Image.open(path).convert("RGB")) / 255).astype(np.float32)


FRAME = (1000, 1500)  # what tiles_test.cpp expects


def draw_picture() -> FloatArray:
    y, x = np.mgrid[0:512, 0:768].astype(np.float32)
    rings = 0.5 + 0.4 * np.sin((x**2 + y**2) / 900)
    stripes = 0.5 + 0.4 * np.sign(np.sin(x / 7) * np.sin(y / 11))
    ramp = x / 768
    return np.stack([rings, stripes, ramp], -1).astype(np.float32)


def write_scene(folder: Path, picture: Path | None) -> None:
    readable = picture is not None and picture.is_file()
    rgb = read_picture(picture) if picture is not None and readable else draw_picture()
    print("scene from", picture if readable else "drawing")
    height, width = FRAME
    beyond = [(0, max(0, height - rgb.shape[0])), (0, max(0, width - rgb.shape[1])), (0, 0)]
    rgb = np.pad(rgb, beyond, mode="symmetric")[:height, :width]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    colours = np.ones((height, width), np.int64)
    colours[0::2, 0::2], colours[1::2, 1::2] = 0, 2
    clean = np.take_along_axis(linear, colours[..., None], 2)[..., 0]
    gain = (2 * 0.03) ** 2
    noisy = np.random.default_rng(1).poisson(clean / gain) * gain
    u = np.sqrt(np.maximum(0, noisy + 0.375 * gain))
    planes = [u, np.full_like(u, np.sqrt(gain) / 2), *(colours == c for c in range(3))]
    np.save(folder / "scene.npy", np.stack(planes)[None].astype(np.float32))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_networks(folder)
    write_chains(folder)
    write_picture_networks(folder)
    write_tensor_networks(folder)
    write_splits(folder)
    write_hostile_networks(folder)
    write_scene(folder, Path(sys.argv[2]) if len(sys.argv) > 2 else None)


if __name__ == "__main__":
    main()
