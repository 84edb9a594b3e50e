# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a package is, by the protocols of docs/quality.md, with ONNX Runtime.

Denoising: white noise of sigma/255 on the 8-bit pictures of a folder, its seed the picture's index
in the sorted folder; or the folder's own noisy and clean pictures (``NAME_real``/``NAME_mean``, or
``noisy/NAME_noise`` and ``gt/NAME_gt``). PSNR and SSIM over all channels of the clipped result. A
network of ours is told the level; darktable's get the noise clipped to 0..1, as darktable gives it.
Enlarging: ``xS/LR_bicubic`` to ``xS/HR``; PSNR and SSIM of luma (BT.601), the result rounded to 8
bits, as many pixels left out at the edge as the scale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from latent_package import archive
from torch.nn.functional import interpolate, pad, pixel_shuffle, pixel_unshuffle

from latent_zoo import demos, metrics
from latent_zoo.types import FloatArray, ZooError

SIGMAS = (15, 25, 50)
_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")

Denoiser = Callable[[FloatArray, float], FloatArray]  # noisy [H, W, 3], sigma (peak 1)
Upscaler = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Score:
    """Means over the pictures of a case, before and after (before: of the input itself)."""

    case: str
    pictures: int
    psnr_before: float
    psnr: float
    ssim: float


def _network_of(folder: Path, kind: str, scale: int | None = None) -> tuple[str, Any] | None:
    config = json.loads((folder / archive.CONFIG).read_text(encoding="utf-8"))
    for network in config.get("latent", {}).get("networks", {}).values():
        if network.get("kind") == kind and scale in (None, network.get("scale")):
            return Path(network["file"]).stem, network
    return None


def _as_tensor(picture: FloatArray) -> torch.Tensor:
    return torch.from_numpy(np.moveaxis(picture, 2, 0)[None].astype(np.float32))


def _own(networks: demos.Networks, stem: str, network: Any, planes: torch.Tensor) -> FloatArray:
    """The residual [H, W, 3] (times the scale) of a network of ours, whole pictures at once."""
    height, width = planes.shape[-2:]
    stride = int(network["stride_px"])
    padded = pad(planes, (0, -width % stride, 0, -height % stride), mode="reflect")
    packed = pixel_unshuffle(padded, int(network["input"]["unshuffle"])).numpy()
    answer = networks(stem, {network["input"]["name"]: packed})[network["output"]["name"]]
    whole = pixel_shuffle(torch.from_numpy(answer), int(network["output"]["unshuffle"]))
    scale = int(network.get("scale", 1))
    inner = whole[0, :, : height * scale, : width * scale]
    return np.moveaxis(inner.numpy().astype(np.float64), 0, 2)


def denoiser(folder: Path) -> Denoiser:
    """How the unpacked package denoises a picture.

    Errors: ZooError when it holds no such network.
    """
    networks = demos.Networks(folder)
    if own := _network_of(folder, "latent_rgb_v1"):
        stem, network = own

        def told(picture: FloatArray, sigma: float) -> FloatArray:
            level = np.full(picture.shape, sigma)
            planes = _as_tensor(np.concatenate([picture, level], axis=2))
            result: FloatArray = picture - _own(networks, stem, network, planes)
            return result

        return told
    if not (folder / "model.onnx").exists():
        raise ZooError(f"{folder.name}: the package holds no network that denoises pictures")

    def blind(picture: FloatArray, sigma: float) -> FloatArray:
        return demos.through(networks, "model", np.clip(picture, 0, 1))

    return blind


def upscaler(folder: Path, scale: int) -> Upscaler | None:
    """How the unpacked package enlarges a picture by ``scale``, or None if it does not."""
    networks = demos.Networks(folder)
    if own := _network_of(folder, "latent_upscale_v1", scale):
        stem, network = own

        def added(picture: FloatArray) -> FloatArray:
            tensor = _as_tensor(picture)
            size = (tensor.shape[2] * scale, tensor.shape[3] * scale)
            # antialias chooses the cubic of a = -0.5, which the residual stands on
            large = interpolate(tensor, size, mode="bicubic", antialias=True)[0].numpy()
            planes = torch.cat([tensor, torch.zeros_like(tensor[:, :1])], dim=1)
            residual = _own(networks, stem, network, planes)
            result: FloatArray = np.moveaxis(large.astype(np.float64), 0, 2) - residual
            return result

        return added
    stem = f"model_x{scale}"
    if not (folder / f"{stem}.onnx").exists():
        return None
    return lambda picture: demos.through(networks, stem, picture, scale)


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, sorted. Errors: ZooError when there is none."""
    found = sorted(p for p in folder.glob("*") if p.suffix.lower() in _SUFFIXES)
    if not found:
        raise ZooError(f"{folder}: there are no pictures")
    return found


def real_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Noisy and clean pictures of a set of real noise; empty for a folder of clean pictures."""
    flat = [
        (path, path.with_name(path.name.replace("_real.", "_mean.")))
        for path in sorted(folder.glob("*_real.*"))
    ]
    split = [
        (path, folder / "gt" / path.name.replace("_noise.", "_gt."))
        for path in sorted((folder / "noisy").glob("*_noise.*"))
    ]
    pairs = flat + split
    for _, clean in pairs:
        if not clean.exists():
            raise ZooError(f"{clean}: the clean picture of a pair is missing")
    return pairs


