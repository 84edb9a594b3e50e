# SPDX-License-Identifier: GPL-3.0-or-later
"""The depth networks: tiny members through the true code, in both engines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from depth_sizes import THREE, TWO

from latent_zoo import exporting, parity
from latent_zoo.architectures import depth_anything_2 as da2
from latent_zoo.architectures import depth_anything_3 as da3
from latent_zoo.types import ZooError


def test_depth_anything_2_agrees_at_every_size(tmp_path: Path) -> None:
    (graph,) = da2.graphs(TWO, None, "", 3)
    sizes = [tuple(one["pixel_values"].shape[2:]) for one in (graph.example, *graph.others)]
    assert sizes == [(56, 56), (56, 84), (70, 56)]
    path = tmp_path / "model.onnx"
    model = exporting.export(graph, path)
    dims = [exporting.tensor_facts(value)["dims"] for value in model.graph.input]
    assert dims == [[1, 3, "height", "width"]]
    parity.measure(graph, path)
    with torch.no_grad():
        depth = graph.module(*graph.others[0].values())
    assert depth.shape == (1, 56, 84)
    assert depth.min() >= 0
    assert depth.std() > 0


def test_depth_anything_2_is_the_librarys_own_answer() -> None:
    (graph,) = da2.graphs(TWO, None, "", 3)
    module = graph.module
    assert isinstance(module, da2.DepthAnything2)
    with torch.no_grad():
        for example in (graph.example, *graph.others):
            true = module.library(example["pixel_values"]).predicted_depth
            assert torch.allclose(module(example["pixel_values"]), true, atol=1e-5)


def test_depth_anything_3_agrees_with_sky_and_without(tmp_path: Path) -> None:
    (graph,) = da3.graphs(THREE, None, "", 3)
    path = tmp_path / "model.onnx"
    exporting.export(graph, path)
    parity.measure(graph, path)
    with torch.no_grad():
        depth = graph.module(*graph.example.values())
    assert depth.shape == (1, 1, 56, 56)
    assert depth.min() > 0
    assert depth.std() > 0


def test_sky_is_put_where_99_percent_of_the_rest_ends() -> None:
    made = torch.Generator().manual_seed(1)
    depth = torch.rand(1, 1, 40, 50, generator=made) * 9 + 1
    sky = (torch.rand(1, 1, 40, 50, generator=made) > 0.6).float()
    got = da3.with_sky(depth, sky)
    rest = depth[sky < da3.SKY].numpy()
    exact = np.quantile(rest, 0.99, method="inverted_cdf")
    assert torch.equal(got[sky < da3.SKY], depth[sky < da3.SKY])
    assert np.allclose(got[sky >= da3.SKY].numpy(), exact, atol=1e-5)


@pytest.mark.parametrize("few", [0, 10])
def test_hardly_any_sky_or_hardly_anything_else_changes_nothing(few: int) -> None:
    depth = torch.rand(1, 1, 20, 20, generator=torch.Generator().manual_seed(1)) + 1
    sky = torch.zeros(1, 1, 20, 20)
    sky.view(-1)[:few] = 1
    assert torch.equal(da3.with_sky(depth, sky), depth)
    assert torch.equal(da3.with_sky(depth, 1 - sky), depth)
    sky.view(-1)[: few + 11] = 1
    assert not torch.equal(da3.with_sky(depth, sky), depth)


def test_positions_are_resized_only_for_another_grid() -> None:
    same = da3.Size(**{**vars(THREE), "trained": 56})
    model = da3.build(same, None, 1)
    own = model.model.backbone.pretrained.pos_embed
    assert torch.equal(model.get_buffer("places"), own)
    smaller = da3.build(THREE, None, 1)
    assert smaller.get_buffer("places").shape == (1, 17, 24)


def test_checkpoints_load_strictly(tmp_path: Path) -> None:
    own = da3.build(THREE, None, 5).state_dict()
    path = tmp_path / "model.pt"
    torch.save(own, path)
    loaded = da3.build(THREE, path, 0)
    assert torch.equal(
        loaded.state_dict()["model.head.projects.0.bias"], own["model.head.projects.0.bias"]
    )
    own.pop("model.head.projects.0.bias")
    torch.save(own, path)
    with pytest.raises(ZooError, match=r"lacks model\.head\.projects"):
        da3.build(THREE, path, 0)
    library = da2.build(TWO, None, 5).library.state_dict()
    torch.save(library, path)
    again = da2.build(TWO, path, 0).library.state_dict()
    assert all(torch.equal(again[name], value) for name, value in library.items())
