# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from latent_reference import levels, strength
from latent_reference.levels import PEDESTAL, StoredScale


@pytest.mark.parametrize(
    ("bits", "white", "shift"), [(10, 1023, 6), (12, 4095, 4), (14, 15520, 2), (16, 65535, 0)]
)
def test_every_sample_fits_and_one_more_bit_would_not(bits: int, white: int, shift: int) -> None:
    scale = levels.choose_scale(bits, white, white, [[64]], below_black=True)
    assert scale == StoredScale(shift, 0)
    largest = (1 << bits) - 1
    assert largest << shift <= 65535 < largest << (shift + 1)


def test_samples_above_what_the_bits_promise_count_too() -> None:
    assert levels.choose_scale(12, 4095, 5000, [[64]], below_black=True).shift == 3


def test_a_pedestal_stands_only_where_black_is_0_and_values_below_it_occur() -> None:
    def scale(black: list[float], below: bool) -> StoredScale:
        return levels.choose_scale(12, 4095, 4095, black, below_black=below)

    assert scale([0.0], below=False) == StoredScale(4, 0)
    assert scale([256.0, 256.0], below=True) == StoredScale(4, 0)
    # 4095 * 16 = 65520 leaves no room for the pedestal, so one bit goes.
    assert scale([256.0, 0.0], below=True) == StoredScale(3, PEDESTAL)


def test_a_source_that_fills_16_bits_keeps_its_samples_and_gets_no_pedestal() -> None:
    scale = levels.choose_scale(16, 65535, 65535, [0.0], below_black=True)
    assert scale == StoredScale(0, 0)


def test_rounding_happens_once_at_the_end() -> None:
    scale = StoredScale(2, 1024)
    assert levels.stored([-1.0, 0.0, 0.124, 0.125, 100.37], scale).tolist() == [
        1020, 1024, 1024, 1025, 1425]  # fmt: skip
    assert levels.stored_level([0.0, 4095.0], scale).tolist() == [1024.0, 17404.0]
    assert levels.stored([-1000.0, 1e9], scale).tolist() == [0, 65535]


def test_strength_0_is_the_source_times_a_power_of_two() -> None:
    source = np.arange(1024)
    nothing = np.full(1024, np.nan)
    same = strength.mixed(source, nothing, 0.0)
    scale = levels.choose_scale(10, 1023, 1023, [64], below_black=False)
    assert (levels.stored(same, scale) == source * 64).all()


def test_strength_mixes_counts_not_yet_rounded() -> None:
    assert strength.mixed([100, 200], [101.5, 190.0], 0.5).tolist() == [100.75, 195.0]
    assert strength.mixed([100, 200], [101.5, 190.0], 1.0).tolist() == [101.5, 190.0]


def test_a_clipped_site_stays_clipped_only_where_the_denoised_value_agrees() -> None:
    source, denoised = [1000, 1000, 999, 1005], [985.0, 950.0, 985.0, 1003.0]
    kept = strength.clipped_kept(source, denoised, white=1000, margin=30.0)
    assert kept.tolist() == [1000.0, 950.0, 985.0, 1005.0]
    margins = [strength.highlight_margin([0.001, 0.1], undone).tolist() for undone in (False, True)]
    assert margins == [[0.003, 0.05], [0.0015, 0.0015]]
