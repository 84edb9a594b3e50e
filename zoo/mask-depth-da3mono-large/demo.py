# SPDX-License-Identifier: GPL-3.0-or-later
"""The depth of a photograph in grey, near white."""

from __future__ import annotations

from pathlib import Path

from latent_zoo import demo_masks, demos
from latent_zoo.types import FloatArray


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write depth.png to ``out``."""
    return demo_masks.depth_demo(networks, picture, out)
