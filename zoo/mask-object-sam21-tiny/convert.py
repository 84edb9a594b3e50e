# SPDX-License-Identifier: GPL-3.0-or-later
"""SAM 2.1 with the tiny Hiera encoder: encoder and decoder for single pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import sam2
from latent_zoo.graph import Graph

CHECKPOINT = "sam2.1_hiera_tiny.pt"


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Encoder and decoder; without checkpoints with random weights from ``seed``."""
    return sam2.graphs(sam2.TINY, checkpoints, CHECKPOINT, seed)
