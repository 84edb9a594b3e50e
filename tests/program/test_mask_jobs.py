# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks as jobs: latent run, latent batch and latent watch, by stored prompts or by a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
from latent_program import Outcome
from test_mask_networks import automatic

Latent = Callable[..., Outcome]
WIDTH, HEIGHT = 240, 160


def disc(x: int, y: int, radius: int) -> npt.NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    inside: npt.NDArray[np.bool_] = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    return inside


def photo(path: Path, x: int, seed: int = 1) -> Path:
    """An orange disc at x on blue, with grain."""
    picture = np.empty((HEIGHT, WIDTH, 3))
    picture[:] = (40, 70, 120)
    picture[disc(x, 80, 40)] = (200, 120, 40)
    picture += np.random.default_rng(seed).normal(0, 5, picture.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(imagecodecs.png_encode(np.clip(picture, 0, 255).astype(np.uint8)))
    return path


def job(path: Path, sources: list[Path], output: dict[str, Any], **settings: Any) -> Path:
    text = {"latent_job": 1, "task": "mask", "sources": [str(source) for source in sources],
            "settings": settings, "output": output, "model": "builtin"}  # fmt: skip
    path.write_text(json.dumps(text))
    return path


def iou(path: Path, truth: npt.NDArray[np.bool_]) -> float:
    found = imagecodecs.imread(path) >= 1 << 15
    return float((found & truth).sum() / (found | truth).sum())


def test_many_photographs_have_their_own_prompts_beside_them(
    latent: Latent, tmp_path: Path
) -> None:
    """One without prompts and one with those of another fail; the others are done."""
    places = {"left.png": 70, "right.png": 170, "none.png": 120, "other.png": 120}
    for seed, (name, x) in enumerate(places.items()):
        photo(tmp_path / name, x, seed)
    for name in ("left.png", "right.png"):
        prompts = tmp_path / f"{name}.prompts.json"
        click = f"{places[name]},80"
        assert latent("mask", tmp_path / name, "--click", click, "-o", prompts).code == 0
    shutil.copy(tmp_path / "left.png.prompts.json", tmp_path / "other.png.prompts.json")
    text = job(tmp_path / "job.json", [tmp_path / name for name in places],
               {"folder": str(tmp_path / "out")}, prompts="beside")  # fmt: skip
    outcome = latent("run", "--json", text)
    assert outcome.code == 1, outcome
    done = {Path(e["file"]).name: e for e in outcome.events if e["event"] == "done"}
    assert set(done) == {"left.png", "right.png"}
    for name in done:
        out = tmp_path / "out" / f"{Path(name).stem}_mask.png"
        truth = disc(places[name], 80, 40)
        assert done[name]["output"] == str(out)
        assert done[name]["share"] == pytest.approx(truth.mean(), rel=0.1)
        assert done[name]["bytes"] == out.stat().st_size
        assert (done[name]["model"], done[name]["objects"]) == ("builtin", 1)
        assert iou(out, truth) > 0.95
    errors = {Path(e["file"]).name: e for e in outcome.events if e["event"] == "error"}
    assert "there are no stored prompts" in errors["none.png"]["message"]
    assert "none.png.prompts.json" in errors["none.png"]["message"]
    assert errors["none.png"]["code"] == "not_found"
    assert "made for another photograph" in errors["other.png"]["message"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "left_mask.png", "right_mask.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        ("--click", "70,80", "--not", "200,20", "--feather", "4", "--refine", "none"),
        ("--box", "25,35,92,90", "--click", "70,80", "--smoothing", "2.5", "--bits", "8"),
        ("--click", "29.2%,50%", "--objects", "all", "--threshold", "0.4", "--cleanup", "0.001"),
    ],
)
def test_the_printed_job_gives_the_same_bytes(
    latent: Latent, tmp_path: Path, options: tuple[str, ...]
) -> None:
    source = photo(tmp_path / "photo.png", 70)
    verb, by_job = tmp_path / "verb.png", tmp_path / "job.png"
    assert latent("mask", source, *options, "-o", verb).code == 0
    printed = latent("mask", source, *options, "-o", by_job, "--print-job")
    assert printed.code == 0, printed
    assert not by_job.exists()
    text = tmp_path / "job.json"
    text.write_text(printed.stdout)
    outcome = latent("run", text)
    assert outcome.code == 0, outcome
    assert by_job.read_bytes() == verb.read_bytes()
    again = latent("run", text)
    assert again.code == 1
    assert "exists" in again.stderr or "already" in again.stderr


