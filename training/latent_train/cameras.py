# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise of real cameras: how it grows with ISO, and how cameras differ.

From the table that the program has too, ``src/raw/camera_noise.txt``. Its numbers are those of
demosaiced pictures, so every drawn camera gets a factor of its own, evenly by logarithm: what is
true of the table is the growth with ISO and the spread between cameras, not the level.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latent_train.config import ConfigError, SimulationConfig
from latent_train.pictures import sha256
from latent_train.types import FloatArray

TABLE = Path(__file__).resolve().parents[2] / "src" / "raw" / "camera_noise.txt"
_SOURCE = "darktable, data/noiseprofiles.json, 275833583a1518aa2ac53cf73d203b2cb2a6566d"


@dataclass(frozen=True)
class Cameras:
    """Entries of all cameras by ISO, [cameras, entries], the last one repeated where a camera has
    fewer. ``a`` and ``b`` as the table has them."""

    names: tuple[str, ...]
    iso: FloatArray
    a: FloatArray
    b: FloatArray


def read_cameras(path: Path = TABLE) -> Cameras:
    """The cameras of a table.

    Errors: ConfigError where there is no such file, or none in it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(
            f"camera_share needs the table of cameras, {path}: {error.strerror}; train from a "
            "clone of the repository, or set camera_share = 0"
        ) from error
    names, rows = [], []
    for line in lines:
        if line.startswith("camera "):
            maker, model, numbers = line.removeprefix("camera ").split("|")
            names.append(f"{maker} {model}")
            rows.append([[float(number) for number in e.split()] for e in numbers.split(",")])
    if not rows:
        raise ConfigError(f"{path} has no cameras")
    longest = max(len(row) for row in rows)
    filled = np.array([row + [row[-1]] * (longest - len(row)) for row in rows])
    return Cameras(tuple(names), *(np.ascontiguousarray(filled[..., k]) for k in range(3)))


@functools.cache
def known_cameras() -> Cameras:
    """Those of the repository's table, read once. Errors: as ``read_cameras``."""
    return read_cameras()


def noise_of(
    cameras: Cameras, index: Tensor, share: Tensor, factor: Tensor
) -> tuple[Tensor, Tensor]:
    """a and b of photosites, [n]: of cameras ``index``, at an ISO that ``share`` (0..1) finds by
    logarithm between the least and the most of each, times ``factor``."""
    device, at = index.device, index.cpu().numpy()
    iso, a, b = (
        torch.from_numpy(values[at]).to(device, torch.float32)
        for values in (np.log(cameras.iso), cameras.a, cameras.b)
    )
    wanted = iso[:, :1] + share[:, None] * (iso[:, -1:] - iso[:, :1])
    above = torch.searchsorted(iso, wanted).clamp(0, iso.shape[1] - 1)
    below = (above - 1).clamp_min(0)
    low, high = (torch.exp(torch.gather(iso, 1, k)) for k in (below, above))
    part = ((torch.exp(wanted) - low) / (high - low).clamp_min(1e-6)).clamp(0, 1)

    def between(values: Tensor) -> Tensor:
        first, last = torch.gather(values, 1, below), torch.gather(values, 1, above)
        return (factor[:, None] * (first + part * (last - first)))[:, 0]

    return between(a), between(b)


def as_trained(
    a: Tensor, b: Tensor, usual_b: Tensor, config: SimulationConfig
) -> tuple[Tensor, Tensor]:
    """Within the range that the recipe promises. A camera whose b could not be measured (0) gets
    ``usual_b``, which is drawn as for cameras that are not from the table, for this a."""
    least, most = (2 * config.sigma_min) ** 2, (2 * config.sigma_max) ** 2
    held = a.clamp(least, most)
    read = torch.where(b > 0, b * (held / a) ** 2, usual_b * (held / a) ** 2)
    return held, torch.minimum(read, (config.read_noise_max * held) ** 2)


def draw(
    rng: np.random.Generator, electrons: float, config: SimulationConfig
) -> tuple[float, float]:
    """a and b of one camera of the table at one ISO; ``electrons`` of read noise where it has
    none."""
    cameras = known_cameras()
    index = torch.tensor([int(rng.integers(len(cameras.names)))])
    share = torch.tensor([rng.random()], dtype=torch.float32)
    factor = torch.exp(
        torch.tensor(
            [rng.uniform(np.log(config.camera_factor_min), np.log(config.camera_factor_max))]
        )
    ).float()
    a, b = noise_of(cameras, index, share, factor)
    a, b = as_trained(a, b, (electrons * a) ** 2, config)
    return float(a[0]), float(b[0])


def provenance(config: SimulationConfig) -> dict[str, Any]:
    """What a package says of the table; nothing where no camera is drawn from it."""
    if config.camera_share <= 0:
        return {}
    facts = {
        "source": _SOURCE,
        "licence": "GPL-3.0-or-later",
        "table_sha256": sha256(TABLE),
        "cameras": len(known_cameras().names),
        "share": config.camera_share,
        "factor": [config.camera_factor_min, config.camera_factor_max],
    }
    return {"camera_noise": facts}
