# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks, scores, preprocessing and models of ``latent_zoo.eval_masks``, on made pictures."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latent_zoo import eval_masks as em
from latent_zoo import mask_models as mm
from latent_zoo.types import Array, Arrays, FloatArray, ZooError

SHAPE = (60, 90)


def made_picture(seed: int, name: str = "made") -> em.Picture:
    """Noise with two discs as its object, one of them at the edge."""
    chance = np.random.default_rng(seed)
    rows, columns = np.indices(SHAPE)
    truth = (rows - 30) ** 2 + (columns - 35) ** 2 < 18**2
    truth |= (rows - 10) ** 2 + (columns - 85) ** 2 < 9**2
    image = chance.integers(0, 256, (*SHAPE, 3), dtype=np.uint8)
    return em.Picture(name, image, truth, np.ones(SHAPE, bool))


class Oracle:
    """Knows the truth within ``reach`` pixels of every click, and nothing elsewhere."""

    def __init__(self, picture: em.Picture, reach: float) -> None:
        self.picture, self.reach = picture, reach

    def begin(self, image: Array) -> None:
        assert image is self.picture.image

    def mask(self, clicks: Sequence[mm.Click]) -> FloatArray:
        rows, columns = np.indices(SHAPE)
        known = np.zeros(SHAPE, bool)
        for click in clicks:
            known |= (rows - click.y) ** 2 + (columns - click.x) ** 2 <= self.reach**2
        return np.where(known & self.picture.truth, 1.0, -1.0)


class Dice:
    """Answers by chance."""

    def __init__(self) -> None:
        self.chance = np.random.default_rng(1)

    def begin(self, image: Array) -> None:
        self.shape = image.shape[:2]

    def mask(self, clicks: Sequence[mm.Click]) -> FloatArray:
        return self.chance.standard_normal(self.shape)


def test_an_oracle_needs_few_clicks_and_more_the_less_it_sees() -> None:
    picture = made_picture(3)
    wide = em.evaluate(Oracle(picture, 40), [picture])
    narrow = em.evaluate(Oracle(picture, 9), [picture])
    assert set(wide.noc.values()) == {2}  # each disc is a click of its own
    assert 3 <= narrow.noc[0.85] <= 12
    assert narrow.noc[0.85] < narrow.noc[0.95] <= em.MOST
    assert narrow.iou[1] < narrow.iou[3] < narrow.iou[5] <= 1
    assert wide.iou[1] < 1 == wide.iou[3] == wide.iou[5]


def test_chance_never_gets_there() -> None:
    report = em.evaluate(Dice(), [made_picture(1), made_picture(2)])
    assert set(report.noc.values()) == {em.MOST}
    assert all(len(track.ious) == em.MOST for track in report.tracks)
    assert report.as_dict()["NoC@90"] == em.MOST
    assert 0.1 < report.iou[5] < 0.4


def test_no_picture_is_an_error() -> None:
    with pytest.raises(ZooError, match="no picture"):
        em.evaluate(Dice(), [])


def test_noc_takes_the_first_click_that_reaches_it() -> None:
    track = em.Track("x", (0.5, 0.86, 0.8, 0.91))
    assert track.clicks_until(0.85) == 2
    assert track.clicks_until(0.9) == 4
    assert track.clicks_until(0.95) == em.MOST
    assert track.after(1) == 0.5
    assert track.after(5) == 0.91


def test_the_first_click_is_where_the_object_is_thickest() -> None:
    picture = made_picture(0)
    click = em.next_click(None, picture, np.random.default_rng(0), jitter_px=0)
    assert click == mm.Click(35, 30, True)


@pytest.mark.parametrize("seed", range(20))
def test_jitter_stays_near_and_inside(seed: int) -> None:
    picture = made_picture(0)
    click = em.next_click(None, picture, np.random.default_rng(seed))
    assert click is not None
    assert (click.x - 35) ** 2 + (click.y - 30) ** 2 <= em.JITTER_PX**2
    assert picture.truth[click.y, click.x]


def test_jitter_is_not_always_the_same() -> None:
    picture = made_picture(0)
    places = {em.next_click(None, picture, np.random.default_rng(s)) for s in range(20)}
    assert len(places) > 5


