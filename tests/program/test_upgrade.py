# SPDX-License-Identifier: GPL-3.0-or-later
"""What an older program wrote (tests/data/upgrade) is read by this one, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from latent_program import Outcome
from make_upgrade_fixture import HOME
from test_batch_many import picture

VERSIONS = sorted(
    path for path in (Path(__file__).parents[1] / "data" / "upgrade").iterdir() if path.is_dir()
)


@pytest.fixture(params=VERSIONS, ids=lambda path: path.name)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The files of the older program's user, with the photographs that they speak of."""
    folder = tmp_path / "home"
    shutil.copytree(request.param, folder)
    for number in range(4):
        picture(folder / "photos" / f"{number}.png", number, side=32)
    return folder


@pytest.fixture
def program(latent: Callable[..., Outcome], home: Path) -> Callable[..., Outcome]:
    def call(*arguments: object) -> Outcome:
        return latent(*arguments, LATENT_CONFIG=str(home / "config"),
                      LATENT_MODELS_DIR=str(home / "models"))  # fmt: skip

    return call


def test_the_store_and_the_choice_of_models_are_kept(program: Callable[..., Outcome]) -> None:
    listed = json.loads(program("models", "list", "--json", "--all").stdout)
    models = {entry["id"]: entry for entry in listed["models"]}
    assert models["tiny"]["version"] == "1.2"
    assert models["tiny"]["origin"]["kind"] == "file"
    assert not models["latent-upscale"]["enabled"]
    verified = program("models", "verify", "tiny", "--json")
    assert verified.code == 0, verified
    assert json.loads(verified.stdout)["models"][0]["good"]


def test_policy_and_limits_hold(program: Callable[..., Outcome], home: Path) -> None:
    assert program("models", "list").code == 0
    shown = program("models", "policy", "show").stdout
    assert [line.split()[-1] for line in shown.splitlines() if "undisclosed-data" in line] == [
        "refuse"
    ]
    (home / "config" / "settings.toml").write_text("limit-megapixels = 1\n")
    large = picture(home / "large.png", side=1100)
    refused = program("denoise", large, "--strength", 0)
    assert refused.code == 1
    assert "limit" in refused.stderr


@pytest.mark.parametrize("task", ["rawdenoise", "denoise", "upscale", "erase", "depth"])
def test_jobs_mean_what_they_meant(
    program: Callable[..., Outcome], home: Path, tmp_path: Path, task: str
) -> None:
    """Every setting that an old job states is stated by the same job of today, and is the same."""
    path = home / "jobs" / f"{task}.json"
    old: dict[str, Any] = json.loads(path.read_text().replace(str(HOME), str(home)))
    path.write_text(json.dumps(old))
    if task in ("denoise", "upscale", "erase"):
        done = program("run", "--json", path)
        kinds = [event["event"] for event in done.events]
        if task == "upscale":  # by a model that the user had disabled
            assert done.code == 1, done
            assert "no model is enabled for the task 'upscale'" in done.stdout
        else:
            assert done.code == 0, done
            assert kinds[-1] == "done"
    manifest = home / "check.jsonl"
    manifest.write_text(json.dumps(old) + "\n")
    schema = json.loads(program("run", "--print-schema").stdout)["$defs"][task]["properties"]
    for section in ("settings", "output", "engine"):
        assert set(old[section]) <= set(schema[section]["properties"]), section


def test_a_batch_goes_on_where_the_older_program_stopped(
    program: Callable[..., Outcome], home: Path
) -> None:
    before = {path.name for path in (home / "out").iterdir()} if (home / "out").exists() else set()
    done = program("batch", home / "work.jsonl", "--json", "--resume")
    assert done.code == 0, done
    end = done.events[-1]
    assert (end["before"], end["done"]) == (2, 2)
    assert {path.name for path in (home / "out").iterdir()} - before == {
        "1_denoise.png", "3_denoise.png",
    }  # fmt: skip
