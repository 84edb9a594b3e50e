# SPDX-License-Identifier: GPL-3.0-or-later
"""The classical best to compare with: BM3D on the root of the mosaic, then the unbiased inverse.

Needs the PyPI package ``bm3d`` (for evaluation only; its licence forbids commercial use, nothing
of it ships).
"""

from __future__ import annotations

import math

import numpy as np

from latent_train import noise
from latent_train.protocol import Case
from latent_train.types import FloatArray


def unbiased_inverse(u: FloatArray, A: FloatArray, B: FloatArray) -> FloatArray:
    """x' whose noisy u has this mean: the closed form of Makitalo and Foi 2013, eq. (9).

    In their units D = 2u/sqrt(A) and sigma^2 = B/A^2.
    """
    D = np.maximum(2 * u / np.sqrt(A), 1e-3)
    root = math.sqrt(3 / 2)
    z = D**2 / 4 + root / (4 * D) - 11 / (8 * D**2) + 5 * root / (8 * D**3) - 1 / 8 - B / A**2
    return A * np.maximum(z, 0)


def _denoise_plane(u: FloatArray, sigma: float) -> FloatArray:
    import bm3d

    return np.asarray(bm3d.bm3d(u, sigma))


def bm3d_denoiser(case: Case) -> FloatArray:
    """Denoised u [H, W] of a case, with its known sigma.

    A monochrome mosaic is one plane. Bayer and X-Trans are four planes, packed two by two; white
    balance is undone first, so the noise is even in X-Trans planes too, where colours mix. (36
    colour-pure planes of period 6 were tried on X-Trans and stood 0.6 dB lower.)
    """
    period = 1 if np.all(case.colours == case.colours[0, 0]) else 2
    sigma = float(case.sigma.min())
    balance = case.sigma / sigma
    even = case.u / balance
    mean = np.empty_like(even)
    for dy in range(period):
        for dx in range(period):
            sites = (slice(dy, None, period), slice(dx, None, period))
            mean[sites] = _denoise_plane(even[sites], sigma)
    mean *= balance
    return noise.encode(unbiased_inverse(mean, case.A, case.B), case.A, case.B)
