# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of an exported package: the protocol's PSNR and the flat fields, as Markdown."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from latent_package import manifest as words
from latent_package.archive import CONFIG, read_package

from latent_train import baseline, flat, flawed, mosaic, picture_protocol, protocol
from latent_train.runtimes import onnx_runtime, open_vino
from latent_train.types import Runner

log = logging.getLogger("latent_train")

Scores = dict[str, dict[str, float]]


@dataclass
class Cache:
    """PSNR by method and case, kept in a JSON file, since BM3D takes its time.

    Only methods that do not change with the model belong here.
    """

    path: Path | None
    values: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            self.values = json.loads(self.path.read_text(encoding="utf-8"))

    def get(self, key: str, compute: Callable[[], float]) -> float:
        """The kept value, or a computed one that is kept from now on."""
        if key not in self.values:
            self.values[key] = compute()
            if self.path is not None:
                self.path.write_text(json.dumps(self.values, indent=1), encoding="utf-8")
        return self.values[key]


def _bm3d_psnr(case: protocol.Case) -> float:
    return protocol.psnr(baseline.bm3d_denoiser(case), case.target)


def protocol_scores(
    pictures: Path, networks: dict[str, Runner], with_bm3d: bool, every: int, cache: Cache
) -> Scores:
    """Mean PSNR by ``kind sigma`` and method: noisy, VST+BM3D if wanted, and each network."""
    chosen = protocol.load_pictures(pictures, every)
    scores: Scores = {}
    for kind in protocol.KINDS:
        for sigma in protocol.SIGMAS:
            row: dict[str, list[float]] = {}
            for index, picture in chosen:
                case = protocol.make_case(picture, index, kind, sigma)
                row.setdefault("noisy", []).append(protocol.psnr(case.u, case.target))
                if with_bm3d:
                    value = cache.get(
                        f"bm3d {kind} {sigma} {index}",
                        partial(_bm3d_psnr, case),
                    )
                    row.setdefault("VST+BM3D", []).append(value)
                for name, run in networks.items():
                    result = protocol.network_denoiser(run)(case)
                    row.setdefault(name, []).append(protocol.psnr(result, case.target))
            scores[f"{kind} {sigma}"] = {k: float(np.mean(v)) for k, v in row.items()}
            log.info("%s %.3g %s", kind, sigma, scores[f"{kind} {sigma}"])
    return scores


def scores_table(scores: Scores) -> str:
    """Markdown: one row a mosaic and sigma, one column a method."""
    methods = list(next(iter(scores.values())))
    lines = [
        "| mosaic | sigma_u of green | " + " | ".join(methods) + " |",
        "|---|---|" + "---|" * len(methods),
    ]
    for key, row in scores.items():
        kind, sigma = key.split()
        cells = " | ".join(f"{row[method]:.2f}" for method in methods)
        lines.append(f"| {kind} | {sigma} | {cells} |")
    return "\n".join(lines) + "\n"


