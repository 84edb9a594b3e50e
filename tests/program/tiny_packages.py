# SPDX-License-Identifier: GPL-3.0-or-later
"""Model packages whose networks give an answer that a test can compute: no weights, no training.

    make_denoiser(folder, "mean")      a .dtmodel of kind latent_rgb_v1
    make_upscaler(folder, "zero")      one of kind latent_upscale_v1, for 2x and 4x
    make_raw_denoiser(folder, {...})   one of kind latent_cfa_v1, a network for each sensor named
    tiny_packages.py FOLDER            some of each, for the tests of the tasks

Denoisers: "zero" takes nothing away; "mean" leaves the mean of 3x3 pixels; "level" takes the level
planes themselves away, so that the result tells what the network was told. Upscalers: "zero" gives
the bicubic enlargement; "sign" takes 0.01 away in every other pixel of the enlargement.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from darktable_packages import bayer_onnx, make_package, picture_onnx
from onnx import TensorProto, helper, numpy_helper

FloatArray = npt.NDArray[np.float32]
SIDE = 16
REACH = 8
STRIDE = 8


def model(name: str, weights: FloatArray, bias: FloatArray | None = None) -> bytes:
    """One convolution from planes to residual, [out, in, k, k], zero beyond the tile."""
    outputs, inputs, side, _ = weights.shape
    constants = {"weights": weights}
    arguments = ["planes", "weights"]
    if bias is not None:
        constants["bias"] = bias
        arguments.append("bias")
    shape_in: list[str | int | None] = ["batch", inputs, "height", "width"]
    shape_out: list[str | int | None] = ["batch", outputs, "height", "width"]
    graph = helper.make_graph(
        [helper.make_node("Conv", arguments, ["residual"], pads=[side // 2] * 4)],
        name,
        [helper.make_tensor_value_info("planes", TensorProto.FLOAT, shape_in)],
        [helper.make_tensor_value_info("residual", TensorProto.FLOAT, shape_out)],
        [numpy_helper.from_array(array, key) for key, array in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    content: bytes = made.SerializeToString()
    return content


def answer(weights: FloatArray, bias: FloatArray | None, planes: FloatArray) -> FloatArray:
    """What that convolution gives, by its definition."""
    outputs, _, side, _ = weights.shape
    edge = side // 2
    around = np.pad(planes[0], ((0, 0), (edge, edge), (edge, edge)))
    height, width = planes.shape[2:]
    result = np.zeros((outputs, height, width), np.float64)
    for dy in range(side):
        for dx in range(side):
            part = around[:, dy : dy + height, dx : dx + width]
            result += np.einsum("oi,iyx->oyx", weights[:, :, dy, dx].astype(np.float64), part)
    if bias is not None:
        result += bias[:, None, None]
    return result[None].astype(np.float32)


def npy(array: FloatArray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def write_package(
    folder: Path,
    name: str,
    networks: dict[str, tuple[dict[str, object], FloatArray, FloatArray | None]],
) -> Path:
    """A package of several networks: their manifest, weights and bias by name."""
    files: dict[str, bytes] = {}
    golden, attributes, entries = [], {}, {}
    for key, (entry, weights, bias) in networks.items():
        files[f"{key}.onnx"] = model(key, weights, bias)
        shape = (1, weights.shape[1], SIDE, SIDE)
        planes = np.random.default_rng(3).uniform(0, 1, shape).astype(np.float32)
        files[f"golden/{key}_in.npy"] = npy(planes)
        files[f"golden/{key}_out.npy"] = npy(answer(weights, bias, planes))
        golden.append({"network": key, "input": f"golden/{key}_in.npy",
                       "output": f"golden/{key}_out.npy", "tolerance_f32": 1e-3,
                       "tolerance_bf16": 0.05})  # fmt: skip
        attributes[key] = {"input_kind": entry["kind"]}
        entries[key] = {"file": f"{key}.onnx", "encoding": "srgb_extended_v1",
                        "stride_px": STRIDE, "reach_px": REACH,
                        "limits": {"value_min": -0.5, "value_max": 1.5, "level_max": 0.4},
                        **entry}  # fmt: skip
    config = {
        "id": name, "name": f"{name} of the tests", "task": "test", "version": "1.0",
        "attributes": attributes,
        "latent": {
            "manifest_version": 1, "networks": entries, "golden": golden,
            "files": {key: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
                      for key, content in files.items()},
            "licence": {"weights": "GPL-3.0-or-later", "data": "none"},
            "openness": {"osaid": "yes", "mof": "I"},
            "provenance": {"recipe": "tests", "commit": "0", "data": "none", "log": "none"},
        },
    }  # fmt: skip
    path = folder / f"{name}.dtmodel"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/config.json", json.dumps(config))
        for key, content in files.items():
            archive.writestr(f"{name}/{key}", content)
    return path


def tensor(channels: int, unshuffle: int, **more: object) -> dict[str, object]:
    return {"type": "f32", "layout": "NCHW", "channels": channels, "unshuffle": unshuffle, **more}


def make_raw_denoiser(folder: Path, taken: dict[str, float]) -> Path:
    """One network a sensor, which takes that much away from every u."""
    networks: dict[str, tuple[dict[str, object], FloatArray, FloatArray | None]] = {}
    for sensor, residual in taken.items():
        entry: dict[str, object] = {
            "kind": "latent_cfa_v1",
            "cfa": [sensor],
            "encoding": "sqrt_gat_wb_v1",
            "input": tensor(20, 2, name="planes",
                            planes=["u", "sigma_u", "is_red", "is_green", "is_blue"]),
            "output": tensor(4, 2, name="residual", kind="residual"),
            "memory_bytes_per_px": 200,
            "limits": {"sigma_u_min": 0.001, "sigma_u_max": 0.2, "offset_max": 100},
        }  # fmt: skip
        weights = np.zeros((4, 20, 3, 3), np.float32)
        networks[sensor] = (entry, weights, np.full(4, residual, np.float32))
    return write_package(folder, "tiny-sensors", networks)


def make_demosaicer(folder: Path, residual: tuple[float, float, float]) -> Path:
    """A network for Bayer and X-Trans that takes that much off red, green and blue of the start;
    beside it one for mono sensors that takes nothing away."""
    seen = ["u", "sigma_u", "is_red", "is_green", "is_blue"]
    limits = {"sigma_u_min": 0.001, "sigma_u_max": 0.2, "offset_max": 100}
    colours: dict[str, object] = {
        "kind": "latent_demosaic_v1",
        "cfa": ["bayer", "xtrans"],
        "encoding": "sqrt_gat_wb_v2",
        "input": tensor(32, 2, name="planes",
                        planes=[*seen, "start_red", "start_green", "start_blue"]),
        "output": tensor(12, 2, name="residual", kind="residual"),
        "memory_bytes_per_px": 200,
        "limits": limits,
    }  # fmt: skip
    mono: dict[str, object] = {
        "kind": "latent_cfa_v1",
        "cfa": ["mono"],
        "encoding": "sqrt_gat_wb_v2",
        "input": tensor(20, 2, name="planes", planes=seen),
        "output": tensor(4, 2, name="residual", kind="residual"),
        "memory_bytes_per_px": 200,
        "limits": limits,
    }
    bias = np.repeat(np.array(residual, np.float32), 4)
    return write_package(
        folder,
        "tiny-demosaic",
        {
            "demosaic": (colours, np.zeros((12, 32, 3, 3), np.float32), bias),
            "cfa_mono": (mono, np.zeros((4, 20, 3, 3), np.float32), None),
        },
    )


def make_denoiser(folder: Path, kind: str, memory_bytes_per_px: float = 200) -> Path:
    weights = np.zeros((3, 6, 3, 3), np.float32)
    for channel in range(3):
        if kind == "mean":
            weights[channel, channel] = -1 / 9
            weights[channel, channel, 1, 1] += 1
        elif kind == "level":
            weights[channel, 3 + channel, 1, 1] = 1
        elif kind == "tint":  # more of red, less of blue
            weights[channel, channel, 1, 1] = 0.05 * (1 - channel)
    entry: dict[str, object] = {
        "kind": "latent_rgb_v1",
        "input": tensor(6, 1, name="planes",
                        planes=["r", "g", "b", "level_r", "level_g", "level_b"]),
        "output": tensor(3, 1, name="residual", kind="residual"),
        "memory_bytes_per_px": memory_bytes_per_px,
    }  # fmt: skip
    name = f"tiny-{kind}-{memory_bytes_per_px:g}"
    return write_package(folder, name, {"rgb": (entry, weights, None)})


def make_upscaler(folder: Path, kind: str, memory_bytes_per_px: float = 400) -> Path:
    networks: dict[str, tuple[dict[str, object], FloatArray, FloatArray | None]] = {}
    for scale in (2, 4):
        channels = 3 * scale * scale
        weights = np.zeros((channels, 4, 3, 3), np.float32)
        bias = np.zeros(channels, np.float32)
        if kind == "sign":
            bias = (0.01 * (-1.0) ** np.arange(channels)).astype(np.float32)
        elif kind == "tint":  # of red alone
            bias[: scale * scale] = 0.05
        entry: dict[str, object] = {
            "kind": "latent_upscale_v1",
            "scale": scale,
            "input": tensor(4, 1, name="planes", planes=["r", "g", "b", "level"]),
            "output": tensor(channels, scale, name="residual", kind="residual"),
            "memory_bytes_per_px": memory_bytes_per_px,
        }
        networks[f"x{scale}"] = (entry, weights, bias)
    return write_package(folder, f"tiny-{kind}-up-{memory_bytes_per_px:g}", networks)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    make_denoiser(folder, "mean")
    make_upscaler(folder, "sign")
    make_upscaler(folder, "zero")
    make_raw_denoiser(folder, {"bayer": 0.02, "xtrans": 0.03, "mono": 0.01})
    make_demosaicer(folder, (0.02, 0.0, -0.01))
    smooth, mixed = picture_onnx("smooth", 160), bayer_onnx("mixed", 128)
    make_package(folder, "darktable-denoise", "denoise", {"model": smooth}, {"input_sizes": [160]})
    said: dict[str, object] = {
        "input_sizes": [128],
        "model_bayer": {"input_kind": "bayer_v1"},
    }
    make_package(folder, "darktable-raw", "rawdenoise", {"model_bayer": mixed}, said)


if __name__ == "__main__":
    main()
