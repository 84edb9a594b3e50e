# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture enlarged four times, beside its nearest neighbours."""

from __future__ import annotations

from pathlib import Path

from latent_zoo import demos
from latent_zoo.types import FloatArray

_SCALE = 4


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write before.png and after.png to ``out``."""
    small = demos.middle(picture, 160)
    before = small.repeat(_SCALE, axis=0).repeat(_SCALE, axis=1)
    after = demos.through(networks, f"model_x{_SCALE}", small, _SCALE)
    return [
        demos.write_picture(out / "before.png", before),
        demos.write_picture(out / "after.png", after),
    ]
