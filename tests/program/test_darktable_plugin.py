# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in darktable itself, without a window: what is in its library afterwards."""

from __future__ import annotations

import gettext
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from darktable_plugin import PLUGIN, Darktable, require_darktable
from latent_program import MakeDng
from PIL import Image


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


def made_photo(path: Path) -> Path:
    """A red disc on a blue ground, 96 x 64, with noise."""
    y, x = np.mgrid[0:64, 0:96]
    disc = ((x - 48) ** 2 + (y - 32) ** 2 < 18**2)[..., None]
    picture = np.where(disc, [200, 60, 50], [40, 70, 150])
    noise = np.random.default_rng(1).normal(0, 6, picture.shape)
    Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8)).save(path)
    return path


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
    first_result, second_result = (
        images["it's a first_raw-denoise.dng"],
        images["second_raw-denoise.dng"],
    )
    # The first led its group, so its result leads now; the second did not.
    assert {
        images["it's a first.dng"][1],
        images["second.dng"][1],
        first_result[1],
        second_result[1],
    } == {first_result[0]}
    assert first_result[2] == 4
    assert second_result[2] == images["second.dng"][2]
    labels = darktable.rows(
        "SELECT color FROM color_labels WHERE imgid = ? ORDER BY 1", first_result[0]
    )
    assert labels == [(0,), (4,)]
    texts = {
        row[0]
        for row in darktable.rows("SELECT value FROM meta_data WHERE id = ?", first_result[0])
    }
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


def test_the_panel_works_in_a_window(darktable: Darktable, dng: MakeDng, tmp_path: Path) -> None:
    photo = dng("photo.dng")
    report = darktable.with_window(
        """
        local panel = require "latent/panel"
        while not panel.installed do dt.control.sleep(100) end
        local toasts = {}
        local toast = dt.print_toast
        dt.print_toast = function(text) toasts[#toasts + 1] = text toast(text) end
        panel.raw_denoise()  -- nothing is selected
        dt.gui.selection({ dt.database.import(PHOTO) })
        panel.raw_denoise()
        panel.object_mask()
        local names = json.array()
        for i, image in ipairs(dt.database) do names[i] = image.filename end
        return { toasts = json.array(toasts), names = names, status = panel.status(),
                 storages = { pcall(dt.destroy_storage, "latent_denoise") },
                 strength = dt.preferences.read("latent", "raw_strength", "string") }
        """.replace("PHOTO", lua_text(photo)),
    )
    assert report["toasts"] == [
        "latent: nothing to do: no image is selected",
        "latent: 1 image done",
        "latent: 1 image done",
    ]
    assert sorted(report["names"]) == ["photo.dng", "photo.dng", "photo_raw-denoise.dng"]
    assert report["status"].startswith("latent 0.")
    assert report["strength"] == "100"
    assert report["storages"] == [True]


def test_a_run_can_be_cancelled_and_leaves_nothing(
    darktable: Darktable, dng: MakeDng, tmp_path: Path
) -> None:
    photo = dng("photo.dng", "--size", "3000x2000")
    outcome = darktable.lua(f"""
      local image = dt.database.import({lua_text(photo)})
      local begun = false
      return outcome_table(core.raw_denoise({{ image }}, {{
        progress = function() begun = true end,
        cancelled = function() return begun end,
      }}))
    """)
    assert outcome["cancelled"]
    assert outcome["done"] == outcome["failed"] == []
    assert "cancelled" in outcome["summary"]
    left = {each.name for each in tmp_path.iterdir()}
    assert left == {"darktable", "photo.dng", "photo.dng.xmp"}
    assert not list(darktable.temporary.glob("latent-darktable.*"))


@pytest.mark.parametrize(
    ("preparation", "sentence"),
    [
        ('settings.write("program", "/nowhere/latent")', "/nowhere/latent is not a program"),
        ("process.is_program = function() return false end", "latent was not found"),
        ('settings.write("program", "/usr/bin/false")', "ended with code 1 and said nothing"),
    ],
)
def test_a_program_that_is_not_there_is_said(
    darktable: Darktable, preparation: str, sentence: str
) -> None:
    outcome = darktable.lua(f"""
      {preparation}
      local image = dt.database.import({lua_text(darktable.tiny)})
      return outcome_table(core.raw_denoise({{ image }}))
    """)
    assert sentence in outcome["problem"]
    assert sentence in outcome["summary"]
    assert outcome["done"] == []


