# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat fields from black to white: does the network move their mean?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latent_train import mosaic, noise, protocol
from latent_train.types import FloatArray, Runner

LEVELS = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 1.0)
_READ_NOISE = 3.0
_BITS = 14
_SIZE_PX = 256
_BORDER_PX = 16


@dataclass(frozen=True)
class FlatShift:
    """How the mean of a flat field moved, in shares of (white - black).

    ``level`` is the sensor value x; ``shift`` the worst colour's mean minus ``level``;
    ``noisy`` the same of the mosaic before the network, where clipping at white shows.
    """

    kind: str
    sigma: float
    level: float
    shift: float
    noisy: float


def measure(
    run: Runner, kind: str, sigma_green: float, level: float, undo_clipping: bool = True
) -> FlatShift:
    """Simulate one flat field and denoise it; a margin of 16 px does not count.

    ``undo_clipping``: the network gives the mean of clipped samples (encoding sqrt_gat_wb_v2).
    """
    rng = np.random.default_rng([0, int(level * 1000)])
    colours = mosaic.colour_map(kind, _SIZE_PX, _SIZE_PX, (0, 0))
    balance = (np.ones(3) if kind == "mono" else protocol.WHITE_BALANCE)[colours]
    a = noise.gain(sigma_green)
    b = (_READ_NOISE * a) ** 2
    A, B = balance * a, balance**2 * b
    counted = noise.read_out(noise.expose(np.full(colours.shape, level), a, b, rng), _BITS)
    u = noise.encode(balance * counted, A, B)
    planes = mosaic.planes(u, noise.sigma_u(A), colours)
    residual = mosaic.shuffle(run(mosaic.unshuffle(planes)[None])[0])[0]
    denoised: FloatArray = noise.decode(u - residual, A, B) / balance
    if undo_clipping:
        denoised = noise.unclipped(denoised, a, b)
    inner = (slice(_BORDER_PX, -_BORDER_PX),) * 2
    shifts, before = [], []
    for colour in np.unique(colours):
        sites = colours[inner] == colour
        shifts.append(float(denoised[inner][sites].mean()) - level)
        before.append(float(counted[inner][sites].mean()) - level)
    worst = int(np.argmax(np.abs(shifts)))
    return FlatShift(kind, sigma_green, level, shifts[worst], before[worst])
