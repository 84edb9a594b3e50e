# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of docs/masks.md: ten photographs with their clicks and masks, and edges of fur.

    build/venv/bin/python bench/quality/mask_sheet.py --data FOLDER --out docs/images
        [--program build/release/bin/latent]

FOLDER holds `open_photos` and `object_masks/extra/lemur`; all photographs used here are CC0.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from called import call
from PIL import Image, ImageDraw

CELL = (300, 220)
# The photograph, and its prompts in percent.
SCENES: list[tuple[str, list[tuple[str, int, int]]]] = [
    ("0003_budgie_branch.jpg", [("--click", 38, 55)]),
    ("0008_kitten_on_lawn.jpg", [("--click", 60, 62), ("--click", 40, 50)]),
    ("0013_oakland_zoo_otters.jpg", [("--click", 60, 52)]),
    ("0015_perched_osprey.jpg", [("--click", 37, 47)]),
    ("lemur.png", [("--click", 50, 55)]),
    ("0002_blue_periwinkle.jpg", [("--click", 52, 50)]),
    ("0007_fragrant_chamomile.jpg", [("--click", 58, 49)]),
    ("0014_orange_hallway.jpg", [("--click", 50, 88)]),
    ("0017_roman_colosseum.jpg", [("--click", 35, 55)]),
    ("0021_solaris_grapes.jpg", [("--click", 31, 47)]),
]


def with_clicks(picture: Image.Image, prompts: list[tuple[str, int, int]]) -> Image.Image:
    shown = picture.copy()
    shown.thumbnail(CELL, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(shown)
    for kind, x, y in prompts:
        px, py = x * shown.width / 100, y * shown.height / 100
        colour = (0, 230, 0) if kind == "--click" else (255, 0, 0)
        draw.ellipse([px - 5, py - 5, px + 5, py + 5], fill=colour, outline=(255, 255, 255))
    return shown


def objects(program: Path, data: Path, target: Path) -> None:
    sheet = Image.new("RGB", (CELL[0] * 5, CELL[1] * 4), (255, 255, 255))
    with tempfile.TemporaryDirectory() as name:
        overlay = Path(name) / "overlay.png"
        for index, (photo, prompts) in enumerate(SCENES):
            lemur = data / "object_masks" / "extra" / "lemur" / photo
            source = lemur if lemur.exists() else data / "open_photos" / photo
            options = [part for kind, x, y in prompts for part in (kind, f"{x}%,{y}%")]
            call([program, "mask", source, *options, "--overlay", overlay, "--overwrite"])
            left, top = index % 5 * CELL[0], index // 5 * 2 * CELL[1]
            picture = Image.open(source).convert("RGB")
            sheet.paste(with_clicks(picture, prompts), (left, top))
            masked = Image.open(overlay).convert("RGB")
            masked.thumbnail(CELL, Image.Resampling.LANCZOS)  # it shows the clicks itself
            sheet.paste(masked, (left, top + CELL[1]))
    sheet.save(target, quality=82)


def edges(program: Path, data: Path, target: Path) -> None:
    """The fur of the lemur on white by its true alpha, thresholded, edge and hair."""
    folder = data / "object_masks" / "extra" / "lemur"
    picture = np.asarray(Image.open(folder / "lemur.png").convert("RGB")) / 255.0
    alpha = np.asarray(Image.open(folder / "lemur_alpha.png").convert("L")) / 255.0
    area = (slice(60, 210), slice(130, 330))
    cells = [alpha, (alpha >= 0.5).astype(float)]
    with tempfile.TemporaryDirectory() as name:
        rough, out = Path(name) / "rough.png", Path(name) / "out.png"
        Image.fromarray(((alpha >= 0.5) * 255).astype(np.uint8)).save(rough)
        for how in ("edge", "hair"):
            call([program, "mask", folder / "lemur.png", "--from", rough, "--refine", how,
                  "-o", out, "--bits", "8", "--overwrite"])  # fmt: skip
            cells.append(np.asarray(Image.open(out)) / 255.0)
    red = np.array([0.75, 0.15, 0.15])
    shown = [(a[..., None] * picture + (1 - a[..., None]) * red)[area] for a in cells]
    strip = Image.fromarray((np.concatenate(shown, axis=1) * 255 + 0.5).astype(np.uint8))
    strip.resize((strip.width * 2, strip.height * 2), Image.Resampling.BICUBIC).save(
        target, quality=85
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    given = parser.parse_args()
    objects(given.program, given.data, given.out / "masks.jpg")
    edges(given.program, given.data, given.out / "mask_edges.jpg")


if __name__ == "__main__":
    main()
