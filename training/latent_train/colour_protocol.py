# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol by which ways of demosaicing are compared: the pictures, matrix, white balance,
exposure, phases and noise of ``protocol.py``, judged on all three colours.

CPSNR: of the three colours together, white-balanced, cut to 0..1 and sRGB-encoded, peak 1; a frame
of 8 pixels does not count.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from latent_train import full_colour, mosaic, noise, protocol
from latent_train.types import ByteArray, FloatArray, IntArray, Runner

KINDS = ("bayer", "xtrans")
SIGMAS = (0.0, 0.01, 0.03)
TOLD_LEAST = 0.001
"""The noise that a network is told of a mosaic without any."""
BORDER_PX = 8


@dataclass(frozen=True)
class ColourCase:
    """One mosaic: samples x [H, W] as read out, the scene's three colours x [H, W, 3], the CFA,
    and what is told of the noise, a and b of x."""

    counted: FloatArray
    scene: FloatArray
    colours: IntArray
    a: float
    b: float


Demosaicer = Callable[[ColourCase], FloatArray]
"""Gives x [H, W, 3] of a case."""


def make_case(
    picture: ByteArray,
    index: int,
    kind: str,
    sigma_green: float,
    size_px: int = protocol.SIZE_PX,
) -> ColourCase:
    """Simulate one picture; without noise where ``sigma_green`` is 0, but for rounding."""
    rng = np.random.default_rng(index)
    crop = picture[:size_px, :size_px].astype(np.float32) / 255
    light = (noise.linearise_srgb(crop) * protocol.EXPOSURE) @ protocol.MATRIX.T
    scene = np.clip(light / protocol.WHITE_BALANCE, 0, 1)
    phase = (index % 6, index // 6 % 3) if kind == "xtrans" else (index % 2, index // 2 % 2)
    colours = mosaic.colour_map(kind, scene.shape[0], scene.shape[1], phase)
    clean = mosaic.mosaic(scene, colours)
    a = noise.gain(max(sigma_green, TOLD_LEAST))
    b = (protocol.READ_NOISE * a) ** 2
    noisy = clean
    if sigma_green > 0:
        noisy = rng.poisson(clean / a) * a + rng.normal(0, b**0.5, clean.shape)
    return ColourCase(noise.read_out(noisy, protocol.BITS), scene, colours, a, b)


def encoded(x: FloatArray) -> FloatArray:
    """White-balanced and sRGB-encoded colours of x [H, W, 3], 0..1."""
    light = np.clip(x * protocol.WHITE_BALANCE, 0, 1)
    high = 1.055 * np.power(np.maximum(light, 1e-9), 1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, high))


def cpsnr(result: FloatArray, scene: FloatArray) -> float:
    """Peak signal to noise in dB of x [H, W, 3] against the scene."""
    inner = (slice(BORDER_PX, -BORDER_PX),) * 2
    error = encoded(result)[inner] - encoded(scene)[inner]
    return 10 * math.log10(1 / max(float(np.mean(error**2)), 1e-12))


def encoded_mosaic(case: ColourCase) -> tuple[FloatArray, FloatArray, FloatArray]:
    """u [H, W] of a case, and A and B of each colour [3]."""
    A, B = protocol.WHITE_BALANCE * case.a, protocol.WHITE_BALANCE**2 * case.b
    balanced = protocol.WHITE_BALANCE[case.colours] * case.counted
    return noise.encode(balanced, A[case.colours], B[case.colours]), A, B


def _decoded(u: FloatArray, A: FloatArray, B: FloatArray) -> FloatArray:
    """x [H, W, 3] of three encoded colours [3, H, W]."""
    x: FloatArray = noise.decode(u.transpose(1, 2, 0), A, B) / protocol.WHITE_BALANCE
    return x


def start_demosaicer(case: ColourCase) -> FloatArray:
    """What a network starts from."""
    u, A, B = encoded_mosaic(case)
    return _decoded(full_colour.start(u, case.colours), A, B)


def network_demosaicer(run: Runner) -> Demosaicer:
    """A network, of torch or exported, as a demosaicer of cases."""

    def demosaic(case: ColourCase) -> FloatArray:
        u, A, B = encoded_mosaic(case)
        seen = full_colour.planes(u, noise.sigma_u(A)[case.colours], case.colours)
        residual = mosaic.shuffle(run(mosaic.unshuffle(seen)[None])[0])
        return _decoded(seen[5:8] - residual, A, B)

    return demosaic


def mean_cpsnr(
    pictures: list[tuple[int, ByteArray]], kind: str, sigma: float, demosaicer: Demosaicer
) -> float:
    """Mean over pictures of the CPSNR."""
    cases = [make_case(picture, index, kind, sigma) for index, picture in pictures]
    return float(np.mean([cpsnr(demosaicer(case), case.scene) for case in cases]))
