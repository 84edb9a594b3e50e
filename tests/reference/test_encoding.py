# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from latent_reference import encoding
from latent_reference.encoding import Limits, SiteNoise

LIMITS = Limits(sigma_u_min=0.0015, sigma_u_max=0.2, offset_max=10.0)
# sigma_u of green from full-frame ISO 100 to 25600 and beyond, read noise in electrons.
GAINS = [(s, e) for s in (0.0015, 0.005, 0.02, 0.06, 0.12) for e in (0.5, 3.0, 8.0)]


def noise_of(sigma: float, electrons: float) -> tuple[float, float]:
    a = (2 * sigma) ** 2
    return a, (electrons * a) ** 2


def test_a_hand_worked_sample() -> None:
    # x' = 0.24, A = 0.04, B = 0.0001: inside = 0.24 + 0.015 + 0.0025 = 0.2575
    noise = SiteNoise(np.array(0.04), np.array(0.0001))
    assert encoding.encode(0.24, noise) == pytest.approx(np.sqrt(0.2575))
    assert encoding.sigma_u(noise) == pytest.approx(0.1)
    assert encoding.decode(0.5, noise) == pytest.approx(0.25 - 0.015 - 0.0025)


def test_levels_there_and_back() -> None:
    assert encoding.fraction_of_white([50, 100, 1100, 2100], 100, 1100).tolist() == [
        -0.05, 0.0, 1.0, 2.0]  # fmt: skip
    assert encoding.counts_of([-0.05, 2.0], 100, 1100).tolist() == [50.0, 2100.0]


@pytest.mark.parametrize(("sigma", "electrons"), GAINS)
def test_the_inverse_gives_back_every_sample_above_the_cut(sigma: float, electrons: float) -> None:
    a, b = noise_of(sigma, electrons)
    noise = encoding.bounded_noise(a, b, 2.0, 15871, LIMITS)
    cut = -float(0.375 * noise.A + noise.B / noise.A)
    balanced = np.linspace(cut, 3.5, 1001)
    back = encoding.decode(encoding.encode(balanced, noise), noise)
    assert np.abs(back - balanced).max() < 1e-12
    assert encoding.decode(encoding.encode(cut - 0.1, noise), noise) == pytest.approx(cut)


@pytest.mark.parametrize(("sigma", "electrons"), GAINS)
def test_noise_becomes_even_where_the_signal_is_above_the_read_noise(
    sigma: float, electrons: float
) -> None:
    rng = np.random.default_rng(1)
    a, b = noise_of(sigma, electrons)
    noise = encoding.bounded_noise(a, b, 1.0, 16383, LIMITS)
    bright = max(0.3, 20 * a, 20 * b / a)
    x = rng.poisson(bright / a, 100_000) * a + rng.normal(0, np.sqrt(b), 100_000)
    assert np.std(encoding.encode(x, noise)) == pytest.approx(sigma, rel=0.03)


@pytest.mark.parametrize(("sigma", "electrons"), GAINS)
def test_flat_fields_keep_their_mean_from_black_to_white(sigma: float, electrons: float) -> None:
    """The cut of the root is the only bias of encode + inverse: below 0.1 % of white.

    It is largest where half an electron of read noise meets a full well of 17 electrons (sigma_u
    0.12): 0.025 a, 0.15 % of white, at black only.
    """
    bound = 0.001 if sigma <= 0.06 else 0.0016
    rng = np.random.default_rng(2)
    a, b = noise_of(sigma, electrons)
    for w in (1.0, 2.6):
        noise = encoding.bounded_noise(a, b, w, 16383, LIMITS)
        for level in (0.0, a / 2, 2 * a, 0.01, 0.1, 0.5, 1.0):
            x = rng.poisson(level / a, 100_000) * a + rng.normal(0, np.sqrt(b), 100_000)
            back = encoding.decode(encoding.encode(w * x, noise), noise) / w
            assert abs(back.mean() - x.mean()) < bound, (w, level)


def test_averaging_u_instead_of_light_loses_a_quarter_of_a() -> None:
    """Why the network learns the bias of the root: the plain mean of u comes out too dark."""
    rng = np.random.default_rng(3)
    a, b = noise_of(0.06, 3.0)
    noise = SiteNoise(np.array(a), np.array(b))
    x = rng.poisson(0.5 / a, 1_000_000) * a + rng.normal(0, np.sqrt(b), 1_000_000)
    back = encoding.decode(encoding.encode(x, noise).mean(), noise)
    assert back - 0.5 == pytest.approx(-a / 4, rel=0.05)


def test_nonsense_from_an_estimator_is_bounded() -> None:
    zero = encoding.bounded_noise(0.0, 0.0, 1.0, 1000, LIMITS)
    assert float(zero.A) == pytest.approx(4 * 0.0015**2)
    assert float(zero.B) == pytest.approx(1e-6 / 12)
    negative = encoding.bounded_noise(-1.0, -1.0, 1.0, 1000, LIMITS)
    assert (negative.A, negative.B) == (zero.A, zero.B)
    huge = encoding.bounded_noise(1e9, 1e9, 2.0, 1000, LIMITS)
    assert float(huge.A) == pytest.approx(4 * 0.2**2)
    assert float(huge.B / huge.A) == pytest.approx(10.0)


def test_white_balance_scales_the_noise() -> None:
    one = encoding.bounded_noise(1e-3, 1e-5, 1.0, 16383, LIMITS)
    two = encoding.bounded_noise(1e-3, 1e-5, 2.0, 16383, LIMITS)
    assert float(two.A) == pytest.approx(2 * one.A)
    assert float(two.B) == pytest.approx(4 * one.B)
