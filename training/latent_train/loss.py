# SPDX-License-Identifier: GPL-3.0-or-later
"""The training losses."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pixel_shuffle

from latent_train.batches import Batch
from latent_train.config import Config, OptimiserConfig

_LEAST_SQUARE = 1e-6
"""Mean squared error below which there is nothing left to learn: a quarter of an 8-bit step."""


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


def _tint_error(error: Tensor, batch: Batch, config: OptimiserConfig) -> Tensor:
    """The absolute error of block means of each colour, ``error`` in units of the noise.

    It is blind to detail: it holds the tint of flat areas, where single pixels say little. The
    larger the block the less noise is left in its mean, and the sharper the term.
    """
    count, _, height, width = batch.planes.shape
    is_colour = batch.planes[:, 8:20].reshape(count, 3, 4, height, width)
    total = error.new_zeros(())
    for size in config.block_px:
        total = total + config.block_weight * block_error(error, is_colour, size // 2)
    return total


def _colour_tint_error(error: Tensor, config: OptimiserConfig) -> Tensor:
    """As ``_tint_error`` of three colours at every site, [N, 12, h, w]."""
    colours = error.reshape(-1, 3, 4, *error.shape[2:]).mean(dim=2)
    total = error.new_zeros(())
    for size in config.block_px:
        total = total + config.block_weight * avg_pool2d(colours, size // 2).abs().mean()
    return total


def frequency_error(error: Tensor, scale: int) -> Tensor:
    """Mean absolute value of the spectrum of the enlarged picture's error, orthonormal.

    Source: Cho and others 2021, "Rethinking Coarse-to-Fine Approach in Single Image Deblurring".
    """
    spectrum = torch.fft.rfft2(pixel_shuffle(error, scale), norm="ortho")
    return torch.view_as_real(spectrum).abs().mean()


def log_square_error(error: Tensor) -> Tensor:
    """Mean over the crops [N, C, h, w] of the logarithm of each one's mean squared error.

    What PSNR asks for: within a crop errors count by their square, and no crop counts more than
    another. Source: the PSNR loss of Chen and others 2021, "HINet".
    """
    return torch.log(error.square().mean(dim=(1, 2, 3)) + _LEAST_SQUARE).mean()


def loss(residual: Tensor, batch: Batch, config: Config, progress: float = 0.0) -> Tensor:
    """Of base - residual against the truth, by ``optimiser.loss_at``, and what the task adds.

    "absolute": L1 in units of the noise; of enlargements, which have none, Charbonnier.
    "log_square": ``log_square_error``, in no units.
    """
    settings = config.optimiser
    error = batch.base - residual.float() - batch.target
    by_noise = error / (batch.spread + settings.loss_floor)
    if settings.loss_at(progress) == "log_square":
        total = log_square_error(error)
    elif config.task == "upscale":
        total = torch.sqrt(error**2 + 1e-6).mean()
    else:
        total = by_noise.abs().mean()
    if config.task == "raw":
        total = total + _tint_error(by_noise, batch, settings)
    if config.task == "demosaic":
        total = total + _colour_tint_error(by_noise, settings)
    if config.task == "upscale" and config.upscale.frequency_weight > 0:
        spectrum = frequency_error(error, config.network.scale)
        total = total + config.upscale.frequency_weight * spectrum
    return total
