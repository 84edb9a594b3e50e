# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mask or depth package makes of one photograph, as pictures to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from latent_zoo import eval_depth, mask_models
from latent_zoo.demos import Networks, write_picture
from latent_zoo.types import Array, FloatArray

CENTRE = ((0.5, 0.5),)  # across and down, 0 .. 1
_TINT = np.array([1.0, 0.15, 0.15])
_SHARE = 0.5


def _bytes(picture: FloatArray) -> Array:
    """[H, W, 3], 0 .. 1, as uint8."""
    return np.asarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8))


def tinted(picture: FloatArray, mask: mask_models.Mask) -> FloatArray:
    """The photograph with what is inside ``mask`` reddened."""
    red = picture * (1 - _SHARE) + _TINT * _SHARE
    return np.asarray(np.where(mask[..., None], red, picture))


def mask_demo(
    networks: Networks,
    picture: FloatArray,
    out: Path,
    points: Sequence[tuple[float, float]] = CENTRE,
) -> list[Path]:
    """Select what lies at ``points`` and write selection.png, tinted, to ``out``.

    Errors: ZooError when the package is of no mask contract.
    """
    height, width = picture.shape[:2]
    model = mask_models.predictor(
        mask_models.OrtSession(mask_models.package_file(networks.folder, "encoder.onnx")),
        mask_models.OrtSession(mask_models.package_file(networks.folder, "decoder.onnx")),
    )
    model.begin(_bytes(picture))
    places = [(round(x * (width - 1)), round(y * (height - 1))) for x, y in points]
    logits = model.mask([mask_models.Click(x, y, True) for x, y in places])
    return [write_picture(out / "selection.png", tinted(picture, np.asarray(logits > 0)))]


def grey(nearness: FloatArray) -> FloatArray:
    """[H, W] as [H, W, 3]: the nearest is 1, the farthest 0."""
    low, high = float(nearness.min()), float(nearness.max())
    scaled = (nearness - low) / (high - low) if high > low else np.zeros_like(nearness)
    return np.asarray(scaled[..., None].repeat(3, axis=2))


def depth_demo(networks: Networks, picture: FloatArray, out: Path) -> list[Path]:
    """Write depth.png to ``out``: grey, near white, of the network's size.

    Errors: ZooError when the package does not say which way its depth goes.
    """
    inverse = eval_depth.is_inverse(mask_models.config(networks.folder))
    session = mask_models.OrtSession(mask_models.package_file(networks.folder, "model.onnx"))
    depth = eval_depth.predictor(session)(_bytes(picture))
    return [write_picture(out / "depth.png", grey(depth if inverse else -depth))]
