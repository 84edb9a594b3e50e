# SPDX-License-Identifier: GPL-3.0-or-later
"""A mask in darktable's eyes: what of a grey picture a module changes that is drawn through it.

The module is exposure by one stop, so a pixel's mask is its result over its source, less one.
"""

from __future__ import annotations

import base64
import re
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from latent_interop.programs import find, run
from latent_interop.renderings import read_pfm

FloatArray = npt.NDArray[np.float32]

# Blending as darktable 4.2 writes it when nothing is blended: version 11, 420 bytes.
UNBLENDED = "eJxjYIAACQYYOOHEgAZY0QVwggZ7CB6pfNoAAE8gGQg="
MASK_MODE, COLOUR_SPACE, MASK_ID = 0, 4, 24  # bytes at which they stand
ENABLED_BY_MASK = 1 | 2
SCENE_RGB = 4


def read_grey_pfm(path: Path) -> FloatArray:
    """A PFM of one channel, top row first [h, w]."""
    with path.open("rb") as stream:
        if stream.readline() != b"Pf\n":
            raise ValueError(f"{path} is no grey PFM")
        width, height = (int(v) for v in stream.readline().split())
        order = "<" if float(stream.readline()) < 0 else ">"
        data = np.frombuffer(stream.read(), order + "f4").astype(np.float32)
    return data.reshape(height, width)[::-1]


def group_id(edit: str) -> int:
    """The id of the last group in the edit.

    Errors   ValueError where there is none.
    """
    groups = re.findall(r'mask_id="(\d+)"\s+darktable:mask_type="4"', edit)
    if not groups:
        raise ValueError("the edit has no group of masks")
    return int(groups[-1])


def with_exposure(edit: str, mask: int) -> str:
    """The edit with its last step made exposure by one stop, through that mask."""
    blending = bytearray(zlib.decompress(base64.b64decode(UNBLENDED)))
    struct.pack_into("<I", blending, MASK_MODE, ENABLED_BY_MASK)
    struct.pack_into("<i", blending, COLOUR_SPACE, SCENE_RGB)
    struct.pack_into("<i", blending, MASK_ID, mask)
    parameters = struct.pack("<iffffi", 0, 0.0, 1.0, 50.0, -4.0, 0)  # manual, black, EV, ...
    step = int(re.findall(r'darktable:num="(\d+)"', edit)[-1]) + 1
    item = f"""     <rdf:li
      darktable:num="{step}"
      darktable:operation="exposure"
      darktable:enabled="1"
      darktable:modversion="6"
      darktable:params="{parameters.hex()}"
      darktable:multi_name=""
      darktable:multi_priority="0"
      darktable:blendop_version="11"
      darktable:blendop_params="{blending.hex()}"/>
"""
    at = edit.rindex("</rdf:Seq>", 0, edit.index("</darktable:history>"))
    at = edit.rindex("\n", 0, at) + 1
    ended = edit[:at] + item + edit[at:]
    return re.sub(r'darktable:history_end="\d+"', f'darktable:history_end="{step + 1}"', ended)


def exported(photo: Path, edit: str | None, made: Path) -> FloatArray:
    """The photograph as darktable develops it by that edit, turned upright, encoded as sRGB: so
    are its samples where exposure works on them, before the input profile.

    Errors   RuntimeError with what darktable said.
    """
    config = made.with_suffix(".config")
    for folder in (config, config / "cache", config / "tmp"):
        folder.mkdir()
    command = [find("darktable-cli"), str(photo)]
    if edit is not None:
        sidecar = made.with_suffix(".xmp")
        sidecar.write_text(edit, encoding="utf-8")
        command.append(str(sidecar))
    command += [str(made), "--icc-type", "SRGB", "--apply-custom-presets", "false", "--core"]
    command += ["--disable-opencl", "-t", "2", "--library", ":memory:"]
    command += ["--configdir", str(config), "--cachedir", str(config / "cache")]
    command += ["--tmpdir", str(config / "tmp"), "--conf", "write_sidecar_files=never"]
    command += ["--conf", "plugins/darkroom/workflow=none"]
    command += ["--conf", "plugins/darkroom/chromatic-adaptation=legacy"]
    output = run(command)
    if output.status != 0 or not made.exists():
        raise RuntimeError(f"darktable-cli: {output.text}")
    return read_pfm(made)


def darktable_mask(photo: Path, edit: Path) -> FloatArray:
    """The last group of masks of an edit as darktable draws it on a photograph of one grey.

    Errors   RuntimeError, ValueError.
    """
    text = edit.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        plain = exported(photo, None, Path(folder, "plain.pfm"))
        masked = exported(photo, with_exposure(text, group_id(text)), Path(folder, "masked.pfm"))
    return (masked[..., 1] / plain[..., 1] - 1).astype(np.float32)
