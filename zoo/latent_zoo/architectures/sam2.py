# SPDX-License-Identifier: GPL-3.0-or-later
"""SAM 2.1 for single pictures, and its high-quality variant, as encoder and decoder.

The Hiera encoder is transformers' ``Sam2VisionModel``; prompt encoder and decoder are
``architectures.sam``. Checkpoints are those of the authors; what belongs to videos (memory,
object pointers) is left out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import Sam2HieraDetConfig, Sam2VisionConfig, Sam2VisionModel

from latent_zoo import exporting
from latent_zoo.architectures import initial, prepared
from latent_zoo.architectures.renaming import Rule, adopt
from latent_zoo.architectures.sam import Decoding, MaskDecoder, PromptEncoder
from latent_zoo.graph import Graph, load_strictly, read_checkpoint

CLAMP = 32.0  # logits of the large masks
PUBLISHED_PAIR = ("vision_encoder.onnx", "prompt_encoder_mask_decoder.onnx")


DECODING = Decoding(high_res=True, object_token=True, iou_sigmoid=True)


@dataclass(frozen=True)
class Size:
    """One member of the family. ``side`` is the picture's, in pixels; widths are channels."""

    width: int = 96
    heads: int = 1
    blocks: tuple[int, ...] = (1, 2, 7, 2)
    windows: tuple[int, ...] = (8, 4, 14, 7)
    global_blocks: tuple[int, ...] = (5, 7, 9)
    side: int = 1024
    quality: bool = False  # HQ-SAM 2
    decoding: Decoding = DECODING


TINY = Size()
SMALL = Size(blocks=(1, 2, 11, 2), global_blocks=(7, 10, 13))
LARGE = Size(
    width=144,
    heads=2,
    blocks=(2, 6, 36, 4),
    windows=(8, 4, 16, 8),
    global_blocks=(23, 33, 43),
)
LARGE_QUALITY = replace(LARGE, quality=True, decoding=replace(LARGE.decoding, quality="plain"))

RULES: tuple[Rule, ...] = (
    (r"image_encoder\.trunk\.(.*)", r"vision.backbone.\1"),
    (r"image_encoder\.neck\.convs\.(\d+)\.conv\.(.*)", r"vision.neck.convs.\1.\2"),
    (r"(vision\.backbone\.patch_embed)\.proj\.(.*)", r"\1.projection.\2"),
    (r"(vision\.backbone\.blocks\.\d+)\.norm([12])\.(.*)", r"\1.layer_norm\2.\3"),
    (r"(vision\.backbone\.blocks\.\d+\.mlp)\.layers\.0\.(.*)", r"\1.proj_in.\2"),
    (r"(vision\.backbone\.blocks\.\d+\.mlp)\.layers\.1\.(.*)", r"\1.proj_out.\2"),
)
BACK: tuple[Rule, ...] = (
    (r"(vision\.backbone\.blocks\.\d+\.mlp)\.proj_in\.(.*)", r"\1.layers.0.\2"),
    (r"(vision\.backbone\.blocks\.\d+\.mlp)\.proj_out\.(.*)", r"\1.layers.1.\2"),
    (r"(vision\.backbone\.blocks\.\d+)\.layer_norm([12])\.(.*)", r"\1.norm\2.\3"),
    (r"(vision\.backbone\.patch_embed)\.projection\.(.*)", r"\1.proj.\2"),
    (r"vision\.neck\.convs\.(\d+)\.(.*)", r"image_encoder.neck.convs.\1.conv.\2"),
    (r"vision\.backbone\.(.*)", r"image_encoder.trunk.\1"),
)
UNUSED = (  # videos: memory, object pointers, the score of an object's presence
    "memory_attention.",
    "memory_encoder.",
    "mask_downsample.",
    "maskmem_tpos_enc",
    "no_mem_pos_enc",
    "no_obj_ptr",
    "no_obj_embed_spatial",
    "obj_ptr_proj.",
    "obj_ptr_tpos_proj.",
    "sam_mask_decoder.pred_obj_score_head.",
)


def _vision(size: Size) -> Sam2VisionModel:
    widths = [size.width * 2**stage for stage in range(4)]
    backbone = Sam2HieraDetConfig(
        hidden_size=size.width,
        num_attention_heads=size.heads,
        image_size=[size.side, size.side],
        blocks_per_stage=list(size.blocks),
        embed_dim_per_stage=widths,
        num_attention_heads_per_stage=[size.heads * 2**stage for stage in range(4)],
        window_size_per_stage=list(size.windows),
        global_attention_blocks=list(size.global_blocks),
    )
    grids = [size.side // step for step in (4, 8, 16)]
    config = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=widths[::-1],
        backbone_feature_sizes=[[grid, grid] for grid in grids],
        fpn_hidden_size=size.decoding.width,
    )
    return Sam2VisionModel(config)


