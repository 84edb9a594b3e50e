# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that Latent uses, by file: ONNX Runtime and OpenVINO on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from latent_zoo.types import Array, Arrays

Runner = Callable[[Mapping[str, Array]], Arrays]
THREADS = 2


def onnx_runtime(path: Path, threads: int = THREADS) -> Runner:
    """Inputs by name to outputs by name in ONNX Runtime, CPU, as the file declares its types."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(inputs: Mapping[str, Array]) -> Arrays:
        got = session.run(names, {name: np.asarray(value) for name, value in inputs.items()})
        return {name: np.asarray(value) for name, value in zip(names, got, strict=True)}

    return run


def open_vino(path: Path, precision: str = "f32", threads: int = THREADS) -> Runner:
    """The same in OpenVINO; ``precision`` is ``f32`` or ``bf16``.

    A machine without bfloat16 computes ``bf16`` in float32.
    """
    import onnx
    import openvino

    core = openvino.Core()
    hint = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads}
    compiled = core.compile_model(core.read_model(str(path)), "CPU", hint)
    # A port may go by several names; ONNX has the one that the package states, in the same order.
    names = [output.name for output in onnx.load(str(path)).graph.output]

    def run(inputs: Mapping[str, Array]) -> Arrays:
        got = compiled(dict(inputs))
        return {name: np.array(got[index]) for index, name in enumerate(names)}

    return run
