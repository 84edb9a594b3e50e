# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol's cases and the classical baseline's inverse."""

from __future__ import annotations

import numpy as np
import pytest

from latent_train import baseline, noise, protocol


def _picture() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(20, 230, (32, 32, 3)), np.ones((16, 16, 1))).astype(np.uint8)


@pytest.mark.parametrize("kind", protocol.KINDS)
@pytest.mark.parametrize("index", [0, 5])
def test_cases_are_repeatable_and_have_their_noise(kind: str, index: int) -> None:
    case = protocol.make_case(_picture(), index, kind, 0.01)
    np.testing.assert_array_equal(case.u, protocol.make_case(_picture(), index, kind, 0.01).u)
    assert case.u.shape == (496, 496)
    assert np.std((case.u - case.target) / case.sigma) == pytest.approx(1, rel=0.02)
    assert protocol.case_input(case).shape == (1, 20, 248, 248)


def test_phase_follows_the_index() -> None:
    first = protocol.make_case(_picture(), 0, "bayer", 0.01).colours[:2, :2]
    other = protocol.make_case(_picture(), 3, "bayer", 0.01).colours[:2, :2]
    assert first.tolist() == [[0, 1], [1, 2]]
    assert other.tolist() == [[2, 1], [1, 0]]


def test_psnr_by_hand() -> None:
    assert protocol.psnr(np.full(10, 0.6), np.full(10, 0.5)) == pytest.approx(20)


@pytest.mark.parametrize("x", [0.02, 0.1, 0.6])
def test_unbiased_inverse_gives_the_mean_back(x: float) -> None:
    a = noise.gain(0.05)
    b = (2.0 * a) ** 2
    exposed = noise.expose(np.full((700, 700), x), a, b, np.random.default_rng(1))
    mean = np.array(noise.encode(exposed, a, b).mean())
    back = baseline.unbiased_inverse(mean, np.array(a), np.array(b))
    assert float(back) == pytest.approx(x, abs=2e-3 * max(x, 0.1))
