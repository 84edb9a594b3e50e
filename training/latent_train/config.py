# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is made of: typed settings, read from one TOML file and kept in the run folder."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

TASKS = ("raw", "demosaic", "denoise", "upscale")
REDUCTIONS = ("box", "bicubic")
LOSSES = ("absolute", "log_square")


class ConfigError(ValueError):
    """A configuration file says something that the package does not know or cannot use."""


@dataclass(frozen=True)
class NetworkConfig:
    """Shape of the network.

    ``kind`` "unet": ``widths`` has one entry a level, the last is the middle; ``blocks`` residual
    blocks a level. "body": one width at full resolution and ``blocks`` residual blocks in a row.
    ``planes`` and ``outputs`` count before unshuffling; ``scale`` enlarges.
    """

    widths: tuple[int, ...] = (48, 64, 128, 192)
    blocks: int = 2
    planes: int = 5
    unshuffle: int = 2
    kind: str = "unet"
    outputs: int = 1
    scale: int = 1


@dataclass(frozen=True)
class DataConfig:
    """Which crops are drawn; ``scales`` are [numerator, denominator, share] of a reduction by
    ``reduction``: "box", which aliases as a sensor does, or "bicubic", as pictures are made smaller
    for others to see. Of ``picks`` crops the one with most detail is used.
    """

    scales: tuple[tuple[int, int, float], ...] = ((2, 3, 0.5), (1, 2, 0.375), (1, 1, 0.125))
    patch_px: int = 128
    batch: int = 16
    picks: int = 1
    reduction: str = "box"


@dataclass(frozen=True)
class SimulationConfig:
    """Ranges of the simulated sensor. Sigmas are in u, read noise in electrons, exposure in EV.

    Shares say how many sensors have a flaw (flaws.py). Banding (standard deviation) and black-level
    error are in units of the read noise, ``green_max`` is a share of the value, ``shading_max`` the
    gain in the corner of the frame. ``camera_share`` of the sensors have the gain and read noise of
    a real camera at some ISO (cameras.py), times a factor between ``camera_factor_min`` and
    ``camera_factor_max``. ``detail_share`` of the scenes are made periodic ones and text
    (synthetic.draw_detail), for networks that demosaic.
    """

    bayer_share: float = 0.5
    xtrans_share: float = 0.35
    sigma_min: float = 0.0015
    sigma_max: float = 0.12
    read_noise_min: float = 0.5
    read_noise_max: float = 8.0
    camera_share: float = 0.0
    camera_factor_min: float = 8.0
    camera_factor_max: float = 16.0
    exposure_min_ev: float = -3.0
    exposure_max_ev: float = 0.5
    bright_share: float = 0.12
    bright_max_ev: float = 2.25
    white_balance_min: float = 1.2
    white_balance_max: float = 2.6
    bits_min: int = 10
    bits_max: int = 14
    told_error_common: float = 0.06
    told_error_term: float = 0.03
    told_error_colour: float = 0.02
    synthetic_share: float = 0.12
    detail_share: float = 0.0
    defect_share: float = 1 / 3
    defect_density_min: float = 1e-5
    defect_density_max: float = 5e-4
    banding_share: float = 0.25
    banding_min: float = 0.03
    banding_max: float = 0.5
    black_share: float = 0.25
    black_max: float = 0.5
    green_share: float = 0.25
    green_max: float = 0.02
    shading_share: float = 0.1
    shading_max: float = 2.0


@dataclass(frozen=True)
class CameraConfig:
    """Finished pictures: plain noise in one part of a batch, a whole camera in the rest.

    Sigmas of plain noise are of sRGB-encoded samples; of the camera, in u (see SimulationConfig).
    """

    plain_share: float = 0.5
    plain_sigma_max: float = 60 / 255
    wide_share: float = 0.12
    value_min: float = -0.8
    value_max: float = 2.5
    told_error: float = 0.12
    told_error_channel: float = 0.05
    sigma_min: float = 0.002
    sigma_max: float = 0.05
    exposure_min_ev: float = -2.5
    exposure_max_ev: float = 0.3
    smooth_share: float = 0.7
    chroma_blur_max: float = 4.0
    luma_smooth_share: float = 0.7
    luma_blur_max: float = 1.2
    sharpen_share: float = 0.5
    reduction_share: float = 0.6
    reduction_radius_max: int = 3
    resize_share: float = 0.35
    jpeg_share: float = 0.5
    jpeg_min: int = 75
    jpeg_max: int = 98


