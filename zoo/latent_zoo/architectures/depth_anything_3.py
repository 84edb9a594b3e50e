# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth Anything 3 for one picture: DINOv2, a DPT head for depth and one for sky.

Written from the paper (Lin et al., Depth Anything 3, 2025); the backbone is timm's DINOv2;
parameter names are those of the checkpoint. The authors' post-processing is part of the graph:
sky is put at the depth below which 99 % of the rest lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn import functional

from latent_zoo.architectures import initial
from latent_zoo.graph import Graph, load_strictly, read_checkpoint

PATCH = 14
SKY = 0.3  # the sky head's value from which a pixel is sky
FEW = 10.0  # pixels: fewer of sky, or of anything else, change nothing
FAR_SHARE = 0.99
HALVINGS = 24  # of the depth range, in search of that share
OFFSET = 0.1  # what DINOv2 adds to a grid's side before it resizes positions


@dataclass(frozen=True)
class Size:
    """``trained`` is the side in training, ``side`` that of the package; ``levels`` are blocks."""

    width: int = 1024
    depth: int = 24
    heads: int = 16
    levels: tuple[int, int, int, int] = (4, 11, 17, 23)
    channels: tuple[int, int, int, int] = (256, 512, 1024, 1024)
    features: int = 256
    head: int = 32
    trained: int = 518
    side: int = 504


MONO_LARGE = Size()


def _backbone(size: Size) -> VisionTransformer:
    vit = VisionTransformer(
        img_size=size.trained,
        patch_size=PATCH,
        num_classes=0,
        global_pool="",
        embed_dim=size.width,
        depth=size.depth,
        num_heads=size.heads,
        init_values=1.0,
    )
    vit.norm.eps = 1e-5  # the blocks' norms have 1e-6
    for block in vit.blocks:
        block.attn.fused_attn = False
    return vit


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv2(functional.relu(self.conv1(functional.relu(x)))) + x
        return out


class _Fusion(nn.Module):
    """Coarse features plus finer ones, enlarged."""

    def __init__(self, channels: int, joins: bool) -> None:
        super().__init__()
        if joins:
            self.resConfUnit1 = _Residual(channels)
        self.resConfUnit2 = _Residual(channels)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(self, coarse: Tensor, finer: Tensor | None, size: tuple[int, int]) -> Tensor:
        if finer is not None:
            coarse = coarse + self.resConfUnit1(finer)
        large = functional.interpolate(
            self.resConfUnit2(coarse), size=size, mode="bilinear", align_corners=True
        )
        out: Tensor = self.out_conv(large)
        return out


class _Scratch(nn.Module):
    """Everything behind the four maps; named as published."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width, half = size.features, size.features // 2
        for index, channels in enumerate(size.channels, start=1):
            self.add_module(
                f"layer{index}_rn", nn.Conv2d(channels, width, 3, padding=1, bias=False)
            )
            self.add_module(f"refinenet{index}", _Fusion(width, index < 4))
        self.output_conv1 = nn.Conv2d(width, half, 3, padding=1)
        self.output_conv2 = _last(half, size.head)
        self.sky_output_conv2 = _last(half, size.head)


def _last(channels: int, middle: int) -> nn.Sequential:
    first = nn.Conv2d(channels, middle, 3, padding=1)
    return nn.Sequential(first, nn.ReLU(), nn.Conv2d(middle, 1, 1))


class _Head(nn.Module):
    """Four maps of tokens -> log depth and sky, [1, 1, side, side] each."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        first, second, _, fourth = size.channels
        self.projects = nn.ModuleList(nn.Conv2d(size.width, c, 1) for c in size.channels)
        self.resize_layers = nn.ModuleList(
            [
                nn.ConvTranspose2d(first, first, 4, stride=4),
                nn.ConvTranspose2d(second, second, 2, stride=2),
                nn.Identity(),
                nn.Conv2d(fourth, fourth, 3, stride=2, padding=1),
            ]
        )
        self.scratch = _Scratch(size)

    def _levels(self, tokens: list[Tensor]) -> list[Tensor]:
        grid = self.size.side // PATCH
        found = []
        for index, level in enumerate(tokens):
            flat = level.transpose(1, 2).reshape(1, self.size.width, grid, grid)
            scaled = self.resize_layers[index](self.projects[index](flat))
            found.append(self.scratch.get_submodule(f"layer{index + 1}_rn")(scaled))
        return found

    def forward(self, tokens: list[Tensor]) -> tuple[Tensor, Tensor]:
        levels = self._levels(tokens)
        fused: Tensor | None = None
        for index in (4, 3, 2, 1):
            level = levels[index - 1]
            shape = (
                levels[index - 2].shape if index > 1 else (0, 0, *(2 * s for s in level.shape[2:]))
            )
            fuse = self.scratch.get_submodule(f"refinenet{index}")
            given = (level, None) if fused is None else (fused, level)
            fused = fuse(*given, (int(shape[2]), int(shape[3])))
        side = self.size.side
        large = functional.interpolate(
            self.scratch.output_conv1(fused), size=(side, side), mode="bilinear", align_corners=True
        )
        return self.scratch.output_conv2(large), self.scratch.sky_output_conv2(large)


