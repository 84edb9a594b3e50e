# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in darktable itself, without a window: what is in its library afterwards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from darktable_plugin import Darktable, require_darktable
from latent_program import MakeDng


@pytest.fixture
def darktable(tmp_path: Path, latent_bin: Path, program_cache: Path) -> Darktable:
    require_darktable()
    folder = tmp_path / "darktable"
    folder.mkdir()
    return Darktable(
        folder,
        {
            "PATH": f"{latent_bin.parent}:/usr/bin:/bin",
            "LATENT_CACHE": str(program_cache),
            "LATENT_MODELS_DIR": str(folder / "models"),
            "LATENT_CONFIG": str(folder / "latent"),
        },
    )


def lua_text(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)


def test_raw_files_are_denoised_and_brought_in(
    darktable: Darktable, dng: MakeDng, tmp_path: Path
) -> None:
    first = dng("it's a first.dng")
    second = dng("second.dng", "--cfa", "grbg")
    broken = tmp_path / "broken.dng"
    shutil.copy(first, broken)
    outcome = darktable.lua(f"""
      local first = dt.database.import({lua_text(first)})
      local second = dt.database.import({lua_text(second)})
      local broken = dt.database.import({lua_text(broken)})
      local file = io.open({lua_text(broken)}, "wb")  -- after the import: darktable reads it, too
      file:write("cut short") file:close()
      first.rating, first.red, first.purple = 4, true, true
      first.title, first.description, first.creator = "Hafen", "am Abend", "René"
      first.longitude, first.latitude, first.elevation = 8.5, 47.25, 410
      first:attach_tag(dt.tags.create("places|Zürich"))
      second.rating = -1
      second:group_with(first)
      settings.write("tag", "latent|result")
      return outcome_table(core.raw_denoise({{ first, broken, second }}))
    """)
    assert [Path(each["path"]).name for each in outcome["done"]] == [
        "it's a first_raw-denoise.dng",
        "second_raw-denoise.dng",
    ]
    assert [each["name"] for each in outcome["failed"]] == ["broken.dng"]
    assert "broken.dng" in outcome["summary"]
    assert "2 images done" in outcome["summary"]
    assert not outcome["cancelled"]
    assert "problem" not in outcome
    images = {
        name: (number, group, flags & 7)
        for number, name, group, flags in darktable.rows(
            "SELECT id, filename, group_id, flags FROM images"
        )
    }
    first_result, second_result = images["it's a first_raw-denoise.dng"], images["second_raw-denoise.dng"]
    # The first led its group, so its result leads now; the second did not.
    assert {images["it's a first.dng"][1], images["second.dng"][1], first_result[1], second_result[1]} == {
        first_result[0]
    }
    assert first_result[2] == 4
    assert second_result[2] == images["second.dng"][2]
    labels = darktable.rows("SELECT color FROM color_labels WHERE imgid = ? ORDER BY 1", first_result[0])
    assert labels == [(0,), (4,)]
    texts = {row[0] for row in darktable.rows("SELECT value FROM meta_data WHERE id = ?", first_result[0])}
    assert {"Hafen", "am Abend", "René"} <= texts
    assert darktable.rows(
        "SELECT longitude, latitude, altitude FROM images WHERE id = ?", first_result[0]
    ) == [(8.5, 47.25, 410.0)]
    tags = {
        row[0]
        for row in darktable.rows(
            "SELECT name FROM tagged_images JOIN data.tags ON tagid = data.tags.id WHERE imgid = ?",
            first_result[0],
        )
    }
    assert {"places|Zürich", "latent|result"} <= tags
