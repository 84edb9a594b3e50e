# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mask or depth package makes of one photograph, as a picture to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from latent_zoo import eval_depth, eval_masks
from latent_zoo.types import Array, FloatArray, ZooError

CENTRE = ((0.5, 0.5),)
_TINT = np.array([255.0, 40.0, 40.0])
_SHARE = 0.5


def photograph(path: Path) -> Array:
    """[H, W, 3] uint8, upright. Errors: ZooError when it is no picture."""
    try:
        with Image.open(path) as picture:
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except OSError as error:
        raise ZooError(f"{path}: not a picture that can be read: {error}") from error


def tinted(image: Array, mask: eval_masks.Mask) -> Array:
    """The photograph with what is inside ``mask`` reddened."""
    red = image * (1 - _SHARE) + _TINT * _SHARE
    return np.asarray(np.where(mask[..., None], red, image).astype(np.uint8))


def demo_mask(
    package: Path, image: Path, output: Path, points: Sequence[tuple[float, float]] = CENTRE
) -> float:
    """Select what lies at ``points`` (0 .. 1 across and down); gives the share that is selected.

    Errors: ZooError when the package is of no mask contract, or a point lies outside.
    """
    photo = photograph(image)
    height, width = photo.shape[:2]
    if not points or not all(0 <= value <= 1 for point in points for value in point):
        raise ZooError("points are pairs of numbers from 0 to 1, at least one of them")
    model = eval_masks.predictor(
        eval_masks.OrtSession(eval_masks.package_file(package, "encoder.onnx")),
        eval_masks.OrtSession(eval_masks.package_file(package, "decoder.onnx")),
    )
    model.begin(photo)
    clicks = [
        eval_masks.Click(round(x * (width - 1)), round(y * (height - 1)), True) for x, y in points
    ]
    mask = np.asarray(model.mask(clicks) > 0)
    output.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(tinted(photo, mask)).save(output)
    return float(mask.mean())


def grey(nearness: FloatArray) -> Array:
    """Near is white, far is black, uint8."""
    low, high = float(nearness.min()), float(nearness.max())
    scaled = (nearness - low) / (high - low) if high > low else np.zeros_like(nearness)
    return np.asarray((scaled * 255 + 0.5).astype(np.uint8))


def demo_depth(package: Path, image: Path, output: Path) -> None:
    """Write the depth of a photograph in grey, at its size, near white.

    Errors: ZooError when the package does not say which way its depth goes.
    """
    photo = photograph(image)
    inverse = eval_depth.is_inverse(eval_masks.config(package))
    session = eval_masks.OrtSession(eval_masks.package_file(package, "model.onnx"))
    depth = eval_depth.predictor(session)(photo)
    picture = Image.fromarray(grey(depth if inverse else -depth))
    output.parent.mkdir(parents=True, exist_ok=True)
    picture.resize((photo.shape[1], photo.shape[0]), Image.Resampling.BICUBIC).save(output)
