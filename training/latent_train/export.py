# SPDX-License-Identifier: GPL-3.0-or-later
"""From a run folder to the package: ONNX, measured facts, golden pair, manifest."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from latent_train import noise, onnx_graph, package, reach, runtimes, scenes
from latent_train.config import Config, SimulationConfig
from latent_train.network import LatentUNet, parameter_count
from latent_train.pictures import Photo
from latent_train.train import HISTORY, Trainer
from latent_train.types import FloatArray

log = logging.getLogger("latent_train")

KIND = "latent_cfa_v1"
_STEMS = ("model", "model_bayer", "model_xtrans", "model_linear", "bayer", "xtrans", "linear")
_GOLDEN = ("golden/cfa_input.npy", "golden/cfa_output.npy")
_TOLERANCE_F32 = 1e-3
GOLDEN_PHOTO = "0011_motherboard_circuits.jpg"
REACH_PHOTOS = ("0005_cave_opening.jpg", "0012_noche_bogota.jpg")


@dataclass(frozen=True)
class Measured:
    """What only the finished network can tell. Parities are largest absolute differences of the
    residual from torch in float32."""

    reach_px: int
    onnx_runtime_f32: float
    openvino_f32: float
    openvino_bf16: float


def torch_residual(network: LatentUNet, planes: FloatArray) -> FloatArray:
    """The judge: torch in float32."""
    with torch.no_grad():
        return np.asarray(network(torch.from_numpy(planes.astype(np.float32))).numpy())


def measure(
    network: LatentUNet, model: bytes, probes: list[FloatArray], seen: list[reach.Scene]
) -> Measured:
    """Parity on ``probes`` (packed planes) in every engine, and the reach on ``seen``."""
    truth = [torch_residual(network, probe) for probe in probes]

    def apart(run: runtimes.Runner) -> float:
        pairs = zip(probes, truth, strict=True)
        return max(float(np.abs(run(probe) - true).max()) for probe, true in pairs)

    run = runtimes.onnx_runtime(model)
    distances = [reach.reach_of(run, scene) for scene in seen]
    log.info("reach by scene: %s", distances)
    return Measured(
        reach.rounded_up(max(distances), network.stride_px),
        apart(run),
        apart(runtimes.open_vino(model, "f32")),
        apart(runtimes.open_vino(model, "bf16")),
    )


def limits(config: SimulationConfig) -> dict[str, float]:
    """The range that training covers: sigma_u of any site, and the largest B/A."""
    a = noise.gain(config.sigma_max)
    balance = config.white_balance_max
    return {
        "sigma_u_min": config.sigma_min,
        "sigma_u_max": round(config.sigma_max * math.sqrt(balance), 4),
        "offset_max": round(balance * a * config.read_noise_max**2, 3),
    }


def _upwards(value: float) -> float:
    """Twice ``value``, rounded up to one digit: a bound with room for other machines."""
    digit = 10.0 ** math.floor(math.log10(2 * value))
    return round(math.ceil(2 * value / digit) * digit, 10)


def _network_facts(config: Config, network: LatentUNet, measured: Measured) -> dict[str, Any]:
    tensor = {"type": "f32", "layout": "NCHW"}
    planes = ["u", "sigma_u", "is_red", "is_green", "is_blue"]
    unshuffle = config.network.unshuffle
    return {
        "file": "model.onnx",
        "kind": KIND,
        "input": {
            "name": onnx_graph.INPUT,
            **tensor,
            "channels": network.head.in_channels,
            "unshuffle": unshuffle,
            "planes": planes,
        },
        "output": {
            "name": onnx_graph.OUTPUT,
            **tensor,
            "channels": network.tail.out_channels,
            "unshuffle": unshuffle,
            "kind": "residual",
        },
        "encoding": "sqrt_gat_wb_v1",
        "stride_px": network.stride_px,
        "reach_px": measured.reach_px,
        "limits": limits(config.simulation),
        "cfa": ["bayer", "xtrans", "mono"],
    }


def manifest(
    card: dict[str, Any],
    config: Config,
    network: LatentUNet,
    measured: Measured,
    files: dict[str, bytes],
    commit: str,
) -> dict[str, Any]:
    """config.json: darktable's keys, then our own block ``latent``."""
    kind = {"input_kind": KIND}
    golden = {
        "network": "cfa",
        "input": _GOLDEN[0],
        "output": _GOLDEN[1],
        "tolerance_f32": _TOLERANCE_F32,
        "tolerance_bf16": _upwards(measured.openvino_bf16),
    }
    return {
        **{key: card[key] for key in ("id", "name", "description", "task", "version")},
        "backend": "onnx",
        "arch": card["arch"],
        "tiling": card["tiling"],
        "num_inputs": 1,
        "model_card": card["model_card"],
        "attributes": {**kind, "input_sizes": [512], **{stem: kind for stem in _STEMS}},
        "latent": {
            "manifest_version": 1,
            "networks": {"cfa": _network_facts(config, network, measured)},
            "golden": [golden],
            "files": package.file_facts(files),
            "licence": {
                "weights": card["model_card"]["license"],
                "data": "CC0-1.0, CC-BY, CC-BY-SA, GPL/LGPL; row by row in provenance.csv",
            },
            "openness": {"osaid": "Open Source AI", "mof": "Class I"},
            "provenance": {
                "recipe": card["recipe"],
                "commit": commit,
                "data": "provenance.csv",
                "log": "training.json",
            },
        },
    }


