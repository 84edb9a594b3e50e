# SPDX-License-Identifier: GPL-3.0-or-later
"""How noisy a finished picture is: one definition for training and for the program's estimator.

The level of noise is the root mean square of what is left of a block of 8x8 pixels after a plane
was fitted to it, over 61 degrees of freedom. For white noise that is its sigma; for noise that went
through a camera's processing it is what the eye and an estimator see of it. (src/rgb/noise_level.h)
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

BLOCK = 8
_FLAT = 0.25  # of the variance of the noise: texture that a flat block may have
_FREEDOM = BLOCK * BLOCK - 3
_POSITIONS = torch.arange(BLOCK, dtype=torch.float32) - (BLOCK - 1) / 2
_SPREAD = float((_POSITIONS**2).sum() * BLOCK)


def _blocks(field: Tensor) -> Tensor:
    """[N, C, H, W] to [N, C, H/8 * W/8, 8, 8]; what does not fill a block is left out."""
    n, c, h, w = field.shape
    rows, columns = h // BLOCK, w // BLOCK
    cut = field[:, :, : rows * BLOCK, : columns * BLOCK]
    cells = cut.reshape(n, c, rows, BLOCK, columns, BLOCK).transpose(3, 4)
    return cells.reshape(n, c, rows * columns, BLOCK, BLOCK)


def block_variance(noise: Tensor) -> Tensor:
    """Variance of every block of pure noise [N, C, H, W], a plane taken off: [N, C, blocks]."""
    cells = _blocks(noise)
    energy = (cells**2).sum(dim=(-1, -2))
    offset = cells.sum(dim=(-1, -2)) ** 2 / BLOCK**2
    slope_x = (cells * _POSITIONS).sum(dim=(-1, -2)) ** 2 / _SPREAD
    slope_y = (cells * _POSITIONS[:, None]).sum(dim=(-1, -2)) ** 2 / _SPREAD
    return (energy - offset - slope_x - slope_y).clamp(min=0) / _FREEDOM


def box_mean(picture: Tensor, size: int = 5) -> Tensor:
    """Mean of size x size pixels around each, borders mirrored; [N, C, H, W]."""
    edge = size // 2
    mean: Tensor = avg_pool2d(pad(picture, (edge,) * 4, mode="reflect"), size, stride=1)
    return mean


def level_map(noise: Tensor, clean: Tensor, noisy: Tensor) -> Tensor:
    """Sigma for every pixel and channel: the variance of ``noise`` as a parabola of brightness.

    The parabola is fitted to the blocks (brightness of ``clean``), kept within a factor of three of
    the mean sigma, and read at the 5x5 mean of ``noisy``, as the program does. A block counts for
    less the more texture it has: an estimator measures where it is flat, and cameras leave less
    noise there. All [N, C, H, W].
    """
    variance = block_variance(noise)
    brightness = _blocks(clean).mean(dim=(-1, -2))
    typical = variance.mean(dim=-1, keepdim=True).clamp(min=1e-12)
    share = 1 / (1 + block_variance(clean) / (_FLAT * typical)) ** 2
    share = share / share.sum(dim=-1, keepdim=True)
    mean = (variance * share).sum(dim=-1, keepdim=True).clamp(min=1e-12)
    basis = torch.stack([torch.ones_like(brightness), brightness, brightness**2], dim=-1)
    ridge = 1e-2 * torch.eye(3)
    weighted = (basis * share[..., None]).transpose(-1, -2)
    gram = weighted @ basis + ridge
    right = weighted @ (variance / mean)[..., None]
    right = right + ridge @ torch.tensor([1.0, 0.0, 0.0])[:, None]
    weights = torch.linalg.solve(gram, right)[..., 0]
    at = box_mean(noisy)
    p = [weights[..., k, None, None] for k in range(3)]
    relative = (p[0] + p[1] * at + p[2] * at**2).clamp(1 / 9, 9)
    sigma: Tensor = (relative * mean[..., None]).sqrt()
    return sigma