def _score(
    case: str, pairs: Sequence[tuple[FloatArray, FloatArray]], run: Denoiser, sigma: float
) -> Score:
    rows = []
    for given, clean in pairs:
        result = np.clip(run(given, sigma), 0, 1)
        before = metrics.psnr(np.clip(given, 0, 1), clean)
        rows.append((before, metrics.psnr(result, clean), metrics.ssim(result, clean)))
    before, after, similar = (float(np.mean(column)) for column in zip(*rows, strict=True))
    return Score(case, len(rows), before, after, similar)


def _estimated_sigma(picture: FloatArray) -> float:
    """Of white noise, from the median of diagonal differences; for networks that must be told.

    Source: Donoho and Johnstone, Biometrika 81(3), 1994 (median absolute deviation of the finest
    diagonal wavelet).
    """
    diagonal = picture[:-1, :-1] - picture[1:, :-1] - picture[:-1, 1:] + picture[1:, 1:]
    return float(np.median(np.abs(diagonal)) / 0.6745 / 2)


def evaluate_denoise(folder: Path, data: Path, every: int = 1) -> list[Score]:
    """Scores of an unpacked package on a folder of clean pictures, or of real pairs."""
    run = denoiser(folder)
    if pairs := real_pairs(data)[::every]:
        read = [(demos.read_picture(a), demos.read_picture(b)) for a, b in pairs]
        told = float(np.mean([_estimated_sigma(noisy) for noisy, _ in read]))
        return [_score(f"{data.name}, real noise", read, run, told)]
    clean = list(enumerate(demos.read_picture(path) for path in pictures_in(data)))[::every]
    scores = []
    for sigma in SIGMAS:
        made = []
        for index, picture in clean:
            noise = np.random.default_rng(index).standard_normal(picture.shape)
            made.append((picture + noise * sigma / 255, picture))
        scores.append(_score(f"{data.name}, sigma {sigma}", made, run, sigma / 255))
    return scores


def evaluate_upscale(folder: Path, data: Path, every: int = 1) -> list[Score]:
    """Scores of an unpacked package on a published set of small and large pictures.

    Errors: ZooError when the set has neither x2 nor x4, or the package neither network.
    """
    scores = []
    for scale in (2, 4):
        run = upscaler(folder, scale)
        larges = sorted((data / f"x{scale}" / "HR").glob("*.png"))[::every]
        if run is None or not larges:
            continue
        rows = []
        for path in larges:
            small = demos.read_picture(data / f"x{scale}" / "LR_bicubic" / path.name)
            result = np.round(np.clip(run(small), 0, 1) * 255) / 255
            height, width = result.shape[:2]
            inner = (slice(scale, height - scale), slice(scale, width - scale))
            true = metrics.luma(demos.read_picture(path)[:height, :width])[inner]
            got = metrics.luma(result)[inner]
            rows.append((metrics.psnr(got, true), metrics.ssim(got, true)))
        psnr, ssim = (float(np.mean(column)) for column in zip(*rows, strict=True))
        scores.append(Score(f"{data.name}, x{scale}", len(rows), math.nan, psnr, ssim))
    if not scores:
        raise ZooError(f"{data}: no x2/HR or x4/HR that the package enlarges to")
    return scores


def markdown(model_id: str, scores: list[Score]) -> str:
    """A table of the scores."""
    lines = ["| model | case | pictures | PSNR before | PSNR | SSIM |", "|---|---|---|---|---|---|"]
    for one in scores:
        before = "" if math.isnan(one.psnr_before) else f"{one.psnr_before:.2f}"
        lines.append(
            f"| `{model_id}` | {one.case} | {one.pictures} | {before} | {one.psnr:.2f} "
            f"| {one.ssim:.4f} |"
        )
    return "\n".join(lines) + "\n"
