# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of flaws: each case has the noise that it names, and a perfect network would show."""

from __future__ import annotations

import numpy as np
import pytest

from latent_train import flawed, protocol
from latent_train.types import ByteArray, FloatArray


@pytest.fixture
def pictures() -> list[tuple[int, ByteArray]]:
    y, x = np.mgrid[0:500, 0:500]
    scene = np.stack([x // 2, y // 2, (x + y) // 4], axis=2) % 256
    return [(0, scene.astype(np.uint8))]


def test_what_is_not_removed_counts_and_what_is_removed_does_not(
    pictures: list[tuple[int, ByteArray]],
) -> None:
    def nothing(planes: FloatArray) -> FloatArray:
        return np.zeros((1, 4, *planes.shape[2:]), np.float32)

    scores = {name: flawed.measure(pictures, nothing, f) for name, f in flawed.CASES.items()}
    assert all(before == after for before, after in scores.values())
    clean = scores["none"][0]
    assert clean == pytest.approx(-20 * np.log10(flawed.SIGMA * 1.2), abs=1.0)
    assert scores["banding of rows, 0.4 of the read noise"][0] < clean
    assert scores["corner with twice the gain"][0] < clean - 0.5
    assert scores["greens that differ by 3 %"][0] == pytest.approx(clean, abs=0.05)


def test_the_table_has_a_row_for_each(pictures: list[tuple[int, ByteArray]]) -> None:
    def all_of_it(planes: FloatArray) -> FloatArray:
        return planes[:, :4]

    lines = flawed.table(pictures, all_of_it).splitlines()
    assert len(lines) == 2 + len(flawed.CASES)
    assert protocol.SIZE_PX % 16 == 0
