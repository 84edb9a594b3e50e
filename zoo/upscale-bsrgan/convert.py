# SPDX-License-Identifier: GPL-3.0-or-later
"""BSRGAN's RRDB networks for 2x and 4x, from spandrel, with the names of the published files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from spandrel.architectures.ESRGAN import ESRGAN
from torch import Tensor, nn

from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph

CHECKPOINTS = {2: "BSRGANx2.pth", 4: "BSRGAN.pth"}
TILES = {2: 512, 4: 256}
MEANINGS = ("RGB, sRGB-encoded, 0 to 1", "enlarged RGB, sRGB-encoded, about 0 to 1, not clipped")
BLOCKS = 23
_DENSE = re.compile(r"RRDB_trunk\.(\d+)\.RDB(\d)\.conv(\d)\.(weight|bias)")


def spandrel_name(published: str, scale: int, blocks: int = BLOCKS) -> str:
    """A parameter of the published file under the name that spandrel's network gives it."""
    if match := _DENSE.fullmatch(published):
        block, dense, convolution, kind = match.groups()
        return f"model.1.sub.{block}.RDB{dense}.conv{convolution}.0.{kind}"
    layer, _, kind = published.rpartition(".")
    steps = {2: 1, 4: 2}[scale]
    places = {
        "conv_first": "0",
        "trunk_conv": f"1.sub.{blocks}",
        **{f"upconv{step}": str(3 * step) for step in range(1, steps + 1)},
        "HRconv": str(3 * steps + 2),
        "conv_last": str(3 * steps + 4),
    }
    return f"model.{places[layer]}.{kind}" if layer in places else published


def adopt(state: Mapping[str, Tensor], scale: int, blocks: int = BLOCKS) -> dict[str, Tensor]:
    """The published tensors under spandrel's names; unknown ones keep theirs, and are refused."""
    return {spandrel_name(name, scale, blocks): value for name, value in state.items()}


def _network(checkpoints: Mapping[str, Path] | None, scale: int, seed: int) -> nn.Module:
    network: nn.Module = ESRGAN(scale=scale, num_blocks=BLOCKS)
    if checkpoints is None:
        return fill(network, seed + scale, 0.7)
    name = CHECKPOINTS[scale]
    load_strictly(network, adopt(read_checkpoint(checkpoints[name]), scale), name)
    return network.eval()


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Both networks with the published weights, or with random ones from ``seed``."""
    return [
        tile_graph(
            _network(checkpoints, scale, seed),
            f"model_x{scale}",
            (3, TILES[scale]),
            MEANINGS,
            ((64, 64), (48, 80)),
        )
        for scale in (2, 4)
    ]
