# SPDX-License-Identifier: GPL-3.0-or-later
"""What the three kinds of networks are called in a package, and what is measured on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latent_package import manifest as words

from latent_train import noise, reach, scenes
from latent_train.config import Config
from latent_train.types import FloatArray


@dataclass(frozen=True)
class Family:
    """Facts of one task that a manifest states."""

    network: str  # id under "networks"
    file: str
    kind: str
    encoding: str
    planes: tuple[str, ...]
    stems: tuple[str, ...]  # darktable's names of files that must not be fed its own planes


def sensors(config: Config) -> tuple[str, ...]:
    """The kinds of sensors that a raw recipe trains for."""
    bayer, xtrans = config.simulation.bayer_share, config.simulation.xtrans_share
    shares = {"bayer": bayer, "xtrans": xtrans, "mono": 1 - bayer - xtrans}
    return tuple(kind for kind, share in shares.items() if share > 1e-9)


def family_of(config: Config) -> Family:
    """The family of a recipe. A raw network for one kind of sensor bears its name."""
    seen: tuple[str, ...]
    stems: tuple[str, ...]
    if config.task == "raw":
        seen = ("u", "sigma_u", "is_red", "is_green", "is_blue")
        stems = (
            "model",
            "model_bayer",
            "model_xtrans",
            "model_linear",
            "bayer",
            "xtrans",
            "linear",
        )
        kinds = sensors(config)
        network, file = "cfa", "model.onnx"
        if len(kinds) == 1:
            network = f"cfa_{kinds[0]}"
            file = f"{network}.onnx"
            stems = (network,)
        return Family(network, file, words.CFA, "sqrt_gat_wb_v2", seen, stems)
    if config.task == "demosaic":
        starts = ("start_red", "start_green", "start_blue")
        seen = ("u", "sigma_u", "is_red", "is_green", "is_blue", *starts)
        stems = ("demosaic",)
        return Family("demosaic", "demosaic.onnx", words.DEMOSAIC, "sqrt_gat_wb_v2", seen, stems)
    if config.task == "denoise":
        seen = ("r", "g", "b", "level_r", "level_g", "level_b")
        return Family("rgb", "model.onnx", words.RGB, "srgb_extended_v1", seen, ("model",))
    name = f"x{config.network.scale}"
    seen, stem = ("r", "g", "b", "level"), f"model_{name}"
    return Family(name, f"{stem}.onnx", words.UPSCALE, "srgb_extended_v1", seen, (stem,))


def layout_of(config: Config) -> reach.Layout:
    """How the planes are packed."""
    return reach.Layout(config.network.unshuffle, config.network.scale)


def reach_scenes(config: Config, paths: list[Path]) -> list[reach.Scene]:
    """What the reach is measured on."""
    if config.task == "raw":
        return scenes.reach_scenes(paths, config.simulation.sigma_max, sensors(config))
    if config.task == "demosaic":
        return scenes.colour_reach_scenes(paths, config.simulation.sigma_max, sensors(config))
    return scenes.picture_reach_scenes(paths, config.task, limits(config)["level_max"])


def golden_input(config: Config, path: Path) -> FloatArray:
    """Packed planes of the golden pair."""
    if config.task == "raw":
        return scenes.golden_input(path, sensors(config)[0])
    if config.task == "demosaic":
        return scenes.golden_colours(path, sensors(config)[0])
    return reach.pack(scenes.golden_planes(path, config.task), config.network.unshuffle)


def limits(config: Config) -> dict[str, float]:
    """The range that training covers.

    Raw: sigma_u of any site, and the largest B/A. Finished pictures: encoded samples, and sigma.
    """
    if config.task in ("raw", "demosaic"):
        simulation = config.simulation
        a, balance = noise.gain(simulation.sigma_max), simulation.white_balance_max
        return {
            "sigma_u_min": simulation.sigma_min,
            "sigma_u_max": round(simulation.sigma_max * math.sqrt(balance), 4),
            "offset_max": round(balance * a * simulation.read_noise_max**2, 3),
        }
    if config.task == "denoise":
        camera = config.camera
        return {
            "value_min": camera.value_min,
            "value_max": camera.value_max,
            "level_max": round(camera.plain_sigma_max, 4),
        }
    return {"value_min": 0.0, "value_max": 1.0, "level_max": round(config.upscale.noise_max, 4)}


def own_facts(config: Config) -> dict[str, Any]:
    """Keys that only this kind of network has."""
    if config.task in ("raw", "demosaic"):
        return {"cfa": list(sensors(config))}
    return {"scale": config.network.scale} if config.task == "upscale" else {}
