# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a package: every fault one sentence, and none is overlooked for another."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from latent_package import archive, golden

from latent_zoo import contracts, engines, exporting
from latent_zoo.card import CARD_KEYS, Model
from latent_zoo.types import Arrays, ZooError

REQUIRED = ("id", "name", "description", "task", "backend", "version")
OSAID = ("Open Source AI", "Open Weights", "Open Model", "Not open", "not stated")
MOF = re.compile(r"Class (I|II|III)( \(.+\))?|not stated|Unclassified")
_CARD_WORDS = {
    "source": r"source",
    "paper": r"paper|research",
    "licence": r"licen[cs]e",
    "OSAID class": r"osaid|open source ai definition",
    "MOF class": r"\bmof\b|model openness framework",
    "training data": r"training (data|pictures)",
    "provenance of the data": r"provenance",
    "limits": r"limit",
}
_STEMS = {"single": {"model"}, "split": {"encoder", "decoder"}}


def card_faults(model: Model) -> list[str]:
    """What model.yaml and README.md leave unsaid."""
    path = model.folder / "model.yaml"
    found = [
        f"{path}: model_card.{key} is missing or empty"
        for key in CARD_KEYS
        if key != "notes" and not model.model_card.get(key)
    ]
    card = model.folder / "README.md"
    if not card.exists():
        found.append(f"{card}: there is no card")
    else:
        text = card.read_text(encoding="utf-8").lower()
        found += [
            f"{card}: the {what} is not mentioned"
            for what, pattern in _CARD_WORDS.items()
            if not (model.own and what == "paper")  # of ours the recipe stands in its place
            and not re.search(pattern, text)
        ]
    if model.own:
        return found
    found += [
        f"{path}: {key} is missing" for key in ("provenance", "limits") if not getattr(model, key)
    ]
    if model.openness.get("osaid") not in OSAID:
        found.append(f"{path}: openness.osaid must be one of {', '.join(OSAID)}")
    if not MOF.fullmatch(model.openness.get("mof", "")):
        found.append(f"{path}: openness.mof must be Class I, Class II, Class III or not stated")
    return found


def config_faults(model: Model, config: Mapping[str, Any]) -> list[str]:
    """Keys of config.json that are missing or do not say what model.yaml says."""
    found = [f"config.json: {key} is missing" for key in REQUIRED if not config.get(key)]
    for key in ("id", "name", "task", "version", "arch", "tiling"):
        if key in config and config[key] != getattr(model, key):
            found.append(
                f"config.json: {key} is {config[key]!r}, model.yaml has {getattr(model, key)!r}"
            )
    if config.get("backend", "onnx") != "onnx":
        found.append(f"config.json: backend is {config['backend']!r}, not 'onnx'")
    card = config.get("model_card", {})
    if not isinstance(card, dict) or card != model.model_card:
        found.append("config.json: model_card differs from that in model.yaml")
    if "latent" not in config:
        found.append("config.json: the block latent is missing")
    return found


_LATENT_KEYS = {
    "manifest_version": int,
    "networks": dict,
    "golden": list,
    "files": dict,
    "licence": dict,
    "openness": dict,
    "provenance": dict,
}
_TEXTS = {
    "licence": ("weights", "data"),
    "openness": ("osaid", "mof"),
    "provenance": ("recipe", "commit", "data", "log"),
}


def block_faults(folder: Path, block: Mapping[str, Any]) -> list[str]:
    """Keys of ``latent``, and the files it lists against those there are."""
    found = [
        f"config.json: latent.{key} is missing or has the wrong type"
        for key, kind in _LATENT_KEYS.items()
        if not isinstance(block.get(key), kind)
    ]
    found += [f"config.json: latent.{key} is unknown" for key in block if key not in _LATENT_KEYS]
    if found:
        return found
    for key, names in _TEXTS.items():
        for name in names:
            if not isinstance(block[key].get(name), str) or not block[key][name]:
                found.append(f"config.json: latent.{key}.{name} is missing")
    there = archive.file_facts(archive.files_below(folder))
    for name, facts in block["files"].items():
        if name not in there:
            found.append(f"{name}: listed in config.json but not in the package")
        elif facts != there[name]:
            found.append(
                f"{name}: the file does not have the sha256 and size that config.json states"
            )
    found += [f"{name}: not listed in config.json" for name in there if name not in block["files"]]
    for stem in block["networks"]:
        if not any(isinstance(g, dict) and g.get("network") == stem for g in block["golden"]):
            found.append(f"config.json: the network {stem} has no golden tensors")
    return found


