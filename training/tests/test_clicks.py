# SPDX-License-Identifier: GPL-3.0-or-later
"""The network for clicks: cases, clicks, planes, learning, export."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from latent_package.archive import read_package
from PIL import Image

from latent_train.clicks import cases, compose, export, judge, learn, planes, record, samples
from latent_train.clicks.cases import Case
from latent_train.clicks.config import PLANES, ClickConfig, config_from_dict
from latent_train.clicks.network import ClickNetwork
from latent_train.clicks.objects import objects
from latent_train.clicks.simulate import Bools, Click, next_click, stray_click
from latent_train.config import ConfigError, NetworkConfig
from latent_train.pictures import Photo, ProvenanceError
from latent_train.train import Budget
from latent_train.types import ByteArray

_TINY = ClickConfig(
    side_px=64,
    threads=1,
    network=NetworkConfig(widths=(16, 24), blocks=1, planes=PLANES, outputs=1, unshuffle=4),
    samples=replace(ClickConfig().samples, batch=4),
    optimiser=replace(ClickConfig().optimiser, warm_up_steps=5, ema_decay=0.9),
)


class DiscSelector:
    """Answers every click with a disc of 12 px, added or taken away."""

    def open(self, picture: ByteArray) -> None:
        self.mask = np.zeros(picture.shape[:2], bool)

    def click(self, click: Click) -> Bools:
        y, x = np.ogrid[: self.mask.shape[0], : self.mask.shape[1]]
        disc = (x - click.x) ** 2 + (y - click.y) ** 2 < 12**2
        self.mask = self.mask | disc if click.on_object else self.mask & ~disc
        return self.mask.copy()


def square_case(seed: int = 0, held_out: bool = False) -> Case:
    """A bright rectangle on a dark, noisy ground."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 60, (80, 100, 3), dtype=np.uint8)
    truth = np.zeros((80, 100), bool)
    x, y = rng.integers(5, 40, 2)
    truth[y : y + 32, x : x + 40] = True
    picture[truth] += 150
    known = np.ones(truth.shape, bool)
    return Case(f"{seed}_1", picture, truth, known, held_out)


def recorded(seed: int = 0) -> Case:
    return record.record(square_case(seed), DiscSelector(), _TINY, np.random.default_rng(seed))


def test_the_next_click_lies_in_the_largest_region_that_is_wrong() -> None:
    truth = np.zeros((50, 60), bool)
    truth[10:40, 10:30] = True
    found = truth.copy()
    found[10:40, 10:18] = False  # 240 pixels are missing
    found[0:5, 50:60] = True  # 50 are too much
    known = np.ones(truth.shape, bool)
    click = next_click(found, truth, known, np.random.default_rng(0))
    assert click is not None
    assert click.on_object
    assert 10 <= click.x < 18
    assert 10 <= click.y < 40
    assert next_click(truth, truth, known, np.random.default_rng(0)) is None


def test_a_region_that_is_not_known_gets_no_click() -> None:
    truth = np.zeros((50, 60), bool)
    truth[10:40, 10:30] = True
    found = np.zeros_like(truth)
    found[:, 40:] = True
    known = np.ones(truth.shape, bool)
    known[:, 40:] = False
    for seed in range(5):
        click = next_click(found, truth, known, np.random.default_rng(seed))
        assert click is not None
        assert click.on_object
        stray = stray_click(truth, known, np.random.default_rng(seed))
        assert known[stray.y, stray.x]
        assert truth[stray.y, stray.x] == stray.on_object


def test_a_case_comes_back_as_it_was_written(tmp_path: Path) -> None:
    case = recorded()
    cases.save(case, tmp_path / f"{case.name}.npz")
    read = cases.load(tmp_path / f"{case.name}.npz")
    assert read.name == case.name
    assert read.clicks == case.clicks
    assert (read.picture == case.picture).all()
    assert (read.truth == case.truth).all()
    assert len(read.answers) == len(case.answers) > 0
    assert all((a == b).all() for a, b in zip(read.answers, case.answers, strict=True))


