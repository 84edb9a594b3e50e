# SPDX-License-Identifier: GPL-3.0-or-later
"""The network: a U-Net of plain 3x3 convolutions over 2x2-packed planes.

No pooling over the picture and no spatial normalisation: what a pixel becomes depends on its
surroundings alone, so a picture may be cut into tiles.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from latent_train.config import ConfigError, NetworkConfig
from latent_train.types import FloatArray, Runner


class ResidualBlock(nn.Module):
    """x + conv(relu(conv(x))), both 3x3, same width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        inner: Tensor = self.second(torch.relu(self.first(x)))
        return x + inner


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width) for _ in range(count)))


class LatentUNet(nn.Module):
    """Packed planes in, packed residual out: what to take away from u.

    Shapes: [N, planes*4, H/2, W/2] to [N, outputs*4, H/2, W/2]; H, W multiples of ``stride_px``.
    Channel = plane*4 + dy*2 + dx, as torch's pixel_unshuffle orders them.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        widths, cells = config.widths, config.unshuffle**2
        self.stride_px = config.unshuffle * 2 ** (len(widths) - 1)
        self.head = nn.Conv2d(config.planes * cells, widths[0], 3, padding=1)
        self.encoders = nn.ModuleList(_blocks(w, config.blocks) for w in widths[:-1])
        pairs = list(pairwise(widths))
        self.downs = nn.ModuleList(nn.Conv2d(fine, coarse, 2, 2) for fine, coarse in pairs)
        self.middle = _blocks(widths[-1], config.blocks)
        self.ups = nn.ModuleList(nn.Conv2d(coarse, fine * 4, 1) for fine, coarse in pairs[::-1])
        self.decoders = nn.ModuleList(_blocks(w, config.blocks) for w in widths[-2::-1])
        self.tail = nn.Conv2d(widths[0], config.outputs * cells, 3, padding=1)

    def forward(self, planes: Tensor) -> Tensor:
        x = self.head(planes)
        skips: list[Tensor] = []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            x = encoder(x)
            skips.append(x)
            x = down(x)
        x = self.middle(x)
        for up, decoder in zip(self.ups, self.decoders, strict=True):
            x = decoder(nn.functional.pixel_shuffle(up(x), 2) + skips.pop())
        residual: Tensor = self.tail(x)
        return residual


class LatentBody(nn.Module):
    """Residual blocks in a row at the resolution of the input, for enlarging.

    Shapes: [N, planes, H, W] to [N, outputs*scale^2, H, W], which is the residual over a bicubic
    enlargement, packed: channel = plane*scale^2 + dy*scale + dx.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        (width,) = config.widths
        self.stride_px = 1
        self.head = nn.Conv2d(config.planes, width, 3, padding=1)
        self.body = _blocks(width, config.blocks)
        self.tail = nn.Conv2d(width, config.outputs * config.scale**2, 3, padding=1)
        with torch.no_grad():  # begin near the bicubic enlargement
            self.tail.weight *= 0.1
            self.tail.bias.zero_()  # type: ignore[union-attr]

    def forward(self, planes: Tensor) -> Tensor:
        x = self.head(planes)
        residual: Tensor = self.tail(x + self.body(x))
        return residual


Network = LatentUNet | LatentBody


def make_network(config: NetworkConfig) -> Network:
    """The network that a recipe describes. Errors: ConfigError for an unknown kind."""
    if config.kind == "unet":
        return LatentUNet(config)
    if config.kind == "body":
        return LatentBody(config)
    raise ConfigError(f"network kind {config.kind!r} is neither unet nor body")


def parameter_count(network: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(parameter.numel() for parameter in network.parameters())


def torch_runner(network: nn.Module, bf16: bool = False) -> Runner:
    """A network on the processor, as torch computes it: in float32, or its layers in bfloat16."""

    def run(planes: FloatArray) -> FloatArray:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            given = torch.from_numpy(planes.astype(np.float32))
            return np.asarray(network(given).float().numpy())

    return run
