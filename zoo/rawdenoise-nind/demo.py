# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture made into a noisy Bayer mosaic, through the Bayer network, its gain matched."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latent_zoo import demos, tiles
from latent_zoo.types import FloatArray

_SIGMA = 0.02


def _linear(encoded: FloatArray) -> FloatArray:
    curve: FloatArray = np.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4
    )
    return curve


def _encoded(linear: FloatArray) -> FloatArray:
    x = np.clip(linear, 0, 1)
    curve: FloatArray = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    return curve


def demo(networks: demos.Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write before.png (planes R, mean of G, B at half size, enlarged) and after.png to ``out``."""
    part = demos.middle(picture, 512)
    part = part[: part.shape[0] // 2 * 2, : part.shape[1] // 2 * 2]
    scene = _linear(part)
    scene += _SIGMA * np.random.default_rng(0).standard_normal(scene.shape)
    planes = np.stack(
        [scene[0::2, 0::2, 0], scene[0::2, 1::2, 1], scene[1::2, 0::2, 1], scene[1::2, 1::2, 2]]
    )

    def network(tile: FloatArray) -> FloatArray:
        return networks("model_bayer", {"input": tile})["output"]

    made = tiles.run(network, planes, networks.side("model_bayer"), 2)
    mean = float(made.mean())
    matched = made * (float(planes.mean()) / mean if abs(mean) > 1e-9 else 1.0)
    half = np.stack([planes[0], planes[1:3].mean(0), planes[3]], axis=2)
    before = half.repeat(2, axis=0).repeat(2, axis=1)
    return [
        demos.write_picture(out / "before.png", _encoded(before)),
        demos.write_picture(out / "after.png", _encoded(np.moveaxis(matched, 0, 2))),
    ]
