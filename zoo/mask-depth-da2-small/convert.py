# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth Anything V2 with the small DINOv2."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import depth_anything_2
from latent_zoo.graph import Graph

CHECKPOINT = "model.safetensors"


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """One graph; without checkpoints with random weights from ``seed``."""
    return depth_anything_2.graphs(depth_anything_2.SMALL, checkpoints, CHECKPOINT, seed)
