# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sensor's flaws cost: PSNR of u on pictures whose sensors have one flaw each.

Bayer, sigma_u of green 0.03, read noise of 8 electrons; pictures, matrix and white balance as in
protocol.py, an exposure of 0.05, where read noise and what comes with it can be seen. The truth is
the scene with what the file says of it: a wrong black level and unequal greens stay.
"""

from __future__ import annotations

import numpy as np

from latent_train import mosaic, noise, protocol, simulate
from latent_train.config import SimulationConfig
from latent_train.flaws import Flaws
from latent_train.types import ByteArray, FloatArray, Runner

SIGMA, EXPOSURE, READ_NOISE, BITS = 0.03, 0.05, 8.0, 14
_A = noise.gain(SIGMA)
_READ = READ_NOISE * _A

CASES = {
    "none": Flaws(),
    "banding of rows, 0.4 of the read noise": Flaws(row_sigma=0.4 * _READ),
    "banding of columns, 0.4": Flaws(column_sigma=0.4 * _READ),
    "black level off by 0.4 of the read noise, red up, blue down": Flaws(
        black=(0.4 * _READ, 0.0, -0.4 * _READ)
    ),
    "greens that differ by 3 %": Flaws(green=0.015),
    "corner with twice the gain": Flaws(shading=2.0, centre=(0.4, 0.65), reach=1 / 2000),
}


def _pair(picture: ByteArray, index: int, flawed: Flaws) -> simulate.Pair:
    side = protocol.SIZE_PX
    crop = picture[:side, :side].astype(np.float32) / 255
    linear = noise.linearise_srgb(crop) * EXPOSURE
    balance = protocol.WHITE_BALANCE
    scene = (linear @ protocol.MATRIX.T / balance).astype(np.float32)
    gain = flawed.mean_gain
    told_b = (_READ * gain) ** 2 + flawed.banding_variance + noise.quantisation_variance(BITS)
    told = np.full(3, _A * gain), np.full(3, told_b)
    sensor = simulate.Sensor("bayer", (0, 0), balance, _A, _READ**2, BITS, *told, flawed)
    exact = SimulationConfig(defect_share=0.0)
    return simulate.expose_pair(scene, sensor, np.random.default_rng(index), exact)


def measure(
    pictures: list[tuple[int, ByteArray]], run: Runner, flawed: Flaws
) -> tuple[float, float]:
    """Mean PSNR of u before and after the network."""
    before, after = [], []
    for index, picture in pictures:
        pair = _pair(picture, index, flawed)
        residual = run(mosaic.unshuffle(pair.planes)[None])
        result: FloatArray = pair.planes[0] - mosaic.shuffle(residual[0])[0]
        before.append(protocol.psnr(pair.planes[0], pair.target))
        after.append(protocol.psnr(result, pair.target))
    return float(np.mean(before)), float(np.mean(after))


def table(pictures: list[tuple[int, ByteArray]], run: Runner) -> str:
    """Markdown: one row a flaw."""
    lines = ["| flaw | before | after |", "|---|---|---|"]
    for name, flawed in CASES.items():
        before, after = measure(pictures, run, flawed)
        lines.append(f"| {name} | {before:.2f} | {after:.2f} |")
    return "\n".join(lines) + "\n"
