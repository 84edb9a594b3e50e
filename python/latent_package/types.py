# SPDX-License-Identifier: GPL-3.0-or-later
"""Array types and the error that the library passes on."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
FloatArray: TypeAlias = NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]


class PackageError(ValueError):
    """Something about a package that its maker can mend; the text is one sentence."""
