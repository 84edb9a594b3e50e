# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe of the network for clicks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latent_train.config import (
    ConfigError,
    NetworkConfig,
    OptimiserConfig,
    frozen,
    read_recipe,
)

PLANES = 10
"""Red, green, blue, discs and surroundings of clicks on and off the object (4), box, mask before,
the built-in selector's answer."""


def _network() -> NetworkConfig:
    return NetworkConfig(
        widths=(32, 48, 96, 128, 160), blocks=1, planes=PLANES, outputs=1, unshuffle=4
    )


@dataclass(frozen=True)
class CaseConfig:
    """Which objects are cut out, and what is made of them."""

    longest_px: int = 512  # of the pictures, as they are kept
    least_share: float = 0.005  # of the picture that an object has
    most_share: float = 0.7
    composites: int = 200  # objects on other photographs
    shapes: int = 80  # made shapes, filled with another photograph
    clicks: int = 5  # recorded of each object
    stray: float = 0.3  # of the clicks lie anywhere, not where the selector is wrong
    hold_out: int = 8  # every eighth photograph is for judging alone


@dataclass(frozen=True)
class SampleConfig:
    """How a case becomes what the network sees."""

    margin: tuple[float, float] = (1.2, 2.4)  # side of the crop over that of what was found
    least_share: float = 0.09375  # side of a crop over the picture's longest
    without_selector: float = 0.1  # samples that do not get the selector's answer
    with_box: float = 0.1  # samples that get a box
    asked_before: float = 0.5  # batches in which the network answers the clicks before, first
    batch: int = 8


@dataclass(frozen=True)
class ClickConfig:
    """A whole recipe."""

    seed: int = 1
    side_px: int = 256
    threads: int = 2
    network: NetworkConfig = field(default_factory=_network)
    cases: CaseConfig = field(default_factory=CaseConfig)
    samples: SampleConfig = field(default_factory=SampleConfig)
    optimiser: OptimiserConfig = field(
        default_factory=lambda: OptimiserConfig(
            learning_rate=2e-3, warm_up_steps=100, ema_decay=0.995, muon_widest=256, block_px=()
        )
    )
    report_steps: int = 250
    checkpoint_seconds: int = 120

    def __post_init__(self) -> None:
        """Errors: ConfigError for a square that the network does not divide."""
        stride = self.network.unshuffle * 2 ** (len(self.network.widths) - 1)
        if self.side_px % stride:
            raise ConfigError(f"side_px {self.side_px} is no multiple of {stride}")
        if self.network.planes != PLANES:
            raise ConfigError(f"the network has {self.network.planes} planes, not {PLANES}")

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, as they stand in a checkpoint."""
        return dataclasses.asdict(self)


_SECTIONS: dict[str, Any] = {
    "network": NetworkConfig,
    "cases": CaseConfig,
    "samples": SampleConfig,
    "optimiser": OptimiserConfig,
}


def config_from_dict(values: dict[str, Any]) -> ClickConfig:
    """Build a recipe from nested dictionaries; what a section leaves out is this recipe's default.

    Errors: ConfigError for a key that no section has.
    """
    plain = ClickConfig()
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        try:
            if key in _SECTIONS:
                given = {name: frozen(item) for name, item in value.items()}
                arguments[key] = dataclasses.replace(getattr(plain, key), **given)
            else:
                arguments[key] = frozen(value)
        except TypeError as error:
            raise ConfigError(f"section [{key}]: {error}") from error
    try:
        return ClickConfig(**arguments)
    except TypeError as error:
        raise ConfigError(str(error)) from error


def load_config(path: Path) -> ClickConfig:
    """Read a TOML recipe. Errors: ConfigError for unknown keys or broken TOML."""
    return config_from_dict(read_recipe(path))
