# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from latent_train.cli import app
from latent_train.pictures import ProvenanceError, sha256
from latent_train.train import check_pictures

RECIPE = """
model = "tiny"
threads = 1
report_steps = 2
[network]
widths = [8, 12]
blocks = 1
[data]
patch_px = 32
batch = {batch}
[optimiser]
block_px = [16]
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (120, 120, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "a.png")
    (folder / "PROVENANCE.csv").write_text("file,licence\na.png,CC0-1.0\n")
    return folder


def _train(photos: Path, run: Path, *more: str) -> str:
    command = ["train", "tiny", "--data", str(photos), "--run", str(run), *more]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return (run / "train.log").read_text()


def test_train_resumes_and_notes_a_changed_recipe(photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    recipes = []
    for batch in (2, 3):
        recipe = tmp_path / f"batch{batch}.toml"
        recipe.write_text(RECIPE.format(batch=batch))
        recipes.append(str(recipe))
    log = _train(photos, run, "--config", recipes[0], "--steps", "2")
    assert "finished at step 2" in log
    log = _train(photos, run, "--steps", "4")
    assert "finished at step 4" in log
    log = _train(photos, run, "--config", recipes[1], "--steps", "5")
    assert "finished at step 5" in log
    history = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert [row["step"] for row in history if "loss" in row] == [2, 4]
    assert {"step": 4, "changed": {"data.batch": [2, 3]}} in history


def test_train_wants_exactly_one_end(photos: Path, tmp_path: Path) -> None:
    command = ["train", "tiny", "--data", str(photos), "--run", str(tmp_path / "run")]
    assert CliRunner().invoke(app, command).exit_code == 2
    both = [*command, "--steps", "1", "--minutes", "1"]
    assert CliRunner().invoke(app, both).exit_code == 2


def test_a_run_says_what_code_and_pictures_it_had(photos: Path, tmp_path: Path) -> None:
    run, recipe = tmp_path / "run", tmp_path / "tiny.toml"
    recipe.write_text(RECIPE.format(batch=2))
    _train(photos, run, "--config", str(recipe), "--steps", "1")
    begun = json.loads((run / "history.jsonl").read_text().splitlines()[0])
    assert begun["pictures_sha256"] == sha256(photos / "PROVENANCE.csv")
    assert begun["commit"]
    check_pictures(run, begun["pictures_sha256"])
    with pytest.raises(ProvenanceError, match="other pictures than these from step 0 on"):
        check_pictures(run, "0" * 64)


def test_what_would_be_ignored_is_refused(photos: Path, tmp_path: Path) -> None:
    run, recipe = tmp_path / "run", tmp_path / "tiny.toml"
    recipe.write_text(RECIPE.format(batch=2))
    _train(photos, run, "--config", str(recipe), "--steps", "1")
    rest = ["--data", str(photos), "--run", str(run), "--steps", "2"]
    for command, said in (
        (["train", "latent-raw", *rest], "is a run of tiny"),
        (["train", "latent-raw", *rest, "--config", str(recipe)], "a recipe of tiny"),
        (["train", "tiny", *rest, "--begin-from", str(run / "checkpoint.pt")], "has begun already"),
        (["train", "tiny", *rest, "--reduced", "2/3"], "give --config"),
        (["train", "tiny", *rest, "--config", str(recipe), "--reduced", "x"], "no share of a side"),
        (["train", "tiny", *rest, "--config", str(recipe), "--reduced", "3/2"], "no share"),
        (["train", "tiny", *rest, "--config", str(recipe), "--reduced", "1/0"], "no share"),
    ):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 2
        assert said in " ".join(result.output.replace("│", " ").split())
    assert len((run / "history.jsonl").read_text().splitlines()) == 1


def test_of_a_pack_less_is_taken_away(photos: Path, tmp_path: Path) -> None:
    run, recipe = tmp_path / "run", tmp_path / "tiny.toml"
    scales = "scales = [[1, 1, 0.2], [1, 2, 0.3], [1, 3, 0.5]]\npatch_px"
    recipe.write_text(RECIPE.format(batch=2).replace("patch_px", scales))
    _train(photos, run, "--config", str(recipe), "--steps", "1", "--reduced", "2/3")
    config = json.loads((run / "config.json").read_text())
    assert config["data"]["scales"] == [[1, 1, 0.2], [3, 4, 0.3], [1, 2, 0.5]]


@pytest.mark.parametrize("clock", ["noon", "25:00", "17"])
def test_an_end_that_is_no_time_is_refused_before_a_run_begins(
    photos: Path, tmp_path: Path, clock: str
) -> None:
    run = tmp_path / "run"
    command = ["train", "tiny", "--data", str(photos), "--run", str(run), "--until", clock]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "time of day" in result.output
    assert not run.exists()
