# SPDX-License-Identifier: GPL-3.0-or-later
"""SegNext with the ViT-B encoder and two fusion blocks, tuned on fine masks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import segnext
from latent_zoo.graph import Graph

CHECKPOINT = "vitb_sa2_cocolvis_hq44k_epoch_0.pth"


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """Encoder and decoder; without checkpoints with random weights from ``seed``."""
    return segnext.graphs(segnext.BASE_HQ, checkpoints, CHECKPOINT, seed)
