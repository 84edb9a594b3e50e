# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor: Poisson-Gaussian noise, read-out, and the square root that makes it even.

Units: x is (sample - black)/(white - black), linear; var(x) = a*x + b. With white balance w:
x' = w*x, A = w*a, B = w*w*b. The network sees u (about 0..1) and its noise sigma_u.
Source: Anscombe transform for Poisson-Gaussian data, Makitalo and Foi 2013, scaled by sqrt(A)/2.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from latent_train.types import FloatArray


def linearise_srgb(encoded: FloatArray) -> FloatArray:
    """Inverse sRGB curve; encoded and linear in 0..1."""
    low = encoded / 12.92
    high = ((encoded + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, low, high).astype(np.float32)


def encode(x: FloatArray, A: FloatArray | float, B: FloatArray | float) -> FloatArray:
    """u = sqrt(max(0, x' + 3/8*A + B/A)) of white-balanced x'; A and B broadcast."""
    return np.sqrt(np.maximum(x + 0.375 * A + B / A, 0.0))


def decode(u: FloatArray, A: FloatArray | float, B: FloatArray | float) -> FloatArray:
    """The algebraic inverse, x' = u*u - 3/8*A - B/A."""
    return u * u - 0.375 * A - B / A


def sigma_u(A: FloatArray) -> FloatArray:
    """Noise of u: sqrt(A)/2."""
    return np.sqrt(A) / 2


def gain(sigma_green: float) -> float:
    """The a whose sigma_u is ``sigma_green`` where w = 1."""
    return (2 * sigma_green) ** 2


def expose(
    x: FloatArray, a: FloatArray | float, b: FloatArray | float, rng: np.random.Generator
) -> FloatArray:
    """Poisson(x/a)*a + N(0, b): what a sensor collects and its amplifier adds; x >= 0."""
    shot: FloatArray = rng.poisson(x / a) * a
    spread = np.sqrt(b)
    read = rng.standard_normal(x.shape, dtype=np.float32)
    noisy: FloatArray = shot + read * spread
    return noisy


def read_out(x: FloatArray, bits: FloatArray | int) -> FloatArray:
    """Clip at white, after the noise as sensors do, and quantise to ``bits``; black is no limit."""
    levels = np.exp2(bits) - 1
    quantised: FloatArray = np.round(np.minimum(x, 1.0) * levels) / levels
    return quantised


def clipped_mean(
    x: FloatArray, variance: FloatArray | float, third: FloatArray | float = 0.0
) -> FloatArray:
    """Mean of min(1, sample) of samples around x: what clipping leaves of light.

    ``third`` is their third central moment, which counted photons have: a*a*x. To first order.
    Source: Foi 2009, "Clipped noisy images", Signal Processing 89(12), the upper bound alone; the
    last term is the first of Edgeworth's series.
    """
    sigma = np.sqrt(np.broadcast_to(variance, x.shape))
    below = (1 - x) / np.maximum(sigma, 1e-9)
    clipped = torch.special.ndtr(torch.from_numpy(-below)).numpy()
    density = np.exp(-0.5 * below**2) / math.sqrt(2 * math.pi)
    skewed = third * below * density / (6 * np.maximum(sigma, 1e-9) ** 2)
    mean: FloatArray = x - sigma * (density - below * clipped) - skewed
    return mean


def unclipped(mean: FloatArray, a: float, b: float) -> FloatArray:
    """The light whose clipped samples have that mean, where var(x) = a*x + b: the way back of
    ``clipped_mean``. What is above white stays."""
    light = np.linspace(0, 1, 4097)
    found = np.interp(mean, clipped_mean(light, a * light + b, a**2 * light), light)
    return np.where(mean > 0, np.maximum(mean, found), mean)


def quantisation_variance(bits: int) -> float:
    """Variance that rounding to ``bits`` adds to x."""
    return float((1 / (2**bits - 1)) ** 2 / 12)
