# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole raw denoise of a mosaic in float64 numpy and ONNX Runtime float32, without tiles."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from latent_reference import cfa, encoding, means, packing, strength
from latent_reference.cfa import IntArray
from latent_reference.encoding import Limits, SiteNoise

FloatArray = npt.NDArray[np.float64]
Network = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Model:
    """A package's CFA network: planes [1, 20, h, w] -> residual of u [1, 4, h, w]."""

    run: Network
    stride_px: int
    reach_px: int
    limits: Limits
    undoes_clipping: bool = False
    """Its encoding is "sqrt_gat_wb_v2"."""


@dataclass(frozen=True)
class Raw:
    """A decoded mosaic, the active area only.

    samples  [h, w] counts
    pattern  CFA as seen from the corner of the active area; 1x1 is mono
    black    counts, an array that repeats from the same corner
    white    counts of red, green, blue sites
    wb       multipliers that make grey neutral; mono: not looked at
    a, b     var(x) = a x + b of red, green, blue sites
    """

    samples: npt.NDArray[np.uint16]
    pattern: IntArray
    black: FloatArray
    white: tuple[float, float, float]
    wb: tuple[float, float, float]
    a: tuple[float, float, float]
    b: tuple[float, float, float]


@dataclass(frozen=True)
class Sites:
    """The facts of a `Raw`, spread out to every site [h, w]."""

    colours: IntArray
    black: FloatArray
    white: FloatArray
    wb: FloatArray
    noise: SiteNoise
    margin: FloatArray
    """How far below white a site is still clipped, in counts."""


def load_model(package: Path) -> Model:
    """Opens a .dtmodel package or a folder of its files.

    Errors   KeyError when the manifest lacks what is needed, OSError.
    """
    names = _package_files(package)
    config = json.loads(names["config.json"]())
    spec = config["latent"]["networks"]["cfa"]
    session = onnxruntime.InferenceSession(
        names[spec["file"]](), providers=["CPUExecutionProvider"]
    )
    feed, give = spec["input"]["name"], spec["output"]["name"]

    def run(planes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.asarray(session.run([give], {feed: planes})[0], np.float32)

    clipped = spec["encoding"] == "sqrt_gat_wb_v2"
    return Model(run, spec["stride_px"], spec["reach_px"], Limits(**spec["limits"]), clipped)


def _package_files(package: Path) -> dict[str, Callable[[], bytes]]:
    """Readers of a package's files by their names inside it."""
    if package.is_dir():
        return {p.relative_to(package).as_posix(): p.read_bytes for p in package.rglob("*.*")}
    archive = zipfile.ZipFile(package)

    def reader(name: str) -> Callable[[], bytes]:
        return lambda: archive.read(name)

    return {n.partition("/")[2]: reader(n) for n in archive.namelist() if not n.endswith("/")}


def spread(raw: Raw, model: Model, noise_scale: float = 1.0) -> Sites:
    """Levels, white balance and bounded noise of every site; `noise_scale` multiplies sigma."""
    height, width = raw.samples.shape
    colours = cfa.colour_index(raw.pattern, height, width)
    index = np.arange(raw.black.size).reshape(raw.black.shape)
    black = raw.black.ravel()[cfa.colour_index(index, height, width)]
    white = np.array(raw.white, np.float64)[colours]
    balance = (1.0, 1.0, 1.0) if raw.pattern.size == 1 else raw.wb
    wb = np.array(balance, np.float64)[colours]
    a, b = np.array(raw.a, np.float64)[colours], np.array(raw.b, np.float64)[colours]
    told = noise_scale**2
    noise = encoding.bounded_noise(told * a, told * b, wb, white - black, model.limits)
    sigma = np.sqrt(np.maximum(0.0, told * (a + b)))
    margin = strength.highlight_margin(sigma, model.undoes_clipping) * (white - black)
    return Sites(colours, black, white, wb, noise, margin)


def encoded(raw: Raw, sites: Sites) -> FloatArray:
    """u of every sample [h, w]."""
    x = encoding.fraction_of_white(raw.samples, sites.black, sites.white)
    return encoding.encode(sites.wb * x, sites.noise)


def network_input(u: FloatArray, sites: Sites, stride: int) -> npt.NDArray[np.float32]:
    """The tensor [1, 20, H/2, W/2] of a whole frame, mirrored up to the stride."""
    sigma = encoding.sigma_u(sites.noise)
    padded = [packing.mirror_pad(plane, stride) for plane in (u, sigma, sites.colours)]
    return packing.network_input(padded[0], padded[1], padded[2].astype(np.int64))[None]


def denoise(raw: Raw, model: Model, mix: float = 1.0, noise_scale: float = 1.0) -> FloatArray:
    """Denoised samples [h, w] in counts, not rounded. `mix` is the strength, 0..1."""
    if mix == 0.0:
        return raw.samples.astype(np.float64)
    sites = spread(raw, model, noise_scale)
    u = encoded(raw, sites)
    tensor = model.run(network_input(u, sites, model.stride_px))
    residual = packing.shuffle(tensor[0])[0, : u.shape[0], : u.shape[1]]
    light = encoding.decode(u - residual, sites.noise) / sites.wb
    if model.undoes_clipping:
        seen = encoding.fraction_of_white(raw.samples, sites.black, sites.white)
        light += means.lost(seen, light, sites.colours, raw.a, raw.b)
    for colour in np.unique(sites.colours) if model.undoes_clipping else ():
        there = sites.colours == colour
        light[there] = encoding.unclipped(light[there], raw.a[colour], raw.b[colour])
    counts = encoding.counts_of(light, sites.black, sites.white)
    kept = strength.clipped_kept(raw.samples, counts, sites.white, sites.margin)
    return strength.mixed(raw.samples, kept, mix)
