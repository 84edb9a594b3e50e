# SPDX-License-Identifier: GPL-3.0-or-later
"""The mask networks: tiny members through the true code, in both engines; names as published."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mask_sizes import SAM2, SAM2_HQ, SEGNEXT, TINY, VIT
from torch import Tensor, nn

from latent_zoo import exporting, parity
from latent_zoo.architectures import initial, prepared, sam, sam2, samhq, segnext
from latent_zoo.architectures.renaming import adopt
from latent_zoo.graph import Graph, parameter_count
from latent_zoo.types import ZooError


def _check(graph: Graph, folder: Path) -> None:
    """Both engines within a thousandth of the deviation, on every example; no dead output."""
    path = folder / f"{graph.stem}.onnx"
    model = exporting.export(graph, path)
    inputs = [value.name for value in model.graph.input]
    assert inputs == list(graph.example)
    assert not [node for node in model.graph.node if node.op_type in ("If", "Loop", "Scan")]
    for example in (graph.example, *graph.others):
        made = graph.module(*example.values())
        for value in (made,) if isinstance(made, Tensor) else made:
            assert value.isfinite().all()
            assert value.numel() == 1 or value.std() > 0
    parity.measure(graph, path)


@pytest.mark.parametrize("size", [SAM2, SAM2_HQ], ids=["plain", "quality"])
def test_sam2_agrees_in_both_engines_for_any_number_of_points(
    size: sam2.Size, tmp_path: Path
) -> None:
    encoder, decoder = sam2.graphs(size, None, "", 4)
    assert encoder.outputs == ("high_res_feats_0", "high_res_feats_1", "image_embed")
    assert list(decoder.example) == [
        "image_embed",
        "high_res_feats_0",
        "high_res_feats_1",
        "point_coords",
        "point_labels",
        "mask_input",
        "has_mask_input",
    ]
    points = {example["point_coords"].shape[1] for example in (decoder.example, *decoder.others)}
    assert points == {1, 2, 5}
    with torch.no_grad():
        _check(encoder, tmp_path)
        _check(decoder, tmp_path)
        masks, scores, low = decoder.module(*decoder.example.values())
    assert masks.shape == (1, 3, 128, 128)
    assert scores.shape == (1, 3)
    assert low.shape == (1, 3, 32, 32)


@pytest.mark.parametrize("size", [VIT, TINY], ids=["vit", "tinyvit"])
def test_hq_sam_agrees_for_any_number_of_points_and_any_photograph(
    size: samhq.VitSize | samhq.TinySize, tmp_path: Path
) -> None:
    encoder, decoder = samhq.graphs(size, None, "", 4)
    assert list(decoder.example)[-1] == "orig_im_size"
    assert len(decoder.example) == 7
    with torch.no_grad():
        _check(encoder, tmp_path)
        _check(decoder, tmp_path)
        for example in (decoder.example, *decoder.others):
            masks, _, _ = decoder.module(*example.values())
            assert masks.shape[2:] == tuple(int(n) for n in example["orig_im_size"])


def test_segnext_agrees_for_any_number_of_clicks(tmp_path: Path) -> None:
    encoder, decoder = segnext.graphs(SEGNEXT, None, "", 4)
    assert list(decoder.example) == ["image_feats", "point_coords", "point_labels", "prev_mask"]
    with torch.no_grad():
        _check(encoder, tmp_path)
        _check(decoder, tmp_path)


# --- files that others made ------------------------------------------------------------------


def test_prepared_files_are_written_again_node_for_node(tmp_path: Path) -> None:
    originals = sam2.graphs(SAM2, None, "", 4)
    again = sam2.prepared_graphs(SAM2, None, 4)
    with torch.no_grad():
        for original, graph in zip(originals, again, strict=True):
            assert list(graph.example) == list(original.example)
            path = tmp_path / f"{graph.stem}.onnx"
            model = exporting.export(graph, path)
            parity.measure(graph, path)
            run = prepared.Prepared(path)
            assert parameter_count(run) == parameter_count(graph.module) > 1000
            for example in (original.example, *original.others):
                true = original.module(*example.values())
                for value, expected in zip(run.run(tuple(example.values())), true, strict=True):
                    assert torch.allclose(value, expected, atol=1e-4)
            assert [value.name for value in model.graph.output] == list(original.outputs)


class _Community(nn.Module):
    """The published decoder's tensors, made from ours: [B, 1, N, 2] points, i64 labels, boxes."""

    def __init__(self, decoder: sam2.Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(
        self, points: Tensor, labels: Tensor, boxes: Tensor, fine: Tensor, mid: Tensor, low: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        side = self.decoder.side // 4
        nothing = torch.zeros(1, 1, side, side)
        given = (points[:, 0], labels[:, 0].float(), nothing, torch.zeros(1) + 0 * boxes.sum())
        _, scores, masks = self.decoder(low, fine, mid, *given)
        return scores.unsqueeze(1), masks.unsqueeze(1), scores[:, :1]


def test_the_published_pair_gets_our_contract(tmp_path: Path) -> None:
    encoder, decoder = sam2.graphs(SAM2, None, "", 4)
    assert isinstance(decoder.module, sam2.Decoder)
    example = decoder.example
    features = [f"image_embeddings.{level}" for level in range(3)]
    given = (
        example["point_coords"].unsqueeze(1),
        example["point_labels"].unsqueeze(1).long(),
        torch.zeros(1, 0, 4),
        example["high_res_feats_0"],
        example["high_res_feats_1"],
        example["image_embed"],
    )
    paths = {name: tmp_path / name for name in sam2.PUBLISHED_PAIR}
    with torch.no_grad():
        torch.onnx.export(
            encoder.module,
            tuple(encoder.example.values()),
            str(paths["vision_encoder.onnx"]),
            input_names=["pixel_values"],
            output_names=features,
            dynamo=False,
        )
        torch.onnx.export(
            _Community(decoder.module).eval(),
            given,
            str(paths["prompt_encoder_mask_decoder.onnx"]),
            input_names=["input_points", "input_labels", "input_boxes", *features],
            output_names=["iou_scores", "pred_masks", "object_score_logits"],
            dynamic_axes={"input_points": {2: "n"}, "input_labels": {2: "n"}},
            dynamo=False,
        )
        ours = sam2.prepared_graphs(SAM2, paths, 4)
        for graph, original in zip(ours, (encoder, decoder), strict=True):
            path = tmp_path / f"{graph.stem}.onnx"
            exporting.export(graph, path)
            parity.measure(graph, path)
            plain = {**original.example, "has_mask_input": torch.zeros(1)}
            wanted = original.module(*(plain[name] for name in original.example))
            for value, true in zip(graph.module(*graph.example.values()), wanted, strict=True):
                assert torch.allclose(value, true, atol=1e-4)
    assert "without effect" in ours[1].meanings["mask_input"]
    with pytest.raises(ZooError, match="not the published"):
        prepared.PublishedEncoder(paths["prompt_encoder_mask_decoder.onnx"])


def test_a_file_that_is_no_onnx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"\x00nothing")
    with pytest.raises(ZooError, match="not an ONNX model"):
        prepared.Prepared(tmp_path / "x.onnx")


# --- what the graphs mean -------------------------------------------------------------------


def _sam2_decoder(size: sam2.Size = SAM2) -> tuple[sam2.Sam2, sam2.Decoder, dict[str, Tensor]]:
    model = sam2.build(size, None, 7)
    graph = sam2.decoder_graph(model, 7)
    module = graph.module
    assert isinstance(module, sam2.Decoder)
    return model, module, dict(graph.example)


def test_a_mask_that_is_not_given_does_not_count() -> None:
    _, decoder, example = _sam2_decoder()
    other = {**example, "mask_input": example["mask_input"] + 3}
    with torch.no_grad():
        for given, same in ((0.0, True), (1.0, False)):
            mark = torch.tensor([given])
            one = decoder(*{**example, "has_mask_input": mark}.values())[2]
            two = decoder(*{**other, "has_mask_input": mark}.values())[2]
            assert torch.equal(one, two) == same


def test_the_padding_point_is_inside_and_a_label_of_minus_one_is_no_place() -> None:
    model, _, _ = _sam2_decoder()
    prompt = model.sam_prompt_encoder
    coords = torch.tensor([[[3.0, 4.0], [90.0, 70.0]]])
    with torch.no_grad():
        out = prompt.points(coords, torch.tensor([[1.0, -1.0]]))
        moved = prompt.points(coords + 11, torch.tensor([[1.0, -1.0]]))
        turns = (
            2
            * torch.pi
            * (
                (2 * (coords[0, 0] + 0.5) / 128 - 1)
                @ prompt.pe_layer.get_buffer("positional_encoding_gaussian_matrix")
            )
        )
        place = torch.cat([turns.sin(), turns.cos()])
    assert torch.allclose(out[0, 0], place + prompt.point_embeddings[1].weight[0], atol=1e-5)
    assert torch.equal(out[0, 1], prompt.not_a_point_embed.weight[0])
    assert torch.equal(moved[0, 1], out[0, 1])
    assert not torch.allclose(moved[0, 0], out[0, 0])


def test_positions_are_tiled_as_the_library_tiles_them() -> None:
    backbone = sam2.build(SAM2, None, 1).vision.backbone
    with torch.no_grad():
        true = type(backbone)._get_pos_embed(backbone, (32, 32))
        assert torch.equal(backbone._get_pos_embed((32, 32)), true)


def test_large_masks_are_clamped_and_small_ones_are_not() -> None:
    model, decoder, example = _sam2_decoder()
    with torch.no_grad():
        for maker in model.sam_mask_decoder.output_hypernetworks_mlps:
            maker.layers[-1].weight.mul_(100)
        masks, _, low = decoder(*example.values())
    assert masks.abs().max() == sam2.CLAMP
    assert low.abs().max() > 2 * sam2.CLAMP


def test_hq_sam_2_adds_the_quality_tokens_mask_to_each() -> None:
    model, decoder, example = _sam2_decoder(SAM2_HQ)
    with torch.no_grad():
        low = decoder(*example.values())[2]
        for parameter in (model.sam_mask_decoder.hf_mlp.layers[-1].weight,):
            parameter.zero_()
        model.sam_mask_decoder.hf_mlp.layers[-1].bias.zero_()
        plain = decoder(*example.values())[2]
    extra = low - plain
    assert extra.abs().max() > 0.1
    assert torch.allclose(extra[:, 0], extra[:, 1], atol=1e-4)
    assert torch.allclose(extra[:, 0], extra[:, 2], atol=1e-4)


def test_segnext_draws_clicks_as_discs_and_leaves_out_what_is_no_point() -> None:
    model = segnext.build(SEGNEXT, None, 1)
    decoder = segnext.Decoder(model)
    coords = torch.tensor([[[20.0, 30.0], [50.0, 10.0], [5.0, 5.0]]])
    labels = torch.tensor([[1.0, 0.0, -1.0]])
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    for label, (x, y) in ((1.0, (20, 30)), (0.0, (50, 10))):
        expected = (rows - y) ** 2 + (columns - x) ** 2 <= 25
        assert torch.equal(decoder._discs(coords, labels, label)[0, 0], expected.float())


def test_segnext_windows_come_back_in_place() -> None:
    backbone = segnext.build(SEGNEXT, None, 1).backbone
    tokens = torch.arange(16 * 32, dtype=torch.float32).reshape(1, 16, 32)
    cut = backbone._cut(tokens)
    assert cut.shape == (4, 4, 32)
    assert torch.equal(cut[1, 0], tokens[0, 2])  # the second window begins in the third column
    assert torch.equal(backbone._join(cut), tokens)


# --- against the libraries' own decoders -----------------------------------------------------

_TWO_WAY = (
    (r"(.*)\.norm(\d)\.(.*)", r"\1.layer_norm\2.\3"),
    (r"(.*)norm_final_attn\.(.*)", r"\1layer_norm_final_attn.\2"),
    (r"(.*)\.out_proj\.(.*)", r"\1.o_proj.\2"),
    (r"output_upscaling\.0\.(.*)", r"upscale_conv1.\1"),
    (r"output_upscaling\.1\.(.*)", r"upscale_layer_norm.\1"),
    (r"output_upscaling\.3\.(.*)", r"upscale_conv2.\1"),
    (r"(transformer\.layers\.\d+\.mlp)\.layers\.0\.(.*)", r"\1.proj_in.\2"),
    (r"(transformer\.layers\.\d+\.mlp)\.layers\.1\.(.*)", r"\1.proj_out.\2"),
    (r"((?:output_hyper|iou_pred|hf_mlp).*)\.layers\.0\.(.*)", r"\1.proj_in.\2"),
    (r"((?:output_hyper|iou_pred|hf_mlp).*)\.layers\.2\.(.*)", r"\1.proj_out.\2"),
    (r"((?:output_hyper|iou_pred|hf_mlp).*)\.layers\.1\.(.*)", r"\1.layers.0.\2"),
)
_QUALITY = (
    (r"hf_token\.(.*)", r"hq_token.\1"),
    (r"hf_mlp\.(.*)", r"hq_mask_mlp.\1"),
    (r"compress_vit_feat\.0\.(.*)", r"compress_vit_conv1.\1"),
    (r"compress_vit_feat\.1\.(.*)", r"compress_vit_norm.\1"),
    (r"compress_vit_feat\.3\.(.*)", r"compress_vit_conv2.\1"),
    (r"embedding_encoder\.0\.(.*)", r"encoder_conv1.\1"),
    (r"embedding_encoder\.1\.(.*)", r"encoder_norm.\1"),
    (r"embedding_encoder\.3\.(.*)", r"encoder_conv2.\1"),
    (r"embedding_maskfeature\.0\.(.*)", r"mask_conv1.\1"),
    (r"embedding_maskfeature\.1\.(.*)", r"mask_norm.\1"),
    (r"embedding_maskfeature\.3\.(.*)", r"mask_conv2.\1"),
)


def _inputs(width: int, grid: int) -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(2)

    def noise(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=made)

    return {
        "image": noise(1, width, grid, grid),
        "place": noise(1, width, grid, grid),
        "prompts": noise(1, 3, width),
        "dense": noise(1, width, grid, grid),
        "fine": noise(1, width // 8, 4 * grid, 4 * grid),
        "middle": noise(1, width // 4, 2 * grid, 2 * grid),
        "early": noise(1, grid, grid, 24),
    }


def test_our_decoder_is_the_librarys_for_sam_2() -> None:
    from transformers.models.sam2.configuration_sam2 import Sam2MaskDecoderConfig
    from transformers.models.sam2.modeling_sam2 import Sam2MaskDecoder

    how = sam.Decoding(
        width=64, heads=2, mlp_width=48, high_res=True, object_token=True, iou_sigmoid=True
    )
    ours = initial.fill(sam.MaskDecoder(how), 3)
    config = Sam2MaskDecoderConfig(
        hidden_size=64, mlp_dim=48, num_attention_heads=2, attn_implementation="eager"
    )
    theirs = Sam2MaskDecoder(config).eval()
    state = adopt(ours.state_dict(), _TWO_WAY, (), "ours")
    missing = theirs.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys
    assert all(key.startswith("pred_obj_score_head") for key in missing.missing_keys)
    given = _inputs(64, 4)
    with torch.no_grad():
        masks, scores = ours(
            given["image"],
            given["place"].flatten(2).transpose(1, 2),
            given["prompts"],
            given["dense"],
            (given["fine"], given["middle"]),
        )
        true, true_scores, *_ = theirs(
            given["image"],
            given["place"],
            given["prompts"].unsqueeze(1),
            given["dense"],
            multimask_output=True,
            high_resolution_features=[given["fine"], given["middle"]],
        )
    assert torch.allclose(masks[:, 1:], true[:, 0], atol=1e-4)
    assert torch.allclose(scores[:, 1:], true_scores[:, 0], atol=1e-5)


def test_the_parts_of_our_decoder_are_the_librarys_for_hq_sam() -> None:
    """Part by part: the whole cannot be compared, since the library's HQ decoder (transformers
    5.23) enlarges the features from before its transformer, not those that it made."""
    from transformers.models.sam_hq.configuration_sam_hq import SamHQMaskDecoderConfig
    from transformers.models.sam_hq.modeling_sam_hq import SamHQMaskDecoder

    how = sam.Decoding(
        width=64, heads=2, mlp_width=48, mlp_names="lin", quality="vit", vit_width=24
    )
    ours = initial.fill(sam.MaskDecoder(how), 3)
    config = SamHQMaskDecoderConfig(
        hidden_size=64, mlp_dim=48, num_attention_heads=2, vit_dim=24, attn_implementation="eager"
    )
    lib = SamHQMaskDecoder(config).eval()
    names = [rule for rule in (*_TWO_WAY, *_QUALITY) if "out_proj" not in rule[0]]
    lib.load_state_dict(adopt(ours.state_dict(), names, (), "ours"), strict=True)
    given = _inputs(64, 4)
    source, place, early = given["image"] + given["dense"], given["place"], given["early"]
    early = early.permute(0, 3, 1, 2)
    bend, fine = lib.activation, torch.randn(1, 8, 16, 16)
    with torch.no_grad():
        tokens = ours._tokens(given["prompts"])
        flat = (source.flatten(2).transpose(1, 2), place.flatten(2).transpose(1, 2))
        words, image = ours.transformer(*flat, tokens)
        true_words, true_image = lib.transformer(tokens.unsqueeze(1), source, place, None)[:2]
        pairs = [
            (words, true_words[:, 0]),
            (image, true_image[:, 0]),
            (ours.hf_mlp(words[:, 5]), lib.hq_mask_mlp(true_words[:, 0, 5])),
            (
                ours.iou_prediction_head(words[:, 0]),
                lib.iou_prediction_head(true_words[:, 0, 0]),
            ),
            (
                ours.compress_vit_feat(early),
                lib.compress_vit_conv2(bend(lib.compress_vit_norm(lib.compress_vit_conv1(early)))),
            ),
            (
                ours.embedding_encoder(source),
                lib.encoder_conv2(bend(lib.encoder_norm(lib.encoder_conv1(source)))),
            ),
            (
                ours.embedding_maskfeature(fine),
                lib.mask_conv2(bend(lib.mask_norm(lib.mask_conv1(fine)))),
            ),
        ]
    for one, two in pairs:
        assert torch.allclose(one, two, atol=1e-3)
