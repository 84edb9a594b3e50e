# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of config.json that every maker of packages writes: darktable's keys, and the block
``latent`` around what only the maker knows (docs/package-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MANIFEST_VERSION = 1
GRAPH = "graph_v1"  # a network whose tensors the manifest describes one by one
CFA, DEMOSAIC = "latent_cfa_v1", "latent_demosaic_v1"
RGB, UPSCALE = "latent_rgb_v1", "latent_upscale_v1"
PROVENANCE, TRAINING_LOG, README = "provenance.csv", "training.json", "README.md"

_KEYS = ("id", "name", "description", "task", "arch", "backend", "version", "tiling")


def tensor(name: str, kind: str, dims: list[int | str], meaning: str) -> dict[str, Any]:
    """One input or output of a graph: its type (``f32``, ...), shape and meaning in one line."""
    return {"name": name, "type": kind, "dims": dims, "meaning": meaning}


def graph(stem: str, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """A network of kind ``graph_v1`` in the file ``<stem>.onnx``."""
    return {"file": f"{stem}.onnx", "kind": GRAPH, "inputs": inputs, "outputs": outputs}


def darktable_keys(card: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What darktable reads at the top of config.json, from the keys of model.yaml. Of ``more``
    what is empty is left out, as darktable's own tool does it."""
    given = {**card, "backend": "onnx"}
    keys = {key: given[key] for key in _KEYS}
    return keys | {key: value for key, value in more.items() if value}


@dataclass(frozen=True)
class Origin:
    """Where a package comes from: the recipe in the repository, the code's commit, what it learned
    from, and the file that tells how it was made."""

    recipe: str
    commit: str
    data: str
    log: str


def latent_block(
    networks: Mapping[str, Any],
    golden: list[dict[str, Any]],
    files: Mapping[str, Any],
    licence: Mapping[str, str],
    openness: Mapping[str, str],
    origin: Origin,
) -> dict[str, Any]:
    """The block ``latent``. ``files`` as ``archive.file_facts`` gives it."""
    return {
        "manifest_version": MANIFEST_VERSION,
        "networks": dict(networks),
        "golden": golden,
        "files": dict(files),
        "licence": dict(licence),
        "openness": dict(openness),
        "provenance": vars(origin),
    }
