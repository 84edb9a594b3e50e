# SPDX-License-Identifier: GPL-3.0-or-later
"""latent mask: objects by clicks, boxes and strokes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome

Latent = Callable[..., Outcome]
WIDTH, HEIGHT = 360, 240


def disc(x: int, y: int, radius: int) -> npt.NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    inside: npt.NDArray[np.bool_] = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    return inside


LEFT, RIGHT = disc(100, 120, 50), disc(260, 120, 50)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Two orange discs on blue, with grain."""
    picture = np.empty((HEIGHT, WIDTH, 3))
    picture[:] = (40, 70, 120)
    picture[LEFT | RIGHT] = (200, 120, 40)
    picture += np.random.default_rng(3).normal(0, 5, picture.shape)
    path = tmp_path / "photo.png"
    path.write_bytes(imagecodecs.png_encode(np.clip(picture, 0, 255).astype(np.uint8)))
    return path


def iou(path: Path, truth: npt.NDArray[np.bool_]) -> float:
    mask = imagecodecs.imread(path)
    assert mask.shape == truth.shape
    found = mask >= (np.iinfo(mask.dtype).max + 1) // 2
    return float((found & truth).sum() / (found | truth).sum())


def test_one_click_gives_a_grey_picture_of_the_object(latent: Latent, photo: Path) -> None:
    out = photo.with_name("mask.png")
    outcome = latent("mask", photo, "--click", "100,120", "-o", out)
    assert outcome.code == 0, outcome
    assert iou(out, LEFT) > 0.95
    assert imagecodecs.imread(out).dtype == np.uint16
    small = photo.with_name("small.png")
    assert latent("mask", photo, "--click", "100,120", "-o", small, "--bits", "8").code == 0
    assert imagecodecs.imread(small).dtype == np.uint8


def test_percent_are_shares_of_the_sides(latent: Latent, photo: Path) -> None:
    out = photo.with_name("mask.tif")
    outcome = latent("mask", photo, "--click", "27.8%,50%", "-o", out, "--json")
    assert outcome.code == 0, outcome
    assert iou(out, LEFT) > 0.95
    report = json.loads(outcome.stdout)
    assert report["share"] == pytest.approx(LEFT.mean(), rel=0.05)
    assert imagecodecs.imread(out).dtype == np.uint16


def test_prompts_are_written_and_made_into_the_same_mask_again(latent: Latent, photo: Path) -> None:
    prompts, one, two = (photo.with_name(name) for name in ("p.json", "one.png", "two.png"))
    clicks = (
        "--click",
        "100,120",
        "--click",
        "260,120",
        "--not",
        "180,20",
        "--box",
        "20,20,320,200",
    )
    assert latent("mask", photo, *clicks, "-o", one).code == 0
    assert latent("mask", photo, *clicks, "-o", prompts).code == 0
    text = json.loads(prompts.read_text())
    kinds = [next(iter(prompt)) for prompt in text["objects"][0]["prompts"]]
    assert kinds == ["click", "click", "click", "box"]  # the order of the command line
    assert text["source"]["width"] == WIDTH
    outcome = latent("mask", photo, "--prompts", prompts, "-o", two)
    assert outcome.code == 0, outcome
    assert one.read_bytes() == two.read_bytes()


def test_prompts_of_another_photograph_are_noticed(latent: Latent, photo: Path) -> None:
    prompts, out = photo.with_name("p.json"), photo.with_name("out.png")
    assert latent("mask", photo, "--click", "100,120", "-o", prompts).code == 0
    other = photo.with_name("other.png")
    picture = imagecodecs.imread(photo)
    picture[0, 0] = 0
    other.write_bytes(imagecodecs.png_encode(picture))
    refused = latent("mask", other, "--prompts", prompts, "-o", out)
    assert refused.code == 2
    assert "made for another photograph" in refused.stderr
    assert "--prompts-anyway" in refused.stderr
    assert not out.exists()
    used = latent("mask", other, "--prompts", prompts, "-o", out, "--prompts-anyway")
    assert used.code == 0
    assert "used all the same" in used.stderr
    assert iou(out, LEFT) > 0.95


def test_a_brush_adds_and_takes_away(latent: Latent, photo: Path) -> None:
    out, strokes = photo.with_name("out.png"), photo.with_name("strokes.json")
    strokes.write_text(
        json.dumps(
            [
                {"stroke": [[0.1, 0.9], [0.3, 0.9]], "radius": 0.03, "on_object": True},
                {"stroke": [[0.25, 0.5]], "radius": 0.03, "on_object": False},
            ]
        )
    )
    outcome = latent("mask", photo, "--click", "100,120", "--stroke", strokes, "-o", out,
                     "--refine", "none")  # fmt: skip
    assert outcome.code == 0, outcome
    mask = imagecodecs.imread(out)
    assert mask[216, 72] == 65535  # painted
    assert mask[120, 90] == 0  # taken away
    assert mask[120, 130] == 65535


