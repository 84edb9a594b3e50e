# SPDX-License-Identifier: GPL-3.0-or-later
"""Training pairs: a picture becomes a noisy mosaic as a sensor would give it, and its truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from latent_train import cameras, flaws, mosaic, noise
from latent_train.config import SimulationConfig
from latent_train.flaws import Flaws
from latent_train.types import ByteArray, FloatArray, IntArray

_SRGB_TO_LINEAR = noise.linearise_srgb(np.arange(256, dtype=np.float32) / 255)
_OFF_DIAGONAL = np.array([[0, 0.35, 0.15], [0.3, 0, 0.2], [0.1, 0.4, 0]], dtype=np.float32)
_XTRANS_OR_BAYER_PERIOD = 6


@dataclass(frozen=True)
class Sensor:
    """One drawn camera setting.

    ``a``, ``b``: the true noise of x, without rounding, before a shading gain. ``told_a``,
    ``told_b``: what an estimator of the whole frame says for each colour, rounding, banding and the
    mean gain included, so with its errors.
    """

    kind: str
    phase: tuple[int, int]
    white_balance: FloatArray
    a: float
    b: float
    bits: int
    told_a: FloatArray
    told_b: FloatArray
    flaws: Flaws = field(default_factory=Flaws)


@dataclass(frozen=True)
class Pair:
    """Network input [5, H, W] and target [H, W], both float32; ``colours`` is the CFA."""

    planes: FloatArray
    target: FloatArray


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _draw_kind(rng: np.random.Generator, config: SimulationConfig) -> str:
    value = rng.random()
    if value < config.bayer_share:
        return "bayer"
    return "xtrans" if value < config.bayer_share + config.xtrans_share else "mono"


def draw_sensor(rng: np.random.Generator, config: SimulationConfig) -> Sensor:
    """A random camera: pattern, phase, white balance, gain, read noise, depth, told noise."""
    kind = _draw_kind(rng, config)
    row, column = rng.integers(_XTRANS_OR_BAYER_PERIOD, size=2)
    balance = np.ones(3)
    if kind != "mono":
        balance[[0, 2]] = rng.uniform(config.white_balance_min, config.white_balance_max, 2)
    a = noise.gain(_log_uniform(rng, config.sigma_min, config.sigma_max))
    electrons = _log_uniform(rng, config.read_noise_min, config.read_noise_max)
    b = (electrons * a) ** 2
    if config.camera_share > 0 and rng.random() < config.camera_share:
        a, b = cameras.draw(rng, electrons, config)
    bits = int(rng.integers(config.bits_min, config.bits_max + 1))
    common = config.told_error_common * rng.standard_normal()
    colour = config.told_error_colour * rng.standard_normal(3)
    term = config.told_error_term * rng.standard_normal(2)
    factor_a, factor_b = (np.exp(2 * (common + colour + t)) for t in term)
    flawed = flaws.draw_flaws(rng, math.sqrt(b), config)
    gain = flawed.mean_gain
    told_a = a * gain * factor_a
    read = b * gain**2 + flawed.banding_variance
    told_b = (read + noise.quantisation_variance(bits)) * factor_b
    return Sensor(kind, (int(row), int(column)), balance, a, b, bits, told_a, told_b, flawed)


def camera_matrix(rng: np.random.Generator) -> FloatArray:
    """A random sRGB-to-sensor matrix whose rows sum to 1, so grey stays grey."""
    off = rng.random((3, 3), dtype=np.float32) * _OFF_DIAGONAL
    return off + np.diag(1 - off.sum(axis=1))


def draw_exposure(rng: np.random.Generator, config: SimulationConfig) -> float:
    """A factor on linear light; a share of the scenes is bright, for blown highlights."""
    if rng.random() < config.bright_share:
        return float(2 ** rng.uniform(config.exposure_max_ev, config.bright_max_ev))
    return float(2 ** rng.uniform(config.exposure_min_ev, config.exposure_max_ev))


def photo_scene(
    crop: ByteArray, rng: np.random.Generator, sensor: Sensor, config: SimulationConfig
) -> FloatArray:
    """Sensor values x of an 8-bit sRGB crop [H, W, 3], before the mosaic, unclipped."""
    linear = _SRGB_TO_LINEAR[crop] * np.float32(draw_exposure(rng, config))
    balanced = linear @ camera_matrix(rng).T
    return (balanced / sensor.white_balance).astype(np.float32)


def sample_sites(scene: FloatArray, kind: str, colours: IntArray) -> FloatArray:
    """[H, W, 3] to the one value each site measures; a mono sensor sees the mean of the three."""
    return scene.mean(axis=2) if kind == "mono" else mosaic.mosaic(scene, colours)


def add_defects(x: FloatArray, rng: np.random.Generator, config: SimulationConfig) -> FloatArray:
    """Hot and dead sites of random density and height; x is [H, W] with noise, before clipping."""
    density = _log_uniform(rng, config.defect_density_min, config.defect_density_max)
    count = rng.binomial(x.size, density)
    sites = rng.integers(x.size, size=count)
    hot = rng.random(count) < 0.8
    lifted = x.flat[sites] + rng.random(count) ** 2 * 1.2
    damaged = x.copy()
    damaged.flat[sites] = np.where(hot, lifted, x.flat[sites] * rng.random(count) ** 2)
    return damaged


@dataclass(frozen=True)
class Photographed:
    """What a sensor made of a scene: samples x [H, W] as read out, the light that each site saw
    without noise, its colours, and the shading gain that was applied."""

    counted: FloatArray
    clean: FloatArray
    colours: IntArray
    gain: FloatArray


def photographed(
    scene: FloatArray, sensor: Sensor, rng: np.random.Generator, config: SimulationConfig
) -> Photographed:
    """Photograph ``scene`` (x, [H, W, 3]) with ``sensor``, its noise, flaws and defects."""
    height, width = scene.shape[:2]
    colours = mosaic.colour_map(sensor.kind, height, width, sensor.phase)
    clean = sample_sites(scene, sensor.kind, colours)
    flawed = sensor.flaws
    if sensor.kind == "bayer" and flawed.green:
        clean = flaws.unequal_greens(clean, colours, flawed.green)
    gain = flaws.shading_gain(flawed, height, width)
    added = flaws.banding(rng, flawed, (height, width)) + np.asarray(flawed.black)[colours]
    noisy: FloatArray = noise.expose(clean / gain, sensor.a, sensor.b, rng) * gain + added
    if rng.random() < config.defect_share:
        noisy = add_defects(noisy, rng, config)
    return Photographed(noise.read_out(noisy, sensor.bits), clean, colours, gain)


def expose_pair(
    scene: FloatArray, sensor: Sensor, rng: np.random.Generator, config: SimulationConfig
) -> Pair:
    """Photograph ``scene`` (x, [H, W, 3]) with ``sensor``: what the network sees and its truth."""
    shot = photographed(scene, sensor, rng, config)
    colours, clean, gain, flawed = shot.colours, shot.clean, shot.gain, sensor.flaws
    A = (sensor.white_balance * sensor.told_a)[colours]
    B = (sensor.white_balance**2 * sensor.told_b)[colours]
    balance = sensor.white_balance[colours]
    u = noise.encode(balance * shot.counted, A, B)
    variance = gain * sensor.a * clean + gain**2 * sensor.b + flawed.banding_variance
    third = gain**2 * sensor.a**2 * clean
    mean = noise.clipped_mean(clean + np.asarray(flawed.black)[colours], variance, third)
    target = noise.encode(balance * mean, A, B)
    stack = mosaic.planes(u, noise.sigma_u(A), colours)
    return Pair(stack, target.astype(np.float32))
