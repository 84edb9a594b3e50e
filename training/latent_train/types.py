# SPDX-License-Identifier: GPL-3.0-or-later
"""Array types that the package passes around."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.int64]
ByteArray: TypeAlias = NDArray[np.uint8]

Runner: TypeAlias = Callable[[FloatArray], FloatArray]
"""A network: packed planes [1, C, h, w] to the residual."""
