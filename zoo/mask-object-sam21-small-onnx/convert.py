# SPDX-License-Identifier: GPL-3.0-or-later
"""SAM 2.1 with the small Hiera encoder, from a pair of ONNX files that others made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import sam2
from latent_zoo.graph import Graph


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The published pair under our contract; without it the pair of mask-object-sam21-small."""
    return sam2.prepared_graphs(sam2.SMALL, checkpoints, seed)
