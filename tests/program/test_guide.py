# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the guide, run as it stands there, chapter by chapter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from made_pictures import grain, scene
from PIL import Image

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
CHAPTERS = sorted(GUIDE.glob("*.md"))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(chapter: Path) -> list[str]:
    """The lines of the chapter's console blocks that begin with a prompt, without it."""
    lines = "".join(BLOCK.findall(chapter.read_text("utf-8"))).splitlines()
    assert all(line.startswith("$ ") for line in lines), f"{chapter.name}: a line without a prompt"
    return [line[2:] for line in lines]


def shoot(folder: Path, repository: Path) -> None:
    """The files that the guide names: photo.dng, portrait.jpg, scan.tif and the folder shoot."""
    raw = repository / "tests" / "data" / "colorchart.dng"
    shutil.copy(raw, folder / "photo.dng")
    (folder / "shoot").mkdir()
    shutil.copy(raw, folder / "shoot" / "one.dng")
    light = 0.35 + 0.1 * scene(160, 240)
    light[56:104, 90:150] = (0.9, 0.75, 0.2)
    noisy = np.clip(light + grain(light.shape, 0.03), 0, 1)
    Image.fromarray(np.uint8(np.rint(255 * noisy))).save(folder / "portrait.jpg", quality=95)
    tifffile.imwrite(folder / "scan.tif", np.uint16(np.rint(65535 * noisy)), photometric="rgb")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_command_of_the_chapter_works(
    chapter: Path, latent_bin: Path, program_cache: Path, repository: Path, tmp_path: Path
) -> None:
    wanted = commands(chapter)
    if not wanted:
        return
    shoot(tmp_path, repository)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    environment = {
        **os.environ,
        "PATH": f"{latent_bin.parent}:{os.environ['PATH']}",
        "LATENT_CACHE": str(program_cache),
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    for command in wanted:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    for path, content in before.items():
        assert path.read_bytes() == content, f"{path.name} was changed"


def test_the_index_names_every_chapter() -> None:
    index = (GUIDE / "index.md").read_text("utf-8")
    for chapter in CHAPTERS:
        if chapter.stem != "index":
            assert f"({chapter.name})" in index, f"the index does not name {chapter.name}"


def test_commands_that_cannot_be_run_here_are_options_that_exist(latent_bin: Path) -> None:
    """Blocks of plain text are not run, but every option in them must exist."""
    text = "".join(chapter.read_text("utf-8") for chapter in CHAPTERS)
    shown = re.findall(r"latent (models [a-z]+|[a-z]+)((?: [^|`\n]+)?)", text)
    asked: dict[str, set[str]] = {}
    for verb, rest in shown:
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]+", rest):
            asked.setdefault(verb, set()).add(option)
    assert len(asked) > 5
    for verb, options in asked.items():
        helped = subprocess.run(
            [latent_bin, *verb.split(), "--help"], capture_output=True, text=True, check=False
        )
        for option in options:
            assert option in helped.stdout, f"latent {verb} has no option {option}"
