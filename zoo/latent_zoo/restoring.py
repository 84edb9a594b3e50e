# SPDX-License-Identifier: GPL-3.0-or-later
"""What the graphs of restoration models have in common: one picture in, one out, a fixed tile."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from latent_zoo.graph import Graph

OPSET = 20  # as darktable's packages of these tasks
INPUT, OUTPUT = "input", "output"
_FREE = {2: "height", 3: "width"}


def tile_graph(
    module: nn.Module,
    stem: str,
    tile: tuple[int, int],
    meanings: tuple[str, str],
    others: Sequence[tuple[int, int]] = (),
) -> Graph:
    """The graph of a network that takes a square tile.

    ``tile``: channels and side. ``meanings``: of the input and the output. ``others``: height and
    width of further examples, for the export with free sizes; none where a network has no such.
    """
    channels, side = tile
    made = torch.Generator().manual_seed(1)

    def example(height: int, width: int) -> dict[str, torch.Tensor]:
        return {INPUT: torch.rand(1, channels, height, width, generator=made)}

    return Graph(
        stem,
        module,
        example(side, side),
        (OUTPUT,),
        {INPUT: meanings[0], OUTPUT: meanings[1]},
        others=tuple(example(height, width) for height, width in others),
        opset=OPSET,
        symbolic={INPUT: dict(_FREE), OUTPUT: dict(_FREE)} if others else {},
    )
