# SPDX-License-Identifier: GPL-3.0-or-later
"""`latent mask trace` and `latent mask render`: edits that are kept, refusals that say why."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile

EDIT = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/"
   xmp:Rating="3"
   darktable:xmp_version="5"
   darktable:history_end="1">
   <darktable:masks_history>
    <rdf:Seq{masks}
   </darktable:masks_history>
   <darktable:history>
    <rdf:Seq>
     <rdf:li darktable:num="0" darktable:operation="flip" darktable:params="ffffffff"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
NO_MASKS = "/>"
ONE_MASK = """>
     <rdf:li darktable:mask_num="0" darktable:mask_id="5" darktable:mask_type="2"
      darktable:mask_name="old" darktable:mask_version="{version}" darktable:mask_points="00"
      darktable:mask_nb="1" darktable:mask_src="0000000000000000"/>
    </rdf:Seq>"""


def run(program: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), "mask", *map(str, words)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:90, 0:120] + 0.5
    away = np.hypot(x - 60.3, y - 44.8)
    soft = np.clip(0.5 - np.maximum(away - 35, 12 - away), 0, 1).astype(np.float32)
    tifffile.imwrite(tmp_path / "mask.tif", soft)
    return tmp_path / "mask.tif"


def read_back(program: Path, edit: Path, out: Path) -> np.ndarray:
    done = run(program, "render", edit, "--size", "120x90", "-o", out, "--bits", 32)
    assert done.returncode == 0, done.stderr
    return np.asarray(tifffile.imread(out))


@pytest.mark.parametrize("masks", [NO_MASKS, ONE_MASK.format(version=6)])
def test_an_edit_keeps_every_byte(latent_bin: Path, tmp_path: Path, mask: Path, masks: str) -> None:
    edit = tmp_path / "photo.tif.xmp"
    before = EDIT.format(masks=masks)
    edit.write_text(before, encoding="utf-8")
    done = run(latent_bin, "trace", mask, "-o", edit, "--name", "moon & stars")
    assert done.returncode == 0, done.stderr
    assert "holes 1" in done.stdout
    after = edit.read_text(encoding="utf-8")
    # What was there is there still, in its order, and all lines of ours stand together.
    old, new = before.splitlines(), after.splitlines()
    if masks == ONE_MASK.format(version=6):
        kept = iter(new)
        assert all(line in kept for line in old)
    assert 'mask_name="moon &amp; stars"' in after
    drawn = read_back(latent_bin, edit, tmp_path / "out.tif")
    soft = tifffile.imread(mask)
    assert abs(drawn.sum() - soft.sum()) < 0.005 * soft.sum()
    assert drawn[44, 60] == 0
    assert drawn[44, 83] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (EDIT.format(masks=ONE_MASK.format(version=7)), "version 7"),
        (EDIT.format(masks=NO_MASKS)[:-40], "no XMP that can be read"),
        ("", "no XMP that can be read"),
        (EDIT.format(masks=NO_MASKS).replace('history_end="1"', 'history_end="0"'), "undone"),
    ],
)
def test_an_edit_that_cannot_be_added_to_stays_as_it_is(
    latent_bin: Path, tmp_path: Path, mask: Path, text: str, words: str
) -> None:
    edit = tmp_path / "photo.tif.xmp"
    edit.write_text(text, encoding="utf-8")
    done = run(latent_bin, "trace", mask, "-o", edit)
    assert done.returncode != 0
    assert words in done.stderr
    assert "photo.tif.xmp" in done.stderr
    assert edit.read_text(encoding="utf-8") == text
    assert sorted(os.listdir(tmp_path)) == ["mask.tif", "photo.tif.xmp"]


def test_a_read_only_edit_stays_as_it_is(latent_bin: Path, tmp_path: Path, mask: Path) -> None:
    edit = tmp_path / "photo.tif.xmp"
    edit.write_text(EDIT.format(masks=NO_MASKS), encoding="utf-8")
    edit.chmod(0o444)
    done = run(latent_bin, "trace", mask, "-o", edit)
    assert done.returncode != 0
    assert "read-only" in done.stderr
    assert edit.read_text(encoding="utf-8") == EDIT.format(masks=NO_MASKS)


def test_masks_are_as_large_as_their_photograph(
    latent_bin: Path, tmp_path: Path, mask: Path
) -> None:
    photo = tmp_path / "photo.tif"
    tifffile.imwrite(photo, np.zeros((60, 80, 3), np.uint8), photometric="rgb")
    done = run(latent_bin, "trace", mask, "--photo", photo, "-o", tmp_path / "a.xmp")
    assert done.returncode == 2
    assert "120 x 90" in done.stderr
    assert "80 x 60" in done.stderr
    assert not (tmp_path / "a.xmp").exists()


def test_refusals_say_what_would_help(latent_bin: Path, tmp_path: Path, mask: Path) -> None:
    edit = tmp_path / "a.xmp"
    assert run(latent_bin, "trace", mask, "-o", edit).returncode == 0
    cases = [
        (["render", edit], "--photo FILE, or --size"),
        (["render", edit, "--size", "12"], "WxH"),
        (["render", edit, "--size", "120x90", "--mask", "other"], "latent object"),
        (["render", edit, "--size", "120x90", "-o", tmp_path / "b.svg"], "name it .png"),
        (["trace", mask, "-o", tmp_path / "b.png"], "name it .xmp or .svg"),
        (["trace", mask, "-o", tmp_path / "b.svg", "--threshold", "1.5"], "between 0 and 1"),
        (["trace", mask, "-o", tmp_path / "b.svg", "--cleanup", "99999"], "lower --threshold"),
    ]
    for words, said in cases:
        done = run(latent_bin, *words)
        assert done.returncode != 0
        assert said in done.stderr, done.stderr
    assert not list(tmp_path.glob("b.*"))


def test_svg_is_drawn_like_the_mask(latent_bin: Path, tmp_path: Path, mask: Path) -> None:
    svg = tmp_path / "a.svg"
    assert run(latent_bin, "trace", mask, "-o", svg).returncode == 0
    text = svg.read_text(encoding="utf-8")
    assert 'width="120" height="90"' in text
    assert text.count("M ") == 2
    assert run(latent_bin, "trace", mask, "-o", svg).returncode == 2  # is there already
    assert run(latent_bin, "trace", mask, "-o", svg, "--overwrite").returncode == 0
