# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain renderings by LibRaw, darktable and RawTherapee: white balance as shot, camera matrix,
simple demosaic, no tone curve, linear sRGB light.

Every program runs on a symbolic link in a folder of its own with a configuration of its own, so
nothing lies beside the photo afterwards and no habit of the user changes the result.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile

from latent_interop.programs import Output, find, run

FloatArray = npt.NDArray[np.float32]

# Lines that the programs print for every file. All others count as warnings.
_CHATTER = {
    "dcraw_emu": r"Using \d+ threads|Processing file .*|Writing file .*",
    "darktable-cli": r"WARNING: either your user id or the effective user id are 0\..*"
    r"|\[dt_init\] using \d+ threads .*|\[export_job\] exported to .*"
    r"|.*\bwait time \d+\.\d+s",  # of a machine that is busy
    "rawtherapee-cli": r"RawTherapee, version .*|Output is .*|Processing: .*"
    r"|\s*Merging procparams.*",
}

_NEUTRAL_PP3 = """[Version]
AppVersion=5.9
Version=349

[RAW]
CA=false
HotPixelFilter=false
DeadPixelFilter=false

[RAW Bayer]
Method={bayer}
Border=0

[RAW X-Trans]
Method={xtrans}
Border=0

[Color Management]
InputProfile=(embedded)
ToneCurve=false
ApplyLookTable=false
ApplyBaselineExposureOffset=false
ApplyHueSatMap=false
OutputProfile=RTv4_sRGB
OutputBPC=false

[HLRecovery]
Enabled=false
"""


def neutral_profile(bayer: str = "fast", xtrans: str = "fast") -> str:
    """A .pp3 of RawTherapee that develops plainly, by these demosaicing methods."""
    return _NEUTRAL_PP3.format(bayer=bayer, xtrans=xtrans)


@dataclass(frozen=True)
class Rendering:
    """What a raw developer made: linear sRGB light [h, w, 3], and what it complained of."""

    program: str
    pixels: FloatArray
    warnings: tuple[str, ...]


class RenderingError(RuntimeError):
    """A program refused the file; the text is what it said."""


def _warnings(program: str, output: Output, link: Path) -> tuple[str, ...]:
    said = [line.strip() for line in output.text.splitlines() if line.strip()]
    kept = [line for line in said if not re.fullmatch(_CHATTER[program], line)]
    return tuple(line.replace(str(link), "FILE").replace(link.name, "FILE") for line in kept)


def _rendering(program: str, link: Path, made: Path, output: Output, *, encoded: bool) -> Rendering:
    if output.status != 0 or not made.exists():
        raise RenderingError(f"{program} ended with {output.status}: {output.text.strip()}")
    pixels = read_pfm(made) if made.suffix == ".pfm" else _read_tiff(made)
    if encoded:
        pixels = _srgb_to_linear(pixels)
    return Rendering(program, pixels, _warnings(program, output, link))


def read_pfm(path: Path) -> FloatArray:
    """A colour PFM, top row first [h, w, 3]."""
    with path.open("rb") as stream:
        stream.readline()
        width, height = (int(v) for v in stream.readline().split())
        order = "<" if float(stream.readline()) < 0 else ">"
        data = np.frombuffer(stream.read(), order + "f4").astype(np.float32)
    return data.reshape(height, width, 3)[::-1]


def _read_tiff(path: Path) -> FloatArray:
    pixels = tifffile.imread(path)
    scale = 65535.0 if pixels.dtype == np.uint16 else 1.0
    light = np.asarray(pixels / scale, np.float32)
    return np.repeat(light[..., None], 3, axis=2) if light.ndim == 2 else light


def _srgb_to_linear(encoded: FloatArray) -> FloatArray:
    upper = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, upper).astype(np.float32)


def libraw(photo: Path) -> Rendering:
    """dcraw_emu: bilinear, 16-bit, no automatic brightening, no adjustment of the maximum.

    Errors   RenderingError; LibRaw 0.20 refuses X-Trans below 512 px a side.
    """
    with tempfile.TemporaryDirectory() as folder:
        link = _link(photo, folder)
        plain = ["-T", "-4", "-o", "1", "-w", "-W", "-q", "0", "-c", "0"]
        output = run([find("dcraw_emu"), "-v", *plain, str(link)])
        made = link.with_name(link.name + ".tiff")
        return _rendering("dcraw_emu", link, made, output, encoded=False)


def darktable(photo: Path) -> Rendering:
    """darktable-cli with an empty configuration and no automatic modules, as linear Rec.709 PFM.

    Errors   RenderingError.
    """
    with tempfile.TemporaryDirectory() as folder:
        link, made, config = _link(photo, folder), Path(folder, "out.pfm"), Path(folder, "config")
        (config / "cache").mkdir(parents=True)
        (config / "tmp").mkdir()
        command = [find("darktable-cli"), str(link), str(made), "--icc-type", "LIN_REC709"]
        command += ["--apply-custom-presets", "false", "--core", "--disable-opencl", "-t", "2"]
        command += ["--configdir", str(config), "--cachedir", str(config / "cache")]
        command += ["--tmpdir", str(config / "tmp"), "--library", ":memory:"]
        command += ["--conf", "plugins/darkroom/workflow=none"]
        command += ["--conf", "plugins/darkroom/chromatic-adaptation=legacy"]
        command += ["--conf", "write_sidecar_files=never"]
        return _rendering("darktable-cli", link, made, run(command), encoded=False)


def rawtherapee(photo: Path) -> Rendering:
    """rawtherapee-cli with a neutral profile and no border cut away, float TIFF, curve undone.

    Errors   RenderingError.
    """
    with tempfile.TemporaryDirectory() as folder:
        link, made = _link(photo, folder), Path(folder, "out.tif")
        profile = Path(folder, "neutral.pp3")
        profile.write_text(neutral_profile())
        command = [find("rawtherapee-cli"), "-q", "-Y", "-o", str(made), "-t", "-b32"]
        output = run([*command, "-p", str(profile), "-c", str(link)], HOME=folder)
        return _rendering("rawtherapee-cli", link, made, output, encoded=True)


def _link(photo: Path, folder: str) -> Path:
    link = Path(folder, "photo" + photo.suffix)
    link.symlink_to(photo.resolve())
    return link


READERS: dict[str, Callable[[Path], Rendering]] = {
    "dcraw_emu": libraw,
    "darktable-cli": darktable,
    "rawtherapee-cli": rawtherapee,
}
