# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python module as a wheel: built once, from the library that is under test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Script = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheel(latent_bin: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = latent_bin.parent.parent
    if not (build / "CMakeCache.txt").exists() or not list(build.glob("lib*/**/liblatent.so")):
        pytest.skip("the library was not built")
    pytest.importorskip("nanobind")
    pytest.importorskip("scikit_build_core")
    folder = tmp_path_factory.mktemp("wheel")
    launcher = {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache"} if shutil.which("ccache") else {}
    with (build / "python.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers share the build folder
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "pip",
                    "wheel",
                    "--no-deps",
                    "--no-build-isolation",
                    "--quiet",
                ),
                *("--disable-pip-version-check", "--wheel-dir", str(folder)),
                *(f"--config-settings=cmake.define.LATENT_BUILD={build}",),
                f"--config-settings=build-dir={build / 'python'}",
                str(repository / "bindings" / "python"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
            env={**os.environ, **launcher},
        )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def module_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip unpacks it."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            path = archive.extract(member, folder)
            os.chmod(path, member.external_attr >> 16 & 0o777 or 0o644)  # zipfile leaves it out
    return folder


@pytest.fixture(scope="session")
def program_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of compiled networks for the whole run of the tests."""
    return tmp_path_factory.mktemp("latent-cache")


@pytest.fixture
def environment(module_folder: Path, program_cache: Path, tmp_path: Path) -> dict[str, str]:
    """One in which the module is found, and nothing of the user's."""
    return {
        **os.environ,
        "PYTHONPATH": str(module_folder),
        "LATENT_CACHE": str(program_cache),
        "LATENT_CONFIG": str(tmp_path / "no config"),
        "LATENT_MODELS_DIR": str(tmp_path / "no models"),
    }


@pytest.fixture
def script(environment: dict[str, str], tmp_path: Path) -> Script:
    """script(text) runs a Python program with the module, in the test's own folder."""

    def call(text: str, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        program = (
            "import numpy as np\nimport latent\n"
            "from pathlib import Path\n"
            "engine = latent.Engine(precision=latent.Precision.F32)\n"
            "library = latent.Library(engine=engine)\n"
            "random = np.random.default_rng(1)\n"
        )
        return subprocess.run(
            [sys.executable, "-c", program + text, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            cwd=tmp_path,
            env={**environment, **more},
        )

    return call
