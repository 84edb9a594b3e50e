# SPDX-License-Identifier: GPL-3.0-or-later
"""From run folders to the package: ONNX, measured facts, golden pairs, manifest."""

from __future__ import annotations

import csv
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from latent_package import archive, golden
from latent_package import manifest as words

from latent_train import cameras, families, onnx_graph, reach, runtimes, scenes
from latent_train.config import Config, config_from_dict
from latent_train.network import Network, parameter_count, torch_runner
from latent_train.pictures import Photo, sha256
from latent_train.train import Trainer, read_history
from latent_train.types import FloatArray, Runner

log = logging.getLogger("latent_train")

_TOLERANCE_F32 = 1e-3
_MOST_TIMES_TORCH = 4.0
"""How much farther off than torch's own an engine's bfloat16 may be."""


@dataclass(frozen=True)
class Measured:
    """What only the finished network can tell. Parities are largest absolute differences of the
    residual from torch in float32; ``torch_bf16`` is known on machines whose engine has none."""

    reach_px: int
    memory_bytes_per_px: float
    onnx_runtime_f32: float
    openvino_f32: float
    openvino_bf16: float
    torch_bf16: float

    def check(self) -> None:
        """Errors: ValueError when an engine is farther from torch than its precision explains."""
        if max(self.onnx_runtime_f32, self.openvino_f32) > _TOLERANCE_F32:
            raise ValueError(f"an engine differs from torch: {self}")
        if self.openvino_bf16 > _MOST_TIMES_TORCH * self.torch_bf16:
            raise ValueError(f"bfloat16 of OpenVINO differs more than that of torch: {self}")


def measure(
    network: Network,
    config: Config,
    model: bytes,
    probes: list[FloatArray],
    seen: list[reach.Scene],
) -> Measured:
    """Parity on ``probes`` (packed planes) in every engine, and the reach on ``seen``."""
    truth = [torch_runner(network)(probe) for probe in probes]

    def apart(run: Runner) -> float:
        pairs = zip(probes, truth, strict=True)
        return max(float(np.abs(run(probe) - true).max()) for probe, true in pairs)

    run = runtimes.onnx_runtime(model)
    layout = families.layout_of(config)
    distances = [reach.reach_of(run, scene, layout) for scene in seen]
    log.info("reach by scene: %s", distances)
    per_cell = onnx_graph.memory_bytes_per_cell(onnx_graph.build(network))
    return Measured(
        reach.rounded_up(max(distances), network.stride_px),
        round(per_cell / config.network.unshuffle**2, 1),
        apart(run),
        apart(runtimes.open_vino(model, "f32")),
        apart(runtimes.open_vino(model, "bf16")),
        apart(torch_runner(network, bf16=True)),
    )


def _network_facts(config: Config, network: Network, measured: Measured) -> dict[str, Any]:
    tensor = {"type": "f32", "layout": "NCHW"}
    family = families.family_of(config)
    scale = config.network.scale
    return {
        "file": family.file,
        "kind": family.kind,
        "input": {
            "name": onnx_graph.INPUT,
            **tensor,
            "channels": network.head.in_channels,
            "unshuffle": config.network.unshuffle,
            "planes": list(family.planes),
        },
        "output": {
            "name": onnx_graph.OUTPUT,
            **tensor,
            "channels": network.tail.out_channels,
            "unshuffle": scale if scale > 1 else config.network.unshuffle,
            "kind": "residual",
        },
        "encoding": family.encoding,
        "stride_px": network.stride_px,
        "reach_px": measured.reach_px,
        "memory_bytes_per_px": measured.memory_bytes_per_px,
        "limits": families.limits(config),
        **families.own_facts(config),
    }


@dataclass(frozen=True)
class Exported:
    """One network of a package: its facts, its golden pair and its part of the training log."""

    config: Config
    measured: Measured | None  # None: by an earlier export
    facts: dict[str, Any]
    golden: dict[str, Any]
    files: dict[str, bytes]
    log: dict[str, Any]


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
        **cameras.provenance(trainer.config.simulation),
        "log": read_history(run),
    }


def export_run(run: Path, photos: list[Photo], commit: str) -> Exported:
    """One run's averaged weights as ONNX, measured.

    Errors: ValueError as ``Measured.check``, and from ``scenes.probe_photos``.
    """
    trainer = Trainer.load(run)
    config = trainer.config
    family = families.family_of(config)
    network = onnx_graph.rounded_to_half(trainer.averaged_network())
    model = onnx_graph.build(network).SerializeToString(deterministic=True)
    example, *others = scenes.probe_photos(photos)
    seen = families.reach_scenes(config, others)
    probe = families.golden_input(config, example)
    packed = [reach.pack(scene.planes, config.network.unshuffle) for scene in seen[::4]]
    measured = measure(network, config, model, [probe, *packed], seen)
    log.info("%s", measured)
    measured.check()
    given, expected = (f"golden/{family.network}_{end}.npy" for end in ("input", "output"))
    files = {
        family.file: model,
        given: golden.as_npy(probe),
        expected: golden.as_npy(torch_runner(network)(probe)),
    }
    pair = {
        "network": family.network,
        "input": given,
        "output": expected,
        "tolerance_f32": _TOLERANCE_F32,
        "tolerance_bf16": golden.upwards(2 * max(measured.openvino_bf16, measured.torch_bf16)),
    }
    facts = _network_facts(config, network, measured)
    return Exported(
        config, measured, facts, pair, files, _training_log(trainer, run, measured, commit)
    )


