# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture with added noise, before and after."""

from __future__ import annotations

from pathlib import Path

from latent_zoo import demos
from latent_zoo.types import FloatArray

_SIGMA = 25 / 255


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write before.png and after.png to ``out``."""
    before = demos.noisy(demos.middle(picture, 512), _SIGMA)
    after = demos.through(networks, "model", before)
    return [
        demos.write_picture(out / "before.png", before),
        demos.write_picture(out / "after.png", after),
    ]
