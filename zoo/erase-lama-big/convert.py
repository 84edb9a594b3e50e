# SPDX-License-Identifier: GPL-3.0-or-later
"""big-LaMa: fills what a mask marks, from context as wide as the picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from latent_zoo.architectures.lama import Lama
from latent_zoo.graph import Graph, load_strictly, read_checkpoint
from latent_zoo.random_weights import fill

CHECKPOINT = "big-lama.ckpt"
SIDE = 512
MEANINGS = {
    "image": "RGB, sRGB-encoded, 0 to 1; what lies under the mask has no influence",
    "mask": "1 marks what is to be filled, 0 what is kept",
    "output": "the filled picture, RGB, sRGB-encoded, 0 to 255; kept pixels are the input's",
}
_RANDOM_GAIN = 0.6  # a larger one lets the eighteen blocks grow into the sigmoid's flat ends


def hole(side: int) -> torch.Tensor:
    """A mask [1, 1, side, side] with a rectangle off the centre."""
    mask = torch.zeros(1, 1, side, side)
    mask[..., side // 4 : side // 2, side // 3 : 3 * side // 4] = 1
    return mask


def lama_graph(network: Lama, side: int) -> Graph:
    """The graph for squares of ``side`` pixels."""
    made = torch.Generator().manual_seed(1)
    image, mask = torch.rand(1, 3, side, side, generator=made), hole(side)
    return Graph("model", network, {"image": image, "mask": mask}, ("output",), MEANINGS, opset=17)


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The network with the published weights, or with random ones from ``seed``.

    There is no export with free sizes: the Fourier matrices are constants of the graph.
    """
    network = Lama()
    if checkpoints is None:
        fill(network, seed, _RANDOM_GAIN)
    else:
        state = read_checkpoint(checkpoints[CHECKPOINT], "state_dict")
        wanted = {key: value for key, value in state.items() if key.startswith("generator.")}
        load_strictly(network, wanted, CHECKPOINT)
    return [lama_graph(network.eval(), SIDE)]