def test_a_model_that_is_not_enabled_is_said_with_what_helps(
    darktable: Darktable, dng: MakeDng
) -> None:
    photo = dng("photo.dng")
    outcome = darktable.lua(f"""
      os.execute("latent models disable latent-raw >/dev/null")
      local image = dt.database.import({lua_text(photo)})
      return outcome_table(core.raw_denoise({{ image }}))
    """)
    assert "latent models enable" in outcome["summary"]


def test_finished_edits_are_denoised_and_enlarged(darktable: Darktable, tmp_path: Path) -> None:
    photo = made_photo(tmp_path / "photo.png")
    answer = darktable.lua(f"""
      local image = dt.database.import({lua_text(photo)})
      local version = image:duplicate()
      version.rating = 3
      settings.write("denoise_strength", 60)
      local function exported(task, images)
        local kept = {{}}
        for _, each in ipairs(images) do
          local path = dt.configuration.tmp_dir .. "/photo.tif"  -- the same for every version
          os.remove(path)
          dt.new_format("tiff"):write_image(each, path)
          core.keep_export(kept, each, path)
        end
        return core.finish_export(task, kept)
      end
      local denoised = exported("denoise", {{ image, version }})
      settings.write("folder", "large ones")
      settings.write("format", "png")
      local enlarged = exported("upscale", {{ version }})
      return {{ outcome_table(denoised), outcome_table(enlarged), enlarged.done[1].image.rating }}
    """)
    denoised, enlarged, rating = answer
    assert [each["path"] for each in denoised["done"]] == [
        str(tmp_path / "photo_denoise.tif"),
        str(tmp_path / "photo_01_denoise.tif"),
    ]
    (large,) = enlarged["done"]
    assert large["path"] == str(tmp_path / "large ones" / "photo_01_upscale-2x.png")
    assert rating == 3
    with Image.open(large["path"]) as result:
        assert result.size == (2 * 96, 2 * 64)
    assert darktable.rows(
        "SELECT COUNT(DISTINCT group_id), COUNT(*) FROM images WHERE filename LIKE 'photo%'"
    ) == [(1, 5)]


def test_an_object_mask_becomes_a_version_or_a_picture(
    darktable: Darktable, tmp_path: Path
) -> None:
    photo = made_photo(tmp_path / "photo.png")
    lone = made_photo(tmp_path / "lone.png")
    (tmp_path / "photo.png.prompts.json").write_text(
        json.dumps(
            {
                "latent_prompts": 1,
                "source": {"sha256": "", "width": 96, "height": 64},
                "objects": [{"prompts": [{"click": [0.5, 0.5], "on_object": True}]}],
            }
        )
    )
    before = photo.read_bytes()
    answer = darktable.lua(f"""
      local photo = dt.database.import({lua_text(photo)})
      local lone = dt.database.import({lua_text(lone)})
      local version = outcome_table(masks.make({{ photo }}))
      settings.write("prompts", "stored")
      settings.write("mask_result", "png")
      local pictures = outcome_table(masks.make({{ photo, lone }}))
      local again = outcome_table(masks.make({{ photo }}))
      settings.write("if_exists", "skip")
      return {{ version, pictures, again, outcome_table(masks.make({{ photo }})) }}
    """)
    version, pictures, again, skipped = answer
    (made,) = version["done"]
    assert made["path"] == str(tmp_path / "photo_01.png.xmp")
    assert darktable.rows("SELECT version, filename FROM images WHERE id = ?", made["id"]) == [
        (1, "photo.png")
    ]
    # The path is among the masks of the new version, and of no other image.
    assert {row[0] for row in darktable.rows("SELECT DISTINCT imgid FROM masks_history")} == {
        made["id"]
    }
    assert [Path(each["path"]).name for each in pictures["done"]] == ["photo_mask.png"]
    assert [each["name"] for each in pictures["failed"]] == ["lone.png"]
    assert "no stored prompts" in pictures["failed"][0]["why"]
    with Image.open(pictures["done"][0]["path"]) as mask:
        levels = np.asarray(mask, np.float64) / 65535
    assert levels[32, 48] > 0.9
    assert levels[2, 2] < 0.1
    assert [Path(each["path"]).name for each in again["done"]] == ["photo_mask_1.png"]
    assert skipped["done"] == []
    assert Path(skipped["skipped"][0]["path"]).name == "photo_mask.png"
    assert photo.read_bytes() == before


