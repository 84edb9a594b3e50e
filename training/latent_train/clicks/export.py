# SPDX-License-Identifier: GPL-3.0-or-later
"""The network for clicks as ONNX and as a package."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import yaml
from latent_package import archive, golden
from latent_package import manifest as words
from onnx import TensorProto, helper, numpy_helper

from latent_train import onnx_graph, runtimes
from latent_train.clicks.config import PLANES
from latent_train.clicks.learn import ClickTrainer
from latent_train.clicks.network import TRUST, ClickNetwork
from latent_train.clicks.objects import free_rows
from latent_train.clicks.planes import SELECTOR_PLANE, UNKNOWN
from latent_train.pictures import Photo, sha256
from latent_train.train import read_history
from latent_train.types import FloatArray

ARCH, STEM = "latent_clicks", "model"
INPUT, OUTPUT = "planes", "logits"
MOST_BYTES = 10 * 2**20
_TOLERANCE = 1e-3
"""Largest difference of an engine in float32 from torch, in logits."""


class _ClickGraph(onnx_graph.Graph):
    """The nodes around the U-Net."""

    def numbers(self, values: list[float] | list[int], name: str, whole: bool) -> str:
        kind = np.int64 if whole else np.float32
        self.initialisers.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def packed(self, x: str, channels: int, side: int, cell: int) -> str:
        """torch's pixel_unshuffle."""
        small = side // cell
        parts = self.numbers([1, channels, small, cell, small, cell], "packed.parts", True)
        whole = self.numbers([1, channels * cell * cell, small, small], "packed.whole", True)
        x = self.node("Reshape", [x, parts], "packed.cut")
        x = self.node("Transpose", [x], "packed.turned", perm=[0, 1, 3, 5, 2, 4])
        return self.node("Reshape", [x, whole], "packed")


def build(network: ClickNetwork, side: int) -> onnx.ModelProto:
    """``planes`` [1, 10, side, side] to ``logits`` [1, 1, side, side]."""
    graph = _ClickGraph()
    packed = graph.packed(INPUT, PLANES, side, network.unshuffle)
    change = onnx_graph.nodes_of(graph, network.body, packed)
    change = graph.node("DepthToSpace", [change], "change", blocksize=network.unshuffle, mode="CRD")
    first = graph.numbers([SELECTOR_PLANE], "selector.first", True)
    last = graph.numbers([SELECTOR_PLANE + 1], "selector.last", True)
    axis = graph.numbers([1], "selector.axis", True)
    selector = graph.node("Slice", [INPUT, first, last, axis], "selector")
    unknown = graph.numbers([UNKNOWN], "selector.unknown", False)
    trust = graph.numbers([TRUST], "selector.trust", False)
    selector = graph.node("Sub", [selector, unknown], "selector.signed")
    selector = graph.node("Mul", [selector, trust], "selector.logits")
    graph.node("Add", [change, selector], OUTPUT)
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, side, side])
        for name, channels in ((INPUT, PLANES), (OUTPUT, 1))
    ]
    made = helper.make_graph(graph.nodes, ARCH, ports[:1], ports[1:], graph.initialisers)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", onnx_graph.OPSET)],
        ir_version=onnx_graph.IR_VERSION,
    )
    model.producer_name = "latent_train"
    onnx.checker.check_model(model, full_check=True)
    return model


def rounded_to_half(network: ClickNetwork) -> ClickNetwork:
    """The network with every weight as the file stores it."""
    onnx_graph.rounded_to_half(network.body)
    return network


def _answer(network: ClickNetwork, given: FloatArray) -> FloatArray:
    with torch.no_grad():
        answer: FloatArray = network(torch.from_numpy(given)).numpy()
    return answer


