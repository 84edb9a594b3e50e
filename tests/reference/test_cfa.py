# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from latent_reference import cfa


def test_bayer_phases_are_the_four_names() -> None:
    assert cfa.named("rggb").tolist() == [[0, 1], [1, 2]]
    assert cfa.named("grbg").tolist() == [[1, 0], [2, 1]]
    assert cfa.named("gbrg").tolist() == [[1, 2], [0, 1]]
    assert cfa.named("bggr").tolist() == [[2, 1], [1, 0]]


def test_xtrans_has_18_distinct_phases_and_comes_back_after_3_and_3() -> None:
    every = {cfa.xtrans(y, x).tobytes() for y in range(6) for x in range(6)}
    named = {cfa.xtrans(y, x).tobytes() for y in range(6) for x in range(3)}
    assert len(every) == 18
    assert named == every
    assert (cfa.xtrans(3, 3) == cfa.xtrans()).all()


def test_xtrans_has_20_green_and_8_of_each_other_colour() -> None:
    assert np.bincount(cfa.xtrans().ravel()).tolist() == [8, 20, 8]


@pytest.mark.parametrize("pattern", [cfa.bayer(1, 0), cfa.xtrans(4, 2), cfa.mono()])
def test_a_window_sees_the_part_of_the_whole_that_it_covers(pattern: cfa.IntArray) -> None:
    whole = cfa.colour_index(pattern, 20, 24)
    assert (cfa.colour_index(pattern, 7, 9, 5, 11) == whole[5:12, 11:20]).all()
    shifted = cfa.shifted(pattern, 5, 11)
    assert (cfa.colour_index(shifted, 7, 9) == whole[5:12, 11:20]).all()


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="rgbw"):
        cfa.named("rgbw")
