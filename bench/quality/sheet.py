# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures to look at: 100 % crops before and after, at four levels of noise.

    build/venv/bin/python bench/quality/sheet.py PHOTO OUT_FOLDER [--at X,Y]

PHOTO is any clean photograph of 700 px a side or more. Written: raw_bayer.png and raw_xtrans.png
(the photograph through a simulated sensor, developed neutrally before and after `rawdenoise`),
denoise.png (white noise of sigma 5, 15, 25, 50 on 8-bit values) and upscale.png (reduced by 2 and
by 4; bicubic, ours, the original).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from called import call
from picture_quality import ROOT, pixels
from PIL import Image
from raw_quality import BLACK, Program, noise

CROP = 200
SIGMAS_RAW = (0.006, 0.015, 0.03, 0.06)
SIGMAS = (5, 15, 25, 50)
Bytes = npt.NDArray[np.uint8]


def tiles(rows: list[list[Bytes]]) -> Image.Image:
    """Crops side by side, two pixels of white between."""
    padded = [[np.pad(c, ((0, 2), (0, 2), (0, 0)), constant_values=255) for c in row]
              for row in rows]  # fmt: skip
    return Image.fromarray(np.concatenate([np.concatenate(row, axis=1) for row in padded]))


def rendered(program: Path, raw: Path, folder: Path, at: tuple[int, int]) -> Bytes:
    """A crop of a raw file, developed neutrally."""
    target = folder / "shown.png"
    region = f"{at[0]},{at[1]},{CROP},{CROP}"
    command = [program, "render", raw, "-o", target, "--overwrite", "--region", region]
    call(command, capture=True)
    return np.asarray(Image.open(target).convert("RGB"))


def raw_sheet(
    program: Path, photo: Bytes, kind: str, folder: Path, at: tuple[int, int]
) -> Image.Image:
    """Before above, after below, one column a level."""
    rows: list[list[Bytes]] = [[], []]
    for sigma in SIGMAS_RAW:
        case = noise.protocol_case(photo, 0, kind, sigma)
        Program(program, "f32", folder).denoise(case.counts(BLACK), case)
        for row, name in zip(rows, ("in.dng", "out.dng"), strict=True):
            row.append(rendered(program, folder / name, folder, at))
    return tiles(rows)


def finished(program: Path, verb: str, picture: Bytes, folder: Path, *options: str) -> Bytes:
    """One 8-bit picture through the program."""
    source, result = folder / "in.png", folder / "out.png"
    Image.fromarray(picture).save(source)
    call([program, verb, source, "-o", result, "--overwrite", "-q", "--bit-depth", "8", *options])
    return np.asarray((pixels(result) * 255).round(), dtype=np.uint8)


def main() -> None:
    """Draw all sheets."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photo", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--at", default="150,150")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    arguments = parser.parse_args()
    x, y = (int(part) for part in arguments.at.split(","))
    photo = np.asarray(Image.open(arguments.photo).convert("RGB"))[:640, :640]
    area = (slice(y, y + CROP), slice(x, x + CROP))
    program = arguments.program.resolve()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in ("bayer", "xtrans"):
            raw_sheet(program, photo, kind, folder, (x, y)).save(arguments.out / f"raw_{kind}.png")
        rows: list[list[Bytes]] = [[], []]
        for sigma in SIGMAS:
            random = np.random.default_rng(sigma).standard_normal(photo.shape)
            noisy = np.clip(np.round(photo + sigma * random), 0, 255).astype(np.uint8)
            rows[0].append(noisy[area])
            rows[1].append(finished(program, "denoise", noisy, folder)[area])
        tiles(rows).save(arguments.out / "denoise.png")
        rows = []
        for scale in (2, 4):
            small = Image.fromarray(photo).resize((640 // scale,) * 2, Image.Resampling.BICUBIC)
            bicubic = np.asarray(small.resize((640, 640), Image.Resampling.BICUBIC))
            ours = finished(program, "upscale", np.asarray(small), folder, "--scale", str(scale))
            rows.append([bicubic[area], ours[area], photo[area]])
        tiles(rows).save(arguments.out / "upscale.png")


if __name__ == "__main__":
    main()
