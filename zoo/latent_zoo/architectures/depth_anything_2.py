# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth Anything V2: DINOv2 and a DPT head, any picture whose sides are multiples of 14.

The modules are transformers' ``DepthAnythingForDepthEstimation``; only the order of its calls is
written anew, because the library fixes the output's size while it is traced.

Paper: Yang et al., Depth Anything V2 (2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

from latent_zoo.architectures import initial
from latent_zoo.graph import Graph, load_strictly, read_checkpoint

PATCH = 14


@dataclass(frozen=True)
class Size:
    """``side`` is that of the pictures in training; ``levels`` the blocks whose tokens are read."""

    width: int = 384
    depth: int = 12
    heads: int = 6
    levels: tuple[int, int, int, int] = (3, 6, 9, 12)
    neck: tuple[int, int, int, int] = (48, 96, 192, 384)
    fusion: int = 64
    head: int = 32
    side: int = 518


SMALL = Size()


def _library(size: Size) -> DepthAnythingForDepthEstimation:
    backbone = Dinov2Config(
        hidden_size=size.width,
        num_hidden_layers=size.depth,
        num_attention_heads=size.heads,
        image_size=size.side,
        patch_size=PATCH,
        out_features=[f"stage{level}" for level in size.levels],
        reshape_hidden_states=False,
        apply_layernorm=True,
        use_mask_token=True,
        attn_implementation="eager",
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        patch_size=PATCH,
        reassemble_hidden_size=size.width,
        neck_hidden_sizes=list(size.neck),
        fusion_hidden_size=size.fusion,
        head_in_index=-1,
        head_hidden_size=size.head,
        depth_estimation_type="relative",
    )
    return DepthAnythingForDepthEstimation(config)


class DepthAnything2(nn.Module):
    """[1, 3, H, W] -> inverse depth [1, H, W], near is large; H and W multiples of 14."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.library = _library(size)

    def forward(self, pixel_values: Tensor) -> Tensor:
        rows, columns = pixel_values.shape[2] // PATCH, pixel_values.shape[3] // PATCH
        maps = self.library.backbone(pixel_values).feature_maps
        fused = self.library.neck(maps, rows, columns)[-1]
        head = self.library.head
        out = functional.interpolate(
            head.conv1(fused),
            size=(rows * PATCH, columns * PATCH),
            mode="bilinear",
            align_corners=True,
        )
        out = functional.relu(head.conv3(functional.relu(head.conv2(out))))
        return out.squeeze(1)


def build(size: Size, checkpoint: Path | None, seed: int) -> DepthAnything2:
    """The network with the checkpoint's weights (names of transformers), or with random ones.

    Errors: ZooError as ``load_strictly``.
    """
    model = DepthAnything2(size)
    if checkpoint is not None:
        load_strictly(model.library, read_checkpoint(checkpoint), str(checkpoint))
        return model.eval()
    initial.fill(model, seed)
    with torch.no_grad():  # inverse depth ends in a ReLU: keep most of it above zero
        model.library.head.conv3.bias.fill_(2.0)
    return model


MEANINGS = {
    "pixel_values": "RGB, sRGB-encoded, (value - mean) / std of ImageNet (0.485 0.456 0.406 / "
    "0.229 0.224 0.225 of 1); sides are multiples of 14, the short one 518 by default",
    "predicted_depth": "relative inverse depth (disparity), 0 and up; near is large",
}


def graphs(size: Size, checkpoints: Mapping[str, Path] | None, name: str, seed: int) -> list[Graph]:
    """One graph; ``name`` is the checkpoint's file name."""
    model = build(size, None if checkpoints is None else checkpoints[name], seed)
    made = torch.Generator().manual_seed(seed)
    cells = size.side // PATCH
    shapes = [(cells, cells), (cells, cells * 3 // 2), (cells * 4 // 3, cells)]
    examples = [
        {"pixel_values": torch.randn(1, 3, rows * PATCH, columns * PATCH, generator=made)}
        for rows, columns in shapes
    ]
    free = {"pixel_values": {2: "height", 3: "width"}, "predicted_depth": {1: "height", 2: "width"}}
    return [
        Graph(
            stem="model",
            module=model,
            example=examples[0],
            outputs=("predicted_depth",),
            meanings=dict(MEANINGS),
            dynamic=free,
            others=tuple(examples[1:]),
            low=-2.0,
            high=2.5,
        )
    ]
