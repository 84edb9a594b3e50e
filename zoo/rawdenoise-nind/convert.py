# SPDX-License-Identifier: GPL-3.0-or-later
"""RawNIND's UtNet2 twice: from packed Bayer planes, and from linear RGB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures.utnet2 import UtNet2
from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.restoring import tile_graph

BAYER, LINEAR = "denoiser_bayer2prgb_utnet2.pt", "denoiser_prgb2prgb_utnet2.pt"
TILE = 512
BAYER_MEANINGS = (
    "packed Bayer planes R, G1, G2, B at half size, camera RGB, linear, 0 black to 1 white",
    "RGB at full size in the camera's space, linear, of arbitrary gain",
)
LINEAR_MEANINGS = (
    "RGB, linear Rec. 2020, 0 black to 1 white",
    "denoised RGB, linear Rec. 2020, of arbitrary gain",
)
_WRAPPERS = ("state_dict", "model_state_dict", "model", "generator")


def _network(checkpoints: Mapping[str, Path] | None, name: str, channels: int, seed: int) -> UtNet2:
    network = UtNet2(channels)
    if checkpoints is None:
        return fill(network, seed)
    state = read_checkpoint(checkpoints[name], *_WRAPPERS)
    load_strictly(network, {key.removeprefix("module."): v for key, v in state.items()}, name)
    return network.eval()


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Both networks with the published weights, or with random ones from ``seed``."""
    others = ((128, 128), (96, 160))
    bayer = _network(checkpoints, BAYER, 4, seed)
    linear = _network(checkpoints, LINEAR, 3, seed + 1)
    return [
        tile_graph(bayer, "model_bayer", (4, TILE), BAYER_MEANINGS, others),
        tile_graph(linear, "model_linear", (3, TILE), LINEAR_MEANINGS, others),
    ]