def _graph_facts(path: Path) -> tuple[list[Any], list[Any]]:
    model = onnx.load(str(path))
    weights = {tensor.name for tensor in model.graph.initializer}
    taken = [exporting.tensor_facts(v) for v in model.graph.input if v.name not in weights]
    return taken, [exporting.tensor_facts(value) for value in model.graph.output]


def network_faults(folder: Path, stem: str, network: Mapping[str, Any]) -> list[str]:
    """The tensors that the manifest states against those of the ONNX file."""
    path = folder / str(network.get("file", ""))
    if not path.is_file():
        return [f"config.json: latent.networks.{stem}.file names no file"]
    try:
        onnx.checker.check_model(str(path))
        taken, given = _graph_facts(path)
    except Exception as error:
        return [f"{path.name}: not valid ONNX: {str(error).splitlines()[0]}"]
    found = []
    for key, there in (("inputs", taken), ("outputs", given)):
        stated = network.get(key)
        if not isinstance(stated, list):
            found.append(f"config.json: latent.networks.{stem}.{key} is missing")
            continue
        bare = [{k: v for k, v in one.items() if k != "meaning"} for one in stated]
        if bare != there:
            found.append(f"{path.name}: the {key} are {there}, config.json states {bare}")
        found += [
            f"config.json: {one.get('name')} of {stem} has no meaning"
            for one in stated
            if not one.get("meaning")
        ]
    return found


