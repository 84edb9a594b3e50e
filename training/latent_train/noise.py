# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor: Poisson-Gaussian noise, read-out, and the square root that makes it even.

Units: x is (sample - black)/(white - black), linear; var(x) = a*x + b. With white balance w:
x' = w*x, A = w*a, B = w*w*b. The network sees u (about 0..1) and its noise sigma_u.
Source: Anscombe transform for Poisson-Gaussian data, Makitalo and Foi 2013, scaled by sqrt(A)/2.
"""

from __future__ import annotations

import numpy as np

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


def quantisation_variance(bits: int) -> float:
    """Variance that rounding to ``bits`` adds to x."""
    return float((1 / (2**bits - 1)) ** 2 / 12)