def far_depth(depth: Tensor, solid: Tensor) -> Tensor:
    """The depth below which ``FAR_SHARE`` of the pixels with ``solid`` 1 lie, by halving.

    Sorting 254,016 numbers would be exact; halving needs nothing that an engine lacks and ends
    within the depth range over 2^24.
    """
    wanted = FAR_SHARE * solid.sum()
    low, high = depth.min(), depth.max()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = ((depth <= middle).to(depth.dtype) * solid).sum() >= wanted
        low, high = torch.where(enough, low, middle), torch.where(enough, middle, high)
    return high


def with_sky(depth: Tensor, sky: Tensor) -> Tensor:
    """``depth`` with the pixels of sky as far as almost everything else."""
    solid = (sky < SKY).to(depth.dtype)
    there = solid.sum()
    mixed = (there > FEW) & (depth.numel() - there > FEW)
    return torch.where(mixed & (sky >= SKY), far_depth(depth, solid), depth)


class _Net(nn.Module):
    """The checkpoint's tree: ``backbone.pretrained`` and ``head``."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.backbone = nn.Module()
        self.backbone.pretrained = _backbone(size)
        self.head = _Head(size)


class DepthAnything3(nn.Module):
    """[1, 3, side, side] -> depth [1, 1, side, side], near is small."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.model = _Net(size)
        self.register_buffer("places", torch.zeros(0), persistent=False)

    def settle(self) -> DepthAnything3:
        """Fit the positions to ``side``, once the weights are in; gives itself back."""
        vit = cast(VisionTransformer, self.model.backbone.pretrained)
        trained, grid = self.size.trained // PATCH, self.size.side // PATCH
        with torch.no_grad():
            own = vit.pos_embed[:, 1:]
            if grid != trained:
                scale = (grid + OFFSET) / trained
                square = own.reshape(1, trained, trained, -1).permute(0, 3, 1, 2)
                square = functional.interpolate(square, scale_factor=(scale, scale), mode="bicubic")
                own = square.permute(0, 2, 3, 1).reshape(1, grid * grid, -1)
            self.places = torch.cat([vit.pos_embed[:, :1], own], dim=1).clone()
        return self.eval()

    def forward(self, image: Tensor) -> Tensor:
        vit = cast(VisionTransformer, self.model.backbone.pretrained)
        x = vit.patch_embed.proj(image).flatten(2).transpose(1, 2)
        x = torch.cat([vit.cls_token, x], dim=1) + self.get_buffer("places")
        levels = []
        for index, block in enumerate(vit.blocks):
            x = block(x)
            if index in self.size.levels:
                levels.append(vit.norm(x)[:, 1:])
        depth, sky = self.model.head(levels)
        return with_sky(torch.exp(depth), functional.relu(sky))


def build(size: Size, checkpoint: Path | None, seed: int) -> DepthAnything3:
    """The network with the checkpoint's weights, or with random ones.

    Errors: ZooError as ``load_strictly``.
    """
    model = DepthAnything3(size)
    if checkpoint is not None:
        load_strictly(model, read_checkpoint(checkpoint), str(checkpoint))
        return model.settle()
    initial.fill(model, seed)
    with torch.no_grad():  # clear borders: no pixel sits on the threshold
        model.model.head.scratch.sky_output_conv2.get_parameter("2.weight").mul_(100.0)
    return model.settle()


MEANINGS = {
    "image": "RGB, sRGB-encoded, (value - mean) / std of ImageNet (0.485 0.456 0.406 / 0.229 0.224 "
    "0.225 of 1), resized to this size",
    "depth": "relative depth above 0; near is small, sky is far",
}


def graphs(size: Size, checkpoints: Mapping[str, Path] | None, name: str, seed: int) -> list[Graph]:
    """One graph of fixed size; ``name`` is the checkpoint's file name."""
    model = build(size, None if checkpoints is None else checkpoints[name], seed)
    made = torch.Generator().manual_seed(seed)
    return [
        Graph(
            stem="model",
            module=model,
            example={"image": torch.randn(1, 3, size.side, size.side, generator=made)},
            outputs=("depth",),
            meanings=dict(MEANINGS),
            low=-2.0,
            high=2.5,
        )
    ]