@dataclass(frozen=True)
class UpscaleConfig:
    """What small pictures have suffered: nothing in most crops; noise (sigma of encoded samples)
    and JPEG in the rest, of which the network is told."""

    damaged_share: float = 0.25
    noise_max: float = 12 / 255
    jpeg_share: float = 0.6
    jpeg_min: int = 50
    jpeg_max: int = 96
    frequency_weight: float = 0.0


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with warm-up and a cosine. ``loss``: one of LOSSES (loss.py), and ``last_loss`` in the
    ``last_share`` of a run; ``block_weight`` scales that of the means of blocks of each of
    ``block_px``, ``loss_floor`` is added to the noise that absolute errors are divided by.
    ``muon_widest``: convolutions up to so many rows or columns are Muon's (optimiser.py); 0 none.
    """

    learning_rate: float = 5e-4
    final_share: float = 0.02
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 1e-5
    warm_up_steps: int = 500
    gradient_norm: float = 1.0
    muon_widest: int = 0
    ema_decay: float = 0.999
    loss: str = "absolute"
    last_loss: str = "absolute"
    last_share: float = 0.0
    loss_floor: float = 0.01
    block_weight: float = 0.25
    block_px: tuple[int, ...] = (16, 64)

    def loss_at(self, progress: float) -> str:
        """The loss when so much of the budget (0..1) is spent."""
        return self.loss if progress < 1 - self.last_share else self.last_loss


@dataclass(frozen=True)
class TeacherConfig:
    """Another network of the same task, a package (network ``file``), a run's checkpoint or its
    average, whose answers count for ``share`` of the loss (teacher.py); no ``path``, no teacher."""

    path: str = ""
    file: str = "model.onnx"
    share: float = 0.5


def _one_of(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"{key} {value!r} is none of {', '.join(known)}")


@dataclass(frozen=True)
class Config:
    """One model's recipe. ``workers`` are processes that make batches; 0 is a thread. Without
    ``bf16`` a step is computed in float32 on machines that have bfloat16, too: small crops are
    faster so on a processor.
    """

    model: str = "latent-raw"
    task: str = "raw"
    seed: int = 1
    threads: int = 2
    workers: int = 0
    bf16: bool = True
    checkpoint_seconds: float = 180.0
    report_steps: int = 1000
    network: NetworkConfig = field(default_factory=NetworkConfig)
    data: DataConfig = field(default_factory=DataConfig)
    simulation: SimulationConfig = field(default_factory=SimulationConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    upscale: UpscaleConfig = field(default_factory=UpscaleConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    teacher: TeacherConfig = field(default_factory=TeacherConfig)

    def __post_init__(self) -> None:
        """Errors: ConfigError for an unknown task, reduction or loss, no picks, a patch that blocks
        do not divide, a share that is none.
        """
        _one_of("task", self.task, TASKS)
        _one_of("reduction", self.data.reduction, REDUCTIONS)
        _one_of("loss", self.optimiser.loss, LOSSES)
        _one_of("last_loss", self.optimiser.last_loss, LOSSES)
        for key, share in (
            ("camera_share", self.simulation.camera_share),
            ("the teacher's share", self.teacher.share),
        ):
            if not 0 <= share <= 1:
                raise ConfigError(f"{key} {share} is not between 0 and 1")
        if self.data.picks < 1:
            raise ConfigError(f"picks {self.data.picks} is not at least 1")
        if any(self.data.patch_px % size for size in self.optimiser.block_px):
            raise ConfigError(f"patch_px {self.data.patch_px} is no multiple of every block_px")

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, as they stand in a checkpoint and in training.json."""
        return dataclasses.asdict(self)


def reduced_before(config: Config, factor: Fraction) -> Config:
    """The recipe for pictures that have been made smaller by ``factor`` (2/3) already: its scales
    over that, and those that would enlarge as they are."""
    scales = []
    for numerator, denominator, share in config.data.scales:
        left = min(Fraction(numerator, denominator) / factor, Fraction(1))
        scales.append((left.numerator, left.denominator, share))
    return dataclasses.replace(config, data=dataclasses.replace(config.data, scales=tuple(scales)))


_SECTIONS = {
    "network": NetworkConfig,
    "data": DataConfig,
    "simulation": SimulationConfig,
    "camera": CameraConfig,
    "upscale": UpscaleConfig,
    "optimiser": OptimiserConfig,
    "teacher": TeacherConfig,
}


def frozen(value: Any) -> Any:
    """Lists, as TOML and checkpoints have them, become tuples, as recipes have them."""
    return tuple(frozen(item) for item in value) if isinstance(value, list | tuple) else value


def read_recipe(path: Path) -> dict[str, Any]:
    """The nested dictionaries of a TOML recipe. Errors: ConfigError for broken TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error


def config_from_dict(values: dict[str, Any]) -> Config:
    """Build a Config from nested dictionaries.

    Errors: ConfigError for a key that no section knows.
    """
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        section = _SECTIONS.get(key)
        if section is None:
            arguments[key] = frozen(value)
            continue
        try:
            arguments[key] = section(**{name: frozen(item) for name, item in value.items()})
        except TypeError as error:
            raise ConfigError(f"section [{key}]: {error}") from error
    try:
        return Config(**arguments)
    except TypeError as error:
        raise ConfigError(str(error)) from error


def differences(old: Config, new: Config) -> dict[str, list[Any]]:
    """What differs, as ``section.key: [old, new]``."""
    before, after = _flat(old.as_dict()), _flat(new.as_dict())
    return {key: [before[key], after[key]] for key in before if before[key] != after[key]}


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def load_config(path: Path) -> Config:
    """Read a TOML recipe. Errors: ConfigError for unknown keys or broken TOML."""
    return config_from_dict(read_recipe(path))
