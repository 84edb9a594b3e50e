# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/package-format.schema.json and the program's own reader agree on what a manifest may be."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_packages import good_package, unpacked
from model_store import Models

jsonschema = pytest.importorskip("jsonschema")

MISSING = object()
Config = dict[str, Any]

GRAPH: Config = {
    "networks": {"model": {"file": "model.onnx", "kind": "graph_v1",
        "inputs": [{"name": "image", "type": "f32", "dims": [1, 3, "h", 4], "meaning": "RGB"}],
        "outputs": [{"name": "mask", "type": "f32", "dims": [1, 1, 4, 4], "meaning": "logits"}]}},
    "golden": [{"network": "model",
        "inputs": {"image": {"dims": [1, 3, 4, 4], "pattern": "weyl_v1", "low": -2.0, "high": 2.0}},
        "outputs": {"mask": {"dims": [1, 1, 4, 4], "indices": [0, 7], "values": [0.5, 1]}},
        "tolerance_f32": 1e-3, "tolerance_bf16": 0.2}],
}  # fmt: skip


def put(config: Config, path: str, value: Any) -> Config:
    """A copy with one value replaced or, where it is MISSING, taken away; path as a/b/0/c."""
    made = copy.deepcopy(config)
    *way, last = path.split("/")
    place: Any = made
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    end: str | int = int(last) if isinstance(place, list) else last
    if value is MISSING:
        del place[end]
    else:
        place[end] = value
    return made


def tile_cases() -> Iterator[tuple[str, Any]]:
    yield from {
        "version": "2.7", "description": "words", "task": "anything", "arch": "x", "tiling": True,
        "num_inputs": 2, "spatial_dims": ["h", "w"],
        "model_card": {"license": "MIT", "notes": None}, "cpu_only": ["coreml"],
        "coreml_format": "mlprogram", "more": {"unknown": []},
    }.items()  # fmt: skip
    yield from [
        ("cpu_only", {"model": ["coreml", "dml"]}), ("coreml_format", {"model": "mlprogram"}),
        ("ort_optimization", "basic"), ("ort_optimization", {"model": "disabled"}),
        ("ort_optimization_provider", {"CUDA": "all", "DML": {"model": "basic"}}),
        ("cpu_only", []), ("attributes/shadow_boost", True), ("attributes/norm_mean", [0.5]),
        ("attributes/rgb/target_mean", None), ("attributes/rgb/target_mean", 0.3),
    ]  # fmt: skip
    for key in ("name", "latent/licence", "latent/files", "latent/golden", "latent/networks",
                "latent/manifest_version", "latent/openness/mof", "latent/provenance/log",
                "latent/networks/rgb/stride_px", "latent/networks/rgb/limits/value_min",
                "latent/golden/0/tolerance_f32", "latent/networks/rgb/input/planes"):  # fmt: skip
        yield key, MISSING
    wrong: dict[str, list[Any]] = {
        "name": ["", 3], "version": ["1", "1.x", 1.5], "backend": ["tflite", 1],
        "tiling": ["no", 1], "num_inputs": [0, 65, "1"], "spatial_dims": [["h"], "h", [1, 2]],
        "task": [3],
        "model_card": [[], {"license": 3}], "attributes": [[], "x"], "arch": [[]],
        "cpu_only": ["coreml", [3], {"m": "coreml"}, [""]], "coreml_format": [3, ["x"], {"m": 1}],
        "ort_optimization": [3, ["x"], {"m": 1}],
        "ort_optimization_provider": ["all", {"CUDA": 3}, {"CUDA": {"m": 1}}],
        "attributes/shadow_boost": ["yes"], "attributes/rgb/input_sizes": [[0], "512", [70000]],
        "latent": [[], "x", 3], "latent/more": [1], "latent/manifest_version": [0, "1"],
        "latent/networks": [{}, []], "latent/networks/rgb/kind": ["latent_rgb_v2", 3],
        "latent/networks/rgb/stride_px": [0, 5000, "8"], "latent/networks/rgb/more": [1],
        "latent/networks/rgb/input/type": ["f16"], "latent/networks/rgb/input/layout": ["NHWC"],
        "latent/networks/rgb/limits/value_max": [0.5, 9], "latent/licence/weights": ["", 1],
        "latent/files/rgb.onnx/sha256": ["x", "A" * 64], "latent/files/rgb.onnx/size": [-1, "1"],
        "latent/golden/0/tolerance_f32": [0, 2, "x"], "latent/openness": [{}, []],
    }  # fmt: skip
    for key, values in wrong.items():
        for value in values:
            yield key, value


