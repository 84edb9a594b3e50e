# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated sensor of ``simulate.py`` for a whole batch at once, on the device that trains.

Every sample of a batch has a sensor of its own. All functions are pure but for the generator, and
take and give float32 tensors on its device. Units as in ``noise.py``: x is linear, 0 is black and
1 is white.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latent_train import cameras, mosaic, noise
from latent_train.config import SimulationConfig

KINDS = ("bayer", "xtrans", "mono")
_PERIOD = 6


@dataclass(frozen=True)
class Draws:
    """Random numbers of a batch of ``count`` on the device of ``generator``."""

    generator: torch.Generator
    count: int

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """[count, *shape] between low and high."""
        drawn = torch.rand(
            (self.count, *shape), generator=self.generator, device=self.generator.device
        )
        return low + (high - low) * drawn

    def normal(self, *shape: int) -> Tensor:
        """[count, *shape] with mean 0 and variance 1."""
        return torch.randn(
            (self.count, *shape), generator=self.generator, device=self.generator.device
        )

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """[count, *shape] between low and high, evenly by logarithm."""
        return torch.exp(self.uniform(*shape, low=math.log(low), high=math.log(high)))

    def whole(self, end: int, *shape: int) -> Tensor:
        """[count, *shape] of 0 .. end - 1."""
        size = (self.count, *shape)
        return torch.randint(end, size, generator=self.generator, device=self.generator.device)

    def chance(self, share: float, *shape: int) -> Tensor:
        """[count, *shape], true in this share."""
        return self.uniform(*shape) < share


@dataclass(frozen=True)
class Sensors:
    """The cameras of a batch, one row each; meanings as in ``simulate.Sensor`` and ``flaws.Flaws``.

    Shapes: ``kind``, ``a``, ``b``, ``bits``, ``green``, ``shading`` [n]; ``phase``, ``centre``,
    ``band`` [n, 2] (rows, columns); ``white_balance``, ``told_a``, ``told_b``, ``black`` [n, 3].
    """

    kind: Tensor
    phase: Tensor
    white_balance: Tensor
    a: Tensor
    b: Tensor
    bits: Tensor
    told_a: Tensor
    told_b: Tensor
    band: Tensor
    black: Tensor
    green: Tensor
    shading: Tensor
    centre: Tensor


def _of_cameras(
    draws: Draws, a: Tensor, b: Tensor, electrons: Tensor, config: SimulationConfig
) -> tuple[Tensor, Tensor]:
    """a and b with a share of them as real cameras have them, as ``cameras.draw`` does."""
    known = cameras.known_cameras()
    factor = draws.log_uniform(config.camera_factor_min, config.camera_factor_max)
    real_a, real_b = cameras.noise_of(known, draws.whole(len(known.names)), draws.uniform(), factor)
    real_a, real_b = cameras.as_trained(real_a, real_b, (electrons * real_a) ** 2, config)
    chosen = draws.chance(config.camera_share)
    return torch.where(chosen, real_a, a), torch.where(chosen, real_b, b)


def draw_sensors(draws: Draws, config: SimulationConfig) -> Sensors:
    """Random cameras, distributed as ``simulate.draw_sensor`` and ``flaws.draw_flaws`` do."""
    device = draws.generator.device
    value = draws.uniform()
    kind = (value >= config.bayer_share).long()
    kind += (value >= config.bayer_share + config.xtrans_share).long()
    balance = torch.ones((draws.count, 3), device=device)
    balance[:, 0::2] = draws.uniform(2, low=config.white_balance_min, high=config.white_balance_max)
    balance = torch.where((kind == KINDS.index("mono"))[:, None], torch.ones_like(balance), balance)
    a = (2 * draws.log_uniform(config.sigma_min, config.sigma_max)) ** 2
    electrons = draws.log_uniform(config.read_noise_min, config.read_noise_max)
    b = (electrons * a) ** 2
    if config.camera_share > 0:
        a, b = _of_cameras(draws, a, b, electrons, config)
    bits = config.bits_min + draws.whole(config.bits_max - config.bits_min + 1)
    read_sigma = torch.sqrt(b)[:, None]
    band = draws.log_uniform(config.banding_min, config.banding_max, 2) * draws.chance(0.6, 2)
    band = band * read_sigma * draws.chance(config.banding_share, 1)
    black = draws.uniform(3, low=-1) * config.black_max * read_sigma
    black = black * draws.chance(config.black_share, 1)
    green = draws.uniform(low=-1) * config.green_max * draws.chance(config.green_share)
    green = green * (kind == KINDS.index("bayer"))
    shaded = draws.chance(config.shading_share)
    shading = torch.where(shaded, draws.uniform(low=1, high=config.shading_max), torch.ones_like(a))
    centre = draws.uniform(2, low=-1) * torch.tensor([0.55, 0.83], device=device)
    gain = 1 + (shading - 1) / 3
    common = config.told_error_common * draws.normal(1)
    colour = config.told_error_colour * draws.normal(3)
    told_a = (a * gain)[:, None]
    told_a = told_a * torch.exp(2 * (common + colour + config.told_error_term * draws.normal(1)))
    rounding = (1 / (torch.exp2(bits.float()) - 1)) ** 2 / 12
    told_b = (b * gain**2 + band.square().sum(dim=1) + rounding)[:, None]
    told_b = told_b * torch.exp(2 * (common + colour + config.told_error_term * draws.normal(1)))
    return Sensors(
        kind, draws.whole(_PERIOD, 2), balance, a, b, bits, told_a, told_b, band, black, green,
        shading, centre,
    )  # fmt: skip