def _attributes(exported: list[Exported]) -> dict[str, Any]:
    """darktable's run-time hints: an input_kind that it does not know, so that it refuses the file
    instead of feeding it other planes."""
    families_here = [families.family_of(one.config) for one in exported]
    stems = {stem: {"input_kind": family.kind} for family in families_here for stem in family.stems}
    return {"input_kind": families_here[0].kind, "input_sizes": [512], **stems}


def _card_facts(card: dict[str, Any]) -> dict[str, Any]:
    """What config.json says of model.yaml beside the block ``latent``."""
    return words.darktable_keys(card, num_inputs=1, model_card=card["model_card"])


def _licence(card: dict[str, Any]) -> dict[str, str]:
    return {
        "weights": card["model_card"]["license"],
        "data": card["model_card"]["training_data_license"],
    }


def _card_of(zoo: Path) -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((zoo / "model.yaml").read_text(encoding="utf-8"))
    return card


def _parted(exported: list[Exported]) -> dict[str, dict[str, Any]]:
    """Facts by network; of two raw networks for one sensor the one for fewer sensors has it.

    Errors: ValueError when two are for the same, or one has no sensor left.
    """
    networks = {families.family_of(one.config).network: {**one.facts} for one in exported}
    if len(networks) != len(exported):
        raise ValueError(f"two runs are for one network: {', '.join(networks)}")
    taken: dict[str, set[str]] = {words.CFA: set(), words.DEMOSAIC: set()}
    for facts in sorted(networks.values(), key=lambda facts: len(facts.get("cfa", ()))):
        if "cfa" not in facts:
            continue
        of_kind = taken[facts["kind"]]
        facts["cfa"] = [kind for kind in facts["cfa"] if kind not in of_kind]
        of_kind.update(facts["cfa"])
        if not facts["cfa"]:
            raise ValueError(f"{facts['file']} has no sensor that the others do not have")
    return networks


def manifest(
    card: dict[str, Any], exported: list[Exported], files: dict[str, bytes], commit: str
) -> dict[str, Any]:
    """config.json: darktable's keys, then our own block ``latent``."""
    config = {**_card_facts(card), "attributes": _attributes(exported)}
    config["latent"] = words.latent_block(
        _parted(exported),
        [one.golden for one in exported],
        archive.file_facts(files),
        _licence(card),
        {"osaid": "Open Source AI", "mof": "Class I"},
        words.Origin(card["recipe"], commit, words.PROVENANCE, words.TRAINING_LOG),
    )
    return config


def kept(path: Path) -> list[Exported]:
    """The networks of a package that we exported, to go into the next one as they are.

    Errors: ValueError as ``archive.read_package``; ConfigError where the recipe in its log is none.
    """
    files = archive.read_package(path)
    latent = json.loads(files[archive.CONFIG])["latent"]
    training = json.loads(files[words.TRAINING_LOG])
    networks = []
    for (name, facts), told in zip(
        latent["networks"].items(), training.get("runs", [training]), strict=True
    ):
        (pair,) = (one for one in latent["golden"] if one["network"] == name)
        own = {file: files[file] for file in (facts["file"], pair["input"], pair["output"])}
        recipe = config_from_dict(told["config"])
        networks.append(Exported(recipe, None, facts, pair, own, told))
    return networks


def provenance_csv(photos: list[Photo]) -> bytes:
    """The manifest's rows of the pictures that were used, with the sha256 of each file."""
    buffer = io.StringIO(newline="")
    columns = list(dict.fromkeys([*photos[0].row, "sha256"]))
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for photo in photos:
        writer.writerow({**photo.row, "sha256": sha256(photo.path)})
    return buffer.getvalue().encode()


def export(
    runs: list[Path],
    photos: list[Photo],
    zoo: Path,
    out: Path,
    commit: str,
    keep: Path | None = None,
) -> dict[str, Measured]:
    """Write the package of the runs' averaged weights to ``out``; one network a run, after those
    of the package ``keep``.

    ``zoo`` holds model.yaml and the card; ``photos`` are those the runs were trained on. Returns
    what was measured on the new networks. Errors: as ``export_run`` and ``kept``.
    """
    exported = [*(kept(keep) if keep else []), *(export_run(run, photos, commit) for run in runs)]
    logs = [one.log for one in exported]
    files = {
        words.README: (zoo / words.README).read_bytes(),
        words.PROVENANCE: provenance_csv(photos),
        words.TRAINING_LOG: archive.as_json(logs[0] if len(logs) == 1 else {"runs": logs}),
    }
    for one in exported:
        files |= one.files
    card = _card_of(zoo)
    files[archive.CONFIG] = archive.as_json(manifest(card, exported, files, commit))
    archive.pack(files, card["id"], out)
    _write_golden(zoo, files)
    return {
        families.family_of(one.config).network: one.measured for one in exported if one.measured
    }


def renew_card(path: Path, zoo: Path) -> None:
    """Write the package anew with what ``zoo`` says of the model now; all that was trained and
    measured stays as it is.

    Errors: ValueError when the package is another model's, or not what its config.json says.
    """
    files = archive.read_package(path)
    config, card = json.loads(files.pop(archive.CONFIG)), _card_of(zoo)
    if config["id"] != card["id"]:
        raise ValueError(f"{path} is {config['id']}, {zoo} describes {card['id']}")
    files[words.README] = (zoo / words.README).read_bytes()
    latent = {"files": archive.file_facts(files), "licence": _licence(card)}
    config = {**config, **_card_facts(card), "latent": {**config["latent"], **latent}}
    archive.pack({archive.CONFIG: archive.as_json(config), **files}, card["id"], path)


def _write_golden(zoo: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.startswith("golden/"):
            target = zoo / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
