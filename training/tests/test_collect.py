# SPDX-License-Identifier: GPL-3.0-or-later
"""Training pictures are found again by what a package says of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latent_train.collect import collect, processed
from latent_train.pictures import ProvenanceError, licensed_photos

ROWS = "file,source_repo,commit,path,licence,processing,blob,sha256\n"


def _git(folder: Path, *command: str) -> str:
    found = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, check=True)
    return found.stdout.decode().strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository whose picture was replaced after the commit that was used."""
    folder = tmp_path / "sources" / "somebody+photos"
    folder.mkdir(parents=True)
    _git(folder, "init", "-q")
    for value in (50, 200):
        Image.new("RGB", (90, 60), (value, value, value)).save(folder / "a.png")
        _git(folder, "add", ".")
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        _git(folder, *who, "commit", "-qm", str(value))
    return folder


def _rows(tmp_path: Path, blob: str) -> Path:
    rows = tmp_path / "provenance.csv"
    rows.write_text(
        ROWS + f"1.jpg,github:somebody/photos,c0ffee,a.png,CC0-1.0,area 1/3,{blob},00\n"
    )
    return rows


def test_the_file_of_that_time_is_found_and_reduced(clone: Path, tmp_path: Path) -> None:
    rows = _rows(tmp_path, _git(clone, "rev-parse", "HEAD~1:a.png"))
    assert collect(rows, clone.parent, tmp_path / "out") == 1
    (photo,) = licensed_photos(tmp_path / "out")
    pixels = np.asarray(Image.open(photo.path))
    assert pixels.shape == (20, 30, 3)
    assert np.abs(pixels.astype(int) - 50).max() <= 1
    assert "sha256" not in photo.row


def test_a_clone_without_the_file_is_named(clone: Path, tmp_path: Path) -> None:
    rows = _rows(tmp_path, "0" * 40)
    with pytest.raises(ProvenanceError, match=r"somebody\+photos is no clone of .* with a\.png"):
        collect(rows, clone.parent, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_rows_that_name_no_file_are_refused(clone: Path, tmp_path: Path) -> None:
    rows = _rows(tmp_path, _git(clone, "rev-parse", "HEAD~1:a.png"))
    rows.write_text(rows.read_text().replace("1.jpg", "../1.jpg"))
    with pytest.raises(ProvenanceError, match=r"'\.\./1\.jpg' is no name of a file"):
        collect(rows, clone.parent, tmp_path / "out")
    rows.write_text(ROWS)
    with pytest.raises(ProvenanceError, match="names no picture"):
        collect(rows, clone.parent, tmp_path / "out")
    assert not list(tmp_path.glob("*.jpg"))


@pytest.mark.parametrize(
    ("processing", "size"),
    [("none", (1600, 1087)), ("2/3 (Hamming)", (1067, 725)), ("area 1/2", (800, 544))],
)
def test_sizes_after_each_step(processing: str, size: tuple[int, int]) -> None:
    assert processed(Image.new("RGB", (1600, 1087)), processing).size == size


def test_a_sideways_picture_is_turned() -> None:
    picture = Image.new("RGB", (40, 20))
    picture.getexif()[274] = 6
    assert processed(picture, "none").size == (20, 40)


def test_a_step_that_is_not_known_is_refused() -> None:
    with pytest.raises(ProvenanceError, match="'sharpened' is no processing"):
        processed(Image.new("RGB", (8, 8)), "area 1/2; sharpened")