def flat_table(run: Runner, undo_clipping: bool) -> str:
    """Markdown: shift of a flat field's mean in percent of (white - black), worst colour."""
    sigmas = protocol.SIGMAS
    columns = [f"{kind} {sigma}" for kind in protocol.KINDS for sigma in sigmas]
    lines = ["| level | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for level in flat.LEVELS:
        cases = [(kind, sigma) for kind in protocol.KINDS for sigma in sigmas]
        shifts = [
            flat.measure(run, kind, sigma, level, undo_clipping).shift for kind, sigma in cases
        ]
        lines.append(f"| {level:g} | " + " | ".join(f"{100 * s:+.3f}" for s in shifts) + " |")
    return "\n".join(lines) + "\n"


def _training_of(training: dict[str, Any]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = training.get("runs", [training])
    return runs


def _origin(config: dict[str, Any], training: dict[str, Any]) -> str:
    lines = []
    networks = config["latent"]["networks"]
    for (name, facts), run in zip(networks.items(), _training_of(training), strict=True):
        measured = run["measured"]
        lines.append(
            f"{name}: {run['steps']} steps in {run['hours']:.2f} hours, {run['parameters']:,} "
            f"parameters, commit {run['commit'][:10]}; {facts['file']} sha256 "
            f"{config['latent']['files'][facts['file']]['sha256'][:16]}; reach "
            f"{facts['reach_px']} px. Largest difference of the residual from torch in float32: "
            f"ONNX Runtime {measured['onnx_runtime_f32']:.1e}, OpenVINO "
            f"{measured['openvino_f32']:.1e}, OpenVINO bf16 {measured['openvino_bf16']:.1e}."
        )
    return "\n\n".join(lines)


def by_sensor(
    networks: dict[str, Any], files: dict[str, bytes], open_model: Callable[[bytes], Runner]
) -> Runner:
    """The package's raw network for whatever sensor the planes come from."""
    runners: dict[str, Runner] = {}
    for facts in networks.values():
        if facts["kind"] != words.CFA:
            continue
        runner = open_model(files[facts["file"]])
        runners |= dict.fromkeys(facts["cfa"], runner)
    return lambda planes: runners[mosaic.kind_of(planes)](planes)


def _raw_tables(
    config: dict[str, Any],
    files: dict[str, bytes],
    pictures: Path,
    with_bm3d: bool,
    every: int,
    cache: Cache,
) -> list[str]:
    members = config["latent"]["networks"]
    reference = by_sensor(members, files, onnx_runtime)
    encodings = {facts["encoding"] for facts in members.values() if facts["kind"] == words.CFA}
    half = by_sensor(members, files, partial(open_vino, precision="bf16"))
    networks = {config["id"]: reference, config["id"] + ", bf16": half}
    scores = protocol_scores(pictures, networks, with_bm3d, every, cache)
    return [
        f"## PSNR of u in dB, kodak24{f', every {every}. picture' if every > 1 else ''}",
        "",
        "Protocol: `training/latent_train/protocol.py`. VST+BM3D works on the packed "
        "planes (mono: on the whole) with the known sigma and the exact unbiased inverse.",
        "",
        scores_table(scores),
        "## Flat fields: shift of the mean in percent of (white - black), worst colour",
        "",
        "Columns: mosaic and sigma_u of green. Noise is clipped at white.",
        "",
        flat_table(reference, encodings == {"sqrt_gat_wb_v2"}),
        "## Sensors with flaws: PSNR of u in dB, Bayer",
        "",
        "`training/latent_train/flawed.py` says how; every third picture of kodak24.",
        "",
        flawed.table(protocol.load_pictures(pictures, 3), reference),
    ]


def _denoise_tables(model: bytes, unshuffle: int, pictures: Path, every: int) -> list[str]:
    chosen = protocol.load_pictures(pictures, every)
    lines = ["| sigma | f32 | bf16 |", "|---|---|---|"]
    runs = [open_vino(model, precision) for precision in ("f32", "bf16")]
    for sigma in picture_protocol.SIGMAS:
        values = [picture_protocol.plain_psnr(chosen, sigma, run, unshuffle) for run in runs]
        lines.append(f"| {sigma} | " + " | ".join(f"{value:.2f}" for value in values) + " |")
    title = f"## Plain noise, kodak24{f', every {every}. picture' if every > 1 else ''}: PSNR in dB"
    return [title, "", "Protocol: `training/latent_train/picture_protocol.py`.", "", *lines, ""]


def _upscale_tables(models: dict[int, bytes], data: Path) -> list[str]:
    lines = ["| scale | set | f32 | bf16 |", "|---|---|---|---|"]
    for scale, model in sorted(models.items()):
        runs = [open_vino(model, precision) for precision in ("f32", "bf16")]
        for name in ("set5", "set14"):
            values = [picture_protocol.upscale_psnr(data / name, scale, run) for run in runs]
            cells = " | ".join(f"{value:.2f}" for value in values)
            lines.append(f"| {scale} | {name} | {cells} |")
    return ["## Enlarging: PSNR of luma in dB", "", *lines, ""]


def report(package: Path, data: Path, with_bm3d: bool, every: int, cache: Cache) -> str:
    """The Markdown page of one package; ``data`` holds the evaluation sets by name."""
    files = read_package(package)
    config, training = json.loads(files[CONFIG]), json.loads(files["training.json"])
    networks = config["latent"]["networks"]
    if any("cfa" in facts for facts in networks.values()):
        tables = _raw_tables(config, files, data / "kodak24", with_bm3d, every, cache)
    elif "rgb" in networks:
        rgb = networks["rgb"]
        unshuffle = int(rgb["input"]["unshuffle"])
        tables = _denoise_tables(files[rgb["file"]], unshuffle, data / "kodak24", every)
    else:
        models = {facts["scale"]: files[facts["file"]] for facts in networks.values()}
        tables = _upscale_tables(models, data)
    return "\n".join([f"# {config['id']}: measured", "", _origin(config, training), "", *tables])