def test_settings_are_remembered_and_held_to_their_range(darktable: Darktable) -> None:
    darktable.lua("""
      settings.write("raw_strength", 40)
      settings.write("import", false)
      settings.write("leader", "never")
      dt.preferences.write("latent", "denoise_luma", "string", "900")
      dt.preferences.write("latent", "if_exists", "string", "perhaps")
      assert(not pcall(settings.write, "raw_strength", 101))
      assert(not pcall(settings.write, "leader", "nobody"))
      assert(settings.read("raw_strength") == 40 and settings.read("import") == false)
      assert(settings.read("denoise_luma") == 100 and settings.read("if_exists") == "number")
      assert(settings.all().leader == "never")
    """)


def test_names_that_are_hard(darktable: Darktable, dng: MakeDng, tmp_path: Path) -> None:
    photo = dng("photo.dng")
    hard = tmp_path.joinpath("sub $HOME 'q' \"d\" \\ ü\n")
    hard.mkdir()
    strange = os.fsencode(hard) + b"/\xe9 \xff.dng"
    shutil.copy(os.fsencode(photo), strange)
    text = "".join(f"\\{byte:03d}" for byte in strange)
    outcome = darktable.lua(f"""
      settings.write("import", false)  -- darktable itself knows no such names
      local item = {{ image = {{ path = "x", filename = "y" }}, source = "{text}" }}
      return outcome_table(core.run_task("rawdenoise", {{ strength = 0 }}, "dng", {{ item }}))
    """)
    assert len(outcome["done"]) == 1, outcome
    assert os.path.exists(os.fsencode(hard) + b"/\xe9 \xff_raw-denoise.dng")


TEXTS = ['"\\/\b\f\n\r\t', "\u0000\u001f\u007f", "é€😀", "", "{}[],:"]
VALUES = [TEXTS, 0, -1.5e-7, 12345678901, True, False, [], {"a": {"b": [1, [2]]}, "": 0.1}]
NO_JSON = ["", "{", "[1,]", '{"a" 1}', '"\n"', "nul", "1 2", '"\\x"', '"\\ud800\\u0041"',
           "[" * 100 + "]" * 100, "-", "0x", "'a'"]  # fmt: skip


def test_json_is_read_and_written(tmp_path: Path) -> None:
    lua = shutil.which("lua5.4")
    if lua is None:
        pytest.skip("lua5.4 is not installed (Debian: lua5.4)")
    (tmp_path / "good.json").write_text(json.dumps(VALUES), encoding="ascii")
    for index, text in enumerate(NO_JSON):
        (tmp_path / f"bad{index}.json").write_text(text)
    script = tmp_path / "script.lua"
    script.write_text(f"""
      package.path = {lua_text(PLUGIN)} .. "/?.lua"
      local json = require "json"
      local function text(name)
        local file = io.open({lua_text(tmp_path)} .. "/" .. name, "rb")
        return file:read("a")
      end
      local value = assert(json.decode(text("good.json")))
      for i = 0, {len(NO_JSON) - 1} do
        local wrong, why = json.decode(text("bad" .. i .. ".json"))
        assert(wrong == nil and why:find("at byte"), i)
      end
      assert(json.decode("null") == json.null and not pcall(json.encode, 0 / 0))
      io.write(json.encode(value))
    """)
    done = subprocess.run([lua, script], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == VALUES


LANGUAGES = ["de", "fr"]
CALL = re.compile(r'\btr\("((?:[^"\\]|\\.)*)"\)|\btr_count\("([^"]*)", "([^"]*)"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, tmp_path: Path) -> None:
    folder = PLUGIN / "locale" / language / "LC_MESSAGES"
    with (folder / "latent_darktable.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    texts = set()
    for path in PLUGIN.glob("*.lua"):
        for one, single, many in CALL.findall(path.read_text(encoding="utf-8")):
            texts.add((one, "") if one else (single, many))
    assert len(texts) > 60
    for text, many in texts:
        translated = catalogue.ngettext(text, many, 2) if many else catalogue.gettext(text)
        assert translated not in (text, many) or text == "prompts.json", text
        assert set(re.findall(r"{\w+}", translated)) == set(re.findall(r"{\w+}", text))
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt is not installed (Debian: gettext)")
    made = tmp_path / "made.mo"
    subprocess.run(["msgfmt", "-o", made, folder / "latent_darktable.po"], check=True)
    with made.open("rb") as file:
        fresh = gettext.GNUTranslations(file)
    for text, many in texts:
        assert fresh.ngettext(text, many, 1) == catalogue.ngettext(text, many, 1)
        assert fresh.ngettext(text, many, 2) == catalogue.ngettext(text, many, 2)
