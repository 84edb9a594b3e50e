# SPDX-License-Identifier: GPL-3.0-or-later
"""PSNR and SSIM of encoded pictures, peak 1."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import gaussian_filter

from latent_zoo.types import FloatArray

_K1, _K2 = 0.01, 0.03
_SIGMA, _RADIUS = 1.5, 5


def psnr(one: FloatArray, other: FloatArray) -> float:
    """In dB over all samples; infinite for equal pictures."""
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return -10 * math.log10(error) if error > 0 else math.inf


def ssim(one: FloatArray, other: FloatArray) -> float:
    """Mean structural similarity of two planes [H, W], or of [H, W, C] over the channels.

    A Gaussian window of sigma 1.5, 11 wide; edges where it does not fit are left out.
    Source: Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 13(4), 2004.
    """
    if one.ndim == 3:
        return float(np.mean([ssim(one[..., c], other[..., c]) for c in range(one.shape[2])]))
    a, b = one.astype(np.float64), other.astype(np.float64)

    def blurred(plane: FloatArray) -> FloatArray:
        wide: FloatArray = gaussian_filter(plane, _SIGMA, truncate=_RADIUS / _SIGMA)
        return wide[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS]

    mean_a, mean_b = blurred(a), blurred(b)
    var_a = blurred(a * a) - mean_a**2
    var_b = blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    c1, c2 = _K1**2, _K2**2
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float(np.mean(top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


def luma(picture: FloatArray) -> FloatArray:
    """BT.601 luma 16..235 over 255 of encoded RGB [H, W, 3]."""
    plane: FloatArray = (picture @ np.array([65.481, 128.553, 24.966]) + 16) / 255
    return plane
