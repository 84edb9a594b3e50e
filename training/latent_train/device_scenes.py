# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a whole batch on the device that trains: crops of photographs, and made ones.

A crop is a gather from one buffer that holds all pictures; no loop over the samples of a batch.
Made scenes are of the families of ``synthetic.py``, all in one formula: a ground, a ramp, up to
four soft edges, up to seven lines and points of light, each of them present or not.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from latent_train.config import SimulationConfig
from latent_train.device_sensor import Draws, Sensors, linearised
from latent_train.pictures import PictureSet

_OFF_DIAGONAL = ((0, 0.35, 0.15), (0.3, 0, 0.2), (0.1, 0.4, 0))
_EDGES, _LINES, _STARS = 4, 7, 39
# Shares of the families of synthetic.draw_scene: flat, gradient, edges, lines, stars.
_FLAT, _GRADIENT, _EDGED, _LINED = 3 / 8, 5 / 8, 6 / 8, 7 / 8


class DevicePictures:
    """All pictures at every scale in one buffer [pixels, 3] of bytes on a device."""

    def __init__(self, pictures: PictureSet, device: torch.device) -> None:
        every = [picture for fit in pictures.scales for picture in fit]
        chances = [
            share * by_area
            for share, by_area in zip(pictures.shares, pictures.by_area, strict=True)
        ]
        sizes = np.array([picture.shape[:2] for picture in every])
        pixels = sizes[:, 0] * sizes[:, 1]
        flat = np.concatenate([picture.reshape(-1, 3) for picture in every])
        self.pixels = torch.from_numpy(flat).to(device)
        self.first = torch.from_numpy(np.cumsum(pixels) - pixels).to(device)
        self.heights = torch.from_numpy(sizes[:, 0].copy()).to(device)
        self.widths = torch.from_numpy(sizes[:, 1].copy()).to(device)
        self.chances = torch.from_numpy(np.concatenate(chances)).float().to(device)
        self.picks = pictures.picks

    def crops(self, draws: Draws, size: int) -> Tensor:
        """[n, size, size, 3] 8-bit sRGB, each mirrored and turned at random; of the recipe's
        ``picks`` the one with most detail."""
        best = self._drawn(draws, size)
        detail = _detail(best)
        for _ in range(1, self.picks):
            other = self._drawn(draws, size)
            found = _detail(other)
            better = found > detail
            best = torch.where(better[:, None, None, None], other, best)
            detail = torch.where(better, found, detail)
        return best

    def _drawn(self, draws: Draws, size: int) -> Tensor:
        device = self.pixels.device
        chosen = torch.multinomial(
            self.chances, draws.count, replacement=True, generator=draws.generator
        )
        width = self.widths[chosen]
        top = (draws.uniform() * (self.heights[chosen] - size + 1)).long()
        left = (draws.uniform() * (width - size + 1)).long()
        along = torch.arange(size, device=device)
        rows, columns = torch.meshgrid(along, along, indexing="ij")
        turned = draws.chance(0.5, 1, 1)
        y = torch.where(turned, columns, rows)
        x = torch.where(turned, rows, columns)
        y = torch.where(draws.chance(0.5, 1, 1), size - 1 - y, y)
        x = torch.where(draws.chance(0.5, 1, 1), size - 1 - x, x)
        at = self.first[chosen, None, None] + (top[:, None, None] + y) * width[:, None, None]
        return self.pixels[at + left[:, None, None] + x]


def _detail(crops: Tensor) -> Tensor:
    """Mean step between neighbours of the green channel, in 8-bit steps."""
    green = crops[..., 1].float()
    down = green.diff(dim=1).abs().mean(dim=(1, 2))
    return down + green.diff(dim=2).abs().mean(dim=(1, 2))


def photo_scenes(crops: Tensor, sensors: Sensors, draws: Draws, config: SimulationConfig) -> Tensor:
    """Sensor values x of 8-bit crops [n, size, size, 3], before the mosaic, unclipped."""
    bright = draws.chance(config.bright_share)
    usual = draws.uniform(low=config.exposure_min_ev, high=config.exposure_max_ev)
    blown = draws.uniform(low=config.exposure_max_ev, high=config.bright_max_ev)
    exposure = torch.exp2(torch.where(bright, blown, usual))
    off = draws.uniform(3, 3) * torch.tensor(_OFF_DIAGONAL, device=crops.device)
    matrix = off + torch.diag_embed(1 - off.sum(dim=2))
    light = linearised(crops) * exposure[:, None, None, None]
    return torch.einsum("nijc,nkc->nijk", light, matrix) / sensors.white_balance[:, None, None, :]


