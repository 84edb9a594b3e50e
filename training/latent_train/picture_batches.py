# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches of finished pictures: noisy and clean pairs, small and large pairs.

Everything random comes from the generators that are handed in, so a batch depends on them alone.
"""

from __future__ import annotations

import io
import math
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate, pixel_unshuffle

from latent_train import camera, levels
from latent_train.config import CameraConfig, Config, UpscaleConfig
from latent_train.simulate import camera_matrix
from latent_train.types import ByteArray

_MARGIN_PX = 10


class SizedCrops(Protocol):
    """Where crops come from."""

    def crop(self, rng: np.random.Generator, size: int | None = None) -> ByteArray:
        """[size, size, 3] 8-bit sRGB."""


def _as_tensor(crops: list[ByteArray]) -> Tensor:
    stacked = np.stack([np.ascontiguousarray(crop) for crop in crops])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255


def _uniform(rng: np.random.Generator, low: float, high: float, count: int) -> Tensor:
    return torch.from_numpy(rng.uniform(low, high, count).astype(np.float32))


def _log_uniform(rng: np.random.Generator, low: float, high: float, count: int) -> Tensor:
    return torch.exp(_uniform(rng, math.log(low), math.log(high), count))


def _integers(rng: np.random.Generator, low: int, high: int, count: int) -> Tensor:
    return torch.from_numpy(rng.integers(low, high + 1, count).astype(np.float32))


def _sometimes(rng: np.random.Generator, share: float, values: Tensor) -> Tensor:
    chosen = torch.from_numpy(rng.random(values.shape[0]) < share)
    return torch.where(chosen, values, torch.zeros(()))


def jpeg(picture: Tensor, quality: int, subsampling: int) -> Tensor:
    """One picture [3, H, W], 0..1, through an 8-bit JPEG; subsampling 0 4:4:4, 1 4:2:2, 2 4:2:0."""
    pixels = (picture.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    with Image.open(buffer) as opened:
        decoded = np.array(opened)
    return torch.from_numpy(decoded).permute(2, 0, 1).float() / 255


def _rounded(picture: Tensor) -> Tensor:
    return (picture.clamp(0, 1) * 255).round() / 255


def _widened(clean: Tensor, rng: np.random.Generator, config: CameraConfig) -> Tensor:
    """Some pictures stretched and moved beyond 0..1: wide gamut is below, highlights are above."""
    count = clean.shape[0]
    chosen = torch.from_numpy(rng.random(count) < config.wide_share)[:, None, None, None]
    gain = _uniform(rng, 0.4, 1.6, count)[:, None, None, None]
    move = torch.from_numpy(rng.uniform(-0.9, 1.3, (count, 3, 1, 1)).astype(np.float32))
    moved = (clean * gain + move).clamp(config.value_min, config.value_max)
    return torch.where(chosen, moved, clean)


def plain_pair(
    clean: Tensor, rng: np.random.Generator, noise: torch.Generator, config: CameraConfig
) -> tuple[Tensor, Tensor, Tensor]:
    """White noise of one known sigma a picture: noisy, clean, told sigma; all [N, 3, H, W]."""
    clean = _widened(clean, rng, config)
    sigma = _uniform(rng, 0, config.plain_sigma_max, clean.shape[0])[:, None, None, None]
    noisy = clean + sigma * torch.randn(clean.shape, generator=noise)
    error = torch.from_numpy(rng.standard_normal((clean.shape[0], 1, 1, 1)).astype(np.float32))
    inexact = torch.from_numpy(rng.random((clean.shape[0], 1, 1, 1)) < 0.5)
    told = sigma * torch.exp(torch.where(inexact, 0.5 * config.told_error * error, 0 * error))
    return noisy, clean, told.expand_as(clean)


def draw_development(
    rng: np.random.Generator, count: int, config: CameraConfig
) -> tuple[camera.Development, Tensor]:
    """A random camera for each picture, and its matrix from linear sRGB to the balanced sensor."""
    to_sensor = torch.from_numpy(np.stack([camera_matrix(rng) for _ in range(count)]))
    balance = torch.ones(count, 3)
    balance[:, 0] = _uniform(rng, 1.2, 2.6, count)
    balance[:, 2] = _uniform(rng, 1.2, 2.6, count)
    how = camera.Development(
        demosaic=torch.from_numpy(rng.integers(camera.DEMOSAICS, size=count)),
        balance=balance,
        to_srgb=torch.linalg.inv(to_sensor),
        gain=torch.ones(count),
        contrast=_sometimes(rng, 0.6, _uniform(rng, 0.1, 0.9, count)),
        gamma=_uniform(rng, 0.8, 1.25, count),
        saturation=_uniform(rng, 0.8, 1.4, count),
        chroma_blur=_sometimes(
            rng, config.smooth_share, _uniform(rng, 0.5, config.chroma_blur_max, count)
        ),
        luma_blur=_sometimes(
            rng, config.luma_smooth_share, _uniform(rng, 0.3, config.luma_blur_max, count)
        ),
        sharpen=_sometimes(rng, config.sharpen_share, _uniform(rng, 0.1, 1.0, count)),
        sharpen_radius=_uniform(rng, 0.5, 1.5, count),
        reduction=_sometimes(rng, config.reduction_share, _uniform(rng, 0.4, 1.0, count)),
        reduction_radius=_integers(rng, 1, config.reduction_radius_max, count),
        reduction_edges=_uniform(rng, 0.3, 3.0, count),
    )
    return how, to_sensor


def _exposed(
    raw: Tensor, rng: np.random.Generator, noise: torch.Generator, config: CameraConfig
) -> Tensor:
    """Shot noise, read noise and banding of rows on clean mosaics [N, H, W], clipped at white."""
    count = raw.shape[0]
    a = ((2 * _log_uniform(rng, config.sigma_min, config.sigma_max, count)) ** 2)[:, None, None]
    electrons = _log_uniform(rng, 0.5, 8.0, count)[:, None, None]
    read = electrons * a
    banding = _sometimes(rng, 0.2, _uniform(rng, 0.02, 0.15, count))[:, None, None] * read
    shot = torch.poisson(raw / a, generator=noise) * a
    rows = torch.randn(raw.shape[0], raw.shape[1], 1, generator=noise)
    return (shot + read * torch.randn(raw.shape, generator=noise) + banding * rows).clamp(max=1)


def _photographed(
    scenes: Tensor, rng: np.random.Generator, noise: torch.Generator, config: CameraConfig
) -> tuple[Tensor, Tensor]:
    """Encoded scenes [N, 3, H, W] through one random camera each: noisy and clean, encoded."""
    count = scenes.shape[0]
    how, to_sensor = draw_development(rng, count, config)
    exposure = 2 ** _uniform(rng, config.exposure_min_ev, config.exposure_max_ev, count)
    linear = camera.linearise(scenes) * exposure[:, None, None, None]
    sensor = torch.einsum("nij,njhw->nihw", to_sensor, linear) / how.balance[:, :, None, None]
    masks = camera.bayer_masks(scenes.shape[-2], scenes.shape[-1])
    clean = (sensor * masks).sum(dim=1).clamp(0, 1)
    noisy = _exposed(clean, rng, noise, config)
    brighter = exposure.clamp(max=1) ** -_uniform(rng, 0.3, 1.0, count)
    how = camera.Development(**{**vars(how), "gain": brighter})
    both = camera.develop(torch.cat([noisy, clean]), how.repeated(), twins=True)
    return both[:count], both[count:]


def _finished(noisy: Tensor, rng: np.random.Generator, config: CameraConfig) -> Tensor:
    """Saved as 8 bits: JPEG for some, rounded for the others."""
    saved = []
    for picture in noisy:
        if rng.random() < config.jpeg_share:
            quality = int(rng.integers(config.jpeg_min, config.jpeg_max + 1))
            saved.append(jpeg(picture, quality, int(rng.choice([0, 0, 2]))))
        else:
            saved.append(_rounded(picture))
    return torch.stack(saved)


def camera_pair(
    source: SizedCrops,
    count: int,
    size: int,
    rng: np.random.Generator,
    noise: torch.Generator,
    config: CameraConfig,
) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures of a whole camera: noisy, clean, told sigma; [count, 3, size, size].

    All of one call are made smaller after development by one factor, or none is.
    """
    factor = float(rng.uniform(0.5, 0.9)) if rng.random() < config.resize_share else 1.0
    wide = math.ceil(size / factor / 2) * 2 + 2 * _MARGIN_PX
    scenes = _as_tensor([source.crop(rng, wide) for _ in range(count)])
    noisy, clean = _photographed(scenes, rng, noise, config)
    if factor < 1:
        small = (round(wide * factor), round(wide * factor))
        noisy, clean = (
            interpolate(p, small, mode="bicubic", antialias=True).clamp(0, 1)
            for p in (noisy, clean)
        )
    edge = (noisy.shape[-1] - size) // 2
    inner = (slice(None), slice(None), slice(edge, edge + size), slice(edge, edge + size))
    noisy, clean = _finished(noisy[inner], rng, config), clean[inner]
    level = levels.level_map(noisy - clean, clean, noisy)
    common = rng.standard_normal((count, 1, 1, 1)) * config.told_error
    channel = rng.standard_normal((count, 3, 1, 1)) * config.told_error_channel
    return noisy, clean, level * torch.from_numpy(np.exp(common + channel).astype(np.float32))


