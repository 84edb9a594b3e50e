# SPDX-License-Identifier: GPL-3.0-or-later
"""Where restoration fails, shown honestly: scenes that are hard for any denoiser.

    build/venv/bin/python bench/quality/failures.py OUT_FOLDER [--photos FOLDER] [--sigma 0.03]

Drawn scenes (repeatable, no picture needed): moire (a zone plate finer and finer towards the
corner), fine text in black and in grey, a sky of stars of all magnitudes, a fabric. With --photos
(the folder of training photographs) also foliage, a night sky and skin. Each goes through a
simulated Bayer sensor at sigma_u 0.03 and is developed neutrally. Columns: without noise, before,
after. Written: failures.png, and for each scene how much of its fine contrast came through.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from picture_quality import ROOT
from PIL import Image, ImageDraw, ImageFont
from raw_quality import BLACK, Program, noise
from sheet import CROP, rendered, tiles

SIDE = 496
Bytes = npt.NDArray[np.uint8]
PHOTOS = {
    "foliage": ("*path_into_trees*.jpg", 0.5, 0.62),
    "grass": ("*Warm_grasses*.jpg", 0.5, 0.5),
    "night sky": ("*Milky_Way_by*.jpg", 0.5, 0.3),
    "skin": ("*MKT_Figure_08*.jpg", 0.55, 0.55),
}


def zone_plate() -> Bytes:
    """Rings whose period falls from 40 px to 2 px towards the corner."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    phase = np.pi * (x**2 + y**2) / (2 * SIDE) / 1.1
    grey = 127.5 + 100 * np.cos(phase)
    return np.repeat(grey[..., None], 3, axis=2).round().astype(np.uint8)


def text() -> Bytes:
    """Lines of 12 px to 6 px, black and grey on paper."""
    page = Image.new("RGB", (SIDE, SIDE), (225, 222, 214))
    draw = ImageDraw.Draw(page)
    y = 150
    for size in (12, 10, 8, 7, 6):
        font = ImageFont.load_default(size)
        for ink in ((25, 25, 28), (150, 145, 140)):
            line = "The quick brown fox jumps over 13 lazy dogs, 24680. " * 3
            draw.text((150, y), line, fill=ink, font=font)
            y += size + 6
    return np.asarray(page)


def stars() -> Bytes:
    """Points of one to two pixels over a dark sky, brightnesses as real skies have them."""
    random = np.random.default_rng(7)
    sky = np.full((SIDE, SIDE, 3), (11, 13, 20), np.float64)
    y, x = np.mgrid[:SIDE, :SIDE]
    for _ in range(900):
        cy, cx = random.uniform(0, SIDE, 2)
        peak = 14 * random.pareto(1.1)
        tint = 1 + random.normal(0, 0.12, 3)
        rows = slice(max(0, int(cy) - 4), int(cy) + 5)
        columns = slice(max(0, int(cx) - 4), int(cx) + 5)
        spot = np.exp(-((y[rows, columns] - cy) ** 2 + (x[rows, columns] - cx) ** 2) / 1.1)
        sky[rows, columns] += min(peak, 600) * spot[..., None] * tint
    return np.clip(sky, 0, 255).round().astype(np.uint8)


def fabric() -> Bytes:
    """A weave of four-pixel threads with little contrast, in two colours."""
    y, x = np.mgrid[:SIDE, :SIDE]
    weave = 9 * (np.sin(2 * np.pi * x / 4.3) + np.sin(2 * np.pi * y / 3.7))
    base = np.where((x // 60 + y // 60)[..., None] % 2, (126, 92, 84), (84, 96, 122))
    return np.asarray(np.clip(base + weave[..., None], 0, 255).round().astype(np.uint8))


def scenes(photos: Path | None) -> Iterator[tuple[str, Bytes]]:
    """Each scene and its name."""
    for made in (zone_plate, text, stars, fabric):
        yield made.__name__.replace("_", " "), made()
    for name, (pattern, across, down) in PHOTOS.items() if photos else ():
        found = sorted((photos or Path()).glob(pattern))
        if not found:
            continue
        picture = np.asarray(Image.open(found[0]).convert("RGB"))
        y = int((picture.shape[0] - SIDE) * down)
        x = int((picture.shape[1] - SIDE) * across)
        yield name, picture[y : y + SIDE, x : x + SIDE]


def fine_contrast(picture: Bytes) -> npt.NDArray[np.float64]:
    """What is left of a grey picture after a 5x5 mean is taken off."""
    grey = picture.astype(np.float64).mean(axis=2)
    padded = np.pad(grey, 2, mode="reflect")
    height, width = grey.shape
    mean = sum(padded[i : i + height, j : j + width] for i in range(5) for j in range(5)) / 25
    return np.asarray(grey - mean)


def main() -> None:
    """Draw the sheet, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--sigma", type=float, default=0.03)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    options = parser.parse_args()
    program = options.program.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    at = (150, 150)
    rows: list[list[Bytes]] = []
    print("| scene | fine contrast kept | that is no scene |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scene, picture in scenes(options.photos):
            shown = []
            for sigma in (1e-4, options.sigma):
                case = noise.protocol_case(picture, 0, "bayer", sigma)
                Program(program, "f32", folder).denoise(case.counts(BLACK), case)
                files = ("in.dng", "out.dng") if sigma == options.sigma else ("in.dng",)
                shown += [rendered(program, folder / file, folder, at) for file in files]
            truth, after = fine_contrast(shown[0]), fine_contrast(shown[2])
            kept = float((truth * after).sum() / (truth**2).sum())
            invented = float(np.sqrt(((after - kept * truth) ** 2).mean() / (truth**2).mean()))
            print(f"| {scene} | {100 * kept:.0f} % | {100 * invented:.0f} % |")
            rows.append(shown)
    half = (len(rows) + 1) // 2
    if len(rows) > half:  # two scenes side by side
        blank = np.full((CROP, CROP, 3), 255, np.uint8)
        right = rows[half:] + [[blank] * 3] * (2 * half - len(rows))
        rows = [left + other for left, other in zip(rows[:half], right, strict=True)]
    tiles(rows).save(options.out / "failures.png")


if __name__ == "__main__":
    main()
