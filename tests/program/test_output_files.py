# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a result cannot go is said before anything runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng, Outcome
from PIL import Image

Latent = Callable[..., Outcome]
STREAM = "is standard output, and Latent writes results to files only"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.new("RGB", (16, 16), (9, 90, 200)).save(path)
    return path


def refused(outcome: Outcome, words: str) -> None:
    assert outcome.code == 2, outcome
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1, outcome
    assert words in outcome.stderr


@pytest.mark.parametrize("name", ["x.tif", "x", "x.jpg", "x.dng.tmp"])
def test_rawdenoise_writes_dngs_only(
    latent: Latent, dng: MakeDng, tmp_path: Path, name: str
) -> None:
    raw = dng("a.dng", "--size", "64x48")
    outcome = latent("rawdenoise", raw, "--strength", 0, "-o", tmp_path / name)
    refused(outcome, f"writes files that end in .dng, which '{tmp_path / name}' does not")
    assert os.listdir(tmp_path) == ["a.dng"]
    assert latent("rawdenoise", raw, "--strength", 0, "-o", tmp_path / "X.DNG").code == 0


@pytest.mark.parametrize("verb", ["denoise", "upscale"])
@pytest.mark.parametrize("name", ["x.dng", "x.webp", "x"])
def test_pictures_have_the_endings_that_are_written(
    latent: Latent, photo: Path, tmp_path: Path, verb: str, name: str
) -> None:
    scale = ("--scale", 2) if verb == "upscale" else ()
    refused(latent(verb, photo, *scale, "-o", tmp_path / name), "writes files that end in .tif")
    for good in ("a.tiff", "b.JPEG"):
        if verb == "denoise":
            outcome = latent(verb, photo, "--strength", 0, "-o", tmp_path / good)
            assert outcome.code == 0, outcome


@pytest.mark.parametrize("verb", ["rawdenoise", "denoise", "upscale", "render", "compare"])
@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_is_refused_by_name(
    latent: Latent, photo: Path, tmp_path: Path, verb: str, name: str
) -> None:
    more: tuple[object, ...] = ("--scale", 2) if verb == "upscale" else ()
    more = (photo,) if verb == "compare" else more
    refused(latent(verb, photo, *more, "-o", name), STREAM)
    assert not Path("-").exists()


def test_devices_and_pipes_are_refused_with_and_without_overwrite(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.tif"
    os.mkfifo(pipe)
    for more in ((), ("--overwrite",), ("--skip-existing",)):
        for name, words in ((pipe, "it is a pipe"), ("/dev/null", "it is a device")):
            refused(latent("denoise", photo, "--strength", 0, "-o", name, *more), words)
    assert pipe.is_fifo()


def test_a_folder_after_o_takes_the_results(latent: Latent, photo: Path, tmp_path: Path) -> None:
    there = tmp_path / "folder.tif"
    there.mkdir()
    for name in (there, f"{tmp_path}/new/"):
        outcome = latent("denoise", photo, "--strength", 0, "-o", name)
        assert outcome.code == 0, outcome
        assert [path.name for path in Path(name).iterdir()] == ["photo_denoise.tif"]
    job = tmp_path / "it.job.json"
    job.write_text(json.dumps({"latent_job": 1, "task": "denoise", "sources": ["photo.png"],
                               "settings": {"strength": 0},
                               "output": {"file": "folder.tif"}}))  # fmt: skip
    assert latent("run", job).code == 0
    assert {path.name for path in there.iterdir()} == {"photo_denoise.tif", "photo_denoise_1.tif"}


def test_verbs_with_one_result_take_a_folder_too(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    assert latent("compare", photo, photo, "-o", folder).code == 0
    assert latent("mask", photo, "--click", "50%,50%", "-o", f"{folder}/").code == 0
    assert {path.name for path in folder.iterdir()} == {"photo_compare.png", "photo_mask.png"}


def test_a_folder_for_results_is_a_folder(latent: Latent, photo: Path, tmp_path: Path) -> None:
    refused(latent("denoise", photo, "-O", photo), "is no folder")
    refused(latent("denoise", photo, "-O", "-"), STREAM)


@pytest.mark.parametrize(
    ("output", "words"),
    [({"file": "-"}, STREAM), ({"file": "x.dng"}, "ends in"), ({"file": "/dev/null"}, "a device"),
     ({"folder": "photo.png"}, "is no folder")],
)  # fmt: skip
def test_a_job_is_held_to_the_same(
    latent: Latent, photo: Path, tmp_path: Path, output: dict[str, str], words: str
) -> None:
    job = tmp_path / "it.job.json"
    job.write_text(json.dumps({"latent_job": 1, "task": "denoise", "sources": ["photo.png"],
                               "output": output}))  # fmt: skip
    outcome = latent("run", job)
    assert outcome.code == 2, outcome
    assert words.replace("ends in", "end in") in outcome.stderr
