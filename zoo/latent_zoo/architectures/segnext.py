# SPDX-License-Identifier: GPL-3.0-or-later
"""SegNext for interactive masks: a plain ViT, clicks drawn as discs, two attention blocks.

Written from the paper (Liu et al., Rethinking Interactive Image Segmentation with Low Latency,
High Quality, and Diverse Prompts, CVPR 2024); parameter names are those of the checkpoint. Clicks
and the earlier mask are three planes that a patch embedding reads; what it gives is added to the
features of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from latent_zoo.architectures import initial
from latent_zoo.graph import Graph, load_strictly, read_checkpoint

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
FAR = 1e6  # squared distance of a click that does not count


@dataclass(frozen=True)
class Size:
    """``windows`` per side in blocks of local attention; every ``rhythm``-th block is global."""

    width: int = 768
    depth: int = 12
    heads: int = 12
    fusion: int = 2
    rhythm: int = 3
    windows: int = 4
    pyramid: tuple[int, int, int, int] = (128, 256, 512, 1024)
    head: int = 256
    side: int = 1024
    patch: int = 16
    radius: float = 5.0

    @property
    def grid(self) -> int:
        """Patches per side."""
        return self.side // self.patch


BASE_HQ = Size()


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        count, tokens, width = x.shape
        split = self.qkv(x).reshape(count, tokens, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(query @ key.transpose(2, 3) * (width // self.heads) ** -0.5, -1)
        out: Tensor = self.proj((weights @ value).transpose(1, 2).reshape(count, tokens, width))
        return out


class _Mlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return out


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, eps: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.attn = _Attention(width, heads)
        self.mlp = _Mlp(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class _Patches(nn.Module):
    """[1, 3, side, side] -> [1, grid * grid, width]."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, size.width, size.patch, stride=size.patch)

    def forward(self, planes: Tensor) -> Tensor:
        out: Tensor = self.proj(planes).flatten(2).transpose(1, 2)
        return out


class _Backbone(nn.Module):
    """The ViT; its last block is global whatever the rhythm. ``fc_norm`` is never used."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.patch_embed = _Patches(size)
        self.pos_embed = nn.Parameter(torch.zeros(1, size.grid**2 + 1, size.width))
        self.blocks = nn.Sequential(
            *(_Block(size.width, size.heads, 1e-6) for _ in range(size.depth))
        )
        self.fc_norm = nn.LayerNorm(size.width, eps=1e-6)

    def _cut(self, x: Tensor) -> Tensor:
        """Tokens of the whole grid -> [windows^2, tokens of one, width]."""
        parts, cells = self.size.windows, self.size.grid // self.size.windows
        x = x.reshape(parts, cells, parts, cells, -1).permute(0, 2, 1, 3, 4)
        return x.reshape(parts * parts, cells * cells, -1)

    def _join(self, x: Tensor) -> Tensor:
        parts, cells = self.size.windows, self.size.grid // self.size.windows
        x = x.reshape(parts, parts, cells, cells, -1).permute(0, 2, 1, 3, 4)
        return x.reshape(1, self.size.grid**2, -1)

    def forward(self, image: Tensor) -> Tensor:
        x = self.patch_embed(image) + self.pos_embed[:, 1:]
        local = False
        for index, block in enumerate(self.blocks, start=1):
            whole = index % self.size.rhythm == 0 or index == self.size.depth
            if whole and local:
                x = self._join(x)
            elif not whole and not local:
                x = self._cut(x)
            local = not whole
            x = block(x)
        return _as_map(x, self.size)


def _as_map(tokens: Tensor, size: Size) -> Tensor:
    """[1, grid * grid, width] -> [1, width, grid, grid]."""
    return tokens.transpose(1, 2).reshape(1, size.width, size.grid, size.grid)


class _WholeNorm(nn.GroupNorm):
    """GroupNorm of one group, its means taken over channels first, then over places.

    Why: exporters make InstanceNormalization of it, whose sums over 6 million values engines take
    in float32: off by 1e-4 of the deviation, and the logits by 2e-3 of theirs.
    """

    def forward(self, x: Tensor) -> Tensor:
        apart = x - _mean(x)
        scale = torch.rsqrt(_mean(apart * apart) + self.eps)
        shape = (1, -1, 1, 1)
        return apart * scale * self.weight.reshape(shape) + self.bias.reshape(shape)


def _mean(x: Tensor) -> Tensor:
    """Of each picture: [N, 1, 1, 1]."""
    return x.mean(1, keepdim=True).mean(2, keepdim=True).mean(3, keepdim=True)


def _norm(channels: int) -> nn.GroupNorm:
    return _WholeNorm(1, channels)


class _Pyramid(nn.Module):
    """The same features at 4, 8, 16 and 32 pixels a cell."""

    def __init__(self, width: int, out: tuple[int, int, int, int]) -> None:
        super().__init__()
        four, eight, thirty = (
            max(out[0] * 2, width // 2),
            max(out[1], width // 2),
            max(out[3], width * 2),
        )
        self.down_4 = nn.Sequential(
            nn.ConvTranspose2d(width, four, 2, stride=2),
            _norm(four),
            nn.GELU(),
            nn.ConvTranspose2d(four, four // 2, 2, stride=2),
            _norm(four // 2),
            nn.Conv2d(four // 2, out[0], 1),
            _norm(out[0]),
            nn.GELU(),
        )
        self.down_8 = nn.Sequential(
            nn.ConvTranspose2d(width, eight, 2, stride=2),
            _norm(eight),
            nn.Conv2d(eight, out[1], 1),
            _norm(out[1]),
            nn.GELU(),
        )
        self.down_16 = nn.Sequential(nn.Conv2d(width, out[2], 1), _norm(out[2]), nn.GELU())
        self.down_32 = nn.Sequential(
            nn.Conv2d(width, thirty, 2, stride=2),
            _norm(thirty),
            nn.Conv2d(thirty, out[3], 1),
            _norm(out[3]),
            nn.GELU(),
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        return [self.down_4(x), self.down_8(x), self.down_16(x), self.down_32(x)]


class _ConvRelu(nn.Module):
    """A convolution of one pixel and ReLU, keys ``conv.*``."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.conv(x))


