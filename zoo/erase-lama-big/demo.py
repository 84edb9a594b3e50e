# SPDX-License-Identifier: GPL-3.0-or-later
"""A rectangle of a picture taken out and filled."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latent_zoo import demos
from latent_zoo.types import FloatArray


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write before.png (the hole grey) and after.png to ``out``."""
    side = networks.side("model", "image")
    part = demos.middle(picture, side)
    missing = [(0, side - part.shape[0]), (0, side - part.shape[1]), (0, 0)]
    whole = np.pad(part, missing, mode="symmetric")
    mask = np.zeros((1, 1, side, side), np.float32)
    mask[..., side // 4 : side // 2, side // 3 : 3 * side // 4] = 1
    image = np.moveaxis(whole, 2, 0)[None].astype(np.float32)
    filled = networks("model", {"image": image, "mask": mask})["output"][0] / 255
    before = np.where(mask[0, 0, :, :, None] > 0, 0.5, whole)
    return [
        demos.write_picture(out / "before.png", before),
        demos.write_picture(out / "after.png", np.moveaxis(filled.astype(np.float64), 0, 2)),
    ]
