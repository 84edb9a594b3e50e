# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is sent to anybody, and no engine keeps anything of its own to send later."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

ENGINES = ("openvino", "onnxruntime")


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_"))}
    return {**kept, "HOME": str(home), "LATENT_CACHE": str(home / "latent-cache")}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "p.png"
    Image.new("RGB", (64, 48), (90, 120, 60)).save(path)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_leaves_nothing_in_the_home_of_the_user(
    latent_bin: Path, photo: Path, tmp_path: Path, engine: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [latent_bin, "denoise", photo, "--engine", engine],
        capture_output=True,
        text=True,
        check=False,
        env=environment(home),
    )
    if done.returncode != 0 and "no ONNX Runtime library" in done.stderr:
        pytest.skip("ONNX Runtime is not installed")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in home.iterdir()} <= {"latent-cache"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("engine", ENGINES)
def test_no_connection_is_made(latent_bin: Path, photo: Path, tmp_path: Path, engine: str) -> None:
    log = tmp_path / "calls"
    words = ["strace", "-f", "-e", "trace=socket,connect", "-o", str(log)]
    subprocess.run(
        [*words, str(latent_bin), "denoise", str(photo), "--engine", engine],
        capture_output=True,
        check=False,
        env=environment(tmp_path),
    )
    assert not re.findall(r"AF_INET.*", log.read_text())
