# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that ship leave tones where they are; --tones corrected puts right what noise moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_program import Outcome
from PIL import Image

Latent = Callable[..., Outcome]
SIDE = 448
STEP = 1 / 255
GRAIN = 3


def _encoded(linear: np.ndarray) -> np.ndarray:
    low = 12.92 * linear
    return np.where(linear <= 0.0031308, low, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def _night(sigma: float, tint: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Linear light from black to a third, noisy and cut at black; encoded, noisy and not."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 0.3 * x**2 * (1 + 0.3 * np.sin(9 * y + 5 * x)) + 0.02 * ((y * 6).astype(int) % 2)
    scene = light[..., None] * np.array(tint)
    rng = np.random.default_rng(5)
    white = rng.standard_normal(scene.shape)
    grain = sum(np.roll(white, (a, b), (0, 1)) for a in range(GRAIN) for b in range(GRAIN)) / GRAIN
    noise = grain * np.sqrt(sigma**2 + 0.002 * scene)
    return _encoded(np.clip(scene + noise, 0, 1)), _encoded(scene)


@pytest.mark.parametrize("model", ["latent-denoise", "latent-denoise-fast"])
@pytest.mark.parametrize("sigma", [0.002, 0.008])
@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.0, 0.7, 0.4)])
def test_means_stay(
    latent: Latent, tmp_path: Path, model: str, sigma: float, tint: tuple[float, float, float]
) -> None:
    noisy, scene = _night(sigma, tint)
    source = tmp_path / "night.png"
    stored = np.round(noisy * 255).astype(np.uint8)
    Image.fromarray(stored).save(source)
    outcome = latent("denoise", source, "--model", model, "--precision", "f32", "--tones", "kept")
    assert outcome.code == 0, outcome
    result = tifffile.imread(tmp_path / "night_denoise.tif") / 65535
    moved = (result - stored / 255).mean(axis=(0, 1)) / STEP
    left = (result - scene).std() / (noisy - scene).std()
    assert np.abs(moved).max() < 0.6  # before truths kept tones: 1.5
    assert left < 0.6


def _night_at_high_iso() -> tuple[np.ndarray, np.ndarray]:
    """Strong coarse noise in light, as a phone would show it; encoded, noisy and not."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 0.05 + 0.35 * x**2 * (1 + 0.3 * np.sin(9 * y + 5 * x))
    scene = np.repeat(light[..., None], 3, axis=2)
    white = np.random.default_rng(6).standard_normal(scene.shape)
    grain = sum(np.roll(white, (a, b), (0, 1)) for a in range(2) for b in range(2)) / 2
    noise = grain * np.sqrt(0.0005 + 0.02 * scene)
    return _encoded(np.clip(scene + noise, 0, 1)), _encoded(scene)


def test_brightness_that_noise_took_comes_back_unless_it_is_kept(
    latent: Latent, tmp_path: Path
) -> None:
    noisy, scene = _night_at_high_iso()
    source = tmp_path / "iso.png"
    Image.fromarray(np.round(noisy * 255).astype(np.uint8)).save(source)
    off = {}
    for tones in ("kept", "corrected"):
        target = tmp_path / f"{tones}.tif"
        outcome = latent("denoise", source, "-o", target, "--tones", tones, "--precision", "f32")
        assert outcome.code == 0, outcome
        told = "Latent corrected the brightness" in outcome.stderr
        assert told == (tones == "corrected")
        off[tones] = (tifffile.imread(target) / 65535 - scene).mean() / STEP
    assert off["kept"] < -3
    assert abs(off["corrected"]) < 2