def test_what_is_too_much_gets_a_negative_click_in_its_largest_part() -> None:
    picture = made_picture(0)
    got = picture.truth.copy()
    got[45:58, 60:80] = True  # surplus, the largest error
    got[30:34, 33:37] = False  # a small miss
    got[2:4, 2:4] = True
    click = em.next_click(got, picture, np.random.default_rng(0), jitter_px=0)
    assert click is not None
    assert not click.positive
    assert 60 <= click.x < 80
    assert 45 <= click.y < 58
    assert em.next_click(picture.truth, picture, np.random.default_rng(0)) is None


def test_pixels_that_do_not_count_are_neither_wrong_nor_right() -> None:
    picture = made_picture(0)
    counts = np.ones(SHAPE, bool)
    counts[:, 45:] = False
    picture = em.Picture("x", picture.image, picture.truth & counts, counts)
    got = picture.truth.copy()
    got[:, 45:] = True
    assert em.iou(got, picture) == 1
    assert em.next_click(got, picture, np.random.default_rng(0)) is None
    got[0:20, 0:10] = True
    click = em.next_click(got, picture, np.random.default_rng(0))
    assert click is not None
    assert click.x < 10


def test_iou_of_two_empty_masks_is_one() -> None:
    nothing = np.zeros(SHAPE, bool)
    picture = em.Picture("x", made_picture(0).image, nothing, ~nothing)
    assert em.iou(nothing, picture) == 1
    assert em.iou(~nothing, picture) == 0


# --- preprocessing --------------------------------------------------------------------------


def test_letterbox_samples_at_x_over_scale_top_left() -> None:
    """By a slow loop of compatibility.md 2.7: src = x / s, no half pixel, no smoothing."""
    image = np.random.default_rng(5).integers(0, 256, (30, 45, 3), dtype=np.uint8)
    side = 64
    fitted = mm.letterboxed(image, side)
    scale = side / 45
    assert fitted.across == fitted.down == scale
    rows = round(30 * scale)
    assert fitted.inside.sum() == rows * side
    assert not fitted.planes[0, :, rows:].any()
    for y, x in ((0, 0), (7, 11), (rows - 1, side - 1), (20, 63), (41, 5)):
        v, u = y / scale, x / scale
        top, left = min(int(v), 29), min(int(u), 44)
        below, right = min(top + 1, 29), min(left + 1, 44)
        down, across = min(v - top, 1.0), min(u - left, 1.0)
        source = image.astype(np.float64)
        upper = source[top, left] * (1 - across) + source[top, right] * across
        lower = source[below, left] * (1 - across) + source[below, right] * across
        expected = (upper * (1 - down) + lower * down) / 255
        assert np.allclose(fitted.planes[0, :, y, x], expected, atol=1e-5)


def test_padding_is_zero_after_normalisation() -> None:
    image = np.full((20, 40, 3), 200, np.uint8)
    fitted = mm.letterboxed(image, 64)
    values = mm.normalised(fitted)
    assert not values[0, :, 32:].any()
    expected = (200 / 255 - np.array(mm.MEAN)) / np.array(mm.STD)
    assert np.allclose(values[0, :, 3, 3], expected, atol=1e-5)


def test_stretch_fills_the_square() -> None:
    fitted = mm.stretched(np.full((20, 40, 3), 51, np.uint8), 64)
    assert np.allclose(fitted.planes, 0.2, atol=1e-6)
    assert fitted.inside.all()
    assert (fitted.across, fitted.down) == (1.6, 3.2)


def test_guided_enlarging_on_a_flat_picture_is_bilinear_corner_to_corner() -> None:
    logits = np.random.default_rng(2).standard_normal((32, 32))
    flat = np.full((24, 48, 3), 90, np.uint8)
    got = mm.guided_enlarged(logits, flat, 32 / 48)
    valid = (16, 32)
    assert got.shape == (24, 48)
    assert np.isclose(got[0, 0], logits[0, 0])
    assert np.isclose(got[-1, -1], logits[valid[0] - 1, valid[1] - 1])
    rows = np.arange(24) * (valid[0] - 1) / 23
    columns = np.arange(48) * (valid[1] - 1) / 47
    whole = np.array(
        [[_at(logits[: valid[0], : valid[1]], row, column) for column in columns] for row in rows]
    )
    assert np.allclose(got, whole, atol=1e-9)


