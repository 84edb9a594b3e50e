# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loss, in units of the noise."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import avg_pool2d

from latent_train.batches import Batch
from latent_train.config import OptimiserConfig


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


def loss(residual: Tensor, batch: Batch, config: OptimiserConfig) -> Tensor:
    """L1 of u - residual against the truth over (sigma_u + floor), plus the same of block means.

    The block terms are blind to detail: they hold the tint of flat areas, where single pixels say
    little. The larger the block the less noise is left in its mean, and the sharper the term.
    """
    u, sigma = batch.planes[:, 0:4], batch.planes[:, 4:8]
    error = (u - residual.float() - batch.target) / (sigma + config.loss_floor)
    count, _, height, width = batch.planes.shape
    is_colour = batch.planes[:, 8:20].reshape(count, 3, 4, height, width)
    total = error.abs().mean()
    for size in config.block_px:
        total = total + config.block_weight * block_error(error, is_colour, size // 2)
    return total
