# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth Anything 3 for single pictures with the large DINOv2."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latent_zoo.architectures import depth_anything_3
from latent_zoo.graph import Graph

CHECKPOINT = "model.safetensors"


def graphs(checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """One graph; without checkpoints with random weights from ``seed``."""
    return depth_anything_3.graphs(depth_anything_3.MONO_LARGE, checkpoints, CHECKPOINT, seed)
