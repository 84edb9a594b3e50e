# SPDX-License-Identifier: GPL-3.0-or-later
"""How counts become the 16-bit samples of the result: stored = round(count * 2^shift) + pedestal.

The shift is the largest that keeps every sample the camera can give within 16 bits. A pedestal is
needed only where black is 0 and values below it occur: otherwise there is room below black.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latent_reference.strength import rounded

LARGEST_STORED = 65535
PEDESTAL = 1024
"""In stored units: 1/64 of the range."""


@dataclass(frozen=True)
class StoredScale:
    """stored = count * 2^shift + pedestal."""

    shift: int
    pedestal: int


def choose_scale(
    bits: int, white: float, largest_sample: int, black: npt.ArrayLike, *, below_black: bool
) -> StoredScale:
    """The rule of the DNG's levels.

    bits            bits of a sample in the source: it may hold 2^bits - 1, above white too
    white, black    levels in counts; black of every site
    largest_sample  the largest there is, should the file say too little about its bits
    below_black     whether denoised values below black may occur (strength above 0)
    """
    largest = min(max((1 << bits) - 1, white, largest_sample), LARGEST_STORED)
    without_room = bool((np.asarray(black) <= 0).any())
    wanted = below_black and without_room and largest + PEDESTAL <= LARGEST_STORED
    pedestal = PEDESTAL if wanted else 0
    fitting = [k for k in range(17) if largest * 2**k + pedestal <= LARGEST_STORED]
    return StoredScale(max(fitting), pedestal)


def stored(counts: npt.ArrayLike, scale: StoredScale) -> npt.NDArray[np.uint16]:
    """Samples of the file; rounded here and nowhere before."""
    exact = np.asarray(counts, np.float64) * 2.0**scale.shift + scale.pedestal
    return np.clip(rounded(exact), 0, LARGEST_STORED).astype(np.uint16)


def stored_level(level: npt.ArrayLike, scale: StoredScale) -> npt.NDArray[np.float64]:
    """BlackLevel or WhiteLevel of the file."""
    return np.asarray(np.asarray(level, np.float64) * 2.0**scale.shift + scale.pedestal)
