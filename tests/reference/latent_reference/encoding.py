# SPDX-License-Identifier: GPL-3.0-or-later
"""Encoding "sqrt_gat_wb_v1": sensor samples -> even noise of known size, and back.

    x = (count - black) / (white - black)      fraction of white, may be negative, never clipped
    x' = w x,  A = w a,  B = w^2 b             white balance w; var(x) = a x + b
    u = sqrt(max(0, x' + 3/8 A + B/A)),  sigma_u = sqrt(A) / 2
    x' = u^2 - 3/8 A - B/A                     the algebraic inverse

Source   generalised Anscombe transform: Starck, Murtagh and Bijaoui 1998; Makitalo and Foi 2013.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """The range that a network was trained for; the numbers stand in its manifest."""

    sigma_u_min: float
    sigma_u_max: float
    offset_max: float
    """The largest B/A."""


@dataclass(frozen=True)
class SiteNoise:
    """White-balanced noise of every site, within floors and limits; arrays of one shape."""

    A: FloatArray
    B: FloatArray


def bounded_noise(
    a: npt.ArrayLike, b: npt.ArrayLike, w: npt.ArrayLike, levels: npt.ArrayLike, limits: Limits
) -> SiteNoise:
    """What the encoder takes A and B to be, whatever an estimator said.

    `levels` is white - black in counts. Rounding to whole counts has the variance 1/12, so b is at
    least that; A keeps sigma_u inside the limits; B/A does not pass its maximum.
    """
    balance, levels = np.asarray(w, np.float64), np.asarray(levels, np.float64)
    sigma = np.sqrt(np.maximum(0.0, balance * np.asarray(a))) / 2.0
    A = 4.0 * np.clip(sigma, limits.sigma_u_min, limits.sigma_u_max) ** 2
    rounding = 1.0 / (12.0 * levels**2)
    B = balance**2 * np.maximum(np.asarray(b), rounding)
    return SiteNoise(A, np.minimum(B, limits.offset_max * A))


def fraction_of_white(
    counts: npt.ArrayLike, black: npt.ArrayLike, white: npt.ArrayLike
) -> FloatArray:
    """Counts -> x: black is 0, white is 1, nothing clipped."""
    floor = np.asarray(black, np.float64)
    return np.asarray((np.asarray(counts, np.float64) - floor) / (np.asarray(white) - floor))


def counts_of(x: npt.ArrayLike, black: npt.ArrayLike, white: npt.ArrayLike) -> FloatArray:
    """The way back of `fraction_of_white`; not rounded."""
    floor = np.asarray(black, np.float64)
    return np.asarray(np.asarray(x) * (np.asarray(white) - floor) + floor)


def encode(balanced: npt.ArrayLike, noise: SiteNoise) -> FloatArray:
    """u of white-balanced x'; the only cut on the way is that of samples below the root's zero."""
    inside = np.asarray(balanced) + 0.375 * noise.A + noise.B / noise.A
    return np.asarray(np.sqrt(np.maximum(0.0, inside)))


def decode(u: npt.ArrayLike, noise: SiteNoise) -> FloatArray:
    """White-balanced x' of u; a negative u, which no encoder gives, counts as 0."""
    root = np.maximum(0.0, np.asarray(u))
    return np.asarray(root**2 - 0.375 * noise.A - noise.B / noise.A)


def clipped_mean(x: FloatArray, a: float, b: float) -> FloatArray:
    """Mean of min(1, sample) of samples around x: photons of gain a, normal read noise of
    variance b; to first order in skewness.

    Source   Foi 2009, "Clipped noisy images", and the first term of Edgeworth's series.
    """
    sigma = np.sqrt(np.maximum(a * np.maximum(x, 0.0) + b, 1e-18))
    t = (1.0 - x) / sigma
    beyond = 0.5 * np.vectorize(math.erfc)(t / math.sqrt(2.0))
    density = np.exp(-0.5 * t**2) / math.sqrt(2.0 * math.pi)
    skewed = a**2 * np.maximum(x, 0.0) * t * density / (6.0 * sigma**2)
    return np.asarray(x - sigma * (density - t * beyond) - skewed)


def unclipped(mean: npt.ArrayLike, a: float, b: float) -> FloatArray:
    """Encoding "sqrt_gat_wb_v2": the light x whose clipped samples have that mean."""
    seen = np.asarray(mean, np.float64)
    light = np.linspace(0.0, 1.0, 20001)
    found = np.interp(seen, clipped_mean(light, max(a, 0.0), max(b, 0.0)), light)
    return np.asarray(np.where(seen > 0.0, np.maximum(seen, found), seen))


def sigma_u(noise: SiteNoise) -> FloatArray:
    """Standard deviation of u where the signal is well above the read noise."""
    return np.asarray(np.sqrt(noise.A) / 2.0)
