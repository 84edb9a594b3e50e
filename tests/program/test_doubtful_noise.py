# SPDX-License-Identifier: GPL-3.0-or-later
"""Fine texture that looks like noise: what is not sure is said, and less is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from made_pictures import grain, scene
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that takes away what it is told of the noise."""
    return make_denoiser(tmp_path_factory.mktemp("denoisers"), "level")


def weave(path: Path) -> Path:
    """Clean cloth of eight shades, each woven more or less coarsely than the next."""
    y, x = np.mgrid[0:400, 0:400]
    threads = np.sin(np.pi / 2 * x) * np.sin(np.pi / 2 * y)
    band = x // 50
    depth = 0.07 + 0.05 * np.sin(2.4 * band)
    light = (0.1 + 0.1 * band + depth * threads)[..., None] * np.ones(3)
    tifffile.imwrite(path, np.round(light * 255).astype(np.uint8), photometric="rgb")
    return path


def denoised(
    latent: Latent, package: Path, source: Path, *options: object
) -> tuple[float, list[str]]:
    """How much was taken away, of 255, and the notices."""
    output = source.with_suffix(".out.tif")
    outcome = latent("denoise", source, "-o", output, "--overwrite", "--json", "--precision", "f32",
                     "--model", package, *options)  # fmt: skip
    assert outcome.code == 0, outcome
    taken = tifffile.imread(source) / 255.0 - tifffile.imread(output) / 65535.0
    return float(np.abs(taken).mean() * 255), outcome.events[-1]["notices"]


def test_what_may_be_texture_is_said_with_a_number_and_mostly_left(
    latent: Latent, package: Path, tmp_path: Path
) -> None:
    source = weave(tmp_path / "cloth.tif")
    noise = json.loads(latent("info", source, "--json").stdout)["noise"]
    assert noise["overall"] * 255 > 4
    assert noise["confidence"] < 0.25
    taken, notices = denoised(latent, package, source)
    doubts = [notice for notice in notices if "may be fine texture" in notice]
    assert len(doubts) == 1
    assert f"confidence {noise['confidence']:.2f}" in doubts[0]
    assert taken < noise["overall"] * 255
    used = float(doubts[0].split("uses the level ")[1].split(",")[0])
    assert taken < 2.2 * used + 0.11  # coarse noise may be doubled; the notice has one digit
    warnings = json.loads(latent("info", source, "--json").stdout)["warnings"]
    assert any("may be fine texture" in warning for warning in warnings)


def test_a_level_that_is_given_is_believed(latent: Latent, package: Path, tmp_path: Path) -> None:
    taken, notices = denoised(latent, package, weave(tmp_path / "cloth.tif"), "--level", 8)
    assert not any("may be fine texture" in notice for notice in notices)
    assert taken == pytest.approx(8, abs=0.2)


def test_plain_noise_is_believed(latent: Latent, package: Path, tmp_path: Path) -> None:
    light = np.clip(scene(320, 400) * 0.6 + 0.2 + grain((320, 400, 3), 10 / 255), 0, 1)
    source = tmp_path / "noisy.tif"
    tifffile.imwrite(source, np.round(light * 255).astype(np.uint8), photometric="rgb")
    taken, notices = denoised(latent, package, source)
    assert not any("may be fine texture" in notice for notice in notices)
    assert taken == pytest.approx(10, abs=1.5)
