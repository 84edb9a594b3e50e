# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed scenes of real content for what export measures: parity, reach and the golden pair."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from latent_train import full_colour, mosaic, noise, reach, simulate
from latent_train.config import SimulationConfig
from latent_train.pictures import Photo
from latent_train.types import ByteArray, FloatArray

GOLDEN_PX = 96
SIGMAS = (0.0015, 0.01, 0.03, 0.06, 0.12)
LEVELS = (1 / 255, 5 / 255, 15 / 255, 50 / 255)
TOLERANCES = (0.0, 5 / 255)
_WIDTH_PX, _HEIGHT_PX = 640, 192
_PROBES = (10, 4, 11)


def _sensor(kind: str, sigma: float) -> simulate.Sensor:
    a = noise.gain(sigma)
    b = (3.0 * a) ** 2
    balance = np.ones(3) if kind == "mono" else np.array([2.0, 1.0, 1.6])
    told = np.full(3, a), np.full(3, b + noise.quantisation_variance(14))
    return simulate.Sensor(kind, (0, 1), balance, a, b, 14, *told)


def _reduced_size(opened: Image.Image) -> tuple[int, int]:
    return (opened.width * 2 // 3, opened.height * 2 // 3)


def _is_wide(path: Path) -> bool:
    with Image.open(path) as opened:
        width, height = _reduced_size(opened)
    return width >= _WIDTH_PX and height >= _HEIGHT_PX


def probe_photos(photos: list[Photo]) -> list[Path]:
    """Three of the photographs that are large enough, always the same of the same folder: for the
    golden pair, and two for the reach. Of fewer than twelve one may serve twice.

    Errors: ValueError when none is large enough.
    """
    wide = [photo.path for photo in photos if _is_wide(photo.path)]
    if not wide:
        raise ValueError(f"no picture is {_WIDTH_PX * 3 // 2} x {_HEIGHT_PX * 3 // 2} px or larger")
    return [wide[number % len(wide)] for number in _PROBES]


def picture(path: Path) -> ByteArray:
    """An sRGB photograph, reduced to two thirds."""
    with Image.open(path) as opened:
        rgb = opened.convert("RGB")
    return np.asarray(rgb.resize(_reduced_size(rgb), Image.Resampling.BOX))


def photographed(crop: ByteArray, kind: str, sigma: float, seed: int) -> FloatArray:
    """Planes [5, H, W] of a crop as a 14-bit sensor of that noise gives them."""
    config = replace(SimulationConfig(), defect_share=0.0, bright_share=0.0)
    rng = np.random.default_rng(seed)
    sensor = _sensor(kind, sigma)
    scene = simulate.photo_scene(crop, rng, sensor, config)
    return simulate.expose_pair(scene, sensor, rng, config).planes


def golden_input(path: Path, kind: str) -> FloatArray:
    """Packed planes [1, 20, 48, 48] from the middle of a photograph, sigma_u 0.03."""
    rgb = picture(path)
    y, x = (rgb.shape[0] - GOLDEN_PX) // 2, (rgb.shape[1] - GOLDEN_PX) // 2
    crop = rgb[y : y + GOLDEN_PX, x : x + GOLDEN_PX]
    return mosaic.unshuffle(photographed(crop, kind, 0.03, seed=0))[None]


def up_to(values: tuple[float, ...], largest: float) -> list[float]:
    """Those of ``values`` that are below ``largest``, and itself: what a manifest promises."""
    return [*(value for value in values if value < largest), largest]


def reach_scenes(paths: list[Path], sigma_max: float, kinds: tuple[str, ...]) -> list[reach.Scene]:
    """Every kind of mosaic and sigma on each photograph; the other content is the next one's."""
    crops = [picture(path)[:_HEIGHT_PX, :_WIDTH_PX] for path in paths]
    scenes = []
    for index, crop in enumerate(crops):
        for kind in kinds:
            for number, sigma in enumerate(up_to(SIGMAS, sigma_max)):
                seed = 100 * index + number
                here = photographed(crop, kind, sigma, seed)
                other = photographed(crops[(index + 1) % len(crops)], kind, sigma, seed + 50)
                scenes.append(reach.Scene(here, other))
    return scenes


def colours_photographed(crop: ByteArray, kind: str, sigma: float, seed: int) -> FloatArray:
    """Planes [8, H, W] of a crop, as ``photographed``, for a network that demosaics."""
    u, sigma_u, *colours = photographed(crop, kind, sigma, seed)
    return full_colour.planes(u, sigma_u, np.argmax(np.stack(colours), axis=0))


def golden_colours(path: Path, kind: str) -> FloatArray:
    """Packed planes [1, 32, 48, 48] from the middle of a photograph, sigma_u 0.03."""
    rgb = picture(path)
    y, x = (rgb.shape[0] - GOLDEN_PX) // 2, (rgb.shape[1] - GOLDEN_PX) // 2
    crop = rgb[y : y + GOLDEN_PX, x : x + GOLDEN_PX]
    return mosaic.unshuffle(colours_photographed(crop, kind, 0.03, seed=0))[None]


def colour_reach_scenes(
    paths: list[Path], sigma_max: float, kinds: tuple[str, ...]
) -> list[reach.Scene]:
    """As ``reach_scenes``; what else could stand there stands in u and in the start."""
    crops = [picture(path)[:_HEIGHT_PX, :_WIDTH_PX] for path in paths]
    scenes = []
    for index, crop in enumerate(crops):
        for kind in kinds:
            for number, sigma in enumerate(up_to(SIGMAS, sigma_max)):
                seed = 100 * index + number
                here = colours_photographed(crop, kind, sigma, seed)
                next_crop = crops[(index + 1) % len(crops)]
                other = colours_photographed(next_crop, kind, sigma, seed + 50)
                scenes.append(reach.Scene(here, other, values=(0, 5, 6, 7)))
    return scenes


def noisy_planes(crop: ByteArray, level: float, seed: int, levels: int = 3) -> FloatArray:
    """[3 + levels, H, W]: an encoded crop with white noise of that sigma, and the level."""
    clean = crop.astype(np.float32).transpose(2, 0, 1) / 255
    noise = np.random.default_rng(seed).standard_normal(clean.shape, dtype=np.float32)
    told = np.full((levels, *clean.shape[1:]), level, dtype=np.float32)
    return np.concatenate([clean + np.float32(level) * noise, told])


def picture_reach_scenes(paths: list[Path], task: str, level_max: float) -> list[reach.Scene]:
    """Every level on each photograph, for networks of finished pictures."""
    crops = [picture(path)[:_HEIGHT_PX, :_WIDTH_PX] for path in paths]
    planes, values = (1, TOLERANCES) if task == "upscale" else (3, LEVELS)
    scenes = []
    for index, crop in enumerate(crops):
        for number, level in enumerate(up_to(values, level_max)):
            seed = 100 * index + number
            here = noisy_planes(crop, level, seed, planes)
            other = noisy_planes(crops[(index + 1) % len(crops)], level, seed + 50, planes)
            scenes.append(reach.Scene(here, other, values=(0, 1, 2)))
    return scenes


def golden_planes(path: Path, task: str) -> FloatArray:
    """[C, 96, 96] from the middle of a photograph, with noise; half as large for enlarging."""
    rgb = picture(path)
    side = GOLDEN_PX // 2 if task == "upscale" else GOLDEN_PX
    y, x = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    crop = rgb[y : y + side, x : x + side]
    if task == "upscale":
        return noisy_planes(crop, TOLERANCES[1], 0, 1)
    return noisy_planes(crop, LEVELS[2], 0)