def _levels(draws: Draws, balance: Tensor) -> Tensor:
    """Colours [n, 3]: black, white and beyond, just below white, or anything."""
    end = draws.uniform()[:, None]
    grey = balance.min(dim=1, keepdim=True).values / balance
    over = 1 + 0.5 * draws.uniform(1) * draws.chance(0.5, 1)
    near = 1 - 0.25 * draws.uniform(1).square()
    below_white = torch.where(draws.chance(0.5, 1), near.expand_as(balance), near * grey)
    value = draws.uniform(1)
    value = torch.where(draws.chance(0.5, 1), value, value.square())
    kind = draws.uniform(1)
    anything = torch.where(kind < 1 / 3, value.expand_as(balance), value / balance)
    anything = torch.where(kind < 2 / 3, anything, draws.uniform(3).square())
    level = torch.where(end < 0.42, below_white, anything)
    level = torch.where(end < 0.24, over.expand_as(balance), level)
    return torch.where(end < 0.12, torch.zeros_like(level), level)


def _distances(draws: Draws, size: int) -> Tensor:
    """Signed distances [n, size, size] from a random line through the middle of the scene."""
    along = torch.arange(size, device=draws.generator.device, dtype=torch.float32)
    angle = draws.uniform(1, 1, high=torch.pi)
    centre = draws.uniform(2, low=0.2 * size, high=0.8 * size)
    y = along[None, :, None] - centre[:, 0, None, None]
    x = along[None, None, :] - centre[:, 1, None, None]
    return y * torch.cos(angle) + x * torch.sin(angle)


def _towards(scene: Tensor, level: Tensor, share: Tensor) -> Tensor:
    return scene + (level[:, None, None, :] - scene) * share[..., None]


def _points(draws: Draws, size: int, balance: Tensor) -> Tensor:
    """Points of light [n, size, size, 3], to be added."""
    along = torch.arange(size, device=balance.device, dtype=torch.float32)
    place = draws.uniform(_STARS, 2, low=6, high=size - 6)
    radius = draws.uniform(1, 1, low=0.5, high=1.5)
    count = 3 + draws.whole(_STARS - 2)
    there = torch.arange(_STARS, device=balance.device) < count[:, None]
    colour = draws.uniform(_STARS, 3, low=0.5, high=1) / balance[:, None]
    height = 1.5 * draws.uniform(_STARS).square() * there
    rows = torch.exp(-(along - place[..., :1]).square() / (2 * radius.square()))
    columns = torch.exp(-(along - place[..., 1:]).square() / (2 * radius.square()))
    return torch.einsum("ns,nsc,nsy,nsx->nyxc", height, colour, rows, columns)


def made_scenes(draws: Draws, sensors: Sensors, size: int) -> Tensor:
    """Made scenes x, [n, size, size, 3]: flat, gradient, edges, thin lines or points of light."""
    balance = sensors.white_balance
    family = draws.uniform()
    scene = _levels(draws, balance)[:, None, None, :].expand(-1, size, size, -1)
    ramp = _distances(draws, size) / (size * draws.uniform(1, 1, low=0.3, high=3)) + 0.5
    is_ramp = ((family >= _FLAT) & (family < _GRADIENT))[:, None, None]
    scene = _towards(scene, _levels(draws, balance), ramp.clamp(0, 1) * is_ramp)
    edges = 1 + draws.whole(_EDGES)
    is_edged = (family >= _GRADIENT) & (family < _EDGED)
    for number in range(_EDGES):
        share = _distances(draws, size) / draws.uniform(1, 1, low=0.2, high=2.0) + 0.5
        there = (is_edged & (number < edges))[:, None, None]
        scene = _towards(scene, _levels(draws, balance), share.clamp(0, 1) * there)
    lines = 1 + draws.whole(_LINES)
    is_lined = (family >= _EDGED) & (family < _LINED)
    for number in range(_LINES):
        share = torch.exp(
            -(_distances(draws, size) / draws.uniform(1, 1, low=0.4, high=2.0)).square()
        )
        there = (is_lined & (number < lines))[:, None, None]
        scene = _towards(scene, _levels(draws, balance), share * there)
    starry = (family >= _LINED)[:, None, None, None]
    dimmed = scene * draws.uniform(1, 1, 1).square() + _points(draws, size, balance)
    return torch.where(starry, dimmed, scene).clamp_min(0.0)
