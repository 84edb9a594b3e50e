# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of linear DNGs by their compression, of a large mosaic.

    build/venv/bin/python bench/quality/dng_sizes.py [--size 6000x4000] [--photos FOLDER]

The mosaic is a patchwork of ``open_photos`` through the camera of demosaic.py, Bayer, 14 bits, with
noise of sigma_u 0.01. `latent rawdenoise --demosaic` writes it uncompressed, and at strength 0 this
file is written again with every compression.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from called import call
from demosaic import BLACK, ROOT, WB
from latent_train import mosaic
from latent_train import noise as train_noise
from latent_train import protocol as raw_protocol
from PIL import Image
from raw_quality import noise, write_mosaic

SIDE_PX = 500
WIDEST_PX = 1000
SIGMA = 0.01
WAYS = ("lossless", "jxl-lossless", "jxl")


def patchwork(photos: Path, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Upper left corners of the photographs in an order of chance, row by row."""
    files = sorted(photos.glob("*.jpg"))
    order = iter(np.random.default_rng(0).permutation(len(files)))
    made = np.zeros((height, width, 3), np.uint8)
    for y in range(0, height, SIDE_PX):
        x = 0
        while x < width:
            picture = np.asarray(Image.open(files[next(order)]).convert("RGB"))
            if picture.shape[0] < SIDE_PX:
                continue
            part = picture[: min(SIDE_PX, height - y), : min(WIDEST_PX, width - x)]
            made[y : y + part.shape[0], x : x + part.shape[1]] = part
            x += part.shape[1]
    return made


def write_source(path: Path, picture: npt.NDArray[np.uint8]) -> str:
    """The noisy mosaic; gives its noise as --noise takes it."""
    light = train_noise.linearise_srgb(picture.astype(np.float32) / 255) * raw_protocol.EXPOSURE
    scene = np.clip(light @ raw_protocol.MATRIX.T / np.array(WB), 0, 1)
    colours = mosaic.colour_map("bayer", picture.shape[0], picture.shape[1], (0, 0))
    clean = mosaic.mosaic(scene, colours)
    a = train_noise.gain(SIGMA)
    b = (raw_protocol.READ_NOISE * a) ** 2
    rng = np.random.default_rng(0)
    noisy = rng.poisson(clean / a) * a + rng.normal(0, b**0.5, clean.shape)
    counts = np.clip(np.rint(noisy * noise.LARGEST) + BLACK, 0, 65535).astype(np.uint16)
    write_mosaic(path, counts, colours[:2, :2], WB)
    return f"{a:.9g},{b:.9g}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", default="6000x4000")
    parser.add_argument("--photos", type=Path, default=ROOT.parent / "shared/data/open_photos")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    arguments = parser.parse_args()
    width, height = (int(side) for side in arguments.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        source, plain = Path(folder, "mosaic.dng"), Path(folder, "none.dng")
        told = write_source(source, patchwork(arguments.photos, width, height))
        command = [arguments.program, "rawdenoise", "-q", "--overwrite"]
        call([*command, source, "-o", plain, "--demosaic", "--compression", "none",
              "--noise", told])  # fmt: skip
        print("| compression | MB | of uncompressed |\n|---|---|---|")
        print(f"| `none` | {plain.stat().st_size / 1e6:.1f} | 1 |", flush=True)
        for way in WAYS:
            target = Path(folder, f"{way}.dng")
            call([*command, plain, "-o", target, "--again", "--strength", "0",
                  "--compression", way])  # fmt: skip
            size = target.stat().st_size
            share = size / plain.stat().st_size
            print(f"| `{way}` | {size / 1e6:.1f} | {share:.2f} |", flush=True)


if __name__ == "__main__":
    main()