def test_what_no_job_says_is_refused_by_name(latent: Latent, tmp_path: Path) -> None:
    source = photo(tmp_path / "photo.png", 70)
    for options, sentence in (
        (("--click", "70,80", "--box", "25,35,92,90"), "boxes, clicks, --not"),
        (("--click", "70,80", "--overlay", "o.png"), "--overlay"),
        (("--stroke", "s.json"), "--stroke"),
        (("--from", "m.png"), "--from"),
        ((), "nothing says what the mask is of"),
        (("--not", "3,3"), "not says what stays out"),
    ):
        outcome = latent("mask", source, *options, "-o", tmp_path / "m.png", "--print-job")
        assert outcome.code == 2, outcome
        assert sentence in outcome.stderr
        assert outcome.stdout == ""


def test_a_path_is_added_to_an_edit_and_the_edit_stays(latent: Latent, tmp_path: Path) -> None:
    source = photo(tmp_path / "photo.png", 70)
    edit = tmp_path / "photo.png.xmp"
    assert latent("mask", source, "--click", "70,80", "-o", edit).code == 0
    before = edit.read_text()
    output = {"file": str(tmp_path / "$(FILE_NAME).$(FILE_EXTENSION).xmp"),
              "if_exists": "overwrite"}  # fmt: skip
    text = job(tmp_path / "job.json", [source], output, clicks=["70,80"], feather=3)
    outcome = latent("run", "--json", text)
    assert outcome.code == 0, outcome
    (done,) = (e for e in outcome.events if e["event"] == "done")
    assert done["bytes"] == edit.stat().st_size
    masks = "darktable:mask_id="
    assert edit.read_text().count(masks) == 2 * before.count(masks) > 0
    replaced = job(tmp_path / "job.json", [source], output | {"edits": "replace"}, clicks=["70,80"])
    assert latent("run", replaced).code == 0
    assert edit.read_text().count(masks) == before.count(masks)
    drawing = {"file": str(tmp_path / "drawing.svg"), "if_exists": "overwrite"}
    for _ in range(2):
        text = job(tmp_path / "job.json", [source], drawing, clicks=["70,80"])
        assert latent("run", text).code == 0
    assert "<path" in (tmp_path / "drawing.svg").read_text()


def test_a_batch_of_masks_is_taken_up_again(latent: Latent, tmp_path: Path) -> None:
    for number, x in enumerate((60, 120, 180)):
        source = photo(tmp_path / "in" / "day" / f"{number}.png", x, number)
        prompts = source.with_name(source.name + ".prompts.json")
        if number != 1:
            assert latent("mask", source, "--click", f"{x},80", "-o", prompts).code == 0
    # The same photograph under another name, with other prompts.
    twin = shutil.copy(tmp_path / "in" / "day" / "0.png", tmp_path / "in" / "day" / "twin.png")
    beside = tmp_path / "in" / "day" / "twin.png.prompts.json"
    assert latent("mask", twin, "--click", "60,80", "--click", "5,5", "--objects", "all",
                  "-o", beside).code == 0  # fmt: skip
    text = job(tmp_path / "job.json", [tmp_path / "any"], {}, prompts="beside")
    command = ("batch", tmp_path / "in", "--job", text, "-O", tmp_path / "out", "--json",
               "--skip-done")  # fmt: skip
    first = latent(*command, "--report", tmp_path / "report")
    assert first.code == 1, first
    assert [first.events[-1][key] for key in ("done", "failed", "before")] == [3, 1, 0]
    assert sorted(p.name for p in (tmp_path / "out" / "day").iterdir()) == [
        "0_mask.png", "2_mask.png", "twin_mask.png",
    ]  # fmt: skip
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (report["done"], report["failed"]) == (3, 1)
    again = latent(*command)
    assert again.code == 0
    assert [again.events[-1][key] for key in ("done", "before")] == [0, 4]
    missing = tmp_path / "in" / "day" / "1.png.prompts.json"
    source = tmp_path / "in" / "day" / "1.png"
    assert latent("mask", source, "--click", "120,80", "-o", missing).code == 0
    mended = latent(*command, "--retry-failed")
    assert mended.code == 0, mended
    assert [mended.events[-1][key] for key in ("done", "before")] == [1, 3]


