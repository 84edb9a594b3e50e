# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences are checked before a picture is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latent_train.config import Config, ConfigError, DataConfig
from latent_train.export import provenance_csv
from latent_train.pictures import PictureSet, ProvenanceError, is_free, licensed_photos, sha256
from latent_train.prepare import prepare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "photos"
    source.mkdir()
    rows = ["file,author,licence,processing"]
    for index, size in enumerate([(120, 90), (200, 300)]):
        pixels = np.full((size[1], size[0], 3), 40 + 100 * index, dtype=np.uint8)
        Image.fromarray(pixels).save(source / f"{index}.png")
        rows.append(f"{index}.png,somebody,CC-BY-4.0,none")
    (source / "PROVENANCE.csv").write_text("\n".join(rows) + "\n")
    return source


def test_a_picture_without_a_row_is_refused(folder: Path) -> None:
    (folder / "stranger.jpg").write_bytes(b"")
    with pytest.raises(ProvenanceError, match=r"stranger\.jpg has no row"):
        licensed_photos(folder)


def test_a_row_without_its_picture_is_refused(folder: Path) -> None:
    (folder / "1.png").unlink()
    with pytest.raises(ProvenanceError, match=r"1\.png"):
        licensed_photos(folder)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProvenanceError, match=r"no PROVENANCE\.csv"):
        licensed_photos(tmp_path)


def test_a_licence_that_is_not_free_is_refused(folder: Path) -> None:
    manifest = folder / "PROVENANCE.csv"
    manifest.write_text(manifest.read_text().replace("CC-BY-4.0", "CC-BY-NC-4.0", 1))
    with pytest.raises(ProvenanceError, match=r"CC-BY-NC-4\.0"):
        licensed_photos(folder)


def test_a_picture_with_two_rows_is_refused(folder: Path) -> None:
    manifest = folder / "PROVENANCE.csv"
    first = manifest.read_text().splitlines()[1]
    manifest.write_text(manifest.read_text().replace("CC-BY-4.0", "CC-BY-NC-4.0", 1) + first + "\n")
    with pytest.raises(ProvenanceError, match=r"0\.png has two rows"):
        licensed_photos(folder)


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("CC0-1.0", True),
        ("Public domain", True),
        ("CC BY-SA 4.0", True),
        ("LGPL-3.0", True),
        ("Unlicense (public domain)", True),
        ("CC-BY-ND-3.0", False),
        ("CC BY-NC-SA 4.0", False),
        ("GPL-2.0-or-later", True),
        ("CC-BY-SA-2.5", True),
        ("all rights reserved", False),
        ("Editorial use permitted", False),
        ("limited licence", False),
        ("CC-BY-NonCommercial-4.0", False),
        ("CC BY 4.0, no derivatives", False),
        ("not public domain", False),
        ("", False),
    ],
)
def test_licences(licence: str, free: bool) -> None:
    assert is_free(licence) is free


def test_crops_come_from_every_scale_that_is_large_enough(folder: Path) -> None:
    config = DataConfig(scales=((1, 1, 0.5), (1, 2, 0.5)), patch_px=80)
    pictures = PictureSet(licensed_photos(folder), config)
    assert [len(scale) for scale in pictures.scales] == [2, 1]
    rng = np.random.default_rng(0)
    crops = [pictures.crop(rng) for _ in range(40)]
    assert {crop.shape for crop in crops} == {(80, 80, 3)}
    assert {int(crop[0, 0, 0]) for crop in crops} == {40, 140}


def test_bicubic_reduction_takes_away_stripes_that_box_turns_into_coarser_ones(
    folder: Path,
) -> None:
    pixels = np.full((90, 120, 3), 60, dtype=np.uint8)
    pixels[:, ::2] = 160
    Image.fromarray(pixels).save(folder / "0.png")
    left = {}
    for reduction in ("box", "bicubic"):
        config = DataConfig(scales=((2, 3, 1.0),), patch_px=40, reduction=reduction)
        pictures = PictureSet(licensed_photos(folder)[:1], config)
        left[reduction] = int(np.ptp(pictures.scales[0][0][20:-20, 20:-20]))
    assert left["box"] > 25
    assert left["bicubic"] < left["box"] / 3


def test_a_reduction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="reduction 'nearest' is none of box, bicubic"):
        Config(data=DataConfig(reduction="nearest"))


@pytest.mark.parametrize(("picks", "least", "most"), [(1, 0.2, 0.45), (4, 0.7, 1.0)])
def test_of_several_picks_the_one_with_most_detail_is_used(
    folder: Path, picks: int, least: float, most: float
) -> None:
    pixels = np.full((90, 120, 3), 40, dtype=np.uint8)
    pixels[:, 80:] = np.random.default_rng(1).integers(0, 255, (90, 40, 3))
    Image.fromarray(pixels).save(folder / "0.png")
    config = DataConfig(scales=((1, 1, 1.0),), patch_px=16, picks=picks)
    pictures = PictureSet(licensed_photos(folder)[:1], config)
    rng = np.random.default_rng(2)
    detailed = [int(np.ptp(pictures.crop(rng))) > 0 for _ in range(200)]
    assert least < float(np.mean(detailed)) < most


def test_a_crop_larger_than_every_picture_is_refused(folder: Path) -> None:
    pictures = PictureSet(licensed_photos(folder), DataConfig(((1, 1, 1.0),), 16, 1))
    with pytest.raises(ValueError, match="no picture is large enough for a crop of 5000 px"):
        pictures.crop(np.random.default_rng(0), 5000)


def test_a_pack_is_small_licensed_and_hashed(folder: Path, tmp_path: Path) -> None:
    photos = prepare(folder, tmp_path / "pack", long_side=150, quality=80)
    assert [photo.path.name for photo in photos] == ["0.jpg", "1.jpg"]
    with Image.open(photos[1].path) as opened:
        assert opened.size == (100, 150)
    for photo in photos:
        assert photo.row["sha256"] == sha256(photo.path)
        assert photo.row["licence"] == "CC-BY-4.0"
    assert photos[1].row["processing"] == "none; bicubic to 100x150; JPEG q80 4:4:4"


def test_a_pack_of_a_pack_has_its_own_hashes_once(folder: Path, tmp_path: Path) -> None:
    prepare(folder, tmp_path / "pack", long_side=150)
    again = prepare(tmp_path / "pack", tmp_path / "smaller", long_side=60)
    columns = provenance_csv(again).decode().splitlines()[0].split(",")
    assert columns.count("sha256") == 1
    assert again[0].row["sha256"] == sha256(again[0].path)


def test_a_picture_that_is_not_the_one_of_its_row_is_refused(folder: Path, tmp_path: Path) -> None:
    pack = prepare(folder, tmp_path / "pack")[0].path
    pack.write_bytes(pack.read_bytes() + b"x")
    with pytest.raises(ProvenanceError, match=r"0\.jpg is not the file"):
        licensed_photos(pack.parent)


def test_two_pictures_of_one_name_make_no_pack(folder: Path, tmp_path: Path) -> None:
    (folder / "1.png").rename(folder / "0.jpg")
    manifest = folder / "PROVENANCE.csv"
    manifest.write_text(manifest.read_text().replace("1.png", "0.jpg"))
    with pytest.raises(ProvenanceError, match=r"would become 0\.jpg"):
        prepare(folder, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()
