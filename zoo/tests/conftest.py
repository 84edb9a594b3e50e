# SPDX-License-Identifier: GPL-3.0-or-later
"""A zoo of small models in a temporary folder, and one of them converted and packaged."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ZOO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ZOO), str(ZOO.parent / "python")]

from latent_package import archive  # noqa: E402

from latent_zoo import card, conversion  # noqa: E402

YAML = """\
id: {id}
name: "small"
description: "a small network for tests"
task: {task}
type: {type}
version: "1.0"
arch: {arch}
tiling: true
model_card:
  long_description: "small"
  scope: "tests"
  author: "us"
  source: "here"
  paper: "none"
  license: "GPL-3.0-or-later"
  training_data: "none"
  training_data_license: "none"
attributes: {attributes}
openness: {{osaid: "Open Source AI", mof: "Class I (Open Science)"}}
provenance: "made here"
limits: "good for nothing"
checkpoints:
  - {{url: "https://example.org/small.pt", path: "temp/small.pt", sha256: null}}
"""

CARD = "Source, paper, licence, OSAID, MOF, training data, provenance, limits: none.\n"

DENOISE = """\
from latent_zoo.architectures.nind_unet import NindUNet
from latent_zoo.graph import load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph


def graphs(checkpoints, seed):
    network = NindUNet(width=4)
    if checkpoints is None:
        fill(network, seed)
    else:
        load_strictly(network, read_checkpoint(checkpoints["small.pt"]), "small.pt")
    return [tile_graph(network.eval(), "model", (3, 32), ("in", "out"), ((16, 48), (64, 32)))]
"""

RAW = """\
from latent_zoo.architectures.utnet2 import UtNet2
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph


def graphs(checkpoints, seed):
    return [
        tile_graph(fill(UtNet2(4, 4), seed), "model_bayer", (4, 32), ("in", "out")),
        tile_graph(fill(UtNet2(3, 4), seed), "model_linear", (3, 32), ("in", "out")),
    ]
"""


def make_model(
    root: Path, model_id: str, script: str, task: str = "denoise", kind: str = "single"
) -> Path:
    """A model folder of the contract."""
    folder = root / model_id
    folder.mkdir(parents=True)
    facts = {"id": model_id, "task": task, "type": kind, "arch": "unet"}
    text = YAML.format(**facts, attributes="{input_sizes: [32]}")
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    (folder / "convert.py").write_text(script, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository") / "zoo"
    make_model(root, "small-denoise", DENOISE)
    make_model(root, "small-raw", RAW, "rawdenoise", "multi")
    return root


@pytest.fixture(scope="session")
def small(small_zoo: Path) -> card.Model:
    return card.find_model(small_zoo, "small-denoise")


@pytest.fixture(scope="session")
def _converted(small: card.Model, tmp_path_factory: pytest.TempPathFactory) -> conversion.Work:
    work = conversion.Work(tmp_path_factory.mktemp("work"))
    conversion.convert(small, None, 0, work)
    return work


@pytest.fixture
def unpacked(_converted: conversion.Work, tmp_path: Path) -> Path:
    """A copy of the converted package that a test may spoil."""
    folder = tmp_path / "unpacked"
    shutil.copytree(_converted.package, folder)
    return folder


@pytest.fixture
def packed(_converted: conversion.Work, small: card.Model, tmp_path: Path) -> Path:
    path = tmp_path / f"{small.id}.dtmodel"
    archive.pack(archive.files_below(_converted.package), small.id, path)
    return path
