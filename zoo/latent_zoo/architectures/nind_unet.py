# SPDX-License-Identifier: GPL-3.0-or-later
"""The U-Net of the Natural Image Noise Dataset; parameter names as published.

Source: B. Brummer, C. De Vleeschouwer, "Natural Image Noise Dataset", CVPR Workshops 2019; the
layout is that of Ronneberger and others' U-Net with batch norms and padded convolutions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 16  # height and width are multiples of it


class _Convolutions(nn.Module):
    """Two 3x3 convolutions, each with batch norm and ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for channels in (channels_in, channels_out):
            layers += [
                nn.Conv2d(channels, channels_out, 3, padding=1),
                nn.BatchNorm2d(channels_out),
                nn.ReLU(),
            ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels_in, H, W] to [N, channels_out, H, W]."""
        out: Tensor = self.conv(x)
        return out


class _Named(nn.Module):
    """One layer under the name ``conv``, as the published files nest it."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.conv = inner

    def forward(self, x: Tensor) -> Tensor:
        """The layer."""
        out: Tensor = self.conv(x)
        return out


class _Down(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.mpconv = nn.Sequential(nn.MaxPool2d(2), _Convolutions(channels_in, channels_out))

    def forward(self, x: Tensor) -> Tensor:
        """Half the height and width."""
        out: Tensor = self.mpconv(x)
        return out


class _Up(nn.Module):
    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(channels_in // 2, channels_in // 2, 2, stride=2)
        self.conv = _Convolutions(channels_in, channels_out)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Twice the height and width, joined with ``skip``."""
        out: Tensor = self.conv(torch.cat([skip, self.up(x)], dim=1))
        return out


class NindUNet(nn.Module):
    """[N, 3, H, W], sRGB-encoded 0..1, to the same; H and W multiples of 16."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.inc = _Named(_Convolutions(3, width))
        self.down1 = _Down(width, 2 * width)
        self.down2 = _Down(2 * width, 4 * width)
        self.down3 = _Down(4 * width, 8 * width)
        self.down4 = _Down(8 * width, 8 * width)
        self.up1 = _Up(16 * width, 4 * width)
        self.up2 = _Up(8 * width, 2 * width)
        self.up3 = _Up(4 * width, width)
        self.up4 = _Up(2 * width, width)
        self.outc = _Named(nn.Conv2d(width, 3, 1))

    def forward(self, picture: Tensor) -> Tensor:
        """Runs the network."""
        kept = [self.inc(picture)]
        for down in (self.down1, self.down2, self.down3):
            kept.append(down(kept[-1]))
        x = self.down4(kept[-1])
        for up in (self.up1, self.up2, self.up3, self.up4):
            x = up(x, kept.pop())
        return torch.sigmoid(self.outc(x))
