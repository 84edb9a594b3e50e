# SPDX-License-Identifier: GPL-3.0-or-later
"""Our networks as packages that darktable 5.6 installs and runs as its own.

Made from a finished package, not from a run folder: the weights are the very ones that ship.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import yaml
from latent_package import archive, golden
from latent_package import manifest as words

from latent_train import darktable_graph
from latent_train.config import config_from_dict
from latent_train.initial import begin_from, read_weights
from latent_train.network import Network, make_network
from latent_train.onnx_graph import rounded_to_half

_TOLERANCE_F32 = 1e-3
_TOLERANCE_BF16 = 0.1
_PATTERN = golden.Pattern(0.05, 0.95)


@dataclass(frozen=True)
class Graph:
    """One ONNX file: what its tensors mean, and the size of the tile."""

    stem: str
    model: onnx.ModelProto
    tile: int
    input_meaning: str
    output_meaning: str
    attributes: dict[str, Any]


def _network(path: Path, files: dict[str, bytes], file: str, index: int | None) -> Network:
    """The network of a package; `index` among its runs, but for those that demosaic, which
    darktable has no contract for."""
    log = json.loads(files["training.json"])
    if "runs" in log:
        runs = [run for run in log["runs"] if run["config"]["task"] != "demosaic"]
        log = runs[index or 0]
    network = make_network(config_from_dict(log["config"]).network).eval()
    begin_from(network, read_weights(path, file))
    return rounded_to_half(network)


def _raw(path: Path, files: dict[str, bytes], facts: dict[str, Any], tile: int) -> list[Graph]:
    network = _network(path, files, facts["cfa"]["file"], None)
    model = darktable_graph.rawdenoise(network, facts["cfa"]["limits"], tile)
    kind = {
        "input_kind": "bayer_v1",
        "input_colorspace": "camRGB",
        "wb_norm": "as_shot",
        "output_scale": "absolute",
        "bayer_orientation": "force_rggb",
        "edge_pad": "mirror_cropped",
    }
    given = "packed R, G, G, B of the mosaic, linear, black 0, white 1, as-shot white balance"
    made = "the denoised mosaic in the units of the input; each site in the channel of its colour"
    return [Graph("model_bayer", model, tile, given, made, kind)]


def _denoise(path: Path, files: dict[str, bytes], facts: dict[str, Any], tile: int) -> list[Graph]:
    network = _network(path, files, facts["rgb"]["file"], None)
    model = darktable_graph.denoise(network, facts["rgb"]["limits"]["level_max"], tile)
    return [
        Graph("model", model, tile, "RGB, sRGB-encoded, 0..1", "denoised RGB, sRGB-encoded", {})
    ]


def _upscale(path: Path, files: dict[str, bytes], facts: dict[str, Any], tile: int) -> list[Graph]:
    made = []
    for index, (name, network_facts) in enumerate(facts.items()):
        scale = int(network_facts["scale"])
        network = _network(path, files, network_facts["file"], index)
        side = tile * 2 // scale
        model = darktable_graph.upscale(network, scale, side)
        meanings = ("RGB, sRGB-encoded, 0..1", f"RGB enlarged {scale} times, sRGB-encoded")
        made.append(Graph(f"model_{name}", model, side, *meanings, {}))
    return made


_MAKERS = {"rawdenoise": (_raw, 512), "denoise": (_denoise, 768), "upscale": (_upscale, 512)}


def _port(value: onnx.ValueInfoProto, meaning: str) -> dict[str, Any]:
    dims: list[int | str] = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return words.tensor(value.name, "f32", dims, meaning)


def _golden(graph: Graph) -> dict[str, Any]:
    """What must come out of the pattern: a sample of it."""
    port = _port(graph.model.graph.input[0], "")
    given = golden.stated_input(port["name"], port["dims"], _PATTERN)
    session = onnxruntime.InferenceSession(
        graph.model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    answer = np.asarray(session.run(None, {port["name"]: golden.tensor_of(given)})[0])
    return {
        "network": graph.stem,
        "inputs": {port["name"]: given},
        "outputs": golden.outputs_of({darktable_graph.OUTPUT: answer}),
        "tolerance_f32": _TOLERANCE_F32,
        "tolerance_bf16": _TOLERANCE_BF16,
    }


def _attributes(graphs: list[Graph]) -> dict[str, Any]:
    """Run-time hints. darktable reads them by stem; its own packages name the raw ones without
    ``model_``, so both are there."""
    found: dict[str, Any] = {"input_sizes": [graphs[0].tile]}
    for graph in graphs:
        facts = {"input_sizes": [graph.tile], **graph.attributes}
        found[graph.stem] = facts
        if graph.attributes:
            found[graph.stem.removeprefix("model_")] = facts
    return found


def _manifest(
    card: dict[str, Any], graphs: list[Graph], files: dict[str, bytes], before: dict[str, Any]
) -> dict[str, Any]:
    block = before["latent"]
    networks = {
        graph.stem: words.graph(
            graph.stem,
            [_port(graph.model.graph.input[0], graph.input_meaning)],
            [_port(graph.model.graph.output[0], graph.output_meaning)],
        )
        for graph in graphs
    }
    config = words.darktable_keys(
        card,
        num_inputs=1,
        model_card=card["model_card"],
        attributes=_attributes(graphs),
        cpu_only=card.get("cpu_only"),
        coreml_format=card.get("coreml_format"),
    )
    config["latent"] = words.latent_block(
        networks,
        [_golden(graph) for graph in graphs],
        archive.file_facts(files),
        block["licence"],
        block["openness"],
        words.Origin(**{**block["provenance"], "recipe": card["recipe"]}),
    )
    return config


def convert(source: Path, zoo: Path, out: Path, tile: int | None = None) -> dict[str, int]:
    """Write the package for darktable of our package ``source``; ``zoo`` holds its model.yaml and
    card. Returns the size of each ONNX file in bytes.

    Errors: ValueError for a package of another task, or one that is not what its manifest says.
    """
    files = archive.read_package(source)
    before = json.loads(files[archive.CONFIG])
    card = yaml.safe_load((zoo / "model.yaml").read_text(encoding="utf-8"))
    if before["task"] != card["task"] or card["task"] not in _MAKERS:
        raise ValueError(f"{source}: its task is {before['task']}, that of {zoo} {card['task']}")
    make, usual_tile = _MAKERS[card["task"]]
    graphs = make(source, files, before["latent"]["networks"], tile or usual_tile)
    made = {
        words.README: (zoo / "README.md").read_bytes(),
        **{name: files[name] for name in (words.PROVENANCE, words.TRAINING_LOG)},
    }
    onnx_files = {
        f"{graph.stem}.onnx": graph.model.SerializeToString(deterministic=True) for graph in graphs
    }
    made |= onnx_files
    made[archive.CONFIG] = archive.as_json(_manifest(card, graphs, made, before))
    archive.pack(made, card["id"], out)
    return {name: len(content) for name, content in onnx_files.items()}