def _without_branches(vision: Sam2VisionModel, side: int) -> None:
    """Let the library tile its positions by known numbers: an export then has no ``If`` nodes."""
    backbone, grid = vision.backbone, side // 4
    size_of_window = int(backbone.pos_embed_window.shape[-1])

    def places(shape: object) -> Tensor:
        window = backbone.pos_embed_window
        times = grid // size_of_window
        wide = functional.interpolate(backbone.pos_embed, size=(grid, grid), mode="bicubic")
        found: Tensor = (wide + window.repeat(1, 1, times, times)).permute(0, 2, 3, 1)
        return found

    backbone._get_pos_embed = places


class Sam2(nn.Module):
    """All weights that single pictures need."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width = size.decoding.width
        self.size = size
        self.vision = _vision(size)
        _without_branches(self.vision, size.side)
        self.no_mem_embed = nn.Parameter(torch.zeros(1, 1, width))
        self.sam_prompt_encoder = PromptEncoder(width, size.side, size.side // 16)
        self.sam_mask_decoder = MaskDecoder(size.decoding)


class Encoder(nn.Module):
    """[1, 3, side, side] -> features at a quarter, an eighth and a sixteenth of the side."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.vision = model.vision
        self.no_mem_embed = model.no_mem_embed
        self.conv_s0 = model.sam_mask_decoder.conv_s0
        self.conv_s1 = model.sam_mask_decoder.conv_s1

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        fine, middle, coarse = self.vision(pixel_values=image).fpn_hidden_states
        embed = coarse + self.no_mem_embed.reshape(1, -1, 1, 1)
        return self.conv_s0(fine), self.conv_s1(middle), embed


