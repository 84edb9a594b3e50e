# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a synthetic DNG 1.4 from a `DngSpec` and a source of sample rows.

Source   Adobe DNG Specification 1.4.0.0 (tags), TIFF 6.0 (structure), TIFF/EP (CFA tags).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from latent_reference import dng_metadata, ljpeg
from latent_reference.dng_spec import DngSpec
from latent_reference.tiff import (
    BYTE,
    DOUBLE,
    LONG,
    RATIONAL,
    SHORT,
    SRATIONAL,
    UNDEFINED,
    Ifd,
    TiffWriter,
)

Samples = npt.NDArray[np.uint16]
Rows = Callable[[int, int], Samples]
"""rows(y0, y1) -> uint16 [y1-y0, width], or [.., width, 3] for linear RGB; called top to bottom."""

SUB_IFDS = 330
PHOTOMETRIC_CFA, PHOTOMETRIC_LINEAR_RAW = 32803, 34892
D65, STANDARD_LIGHT_A = 21, 17


def rows_of(samples: Samples) -> Rows:
    """The row source of a picture that stands in memory."""
    return lambda y0, y1: samples[y0:y1]


def write_dng(path: Path, spec: DngSpec, rows: Rows, picture: Samples | None = None) -> None:
    """Writes the file; `picture` uint8 [h, w, 3] is the preview if the storage asks for one.

    Errors   ValueError when the file would pass 4 GiB, OSError as the system says.
    """
    with path.open("wb") as stream:
        writer = TiffWriter(stream, spec.storage.order)
        raw = Ifd()
        _put_structure(raw, spec)
        _put_levels(raw, spec)
        _write_samples(writer, raw, spec, rows)
        first = raw
        if spec.storage.preview:
            first = _preview_directories(writer, raw, picture)
        _put_identity(first, spec)
        _put_colour(first, spec)
        dng_metadata.put(first, spec.metadata, spec.storage.order)
        writer.finish(writer.write_ifd(first))


def _put_structure(raw: Ifd, spec: DngSpec) -> None:
    geometry = spec.geometry
    mosaic = spec.pattern is not None and not spec.is_mono
    raw.put(254, LONG, 0)  # NewSubfileType: the full picture
    raw.put(256, LONG, geometry.width)
    raw.put(257, LONG, geometry.height)
    raw.put(258, SHORT, *[16] * spec.samples_per_pixel)
    raw.put(259, SHORT, 7 if spec.storage.compression == "ljpeg" else 1)
    raw.put(262, SHORT, PHOTOMETRIC_CFA if mosaic else PHOTOMETRIC_LINEAR_RAW)
    raw.put(277, SHORT, spec.samples_per_pixel)
    raw.put(284, SHORT, 1)  # PlanarConfiguration: chunky
    raw.put(339, SHORT, *[1] * spec.samples_per_pixel)  # SampleFormat: unsigned
    raw.put(50829, LONG, *geometry.active)  # ActiveArea
    raw.put(50718, RATIONAL, 1, 1)  # DefaultScale
    x, y, width, height = geometry.crop
    raw.put(50719, LONG, x, y)  # DefaultCropOrigin
    raw.put(50720, LONG, width, height)  # DefaultCropSize
    if mosaic and spec.pattern is not None:
        raw.put(33421, SHORT, *spec.pattern.shape)  # CFARepeatPatternDim
        raw.put_bytes(33422, spec.pattern.astype(np.uint8).tobytes(), BYTE)  # CFAPattern
        raw.put(50710, BYTE, *range(max(3, int(spec.pattern.max()) + 1)))  # CFAPlaneColor
        raw.put(50711, SHORT, 1)  # CFALayout: rectangular
    for tag, opcodes in (
        (51008, spec.opcode_list1),
        (51009, spec.opcode_list2),
        (51022, spec.opcode_list3),
    ):
        if opcodes:
            raw.put_bytes(tag, opcodes, UNDEFINED)


def _put_levels(raw: Ifd, spec: DngSpec) -> None:
    levels = spec.levels
    black = np.array(levels.black, dtype=np.float64)
    raw.put(50713, SHORT, *black.shape)  # BlackLevelRepeatDim
    values = np.repeat(black.ravel(), spec.samples_per_pixel)
    whole = bool((values == np.floor(values)).all())
    raw.put(50714, LONG if whole else RATIONAL, *values)  # BlackLevel
    raw.put(50717, LONG, *[levels.white] * spec.samples_per_pixel)  # WhiteLevel
    if levels.linearization:
        raw.put(50712, SHORT, *levels.linearization)
    if spec.noise_profile:
        flat = [v for pair in spec.noise_profile for v in pair]
        raw.put(51041, DOUBLE, *flat)  # NoiseProfile: S, O of each colour
    if levels.black_delta_h:
        raw.put(50715, SRATIONAL, *levels.black_delta_h)
    if levels.black_delta_v:
        raw.put(50716, SRATIONAL, *levels.black_delta_v)


def _put_identity(first: Ifd, spec: DngSpec) -> None:
    meta = spec.metadata
    first.put(50706, BYTE, 1, 4, 0, 0)  # DNGVersion
    first.put(50707, BYTE, 1, 3, 0, 0)  # DNGBackwardVersion
    first.put_text(271, meta.make)
    first.put_text(272, meta.model)
    first.put_text(50708, f"{meta.make} {meta.model}")  # UniqueCameraModel
    first.put(274, SHORT, meta.orientation)


