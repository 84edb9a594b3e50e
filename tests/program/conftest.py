# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the black-box tests: DNGs made on the spot, and a way to call the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from latent_program import MakeDng, Outcome
from latent_reference import make_dng
from model_server import ModelServer
from model_store import Models


@pytest.fixture
def dng(tmp_path: Path) -> MakeDng:
    """dng("photo.dng", "--cfa", "grbg", ...) makes a synthetic raw in the test's own folder."""

    def made(name: str, *options: str) -> Path:
        path = tmp_path / name
        make_dng.main([str(path), *options])
        return path

    return made


@pytest.fixture(scope="session")
def program_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of compiled networks for the whole run of the tests."""
    return tmp_path_factory.mktemp("latent-cache")


@pytest.fixture
def latent(latent_bin: Path, program_cache: Path) -> Callable[..., Outcome]:
    """latent("rawdenoise", file, ...) runs the program, which may find nothing of the user's."""

    def call(*arguments: object, timeout: float = 300.0, **environment: str) -> Outcome:
        done = subprocess.run(
            [latent_bin, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "LATENT_CACHE": str(program_cache), **environment},
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def models(latent: Callable[..., Outcome], tmp_path: Path) -> Models:
    """`latent models ...` in a folder of the test's own, whose name is not easy."""
    folder = tmp_path / "modèles de René"
    folder.mkdir()
    return Models(latent, folder)


@pytest.fixture(scope="module")
def model_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    server = ModelServer(tmp_path_factory.mktemp("server"))
    yield server
    server.close()
