# SPDX-License-Identifier: GPL-3.0-or-later
"""The noise of a camera by its ISO: `--noise camera`, and what `auto` makes of the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from latent_program import MakeDng, Outcome

Latent = Callable[..., Outcome]
CANON = ("--make", "Canon", "--model", "Canon EOS 6D")
TABLE = Path(__file__).resolve().parents[2] / "src" / "raw" / "camera_noise.txt"


def of_table(iso: int) -> tuple[float, float]:
    """What the table says of a photosite of the Canon EOS 6D at an ISO that has an entry."""
    lines = TABLE.read_text().splitlines()
    (scale,) = (float(line.split()[1]) for line in lines if line.startswith("scale "))
    (row,) = (line for line in lines if line.startswith("camera Canon|EOS 6D|"))
    for entry in row.split("|")[2].split(","):
        at, a, b = (float(number) for number in entry.split())
        if at == iso:
            return scale * a, scale * b
    raise AssertionError(f"no entry at ISO {iso}")


def last_event(outcome: Outcome) -> dict[str, Any]:
    assert outcome.code == 0, outcome
    event: dict[str, Any] = outcome.events[-1]
    return event


def test_the_level_is_that_of_the_camera_at_its_iso(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *CANON, "--iso", "6400", "--size", "384x320", "--scene", "texture",
                 "--noise", "0.0007,1e-6", "--metadata", "exif")  # fmt: skip
    event = last_event(latent("rawdenoise", source, "--noise", "camera", "--json"))
    a, b = of_table(6400)
    assert event["noise"]["origin"] == "camera table"
    assert event["noise"]["a"] == pytest.approx([a] * 3)
    assert event["noise"]["b"] == pytest.approx([b] * 3)
    assert not any("table of cameras" in notice for notice in event["notices"])
    shown = latent("rawdenoise", source, "--noise", "camera", "--overwrite", "-v")
    assert shown.code == 0, shown
    assert "noise (camera table): green variance" in shown.stdout


def test_a_picture_that_shows_other_noise_is_told(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *CANON, "--iso", "100", "--size", "384x320", "--scene", "gradient",
                 "--noise", "0.004,1e-5", "--metadata", "exif")  # fmt: skip
    event = last_event(latent("rawdenoise", source, "--noise", "camera", "--json"))
    assert event["noise"]["origin"] == "camera table"
    told = [notice for notice in event["notices"] if "table of cameras" in notice]
    assert len(told) == 1
    assert "which was used, but the picture shows" in told[0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--iso", "800"), "does not have the noise of Latent Synthetic One"),
        ((*CANON, "--iso", "25"), "from ISO 50 to 102400"),
        ((*CANON, "--iso", "800", "--cfa", "linear"), "three colours a pixel"),
    ],
)
def test_what_the_table_does_not_have_is_refused(
    latent: Latent, dng: MakeDng, options: tuple[str, ...], sentence: str
) -> None:
    source = dng("photo.dng", *options, "--size", "256x192", "--metadata", "exif")
    outcome = latent("rawdenoise", source, "--noise", "camera")
    assert outcome.code == 1, outcome
    assert sentence in outcome.stderr
    assert "photo.dng" in outcome.stderr
    assert "--noise auto" in outcome.stderr
    assert not source.with_name("photo_raw-denoise.dng").exists()


def test_auto_asks_the_table_where_the_picture_is_too_small(latent: Latent, dng: MakeDng) -> None:
    small = ("--size", "40x36", "--scene", "gradient", "--noise", "0.0007,1e-6")
    known = dng("known.dng", *CANON, "--iso", "6400", *small, "--metadata", "exif")
    info = json.loads(latent("info", known, "--json").stdout)
    assert info["noise"]["origin"] == "camera table"
    assert info["noise"]["confidence"] < 0.2
    assert 0.3 < info["noise"]["a"][1] / of_table(6400)[0] < 3
    assert any("the table of cameras says of Canon EOS 6D" in w for w in info["warnings"])
    unknown = dng("unknown.dng", "--iso", "6400", *small, "--metadata", "exif")
    info = json.loads(latent("info", unknown, "--json").stdout)
    assert info["noise"]["origin"] == "estimated"
    assert not any("table of cameras" in w for w in info["warnings"])


def test_a_job_may_ask_for_it(latent: Latent, dng: MakeDng) -> None:
    source = dng("photo.dng", *CANON, "--iso", "6400", "--size", "256x192", "--metadata", "exif")
    job = {"latent_job": 1, "task": "rawdenoise", "sources": [source.name],
           "settings": {"noise": "camera"}}  # fmt: skip
    path = source.with_name("job.json")
    path.write_text(json.dumps(job))
    event = last_event(latent("run", path, "--json"))
    assert "camera table" in json.dumps(event)
    job["settings"] = {"noise": "camara"}
    path.write_text(json.dumps(job))
    outcome = latent("run", path)
    assert outcome.code != 0
    assert "settings.noise takes auto, camera, or" in outcome.stderr
