# SPDX-License-Identifier: GPL-3.0-or-later
"""From ``convert.py`` of a model to the unpacked package: ONNX files, goldens, config.json."""

from __future__ import annotations

import gc
import importlib.util
import json
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import onnx
import torch
from latent_package import archive, golden
from latent_package import manifest as words

from latent_zoo import engines, exporting, parity, vision
from latent_zoo.card import Model
from latent_zoo.graph import Graph, parameter_count
from latent_zoo.types import Arrays, ZooError

log = logging.getLogger("latent_zoo")

REPORT = "report.json"
CONVERSION = "conversion.json"
RANDOM = "random numbers, for tests; not trained"
_GOLDEN_FLOOR_F32 = 2e-4  # of the output's deviation: engines of other machines
_GOLDEN_FLOOR_BF16 = 0.02

Graphs = Callable[[Mapping[str, Path] | None, int], list[Graph]]


@dataclass(frozen=True)
class Work:
    """The folders of one model: ``package`` unpacked, ``scratch`` for what is thrown away."""

    root: Path

    @property
    def package(self) -> Path:
        return self.root / "package"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    @property
    def report(self) -> Path:
        return self.root / REPORT


def load_script(model: Model, name: str) -> Any:
    """``convert.py`` or ``demo.py`` of a model as a module.

    Errors: ZooError when the model has none, or a library that it needs is not installed.
    """
    path = model.folder / name
    if not path.exists():
        raise ZooError(f"{model.id}: there is no {name}")
    vision.let_torchvision_import()
    module_name = f"latent_zoo_models.{model.id.replace('-', '_')}_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ZooError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise ZooError(
            f"{path}: {error}; `pip install -r tools/requirements/zoo.txt` has what the zoo needs"
        ) from error
    return module


