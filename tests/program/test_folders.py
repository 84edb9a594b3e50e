# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept between two runs is the user's own, or nothing is."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

OURS = ("LATENT_CACHE", "LATENT_CONFIG", "LATENT_MODELS_DIR", "LATENT_MODELS")
STANDARD = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR")
NOBODY = 54321


def run(
    program: Path, *arguments: object, folder: Path, user: int | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in OURS + STANDARD}
    return subprocess.run(
        [program, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**kept, **environment},
        user=user,
    )


@pytest.fixture
def poisoned(tmp_path: Path) -> Path:
    """A temporary directory as anybody may prepare it: policy, state and models lie ready."""
    folder = tmp_path / "tmp"
    for place in ("latent", "latent/models", "models"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for name in ("policy.toml", "settings.toml", "state.json", "facts.json", "verdicts.json"):
            (folder / place / name).write_text("{ this is neither\n")
    for name in ("policy.toml", "settings.toml", "state.json", "facts.json"):
        (folder / name).write_text("{ this is neither\n")
    return folder


def test_without_home_the_folder_is_the_one_the_system_knows(
    latent_bin: Path, poisoned: Path
) -> None:
    home = pwd.getpwuid(os.getuid()).pw_dir
    environments: tuple[dict[str, Any], ...] = (
        {},
        {"HOME": ""},
        {"HOME": "."},
        {"XDG_CACHE_HOME": "", "HOME": "x"},
    )
    for environment in environments:
        done = run(
            latent_bin, "doctor", "--help", folder=poisoned, TMPDIR=str(poisoned), **environment
        )
        assert done.returncode == 0
        listed = run(
            latent_bin, "models", "list", folder=poisoned, TMPDIR=str(poisoned), **environment
        )
        assert listed.returncode == 0, listed.stderr
        assert "latent-raw" in listed.stdout
        assert str(home) not in listed.stderr  # it is used, not refused


def test_relative_and_empty_standard_variables_are_ignored(
    latent_bin: Path, poisoned: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for value in ("", ".", "latent"):
        done = run(
            latent_bin,
            "models",
            "policy",
            folder=poisoned,
            HOME=str(home),
            XDG_CONFIG_HOME=value,
            XDG_DATA_HOME=value,
            XDG_CACHE_HOME=value,
        )
        assert done.returncode == 0, done.stderr
        assert "action = refuse" in done.stdout


def test_a_folder_that_everybody_may_write_is_not_used(latent_bin: Path, tmp_path: Path) -> None:
    config = tmp_path / ".config" / "latent"
    config.mkdir(parents=True)
    (config / "policy.toml").write_text('action = "hide"\n')
    told = run(latent_bin, "models", "policy", folder=tmp_path, HOME=str(tmp_path))
    assert "action = hide" in told.stdout
    config.chmod(0o777)
    told = run(latent_bin, "models", "policy", folder=tmp_path, HOME=str(tmp_path))
    assert "action = refuse" in told.stdout
    assert "can be written by every user and is not used; set LATENT_CONFIG" in told.stderr
    named = run(
        latent_bin,
        "models",
        "policy",
        folder=tmp_path,
        HOME=str(tmp_path),
        LATENT_CONFIG=str(config),
    )
    assert "action = hide" in named.stdout
    assert named.stderr == ""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_a_folder_of_another_user_is_not_used(latent_bin: Path, tmp_path: Path) -> None:
    config = tmp_path / ".config" / "latent"
    config.mkdir(parents=True)
    (config / "policy.toml").write_text('action = "hide"\n')
    os.chown(config, NOBODY, NOBODY)
    told = run(latent_bin, "models", "policy", folder=tmp_path, HOME=str(tmp_path))
    assert "action = refuse" in told.stdout
    assert "belongs to another user and is not used" in told.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can run as a user without an entry")
def test_a_user_without_a_home_works_with_the_models_that_ship_and_keeps_nothing(
    latent_bin: Path, repository: Path, tmp_path: Path, poisoned: Path
) -> None:
    home = Path("/var/tmp") / f"latent-test-{os.getpid()}"
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    try:
        # What the user may read and write: a copy of the program and of one package.
        program = home / "bin" / "latent"
        program.parent.mkdir()
        shutil.copy(latent_bin, program)
        weights = home / "share" / "latent" / "weights"
        weights.mkdir(parents=True)
        shutil.copy(repository / "weights" / "latent-denoise.dtmodel", weights)
        shutil.copytree(poisoned, home / "tmp")
        Image.new("RGB", (24, 16), (90, 120, 60)).save(home / "a.png")
        subprocess.run(["chmod", "-R", "a+rwX", home], check=True)
        before = {str(path) for path in (home / "tmp").rglob("*")}
        started = run(program, "--version", folder=home / "tmp", user=NOBODY)
        if started.returncode != 0:
            pytest.skip("another user cannot load this program's libraries here")
        done = run(
            program,
            "denoise",
            home / "a.png",
            "-o",
            home / "b.png",
            "--strength",
            0,
            folder=home / "tmp",
            user=NOBODY,
            TMPDIR=str(home / "tmp"),
        )
        assert done.returncode == 0, done
        assert "there is no home folder" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert {str(path) for path in (home / "tmp").rglob("*")} == before
        for verb, words in (
            (("models", "enable", "latent-denoise"), "set HOME or LATENT_MODELS_DIR"),
            (("models", "policy", "set", "action", "hide"), "set HOME or LATENT_CONFIG"),
        ):
            refused = run(program, *verb, folder=home / "tmp", user=NOBODY)
            assert refused.returncode != 0
            assert words in refused.stderr
        assert {str(path) for path in (home / "tmp").rglob("*")} == before
    finally:
        shutil.rmtree(home)
