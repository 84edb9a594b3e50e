# SPDX-License-Identifier: GPL-3.0-or-later
"""What other programs' decoders make of a file: the independent side of the corpus run.

Each is used where it is installed (`available()` says which are): Pillow, tifffile with
imagecodecs, OpenEXR, rawpy. Nothing here knows how Latent reads.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
MODULES = {"Pillow": "PIL", "tifffile": "tifffile", "imagecodecs": "imagecodecs",
           "OpenEXR": "OpenEXR", "rawpy": "rawpy"}  # fmt: skip
RAW_ENDINGS = {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr",
               ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf",
               ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"}  # fmt: skip


@dataclass
class Reading:
    """How the decoders did with one file."""

    by: str = ""  # the one that read it
    samples: Array | None = None  # [h, w] or [h, w, channels], not turned; of a raw its counts
    exact: bool = True  # two right decoders give the same samples
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        return self.samples is not None


def available() -> dict[str, str]:
    """Names and versions of the decoders that are here."""
    found = {}
    for name, module in MODULES.items():
        if importlib.util.find_spec(module) is None:
            continue
        loaded = importlib.import_module(module)
        found[name] = str(getattr(loaded, "__version__", "installed"))
    return found


def _pillow(path: Path) -> tuple[Array, bool]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        exact = image.format != "JPEG"
        if image.mode in ("P", "PA"):
            alpha = image.mode == "PA" or "transparency" in image.info
            return np.asarray(image.convert("RGBA" if alpha else "RGB")), exact
        if image.mode == "YCbCr":
            return np.asarray(image.convert("RGB")), False
        if image.mode == "1":
            return np.asarray(image).astype(np.uint8) * 255, exact
        return np.asarray(image), exact


def _tifffile(path: Path) -> tuple[Array, bool]:
    import tifffile

    with tifffile.TiffFile(path) as tiff:
        page: Any = tiff.pages[0]
        if page.photometric == 6 and page.compression not in (6, 7):
            raise ValueError("YCbCr is given as it is stored")
        samples = np.asarray(page.asarray())
        if samples.dtype == bool:
            samples = samples.astype(np.uint8) * 255
        if page.photometric == 0 and samples.dtype.kind == "u":
            samples = np.iinfo(samples.dtype).max - samples
        if page.photometric == 3 and page.colormap is not None:
            samples = np.moveaxis(np.asarray(page.colormap)[:, samples], 0, -1)
        if samples.ndim == 3 and page.planarconfig == 2:
            samples = np.moveaxis(samples, 0, -1)
        # YCbCr in JPEG blocks goes through a cosine transform, which rounds as it likes.
        exact = page.compression not in (6, 7, 34892)
        stated: Any = page.bitspersample
        bits = stated if isinstance(stated, int) else 0
        if samples.dtype.kind == "u" and bits not in (0, 8, 16, 32):
            samples, exact = samples, False  # how 9 to 15 bits are widened is not said anywhere
        return samples, exact


def _openexr(path: Path) -> tuple[Array, bool]:
    import OpenEXR

    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = file.channels()
        names = ["R", "G", "B", "A"] if "R" in channels else ["Y", "A"]
        planes = [np.asarray(channels[name].pixels, np.float32)
                  for name in names if name in channels]  # fmt: skip
        if not planes:
            raise ValueError("no colour channels")
        return np.squeeze(np.stack(planes, -1)), True


def _jpegxl(path: Path) -> tuple[Array, bool]:
    import imagecodecs

    return np.asarray(imagecodecs.jpegxl_decode(path.read_bytes())), False


def _rawpy(path: Path) -> tuple[Array, bool]:
    import rawpy

    with rawpy.imread(str(path)) as raw:
        samples = np.array(raw.raw_image)
        return samples[..., :3] if samples.ndim == 3 else samples, True


def _decoders_for(path: Path) -> list[tuple[str, str, Callable[[Path], tuple[Array, bool]]]]:
    with path.open("rb") as file:
        begin = file.read(16)
    ending = path.suffix.lower()
    pillow = ("Pillow", "PIL", _pillow)
    if begin.startswith((b"\x76\x2f\x31\x01",)):
        return [("OpenEXR", "OpenEXR", _openexr)]
    if begin.startswith(b"\xff\x0a") or begin[4:8] == b"JXL ":
        return [("imagecodecs", "imagecodecs", _jpegxl)]
    if ending in RAW_ENDINGS:
        return [("rawpy", "rawpy", _rawpy)]
    if begin[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return [("tifffile", "tifffile", _tifffile), pillow]
    return [pillow]


def read(path: Path) -> Reading:
    """The samples by the first decoder that reads the file."""
    reading = Reading()
    for name, module, decode in _decoders_for(path):
        if importlib.util.find_spec(module) is None:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reading.samples, reading.exact = decode(path)
            reading.by = name
            return reading
        except Exception as error:
            reading.failures[name] = f"{type(error).__name__}: {error}"[:200]
    return reading


def _widened(samples: Array) -> Array:
    """As a 16-bit or float result holds them."""
    if samples.dtype == np.uint8:
        return samples.astype(np.int64) * 257
    if samples.dtype.kind == "f":
        return samples.astype(np.float64)
    return samples.astype(np.int64)


def difference(source: Reading, result: Array) -> str:
    """Empty where the result has the samples of the source; else what differs, in a few words."""
    assert source.samples is not None
    one, other = np.squeeze(source.samples), np.squeeze(result)
    if one.ndim == 3 and other.ndim == 2 and one.shape[-1] >= 3:
        same_grey = np.array_equal(one[..., 0], one[..., 1]) and np.array_equal(
            one[..., 1], one[..., 2]
        )
        one = one[..., 0] if same_grey else one
    if one.shape[:2] != other.shape[:2]:
        return f"size {one.shape[1]}x{one.shape[0]} became {other.shape[1]}x{other.shape[0]}"
    if one.shape != other.shape:
        return f"{_channels(one)} channels became {_channels(other)}"
    if one.dtype.kind == "f" and other.dtype.kind != "f":
        return f"{one.dtype} became {other.dtype}"
    a, b = _widened(one).astype(np.float64), _widened(other).astype(np.float64)
    if one.dtype.kind in "ui" and other.dtype.kind == "f":
        a = a / float(np.iinfo(one.dtype).max if one.dtype != np.uint8 else 65535)
    if other.dtype == np.float32:
        a = a.astype(np.float32).astype(np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    worst = float(np.abs(a - b)[both].max()) if both.any() else 0.0
    scale = 1.0 if other.dtype.kind == "f" else 65535.0
    # Where decoders may round otherwise, two of 255 steps are no fault.
    allowed = 0.0 if source.exact else 2.01 / 255 * scale
    return "" if worst <= allowed else f"samples differ by up to {worst / scale * 255:.3g} of 255"


def raw_difference(source: Reading, result: Array) -> str:
    """The same of counts: the result may have them times a power of two."""
    assert source.samples is not None
    one, other = source.samples.astype(np.int64), result.astype(np.int64)
    if one.shape != other.shape:
        return f"sensor {one.shape} became {other.shape}"
    if any(np.array_equal(one << shift, other) for shift in range(9)):
        return ""
    # A linear DNG has no black below 0: what the source had is taken off, below it all is 0.
    for shift in range(9 if one.ndim == 3 else 0):
        above = other > 0
        taken_off = np.unique((one - (other >> shift))[above])
        if taken_off.size == 1 and np.array_equal((other >> shift) << shift, other):
            return ""
    return "counts differ"


def _channels(samples: Array) -> int:
    return 1 if samples.ndim == 2 else int(samples.shape[-1])
