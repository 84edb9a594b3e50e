# SPDX-License-Identifier: GPL-3.0-or-later
"""The exported file in the engines that Latent uses: ONNX Runtime and OpenVINO."""

from __future__ import annotations

import numpy as np
import onnxruntime
import openvino

from latent_train.onnx_graph import INPUT, OUTPUT
from latent_train.types import FloatArray, Runner


def onnx_runtime(model: bytes, threads: int = 2, output: str = OUTPUT) -> Runner:
    """Planes to the one ``output`` in ONNX Runtime, CPU, float32."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(planes: FloatArray) -> FloatArray:
        return np.asarray(session.run([output], {INPUT: planes.astype(np.float32)})[0])

    return run


def open_vino(model: bytes, precision: str, threads: int = 2) -> Runner:
    """The same in OpenVINO on the CPU; ``precision`` is ``f32`` or ``bf16``.

    A machine without bfloat16 computes ``bf16`` in float32.
    """
    core = openvino.Core()
    read = core.read_model(model=model, weights=b"")
    hint = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads}
    compiled = core.compile_model(read, "CPU", hint)

    def run(planes: FloatArray) -> FloatArray:
        return np.array(compiled([planes.astype(np.float32)])[0])

    return run
