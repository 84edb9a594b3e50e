# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and shapes of the mask and depth networks as published, and strict loading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from mask_sizes import SAM2, SAM2_HQ, SEGNEXT, TINY, VIT
from torch import nn

from latent_zoo.architectures import depth_anything_3, initial, sam2, samhq, segnext
from latent_zoo.architectures.renaming import adopt, published
from latent_zoo.graph import load_strictly
from latent_zoo.types import ZooError

# sha256 of the sorted lines "name AxBxC" of every tensor that the authors' own code makes in the
# true size, less what single pictures do not need (UNUSED).
PUBLISHED = {
    "sam21-tiny": (305, "21779304ce3a107abf4d20546ad97997f573209b4aafb8859c908eabac6213e3"),
    "sam21-small": (353, "a5cd5f572dc244836922c4ddf33487a7a94a51b5a35e925bcb40045d6a59101a"),
    "sam21hq-large": (750, "0f0c336e269198d0177ced452215c979fad1a8da32063ece54efc0412a7afba3"),
    "samhq-base": (339, "b9c4e7e89337a0700b64acff613bb543509a75626427c6e2474a367f3de1fa68"),
    "samhq-light": (460, "cc6efd35fafb43fcf6db88bd351245a93f36dc46e33200e28eea1f94da9f8a74"),
    "segnext-b2hq": (219, "80571b5551c2ea84e306110d0cbdcac1138c714e5b7edf41244b7acd48cc2a75"),
    "da3mono-large": (406, "fcce809f4052ad7b83dba3ce33202ebf66c273e8ac4261c0445c82f73f3b3904"),
}
TRUE_SIZE: dict[str, tuple[Callable[[], nn.Module], Iterable[tuple[str, str]]]] = {
    "sam21-tiny": (lambda: sam2.Sam2(sam2.TINY), sam2.BACK),
    "sam21-small": (lambda: sam2.Sam2(sam2.SMALL), sam2.BACK),
    "sam21hq-large": (lambda: sam2.Sam2(sam2.LARGE_QUALITY), sam2.BACK),
    "samhq-base": (lambda: samhq.SamHq(samhq.BASE), samhq.VIT_BACK),
    "samhq-light": (lambda: samhq.SamHq(samhq.LIGHT), samhq.TINY_BACK),
    "segnext-b2hq": (lambda: segnext.SegNext(segnext.BASE_HQ), ()),
    "da3mono-large": (
        lambda: depth_anything_3.DepthAnything3(depth_anything_3.MONO_LARGE),
        (),
    ),
}


def _lines(model: nn.Module, back: Iterable[tuple[str, str]]) -> list[str]:
    state = model.state_dict()
    names = published(state, list(back))
    shapes = ("x".join(str(n) for n in value.shape) for value in state.values())
    return sorted(f"{name} {shape}" for name, shape in zip(names, shapes, strict=True))


@pytest.mark.parametrize("model", list(PUBLISHED))
def test_every_name_and_shape_is_as_published(model: str) -> None:
    make, back = TRUE_SIZE[model]
    with torch.device("meta"):
        lines = _lines(make(), back)
    found = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert (len(lines), found) == PUBLISHED[model]


@pytest.mark.parametrize(
    ("make", "rules", "back"),
    [
        (lambda: sam2.Sam2(SAM2_HQ), sam2.RULES, sam2.BACK),
        (lambda: samhq.SamHq(VIT), samhq.VIT_RULES, samhq.VIT_BACK),
        (lambda: samhq.SamHq(TINY), samhq.TINY_RULES, samhq.TINY_BACK),
    ],
    ids=["sam2", "vit", "tinyvit"],
)
def test_renaming_there_and_back_reaches_every_parameter_once(
    make: Callable[[], nn.Module],
    rules: tuple[tuple[str, str], ...],
    back: tuple[tuple[str, str], ...],
) -> None:
    own = make().state_dict()
    names = published(own, back)
    assert len(set(names)) == len(own)
    state = adopt(dict(zip(names, own.values(), strict=True)), rules, (), "made")
    assert set(state) == set(own)


def test_a_checkpoint_loads_and_a_foreign_one_is_refused(tmp_path: Path) -> None:
    made = sam2.build(SAM2, None, 9)
    own = made.state_dict()
    state = dict(zip(published(own, sam2.BACK), own.values(), strict=True))
    extra = {"memory_attention.norm.weight": torch.ones(3), "no_obj_ptr": torch.ones(1)}
    path = tmp_path / "tiny.pt"
    torch.save({"model": {**state, **extra}}, path)
    loaded = sam2.build(SAM2, path, 0).state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in own.items())
    torch.save({"model": {**state, "sam_mask_decoder.more.weight": torch.ones(1)}}, path)
    with pytest.raises(ZooError, match=r"tiny\.pt.*more\.weight too many"):
        sam2.build(SAM2, path, 0)
    state.pop("no_mem_embed")
    torch.save({"model": state}, path)
    with pytest.raises(ZooError, match="lacks no_mem_embed"):
        sam2.build(SAM2, path, 0)


def test_two_names_must_not_become_one() -> None:
    with pytest.raises(ZooError, match="become b"):
        adopt({"a": torch.ones(1), "b": torch.ones(1)}, (("a", "b"),), (), "made")


def test_random_weights_are_the_same_again_and_keep_the_size_of_things() -> None:
    one = initial.fill(segnext.SegNext(SEGNEXT), 5).state_dict()
    two = initial.fill(segnext.SegNext(SEGNEXT), 5).state_dict()
    three = initial.fill(segnext.SegNext(SEGNEXT), 6).state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["head.seg_conv.weight"], three["head.seg_conv.weight"])
    layer = initial.fill(nn.ConvTranspose2d(64, 8, 2, stride=2), 1)
    with torch.no_grad():
        out = layer(torch.randn(1, 64, 9, 9, generator=torch.Generator().manual_seed(1)))
    assert 0.7 < out.std() < 1.3


def test_loading_is_strict_for_segnext(tmp_path: Path) -> None:
    own = segnext.build(SEGNEXT, None, 2).state_dict()
    path = tmp_path / "segnext.pth"
    torch.save({"config": {}, "state_dict": own}, path)
    loaded = segnext.build(SEGNEXT, path, 0)
    assert torch.equal(loaded.state_dict()["backbone.pos_embed"], own["backbone.pos_embed"])
    with pytest.raises(ZooError, match="instead of"):
        load_strictly(loaded, {**own, "head.seg_conv.bias": torch.ones(2)}, "made")