def graph_cases() -> Iterator[tuple[str, Any]]:
    network, golden = "latent/networks/model", "latent/golden/0"
    yield f"{network}/inputs/0/dims", [1, 3, "height", 4]
    yield f"{network}/inputs/0/meaning", ""
    yield f"{golden}/inputs/image", {"dims": [1, 3, 1, 4], "values": [0.0] * 12}
    for key in (f"{network}/inputs", f"{network}/inputs/0/meaning", f"{golden}/outputs/mask/dims",
                f"{golden}/inputs/image/low", f"{golden}/tolerance_bf16"):  # fmt: skip
        yield key, MISSING
    wrong: dict[str, list[Any]] = {
        f"{network}/inputs": [[], {}, [3]], f"{network}/inputs/0/type": ["float", 3],
        f"{network}/inputs/0/dims": ["x", [0], [1, ""], [1.5], [2**21], [1] * 9],
        f"{network}/inputs/0/name": ["", "x" * 129], f"{network}/outputs/0/more": [1],
        f"{network}/encoding": ["srgb_extended_v1"], f"{network}/file": ["model.bin", "../m.onnx"],
        f"{golden}/inputs/image/pattern": ["noise"], f"{golden}/inputs/image/values": [[1.0]],
        f"{golden}/outputs": [{}, []], f"{golden}/outputs/mask/indices": [[], [-1], [0.5], ["0"]],
        f"{golden}/outputs/mask/values": ["x", [None], [1e300, 1]], f"{golden}/input": ["x.npy"],
    }  # fmt: skip
    for key, values in wrong.items():
        for value in values:
            yield key, value


def corpus(base: Config) -> list[tuple[str, Config]]:
    graph = copy.deepcopy(base)
    graph["attributes"] = {}
    graph["latent"].update(copy.deepcopy(GRAPH))
    graph["latent"]["files"] = {"model.onnx": {"sha256": "0" * 64, "size": 1}}
    cases = [("tile network as it is", base), ("graph as it is", graph)]
    cases += [(f"{path} = {value!r}"[:120], put(base, path, value)) for path, value in tile_cases()]
    cases += [
        (f"{path} = {value!r}"[:120], put(graph, path, value)) for path, value in graph_cases()
    ]
    return cases


# What a schema cannot say and the program refuses all the same.
BEYOND_THE_SCHEMA = [
    ("latent/golden/0/network", "another"),
    ("latent/golden/0/input", "no_such_file.npy"),
    ("latent/networks/rgb/file", "other.onnx"),
    ("latent/networks/rgb/input/channels", 24),
    ("attributes/rgb/input_kind", "bayer_v1"),
]


@pytest.fixture
def verdicts(models: Models) -> Callable[[list[Config]], list[str]]:
    """The program's sentence about each manifest, "" where it takes it; one call for all."""

    def judged(configs: list[Config]) -> list[str]:
        for number, config in enumerate(configs):
            folder = models.store / f"case-{number:03}"
            folder.mkdir(parents=True)
            (folder / "config.json").write_text(json.dumps({**config, "id": folder.name}))
        listed = models.listed()
        return [str(listed[f"case-{number:03}"]["problem"]) for number in range(len(configs))]

    return judged


def base_config(folder: Path) -> Config:
    config, _ = unpacked(good_package(folder, "tiny").read_bytes())
    return config


def test_both_sides_agree(
    verdicts: Callable[[list[Config]], list[str]], tmp_path: Path, repository: Path
) -> None:
    schema = json.loads((repository / "docs" / "package-format.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    cases = corpus(base_config(tmp_path))
    assert len(cases) > 120
    differing = []
    for (name, config), problem in zip(cases, verdicts([c for _, c in cases]), strict=True):
        by_schema = validator.is_valid({**config, "id": "case"})
        if by_schema != (problem == ""):
            differing.append(f"{name}: schema {by_schema}, program {problem or 'takes it'}")
    assert not differing, "\n".join(differing)


def test_the_program_is_stricter_where_a_schema_cannot_be(
    verdicts: Callable[[list[Config]], list[str]], tmp_path: Path
) -> None:
    base = base_config(tmp_path)
    problems = verdicts([put(base, path, value) for path, value in BEYOND_THE_SCHEMA])
    for (path, _), problem in zip(BEYOND_THE_SCHEMA, problems, strict=True):
        assert problem, path


def test_the_packages_that_ship_keep_the_schema(repository: Path) -> None:
    schema = json.loads((repository / "docs" / "package-format.schema.json").read_text())
    packages = sorted((repository / "weights").glob("*.dtmodel"))
    assert packages
    for package in packages:
        config, _ = unpacked(package.read_bytes())
        jsonschema.Draft202012Validator(schema).validate(config)