def _at(values: FloatArray, row: float, column: float) -> float:
    top, left = int(row), int(column)
    below, right = min(top + 1, values.shape[0] - 1), min(left + 1, values.shape[1] - 1)
    down, across = row - top, column - left
    upper = values[top, left] * (1 - across) + values[top, right] * across
    lower = values[below, left] * (1 - across) + values[below, right] * across
    return float(upper * (1 - down) + lower * down)


def test_guided_enlarging_keeps_an_edge_of_the_picture_sharp() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 20:] = 255
    logits = np.where(np.arange(10) < 5, -4.0, 4.0)[None].repeat(10, 0)
    sharp = mm.guided_enlarged(logits, image, 10 / 40)
    soft = mm.guided_enlarged(logits, np.full_like(image, 9), 10 / 40)
    assert np.abs(np.diff(sharp[20])).max() > 2 * np.abs(np.diff(soft[20])).max()


# --- models through their contracts ----------------------------------------------------------


class FakeSession:
    """A graph whose answers are a function of its inputs; it remembers what it was given."""

    def __init__(self, shapes: Mapping[str, tuple[int | str, ...]], outputs: Arrays) -> None:
        self.inputs = tuple(shapes)
        self.shapes: Mapping[str, Sequence[int | str]] = shapes
        self.outputs = outputs
        self.seen: list[Arrays] = []

    def run(self, given: Mapping[str, Array]) -> Arrays:
        assert set(given) == set(self.inputs)
        self.seen.append(dict(given))
        return self.outputs


def _sam2(masks: FloatArray) -> tuple[FakeSession, FakeSession]:
    features = {
        "high_res_feats_0": np.zeros(1),
        "high_res_feats_1": np.zeros(2),
        "image_embed": np.zeros(3),
    }
    encoder = FakeSession({"image": (1, 3, 64, 64)}, features)
    names = ("image_embed", "high_res_feats_0", "high_res_feats_1", "point_coords")
    names += ("point_labels", "mask_input", "has_mask_input")
    low = np.arange(3 * 16 * 16, dtype=np.float32).reshape(1, 3, 16, 16)
    scores = np.array([[0.1, 0.9, 0.3]], np.float32)
    out = {"masks": masks, "iou_predictions": scores, "low_res_masks": low}
    return encoder, FakeSession(dict.fromkeys(names, ()), out)


