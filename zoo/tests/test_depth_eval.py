# SPDX-License-Identifier: GPL-3.0-or-later
"""Order and AbsRel of ``latent_zoo.eval_depth``, on made scenes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latent_zoo import eval_depth as ed
from latent_zoo.types import Array, Arrays, FloatArray, ZooError

SHAPE = (48, 64)


def scene(seed: int = 0) -> ed.Scene:
    """A slope with a box in front; some depth is not known."""
    chance = np.random.default_rng(seed)
    depth = np.linspace(1.5, 6.0, SHAPE[0])[:, None].repeat(SHAPE[1], 1)
    depth[10:30, 20:40] = 1.0
    depth[chance.random(SHAPE) < 0.1] = 0
    return ed.Scene("made", chance.integers(0, 256, (*SHAPE, 3), dtype=np.uint8), depth)


def filled(one: ed.Scene) -> FloatArray:
    return np.where(one.depth > 0, one.depth, 3.0)


def test_an_oracle_of_disparity_is_right_in_order_and_in_metres() -> None:
    one = scene()
    report = ed.evaluate(lambda image: 5 / filled(one) + 0.3, True, [one])
    assert report.order == 1
    assert report.abs_rel < 1e-6


def test_an_oracle_of_depth_is_right_too() -> None:
    one = scene()
    report = ed.evaluate(lambda image: 0.2 * filled(one) - 7, False, [one])
    assert report.order == 1
    assert report.abs_rel < 1e-6


def test_the_oracle_turned_round_is_always_wrong() -> None:
    one = scene()
    assert ed.evaluate(lambda image: 5 / filled(one), False, [one]).order == 0
    assert ed.evaluate(lambda image: filled(one), True, [one]).order == 0


def test_chance_is_right_half_of_the_time_and_so_is_a_constant() -> None:
    one = scene()
    chance = np.random.default_rng(3)
    noise = ed.evaluate(lambda image: chance.standard_normal(SHAPE), True, [one])
    assert abs(noise.order - 0.5) < 0.03
    flat = ed.evaluate(lambda image: np.ones(SHAPE), True, [one])
    assert flat.order == 0.5
    assert noise.abs_rel > 0.2


def test_a_small_prediction_is_resized() -> None:
    one = scene()
    small = np.asarray(Image.fromarray(filled(one).astype(np.float32)).resize((32, 24)))
    report = ed.evaluate(lambda image: small, False, [one])
    assert report.order > 0.97
    assert report.abs_rel < 0.1


def test_pairs_that_hardly_differ_do_not_count() -> None:
    depth = np.full(SHAPE, 2.0)
    depth[:, 32:] = 2.04  # 2 % farther
    with pytest.raises(ZooError, match="flat"):
        ed.order_accuracy(depth, depth, np.random.default_rng(0))
    depth[0, 0] = 4.0
    assert ed.order_accuracy(-depth, depth, np.random.default_rng(0)) == 1


def test_alignment_never_gives_what_is_not_a_distance() -> None:
    one = scene()
    wild = 1 / filled(one)
    wild[0, 0] = -40
    metres = ed.aligned(wild, one.depth, True)
    assert np.isfinite(metres).all()
    assert metres.min() > 0


def test_without_scenes_or_depth_there_is_no_score(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="no scene"):
        ed.evaluate(lambda image: np.ones(SHAPE), True, [])
    with pytest.raises(ZooError, match="no known depth"):
        ed.order_accuracy(np.ones(SHAPE), np.zeros(SHAPE), np.random.default_rng(0))
    with pytest.raises(ZooError, match="no pictures"):
        list(ed.scenes(tmp_path))


def test_scenes_are_in_metres_and_holes_are_zero(tmp_path: Path) -> None:
    one = scene()
    raw = (one.depth * 1000).astype(np.uint16)
    raw[0, 0] = 65535
    Image.fromarray(one.image).save(tmp_path / "f-1.color.jpg")
    Image.fromarray(raw).save(tmp_path / "f-1.depth.png")
    (read,) = ed.scenes(tmp_path)
    assert read.name == "f-1"
    assert read.depth[0, 0] == 0
    known = one.depth > 0
    known[0, 0] = False
    assert np.allclose(read.depth[known], one.depth[known], atol=1e-3)
    Image.fromarray(np.ones((3, 3), np.uint16)).save(tmp_path / "f-1.depth.png")
    with pytest.raises(ZooError, match="the depth map is"):
        list(ed.scenes(tmp_path))


class _Graph:
    """A depth graph that tells the size it was given."""

    inputs = ("pixel_values",)

    def __init__(self, rows: int | str, columns: int | str) -> None:
        self.shapes: Mapping[str, Sequence[int | str]] = {"pixel_values": (1, 3, rows, columns)}
        self.size: tuple[int, ...] = ()

    def run(self, given: Mapping[str, Array]) -> Arrays:
        values = given["pixel_values"]
        self.size = values.shape
        assert values.dtype == np.float32
        return {"predicted_depth": values[:, 0]}


def test_the_size_is_the_graphs_own_or_keeps_the_aspect() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    fixed = _Graph(504, 504)
    assert ed.predictor(fixed)(image).shape == (504, 504)
    assert fixed.size == (1, 3, 504, 504)
    free = _Graph("height", "width")
    assert ed.predictor(free)(image).shape == (518, 686)
    assert ed.predictor(free, "stretch")(image).shape == (518, 518)
    black = (0 - np.array(ed.MEAN)) / np.array(ed.STD)
    assert np.allclose(ed.planes(image, (14, 14))[0, :, 0, 0], black)


def test_the_package_must_say_which_way_it_looks() -> None:
    assert ed.is_inverse({"attributes": {"output_inverse_depth": True}})
    assert not ed.is_inverse({"attributes": {"output_inverse_depth": False}})
    for facts in ({}, {"attributes": {}}, {"attributes": {"output_inverse_depth": "yes"}}):
        with pytest.raises(ZooError, match="near or far"):
            ed.is_inverse(facts)
