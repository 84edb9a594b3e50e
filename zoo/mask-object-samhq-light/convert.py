# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ-SAM with the TinyViT encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import samhq
from latent_zoo.graph import Graph

CHECKPOINT = "sam_hq_vit_tiny.pth"


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Encoder and decoder; without checkpoints with random weights from ``seed``."""
    return samhq.graphs(samhq.LIGHT, checkpoints, CHECKPOINT, seed)
