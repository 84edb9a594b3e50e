# SPDX-License-Identifier: GPL-3.0-or-later
"""Values beyond what a network was trained for: bent towards the border by a logarithm, and back.

high + knee * log(1 + (v - high) / knee) above, likewise below, v itself inside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def bend(v: npt.ArrayLike, low: float = 0.0, high: float = 1.0, knee: float = 0.25) -> Floats:
    value = np.asarray(v, np.float64)
    above = high + knee * np.log1p(np.maximum(0, value - high) / knee)
    below = low - knee * np.log1p(np.maximum(0, low - value) / knee)
    return np.where(value > high, above, np.where(value < low, below, value))


def unbend(w: npt.ArrayLike, low: float = 0.0, high: float = 1.0, knee: float = 0.25) -> Floats:
    value = np.asarray(w, np.float64)
    above = high + knee * np.expm1(np.maximum(0, value - high) / knee)
    below = low - knee * np.expm1(np.maximum(0, low - value) / knee)
    return np.where(value > high, above, np.where(value < low, below, value))


def subtract(
    v: npt.ArrayLike,
    residual: npt.ArrayLike,
    low: float = 0.0,
    high: float = 1.0,
    knee: float = 0.25,
) -> Floats:
    return unbend(bend(v, low, high, knee) - np.asarray(residual), low, high, knee)