def test_the_crop_holds_what_was_found_and_stays_in_whole_pixels() -> None:
    found = np.zeros((80, 100), bool)
    found[20:30, 30:50] = True
    crop = planes.crop_around(found, [Click(35, 25, True)], found.shape, 1.6, 0.1)
    assert (crop.left, crop.top, crop.side) == (24, 9, 32)
    whole = planes.crop_around(~found, [], found.shape, 1.6, 0.1)
    assert (whole.left, whole.top, whole.side) == (0, -10, 100)
    nothing = planes.crop_around(None, [], found.shape, 1.6, 0.1)
    assert nothing == whole


def test_planes_say_where_clicks_and_masks_are() -> None:
    case = square_case()
    asked = planes.Asked([Click(20, 30, True), Click(70, 10, False)], None, None, case.truth)
    drawn = planes.planes(case.picture, asked, planes.Crop(0, -10, 100), 100)
    assert drawn.shape == (PLANES, 100, 100)
    assert drawn[3, 40, 20] == drawn[5, 20, 70] == 1
    assert drawn[3, 20, 70] == drawn[5, 40, 20] == 0
    assert drawn[4, 40, 20] > drawn[4, 40, 30] > drawn[4, 40, 50] > 0
    assert (drawn[7] == 1).all()
    assert (drawn[8] == planes.UNKNOWN).all()
    assert (drawn[9, 10:90] == case.truth).all()
    assert np.abs(drawn[0:3, 0]).max() < 0.01  # beyond the picture
    expected = case.picture.transpose(2, 0, 1).astype(np.float32) / 255 - 0.5
    assert np.abs(drawn[0:3, 10:90] - expected).max() < 1e-6


def test_a_square_comes_back_to_its_place_in_the_picture() -> None:
    shape = (80, 100)
    square = np.full((64, 64), 3.0, np.float32)
    outside = np.full(shape, -1.0, np.float32)
    laid = planes.on_picture(square, planes.Crop(90, -5, 32), shape, outside)
    assert (laid[0:27, 90:100] == 3).all()
    assert laid.sum() == 270 * 3 - (80 * 100 - 270)


def test_made_cases_have_their_object_where_the_truth_says() -> None:
    rng = np.random.default_rng(3)
    ground = np.zeros((120, 160, 3), np.uint8)
    filling = np.full((120, 160, 3), 200, np.uint8)
    made = [compose.made_shape(ground, filling, rng) for _ in range(12)]
    made += [compose.composite(square_case(seed), ground, rng) for seed in range(12)]
    kept = [case for case in made if case is not None]
    assert len(kept) > 12
    for case in kept:
        assert case.picture[case.truth].mean() > 60
        assert case.picture[~case.truth].mean() < 20


