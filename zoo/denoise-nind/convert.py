# SPDX-License-Identifier: GPL-3.0-or-later
"""The denoiser of the Natural Image Noise Dataset: a U-Net, one picture in, one out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures.nind_unet import NindUNet
from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph

CHECKPOINT = "generator_280.pt"
TILE = 768
MEANINGS = ("RGB, sRGB-encoded, 0 to 1", "denoised RGB, sRGB-encoded, 0 to 1 by a sigmoid")


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The network with the published weights, or with random ones from ``seed``."""
    network = NindUNet()
    if checkpoints is None:
        fill(network, seed)
    else:
        load_strictly(network, read_checkpoint(checkpoints[CHECKPOINT]), CHECKPOINT)
    others = ((256, 256), (160, 224))
    return [tile_graph(network.eval(), "model", (3, TILE), MEANINGS, others)]