def _golden_faults(folder: Path, entry: Mapping[str, Any], file: str, kinds: Any) -> list[str]:
    """One entry of ``latent.golden`` of a generic graph, in both engines."""
    found = []
    try:
        given: Arrays = {
            name: golden.tensor_of(stated, kinds[name]) for name, stated in entry["inputs"].items()
        }
        for engine, opener in (
            ("ONNX Runtime", engines.onnx_runtime),
            ("OpenVINO", engines.open_vino),
        ):
            apart = golden.farthest(opener(folder / file)(given), entry["outputs"], file)
            if not apart <= float(entry["tolerance_f32"]):
                found.append(
                    f"{file}: {engine} is {apart:.3g} away from the golden tensors, "
                    f"{entry['tolerance_f32']} is allowed"
                )
    except (ZooError, KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
        found.append(f"{file}: the golden tensors cannot be run: {str(error).splitlines()[0]}")
    return found


def _own_golden_faults(folder: Path, entry: Mapping[str, Any], network: Any) -> list[str]:
    """One golden pair (.npy) of a network of our own kinds, in both engines."""
    file = str(network["file"])
    given, true = (
        np.load(io.BytesIO((folder / entry[end]).read_bytes()), allow_pickle=False)
        for end in ("input", "output")
    )
    found = []
    for engine, opener in (("ONNX Runtime", engines.onnx_runtime), ("OpenVINO", engines.open_vino)):
        got = opener(folder / file)({network["input"]["name"]: given})
        apart = float(np.abs(got[network["output"]["name"]] - true).max())
        if not apart <= float(entry["tolerance_f32"]):
            found.append(f"{file}: {engine} is {apart:.3g} away from the golden pair")
    return found


def golden_faults(folder: Path, block: Mapping[str, Any]) -> list[str]:
    """Every golden entry in both engines."""
    found = []
    for entry in block["golden"]:
        network = block["networks"].get(entry.get("network"))
        if network is None:
            found.append(f"config.json: golden tensors of {entry.get('network')!r}, no network")
        elif network.get("kind") != "graph_v1":
            found += _own_golden_faults(folder, entry, network)
        else:
            kinds = {tensor["name"]: tensor["type"] for tensor in network["inputs"]}
            found += _golden_faults(folder, entry, str(network["file"]), kinds)
    return found


def _stem_faults(model: Model, stems: set[str]) -> list[str]:
    wanted = _STEMS.get(model.type)
    if wanted is not None and stems != wanted:
        return [
            f"a package of type {model.type} holds {', '.join(sorted(wanted))}, "
            f"not {', '.join(sorted(stems)) or 'nothing'}"
        ]
    return [] if stems else ["the package holds no network"]


def folder_faults(model: Model, folder: Path) -> list[str]:
    """Everything that is wrong with an unpacked package."""
    raw = (folder / archive.CONFIG).read_bytes() if (folder / archive.CONFIG).is_file() else b""
    if not raw:
        return [f"{folder}: there is no {archive.CONFIG}"]
    config = archive.read_config(folder / archive.CONFIG)
    found = config_faults(model, config)
    if raw != archive.as_json(config):
        found.append("config.json: not written with four spaces and a newline at the end")
    block = config.get("latent")
    if not isinstance(block, dict):
        return found
    faulty = block_faults(folder, block)
    found += faulty
    if faulty and any("latent." in fault for fault in faulty):
        return found
    generic = {s: n for s, n in block["networks"].items() if n.get("kind") == "graph_v1"}
    for stem, network in generic.items():
        found += network_faults(folder, stem, network)
    if len(generic) == len(block["networks"]):
        found += _stem_faults(model, set(generic))
    if generic and not found:
        found += contracts.faults(model.task, model.arch, generic, config.get("attributes", {}))
    return found + (golden_faults(folder, block) if not found else [])


def package_faults(model: Model, path: Path) -> list[str]:
    """Everything that is wrong with a .dtmodel."""
    if found := archive.faults(path, model.id):
        return found
    with tempfile.TemporaryDirectory(prefix="latent-zoo-") as scratch:
        archive.unpack(path, model.id, Path(scratch))
        return folder_faults(model, Path(scratch))


def latent_program(given: Path | None) -> Path | None:
    """The program to ask: ``given``, or LATENT_BIN, or none."""
    if given is not None:
        return given
    named = os.environ.get("LATENT_BIN")
    return Path(named) if named else None


def program_faults(program: Path, model: Model, path: Path) -> tuple[list[str], str]:
    """``latent models import`` and ``run --check-golden`` on the package, in a folder of its own.

    Gives the faults, and a sentence that says what was done or why nothing was.
    """
    try:
        ask = subprocess.run(
            [program, "models", "--help"], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], f"{program}: cannot be run: {error}"
    if ask.returncode != 0 or "import" not in ask.stdout + ask.stderr:
        return [], f"{program}: has no `models import`, so it did not check the package"
    found = []
    with tempfile.TemporaryDirectory(prefix="latent-zoo-") as home:
        own = {"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        environment = {**os.environ, **own, "HOME": home}
        for arguments in (
            ["models", "import", str(path), "--yes"],
            ["models", "run", model.id, "--check-golden"],
        ):
            done = subprocess.run(
                [program, *arguments], capture_output=True, text=True, timeout=1800, env=environment
            )
            if done.returncode != 0:
                said = (done.stderr or done.stdout).strip().splitlines()
                found.append(
                    f"{program.name} {' '.join(arguments)}: {said[-1] if said else done.returncode}"
                )
                break
    return found, f"{program.name} imported the package and ran its golden tensors"


def validate(model: Model, path: Path, program: Path | None) -> str:
    """Assert that the package at ``path`` is whole; gives what the program checked.

    Errors: ZooError with every fault, a line each.
    """
    found = card_faults(model) + package_faults(model, path)
    said = "not checked with latent: no program was given"
    if not found and program is not None:
        found, said = program_faults(program, model, path)
    if found:
        raise ZooError("\n".join(f"{model.id}: {fault}" for fault in found))
    return said
