# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour filter patterns and the 2x2 packing that the network sees."""

from __future__ import annotations

import numpy as np

from latent_train.types import FloatArray, IntArray

RED, GREEN, BLUE = 0, 1, 2

BAYER: IntArray = np.array([[RED, GREEN], [GREEN, BLUE]], dtype=np.int64)

_XTRANS_ROWS = ("GRGGBG", "BGBRGR", "GRGGBG", "GBGGRG", "RGRBGB", "GBGGRG")
XTRANS: IntArray = np.array([["RGB".index(c) for c in row] for row in _XTRANS_ROWS], dtype=np.int64)

MONO: IntArray = np.array([[GREEN]], dtype=np.int64)

PATTERNS = {"bayer": BAYER, "xtrans": XTRANS, "mono": MONO}


def colour_map(kind: str, height: int, width: int, phase: tuple[int, int]) -> IntArray:
    """Colour index (0 red, 1 green, 2 blue) of every site, [height, width].

    ``phase`` (rows, columns) shifts the pattern: site (0, 0) has the colour of pattern[phase].
    A monochrome sensor is all green.
    """
    pattern = PATTERNS[kind]
    rows = (np.arange(height) + phase[0]) % pattern.shape[0]
    columns = (np.arange(width) + phase[1]) % pattern.shape[1]
    colours: IntArray = pattern[rows[:, None], columns[None, :]]
    return colours


def mosaic(rgb: FloatArray, colours: IntArray) -> FloatArray:
    """Take each site's own colour of [height, width, 3]: [height, width]."""
    return np.take_along_axis(rgb, colours[..., None], axis=2)[..., 0]


def planes(u: FloatArray, sigma: FloatArray, colours: IntArray) -> FloatArray:
    """Stack the five planes u, sigma_u, is_red, is_green, is_blue: [5, height, width] float32."""
    one_hot = [colours == colour for colour in (RED, GREEN, BLUE)]
    return np.stack([u, sigma, *one_hot]).astype(np.float32)


def unshuffle(stack: FloatArray) -> FloatArray:
    """[..., C, H, W] to [..., C*4, H/2, W/2]; channel = plane*4 + dy*2 + dx."""
    *lead, channels, height, width = stack.shape
    cells = stack.reshape(*lead, channels, height // 2, 2, width // 2, 2)
    order = (*range(len(lead) + 1), -3, -1, -4, -2)
    axes = [axis % cells.ndim for axis in order]
    return cells.transpose(axes).reshape(*lead, channels * 4, height // 2, width // 2)


def shuffle(packed: FloatArray) -> FloatArray:
    """The way back of ``unshuffle``: [..., C*4, H/2, W/2] to [..., C, H, W]."""
    *lead, channels, height, width = packed.shape
    cells = packed.reshape(*lead, channels // 4, 2, 2, height, width)
    order = (*range(len(lead) + 1), -2, -4, -1, -3)
    axes = [axis % cells.ndim for axis in order]
    return cells.transpose(axes).reshape(*lead, channels // 4, height * 2, width * 2)


def kind_of(packed: FloatArray) -> str:
    """The sensor of packed planes [N, 20, h, w], by its colours; at least 6x6 sites."""
    colours = packed[0, 8:20]
    if np.all(colours[4:8] == 1):
        return "mono"
    return "bayer" if np.all(colours == colours[:, :1, :1]) else "xtrans"