def graphs_of(model: Model, checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The model's networks. Errors: ZooError when convert.py gives none, or a stem twice."""
    make: Graphs = load_script(model, "convert.py").graphs
    graphs = make(checkpoints, seed)
    stems = [graph.stem for graph in graphs]
    if not graphs or len(set(stems)) != len(stems):
        raise ZooError(f"{model.id}: convert.py gives the networks {stems}")
    return graphs


def _state_dims(graph: Graph, model: onnx.ModelProto, answers: list[Arrays]) -> None:
    """State the outputs' shapes that the tracer left unnamed: fixed axes by what came out, free
    ones by the names that the graph gives them.

    Errors: ZooError for an axis that is free and has no name.
    """
    for value in model.graph.output:
        free = graph.dynamic.get(value.name, {})
        shapes = [answer[value.name].shape for answer in answers]
        shape = value.type.tensor_type.shape
        if len(shape.dim) != len(shapes[0]):
            del shape.dim[:]
            for _ in shapes[0]:
                shape.dim.add()
        for axis, (dim, size) in enumerate(zip(shape.dim, shapes[0], strict=True)):
            if axis in free:
                dim.dim_param = free[axis]
                continue
            if any(other[axis] != size for other in shapes):
                raise ZooError(f"{graph.stem}: axis {axis} of {value.name} is free and unnamed")
            dim.ClearField("dim_param")
            dim.dim_value = size


def stated_inputs(graph: Graph) -> dict[str, dict[str, Any]]:
    """How the manifest states the golden inputs: the pattern, or the graph's constants.

    Errors: PackageError for constants of another size, or an integer input without constants.
    """
    pattern = golden.Pattern(graph.low, graph.high, graph.constants)
    return {
        name: golden.stated_input(name, tensor.shape, pattern, floats=tensor.is_floating_point())
        for name, tensor in graph.example.items()
    }


def golden_inputs(graph: Graph) -> Arrays:
    """The golden inputs of a network, of the types that it takes."""
    return {
        name: golden.tensor_of(stated, _kind(graph, name))
        for name, stated in stated_inputs(graph).items()
    }


def tensors_of(given: Arrays) -> dict[str, torch.Tensor]:
    """Arrays as torch takes them."""
    return {name: torch.from_numpy(value) for name, value in given.items()}


def _golden_entry(
    graph: Graph, path: Path, judged: tuple[Arrays, Arrays], apart: float
) -> dict[str, Any]:
    """Golden tensors of one network, with tolerances from what the engines do here.

    ``judged``: the golden inputs and PyTorch's answer; ``apart``: the farther engine in float32.
    """
    given, true = judged
    kept = golden.outputs_of(true)
    spread = max(float(value.std()) for value in true.values())
    spread = spread if spread > 0 else 1.0
    coarse = golden.farthest(engines.open_vino(path, "bf16")(given), kept, graph.stem)
    return {
        "network": graph.stem,
        "inputs": stated_inputs(graph),
        "outputs": kept,
        "tolerance_f32": golden.upwards(max(4 * apart, _GOLDEN_FLOOR_F32 * spread)),
        "tolerance_bf16": golden.upwards(max(2 * coarse, _GOLDEN_FLOOR_BF16 * spread)),
    }


def _kind(graph: Graph, name: str) -> str:
    kinds = {torch.float32: "f32", torch.int64: "i64", torch.int32: "i32", torch.float16: "f16"}
    dtype = graph.example[name].dtype
    if dtype not in kinds:
        raise ZooError(f"{graph.stem}: {name} is of {dtype}, which packages do not carry")
    return kinds[dtype]


def _network(graph: Graph, exported: onnx.ModelProto) -> dict[str, Any]:
    def facts(values: Any) -> list[dict[str, Any]]:
        return [
            {**exporting.tensor_facts(value), "meaning": graph.meanings[value.name]}
            for value in values
        ]

    return words.graph(graph.stem, facts(exported.graph.input), facts(exported.graph.output))


@dataclass(frozen=True)
class Converted:
    """One network of the package: what the manifest says of it, and what was measured."""

    network: dict[str, Any]
    golden: dict[str, Any]
    measured: dict[str, Any]


def _symbolic(graph: Graph, scratch: Path, limit: float) -> dict[str, Any] | None:
    """Parity of a second export with free axes, on sizes other than the traced one."""
    if not graph.symbolic:
        return None
    path = scratch / f"{graph.stem}.symbolic.onnx"
    sizes = graph.others
    traced = replace(graph, example=sizes[0], others=sizes, dynamic=graph.symbolic)
    exporting.export(traced, path, graph.symbolic)
    found = parity.compare(parity.judge(graph, sizes), path, f"{graph.stem}, symbolic", limit)
    path.unlink()
    return {
        "sizes": [[list(tensor.shape) for tensor in one.values()] for one in sizes],
        **asdict(found),
    }


def convert_graph(graph: Graph, work: Work, limit: float) -> Converted:
    """Export one network, hold it against PyTorch in both engines, and take its goldens.

    Errors: ZooError when an engine is too far away, or the export is not what was stated.
    """
    began = time.monotonic()
    path = work.package / f"{graph.stem}.onnx"
    exported = exporting.export(graph, path)
    others = graph.others if graph.dynamic else ()
    given = golden_inputs(graph)
    examples = [tensors_of(given)]
    if graph.dynamic or len(graph.example) > 1:
        examples += [graph.example, *others]  # of several inputs not every pattern is a likely one
    judged = parity.judge(graph, examples)
    _state_dims(graph, exported, [answer for _, answer in judged])
    path.write_bytes(exported.SerializeToString(deterministic=True))
    found = parity.compare(judged, path, graph.stem, limit)
    measured: dict[str, Any] = {
        "stem": graph.stem,
        "parameters": parameter_count(graph.module),
        "bytes": path.stat().st_size,
        "opset": graph.opset,
        "parity": asdict(found),
        "limit": limit,
        "symbolic": _symbolic(graph, work.scratch, limit),
    }
    apart = max(found.onnx_runtime.absolute, found.openvino.absolute)
    entry = _golden_entry(graph, path, judged[0], apart)
    measured["seconds"] = round(time.monotonic() - began, 1)
    log.info(
        "%s: %.2f M parameters, ONNX Runtime %.2g, OpenVINO %.2g of the deviation",
        graph.stem,
        measured["parameters"] / 1e6,
        found.onnx_runtime.relative,
        found.openvino.relative,
    )
    return Converted(_network(graph, exported), entry, measured)


def commit_of(folder: Path) -> str:
    """Commit of the code, or ``unknown`` outside a repository."""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def manifest(model: Model, converted: list[Converted], facts: Any, random: bool) -> dict[str, Any]:
    """config.json: darktable's keys as its own tool writes them, then our block ``latent``."""
    card = dict(model.model_card)
    description = f"RANDOM WEIGHTS, for tests only. {model.description}"
    weights = model.licence.get("weights") or card.get("license", "not stated")
    data = model.licence.get("data") or card.get("training_data_license", "not stated")
    config = words.darktable_keys(
        {**vars(model), "description": description if random else model.description},
        model_card=card,
        attributes=model.attributes,
        cpu_only=model.cpu_only,
        coreml_format=model.coreml_format,
    )
    config["latent"] = words.latent_block(
        {Path(one.network["file"]).stem: one.network for one in converted},
        [one.golden for one in converted],
        facts,
        {"weights": RANDOM if random else weights, "data": data},
        {key: model.openness.get(key, "not stated") for key in ("osaid", "mof")},
        words.Origin(
            f"zoo/{model.id}/convert.py",
            commit_of(model.folder),
            model.provenance or "not stated",
            CONVERSION,
        ),
    )
    return config


def _origin(model: Model, checkpoints: Mapping[str, Path] | None, seed: int) -> dict[str, Any]:
    """conversion.json: what the files were made of and with."""
    weights: Any = {"random": {"seed": seed}}
    if checkpoints is not None:
        urls = {one.name: one.url for one in model.checkpoints}
        weights = {
            name: {"url": urls.get(name, "not stated"), "sha256": archive.sha256(path)}
            for name, path in sorted(checkpoints.items())
        }
    versions = {"torch": torch.__version__, "onnx": onnx.__version__}
    return {"model": model.id, "version": model.version, "weights": weights, "made_with": versions}


def write_config(
    model: Model, converted: list[Converted], work: Work, random: bool
) -> dict[str, Any]:
    """Write config.json beside the files it hashes, and give it."""
    facts = archive.file_facts(archive.files_below(work.package))
    config = manifest(model, converted, facts, random)
    (work.package / archive.CONFIG).write_bytes(archive.as_json(config))
    return config


def convert(
    model: Model, checkpoints: Mapping[str, Path] | None, seed: int, work: Work
) -> dict[str, Any]:
    """Fill ``work.package`` and write the report; gives the report.

    ``checkpoints`` None: random weights of ``seed``, and the package says so.
    Errors: ZooError as ``graphs_of`` and ``convert_graph``; the unpacked package is then gone.
    """
    began = time.monotonic()
    for folder in (work.package, work.scratch):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    limit = model.parity or parity.RELATIVE_LIMIT
    try:
        graphs = graphs_of(model, checkpoints, seed)
        converted = []
        while graphs:
            converted.append(convert_graph(graphs.pop(0), work, limit))
            gc.collect()
        card = model.folder / "README.md"
        if card.exists():
            shutil.copyfile(card, work.package / "README.md")
        origin = _origin(model, checkpoints, seed)
        (work.package / CONVERSION).write_bytes(archive.as_json(origin))
        write_config(model, converted, work, checkpoints is None)
    except BaseException:
        shutil.rmtree(work.package, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(work.scratch, ignore_errors=True)
    report = {
        "id": model.id,
        "task": model.task,
        "weights": f"random, seed {seed}" if checkpoints is None else "published checkpoint",
        "graphs": [
            {**one.measured, "inputs": one.network["inputs"], "outputs": one.network["outputs"]}
            for one in converted
        ],
        "seconds": round(time.monotonic() - began, 1),
    }
    work.report.write_bytes(archive.as_json(report))
    return report


def read_report(work: Work) -> dict[str, Any]:
    """The report of the last conversion. Errors: ZooError when there is none."""
    try:
        content = json.loads(work.report.read_bytes())
    except (OSError, ValueError) as error:
        raise ZooError(
            f"{work.report}: there is no report; run `latent-zoo convert` first"
        ) from error
    if not isinstance(content, dict):
        raise ZooError(f"{work.report}: not a report")
    return content
