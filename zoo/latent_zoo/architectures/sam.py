# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompt encoder and mask decoder of the Segment Anything family, written for export.

One decoder serves SAM 2.1, HQ-SAM and HQ-SAM 2: they share the two-way transformer and the
hypernetworks and differ in where fine detail comes from. Parameter names are those of the
published checkpoints, so these load without renaming.

Papers: Kirillov et al., Segment Anything (2023); Ravi et al., SAM 2 (2024); Ke et al., Segment
Anything in High Quality (2023).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Decoding:
    """What tells the decoders of the family apart. Lengths are channels."""

    width: int = 256
    heads: int = 8
    mlp_width: int = 2048
    depth: int = 2
    masks: int = 3  # besides the single one
    high_res: bool = False  # SAM 2: finer maps of the encoder are added while enlarging
    object_token: bool = False  # SAM 2: one more token in front, for "is anything there"
    iou_sigmoid: bool = False
    mlp_names: Literal["lin", "layers"] = "layers"  # how the transformer's MLP calls its layers
    quality: Literal["none", "vit", "plain"] = "none"  # HQ-SAM: with early ViT features; HQ-SAM 2
    vit_width: int = 0  # channels of those features


class LayerNorm2d(nn.Module):
    """Normalisation over the channels of [B, C, H, W]."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        last = x.permute(0, 2, 3, 1)
        last = functional.layer_norm(last, self.weight.shape, self.weight, self.bias, self.eps)
        return last.permute(0, 3, 1, 2)


class Perceptron(nn.Module):
    """Linear layers with ReLU between them, keys ``layers.<i>``."""

    def __init__(self, widths: list[int], sigmoid: bool = False) -> None:
        super().__init__()
        pairs = itertools.pairwise(widths)
        self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairs)
        self.sigmoid = sigmoid

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = functional.relu(layer(x))
        x = self.layers[-1](x)
        return torch.sigmoid(x) if self.sigmoid else x


class _TwoLayers(nn.Module):
    """The same of two layers, with the keys ``lin1`` and ``lin2`` of the first SAM."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.lin1 = nn.Linear(width, hidden)
        self.lin2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.lin2(functional.relu(self.lin1(x)))
        return out


class Attention(nn.Module):
    """Multi-head attention whose inner width may be a fraction of the outer one."""

    def __init__(self, width: int, heads: int, shrink: int = 1) -> None:
        super().__init__()
        inner = width // shrink
        self.heads = heads
        self.head_width = inner // heads
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(width, inner)
        self.v_proj = nn.Linear(width, inner)
        self.out_proj = nn.Linear(inner, width)

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(1, -1, self.heads, self.head_width).transpose(1, 2)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """[1, tokens, width] each; one picture at a time."""
        query, key, value = (
            self._split(made) for made in (self.q_proj(q), self.k_proj(k), self.v_proj(v))
        )
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(self.head_width), dim=-1)
        joined = (weights @ value).transpose(1, 2).reshape(1, -1, self.heads * self.head_width)
        out: Tensor = self.out_proj(joined)
        return out


class _TwoWayBlock(nn.Module):
    """Tokens look at each other, at the picture, think, and the picture looks back."""

    def __init__(self, how: Decoding, first: bool) -> None:
        super().__init__()
        width, heads = how.width, how.heads
        self.first = first
        self.self_attn = Attention(width, heads)
        self.norm1 = nn.LayerNorm(width)
        self.cross_attn_token_to_image = Attention(width, heads, 2)
        self.norm2 = nn.LayerNorm(width)
        self.mlp: nn.Module = (
            _TwoLayers(width, how.mlp_width)
            if how.mlp_names == "lin"
            else Perceptron([width, how.mlp_width, width])
        )
        self.norm3 = nn.LayerNorm(width)
        self.norm4 = nn.LayerNorm(width)
        self.cross_attn_image_to_token = Attention(width, heads, 2)

    def forward(
        self, tokens: Tensor, image: Tensor, token_place: Tensor, image_place: Tensor
    ) -> tuple[Tensor, Tensor]:
        if self.first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_place
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens = self.norm1(tokens)
        seen = self.cross_attn_token_to_image(tokens + token_place, image + image_place, image)
        tokens = self.norm2(tokens + seen)
        tokens = self.norm3(tokens + self.mlp(tokens))
        told = self.cross_attn_image_to_token(image + image_place, tokens + token_place, tokens)
        return tokens, self.norm4(image + told)


