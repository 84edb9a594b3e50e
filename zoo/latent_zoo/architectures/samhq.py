# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ-SAM with the ViT-B or the TinyViT encoder, as encoder and decoder of seven inputs.

ViT-B is transformers' ``SamHQVisionEncoder``, TinyViT is timm's; prompt encoder and decoder are
``architectures.sam``. The decoder gives the mask of the quality token alone, at the size of the
photograph.

Papers: Ke et al., Segment Anything in High Quality (2023); Wu et al., TinyViT (2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from timm.models.tiny_vit import TinyVit
from torch import Tensor, nn
from torch.nn import functional
from transformers import SamHQVisionConfig
from transformers.models.sam_hq.modeling_sam_hq import SamHQVisionEncoder

from latent_zoo.architectures import initial
from latent_zoo.architectures.renaming import Rule, adopt
from latent_zoo.architectures.sam import Decoding, LayerNorm2d, MaskDecoder, PromptEncoder
from latent_zoo.graph import Graph, load_strictly, read_checkpoint


@dataclass(frozen=True)
class VitSize:
    """A plain ViT encoder: patches of 16 pixels, windows but for the global blocks."""

    width: int = 768
    depth: int = 12
    heads: int = 12
    global_blocks: tuple[int, ...] = (2, 5, 8, 11)
    window: int = 14
    side: int = 1024
    out: int = 256

    @property
    def early(self) -> tuple[int, int]:
        """How many early maps the encoder gives, and their channels."""
        return len(self.global_blocks), self.width


@dataclass(frozen=True)
class TinySize:
    """TinyViT: a convolutional stage and three of windowed attention."""

    widths: tuple[int, ...] = (64, 128, 160, 320)
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (2, 4, 5, 10)
    windows: tuple[int, ...] = (7, 7, 14, 7)
    side: int = 1024
    out: int = 256

    @property
    def early(self) -> tuple[int, int]:
        """As for ``VitSize``."""
        return 1, self.widths[2]


BASE = VitSize()
LIGHT = TinySize()

VIT_RULES: tuple[Rule, ...] = (
    (r"image_encoder\.patch_embed\.proj\.(.*)", r"image_encoder.patch_embed.projection.\1"),
    (r"image_encoder\.blocks\.(\d+)\.norm([12])\.(.*)", r"image_encoder.layers.\1.layer_norm\2.\3"),
    (r"image_encoder\.blocks\.(.*)", r"image_encoder.layers.\1"),
    (r"image_encoder\.neck\.0\.(.*)", r"image_encoder.neck.conv1.\1"),
    (r"image_encoder\.neck\.1\.(.*)", r"image_encoder.neck.layer_norm1.\1"),
    (r"image_encoder\.neck\.2\.(.*)", r"image_encoder.neck.conv2.\1"),
    (r"image_encoder\.neck\.3\.(.*)", r"image_encoder.neck.layer_norm2.\1"),
)
VIT_BACK: tuple[Rule, ...] = (
    (r"image_encoder\.patch_embed\.projection\.(.*)", r"image_encoder.patch_embed.proj.\1"),
    (r"image_encoder\.layers\.(\d+)\.layer_norm([12])\.(.*)", r"image_encoder.layers.\1.norm\2.\3"),
    (r"image_encoder\.layers\.(.*)", r"image_encoder.blocks.\1"),
    (r"image_encoder\.neck\.conv1\.(.*)", r"image_encoder.neck.0.\1"),
    (r"image_encoder\.neck\.layer_norm1\.(.*)", r"image_encoder.neck.1.\1"),
    (r"image_encoder\.neck\.conv2\.(.*)", r"image_encoder.neck.2.\1"),
    (r"image_encoder\.neck\.layer_norm2\.(.*)", r"image_encoder.neck.3.\1"),
)
_TINY = r"image_encoder\."
TINY_RULES: tuple[Rule, ...] = (
    (_TINY + r"patch_embed\.seq\.0\.(.*)", r"image_encoder.body.patch_embed.conv1.\1"),
    (_TINY + r"patch_embed\.seq\.2\.(.*)", r"image_encoder.body.patch_embed.conv2.\1"),
    (_TINY + r"layers\.0\.downsample\.(.*)", r"image_encoder.body.stages.1.downsample.\1"),
    (_TINY + r"layers\.1\.downsample\.(.*)", r"image_encoder.body.stages.2.downsample.\1"),
    (_TINY + r"layers\.2\.downsample\.(.*)", r"image_encoder.body.stages.3.downsample.\1"),
    (_TINY + r"layers\.(.*)", r"image_encoder.body.stages.\1"),
    (r"(image_encoder\.body\..*)\.c\.([a-z]+)", r"\1.conv.\2"),
)
TINY_BACK: tuple[Rule, ...] = (
    (r"(image_encoder\.body\..*)\.conv\.([a-z]+)", r"\1.c.\2"),
    (_TINY + r"body\.patch_embed\.conv1\.(.*)", r"image_encoder.patch_embed.seq.0.\1"),
    (_TINY + r"body\.patch_embed\.conv2\.(.*)", r"image_encoder.patch_embed.seq.2.\1"),
    (_TINY + r"body\.stages\.1\.downsample\.(.*)", r"image_encoder.layers.0.downsample.\1"),
    (_TINY + r"body\.stages\.2\.downsample\.(.*)", r"image_encoder.layers.1.downsample.\1"),
    (_TINY + r"body\.stages\.3\.downsample\.(.*)", r"image_encoder.layers.2.downsample.\1"),
    (_TINY + r"body\.stages\.(.*)", r"image_encoder.layers.\1"),
)
UNUSED = ("image_encoder.norm_head.", "image_encoder.head.")  # TinyViT's classifier


class _VitEncoder(SamHQVisionEncoder):  # type: ignore[misc]
    """The library's encoder; gives its picture and the maps after each global block."""

    def __init__(self, size: VitSize) -> None:
        config = SamHQVisionConfig(
            hidden_size=size.width,
            output_channels=size.out,
            num_hidden_layers=size.depth,
            num_attention_heads=size.heads,
            image_size=size.side,
            window_size=size.window,
            global_attn_indexes=list(size.global_blocks),
            attn_implementation="eager",
        )
        super().__init__(config)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        got = super().forward(image)
        return got.last_hidden_state, torch.stack(list(got.intermediate_embeddings))


class _TinyEncoder(nn.Module):
    """timm's TinyViT, kept at a sixteenth of the side by a last step that does not shrink."""

    def __init__(self, size: TinySize) -> None:
        super().__init__()
        self.body = TinyVit(
            num_classes=0,
            embed_dims=size.widths,
            depths=size.depths,
            num_heads=size.heads,
            window_sizes=size.windows,
            drop_path_rate=0.0,
        )
        self.body.head = nn.Identity()
        self.body.stages[3].downsample.conv2.conv.stride = (1, 1)
        for block in self.body.modules():
            if hasattr(block, "fused_attn"):
                block.fused_attn = False
        self.neck = nn.Sequential(
            nn.Conv2d(size.widths[-1], size.out, 1, bias=False),
            LayerNorm2d(size.out),
            nn.Conv2d(size.out, size.out, 3, padding=1, bias=False),
            LayerNorm2d(size.out),
        )

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        x = self.body.patch_embed(image)
        x = self.body.stages[1](self.body.stages[0](x))
        third = self.body.stages[2]
        x = third.downsample(x).permute(0, 2, 3, 1)
        early = x.unsqueeze(0)
        x = third.blocks(x).permute(0, 3, 1, 2)
        return self.neck(self.body.stages[3](x)), early


class SamHq(nn.Module):
    """All weights of one variant."""

    def __init__(self, size: VitSize | TinySize) -> None:
        super().__init__()
        self.size = size
        vit = isinstance(size, VitSize)
        self.image_encoder = _VitEncoder(size) if isinstance(size, VitSize) else _TinyEncoder(size)
        self.rules, self.back = (VIT_RULES, VIT_BACK) if vit else (TINY_RULES, TINY_BACK)
        self.prompt_encoder = PromptEncoder(size.out, size.side, size.side // 16)
        how = Decoding(width=size.out, mlp_names="lin", quality="vit", vit_width=size.early[1])
        self.mask_decoder = MaskDecoder(how)


class Decoder(nn.Module):
    """Embeddings and prompts -> the quality token's mask at the photograph's size."""

    def __init__(self, model: SamHq) -> None:
        super().__init__()
        self.prompt = model.prompt_encoder
        self.decoder = model.mask_decoder
        self.side = model.size.side
        with torch.no_grad():
            self.register_buffer("image_place", self.prompt.image_places(), persistent=False)

    def _at_size(self, low: Tensor, photo: Tensor) -> Tensor:
        """Enlarged to the model's side, the padding cut off, resized to ``photo`` (rows, cols)."""
        large = functional.interpolate(low, size=(self.side, self.side), mode="bilinear")
        filled = torch.floor(photo * (self.side / photo.max()) + 0.5).to(torch.int64)
        large = large[:, :, : filled[0], : filled[1]]
        size = photo.to(torch.int64)
        return functional.interpolate(
            large,
            size=(size[0], size[1]),  # type: ignore[arg-type]
            mode="bilinear",
        )

    def forward(
        self,
        image_embeddings: Tensor,
        interm_embeddings: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
        orig_im_size: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        masks, scores = self.decoder(
            image_embeddings,
            self.get_buffer("image_place"),
            self.prompt.points(point_coords, point_labels),
            self.prompt.mask(mask_input, has_mask_input),
            early=interm_embeddings[0].permute(0, 3, 1, 2),
        )
        low = masks[:, self.decoder.how.masks + 1 :]
        return self._at_size(low, orig_im_size), scores[:, :1], low


def build(size: VitSize | TinySize, checkpoint: Path | None, seed: int) -> SamHq:
    """The network with the checkpoint's weights, or with random ones.

    Errors: ZooError as ``load_strictly``.
    """
    model = SamHq(size)
    if checkpoint is None:
        return initial.fill(model, seed)
    state = adopt(read_checkpoint(checkpoint), model.rules, UNUSED, str(checkpoint))
    load_strictly(model, state, str(checkpoint))
    return model.eval()


MEANINGS = {
    "image": "RGB, sRGB-encoded, (value * 255 - mean) / std with mean 123.675 116.28 103.53 and "
    "std 58.395 57.12 57.375; long side scaled to the model's, at the top left, padding 0",
    "image_embeddings": "features at a sixteenth of the side, for the decoder",
    "interm_embeddings": "early features of the encoder, [maps, 1, rows, columns, channels]; the "
    "decoder reads the first map",
    "point_coords": "x, y in pixels of the model's picture; half a pixel is added inside; without "
    "a box the caller appends the point (0, 0) with label -1",
    "point_labels": "1 object, 0 background, 2 and 3 first and last corner of a box, -1 no point",
    "mask_input": "low_res_masks of the call before (logits), or zeros",
    "has_mask_input": "1 when mask_input counts, else 0",
    "orig_im_size": "rows and columns of the photograph",
    "masks": "logits of the quality token at the photograph's size; above 0 is object",
    "iou_predictions": "the network's own estimate of the single mask's IoU",
    "low_res_masks": "logits before enlarging; the next mask_input",
}


def _prompts(count: int, size: tuple[int, int], side: int, seed: int) -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(seed)
    labels = (torch.arange(count) % 2 == 0).float()
    labels[-1] = -1.0 if count > 1 else 1.0
    quarter = side // 4
    return {
        "point_coords": torch.rand(1, count, 2, generator=made) * (side - 1),
        "point_labels": labels.reshape(1, count),
        "mask_input": torch.randn(1, 1, quarter, quarter, generator=made) * 4,
        "has_mask_input": torch.tensor([1.0 if count > 1 else 0.0]),
        "orig_im_size": torch.tensor([float(value) for value in size]),
    }


def encoder_graph(model: SamHq, seed: int) -> Graph:
    side = model.size.side
    made = torch.Generator().manual_seed(seed)
    outputs = ("image_embeddings", "interm_embeddings")
    return Graph(
        stem="encoder",
        module=model.image_encoder.eval(),
        example={"image": torch.randn(1, 3, side, side, generator=made)},
        outputs=outputs,
        meanings={name: MEANINGS[name] for name in ("image", *outputs)},
        low=-2.0,
        high=2.5,
    )


def decoder_graph(model: SamHq, seed: int) -> Graph:
    """Free: N, the number of points, and the photograph's size."""
    side, grid = model.size.side, model.size.side // 16
    maps, width = model.size.early
    made = torch.Generator().manual_seed(seed)
    features = {
        "image_embeddings": torch.randn(1, model.size.out, grid, grid, generator=made),
        "interm_embeddings": torch.randn(maps, 1, grid, grid, width, generator=made),
    }
    outputs = ("masks", "iou_predictions", "low_res_masks")
    sizes = [(side * 3 // 4, side * 9 // 8), (side, side * 2 // 3), (side // 3, side // 2)]
    examples = [
        {**features, **_prompts(count, size, side, seed + count)}
        for count, size in zip((2, 1, 5), sizes, strict=True)
    ]
    return Graph(
        stem="decoder",
        module=Decoder(model).eval(),
        example=examples[0],
        outputs=outputs,
        meanings={name: MEANINGS[name] for name in (*examples[0], *outputs)},
        dynamic={
            "point_coords": {1: "num_points"},
            "point_labels": {1: "num_points"},
            "masks": {2: "height", 3: "width"},
        },
        others=tuple(examples[1:]),
        low=-2.0,
        high=2.0,
        constants={
            "point_coords": [0.3 * side, 0.4 * side, 0.0, 0.0],
            "point_labels": [1.0, -1.0],
            "has_mask_input": [1.0],
            "orig_im_size": [float(value) for value in sizes[0]],
        },
    )


def graphs(
    size: VitSize | TinySize, checkpoints: Mapping[str, Path] | None, name: str, seed: int
) -> list[Graph]:
    """Encoder and decoder; ``name`` is the checkpoint's file name."""
    model = build(size, None if checkpoints is None else checkpoints[name], seed)
    return [encoder_graph(model, seed), decoder_graph(model, seed)]
