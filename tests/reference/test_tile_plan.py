# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from latent_reference import tile_plan
from latent_reference.tile_plan import Axis

AXES = [
    Axis(length, 16, reach, tile, blend)
    for length in (1, 15, 16, 257, 640, 1000, 4001)
    for tile, reach, blend in ((128, 32, 16), (256, 64, 16), (512, 96, 32), (160, 48, 48))
]


@pytest.mark.parametrize("axis", AXES, ids=str)
def test_plans_have_no_fault(axis: Axis) -> None:
    assert tile_plan.faults(axis, tile_plan.origins(axis), tile_plan.weights(axis)) == []


@pytest.mark.parametrize("axis", AXES, ids=str)
def test_blending_what_does_not_depend_on_the_tile_gives_it_back(axis: Axis) -> None:
    picture = np.random.default_rng(0).random(axis.length)
    assert (tile_plan.weights(axis) * picture).sum(axis=0) == pytest.approx(picture, abs=1e-12)


def test_a_band_worked_by_hand() -> None:
    axis = Axis(length=64, stride=8, reach=8, tile=40, blend=4)
    # 40 - 2 * 8 - 4 = 20 leaves a step of two strides; the last tile ends where the frame does.
    assert tile_plan.origins(axis) == [0, 16, 24]
    assert tile_plan.usable(axis, 0) == (0, 32)
    assert tile_plan.usable(axis, 16) == (24, 48)
    assert tile_plan.usable(axis, 24) == (32, 64)
    first = tile_plan.weights(axis)[0]
    assert first[:26].tolist() == [1.0] * 26
    expected = 0.5 + 0.5 * np.cos(np.pi * (np.arange(4) + 0.5) / 4)
    assert first[26:30] == pytest.approx(expected)
    assert first[30:].tolist() == [0.0] * 34


def test_a_tile_too_small_for_the_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        tile_plan.origins(Axis(length=1000, stride=16, reach=64, tile=128, blend=16))


def test_faults_of_a_wrong_plan_are_named() -> None:
    axis = Axis(length=640, stride=16, reach=32, tile=256, blend=16)
    starts, good = tile_plan.origins(axis), tile_plan.weights(axis)
    hard = np.zeros_like(good)
    hard[good.argmax(axis=0), np.arange(640)] = 1.0
    assert any("faster" in f for f in tile_plan.faults(axis, starts, hard))
    assert any("sum to 1" in f for f in tile_plan.faults(axis, starts, good * 0.9))
    moved = [s + 8 for s in starts]
    assert any("multiple" in f for f in tile_plan.faults(axis, moved, good))
    wide = Axis(length=640, stride=16, reach=96, tile=256, blend=16)
    assert any("closer to its edge" in f for f in tile_plan.faults(wide, starts, good))
