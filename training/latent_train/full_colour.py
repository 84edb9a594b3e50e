# SPDX-License-Identifier: GPL-3.0-or-later
"""Three colours at every site: the start that a demosaicing network improves on, and its pairs.

The start takes all fine detail for grey: what a site's value stands above the mean of its own
colour around it, every colour stands above its own mean there. It is linear, is made from the
9x9 sites around each one, and needs no case for any pattern.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latent_train import mosaic, noise, simulate
from latent_train.config import SimulationConfig
from latent_train.types import FloatArray, IntArray

_RADIUS = 4
_TENT = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1], dtype=np.float32)


@dataclass(frozen=True)
class ColourPair:
    """Network input [8, H, W], its truth [3, H, W], and the noise of each colour [3]."""

    planes: FloatArray
    target: FloatArray
    spread: FloatArray


def _tent_sums(values: FloatArray, axis: int) -> FloatArray:
    """Sums over 9 neighbours along an axis, weighted by a tent; nothing lies outside."""
    sides = [(0, 0)] * values.ndim
    sides[axis] = (_RADIUS, _RADIUS)
    padded = np.pad(values, sides)
    size = values.shape[axis]
    total = np.zeros_like(values)
    for offset, weight in enumerate(_TENT):
        total += weight * np.take(padded, np.arange(offset, offset + size), axis=axis)
    return total


def local_means(u: FloatArray, colours: IntArray) -> FloatArray:
    """[3, H, W]: the mean of each colour around every site, weighted by a tent of 9x9 sites.

    Where a colour does not occur within that distance it is 0.
    """
    masks = (colours[None] == np.arange(3)[:, None, None]).astype(np.float32)
    sums = _tent_sums(_tent_sums(masks * u.astype(np.float32), 1), 2)
    weights = _tent_sums(_tent_sums(masks, 1), 2)
    means: FloatArray = sums / np.maximum(weights, 1e-6)
    return means


def start(u: FloatArray, colours: IntArray) -> FloatArray:
    """[3, H, W] float32: three colours from the encoded mosaic u [H, W]. A site's own colour is u
    itself, noise and all."""
    means = local_means(u, colours)
    own = np.take_along_axis(means, colours[None], axis=0)
    made: FloatArray = means + (u - own)
    np.put_along_axis(made, colours[None], u[None].astype(made.dtype), axis=0)
    return made.astype(np.float32)


def planes(u: FloatArray, sigma: FloatArray, colours: IntArray) -> FloatArray:
    """[8, H, W] float32: u, sigma_u, is_red, is_green, is_blue, start_red, start_green,
    start_blue."""
    return np.concatenate([mosaic.planes(u, sigma, colours), start(u, colours)])


def expose_colours(
    scene: FloatArray,
    sensor: simulate.Sensor,
    rng: np.random.Generator,
    config: SimulationConfig,
) -> ColourPair:
    """As ``simulate.expose_pair``, but the truth has all three colours at every site, and greens
    that are unequal in the mosaic are equal in it: they are what mazes come from."""
    shot = simulate.photographed(scene, sensor, rng, config)
    A = sensor.white_balance * sensor.told_a
    B = sensor.white_balance**2 * sensor.told_b
    balance = sensor.white_balance[shot.colours]
    u = noise.encode(balance * shot.counted, A[shot.colours], B[shot.colours])
    light, gain = scene.astype(np.float64), shot.gain[..., None]
    variance = gain * sensor.a * light + gain**2 * sensor.b + sensor.flaws.banding_variance
    black = np.asarray(sensor.flaws.black)
    mean = noise.clipped_mean(light + black, variance, gain**2 * sensor.a**2 * light)
    target = noise.encode(sensor.white_balance * mean, A, B).transpose(2, 0, 1)
    seen = planes(u, noise.sigma_u(A)[shot.colours], shot.colours)
    return ColourPair(seen, target.astype(np.float32), noise.sigma_u(A).astype(np.float32))
