# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of docs/depth.md: a made scene whose depth is known, its map and a mask of it.

    build/venv/bin/python bench/quality/depth_sheet.py --data FOLDER --out docs/images/depth.jpg
        [--program build/release/bin/latent]

FOLDER holds `open_photos` and `object_masks/extra/lemur`. Two lemurs stand before a photograph, one
near and one farther away; a network's answer is made of their true depth (depth_edges.py:
reduced to 518 pixels, blurred, noisy). All photographs used here are CC0; the lemur is by Mathias
Appel, its alpha from PyMatting (MIT).

Upper row: the scene; the map by `--edges smooth`; the same by `--edges snap`. Lower row: the same
part of both maps, enlarged; and what `--near 60 --soft 10` takes, the rest dark and grey.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from called import call
from depth_edges import HEIGHT, WIDTH, answer_of, package
from PIL import Image

Floats = npt.NDArray[np.float64]
CELL = (480, 360)
GROUND = "0014_orange_hallway.jpg"


def scene(data: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The picture and its depth, 0 near to 1 far."""
    ground = Image.open(data / "open_photos" / GROUND).convert("RGB")
    picture: Floats = np.asarray(ground.resize((WIDTH, HEIGHT)), np.float64)
    rows = np.linspace(1, 0.75, HEIGHT)[:, None]
    depth = np.repeat(rows, WIDTH, axis=1)
    folder = data / "object_masks" / "extra" / "lemur"
    colours = Image.open(folder / "lemur.png").convert("RGB")
    alpha = Image.open(folder / "lemur_alpha.png").convert("L")
    for width, left, away, mirrored in ((560, 950, 0.55, True), (1150, -60, 0.15, False)):
        size = (width, width * colours.height // colours.width)
        over = np.asarray(colours.resize(size, Image.Resampling.LANCZOS), np.float64)
        share = np.asarray(alpha.resize(size, Image.Resampling.LANCZOS), np.float64) / 255
        if mirrored:
            over, share = over[:, ::-1], share[:, ::-1]
        top = HEIGHT - size[1]
        columns = slice(max(0, left), min(WIDTH, left + width))
        part = (slice(None), slice(columns.start - left, columns.stop - left))
        rows_ = slice(max(0, top), HEIGHT)
        over, share = over[part][rows_.start - top :], share[part][rows_.start - top :]
        below = picture[rows_, columns]
        picture[rows_, columns] = below + share[..., None] * (over - below)
        depth[rows_, columns][share > 0.5] = away
    return picture.astype(np.uint8), depth.astype(np.float32)


def shown(picture: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(picture).convert("RGB").resize(CELL, Image.Resampling.LANCZOS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    arguments = parser.parse_args()
    picture, depth = scene(arguments.data)
    sheet = Image.new("RGB", (3 * CELL[0], 2 * CELL[1]), (255, 255, 255))
    sheet.paste(shown(picture), (0, 0))
    part = (slice(880, 1060), slice(1060, 1300))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo, out = folder / "scene.png", folder / "map.png"
        Image.fromarray(picture).save(photo)
        model = package(folder, answer_of(depth, 1))
        for index, way in enumerate(("smooth", "snap")):
            call([arguments.program, "depth", photo, "--model", model, "--edges", way, "-o", out,
                  "--bit-depth", "8", "--overwrite", "-q"])  # fmt: skip
            found = np.asarray(Image.open(out))
            sheet.paste(shown(found), ((1 + index) * CELL[0], 0))
            large = cv2.resize(found[part], CELL, interpolation=cv2.INTER_NEAREST)
            sheet.paste(shown(large), (index * CELL[0], CELL[1]))
        call([arguments.program, "depth", photo, "--model", model, "--near", "60", "--soft", "10",
              "-o", out, "--bit-depth", "8", "--overwrite", "-q"])  # fmt: skip
        mask = np.asarray(Image.open(out), np.float64)[..., None] / 255
    grey = 0.4 * np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    sheet.paste(shown((grey + mask * (picture - grey)).astype(np.uint8)), (2 * CELL[0], CELL[1]))
    sheet.save(arguments.out, quality=85)


if __name__ == "__main__":
    main()