@pytest.mark.parametrize("resize", ["letterbox", "stretch"])
def test_sam2_takes_the_best_mask_and_feeds_it_back(resize: mm.Resize) -> None:
    masks = np.full((1, 3, 64, 64), -5, np.float32)
    masks[0, 1, :20, :30] = 5
    encoder, decoder = _sam2(masks)
    model = mm.predictor(encoder, decoder, resize)
    model.begin(np.zeros((32, 64, 3), np.uint8))
    got = model.mask([mm.Click(10, 4, True)])
    assert got.shape == (32, 64)
    down = 1 if resize == "letterbox" else 2
    assert (got[: 20 // down - 1, :29] > 0).all()
    assert (got[20 // down + 1 :, :] < 0).all()
    model.mask([mm.Click(10, 4, True), mm.Click(60, 30, False)])
    first, second = decoder.seen
    assert first["point_coords"].tolist() == [[[10, 4 * down]]]
    assert first["has_mask_input"] == 0
    assert second["point_labels"].tolist() == [[1, 0]]
    assert second["has_mask_input"] == 1
    assert np.array_equal(second["mask_input"][0, 0], decoder.outputs["low_res_masks"][0, 1])
    model.begin(np.zeros((32, 64, 3), np.uint8))
    model.mask([mm.Click(1, 1, True)])
    assert decoder.seen[-1]["has_mask_input"] == 0


def test_hq_sam_gets_the_padding_point_and_the_photographs_size() -> None:
    encoder = FakeSession(
        {"image": (1, 3, 64, 64)},
        {"image_embeddings": np.zeros(1), "interm_embeddings": np.zeros(2)},
    )
    names = ("image_embeddings", "interm_embeddings", "point_coords", "point_labels")
    names += ("mask_input", "has_mask_input", "orig_im_size")
    out = {
        "masks": np.ones((1, 1, 30, 50), np.float32),
        "iou_predictions": np.ones((1, 1), np.float32),
        "low_res_masks": np.ones((1, 1, 16, 16), np.float32),
    }
    decoder = FakeSession(dict.fromkeys(names, ()), out)
    model = mm.predictor(encoder, decoder)
    model.begin(np.zeros((30, 50, 3), np.uint8))
    assert model.mask([mm.Click(25, 10, True)]).shape == (30, 50)
    (seen,) = decoder.seen
    assert np.allclose(seen["point_coords"], [[[32, 12.8], [0, 0]]])
    assert seen["point_labels"].tolist() == [[1, -1]]
    assert seen["orig_im_size"].tolist() == [30, 50]
    with pytest.raises(ZooError, match="cannot be stretched"):
        mm.predictor(encoder, decoder, "stretch").mask([mm.Click(1, 1, True)])


def test_segnext_gets_plain_values_and_its_mask_back_as_zeros_and_ones() -> None:
    encoder = FakeSession({"image": (1, 3, 64, 64)}, {"image_feats": np.zeros(1)})
    mask = np.full((1, 1, 64, 64), -3.5, np.float32)
    mask[..., :10, :] = 7
    names = ("image_feats", "point_coords", "point_labels", "prev_mask")
    decoder = FakeSession(dict.fromkeys(names, ()), {"mask": mask})
    model = mm.predictor(encoder, decoder)
    model.begin(np.full((64, 64, 3), 102, np.uint8))
    assert np.allclose(encoder.seen[0]["image"], 0.4)
    model.mask([mm.Click(1, 1, True)])
    model.mask([mm.Click(1, 1, True), mm.Click(5, 50, False)])
    assert not decoder.seen[0]["prev_mask"].any()
    assert np.array_equal(decoder.seen[1]["prev_mask"], (mask > 0).astype(np.float32))


def test_an_unknown_decoder_is_refused() -> None:
    session = FakeSession({"image": (1, 3, 64, 64)}, {})
    with pytest.raises(ZooError, match="no known mask contract"):
        mm.predictor(session, session)


# --- files ----------------------------------------------------------------------------------


def _write_pictures(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "ground-truth").mkdir()
    for name in ("b", "a", "lonely"):
        picture = made_picture(len(name), name)
        Image.fromarray(picture.image).save(folder / "images" / f"{name}.jpg")
        marks = np.where(picture.truth, 255, 0).astype(np.uint8)
        marks[0, 0] = 128
        if name != "lonely":
            Image.fromarray(marks).save(folder / "ground-truth" / f"{name}.png")


def test_pictures_are_paired_by_name(tmp_path: Path) -> None:
    _write_pictures(tmp_path)
    found = list(em.pictures(tmp_path))
    assert [picture.name for picture in found] == ["a", "b"]
    assert not found[0].counts[0, 0]
    assert found[0].truth.sum() == made_picture(1).truth.sum()
    assert [picture.name for picture in em.pictures(tmp_path, limit=1)] == ["a"]


def test_a_folder_without_the_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="no images/"):
        list(em.pictures(tmp_path))
    _write_pictures(tmp_path)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "ground-truth" / "a.png")
    with pytest.raises(ZooError, match="the mask is"):
        list(em.pictures(tmp_path))


def test_a_package_is_a_folder_or_an_archive(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"id": "one"}))
    with zipfile.ZipFile(tmp_path / "one.dtmodel", "w") as archive:
        archive.write(folder / "config.json", "one/config.json")
    for package in (folder, tmp_path / "one.dtmodel"):
        assert mm.config(package) == {"id": "one"}
        with pytest.raises(ZooError, match=r"has no encoder\.onnx"):
            mm.package_file(package, "encoder.onnx")
    (tmp_path / "broken.dtmodel").write_bytes(b"PK")
    with pytest.raises(ZooError, match="not a package"):
        mm.config(tmp_path / "broken.dtmodel")
