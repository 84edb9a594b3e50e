# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of our own that became something else: the models that ship go on working, and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import Outcome
from model_packages import good_package
from model_store import Models
from PIL import Image

Latent = Callable[..., Outcome]
Spoil = Callable[[Path], None]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    (path / "inside").mkdir(parents=True)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


def half_written(path: Path) -> None:
    path.write_text('{"format": 2, "latent_store": 1, "enabled": {"den')


def other_shape(path: Path) -> None:
    path.write_text('[{"enabled": 7}]')


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere" / "at all")


SPOILERS = {
    spoil.__name__: spoil
    for spoil in (pipe, folder, huge, half_written, other_shape, nothing, link_to_nowhere)
}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    noise = np.random.default_rng(1).normal(128, 12, (48, 64, 3)).clip(0, 255)
    Image.fromarray(noise.astype(np.uint8)).save(path)
    return path


class User:
    """`latent` with every folder of the user's in one place."""

    def __init__(self, latent: Latent, folder: Path) -> None:
        self.latent = latent
        self.folder = folder
        self.config = folder / "config"
        self.store = folder / "store"
        self.cache = folder / "cache"
        for path in (self.config, self.store, self.cache):
            path.mkdir(parents=True)

    def run(self, *arguments: object) -> Outcome:
        return self.latent(
            *arguments, timeout=60,
            LATENT_CONFIG=str(self.config), LATENT_MODELS_DIR=str(self.store),
            LATENT_CACHE=str(self.cache),
        )  # fmt: skip

    def denoise(self, picture: Path, *more: object) -> Outcome:
        return self.run("denoise", picture, "-O", self.folder / "out", "--overwrite", *more)


@pytest.fixture
def user(latent: Latent, tmp_path: Path) -> User:
    return User(latent, tmp_path / "user")


@pytest.mark.parametrize("spoiler", sorted(set(SPOILERS) - {"link_to_nowhere"}))
def test_a_spoiled_list_of_models_leaves_the_built_in_ones(
    user: User, picture: Path, spoiler: str
) -> None:
    SPOILERS[spoiler](user.store / "state.json")
    outcome = user.denoise(picture)
    assert outcome.code == 0, outcome
    assert "state.json" in outcome.stderr + outcome.stdout
    assert "no model is lost by it" in outcome.stderr + outcome.stdout
    listed = user.run("models", "list")
    assert listed.code == 0
    assert "latent-denoise" in listed.stdout
    assert "remove state.json there" in listed.stderr
    refused = user.run("models", "disable", "latent-denoise")
    assert refused.code == 1, "what cannot be read is not written over"
    assert "remove state.json there" in refused.stderr


@pytest.mark.parametrize("spoiler", sorted(set(SPOILERS) - {"nothing", "link_to_nowhere"}))
def test_a_spoiled_policy_accepts_the_built_in_models_only(
    user: User, picture: Path, spoiler: str
) -> None:
    package = good_package(user.folder, "tiny")
    SPOILERS[spoiler](user.config / "policy.toml")
    outcome = user.denoise(picture)
    assert outcome.code == 0, outcome
    assert "policy.toml" in outcome.stderr + outcome.stdout
    other = user.denoise(picture, "--model", package)
    assert other.code == 1, other
    assert "policy.toml" in other.stderr
    listed = user.run("models", "list")
    assert listed.code == 0
    assert "policy.toml" in listed.stderr
    shown = user.run("models", "policy")
    assert shown.code == 1
    assert "policy.toml" in shown.stderr


@pytest.mark.parametrize("spoiler", sorted(SPOILERS))
@pytest.mark.parametrize("name", ["verdicts.json", "compiled"])
def test_a_spoiled_cache_costs_time_only(
    user: User, picture: Path, spoiler: str, name: str
) -> None:
    SPOILERS[spoiler](user.cache / name)
    assert user.denoise(picture).code == 0
    assert user.denoise(picture).code == 0


@pytest.mark.parametrize("spoiler", sorted(SPOILERS))
def test_spoiled_facts_of_packages_are_read_anew(user: User, spoiler: str) -> None:
    good_package(user.store, "tiny")
    SPOILERS[spoiler](user.store / "facts.json")
    listed = user.run("models", "list")
    assert listed.code == 0, listed
    assert "tiny" in listed.stdout


def test_files_where_folders_should_be_leave_the_built_in_models(user: User, picture: Path) -> None:
    for path in (user.config, user.store, user.cache):
        shutil.rmtree(path)
        path.write_text("a file")
    outcome = user.denoise(picture)
    assert outcome.code == 0, outcome
    assert user.run("models", "list").code == 0


def test_letters_that_toml_cannot_read_are_refused_before_it_does(
    models: Models,
) -> None:
    config = models.folder / "config"
    config.mkdir()
    (config / "policy.toml").write_bytes(b"# gr\xc3\xbcn\nunQf6LRf\xc6\xb3RCG[IO\n")
    assert "letters beyond ASCII" in models.refused("policy")
    (config / "policy.toml").write_text('# grün\nmof = "class-2"\n')
    assert "class-2" in models.done("policy")
