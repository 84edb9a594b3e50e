# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody who is new to the program types: folders, mistyped verbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import MakeDng, Outcome
from PIL import Image

Latent = Callable[..., Outcome]


@pytest.fixture
def card(tmp_path: Path, dng: MakeDng) -> Path:
    """A folder of mixed files: two pictures, a raw, and what is no photograph; one lies deeper."""
    folder = tmp_path / "card"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    picture = Image.fromarray(np.full((32, 48, 3), 90, np.uint8))
    picture.save(folder / "b.jpg")
    picture.save(folder / "deep" / "a.png")
    picture.save(folder / ".hidden" / "c.png")
    picture.save(folder / ".d.png")
    (folder / "notes.txt").write_text("no picture")
    (folder / "b.jpg.xmp").write_text("<x/>")
    dng("card/r.dng")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_stands_for_the_photographs_in_it(latent: Latent, card: Path) -> None:
    out = card.parent / "out"
    done = latent("denoise", card, "--strength", "0", "-O", out)
    assert done.code == 0, done.stderr
    assert names(out) == ["b_denoise.tif", "r_denoise.tif"]
    assert done.stdout.endswith("2 done\n")


def test_recursive_looks_below_and_hidden_files_are_passed_over(latent: Latent, card: Path) -> None:
    out = card.parent / "out"
    done = latent("denoise", "--recursive", card, "--strength", "0", "-O", out)
    assert done.code == 0, done.stderr
    assert names(out) == ["a_denoise.tif", "b_denoise.tif", "r_denoise.tif"]


def test_raw_denoise_takes_the_raws_of_a_folder(latent: Latent, card: Path) -> None:
    out = card.parent / "out"
    done = latent("rawdenoise", card, "--strength", "0", "-O", out)
    assert done.code == 0, done.stderr
    assert names(out) == ["r_raw-denoise.dng"]


def test_a_folder_without_photographs_is_refused(latent: Latent, card: Path) -> None:
    empty = card / "empty"
    empty.mkdir()
    done = latent("denoise", empty)
    assert done.code == 2
    assert "empty' holds no photograph that denoise takes; --recursive looks" in done.stderr
    assert "--recursive" not in latent("denoise", "-r", empty).stderr


def test_the_count_closes_a_run_of_several_files(latent: Latent, card: Path) -> None:
    done = latent("denoise", card / "b.jpg", card / "notes.txt", "--strength", "0")
    assert done.code == 1
    assert done.stdout.endswith("1 done, 1 failed\n")
    again = latent("denoise", card / "b.jpg", card / "r.dng", "--strength", "0", "--skip-existing")
    assert again.stdout.endswith("1 done, 1 skipped\n")
    assert latent("denoise", card, "--strength", "0", "-q", "--overwrite").stdout == ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("denoize", "denoise"), ("upscal", "upscale"), ("model", "models")]
)
def test_a_mistyped_verb_is_answered_with_the_one_meant(
    latent: Latent, typed: str, meant: str
) -> None:
    done = latent(typed, "x.jpg")
    assert done.code == 2
    assert done.stderr == f"latent: '{typed}' is no verb of latent; did you mean {meant}?\n"


def test_a_wrong_option_points_to_the_help_of_its_verb(latent: Latent) -> None:
    assert latent("denoise", "--strengh", "3", "x").stderr.endswith("see latent denoise --help\n")
    assert latent("models", "list", "--x").stderr.endswith("see latent models list --help\n")
    assert "there are rawdenoise, denoise, upscale" in latent("paint").stderr


def test_a_raw_becomes_a_jpeg_in_srgb_and_keeps_its_colours_elsewhere(
    latent: Latent, dng: MakeDng
) -> None:
    raw = dng("r.dng", "--size", "96x64")
    common = ("denoise", raw, "--strength", "0", "--json")
    jpeg = latent(*common, "--format", "jpg").events[-1]
    assert jpeg["profile"].startswith("sRGB")
    assert not any("clipped" in notice for notice in jpeg["notices"])
    assert "2020" in latent(*common).events[-1]["profile"]
    named = latent(*common, "--format", "jpg", "--profile", "adobergb", "--again").events[-1]
    assert "Adobe" in named["profile"]


def test_a_fraction_given_for_a_percentage_is_remarked_on(latent: Latent, card: Path) -> None:
    out = card.parent / "out"
    done = latent("denoise", card / "b.jpg", "--strength", "0", "--luma", "0.5", "-O", out)
    assert done.code == 0
    assert "--luma 0.5 means 0.5 percent; write 50 for 50 percent" in done.stderr
    done = latent("denoise", card / "b.jpg", "--strength", "0", "--luma", "50", "-O", out)
    assert "percent" not in done.stderr


def test_formats_have_their_usual_second_names(latent: Latent, card: Path) -> None:
    out = card.parent / "out"
    for word in ("tiff", "jpeg"):
        done = latent("denoise", card / "b.jpg", "--strength", "0", "--format", word, "-O", out)
        assert done.code == 0, done.stderr
    assert names(out) == ["b_denoise.jpg", "b_denoise.tif"]


def test_a_verb_without_files_says_what_is_missing(latent: Latent) -> None:
    done = latent("denoise")
    assert done.code == 2
    assert done.stderr == "latent: files missing on the command line; see latent denoise --help\n"
