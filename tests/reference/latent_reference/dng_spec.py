# SPDX-License-Identifier: GPL-3.0-or-later
"""What a synthetic DNG shall say: plain values, each with the meaning of the tag it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from latent_reference import cfa

Matrix = npt.NDArray[np.float64]

# XYZ (D65) <-> linear sRGB, IEC 61966-2-1.
SRGB_TO_XYZ_D65: Matrix = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
# The same primaries adapted to D50 (Bradford), for ForwardMatrix.
SRGB_TO_XYZ_D50: Matrix = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
     [0.0139322, 0.0971045, 0.7141733]]
)  # fmt: skip
# The camera of the protocol for numbers: sRGB -> camera, rows summing to 1.
PROTOCOL_MIX: Matrix = np.array([[0.8, 0.15, 0.05], [0.12, 0.8, 0.08], [0.03, 0.2, 0.77]])


@dataclass(frozen=True)
class Geometry:
    """The whole buffer and the parts of it that are seen.

    active   (top, left, bottom, right) of ActiveArea, in buffer coordinates
    crop     (x, y, width, height) of DefaultCrop inside the active area
    """

    width: int
    height: int
    active: tuple[int, int, int, int]
    crop: tuple[int, int, int, int]

    @classmethod
    def with_margins(
        cls,
        width: int,
        height: int,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
        inset: int = 0,
    ) -> Geometry:
        """A visible width x height with (top, left, bottom, right) masked margins around it.

        `inset` cuts the default crop by so many pixels on every side.
        """
        top, left, bottom, right = margins
        return cls(
            width=left + width + right,
            height=top + height + bottom,
            active=(top, left, top + height, left + width),
            crop=(inset, inset, width - 2 * inset, height - 2 * inset),
        )


@dataclass(frozen=True)
class Levels:
    """Sample levels; `black` [repeat_y, repeat_x] repeats from the corner of the active area."""

    bits: int = 14
    white: int = 16383
    black: tuple[tuple[float, ...], ...] = ((512.0,),)
    linearization: tuple[int, ...] = ()
    black_delta_h: tuple[float, ...] = ()
    black_delta_v: tuple[float, ...] = ()

    @property
    def largest_sample(self) -> int:
        """The largest sample that the file can hold: 2^bits - 1, be white where it may."""
        return (1 << self.bits) - 1


@dataclass(frozen=True)
class CameraColour:
    """A camera that sees diag(1/wb) * mix * linear sRGB under D65.

    `second_illuminant` adds ColorMatrix2 (and 1 becomes standard light A, slightly redder);
    `forward` adds ForwardMatrix; `calibration` adds CameraCalibration (a diagonal near 1).
    """

    wb: tuple[float, float, float] = (2.0, 1.0, 1.6)
    mix: Matrix = field(default_factory=lambda: PROTOCOL_MIX)
    second_illuminant: bool = False
    forward: bool = False
    calibration: bool = False

    def color_matrix(self) -> Matrix:
        """XYZ (D65) -> camera [3, 3], scaled so that the camera's white has the maximum 1."""
        matrix = np.diag(1.0 / np.array(self.wb)) @ self.mix @ np.linalg.inv(SRGB_TO_XYZ_D65)
        return np.asarray(matrix / (1.0 / np.array(self.wb)).max())

    def as_shot_neutral(self) -> Matrix:
        """What a neutral surface gives in the camera's own values, largest 1 [3]."""
        neutral = 1.0 / np.array(self.wb)
        return np.asarray(neutral / neutral.max())

    def forward_matrix(self) -> Matrix:
        """White-balanced camera -> XYZ (D50) [3, 3]."""
        return np.asarray(SRGB_TO_XYZ_D50 @ np.linalg.inv(self.mix))


@dataclass(frozen=True)
class Metadata:
    """Everything about the photo that is not its pixels.

    `blocks` are names of `dng_metadata.BLOCKS`, or "adobe" instead of "maker".
    """

    make: str = "Latent"
    model: str = "Synthetic One"
    iso: int = 800
    orientation: int = 1
    blocks: frozenset[str] = frozenset({"exif"})


@dataclass(frozen=True)
class Storage:
    """How samples lie in the file: 'none' in strips, or 'ljpeg' (SOF3) in square tiles."""

    compression: str = "none"
    tile: int = 256
    rows_per_strip: int = 64
    order: str = "<"
    preview: bool = False


@dataclass(frozen=True)
class DngSpec:
    """A whole file. `pattern` None means LinearRaw with three samples; 1x1 means mono LinearRaw."""

    geometry: Geometry
    pattern: cfa.IntArray | None
    levels: Levels = field(default_factory=Levels)
    colour: CameraColour = field(default_factory=CameraColour)
    noise_profile: tuple[tuple[float, float], ...] = ()
    baseline_exposure: float | None = None
    opcode_list1: bytes = b""
    opcode_list2: bytes = b""
    opcode_list3: bytes = b""
    metadata: Metadata = field(default_factory=Metadata)
    storage: Storage = field(default_factory=Storage)

    @property
    def is_mono(self) -> bool:
        """One sample a pixel and no filters."""
        return self.pattern is not None and self.pattern.size == 1

    @property
    def samples_per_pixel(self) -> int:
        """3 for linear RGB, else 1."""
        return 3 if self.pattern is None else 1
