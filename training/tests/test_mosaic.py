# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of every phase, and the packing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latent_train import mosaic


@pytest.mark.parametrize(
    ("phase", "expected"),
    [((0, 0), "RGGB"), ((0, 1), "GRBG"), ((1, 0), "GBRG"), ((1, 1), "BGGR")],
)
def test_bayer_phases(phase: tuple[int, int], expected: str) -> None:
    colours = mosaic.colour_map("bayer", 2, 2, phase)
    assert "".join("RGB"[c] for c in colours.ravel()) == expected


def test_xtrans_has_eighteen_phases() -> None:
    shifts = {
        mosaic.colour_map("xtrans", 6, 6, (row, column)).tobytes()
        for row in range(6)
        for column in range(6)
    }
    assert len(shifts) == 18


def test_xtrans_repeats_under_a_shift_by_three_and_three() -> None:
    here = mosaic.colour_map("xtrans", 12, 12, (1, 2))
    there = mosaic.colour_map("xtrans", 12, 12, (4, 5))
    np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize("phase", [(0, 0), (2, 5), (4, 1)])
def test_xtrans_counts_and_neighbours(phase: tuple[int, int]) -> None:
    colours = mosaic.colour_map("xtrans", 36, 36, phase)
    counts = np.bincount(colours.ravel()) / colours.size
    np.testing.assert_allclose(counts, [8 / 36, 20 / 36, 8 / 36])
    for row in range(36):  # every row and column of the sensor holds all three colours
        assert set(colours[row]) == set(colours[:, row]) == {0, 1, 2}


def test_mono_is_all_green() -> None:
    assert np.all(mosaic.colour_map("mono", 5, 7, (3, 1)) == mosaic.GREEN)


def test_mosaic_takes_each_sites_own_colour() -> None:
    rgb = np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]], dtype=np.float32)
    colours = mosaic.colour_map("bayer", 2, 2, (0, 0))
    np.testing.assert_array_equal(mosaic.mosaic(rgb, colours), [[1, 5], [8, 12]])


def test_unshuffle_by_hand() -> None:
    plane = np.arange(8, dtype=np.float32).reshape(1, 2, 4)
    packed = mosaic.unshuffle(plane)
    np.testing.assert_array_equal(packed[:, 0], [[0, 2], [1, 3], [4, 6], [5, 7]])


def test_unshuffle_is_torchs_and_shuffle_its_inverse() -> None:
    stack = np.random.default_rng(0).random((2, 5, 8, 12)).astype(np.float32)
    packed = mosaic.unshuffle(stack)
    truth = torch.pixel_unshuffle(torch.from_numpy(stack), 2).numpy()
    np.testing.assert_array_equal(packed, truth)
    np.testing.assert_array_equal(mosaic.shuffle(packed), stack)


@pytest.mark.parametrize("kind", list(mosaic.PATTERNS))
@pytest.mark.parametrize("phase", [(0, 0), (1, 2), (4, 5)])
def test_packed_planes_tell_their_sensor(kind: str, phase: tuple[int, int]) -> None:
    colours = mosaic.colour_map(kind, 6, 6, phase)
    flat = np.zeros((6, 6))
    packed = mosaic.unshuffle(mosaic.planes(flat, flat, colours))[None]
    assert mosaic.kind_of(packed) == kind
