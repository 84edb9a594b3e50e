# SPDX-License-Identifier: GPL-3.0-or-later
"""UtNet2 of RawNIND; parameter names as published.

Source: B. Brummer, C. De Vleeschouwer, "Learning Joint Denoising, Demosaicing, and Compression
from the Raw Natural Image Noise Dataset", 2025 (arXiv 2501.08924).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

STRIDE = 16  # height and width are multiples of it
_SLOPE = 0.2


def _convolutions(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1),
        nn.LeakyReLU(_SLOPE),
        nn.Conv2d(channels_out, channels_out, 3, padding=1),
        nn.LeakyReLU(_SLOPE),
    )


class UtNet2(nn.Module):
    """Packed Bayer [N, 4, H, W] to camera RGB [N, 3, 2H, 2W], or RGB [N, 3, H, W] to the same.

    H and W are multiples of 16; values are linear, the output's gain is whatever was learned.
    """

    def __init__(self, channels: int = 4, units: int = 32) -> None:
        super().__init__()
        self.convs1 = _convolutions(channels, units)
        self.convs2 = _convolutions(units, 2 * units)
        self.convs3 = _convolutions(2 * units, 4 * units)
        self.convs4 = _convolutions(4 * units, 8 * units)
        self.bottom = _convolutions(8 * units, 16 * units)
        self.up1 = nn.ConvTranspose2d(16 * units, 8 * units, 2, stride=2)
        self.tconvs1 = _convolutions(16 * units, 8 * units)
        self.up2 = nn.ConvTranspose2d(8 * units, 4 * units, 2, stride=2)
        self.tconvs2 = _convolutions(8 * units, 4 * units)
        self.up3 = nn.ConvTranspose2d(4 * units, 2 * units, 2, stride=2)
        self.tconvs3 = _convolutions(4 * units, 2 * units)
        self.up4 = nn.ConvTranspose2d(2 * units, units, 2, stride=2)
        self.tconvs4 = _convolutions(2 * units, units)
        head: list[nn.Module] = [nn.Conv2d(units, 12 if channels == 4 else 3, 1)]
        if channels == 4:
            head.append(nn.PixelShuffle(2))
        self.output_module = nn.Sequential(*head)

    def forward(self, planes: Tensor) -> Tensor:
        """Runs the network."""
        kept = [self.convs1(planes)]
        for block in (self.convs2, self.convs3, self.convs4):
            kept.append(block(max_pool2d(kept[-1], 2)))
        x = self.bottom(max_pool2d(kept[-1], 2))
        steps = (
            (self.up1, self.tconvs1),
            (self.up2, self.tconvs2),
            (self.up3, self.tconvs3),
            (self.up4, self.tconvs4),
        )
        for up, block in steps:
            x = block(torch.cat([up(x), kept.pop()], dim=1))
        out: Tensor = self.output_module(x)
        return out