def _patterns(device: torch.device) -> Tensor:
    tables = []
    for kind in KINDS:
        pattern = torch.from_numpy(mosaic.PATTERNS[kind])
        repeats = (_PERIOD // pattern.shape[0], _PERIOD // pattern.shape[1])
        tables.append(pattern.repeat(*repeats))
    return torch.stack(tables).to(device)


def colour_maps(sensors: Sensors, size: int) -> Tensor:
    """Colour index (0 red, 1 green, 2 blue) of every site, [n, size, size]."""
    along = torch.arange(size, device=sensors.kind.device)
    rows = (along[None] + sensors.phase[:, :1]) % _PERIOD
    columns = (along[None] + sensors.phase[:, 1:]) % _PERIOD
    tables = _patterns(sensors.kind.device)
    return tables[sensors.kind[:, None, None], rows[:, :, None], columns[:, None, :]]


def of_sites(values: Tensor, colours: Tensor) -> Tensor:
    """The value [n, 3] of each site's colour, [n, size, size]."""
    return torch.gather(values, 1, colours.flatten(1)).view_as(colours)


def sampled(scene: Tensor, sensors: Sensors, colours: Tensor) -> Tensor:
    """[n, size, size, 3] to what each site measures; a mono sensor sees the mean of the three."""
    sites = torch.gather(scene, 3, colours[..., None])[..., 0]
    is_mono = (sensors.kind == KINDS.index("mono"))[:, None, None]
    sites = torch.where(is_mono, scene.mean(dim=3), sites)
    with_red = (colours == mosaic.RED).any(dim=2, keepdim=True)
    green = sensors.green[:, None, None]
    factor = torch.where(with_red, 1 + green, 1 - green)
    return torch.where(colours == mosaic.GREEN, sites * factor, sites)


def shading_gain(sensors: Sensors, size: int) -> Tensor:
    """Gain of every site, [n, size, size]; 2,000 pixels are half the frame's diagonal."""
    along = (torch.arange(size, device=sensors.kind.device) - size / 2) / 2000
    y = sensors.centre[:, 0, None] + along
    x = sensors.centre[:, 1, None] + along
    distance = y.square()[:, :, None] + x.square()[:, None, :]
    return 1 + (sensors.shading - 1)[:, None, None] * distance


def with_defects(x: Tensor, draws: Draws, config: SimulationConfig) -> Tensor:
    """Hot and dead sites in a share of the samples, as ``simulate.add_defects`` makes them."""
    size = x.shape[1]
    density = draws.log_uniform(config.defect_density_min, config.defect_density_max, 1, 1)
    sites = draws.uniform(size, size) < density
    sites &= draws.chance(config.defect_share, 1, 1)
    height = draws.uniform(size, size).square()
    damaged = torch.where(draws.chance(0.8, size, size), x + 1.2 * height, x * height)
    return torch.where(sites, damaged, x)


def clipped_mean(x: Tensor, variance: Tensor, third: Tensor) -> Tensor:
    """``noise.clipped_mean`` for tensors."""
    sigma = torch.sqrt(variance).clamp_min(1e-9)
    below = (1 - x) / sigma
    density = torch.exp(-0.5 * below.square()) / math.sqrt(2 * math.pi)
    skewed = third * below * density / (6 * sigma.square())
    clipped: Tensor = torch.special.ndtr(-below)
    return x - sigma * (density - below * clipped) - skewed


def encoded(x: Tensor, A: Tensor, B: Tensor) -> Tensor:
    """``noise.encode`` for tensors."""
    return torch.sqrt((x + 0.375 * A + B / A).clamp_min(0.0))


def exposed(
    scene: Tensor, sensors: Sensors, draws: Draws, config: SimulationConfig
) -> tuple[Tensor, Tensor]:
    """Photograph scenes [n, size, size, 3] of x: planes [n, 5, size, size] as the network sees them
    (u, sigma_u, is_red, is_green, is_blue), and the truth [n, 1, size, size]."""
    size = scene.shape[1]
    colours = colour_maps(sensors, size)
    clean = sampled(scene, sensors, colours)
    gain = shading_gain(sensors, size)
    a, b = sensors.a[:, None, None], sensors.b[:, None, None]
    black = of_sites(sensors.black, colours)
    light = (clean / gain / a).clamp_min(0.0)
    shot = torch.poisson(light, generator=draws.generator) * a
    noisy = (shot + draws.normal(size, size) * torch.sqrt(b)) * gain
    noisy = noisy + draws.normal(size, 1) * sensors.band[:, :1, None]
    noisy = noisy + draws.normal(1, size) * sensors.band[:, 1:, None] + black
    noisy = with_defects(noisy, draws, config)
    levels = torch.exp2(sensors.bits.float())[:, None, None] - 1
    counted = torch.round(noisy.clamp_max(1.0) * levels) / levels
    balance = of_sites(sensors.white_balance, colours)
    A = balance * of_sites(sensors.told_a, colours)
    B = balance.square() * of_sites(sensors.told_b, colours)
    banding = sensors.band.square().sum(dim=1)[:, None, None]
    variance = gain * a * clean + gain.square() * b + banding
    mean = clipped_mean(clean + black, variance, gain.square() * a.square() * clean)
    is_colour = [(colours == colour).float() for colour in range(3)]
    planes = torch.stack([encoded(balance * counted, A, B), torch.sqrt(A) / 2, *is_colour], dim=1)
    return planes, encoded(balance * mean, A, B)[:, None]


def linearised(encoded_srgb: Tensor) -> Tensor:
    """8-bit sRGB samples to linear light in 0..1, float32."""
    table = torch.from_numpy(noise.linearise_srgb(torch.arange(256).numpy() / 255.0))
    return table.to(encoded_srgb.device)[encoded_srgb.long()]