def test_only_rows_with_a_free_licence_are_used(tmp_path: Path) -> None:
    columns = ("split", "file", "mask", "image_id", "licence", "annotation_licence", "labelled")
    whole = "all 80 COCO classes"
    rows = [
        ("train", "a.png", "a_mask.png", "a", "CC BY 2.0", "CC BY 4.0", whole),
        ("train", "b.png", "b_mask.png", "b", "CC BY-NC 2.0", "CC BY 4.0", whole),
        ("extra", "c.png", "c_mask.png", "c", "CC BY 2.0", "CC BY 4.0", whole),
        ("train", "d.png", "d_mask.png", "d", "CC BY-SA 2.0", "CC BY 4.0", "persons only"),
    ]
    with (tmp_path / "PROVENANCE.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    for name in "ad":
        case = square_case()
        Image.fromarray(case.picture).save(tmp_path / f"{name}.png")
        Image.fromarray(case.truth.astype(np.uint8)).save(tmp_path / f"{name}_mask.png")
    found = list(objects(tmp_path, _TINY.cases))
    assert [case.name for case in found] == ["a_1", "d_1"]
    assert found[0].known.all()
    assert found[1].known[found[1].truth].all()
    assert not found[1].known.all()  # far from the only person nothing is known
    (tmp_path / "PROVENANCE.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
    with pytest.raises(ProvenanceError):
        list(objects(tmp_path, _TINY.cases))


def test_a_batch_depends_on_the_step_alone() -> None:
    every = [recorded(seed) for seed in range(3)]
    one, again = samples.make_batch(every, _TINY, 7), samples.make_batch(every, _TINY, 7)
    other = samples.make_batch(every, _TINY, 8)
    assert torch.equal(one.planes, again.planes)
    assert not torch.equal(one.planes, other.planes)
    assert one.planes.shape == (4, PLANES, 64, 64)
    assert one.truth.shape == one.weight.shape == (4, 1, 64, 64)
    assert bool((one.weight.sum((1, 2, 3)) > 0).all())


def test_the_network_learns_what_the_selector_does_not_say(tmp_path: Path) -> None:
    """Rectangles, where the selector answers discs: fewer clicks than it needs alone."""
    every = [recorded(seed) for seed in range(20)]
    trainer = learn.ClickTrainer(_TINY)
    learn.run(trainer, every, Budget(steps=160), tmp_path, lambda now, mean, pace: None)
    again = learn.ClickTrainer.load(tmp_path)
    assert again.step_count == 160
    judged = [square_case(seed, held_out=True) for seed in range(40, 46)]
    alone = judge.judge(judged, DiscSelector())
    square = judge.torch_square(again.averaged_network())
    helped = judge.judge(judged, judge.NetworkSelector(DiscSelector(), square, _TINY))
    assert helped.after[0] > alone.after[0] + 0.1
    assert helped.after[1] > alone.after[1] + 0.1
    assert helped.clicks[0] < alone.clicks[0]


def test_before_it_has_learned_the_network_gives_the_selectors_answer() -> None:
    network = learn.ClickTrainer(_TINY).averaged_network()
    given = torch.rand(1, PLANES, 64, 64)
    given[:, 9] = (given[:, 9] > 0.5).float()
    with torch.no_grad():
        answer = network(given)
    assert bool(((answer[:, 0] > 0) == (given[:, 9] > 0.5)).all())


def test_the_graph_computes_what_torch_does() -> None:
    torch.manual_seed(2)
    network = export.rounded_to_half(ClickNetwork(_TINY).eval())
    model = export.build(network, _TINY.side_px).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    given = np.random.default_rng(0).random((1, PLANES, 64, 64), np.float32)
    (answer,) = session.run(["logits"], {"planes": given})
    with torch.no_grad():
        truth = network(torch.from_numpy(given)).numpy()
    assert np.abs(answer - truth).max() < 1e-4 * max(1.0, float(truth.std()))


def test_a_recipe_with_another_word_is_refused() -> None:
    assert config_from_dict({"samples": {"batch": 2}}).samples.batch == 2
    with pytest.raises(ConfigError):
        config_from_dict({"samples": {"bunch": 2}})
    with pytest.raises(ConfigError):
        config_from_dict({"side_px": 100})


def test_the_package_holds_graph_golden_pair_and_provenance(tmp_path: Path) -> None:
    columns = ("split", "file", "mask", "image_id", "licence", "annotation_licence", "labelled")
    row = ("train", "a.png", "a_mask.png", "a", "CC BY 2.0", "CC BY 4.0", "all 80 COCO classes")
    with (tmp_path / "PROVENANCE.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, row])
    Image.fromarray(square_case().picture).save(tmp_path / "a.png")
    run = tmp_path / "run"
    run.mkdir()
    learn.ClickTrainer(_TINY).save(run)
    card = Path(__file__).resolve().parent.parent / "cards" / "latent-clicks"
    out = tmp_path / "latent-clicks.dtmodel"
    photos = [Photo(tmp_path / "a.png", {"file": "a.png", "licence": "CC0-1.0"})]
    size = export.export(run, tmp_path, photos, card, out, "a commit")
    assert size < export.MOST_BYTES
    files = read_package(out)
    config = json.loads(files["config.json"])
    assert (config["task"], config["arch"]) == ("mask", "latent_clicks")
    assert config["attributes"] == {"input_sizes": [64]}
    (pair,) = config["latent"]["golden"]
    assert pair["network"] == "model"
    assert files["provenance.csv"].count(b"a.png") == 2
    again = tmp_path / "again.dtmodel"
    export.export(run, tmp_path, photos, card, again, "a commit")
    assert again.read_bytes() == out.read_bytes()
