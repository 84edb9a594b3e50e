# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in the middle of a photograph, selected and tinted."""

from __future__ import annotations

from pathlib import Path

from latent_zoo import demo_masks, demos
from latent_zoo.types import FloatArray


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write selection.png to ``out``."""
    return demo_masks.mask_demo(networks, picture, out)
