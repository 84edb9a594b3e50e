# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from latent_reference import cfa, packing


def test_channels_are_plane_times_4_plus_row_times_2_plus_column() -> None:
    planes = np.arange(2 * 2 * 4).reshape(2, 2, 4)
    channels = packing.unshuffle(planes)
    assert channels.shape == (8, 1, 2)
    assert channels[0].tolist() == [[0, 2]]
    assert channels[1].tolist() == [[1, 3]]
    assert channels[2].tolist() == [[4, 6]]
    assert channels[3].tolist() == [[5, 7]]
    assert channels[4].tolist() == [[8, 10]]


def test_shuffle_is_the_way_back() -> None:
    planes = np.random.default_rng(0).random((5, 12, 18))
    assert (packing.shuffle(packing.unshuffle(planes)) == planes).all()


def test_odd_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        packing.unshuffle(np.zeros((5, 3, 4)))


def test_the_frame_is_mirrored_without_repeating_its_edge() -> None:
    padded = packing.mirror_pad(np.array([[1, 2, 3]]), 4)
    assert padded.shape == (4, 4)
    assert padded[0].tolist() == [1, 2, 3, 2]
    assert (padded == padded[0]).all()


def test_a_frame_far_smaller_than_the_stride_is_mirrored_to_and_fro() -> None:
    padded = packing.mirror_pad(np.array([[1, 2, 3]]), 10)
    assert padded[0].tolist() == [1, 2, 3, 2, 1, 2, 3, 2, 1, 2]


@pytest.mark.parametrize("pattern", [cfa.bayer(1, 1), cfa.xtrans(5, 2)])
def test_colours_are_mirrored_with_their_samples(pattern: cfa.IntArray) -> None:
    """A sample that carries its colour's number still does so beyond the edge."""
    colours = cfa.colour_index(pattern, 21, 27)
    assert (packing.mirror_pad(colours * 100, 16) == packing.mirror_pad(colours, 16) * 100).all()


def test_a_whole_multiple_is_left_alone() -> None:
    values = np.arange(32 * 16).reshape(32, 16)
    assert (packing.mirror_pad(values, 16) == values).all()


def test_the_network_sees_five_planes_and_mono_is_all_green() -> None:
    u = np.full((4, 6), 0.5)
    tensor = packing.network_input(u, u / 10, cfa.colour_index(cfa.mono(), 4, 6))
    assert tensor.shape == (20, 2, 3)
    assert tensor.dtype == np.float32
    means = tensor.reshape(5, 4, 2, 3).mean(axis=(1, 2, 3))
    assert means == pytest.approx([0.5, 0.05, 0.0, 1.0, 0.0])


def test_every_bayer_site_has_its_colour_in_its_own_channel() -> None:
    tensor = packing.network_input(
        np.zeros((4, 4)), np.zeros((4, 4)), cfa.colour_index(cfa.bayer(), 4, 4)
    )
    red, green, blue = tensor[8:12], tensor[12:16], tensor[16:20]
    assert red.mean(axis=(1, 2)).tolist() == [1, 0, 0, 0]
    assert green.mean(axis=(1, 2)).tolist() == [0, 1, 1, 0]
    assert blue.mean(axis=(1, 2)).tolist() == [0, 0, 0, 1]