def test_a_mask_is_gone_on_from_and_refined(latent: Latent, photo: Path) -> None:
    before, out = photo.with_name("before.png"), photo.with_name("out.png")
    rough = disc(101, 121, 49)
    before.write_bytes(imagecodecs.png_encode((rough * 255).astype(np.uint8)))
    assert latent("mask", photo, "--from", before, "-o", out).code == 0
    assert iou(out, LEFT) > max(0.97, iou(before, LEFT))
    both = photo.with_name("both.png")
    assert latent("mask", photo, "--from", before, "--click", "260,120", "-o", both).code == 0
    assert iou(both, LEFT | RIGHT) > 0.93


def test_the_overlay_shows_the_photograph(latent: Latent, photo: Path) -> None:
    overlay = photo.with_name("overlay.png")
    assert latent("mask", photo, "--click", "100,120", "--overlay", overlay).code == 0
    shown, source = imagecodecs.imread(overlay), imagecodecs.imread(photo)
    assert shown.shape == source.shape
    assert np.abs(shown[132:150, 90:110].astype(int) - source[132:150, 90:110]).max() <= 1
    assert shown[120, 100].tolist() == [40, 210, 80]  # the click
    assert shown[120, 300].sum() < 0.5 * source[120, 300].sum()


def test_a_raw_gets_a_mask(latent: Latent, dng: MakeDng, tmp_path: Path) -> None:
    raw, out = dng("photo.dng"), tmp_path / "mask.png"
    outcome = latent("mask", raw, "--click", "50%,50%", "-o", out)
    assert outcome.code == 0, outcome
    assert imagecodecs.imread(out).max() == 65535


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--click", "400,10"], "outside the photograph, which has 360 x 240 pixels"),
        (["--click", "10"], "not X,Y"),
        (["--click", "10%,3"], "not X,Y"),
        (["--click", "nan,3"], ""),
        (["--not", "10,10"], "only what is not of it"),
        (["--box", "10,10,0,5"], "no area"),
        (["--box", "10,10,900,5"], "reaches beyond the photograph"),
        ([], "there are no prompts"),
        (["--click", "9,9", "--threshold", "3"], "threshold goes from 0.01 to 0.99"),
        (["--click", "9,9", "--stroke", "absent.json"], "absent.json"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    latent: Latent, photo: Path, options: list[str], words: str
) -> None:
    out = photo.with_name("out.png")
    outcome = latent("mask", photo, *options, "-o", out)
    assert outcome.code in (1, 2)
    assert words in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "p.json"),
        ("[]", "must be an object"),
        ('{"latent_prompts": 1}', "source is missing"),
        ('{"latent_prompts": 2, "source": {}, "objects": []}', "version 2"),
        (
            '{"latent_prompts": 1, "source": {"sha256": "", "width": 360, "height": 240},'
            ' "objects": [{"prompts": [{"click": [2, 0], "on_object": true}]}]}',
            "outside the photograph",
        ),
        (
            '{"latent_prompts": 1, "source": {"sha256": "", "width": 360, "height": 240},'
            ' "objects": [{"prompts": [{"click": [0, 0], "on_object": true, "colour": 1}]}]}',
            "colour is a key",
        ),
    ],
)
def test_damaged_prompts_are_named(latent: Latent, photo: Path, text: str, words: str) -> None:
    prompts, out = photo.with_name("p.json"), photo.with_name("out.png")
    prompts.write_text(text)
    outcome = latent("mask", photo, "--prompts", prompts, "-o", out)
    assert outcome.code in (1, 2)
    assert words in outcome.stderr
    assert "p.json" in outcome.stderr
    assert not out.exists()


def test_nothing_is_replaced_without_asking(latent: Latent, photo: Path) -> None:
    out = photo.with_name("out.png")
    out.write_bytes(b"mine")
    assert latent("mask", photo, "--click", "100,120", "-o", out).code == 2
    assert out.read_bytes() == b"mine"
    assert latent("mask", photo, "--click", "100,120", "-o", photo, "--overwrite").code == 2
    assert latent("mask", photo, "--click", "100,120", "-o", out, "--overwrite").code == 0
    assert iou(out, LEFT) > 0.95


@pytest.mark.parametrize("ending", [".svg", ".xmp", ".jpg.xmp"])
def test_one_click_gives_an_editable_path(latent: Latent, photo: Path, ending: str) -> None:
    target = photo.with_name("path" + ending)
    outcome = latent("mask", photo, "--click", "50%,50%", "-o", target)
    assert outcome.code == 0, outcome
    assert ("<path" if ending == ".svg" else "masks_history") in target.read_text()


def test_a_path_drawn_again_is_the_mask_that_was_clicked(latent: Latent, photo: Path) -> None:
    edit, mask, again = (photo.with_name(name) for name in ("a.xmp", "a.png", "b.png"))
    for target in (edit, mask):
        assert latent("mask", photo, "--click", "50%,50%", "-o", target).code == 0
    assert latent("mask", "render", edit, "--photo", photo, "-o", again).code == 0
    assert iou(again, imagecodecs.imread(mask) > 32767) > 0.99


def test_a_depth_that_the_format_has_not_is_refused(latent: Latent, photo: Path) -> None:
    target = photo.with_name("mask.tif")
    outcome = latent("mask", photo, "--click", "50%,50%", "-o", target, "--bits", "8")
    assert outcome.code == 2
    assert "8 bits" in outcome.stderr
    assert not target.exists()
