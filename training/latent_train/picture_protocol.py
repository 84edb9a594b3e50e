# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocols of finished pictures: plain noise on kodak24, enlarging of set5 and set14.

Plain noise: white noise of sigma/255 on the 8-bit picture, not clipped and not rounded, its seed
the picture's index; the level is told; PSNR over all channels of the clipped result, peak 1.
Enlarging: the published bicubic small pictures; PSNR of luma (ITU-R BT.601, 16..235), the result
rounded to 8 bits, as many pixels left out at the edge as the scale.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import pad, pixel_shuffle, pixel_unshuffle

from latent_train.picture_batches import enlarge
from latent_train.protocol import psnr
from latent_train.types import ByteArray, FloatArray, Runner

SIGMAS = (15, 25, 50)
_STRIDE = 16


def denoised(
    noisy: FloatArray, level: FloatArray | float, run: Runner, unshuffle: int
) -> FloatArray:
    """[H, W, 3] encoded picture less its residual; ``level`` [H, W, 3] or a number."""
    height, width = noisy.shape[:2]
    stack = np.concatenate([noisy, np.broadcast_to(level, noisy.shape)], axis=2)
    tensor = torch.from_numpy(stack.astype(np.float32)).permute(2, 0, 1)[None]
    below, right = -height % _STRIDE, -width % _STRIDE
    planes = pixel_unshuffle(pad(tensor, (0, right, 0, below), mode="reflect"), unshuffle)
    residual = pixel_shuffle(torch.from_numpy(run(planes.numpy())), unshuffle)
    inner = residual[0, :, :height, :width].permute(1, 2, 0).numpy()
    result: FloatArray = noisy - inner
    return result


def plain_case(picture: ByteArray, index: int, sigma: int) -> tuple[FloatArray, FloatArray]:
    """Noisy and clean, [H, W, 3] encoded."""
    clean = picture.astype(np.float64) / 255
    noise = np.random.default_rng(index).standard_normal(clean.shape)
    return clean + noise * sigma / 255, clean


def plain_psnr(
    pictures: list[tuple[int, ByteArray]], sigma: int, run: Runner, unshuffle: int
) -> float:
    """Mean PSNR over pictures of one sigma (in 8-bit steps), the level told."""
    values = []
    for index, picture in pictures:
        noisy, clean = plain_case(picture, index, sigma)
        result = denoised(noisy, sigma / 255, run, unshuffle)
        values.append(psnr(np.clip(result, 0, 1), clean))
    return float(np.mean(values))


def luma(picture: FloatArray) -> FloatArray:
    """BT.601 luma 16..235 over 255 of encoded RGB [H, W, 3]."""
    weights = np.array([65.481, 128.553, 24.966])
    result: FloatArray = (picture @ weights + 16) / 255
    return result


def enlarged(small: FloatArray, scale: int, run: Runner) -> FloatArray:
    """[h, w, 3] encoded to [h*scale, w*scale, 3]."""
    tensor = torch.from_numpy(small.astype(np.float32)).permute(2, 0, 1)[None]
    planes = torch.cat([tensor, torch.zeros(1, 1, *tensor.shape[-2:])], dim=1)
    residual = pixel_shuffle(torch.from_numpy(run(planes.numpy())), scale)
    result: FloatArray = (enlarge(tensor, scale) - residual)[0].permute(1, 2, 0).numpy()
    return result


def upscale_cases(folder: Path, scale: int) -> list[tuple[FloatArray, FloatArray]]:
    """(small, large) pairs of a published set, encoded, [.., .., 3].

    Errors: FileNotFoundError where there are none.
    """
    pairs = []
    for large in sorted((folder / f"x{scale}" / "HR").glob("*.png")):
        small = folder / f"x{scale}" / "LR_bicubic" / large.name
        pair = (np.asarray(Image.open(p).convert("RGB"), dtype=np.float64) for p in (small, large))
        pairs.append(tuple(p / 255 for p in pair))
    if not pairs:
        raise FileNotFoundError(f"{folder} has no PNG under x{scale}/HR and x{scale}/LR_bicubic")
    return pairs  # type: ignore[return-value]


def upscale_psnr(folder: Path, scale: int, run: Runner) -> float:
    """Mean luma PSNR over a set."""
    values = []
    for small, large in upscale_cases(folder, scale):
        result = np.round(np.clip(enlarged(small, scale, run), 0, 1) * 255) / 255
        height, width = result.shape[:2]
        inner = (slice(scale, height - scale), slice(scale, width - scale))
        values.append(psnr(luma(result)[inner], luma(large[:height, :width])[inner]))
    return float(np.mean(values))
