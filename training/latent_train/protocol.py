# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol by which numbers of raw denoisers are compared (models.md, section 2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from latent_train import mosaic, noise
from latent_train.types import ByteArray, FloatArray, IntArray, Runner

KINDS = ("bayer", "xtrans", "mono")
SIGMAS = (0.01, 0.03, 0.06)
SIZE_PX = 496
READ_NOISE = 3.0
EXPOSURE = 0.7
BITS = 14
MATRIX = np.array([[0.8, 0.15, 0.05], [0.12, 0.8, 0.08], [0.03, 0.2, 0.77]])
WHITE_BALANCE = np.array([2.0, 1.0, 1.6])

Denoiser = Callable[["Case"], FloatArray]


@dataclass(frozen=True)
class Case:
    """One noisy mosaic: u, its truth and its noise, all [496, 496]; ``colours`` is the CFA."""

    u: FloatArray
    target: FloatArray
    sigma: FloatArray
    colours: IntArray
    A: FloatArray
    B: FloatArray


def load_pictures(folder: Path, every: int = 1) -> list[tuple[int, ByteArray]]:
    """(index, picture [H, W, 3] 8-bit) of every n-th PNG of ``folder``.

    Errors: FileNotFoundError where there are none.
    """
    files = sorted(folder.glob("*.png"))
    if not files:
        raise FileNotFoundError(f"{folder} has no PNG")
    picked = list(enumerate(files))[::every]
    return [(index, np.asarray(Image.open(file).convert("RGB"))) for index, file in picked]


def make_case(picture: ByteArray, index: int, kind: str, sigma_green: float) -> Case:
    """Simulate one picture as the protocol says; the noise seed is the picture's index."""
    rng = np.random.default_rng(index)
    crop = picture[:SIZE_PX, :SIZE_PX].astype(np.float32) / 255
    scene = (noise.linearise_srgb(crop) * EXPOSURE) @ MATRIX.T
    phase = (index % 6, index // 6 % 3) if kind == "xtrans" else (index % 2, index // 2 % 2)
    colours = mosaic.colour_map(kind, scene.shape[0], scene.shape[1], phase)
    balance = (np.ones(3) if kind == "mono" else WHITE_BALANCE)[colours]
    light = scene.mean(axis=2) if kind == "mono" else mosaic.mosaic(scene, colours)
    clean = np.clip(light / balance, 0, 1)
    a = noise.gain(sigma_green)
    b = (READ_NOISE * a) ** 2
    counted = noise.read_out(rng.poisson(clean / a) * a + rng.normal(0, b**0.5, clean.shape), BITS)
    A, B = balance * a, balance**2 * b
    u, target = noise.encode(counted * balance, A, B), noise.encode(clean * balance, A, B)
    return Case(u, target, noise.sigma_u(A), colours, A, B)


def psnr(result: FloatArray, target: FloatArray) -> float:
    """Peak signal to noise in dB over all sites, peak 1."""
    return 10 * math.log10(1 / float(np.mean((result - target) ** 2)))


def case_input(case: Case) -> FloatArray:
    """Packed planes [1, 20, 248, 248] of a case."""
    return mosaic.unshuffle(mosaic.planes(case.u, case.sigma, case.colours))[None]


def network_denoiser(run: Runner) -> Denoiser:
    """A network, of torch or exported, as a denoiser of cases."""

    def denoise(case: Case) -> FloatArray:
        result: FloatArray = case.u - mosaic.shuffle(run(case_input(case))[0])[0]
        return result

    return denoise


def mean_psnr(
    pictures: list[tuple[int, ByteArray]], kind: str, sigma: float, denoiser: Denoiser
) -> float:
    """Mean over pictures of the denoised PSNR."""
    cases = [make_case(picture, index, kind, sigma) for index, picture in pictures]
    return float(np.mean([psnr(denoiser(case), case.target) for case in cases]))
