# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol's simulation, on pictures made here and, where they are, on the published ones."""

import os
from pathlib import Path

import numpy as np
import pytest
from latent_reference import noise
from PIL import Image

# models.md, first measurement: PSNR of the noisy u, every third picture of kodak24.
PUBLISHED = {
    "bayer": (38.54, 28.93, 22.82),
    "xtrans": (38.67, 29.08, 22.95),
    "mono": (40.00, 30.42, 24.32),
}


def grey(level: int) -> np.ndarray:
    return np.full((500, 500, 3), level, np.uint8)


@pytest.mark.parametrize("kind", noise.KINDS)
@pytest.mark.parametrize("sigma", noise.SIGMAS)
def test_noise_has_the_variance_that_the_case_states(kind: str, sigma: float) -> None:
    case = noise.protocol_case(grey(128), 5, kind, sigma)
    for colour in np.unique(case.colours):
        sites = case.colours == colour
        light = case.clean[sites].mean()
        error = (case.noisy - case.clean)[sites]
        assert error.var() == pytest.approx(case.a * light + case.b, rel=0.05)
        assert abs(error.mean()) < 5 * error.std() / np.sqrt(error.size)


def test_u_of_green_has_the_sigma_of_the_protocol() -> None:
    case = noise.protocol_case(grey(180), 0, "bayer", 0.03)
    noisy, clean = case.encoded()
    assert (noisy - clean)[case.colours == 1].std() == pytest.approx(0.03, rel=0.03)


def test_the_seed_is_the_picture_and_the_phase_goes_round() -> None:
    again = [noise.protocol_case(grey(90), 3, "xtrans", 0.06) for _ in range(2)]
    assert (again[0].noisy == again[1].noisy).all()
    assert len({noise.pattern_of("bayer", i).tobytes() for i in range(4)}) == 4
    assert len({noise.pattern_of("xtrans", i).tobytes() for i in range(18)}) == 18


def test_conditions_change_what_they_name() -> None:
    dim = noise.Conditions(exposure=0.07, wb=(1.2, 1.0, 3.0), mix=np.eye(3), phase=(1, 1))
    usual = noise.protocol_case(grey(150), 0, "bayer", 0.03)
    case = noise.protocol_case(grey(150), 0, "bayer", 0.03, dim)
    assert (case.pattern == noise.pattern_of("bayer", 3)).all()
    green, blue = case.clean[case.colours == 1], case.clean[case.colours == 2]
    assert green.mean() == pytest.approx(usual.clean[usual.colours == 1].mean() / 10)
    assert blue.mean() == pytest.approx(green.mean() / 3)
    noisier = noise.Conditions(read_noise_electrons=30)
    assert noise.protocol_case(grey(150), 0, "mono", 0.03, noisier).b == pytest.approx(100 * case.b)


def test_samples_below_black_survive_as_counts() -> None:
    case = noise.protocol_case(grey(0), 0, "bayer", 0.03)
    counts = case.counts(black=2048)
    assert counts.min() < 2048 < counts.max()
    assert ((counts.astype(int) - 2048) / noise.LARGEST == case.noisy).all()


@pytest.mark.parametrize("kind", noise.KINDS)
def test_noisy_psnr_is_that_of_the_published_table(kind: str) -> None:
    folder = Path(os.environ.get("LATENT_DATA", "")) / "kodak24"
    files = sorted(folder.glob("*.png"))
    if len(files) != 24:
        pytest.skip("LATENT_DATA names no folder with the 24 pictures of kodak24")
    for sigma, published in zip(noise.SIGMAS, PUBLISHED[kind], strict=True):
        found = []
        for index in range(0, 24, 3):
            picture = np.asarray(Image.open(files[index]).convert("RGB"))
            case = noise.protocol_case(picture, index, kind, sigma)
            found.append(noise.psnr(*case.encoded()))
        assert np.mean(found) == pytest.approx(published, abs=0.3)
