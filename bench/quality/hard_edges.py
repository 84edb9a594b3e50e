# SPDX-License-Identifier: GPL-3.0-or-later
"""Hard strokes and text, enlarged: how far the result leaves the range of the source around.

    build/venv/bin/python bench/quality/hard_edges.py [--scale 2] [--options=--overshoot=free]
        [--sheet edges.png]

Scenes are drawn: strokes of 1 to 4 pixels, a slanted line, a ring and text, on white, black and
grey, text with and without smoothed edges. A step is 1/255. "beyond" is how far a sample lies below
the smallest or above the largest of the 3 x 3 source samples around: overshoot and ghosts. Lanczos
(Pillow's, 8 bits) is measured for comparison.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from called import call
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
FloatArray = npt.NDArray[np.float64]
SCENES = {
    "black on white": (255, 0, "1"),
    "white on black": (0, 255, "1"),
    "60 on 190": (190, 60, "1"),
    "190 on 60": (60, 190, "1"),
    "150 on 200": (200, 150, "1"),
    "60 on 190, smoothed text": (190, 60, "L"),
}


def drawn(ground: int, stroke: int, text_mode: str) -> Image.Image:
    """One scene of 160 x 120 pixels."""
    picture = Image.new("L", (160, 120), ground)
    draw = ImageDraw.Draw(picture)
    for i, width in enumerate((1, 2, 3, 4)):
        draw.rectangle([10 + i * 16, 5, 9 + i * 16 + width, 50], fill=stroke)
        draw.rectangle([75, 8 + i * 12, 150, 7 + i * 12 + width], fill=stroke)
    draw.line([5, 60, 70, 110], fill=stroke, width=1)
    draw.line([40, 60, 70, 110], fill=stroke, width=2)
    draw.fontmode = text_mode
    draw.text((80, 60), "Latent 123", fill=stroke)
    draw.text((80, 75), "the quick fox", fill=stroke)
    draw.ellipse([80, 90, 100, 112], outline=stroke)
    return picture.convert("RGB")


def beyond(source: FloatArray, result: FloatArray, scale: int) -> FloatArray:
    """Steps below the smallest or above the largest of the nearest 3 x 3 source samples."""
    padded = np.pad(source, ((1, 1), (1, 1), (0, 0)), mode="edge")
    nine = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))
    low, high = (
        limit.repeat(scale, 0).repeat(scale, 1)
        for limit in (nine.min(axis=(-2, -1)), nine.max(axis=(-2, -1)))
    )
    steps: FloatArray = np.maximum(result - high, low - result)
    return steps


def main() -> None:
    """Draw, enlarge, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--scale", type=int, choices=(2, 4), default=2)
    parser.add_argument("--options", nargs="*", default=[], help="further ones of latent upscale")
    parser.add_argument("--sheet", type=Path, help="all results in one picture")
    arguments = parser.parse_args()
    scale: int = arguments.scale
    results = []
    print("| scene | beyond, most | 99.9 % | Lanczos, most |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (ground, stroke, mode) in SCENES.items():
            picture = drawn(ground, stroke, mode)
            source, target = Path(folder, "in.png"), Path(folder, "out.tif")
            picture.save(source)
            command = [arguments.program, "upscale", source, "-o", target, "--overwrite"]
            command += ["--scale", str(scale), "--bit-depth", "16", *arguments.options]
            call(command, capture=True)
            result = tifffile.imread(target).astype(np.float64) / 257
            size = (picture.width * scale, picture.height * scale)
            plain = np.asarray(picture.resize(size, Image.Resampling.LANCZOS), np.float64)
            pixels = np.asarray(picture, np.float64)
            ours, lanczos = beyond(pixels, result, scale), beyond(pixels, plain, scale)
            print(
                f"| {name} | {ours.max():.1f} | {np.percentile(ours, 99.9):.1f} "
                f"| {lanczos.max():.1f} |",
                flush=True,
            )
            results.append(np.rint(result).astype(np.uint8))
    if arguments.sheet:
        Image.fromarray(np.concatenate(results)).save(arguments.sheet)


if __name__ == "__main__":
    main()
