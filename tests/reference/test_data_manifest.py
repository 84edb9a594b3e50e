# SPDX-License-Identifier: GPL-3.0-or-later
"""Every binary under tests/data has its row in the manifest, and is what the row says."""

import hashlib
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data"
TEXT = {".md", ".toml", ".txt", ".json", ".gitignore"}


def test_the_manifest_names_every_file_and_no_other() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text())
    files = {
        p.relative_to(FOLDER).as_posix()
        for p in FOLDER.rglob("*")
        if p.is_file() and p.suffix not in TEXT and "fuzz" not in p.parts
    }
    assert files == set(manifest)


def test_files_are_what_the_manifest_says() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text())
    for name, row in manifest.items():
        data = (FOLDER / name).read_bytes()
        assert len(data) == row["size"]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert row["licence"]
        assert row["origin"]
