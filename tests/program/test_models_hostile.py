# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that nobody may install: each is refused by one sentence and changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import Outcome
from model_packages import good_package, hostile_packages
from model_store import Models


def make_all() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return hostile_packages(good_package(Path(folder), "tiny", task="erase").read_bytes())


HOSTILE = make_all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture
def installed(latent: Callable[..., Outcome], folder: Path) -> Models:
    """One store for all of them, with a good model in it."""
    models = Models(latent, folder)
    if not models.store.exists():
        models.done("import", "--yes", good_package(folder, "tiny", task="erase"))
    return models


def test_there_are_at_least_forty() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_refused_by_one_sentence_and_nothing_touched(
    name: str, installed: Models, folder: Path
) -> None:
    before = installed.content()
    path = folder / "incoming.dtmodel"
    path.write_bytes(HOSTILE[name])
    sentence = installed.refused("import", "--yes", path)
    assert "\x1b" not in sentence
    assert "quarantine" not in sentence, "the user knows the file by its own name"
    assert installed.content() == before
    assert not list(folder.rglob("*evil*"))
    assert not Path("/tmp/latent-evil").exists()


def test_the_installed_model_still_works(installed: Models) -> None:
    assert "tiny 1.0: good" in installed.done("verify", "tiny")
    assert installed.listed()["tiny"]["enabled"]


def test_a_folder_with_a_link_is_refused(installed: Models, tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").symlink_to("/etc/passwd")
    assert "no ordinary file" in installed.refused("import", "--yes", folder)
    assert "there is no model package" in installed.refused("import", "--yes", "/dev/null")
    assert "there is no model package" in installed.refused("import", "--yes", tmp_path / "absent")
