# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loss, in units of the noise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pixel_shuffle

from latent_train.batches import Batch
from latent_train.config import Config, OptimiserConfig


def block_error(error: Tensor, is_colour: Tensor, block: int) -> Tensor:
    """Mean absolute value of the mean of ``error`` over blocks of one colour.

    Shapes: error [N, 4, h, w], is_colour [N, 3, 4, h, w], block in packed pixels. Blocks in which
    a colour does not occur do not count.
    """
    masked = (error[:, None] * is_colour).mean(dim=2)
    share = avg_pool2d(is_colour.mean(dim=2), block)
    means = avg_pool2d(masked, block) / share.clamp(min=1e-6)
    present = (share > 0).float()
    return (means.abs() * present).sum() / present.sum()


def _raw_loss(error: Tensor, batch: Batch, config: OptimiserConfig) -> Tensor:
    """L1, plus the same of block means of each colour.

    The block terms are blind to detail: they hold the tint of flat areas, where single pixels say
    little. The larger the block the less noise is left in its mean, and the sharper the term.
    """
    count, _, height, width = batch.planes.shape
    is_colour = batch.planes[:, 8:20].reshape(count, 3, 4, height, width)
    total = error.abs().mean()
    for size in config.block_px:
        total = total + config.block_weight * block_error(error, is_colour, size // 2)
    return total


def frequency_error(error: Tensor, scale: int) -> Tensor:
    """Mean absolute value of the spectrum of the enlarged picture's error, orthonormal.

    Source: Cho and others 2021, "Rethinking Coarse-to-Fine Approach in Single Image Deblurring".
    """
    spectrum = torch.fft.rfft2(pixel_shuffle(error, scale), norm="ortho")
    return torch.view_as_real(spectrum).abs().mean()


def loss(residual: Tensor, batch: Batch, config: Config) -> Tensor:
    """L1 of base - residual against the truth in units of the noise, and what the task adds."""
    settings = config.optimiser
    error = batch.base - residual.float() - batch.target
    if config.task == "upscale":
        total = torch.sqrt(error**2 + 1e-6).mean()
        if config.upscale.frequency_weight > 0:
            total = total + config.upscale.frequency_weight * frequency_error(
                error, config.network.scale
            )
        return total
    error = error / (batch.spread + settings.loss_floor)
    return _raw_loss(error, batch, settings) if config.task == "raw" else error.abs().mean()
