# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in -o and -O: names of results that follow from the photograph and the job."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import Outcome
from PIL import Image

Latent = Callable[..., Outcome]


def picture(path: Path, taken: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    Image.fromarray(np.full((12, 12, 3), 99, np.uint8)).save(path, exif=exif)
    return path


def made(outcome: Outcome, folder: Path) -> list[str]:
    assert outcome.code == 0, outcome.stderr
    done = [event["output"] for event in outcome.events if event["event"] == "done"]
    return [str(Path(name).relative_to(folder)) for name in done]


def test_folders_and_names_follow_the_photograph(latent: Latent, tmp_path: Path) -> None:
    first = picture(tmp_path / "card" / "a.jpg", "2024:05:31 18:20:05")
    second = picture(tmp_path / "card" / "b.jpg", "2023:01:02 03:04:05")
    plain = ("denoise", first, second, "--strength", 0, "--json")
    assert made(latent(*plain, "-O", "$(FILE_FOLDER)/$(EXIF.YEAR)/$(EXIF_MONTH)"), tmp_path) == [
        "card/2024/05/a_denoise.tif",
        "card/2023/01/b_denoise.tif",
    ]
    pattern = f"{tmp_path}/out/$(SEQUENCE)_$(FILE_NAME)_$(FILE_EXTENSION)_$(TASK).png"
    assert made(latent(*plain, "-o", pattern), tmp_path) == [
        "out/0001_a_jpg_denoise.png",
        "out/0002_b_jpg_denoise.png",
    ]
    again = latent(*plain, "-o", pattern, "--skip-existing")
    assert [event["event"] for event in again.events if event["event"] != "start"] == [
        "skipped",
        "skipped",
    ]


def test_a_printed_job_keeps_its_variables(latent: Latent, tmp_path: Path) -> None:
    source = picture(tmp_path / "a.jpg")
    text = latent("denoise", source, "-O", "$(FILE_FOLDER)/x", "--print-job").stdout
    assert json.loads(text)["output"]["folder"] == "$(FILE_FOLDER)/x"
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "a.json").write_text(text)
    assert made(latent("run", tmp_path / "jobs" / "a.json", "--json"), tmp_path) == [
        "x/a_denoise.tif"
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("$(FILE_NAM).png", "$(FILE_NAM) is no variable of a name; there are FILE_FOLDER"),
        ("$(FILE_NAME.png", "without an end"),
        ("out/$(EXIF.CENTURY).png", "$(EXIF.CENTURY) is no variable"),
    ],
)
def test_unknown_variables_are_refused_by_name(
    latent: Latent, tmp_path: Path, name: str, sentence: str
) -> None:
    source = picture(tmp_path / "a.jpg")
    for option in (["-o", name], ["-O", name]):
        refused = latent("denoise", source, *option)
        assert refused.code == 2
        assert sentence in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]


def test_a_photograph_without_a_date_is_named_and_the_rest_go_on(
    latent: Latent, tmp_path: Path
) -> None:
    dated = picture(tmp_path / "dated.jpg", "2024:05:31 18:20:05")
    bare = picture(tmp_path / "bare.jpg")
    outcome = latent("denoise", bare, dated, "-O", tmp_path / "$(EXIF.YEAR)", "--json")
    assert outcome.code == 1
    events = {event["event"]: event for event in outcome.events}
    assert "does not say when it was taken" in events["error"]["message"]
    assert events["done"]["output"].endswith("2024/dated_denoise.tif")


def test_two_results_never_share_a_pattern_s_name(latent: Latent, tmp_path: Path) -> None:
    sources = [picture(tmp_path / name / "a.jpg") for name in ("one", "two")]
    outcome = latent("denoise", *sources, "-o", tmp_path / "$(FILE_NAME).png", "--json")
    assert outcome.code == 1
    assert [event["event"] for event in outcome.events if event["event"] in ("done", "error")] == [
        "done",
        "error",
    ]
