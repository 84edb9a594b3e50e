# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol for numbers: one fixed way to make a noisy mosaic of a picture and its truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from latent_reference import cfa, encoding
from latent_reference.cfa import IntArray
from latent_reference.dng_spec import PROTOCOL_MIX
from latent_reference.encoding import Limits, SiteNoise
from latent_reference.scenes import srgb_to_linear

FloatArray = npt.NDArray[np.float64]

KINDS = ("bayer", "xtrans", "mono")
SIGMAS = (0.01, 0.03, 0.06)
SIZE_PX = 496
WB = (2.0, 1.0, 1.6)
READ_NOISE_ELECTRONS = 3.0
LARGEST = (1 << 14) - 1
UNLIMITED = Limits(sigma_u_min=0.0, sigma_u_max=np.inf, offset_max=np.inf)


@dataclass(frozen=True)
class Conditions:
    """Camera and light of a case; the defaults are the protocol's.

    ``exposure`` multiplies linear light, ``mix`` is the camera's matrix (rows sum to 1), ``wb``
    holds the multipliers of a colour mosaic; ``phase`` is its shift (dy, dx), by the picture's
    number where there is none. Light above ``brightest`` is cut off before there is noise.
    """

    exposure: float = 0.7
    wb: tuple[float, float, float] = WB
    read_noise_electrons: float = READ_NOISE_ELECTRONS
    mix: FloatArray = field(default_factory=lambda: PROTOCOL_MIX)
    phase: tuple[int, int] | None = None
    brightest: float = 1.0


@dataclass(frozen=True)
class Case:
    """One noisy mosaic: x and its truth [h, w] in fractions of white, colours, and the noise."""

    noisy: FloatArray
    clean: FloatArray
    colours: IntArray
    pattern: IntArray
    wb: tuple[float, float, float]
    a: float
    b: float

    @property
    def site_wb(self) -> FloatArray:
        """White balance of every site."""
        return np.asarray(np.array(self.wb)[self.colours])

    @property
    def site_noise(self) -> SiteNoise:
        """A and B of every site, exactly as simulated."""
        return SiteNoise(self.site_wb * self.a, self.site_wb**2 * self.b)

    def encoded(self) -> tuple[FloatArray, FloatArray]:
        """u of the noisy mosaic and of the truth."""
        noise = self.site_noise
        return (
            encoding.encode(self.noisy * self.site_wb, noise),
            encoding.encode(self.clean * self.site_wb, noise),
        )

    def counts(self, black: int = 2048) -> npt.NDArray[np.uint16]:
        """The noisy mosaic as whole counts over a black level; white is black + 16383."""
        return np.asarray(np.clip(np.rint(self.noisy * LARGEST) + black, 0, 65535), np.uint16)


def pattern_of(kind: str, index: int, phase: tuple[int, int] | None = None) -> IntArray:
    """The CFA in that phase, or in the protocol's: it goes round with the picture's number."""
    if kind == "mono":
        return cfa.mono()
    if kind == "xtrans":
        return cfa.xtrans(*(phase or (index % 6, index // 6 % 3)))
    return cfa.bayer(*(phase or (index % 2, index // 2 % 2)))


def sites_of(scene: FloatArray, kind: str, colours: IntArray) -> FloatArray:
    """[h, w, 3] -> what each site sees [h, w]; a mono site the mean of the three."""
    if kind == "mono":
        return np.asarray(scene.mean(axis=2))
    return np.asarray(np.take_along_axis(scene, colours[..., None], axis=2)[..., 0])


def protocol_case(
    picture: npt.NDArray[np.uint8],
    index: int,
    kind: str,
    sigma_green: float,
    conditions: Conditions | None = None,
) -> Case:
    """Simulates picture [>= 496, >= 496, 3] uint8 by the protocol; the seed is its index."""
    conditions = conditions or Conditions()
    rng = np.random.default_rng(index)
    crop = srgb_to_linear(picture[:SIZE_PX, :SIZE_PX]).astype(np.float64)
    scene = (crop * conditions.exposure) @ conditions.mix.T
    pattern = pattern_of(kind, index, conditions.phase)
    colours = cfa.colour_index(pattern, *scene.shape[:2])
    wb = (1.0, 1.0, 1.0) if kind == "mono" else conditions.wb
    light = sites_of(scene, kind, colours) / np.array(wb)[colours]
    clean = np.clip(light, 0.0, conditions.brightest)
    a = (2.0 * sigma_green) ** 2
    b = (conditions.read_noise_electrons * a) ** 2
    noisy = exposed(clean, a, b, rng)
    quantised = np.round(np.minimum(noisy, 1.0) * LARGEST) / LARGEST
    return Case(quantised, clean, colours, pattern, wb, a, b)


def exposed(clean: FloatArray, a: float, b: float, rng: np.random.Generator) -> FloatArray:
    """Poisson(x/a) * a + N(0, b) of x >= 0: photons first, read noise second."""
    shot = rng.poisson(clean / a) * a
    return np.asarray(shot + rng.normal(0.0, np.sqrt(b), clean.shape))


def psnr(result: FloatArray, truth: FloatArray) -> float:
    """10 log10(1 / mean square error) over all sites, peak 1."""
    return float(-10.0 * np.log10(np.mean((result - truth) ** 2)))
