# SPDX-License-Identifier: GPL-3.0-or-later
"""What real sensors add to the Poisson-Gaussian model: banding, black-level error, unequal greens,
and the gain of a lens-shading correction that was applied before the file was written.

Banding is noise and is to be removed. A wrong black level and unequal greens are what the file
says: the denoiser must neither suffer from them nor change them, so they are in the truth too.
Units: x is (sample - black)/(white - black), linear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latent_train import mosaic
from latent_train.config import SimulationConfig
from latent_train.types import FloatArray, IntArray


@dataclass(frozen=True)
class Flaws:
    """One camera's flaws; the defaults are a sensor without any.

    ``row_sigma``, ``column_sigma``: standard deviation of what a whole row or column is lifted by.
    ``black``: what is added to each colour. ``green``: greens in rows with red are worth 1 + green,
    those in rows with blue 1 - green. ``shading``: gain in the corner of the frame, 1 in its
    middle; it grows with the square of the distance. ``centre``: where the middle of the crop lies
    in the frame, in half diagonals; ``reach``: half diagonals that a pixel is wide.
    """

    row_sigma: float = 0.0
    column_sigma: float = 0.0
    black: tuple[float, float, float] = (0.0, 0.0, 0.0)
    green: float = 0.0
    shading: float = 1.0
    centre: tuple[float, float] = (0.0, 0.0)
    reach: float = 0.0

    @property
    def banding_variance(self) -> float:
        """What banding adds to the variance of a sample."""
        return self.row_sigma**2 + self.column_sigma**2

    @property
    def mean_gain(self) -> float:
        """Mean of the shading gain over a frame of 3:2, where the mean squared distance is 1/3."""
        return 1 + (self.shading - 1) / 3


def draw_flaws(rng: np.random.Generator, read_sigma: float, config: SimulationConfig) -> Flaws:
    """Flaws of one camera whose read noise is ``read_sigma``."""
    row = column = green = 0.0
    black = np.zeros(3)
    shading, centre, reach = 1.0, (0.0, 0.0), 0.0
    if rng.random() < config.banding_share:
        low, high = math.log(config.banding_min), math.log(config.banding_max)
        row, column = np.exp(rng.uniform(low, high, 2)) * (rng.random(2) < 0.6) * read_sigma
    if rng.random() < config.black_share:
        black = rng.uniform(-1, 1, 3) * config.black_max * read_sigma
    if rng.random() < config.green_share:
        green = float(rng.uniform(-1, 1)) * config.green_max
    if rng.random() < config.shading_share:
        shading = float(rng.uniform(1, config.shading_max))
        centre = (float(rng.uniform(-0.55, 0.55)), float(rng.uniform(-0.83, 0.83)))
        reach = 1 / 2000
    offsets = (float(black[0]), float(black[1]), float(black[2]))
    return Flaws(float(row), float(column), offsets, green, shading, centre, reach)


def shading_gain(flaws: Flaws, height: int, width: int) -> FloatArray:
    """Gain of every site, [height, width]."""
    y = flaws.centre[0] + (np.arange(height) - height / 2)[:, None] * flaws.reach
    x = flaws.centre[1] + (np.arange(width) - width / 2)[None, :] * flaws.reach
    gain: FloatArray = 1 + (flaws.shading - 1) * (y * y + x * x)
    return gain


def unequal_greens(clean: FloatArray, colours: IntArray, green: float) -> FloatArray:
    """Greens in rows with red worth more, those in rows with blue worth less; Bayer only."""
    with_red = (colours == mosaic.RED).any(axis=1, keepdims=True)
    factor = np.where(with_red, 1 + green, 1 - green)
    return np.where(colours == mosaic.GREEN, clean * factor, clean)


def banding(rng: np.random.Generator, flaws: Flaws, shape: tuple[int, int]) -> FloatArray:
    """What rows and columns are lifted by, to be added to x; broadcasts to ``shape``."""
    rows = rng.standard_normal((shape[0], 1)) * flaws.row_sigma
    columns = rng.standard_normal((1, shape[1])) * flaws.column_sigma
    lifted: FloatArray = rows + columns
    return lifted