class TwoWayTransformer(nn.Module):
    """Tokens [1, T, C] and picture [1, HW, C] refine each other; T is free."""

    def __init__(self, how: Decoding) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_TwoWayBlock(how, index == 0) for index in range(how.depth))
        self.final_attn_token_to_image = Attention(how.width, how.heads, 2)
        self.norm_final_attn = nn.LayerNorm(how.width)

    def forward(self, image: Tensor, image_place: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        place = tokens
        for layer in self.layers:
            tokens, image = layer(tokens, image, place, image_place)
        seen = self.final_attn_token_to_image(tokens + place, image + image_place, image)
        return self.norm_final_attn(tokens + seen), image


class _RandomPlaces(nn.Module):
    """Positions in [0, 1] as sines and cosines of random frequencies."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, width // 2))

    def forward(self, places: Tensor) -> Tensor:
        matrix = self.get_buffer("positional_encoding_gaussian_matrix")
        turns = 2 * math.pi * ((2 * places - 1) @ matrix)
        return torch.cat([torch.sin(turns), torch.cos(turns)], dim=-1)


class PromptEncoder(nn.Module):
    """Points, box corners and an earlier mask as what the decoder reads.

    ``side`` is the side of the model's picture in pixels, ``grid`` that of its embedding.
    """

    def __init__(self, width: int = 256, side: int = 1024, grid: int = 64) -> None:
        super().__init__()
        self.side = side
        self.grid = grid
        self.pe_layer = _RandomPlaces(width)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, width) for _ in range(4))
        self.not_a_point_embed = nn.Embedding(1, width)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, 4, 2, stride=2),
            LayerNorm2d(4),
            nn.GELU(),
            nn.Conv2d(4, 16, 2, stride=2),
            LayerNorm2d(16),
            nn.GELU(),
            nn.Conv2d(16, width, 1),
        )
        self.no_mask_embed = nn.Embedding(1, width)

    def image_places(self) -> Tensor:
        """[1, grid * grid, width]: where each cell of the embedding is."""
        steps = (torch.arange(self.grid, dtype=torch.float32) + 0.5) / self.grid
        rows, columns = torch.meshgrid(steps, steps, indexing="ij")
        places: Tensor = self.pe_layer(torch.stack([columns, rows], dim=-1))
        return places.reshape(1, self.grid * self.grid, -1)

    def points(self, coords: Tensor, labels: Tensor) -> Tensor:
        """[1, N, 2] pixels (x, y) and [1, N] labels -> [1, N, width].

        Labels: 1 object, 0 background, 2 and 3 the first and last corner of a box, -1 no point.
        Half a pixel is added: a coordinate names a pixel, its centre counts.
        """
        places: Tensor = self.pe_layer((coords + 0.5) / self.side)
        marks = labels.unsqueeze(-1)
        out = torch.where(marks == -1, self.not_a_point_embed.weight, places)
        for label, kind in enumerate(self.point_embeddings):
            out = out + kind.get_parameter("weight") * (marks == label).to(out.dtype)
        return out

    def mask(self, mask: Tensor, given: Tensor) -> Tensor:
        """[1, 1, 4 grid, 4 grid] logits and [1] (1 where they count) -> [1, width, grid, grid]."""
        none = self.no_mask_embed.weight.reshape(1, -1, 1, 1)
        drawn: Tensor = self.mask_downscaling(mask)
        return given * drawn + (1 - given) * none


class MaskDecoder(nn.Module):
    """From embeddings to mask logits at a quarter of the model's side."""

    def __init__(self, how: Decoding) -> None:
        super().__init__()
        width, kinds = how.width, how.masks + 1
        quarter, eighth = width // 4, width // 8
        self.how = how
        self.transformer = TwoWayTransformer(how)
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(kinds, width)
        if how.object_token:
            self.obj_score_token = nn.Embedding(1, width)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(width, quarter, 2, stride=2),
            LayerNorm2d(quarter),
            nn.GELU(),
            nn.ConvTranspose2d(quarter, eighth, 2, stride=2),
            nn.GELU(),
        )
        if how.high_res:
            self.conv_s0 = nn.Conv2d(width, eighth, 1)
            self.conv_s1 = nn.Conv2d(width, quarter, 1)
        widths = [width, width, width, eighth]
        self.output_hypernetworks_mlps = nn.ModuleList(Perceptron(widths) for _ in range(kinds))
        self.iou_prediction_head = Perceptron([width, 256, 256, kinds], how.iou_sigmoid)
        if how.quality != "none":
            self.hf_token = nn.Embedding(1, width)
            self.hf_mlp = Perceptron(widths)
            self.embedding_maskfeature = nn.Sequential(
                nn.Conv2d(eighth, quarter, 3, padding=1),
                LayerNorm2d(quarter),
                nn.GELU(),
                nn.Conv2d(quarter, eighth, 3, padding=1),
            )
        if how.quality == "vit":
            self.compress_vit_feat = _enlarge(how.vit_width, width, eighth)
            self.embedding_encoder = _enlarge(width, quarter, eighth)

    def _tokens(self, prompts: Tensor) -> Tensor:
        own = [self.iou_token.weight, self.mask_tokens.weight]
        if self.how.object_token:
            own = [self.obj_score_token.weight, *own]
        if self.how.quality != "none":
            own = [*own, self.hf_token.weight]
        return torch.cat([torch.cat(own).unsqueeze(0), prompts], dim=1)

    def _enlarged(self, image: Tensor, finer: tuple[Tensor, Tensor] | None) -> Tensor:
        if finer is None:
            out: Tensor = self.output_upscaling(image)
            return out
        first, norm, bend, second, last = self.output_upscaling
        image = bend(norm(first(image) + finer[1]))
        out = last(second(image) + finer[0])
        return out

    def forward(
        self,
        image: Tensor,
        image_place: Tensor,
        prompts: Tensor,
        dense: Tensor,
        finer: tuple[Tensor, Tensor] | None = None,
        early: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Logits [1, K, 4 grid, 4 grid] and scores [1, masks + 1].

        K counts the single mask, the ``masks`` others and, last, the one of the quality token.
        ``image`` and ``dense`` are [1, C, grid, grid]; ``finer`` the maps at 4 and 2 times the
        grid (SAM 2), ``early`` the ViT's [1, vit_width, grid, grid] (HQ-SAM).
        """
        _, channels, rows, columns = image.shape
        source = (image + dense).flatten(2).transpose(1, 2)
        tokens, source = self.transformer(source, image_place, self._tokens(prompts))
        start = 1 if self.how.object_token else 0
        kinds = self.how.masks + 1
        fine = self._enlarged(source.transpose(1, 2).reshape(1, channels, rows, columns), finer)
        makers = list(self.output_hypernetworks_mlps)
        ask = [make(tokens[:, start + 1 + i]) for i, make in enumerate(makers)]
        masks = _draw(torch.stack(ask, dim=1), fine)
        if self.how.quality != "none":
            sharp = self.embedding_maskfeature(fine)
            if early is not None:
                sharp = sharp + self.embedding_encoder(image) + self.compress_vit_feat(early)
            extra = self.hf_mlp(tokens[:, start + 1 + kinds]).unsqueeze(1)
            masks = torch.cat([masks, _draw(extra, sharp)], dim=1)
        return masks, self.iou_prediction_head(tokens[:, start])


def _draw(questions: Tensor, features: Tensor) -> Tensor:
    """[1, K, C] dot [1, C, H, W] -> [1, K, H, W]."""
    _, channels, rows, columns = features.shape
    flat = questions @ features.reshape(1, channels, rows * columns)
    return flat.reshape(1, -1, rows, columns)


def _enlarge(width: int, middle: int, out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(width, middle, 2, stride=2),
        LayerNorm2d(middle),
        nn.GELU(),
        nn.ConvTranspose2d(middle, out, 2, stride=2),
    )