def _put_colour(first: Ifd, spec: DngSpec) -> None:
    if spec.baseline_exposure is not None:
        first.put(50730, SRATIONAL, spec.baseline_exposure)
    if spec.is_mono:
        return
    colour = spec.colour
    matrix, neutral = colour.color_matrix(), colour.as_shot_neutral()
    four = spec.pattern is not None and int(spec.pattern.max()) == 3
    if four:  # the fourth colour sees what green sees, a little less
        matrix, neutral = np.vstack([matrix, 0.9 * matrix[1]]), np.append(neutral, 0.9 * neutral[1])
    first.put(50728, RATIONAL, *neutral)  # AsShotNeutral
    if colour.second_illuminant:
        warmer = np.diag([1.1, 1.0, 0.9] + [1.0] * four) @ matrix
        first.put(50721, SRATIONAL, *warmer.ravel())  # ColorMatrix1
        first.put(50778, SHORT, STANDARD_LIGHT_A)
        first.put(50722, SRATIONAL, *matrix.ravel())  # ColorMatrix2
        first.put(50779, SHORT, D65)
    else:
        first.put(50721, SRATIONAL, *matrix.ravel())
        first.put(50778, SHORT, D65)
    if colour.forward and not four:
        forward = colour.forward_matrix().ravel()
        first.put(50964, SRATIONAL, *forward)  # ForwardMatrix1
        if colour.second_illuminant:
            first.put(50965, SRATIONAL, *forward)
    if colour.calibration and not four:
        first.put(50723, SRATIONAL, *np.diag([1.01, 1.0, 0.99]).ravel())  # CameraCalibration1
        if colour.second_illuminant:
            first.put(50724, SRATIONAL, *np.diag([1.01, 1.0, 0.99]).ravel())
        first.put_text(50931, "org.latent.synthetic")  # CameraCalibrationSignature
        first.put_text(50932, "org.latent.synthetic")  # ProfileCalibrationSignature


def _write_samples(writer: TiffWriter, raw: Ifd, spec: DngSpec, rows: Rows) -> None:
    tiled = spec.storage.compression == "ljpeg"
    step = spec.storage.tile if tiled else spec.storage.rows_per_strip
    components = spec.samples_per_pixel if spec.pattern is None or spec.is_mono else 2
    offsets: list[int] = []
    sizes: list[int] = []
    for y0 in range(0, spec.geometry.height, step):
        band = rows(y0, min(spec.geometry.height, y0 + step))
        chunks = _tiles(band, step, components) if tiled else [_plain(band, spec.storage.order)]
        for chunk in chunks:
            offsets.append(writer.write(chunk))
            sizes.append(len(chunk))
    if tiled:
        raw.put(322, LONG, step)  # TileWidth
        raw.put(323, LONG, step)
        raw.put(324, LONG, *offsets)
        raw.put(325, LONG, *sizes)
    else:
        raw.put(278, LONG, step)  # RowsPerStrip
        raw.put(273, LONG, *offsets)
        raw.put(279, LONG, *sizes)


def _plain(band: Samples, order: str) -> bytes:
    return np.ascontiguousarray(band).astype(order + "u2").tobytes()


def _tiles(band: Samples, side: int, components: int) -> list[bytes]:
    """Lossless JPEG of every tile of a band, its edge repeated to fill the last ones.

    A mosaic is coded as two components, as cameras and converters do, and linear RGB as its three;
    mono as one, since LibRaw 0.20 reads one-sample LinearRaw of two components wrongly.
    """
    height, width = band.shape[:2]
    fill = [(0, side - height), (0, -width % side)] + [(0, 0)] * (band.ndim - 2)
    full = np.pad(band, fill, mode="edge")
    return [
        ljpeg.encode(full[:, x : x + side].reshape(side, -1), components)
        for x in range(0, full.shape[1], side)
    ]


def _preview_directories(writer: TiffWriter, raw: Ifd, picture: Samples | None) -> Ifd:
    """IFD0 a thumbnail, its children the raw and a JPEG preview, as cameras lay them out."""
    if picture is None:
        raise ValueError("a preview is asked for but no picture is given")
    image = Image.fromarray(picture.astype(np.uint8))
    thumbnail = image.copy()
    thumbnail.thumbnail((256, 256))
    first, preview = Ifd(), Ifd()
    data = thumbnail.tobytes()
    _put_rgb(first, thumbnail, writer.write(data), len(data), compression=1)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=90, subsampling=0)
    _put_rgb(preview, image, writer.write(jpeg.getvalue()), len(jpeg.getvalue()), compression=7)
    preview.put(50970, LONG, 2)  # PreviewColorSpace: sRGB
    first.children[SUB_IFDS] = [raw, preview]
    return first


def _put_rgb(ifd: Ifd, image: Image.Image, offset: int, size: int, compression: int) -> None:
    ifd.put(254, LONG, 1)  # NewSubfileType: a reduced picture
    ifd.put(256, LONG, image.width)
    ifd.put(257, LONG, image.height)
    ifd.put(258, SHORT, 8, 8, 8)
    ifd.put(259, SHORT, compression)
    ifd.put(262, SHORT, 2 if compression == 1 else 6)  # RGB, or YCbCr inside the JPEG
    ifd.put(273, LONG, offset)
    ifd.put(277, SHORT, 3)
    ifd.put(278, LONG, image.height)
    ifd.put(279, LONG, size)
    ifd.put(284, SHORT, 1)