class _Head(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_ConvRelu(channels, size.head) for channels in size.pyramid)
        self.fusion_conv = _ConvRelu(size.head * len(size.pyramid), size.head)
        self.seg_conv = nn.Conv2d(size.head, 1, 1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        fine = levels[0].shape[2:]
        maps = [
            functional.interpolate(conv(level), size=fine, mode="bilinear", align_corners=False)
            for conv, level in zip(self.convs, levels, strict=True)
        ]
        out: Tensor = self.seg_conv(self.fusion_conv(torch.cat(maps, dim=1)))
        return out


class SegNext(nn.Module):
    """All weights."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.backbone = _Backbone(size)
        self.neck = _Pyramid(size.width, size.pyramid)
        self.head = _Head(size)
        self.visual_prompts_encoder = _Patches(size)
        self.fusion_blocks = nn.Sequential(
            *(_Block(size.width, size.heads, 1e-5) for _ in range(size.fusion))
        )


class Encoder(nn.Module):
    """[1, 3, side, side] in [0, 1] -> [1, width, grid, grid]."""

    def __init__(self, model: SegNext) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.register_buffer("mean", torch.tensor(MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        normal = (image - self.get_buffer("mean")) / self.get_buffer("std")
        out: Tensor = self.backbone(normal)
        return out


class Decoder(nn.Module):
    """Features, clicks and the earlier mask -> logits [1, 1, side, side]."""

    def __init__(self, model: SegNext) -> None:
        super().__init__()
        self.size = model.size
        self.visual_prompts_encoder = model.visual_prompts_encoder
        self.fusion_blocks = model.fusion_blocks
        self.neck = model.neck
        self.head = model.head
        line = torch.arange(model.size.side, dtype=torch.float32)
        self.register_buffer("line", line, persistent=False)

    def _discs(self, coords: Tensor, labels: Tensor, label: float) -> Tensor:
        """[1, 1, side, side]: 1 within ``radius`` pixels of a click of ``label``, else 0."""
        line = self.get_buffer("line")
        across = (line.reshape(1, 1, 1, -1) - coords[:, :, 0:1].unsqueeze(-1)) ** 2
        down = (line.reshape(1, 1, -1, 1) - coords[:, :, 1:2].unsqueeze(-1)) ** 2
        out_of_it = (labels != label).to(coords.dtype).reshape(1, -1, 1, 1) * FAR
        nearest = (across + (down + out_of_it)).amin(dim=1, keepdim=True)
        return (nearest <= self.size.radius**2).to(coords.dtype)

    def forward(
        self, image_feats: Tensor, point_coords: Tensor, point_labels: Tensor, prev_mask: Tensor
    ) -> Tensor:
        discs = [self._discs(point_coords, point_labels, label) for label in (1.0, 0.0)]
        prompts = self.visual_prompts_encoder(torch.cat([prev_mask, *discs], dim=1))
        tokens = image_feats.flatten(2).transpose(1, 2) + prompts
        fused = _as_map(self.fusion_blocks(tokens), self.size)
        logits = self.head(self.neck(fused))
        side = self.size.side
        return functional.interpolate(
            logits, size=(side, side), mode="bilinear", align_corners=True
        )


def build(size: Size, checkpoint: Path | None, seed: int) -> SegNext:
    """The network with the checkpoint's weights, or with random ones.

    Errors: ZooError as ``load_strictly``.
    """
    model = SegNext(size)
    if checkpoint is None:
        return initial.fill(model, seed)
    load_strictly(model, read_checkpoint(checkpoint, "state_dict"), str(checkpoint))
    return model.eval()


MEANINGS = {
    "image": "RGB, sRGB-encoded, 0 .. 1; ImageNet normalisation is inside; long side scaled to the "
    "model's, at the top left, padding 0",
    "image_feats": "features at a sixteenth of the side, for the decoder",
    "point_coords": "x, y in pixels of the model's picture",
    "point_labels": "1 object, 0 background, -1 no point",
    "prev_mask": "the mask of the call before as 0 or 1, or zeros",
    "mask": "logits; above 0 is object",
}


def _clicks(count: int, side: int, seed: int) -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(seed)
    places = torch.floor(torch.rand(1, count, 2, generator=made) * side)
    labels = (torch.arange(count) % 2 == 0).float()
    if count > 2:
        labels[-1] = -1.0
    coarse = torch.rand(1, 1, side // 16, side // 16, generator=made)
    mask = (functional.interpolate(coarse, size=(side, side), mode="bilinear") > 0.6).float()
    return {
        "point_coords": places,
        "point_labels": labels.reshape(1, count),
        "prev_mask": mask if count > 1 else torch.zeros_like(mask),
    }


def encoder_graph(model: SegNext, seed: int) -> Graph:
    side = model.size.side
    made = torch.Generator().manual_seed(seed)
    return Graph(
        stem="encoder",
        module=Encoder(model).eval(),
        example={"image": torch.rand(1, 3, side, side, generator=made)},
        outputs=("image_feats",),
        meanings={name: MEANINGS[name] for name in ("image", "image_feats")},
    )


def decoder_graph(model: SegNext, seed: int) -> Graph:
    """N, the number of clicks, is free."""
    size = model.size
    made = torch.Generator().manual_seed(seed)
    features = torch.randn(1, size.width, size.grid, size.grid, generator=made)
    examples = [
        {"image_feats": features, **_clicks(count, size.side, seed + count)} for count in (2, 1, 5)
    ]
    return Graph(
        stem="decoder",
        module=Decoder(model).eval(),
        example=examples[0],
        outputs=("mask",),
        meanings={name: MEANINGS[name] for name in (*examples[0], "mask")},
        dynamic={"point_coords": {1: "num_points"}, "point_labels": {1: "num_points"}},
        others=tuple(examples[1:]),
        constants={
            "point_coords": [value * size.side // 10 for value in (3.0, 4.0, 7.0, 6.0)],
            "point_labels": [1.0, 0.0],
        },
    )


def graphs(size: Size, checkpoints: Mapping[str, Path] | None, name: str, seed: int) -> list[Graph]:
    """Encoder and decoder; ``name`` is the checkpoint's file name."""
    model = build(size, None if checkpoints is None else checkpoints[name], seed)
    return [encoder_graph(model, seed), decoder_graph(model, seed)]
