# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages whose networks do what no network needs to: each is refused before an engine sees it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from latent_program import Outcome
from model_packages import Config, Files, list_files, remade
from model_store import Models
from onnx import TensorProto, helper, numpy_helper
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]


def graph(nodes: list[onnx.NodeProto], tensors: list[onnx.TensorProto]) -> bytes:
    """From planes, 6 channels, to residual, 3."""
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        nodes,
        "hostile",
        [value("planes", TensorProto.FLOAT, ["batch", 6, "height", "width"])],
        [value("residual", TensorProto.FLOAT, ["batch", 3, "height", "width"])],
        tensors,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def convolution(weights: onnx.TensorProto) -> bytes:
    node = helper.make_node("Conv", ["planes", "weights"], ["residual"])
    return graph([node], [weights])


def outside() -> bytes:
    tensor = onnx.TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[3, 6, 1, 1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    return convolution(tensor)


def weights(inputs: int = 6, outputs: int = 3) -> onnx.TensorProto:
    array = np.full((outputs, inputs, 1, 1), 0.01, np.float32)
    return numpy_helper.from_array(array, "weights")


def endless() -> bytes:
    """A loop whose condition is always true, 2^62 times."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Identity", ["state"], ["next"]),
        ],
        "body",
        [
            value("round", TensorProto.INT64, []),
            value("go", TensorProto.BOOL, []),
            value("state", TensorProto.FLOAT, None),
        ],
        [value("on", TensorProto.BOOL, []), value("next", TensorProto.FLOAT, None)],
    )
    nodes = [
        helper.make_node("Conv", ["planes", "weights"], ["begin"]),
        helper.make_node("Loop", ["rounds", "always", "begin"], ["residual"], body=body),
    ]
    rounds = numpy_helper.from_array(np.array(2**62, np.int64), "rounds")
    always = numpy_helper.from_array(np.array(True), "always")
    return graph(nodes, [weights(), rounds, always])


def long(count: int) -> bytes:
    nodes = [helper.make_node("Conv", ["planes", "weights"], ["x0"])]
    nodes += [helper.make_node("Sin", [f"x{i}"], [f"x{i + 1}"]) for i in range(count)]
    nodes.append(helper.make_node("Identity", [f"x{count}"], ["residual"]))
    return graph(nodes, [weights()])


def package_with(folder: Path, onnx_bytes: bytes) -> Path:
    def change(config: Config, files: Files) -> None:
        name = next(key for key in files if key.endswith(".onnx"))
        files[name] = onnx_bytes
        list_files(config, files)

    path = make_denoiser(folder, "mean")
    path.write_bytes(remade(path.read_bytes(), change))
    return path


HOSTILE = {
    "outside": (outside, "keeps weights in another file (external data)"),
    "endless": (endless, "has an operator 'Loop' that repeats a part of the network"),
    "long": (lambda: long(100_000), "has more than 30000 operators and constants"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_it_is_refused_by_every_way_in(
    latent: Latent, models: Models, tmp_path: Path, name: str
) -> None:
    make, words = HOSTILE[name]
    package = package_with(tmp_path, make())
    for engine in ("openvino", "onnxruntime"):
        outcome = latent("models", "run", package, "--engine", engine, timeout=30)
        assert outcome.code == 1, outcome
        assert words in outcome.stderr
        assert len(outcome.stderr.splitlines()) == 1
    assert words in models.refused("import", "--yes", package, timeout=30)
    assert models.content() == {}, "nothing is installed"


def test_weights_that_lie_in_the_current_folder_are_not_read(
    latent_bin: Path, tmp_path: Path
) -> None:
    package = package_with(tmp_path, outside())
    (tmp_path / "weights.bin").write_bytes(np.zeros(18, np.float32).tobytes())
    done = subprocess.run(
        [latent_bin, "models", "run", package],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "LATENT_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 1
    assert "external data" in done.stderr


def test_a_network_that_is_not_ready_in_time_is_left(latent: Latent, tmp_path: Path) -> None:
    package = package_with(tmp_path, long(20_000))
    outcome = latent("models", "run", package, "--limit-start", "0.001", timeout=60)
    assert outcome.code == 1, outcome
    assert "was not compiled within 0.001 seconds; --limit-start allows more" in outcome.stderr


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_a_stop_is_noticed_while_a_network_is_compiled(
    latent_bin: Path, tmp_path: Path, engine: str
) -> None:
    """29,000 operators take many seconds; the program is to be gone long before."""
    package = package_with(tmp_path, long(29_000))
    program = subprocess.Popen(
        [latent_bin, "models", "run", package, "--engine", engine],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "LATENT_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    time.sleep(1.5)
    if program.poll() is not None:
        pytest.skip("this machine compiles it in no time")
    asked = time.monotonic()
    program.send_signal(signal.SIGTERM)
    assert program.wait(timeout=60) == 130
    assert time.monotonic() - asked < 5