def _networks(side: int) -> dict[str, Any]:
    planes = (
        "sRGB/255 - 0.5 (3), discs and surroundings of clicks on the object and beside it (4), "
        "box, mask before, built-in selector's mask; 0.5: no mask"
    )
    logits = "logit of being in the object"
    given = words.tensor(INPUT, "f32", [1, PLANES, side, side], planes)
    out = words.tensor(OUTPUT, "f32", [1, 1, side, side], logits)
    return {STEM: words.graph(STEM, [given], [out])}


def _golden(network: ClickNetwork, model: bytes, side: int) -> dict[str, Any]:
    """A golden pair, whose tolerances hold the engines of this machine.

    Errors: ValueError when an engine in float32 differs from torch.
    """
    pattern = golden.Pattern(0.0, 1.0)
    stated = golden.stated_input(INPUT, [1, PLANES, side, side], pattern)
    given = golden.tensor_of(stated)
    truth = _answer(network, given)
    spread = float(truth.std())

    def apart(run: Any) -> float:
        return float(np.abs(run(given) - truth).max())

    f32 = max(
        apart(runtimes.onnx_runtime(model, output=OUTPUT)), apart(runtimes.open_vino(model, "f32"))
    )
    if f32 > _TOLERANCE * max(1.0, spread):
        raise ValueError(f"an engine differs from torch by {f32} logits")
    bf16 = apart(runtimes.open_vino(model, "bf16"))
    return {
        "network": STEM,
        "inputs": {INPUT: stated},
        "outputs": golden.outputs_of({OUTPUT: truth}),
        "tolerance_f32": golden.upwards(max(4 * f32, 1e-4 * max(spread, 1.0))),
        "tolerance_bf16": golden.upwards(max(2 * bf16, 1e-2 * max(spread, 1.0))),
    }


def _provenance(folder: Path, photos: list[Photo]) -> bytes:
    """The rows of photographs with objects and of grounds, each with the sha256 of its file."""
    rows = [{**row, "sha256": sha256(folder / row["file"])} for row in free_rows(folder)]
    rows += [{**photo.row, "sha256": sha256(photo.path)} for photo in photos]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def export(run: Path, objects: Path, photos: list[Photo], zoo: Path, out: Path, commit: str) -> int:
    """Write the package of a run's averaged weights; its size in bytes.

    ``zoo`` holds model.yaml and the card; ``objects`` and ``photos`` are what the run saw.
    Errors: ValueError as ``_golden``, or when the package is larger than it may be.
    """
    trainer = ClickTrainer.load(run)
    side = trainer.config.side_px
    network = rounded_to_half(trainer.averaged_network())
    model = build(network, side).SerializeToString(deterministic=True)
    card: dict[str, Any] = yaml.safe_load((zoo / "model.yaml").read_text(encoding="utf-8"))
    log = {
        "commit": commit,
        "steps": trainer.step_count,
        "hours": round(trainer.elapsed / 3600, 3),
        "parameters": sum(math.prod(p.shape) for p in network.parameters()),
        "torch": torch.__version__,
        "config": trainer.config.as_dict(),
        "log": read_history(run),
    }
    files = {
        f"{STEM}.onnx": model,
        words.README: (zoo / words.README).read_bytes(),
        words.PROVENANCE: _provenance(objects, photos),
        words.TRAINING_LOG: archive.as_json(log),
    }
    config = words.darktable_keys(card, num_inputs=1, model_card=card["model_card"])
    config["attributes"] = {"input_sizes": [side]}
    config["latent"] = words.latent_block(
        _networks(side),
        [_golden(network, model, side)],
        archive.file_facts(files),
        {
            "weights": card["model_card"]["license"],
            "data": card["model_card"]["training_data_license"],
        },
        {"osaid": "Open Source AI", "mof": "Class I"},
        words.Origin(card["recipe"], commit, words.PROVENANCE, words.TRAINING_LOG),
    )
    files[archive.CONFIG] = archive.as_json(config)
    archive.pack(files, card["id"], out)
    size = out.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{out} has {size} bytes; {MOST_BYTES} are allowed")
    return size
