# SPDX-License-Identifier: GPL-3.0-or-later
"""Too little memory is called that, with what helps, whatever step of the work runs out of it."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

MEBIBYTE = 1 << 20


@pytest.mark.parametrize("mebibytes", range(200, 601, 50))
def test_it_is_said_in_one_sentence(latent_bin: Path, tmp_path: Path, mebibytes: int) -> None:
    source = tmp_path / "picture.png"
    noise = np.random.default_rng(1).normal(128, 12, (400, 600, 3)).clip(0, 255)
    Image.fromarray(noise.astype(np.uint8)).save(source)
    limit = mebibytes * MEBIBYTE
    done = subprocess.run(
        [latent_bin, "denoise", source, "-O", tmp_path / "out", "-q"],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "LATENT_CACHE": str(tmp_path / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    if done.returncode == 0:
        return  # a machine on which it is enough
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "memory" in done.stderr
    assert not list((tmp_path / "out").glob("*"))
