# SPDX-License-Identifier: GPL-3.0-or-later
"""Which architecture is worth its time: short runs of candidates, and what each costs to run.

All candidates have the same seed, data and number of steps.

Results are kept in the working folder as they come, so a comparison that was interrupted goes on.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import logging
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latent_train import onnx_graph, runtimes
from latent_train.batches import CropSource
from latent_train.config import Config, DataConfig, NetworkConfig, config_from_dict
from latent_train.network import make_network, parameter_count
from latent_train.train import CHECKPOINT, Budget, Trainer, followed, run
from latent_train.types import Runner

log = logging.getLogger("latent_train")

SIDE_PX = 512
_RUNS = 5


@dataclass(frozen=True)
class Candidate:
    """A name and the recipe it stands for."""

    name: str
    config: Config


def candidates(path: Path, base: Config) -> list[Candidate]:
    """Entries of a TOML file, each of which changes the network of ``base``, and with a table of a
    section's name (``optimiser.muon_widest = 128``) that section. A table ``every`` changes all of
    them alike.

    Errors: ConfigError for a key that the section does not know.
    """
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    found = []
    for entry in file["candidate"]:
        values = base.as_dict()
        for key, value in [*file.get("every", {}).items(), *entry.items()]:
            if isinstance(value, dict):
                values[key] |= value
            elif key != "name":
                values["network"][key] = value
        found.append(Candidate(entry["name"], config_from_dict(values)))
    return found


def microseconds_per_px(config: Config, runner: Callable[[bytes], Runner]) -> float:
    """Best of five runs on 512 x 512 input pixels; the weights do not matter."""
    network = make_network(config.network).eval()
    side = SIDE_PX // config.network.unshuffle
    planes = np.random.default_rng(0).random((1, network.head.in_channels, side, side))
    once = runner(onnx_graph.build(network).SerializeToString())
    once(planes)
    times = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        once(planes)
        times.append(time.perf_counter() - began)
    return min(times) * 1e6 / SIDE_PX**2


def cost(config: Config) -> dict[str, float]:
    """What a candidate costs here, and its size."""
    return {
        "parameters": parameter_count(make_network(config.network)),
        "f32_us": microseconds_per_px(config, lambda m: runtimes.open_vino(m, "f32")),
        "bf16_us": microseconds_per_px(config, lambda m: runtimes.open_vino(m, "bf16")),
        "onnxruntime_us": microseconds_per_px(config, runtimes.onnx_runtime),
    }


def identity(config: Config | NetworkConfig, steps: int = 0) -> str:
    """Short name of what was measured: a recipe and its number of steps, or a network alone."""
    text = json.dumps([dataclasses.asdict(config), steps], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def quality(
    config: Config, source: CropSource, steps: int, folder: Path, pictures: Path, device: str
) -> dict[str, float]:
    """Numbers of the task's protocol after ``steps`` steps; goes on where ``folder`` stands."""
    folder.mkdir(parents=True, exist_ok=True)
    exists = (folder / CHECKPOINT).exists()
    trainer = Trainer.load(folder, device=device) if exists else Trainer(config, device)
    run(trainer, source, Budget(steps=steps), folder, lambda *_: None)
    return followed(trainer, pictures)


def table(results: dict[str, dict[str, float]], steps: int) -> str:
    """Markdown, one row a candidate; numbers that were not measured stay empty."""
    psnr = sorted({key for row in results.values() for key in row if key.startswith("psnr")})
    heads = ["candidate", "parameters", "f32 us/px", "bf16 us/px", "ONNX Runtime us/px", *psnr]
    lines = [
        f"PSNR in dB after {steps} steps, same seed and data; cost on {SIDE_PX} x {SIDE_PX} input "
        "pixels, best of five, two cores, OpenVINO unless said otherwise.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    for name, row in results.items():
        cells = [f"{row['parameters'] / 1e6:.2f} M"]
        cells += [f"{row[key]:.3f}" for key in ("f32_us", "bf16_us", "onnxruntime_us")]
        cells += [f"{row[key]:.2f}" if key in row else "" for key in psnr]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


PictureSource = Callable[[DataConfig], CropSource]
"""Makes the crops of a recipe."""


def compare(
    found: list[Candidate],
    source: PictureSource | None,
    steps: int,
    work: Path,
    pictures: Path,
    device: str = "cpu",
) -> dict[str, dict[str, float]]:
    """Measure every candidate that is not in ``work`` yet; without a ``source`` only what it costs.

    ``source`` is called once for all candidates in a row that see the same pictures.
    """
    work.mkdir(parents=True, exist_ok=True)
    seen = functools.lru_cache(maxsize=1)(source) if source else None
    kept = work / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    for candidate in found:
        row = results.setdefault(candidate.name, {})
        network = identity(candidate.config.network)
        if row.get("network") != network:
            row |= {**cost(candidate.config), "network": network}
        config = dataclasses.replace(candidate.config, report_steps=10**9)
        this = identity(config, steps)
        if seen is not None and row.get("run") != this:
            folder = work / f"{candidate.name.replace(' ', '_').replace(',', '')}-{this}"
            row |= quality(config, seen(config.data), steps, folder, pictures, device)
            row["run"] = this
        kept.write_text(json.dumps(results, indent=1) + "\n")
        log.info("%s %s", candidate.name, row)
    return {candidate.name: results[candidate.name] for candidate in found}
