# SPDX-License-Identifier: GPL-3.0-or-later
"""Strength and clipped highlights: what becomes of a denoised sample, in sensor counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def mixed(source: npt.ArrayLike, denoised: npt.ArrayLike, strength: float) -> FloatArray:
    """v = s * denoised + (1 - s) * source, not rounded; strength 0 is the source itself."""
    if strength == 0.0:
        return np.array(source, np.float64)
    return np.asarray(strength * np.asarray(denoised) + (1.0 - strength) * np.asarray(source))


def highlight_margin(sigma: npt.ArrayLike, clipping_undone: bool) -> FloatArray:
    """How far below white a denoised value may be and still say that its site was clipped.

    `sigma` is the noise at white; both in units of (white - black).
    """
    most = 0.0015 if clipping_undone else np.maximum(0.01, 0.5 * np.asarray(sigma))
    return np.asarray(np.minimum(3.0 * np.asarray(sigma), most))


def clipped_kept(
    source: npt.ArrayLike, denoised: npt.ArrayLike, white: npt.ArrayLike, margin: npt.ArrayLike
) -> FloatArray:
    """A site saturated in the source stays so where the denoised value agrees within `margin`.

    All in counts. A lone noise peak that reached white is not kept.
    """
    source, denoised = np.asarray(source, np.float64), np.asarray(denoised, np.float64)
    agrees = denoised >= np.asarray(white) - np.asarray(margin)
    return np.where((source >= np.asarray(white)) & agrees, source, denoised)


def rounded(counts: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Nearest whole number, halves up."""
    return np.asarray(np.floor(np.asarray(counts, np.float64) + 0.5), np.int64)