class Decoder(nn.Module):
    """Embeddings and prompts -> three masks, their scores, and the masks to be fed back."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.prompt = model.sam_prompt_encoder
        self.decoder = model.sam_mask_decoder
        self.side = model.size.side
        with torch.no_grad():
            self.register_buffer("image_place", self.prompt.image_places(), persistent=False)

    def forward(
        self,
        image_embed: Tensor,
        high_res_feats_0: Tensor,
        high_res_feats_1: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        padding = torch.zeros(1, 1, 2), torch.full((1, 1), -1.0)
        prompts = self.prompt.points(
            torch.cat([point_coords, padding[0]], dim=1),
            torch.cat([point_labels, padding[1]], dim=1),
        )
        masks, scores = self.decoder(
            image_embed,
            self.get_buffer("image_place"),
            prompts,
            self.prompt.mask(mask_input, has_mask_input),
            (high_res_feats_0, high_res_feats_1),
        )
        count = self.decoder.how.masks + 1
        low = masks[:, 1:count]
        if self.decoder.how.quality != "none":
            low = low + masks[:, count:]
        large = functional.interpolate(low, size=(self.side, self.side), mode="bilinear")
        return large.clamp(-CLAMP, CLAMP), scores[:, 1:], low


def build(size: Size, checkpoint: Path | None, seed: int) -> Sam2:
    """The network with the checkpoint's weights, or with random ones.

    Errors: ZooError as ``load_strictly``.
    """
    model = Sam2(size)
    if checkpoint is None:
        return initial.fill(model, seed)
    state = adopt(read_checkpoint(checkpoint, "model"), RULES, UNUSED, str(checkpoint))
    load_strictly(model, state, str(checkpoint))
    return model.eval()


MEANINGS = {
    "image": "RGB, sRGB-encoded, (value - mean) / std of ImageNet (0.485 0.456 0.406 / 0.229 "
    "0.224 0.225 of 1); a stretched or letterboxed picture, padding 0",
    "high_res_feats_0": "features at a quarter of the side, for the decoder",
    "high_res_feats_1": "features at an eighth of the side, for the decoder",
    "image_embed": "features at a sixteenth of the side, for the decoder",
    "point_coords": "x, y in pixels of the model's picture; half a pixel and a padding point are "
    "added inside",
    "point_labels": "1 object, 0 background, 2 and 3 first and last corner of a box, -1 no point",
    "mask_input": "low_res_masks of the call before (logits), or zeros",
    "has_mask_input": "1 when mask_input counts, else 0",
    "masks": "logits, clamped to +-32; above 0 is object",
    "iou_predictions": "the network's own estimate of each mask's IoU",
    "low_res_masks": "logits before enlarging; the best one is the next mask_input",
}


def _prompts(count: int, side: int, seed: int, given: bool = True) -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(seed)
    quarter = side // 4
    return {
        "point_coords": torch.rand(1, count, 2, generator=made) * (side - 1),
        "point_labels": (torch.arange(count) % 2 == 0).float().reshape(1, count),
        "mask_input": torch.randn(1, 1, quarter, quarter, generator=made) * 4,
        "has_mask_input": torch.tensor([1.0 if given else 0.0]),
    }


def encoder_graph(model: Sam2, seed: int) -> Graph:
    side = model.size.side
    made = torch.Generator().manual_seed(seed)
    outputs = ("high_res_feats_0", "high_res_feats_1", "image_embed")
    return Graph(
        stem="encoder",
        module=Encoder(model).eval(),
        example={"image": torch.randn(1, 3, side, side, generator=made)},
        outputs=outputs,
        meanings={name: MEANINGS[name] for name in ("image", *outputs)},
        low=-2.0,
        high=2.5,
    )


def decoder_graph(model: Sam2, seed: int) -> Graph:
    """N, the number of points, is free."""
    side, width = model.size.side, model.size.decoding.width
    made = torch.Generator().manual_seed(seed)
    shapes = {
        "image_embed": (width, side // 16),
        "high_res_feats_0": (width // 8, side // 4),
        "high_res_feats_1": (width // 4, side // 8),
    }
    features = {
        name: torch.randn(1, channels, grid, grid, generator=made)
        for name, (channels, grid) in shapes.items()
    }
    example = {**features, **_prompts(2, side, seed)}
    outputs = ("masks", "iou_predictions", "low_res_masks")
    return Graph(
        stem="decoder",
        module=Decoder(model).eval(),
        example=example,
        outputs=outputs,
        meanings={name: MEANINGS[name] for name in (*example, *outputs)},
        dynamic={"point_coords": {1: "num_points"}, "point_labels": {1: "num_points"}},
        others=(
            {**features, **_prompts(1, side, seed + 1, given=False)},
            {**features, **_prompts(5, side, seed + 2)},
        ),
        low=-2.0,
        high=2.0,
        constants={
            "point_coords": [0.3 * side, 0.4 * side, 0.7 * side, 0.6 * side],
            "point_labels": [1.0, 0.0],
            "has_mask_input": [1.0],
        },
    )


def graphs(size: Size, checkpoints: Mapping[str, Path] | None, name: str, seed: int) -> list[Graph]:
    """Encoder and decoder; ``name`` is the checkpoint's file name."""
    model = build(size, None if checkpoints is None else checkpoints[name], seed)
    return [encoder_graph(model, seed), decoder_graph(model, seed)]


def prepared_graphs(size: Size, checkpoints: Mapping[str, Path] | None, seed: int) -> list[Graph]:
    """The pair that others converted; without it the pair that ``graphs`` makes of random weights.

    Errors: ZooError when the published files have other tensors.
    """
    model = build(size, None, seed)  # its examples, names and meanings; its weights when random
    drafts = [encoder_graph(model, seed), decoder_graph(model, seed)]
    if checkpoints is not None:
        encoder = prepared.PublishedEncoder(checkpoints[PUBLISHED_PAIR[0]])
        decoder = prepared.PublishedDecoder(checkpoints[PUBLISHED_PAIR[1]], size.side, CLAMP)
        modules: list[nn.Module] = [encoder, decoder]
        opsets = [encoder.prepared.opset, decoder.prepared.opset]
        meanings = {"mask_input": "without effect: the published decoder takes no earlier mask"}
    else:
        modules, meanings = [_exported(draft) for draft in drafts], {}
        opsets = [draft.opset for draft in drafts]
    return [
        replace(
            draft,
            module=module.eval(),
            opset=int(opset),
            meanings={k: meanings.get(k, v) for k, v in draft.meanings.items()},
        )
        for draft, module, opset in zip(drafts, modules, opsets, strict=True)
    ]


def _exported(draft: Graph) -> prepared.Prepared:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{draft.stem}.onnx"
        exporting.export(draft, path)
        return prepared.Prepared(path)
