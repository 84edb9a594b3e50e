# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of resampling, detail and gamut against torch, where it is, and against their words."""

import numpy as np
import pytest
from latent_reference import detail, gamut, resample


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("shape", [(9, 11), (1, 2), (4, 3)])
def test_resampling_is_that_of_torch(scale: int, shape: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    small = np.random.default_rng(0).normal(0, 1, (*shape, 3))
    large = np.random.default_rng(1).normal(0, 1, (shape[0] * scale, shape[1] * scale, 3))

    def by_torch(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        tensor = torch.from_numpy(picture).permute(2, 0, 1)[None]
        out = torch.nn.functional.interpolate(
            tensor, size=size, mode="bicubic", align_corners=False, antialias=True
        )
        return np.asarray(out[0].permute(1, 2, 0).numpy())

    assert np.abs(resample.enlarge(small, scale) - by_torch(small, large.shape[:2])).max() < 1e-6
    assert np.abs(resample.reduce(large, scale) - by_torch(large, small.shape[:2])).max() < 1e-6


@pytest.mark.parametrize("scale", [2, 4])
def test_back_projection_makes_an_enlargement_consistent(scale: int) -> None:
    y, x = np.mgrid[:40, :50]
    source = np.stack([np.sin(0.5 * x + c) * np.cos(0.4 * y) for c in range(3)], -1)
    start = resample.enlarge(source, scale)
    better = resample.consistent(start, source, scale, 2)
    before = np.abs(resample.reduce(start, scale) - source).mean()
    after = np.abs(resample.reduce(better, scale) - source).mean()
    assert after < 0.2 * before


def test_shrinking_with_no_threshold_changes_nothing() -> None:
    plane = np.random.default_rng(0).normal(0, 1, (33, 20))
    assert detail.shrink(plane, np.zeros(5)) == pytest.approx(plane)


def test_band_gains_are_those_of_white_noise() -> None:
    plane = np.random.default_rng(0).normal(0, 1, (512, 512))
    for level, gain in enumerate(detail.band_gains()[:3]):
        coarse = detail.smooth(plane, 2**level)
        assert (plane - coarse).std() == pytest.approx(gain, rel=0.05)
        plane = coarse


def test_bending_is_undone_and_smooth() -> None:
    values = np.linspace(-3, 5, 8001)
    assert gamut.unbend(gamut.bend(values)) == pytest.approx(values, abs=1e-9)
    slope = np.diff(gamut.bend(values)) / np.diff(values)
    assert np.abs(np.diff(slope)).max() < 0.005
    assert gamut.subtract(values, 0.0) == pytest.approx(values, abs=1e-9)
