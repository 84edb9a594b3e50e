# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and runs foreign programs; where one is absent a test skips with a reason, or fails.

LATENT_NO_SKIP=1 turns every such skip into a failure: for machines that must have everything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE_OF = {
    "dcraw_emu": "libraw-bin",
    "raw-identify": "libraw-bin",
    "unprocessed_raw": "libraw-bin",
    "rawtherapee-cli": "rawtherapee",
    "darktable-cli": "darktable",
    "exiftool": "libimage-exiftool-perl",
    "exiv2": "exiv2",
}


@dataclass(frozen=True)
class Output:
    """What a program left: exit status and its two streams in one text."""

    status: int
    text: str


def run(command: list[str], timeout_s: float = 300.0, **environment: str) -> Output:
    """Runs a program with extra environment variables; both streams end in one text.

    Errors   FileNotFoundError when there is no such program, TimeoutExpired.
    """
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        check=False,
    )
    return Output(done.returncode, done.stdout.decode("utf-8", "replace"))


def find(name: str) -> str:
    """The full path of a program.

    Errors   FileNotFoundError naming the Debian package that brings it.
    """
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed (Debian: {PACKAGE_OF.get(name, name)})")
    return path


def require(*names: str) -> None:
    """Skips the running test, with the reason, unless all programs are there."""
    try:
        for name in names:
            find(name)
    except FileNotFoundError as missing:
        _skip(str(missing))


def require_latent() -> Path:
    """The Latent binary: $LATENT_BIN, or build/release/bin/latent beside these tests; or a skip."""
    root = Path(__file__).resolve().parents[3]
    path = Path(os.environ.get("LATENT_BIN", root / "build/release/bin/latent"))
    if not os.access(path, os.X_OK):
        _skip(f"no program at {path} (make build, or set LATENT_BIN)")
    return path


def _skip(reason: str) -> None:
    if os.environ.get("LATENT_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason)