def test_jobs_that_cannot_be_are_refused_before_any_file(latent: Latent, tmp_path: Path) -> None:
    source = photo(tmp_path / "photo.png", 70)
    for settings, sentence in (
        ({"auto": "subject"}, "mask-ai-subject"),
        ({"auto": "sky", "clicks": ["1,1"]}, "without prompts"),
        ({"prompts": "besides"}, "prompts takes beside"),
        ({"clicks": ["1"]}, "settings.clicks"),
        ({"threshold": 1}, "settings.threshold: 1 is above 0.99"),
        ({"strength": 3}, "settings.strength"),
        ({}, "nothing says what the mask is of"),
    ):
        text = job(tmp_path / "job.json", [source], {}, **settings)
        outcome = latent("run", text)
        assert outcome.code == 2, outcome
        assert sentence in outcome.stderr
    assert not list(tmp_path.glob("*_mask*"))
    outside = job(tmp_path / "job.json", [source], {}, clicks=["240,80"])
    outcome = latent("run", outside)
    assert outcome.code == 1
    assert "lies outside the picture" in outcome.stderr
    bits = job(tmp_path / "job.json", [source], {"bit_depth": 32}, clicks=["70,80"])
    assert "8 or 16 bits" in latent("run", bits).stderr


def test_results_beside_their_photographs_are_not_taken_for_photographs(
    latent: Latent, tmp_path: Path
) -> None:
    photo(tmp_path / "in" / "a.png", 70)
    photo(tmp_path / "in" / "b.png", 170)
    text = job(tmp_path / "job.json", [tmp_path / "any"], {"if_exists": "number"},
               boxes=["5%,10%,90%,80%"])  # fmt: skip
    for again in range(2):
        done = latent("batch", tmp_path / "in", "--job", text, "--json", "--state",
                      tmp_path / f"state{again}")  # fmt: skip
        assert done.code == 0, done
    assert sorted(p.name for p in (tmp_path / "in").iterdir()) == [
        "a.png", "a_mask.png", "b.png", "b_mask.png",
    ]  # fmt: skip
    inside = ("batch", tmp_path / "in", "--job", text, "--match", "?.png", "-O",
              tmp_path / "in" / "masks", "--json")  # fmt: skip
    assert latent(*inside).events[-1]["done"] == 2
    again_inside = latent(*inside, "--match", "*.png").events[-1]
    assert [again_inside[key] for key in ("done", "skipped", "before")] == [0, 2, 2]
    skipped = {Path(e["file"]).name: e["reason"] for e in done.events if e["event"] == "skipped"}
    assert skipped == {"a.png": "exists", "a_mask.png": "result_of", "b.png": "exists",
                       "b_mask.png": "result_of"}  # fmt: skip


def test_an_automatic_mask_is_a_job(latent: Latent, tmp_path: Path) -> None:
    source = photo(tmp_path / "photo.png", 70)
    brighter = np.clip(imagecodecs.imread(source).astype(int) + 90, 0, 255).astype(np.uint8)
    source.write_bytes(imagecodecs.png_encode(brighter))
    model = automatic(tmp_path / "sky", "sky", "mean")
    verb = tmp_path / "verb.png"
    options = ("--auto", "sky", "--model", model)
    assert latent("mask", source, *options, "-o", verb).code == 0
    printed = latent("mask", source, *options, "--print-job")
    assert printed.code == 0, printed
    text = tmp_path / "job.json"
    text.write_text(printed.stdout)
    done = latent("run", "--json", text)
    assert done.code == 0, done
    assert done.events[-1]["model"] == "sky"
    assert (tmp_path / "photo_mask.png").read_bytes() == verb.read_bytes()
    absent = json.loads(printed.stdout) | {"model": None}
    text.write_text(json.dumps(absent))
    none = latent("run", text, LATENT_MODELS_DIR=str(tmp_path / "none"))
    assert none.code in (1, 2)
    assert "mask-ai-sky" in none.stderr
    assert none.stderr.count("\n") == 1
