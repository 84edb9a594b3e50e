# SPDX-License-Identifier: GPL-3.0-or-later
"""What all Python tests share: the helper packages on the path, and the program under test."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# For the tests' own use of ONNX Runtime; the program is tested without (test_offline.py).
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

TESTS = Path(__file__).parent
for folder in ("tests/reference", "tests/interop", "python", "zoo"):
    sys.path.insert(0, str(TESTS.parent / folder))

from latent_interop import programs  # noqa: E402  the path had to be set first


@pytest.fixture(scope="session")
def latent_bin() -> Path:
    """The program under test: $LATENT_BIN, or build/release/bin/latent; a skip where it is not."""
    program: Path = programs.require_latent()
    return program


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return TESTS.parent
