# SPDX-License-Identifier: GPL-3.0-or-later
"""Array types and errors that the package passes around."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
FloatArray: TypeAlias = NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]


class ZooError(Exception):
    """Something about a model that its user can mend; the text is one sentence."""
