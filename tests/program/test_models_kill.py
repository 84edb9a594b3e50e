# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at every step of a change: the store is what it was, or what it was to become."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from model_packages import good_package
from model_server import ModelServer
from model_store import Models, SignedRepository

OLD, NEW = "old", "new"
IMPORT_STEPS = {
    "package-copied": OLD, "package-judged": OLD, "package-synced": OLD, "state-prepared": OLD,
    "package-renamed": NEW, "state-renamed": NEW,
}  # fmt: skip
REMOVE_STEPS = {"state-prepared": OLD, "package-removed": NEW, "state-renamed": NEW}


def packages(folder: Path) -> tuple[Path, Path]:
    for name in ("a", "b"):
        (folder / name).mkdir()
    return (
        good_package(folder / "a", "tiny", "1.0", task="erase"),
        good_package(folder / "b", "tiny", "2.0", task="erase"),
    )


def is_whole(models: Models, package: Path) -> bool:
    """The one package is there, unharmed, and all that is said of it is true."""
    entry = models.listed()["tiny"]
    content = (models.store / "tiny.dtmodel").read_bytes()
    return bool(
        content == package.read_bytes()
        and entry["enabled"]
        and entry["origin"] is not None
        and entry["origin"]["sha256"] == hashlib.sha256(content).hexdigest()
    )


@pytest.mark.parametrize("step", sorted(IMPORT_STEPS))
def test_an_update_that_is_killed(models: Models, tmp_path: Path, step: str) -> None:
    old, new = packages(tmp_path)
    models.done("import", "--yes", old)
    killed = models.run("import", "--yes", new, LATENT_TEST_STOP_AT=step)
    assert killed.code == -signal.SIGKILL
    assert is_whole(models, new if IMPORT_STEPS[step] == NEW else old)
    models.done("verify", "tiny", "--no-run")
    models.done("import", "--yes", new)
    assert is_whole(models, new)
    assert list((models.store / "quarantine").iterdir()) == []


@pytest.mark.parametrize("step", sorted(IMPORT_STEPS))
def test_a_first_import_that_is_killed(models: Models, tmp_path: Path, step: str) -> None:
    package, _ = packages(tmp_path)
    assert models.run("import", "--yes", package, LATENT_TEST_STOP_AT=step).code == -signal.SIGKILL
    if IMPORT_STEPS[step] == NEW:
        assert is_whole(models, package)
    else:
        assert "tiny" not in models.listed()


@pytest.mark.parametrize("step", sorted(REMOVE_STEPS))
def test_a_removal_that_is_killed(models: Models, tmp_path: Path, step: str) -> None:
    package, _ = packages(tmp_path)
    models.done("import", "--yes", package)
    assert models.run("remove", "tiny", LATENT_TEST_STOP_AT=step).code == -signal.SIGKILL
    if REMOVE_STEPS[step] == NEW:
        assert "tiny" not in models.listed()
        assert "there is no model 'tiny'" in models.refused("remove", "tiny")
        assert list((models.store / "quarantine").iterdir()) == []
    else:
        assert is_whole(models, package)
        models.done("remove", "tiny")


def test_a_download_that_is_killed_is_not_asked_for_again(
    models: Models, tmp_path: Path, model_server: ModelServer
) -> None:
    repository = SignedRepository(model_server)
    repository.offer(good_package(tmp_path, "kept", "1.0", task="erase", padding=200_000))
    repository.add_to(models)
    killed = models.run("install", "kept", "--yes", LATENT_TEST_STOP_AT="package-downloaded")
    assert killed.code == -signal.SIGKILL
    assert "kept" not in models.listed()
    asked = len(model_server.ranges_of(repository.package_path("kept")))
    models.done("install", "kept", "--yes")
    assert len(model_server.ranges_of(repository.package_path("kept"))) == asked
    assert list((models.store / "partial").iterdir()) == []


def test_kills_at_any_time(models: Models, latent_bin: Path, tmp_path: Path) -> None:
    old, new = packages(tmp_path)
    models.done("import", "--yes", old)
    environment = {**os.environ, "LATENT_MODELS_DIR": str(models.store),
                   "LATENT_CACHE": str(tmp_path / "cache")}  # fmt: skip
    dice = random.Random(11)
    for round_number in range(12):
        package = new if round_number % 2 == 0 else old
        process = subprocess.Popen(
            [latent_bin, "models", "import", "--yes", package],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.0, 0.6))
        process.kill()
        process.wait()
        assert is_whole(models, old) or is_whole(models, new)
    models.done("verify", "tiny")
