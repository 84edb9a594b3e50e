# SPDX-License-Identifier: GPL-3.0-or-later
"""latent depth and latent erase with small members of the zoo's networks, beside PyTorch."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def judge(repository: Path) -> ModuleType:
    """bench/quality/task_networks.py: makes packages, and computes as PyTorch does."""
    for library in ("torch", "transformers", "timm"):  # timm is imported by the zoo, in its own way
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    path = repository / "bench" / "quality" / "task_networks.py"
    spec = importlib.util.spec_from_file_location("task_networks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["task_networks"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["da2", "da3"])
def test_depths_are_those_of_pytorch(
    judge: ModuleType, latent_bin: Path, tmp_path: Path, name: str
) -> None:
    found = judge.compare(name, True, latent_bin, tmp_path)
    assert found.keys() == {"own size", "2.6 times"}
    assert max(found.values()) < 2e-3


def test_a_hole_is_filled_as_pytorch_would(
    judge: ModuleType, latent_bin: Path, tmp_path: Path
) -> None:
    found = judge.compare("lama", True, latent_bin, tmp_path)
    assert found["network"] < 2e-3
    assert found["fill, shares of white"] < 0.01