def denoise_pairs(source: SizedCrops, config: Config, step: int) -> tuple[Tensor, Tensor, Tensor]:
    """The pictures of one step: noisy, clean, told sigma; [batch, 3, patch, patch]."""
    rng = np.random.default_rng([config.seed, step])
    noise = torch.Generator().manual_seed(int(rng.integers(2**62)))
    size, batch = config.data.patch_px, config.data.batch
    plain = round(batch * config.camera.plain_share)
    parts = []
    if plain > 0:
        crops = _as_tensor([source.crop(rng, size) for _ in range(plain)])
        parts.append(plain_pair(crops, rng, noise, config.camera))
    if batch > plain:
        parts.append(camera_pair(source, batch - plain, size, rng, noise, config.camera))
    noisy, clean, told = (torch.cat(pieces) for pieces in zip(*parts, strict=True))
    return noisy, clean, told


def packed_denoise(
    source: SizedCrops, config: Config, step: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Network input, target, what the residual is taken from, and the noise it is judged by."""
    noisy, clean, told = denoise_pairs(source, config, step)
    k = config.network.unshuffle
    planes = pixel_unshuffle(torch.cat([noisy, told], dim=1), k)
    base = planes[:, : 3 * k * k]
    return planes, pixel_unshuffle(clean, k), base, planes[:, 3 * k * k :]


def reduce(picture: Tensor, scale: int) -> Tensor:
    """Antialiased bicubic reduction, the operator of the published sets (a = -0.5)."""
    size = (picture.shape[-2] // scale, picture.shape[-1] // scale)
    return interpolate(picture, size, mode="bicubic", antialias=True)


def enlarge(picture: Tensor, scale: int) -> Tensor:
    """The bicubic enlargement that the network's residual stands on."""
    size = (picture.shape[-2] * scale, picture.shape[-1] * scale)
    return interpolate(picture, size, mode="bicubic", antialias=True)


def damaged(
    small: Tensor, rng: np.random.Generator, noise: torch.Generator, config: UpscaleConfig
) -> tuple[Tensor, Tensor]:
    """Small pictures as they are found, 8 bits, and the sigma of their damage [N, 1, h, w]."""
    found, told = [], []
    for picture in small:
        clean = _rounded(picture)
        worse = clean
        if rng.random() < config.damaged_share:
            sigma = float(rng.uniform(0, config.noise_max))
            worse = clean + sigma * torch.randn(clean.shape, generator=noise)
            if rng.random() < config.jpeg_share:
                quality = int(rng.integers(config.jpeg_min, config.jpeg_max + 1))
                worse = jpeg(worse, quality, int(rng.choice([0, 2])))
            worse = _rounded(worse)
        found.append(worse)
        level = levels.block_variance((worse - clean)[None]).mean().sqrt()
        told.append(level * math.exp(0.1 * float(rng.standard_normal())))
    planes = torch.stack(told)[:, None, None, None]
    return torch.stack(found), planes.expand(-1, 1, *small.shape[-2:])


def packed_upscale(
    source: SizedCrops, config: Config, step: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Network input, target, what the residual is taken from, and a spread of ones."""
    rng = np.random.default_rng([config.seed, step])
    noise = torch.Generator().manual_seed(int(rng.integers(2**62)))
    scale, size = config.network.scale, config.data.patch_px
    large = _as_tensor([source.crop(rng, size * scale) for _ in range(config.data.batch)])
    small, level = damaged(reduce(large, scale), rng, noise, config.upscale)
    planes = torch.cat([small, level], dim=1)
    base = pixel_unshuffle(enlarge(small, scale), scale)
    target = pixel_unshuffle(large, scale)
    return planes, target, base, torch.ones(())
