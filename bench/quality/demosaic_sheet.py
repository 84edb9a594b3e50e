# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops at 200 % beside RawTherapee's demosaicing: the pictures of docs/quality.md.

    build/venv/bin/python bench/quality/demosaic_sheet.py [--out docs/images]

Two sheets, Bayer and X-Trans: rows are fur, grass and petals, leaves, saturated red, text, the
corner of a zone plate; columns are the truth, then without noise and with noise of sigma_u 0.01 the
ways named in the first line. The photographs are CC0 (rows 0008 and 0070 of ``open_photos``,
--photos names the folder); text and zone plate are made here. As demosaic.py has it: the program
gets the true noise and does not look for hot pixels.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from demosaic import ROOT, Ways, cut, make_case, shown, zone_plate
from latent_train import protocol as raw_protocol
from PIL import Image, ImageDraw, ImageFont

SIDE_PX = 80
GAP_PX = 4
HEAD_PX = 18
SIGMA = 0.01
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
PLACES = (("0008", 440, 500), ("0008", 690, 545), ("0070", 250, 860), ("0070", 560, 440))
"""Row of open_photos and the corner of the crop, y and x."""
WAYS = {
    "bayer": (["amaze", "rcd", "demosaic"], ["amaze", "cfa+amaze", "demosaic"]),
    "xtrans": (["markesteijn", "demosaic"], ["markesteijn", "cfa+markesteijn", "demosaic"]),
}
NAMES = {
    "amaze": "AMaZE", "rcd": "RCD", "markesteijn": "Markesteijn", "demosaic": "--demosaic",
    "cfa+amaze": "denoised, AMaZE", "cfa+markesteijn": "denoised, Mark.",
}  # fmt: skip


def text_page(size: int) -> npt.NDArray[np.uint8]:
    """Black on white and coloured text in small letters."""
    page = Image.new("RGB", (size, size), (235, 232, 225))
    draw = ImageDraw.Draw(page)
    colours = ((20, 20, 20), (170, 20, 30), (20, 40, 150), (20, 20, 20))
    for line, top in enumerate(range(4, size - 12, 13)):
        font = ImageFont.truetype(FONT, 8 + line % 4)
        words = "The quick brown fox jumps over 1234567890 lazy dogs; " * 3
        draw.text((3, top), words, fill=colours[line % 4], font=font)
    return np.asarray(page)


def scenes(photos: Path) -> list[tuple[npt.NDArray[np.uint8], int, int]]:
    """Pictures of the protocol's size and the corner of the crop in each."""
    size = raw_protocol.SIZE_PX
    made = []
    for name, y, x in PLACES:
        picture = np.asarray(Image.open(next(photos.glob(f"{name}_*"))).convert("RGB"))
        top = min(max(y - size // 2, 0), picture.shape[0] - size)
        left = min(max(x - size // 2, 0), picture.shape[1] - size)
        made.append((picture[top : top + size, left : left + size], y - top, x - left))
    made.append((text_page(size), 40, 60))
    made.append((zone_plate(size), size - SIDE_PX - 60, size - SIDE_PX - 60))
    return made


def row_of(ways: Ways, kind: str, index: int, scene: tuple[npt.NDArray[np.uint8], int, int]
           ) -> list[npt.NDArray[np.uint8]]:  # fmt: skip
    """The truth and what every way makes of it."""
    picture, y, x = scene
    area = (slice(y, y + SIDE_PX), slice(x, x + SIDE_PX))
    crops: list[npt.NDArray[np.uint8]] = []
    for sigma, names in zip((0.0, SIGMA), WAYS[kind], strict=True):
        case = make_case(picture, index, kind, sigma)
        if not crops:
            crops.append(shown(cut(case.inner.scene)[area]))
        crops += [shown(cut(ways.colours(name, case))[area]) for name in names]
    return crops


def sheet(ways: Ways, kind: str, photos: Path) -> Image.Image:
    """All rows, with the names of the columns above."""
    rows = [row_of(ways, kind, index, each) for index, each in enumerate(scenes(photos))]
    step = 2 * SIDE_PX + GAP_PX
    made = Image.new("RGB", (step * len(rows[0]) - GAP_PX, HEAD_PX + step * len(rows)), "white")
    draw, font = ImageDraw.Draw(made), ImageFont.truetype(FONT, 12)
    clean, noisy = WAYS[kind]
    heads = ["truth", *[NAMES[n] for n in clean], *[f"noise, {NAMES[n]}" for n in noisy]]
    for column, head in enumerate(heads):
        draw.text((column * step + 2, 2), head, fill="black", font=font)
    for y, row in enumerate(rows):
        for x, crop in enumerate(row):
            made.paste(Image.fromarray(crop), (x * step, HEAD_PX + y * step))
    return made


def main() -> None:
    """Make both sheets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images")
    parser.add_argument("--photos", type=Path, default=ROOT.parent / "shared/data/open_photos")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--model")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = Ways(arguments.program.resolve(), arguments.model, Path(folder))
        for kind in WAYS:
            made = sheet(ways, kind, arguments.photos)
            made.save(arguments.out / f"demosaic_{kind}.jpg", quality=72, subsampling=0)


if __name__ == "__main__":
    main()