def _history(run: Path) -> list[dict[str, Any]]:
    path = run / HISTORY
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _training_log(trainer: Trainer, run: Path, measured: Measured, commit: str) -> dict[str, Any]:
    return {
        "model": trainer.config.model,
        "commit": commit,
        "seed": trainer.config.seed,
        "steps": trainer.step_count,
        "hours": round(trainer.elapsed / 3600, 3),
        "parameters": parameter_count(trainer.network),
        "torch": torch.__version__,
        "config": trainer.config.as_dict(),
        "measured": vars(measured),
        "log": _history(run),
    }


def export(run: Path, photos: list[Photo], zoo: Path, out: Path, commit: str) -> Measured:
    """Write the package of the run's averaged weights to ``out``.

    ``zoo`` holds model.yaml and the card; ``photos`` are those the run was trained on.
    Errors: ValueError when an engine does not agree with torch within the stated tolerance.
    """
    trainer = Trainer.load(run)
    network = onnx_graph.rounded_to_half(trainer.averaged_network())
    model = onnx_graph.build(network).SerializeToString(deterministic=True)
    paths = {photo.path.name: photo.path for photo in photos}
    seen = scenes.reach_scenes([paths[name] for name in REACH_PHOTOS])
    golden = scenes.golden_input(paths[GOLDEN_PHOTO])
    probes = [golden, *(scenes.packed(scene) for scene in seen[::4])]
    measured = measure(network, model, probes, seen)
    log.info("%s", measured)
    if max(measured.onnx_runtime_f32, measured.openvino_f32) > _TOLERANCE_F32:
        raise ValueError(f"an engine differs from torch: {measured}")
    files = {
        "model.onnx": model,
        "README.md": (zoo / "README.md").read_bytes(),
        "provenance.csv": package.provenance_csv(photos),
        "training.json": package.as_json(_training_log(trainer, run, measured, commit)),
        _GOLDEN[0]: package.as_npy(golden),
        _GOLDEN[1]: package.as_npy(torch_residual(network, golden)),
    }
    card = yaml.safe_load((zoo / "model.yaml").read_text(encoding="utf-8"))
    stated = manifest(card, trainer.config, network, measured, files, commit)
    files[package.CONFIG] = package.as_json(stated)
    package.write_package(out, card["id"], files)
    _write_golden(zoo, files)
    return measured


def _write_golden(zoo: Path, files: dict[str, bytes]) -> None:
    for name in _GOLDEN:
        target = zoo / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(files[name])
