# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/platforms.md names every file that asks for more than the standard library has."""

from __future__ import annotations

import json
import re
from pathlib import Path

SYSTEM = re.compile(
    r"^#include <((?:sys|linux|arpa|netinet)/[a-z_]+|unistd|fcntl|spawn|poll|dlfcn|link|pwd|signal|"
    r"termios|dirent|iconv)\.h>",
    re.MULTILINE,
)


def files_with_system_headers(source: Path) -> set[str]:
    return {
        path.relative_to(source).with_suffix("").as_posix()
        for suffix in ("*.cpp", "*.h")
        for path in source.rglob(suffix)
        if SYSTEM.search(path.read_text(encoding="utf-8"))
    }


def test_the_table_names_the_files_with_system_headers_and_no_others(repository: Path) -> None:
    text = (repository / "docs/platforms.md").read_text(encoding="utf-8")
    table = text.split("## What is POSIX, and where")[1].split("## ")[0]
    named = set(re.findall(r"`([a-z_]+/[a-z_/]+)`", table)) - {"tests/program/test_platforms"}
    found = files_with_system_headers(repository / "src")
    assert found - named == set(), "not in docs/platforms.md"
    assert named - found == set(), "named in docs/platforms.md for nothing"


def test_every_preset_that_is_named_is_there(repository: Path) -> None:
    text = (repository / "docs/platforms.md").read_text(encoding="utf-8")
    presets = json.loads((repository / "CMakePresets.json").read_text(encoding="utf-8"))
    names = {preset["name"] for preset in presets["configurePresets"]}
    used = set(re.findall(r"--preset ([a-z]+)", text))
    assert used
    assert used <= names
    assert all("description" in preset for preset in presets["configurePresets"])
