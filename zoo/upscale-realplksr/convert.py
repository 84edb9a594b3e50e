# SPDX-License-Identifier: GPL-3.0-or-later
"""RealPLKSR for 2x and 4x, from spandrel; its partial convolution is written here without writing
into its input, which an engine would have to scatter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from spandrel.architectures.PLKSR import RealPLKSR
from torch import Tensor, nn

from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph

CHECKPOINTS = {2: "2x_realplksr_mssim_pretrain.pth", 4: "4x_realplksr_mssim_pretrain.pth"}
TILES = {2: 512, 4: 256}
MEANINGS = ("RGB, sRGB-encoded, 0 to 1", "enlarged RGB, sRGB-encoded, about 0 to 1, not clipped")


class PartialConvolution(nn.Module):
    """A large convolution of the first channels; the others pass."""

    def __init__(self, inner: nn.Conv2d) -> None:
        super().__init__()
        self.conv = inner

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same."""
        count = self.conv.in_channels
        return torch.cat([self.conv(x[:, :count]), x[:, count:]], dim=1)


def realplksr(scale: int, dysample: bool = True, layer_norm: bool = False) -> nn.Module:
    """The network; parameter names as published."""
    network: nn.Module = RealPLKSR(upscaling_factor=scale, dysample=dysample, layer_norm=layer_norm)
    for block in list(network.modules()):
        inner = getattr(block, "lk", None)
        if isinstance(inner, nn.Module):
            block.lk = PartialConvolution(inner.get_submodule("conv"))  # type: ignore[arg-type]
    return network


def _network(checkpoints: Mapping[str, Path] | None, scale: int, seed: int) -> nn.Module:
    if checkpoints is None:
        return fill(realplksr(scale), seed + scale, 0.5)
    name = CHECKPOINTS[scale]
    state = read_checkpoint(checkpoints[name], "params_ema", "params")
    network = realplksr(scale, "to_img.init_pos" in state, "feats.1.layer_norm.bias" in state)
    load_strictly(network, state, name)
    return network.eval()


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Both networks with the published weights, or with random ones from ``seed``.

    There is no export with free sizes: the sampling grid of the last layer is of a fixed size.
    """
    return [
        tile_graph(
            _network(checkpoints, scale, seed), f"model_x{scale}", (3, TILES[scale]), MEANINGS
        )
        for scale in (2, 4)
    ]
