# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects what lies at points of a photograph and tints it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latent_zoo.demo_masks import CENTRE, demo_mask


def demo(
    package: Path, image: Path, output: Path, points: Sequence[tuple[float, float]] = CENTRE
) -> None:
    """Write ``output``: the photograph with the selection tinted; ``points`` from 0 to 1."""
    share = demo_mask(package, image, output, points)
    print(f"{output}: {100 * share:.1f} % selected")
