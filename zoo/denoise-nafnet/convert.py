# SPDX-License-Identifier: GPL-3.0-or-later
"""NAFNet of width 32 for SIDD, from spandrel, with a norm from operators that export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from spandrel.architectures.NAFNet import NAFNet
from torch import Tensor, nn

from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph

CHECKPOINT = "NAFNet-SIDD-width32.pth"
TILE = 768
MEANINGS = ("RGB, sRGB-encoded, 0 to 1", "denoised RGB, sRGB-encoded, about 0 to 1, not clipped")
_EPSILON = 1e-6


class ChannelNorm(nn.Module):
    """Layer norm over the channels of each pixel, from plain operators; [N, C, H, W]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Mean 0, variance 1, then scale and shift."""
        centred = x - x.mean(1, keepdim=True)
        spread = (centred.square().mean(1, keepdim=True) + _EPSILON).sqrt()
        return self.weight.view(1, -1, 1, 1) * (centred / spread) + self.bias.view(1, -1, 1, 1)


class Unpadded(nn.Module):
    """NAFNet without the padding to multiples of 16, which tiles do not need."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        """[N, 3, H, W] to the same; H and W multiples of 16."""
        network: Any = self.network  # spandrel's, untyped
        x = network.intro(picture)
        kept = []
        for encoder, down in zip(network.encoders, network.downs, strict=True):
            kept.append(encoder(x))
            x = down(kept[-1])
        x = network.middle_blks(x)
        for decoder, up in zip(network.decoders, network.ups, strict=True):
            x = decoder(up(x) + kept.pop())
        out: Tensor = network.ending(x) + picture
        return out


def nafnet(width: int, encoders: list[int], middle: int, decoders: list[int]) -> nn.Module:
    """The network with norms that export; parameter names as published."""
    network: nn.Module = NAFNet(
        width=width, enc_blk_nums=encoders, middle_blk_num=middle, dec_blk_nums=decoders
    )
    for block in list(network.modules()):
        for name, inner in list(block.named_children()):
            if type(inner).__name__ == "LayerNorm2d":
                setattr(block, name, ChannelNorm(inner.get_parameter("weight").numel()))
    return network


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The network with the published weights, or with random ones from ``seed``."""
    network = nafnet(32, [2, 2, 4, 8], 12, [2, 2, 2, 2])
    if checkpoints is None:
        fill(network, seed, 1.0)
    else:
        state = read_checkpoint(checkpoints[CHECKPOINT], "params")
        load_strictly(network, state, CHECKPOINT)
    others = ((256, 256), (160, 224))
    return [tile_graph(Unpadded(network).eval(), "model", (3, TILE), MEANINGS, others)]
