# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of docs/erase.md: before and after, with one click or box each.

build/venv/bin/python bench/quality/erase_sheet.py --data ../shared/data --out sheet.jpg
    [--program build/release/bin/latent]
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

WIDTH = 460
GAP = 4
EXAMPLES = [  # of open_photos, and what is typed
    ("0008_kitten_on_lawn.jpg", ["--click", "40%,48%"]),
    ("0015_perched_osprey.jpg", ["--box", "28%,18%,19%,68%", "--click", "40%,24%"]),
    ("0019_serene.jpg", ["--box", "82%,25%,9%,6%"]),
    ("0108_wild_golden_eagle.jpg", ["--box", "39%,11%,34%,66%"]),
    ("0096_boats_on_the_river.jpg", ["--box", "60%,66%,23%,31%"]),
    ("0107_vents_du_sud.jpg", ["--box", "20%,5%,46%,60%"]),
]


def pair(program: Path, source: Path, typed: list[str], folder: Path) -> Image.Image:
    """Before and after, side by side."""
    out = folder / "out.png"
    subprocess.run(
        [program, "erase", source, *typed, "-o", out, "--model", "builtin", "--bit-depth", "8",
         "--overwrite", "-q"],
        check=True,
    )  # fmt: skip
    before, after = (Image.open(path).convert("RGB") for path in (source, out))
    size = (WIDTH, round(WIDTH * before.height / before.width))
    both = Image.new("RGB", (2 * WIDTH + GAP, size[1]), "white")
    both.paste(before.resize(size, Image.Resampling.LANCZOS), (0, 0))
    both.paste(after.resize(size, Image.Resampling.LANCZOS), (WIDTH + GAP, 0))
    return both


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    with tempfile.TemporaryDirectory() as name:
        pairs = [
            pair(program, arguments.data / "open_photos" / picture, typed, Path(name))
            for picture, typed in EXAMPLES
        ]
    rows = [pairs[i : i + 2] for i in range(0, len(pairs), 2)]
    heights = [max(both.height for both in row) for row in rows]
    sheet = Image.new("RGB", (4 * WIDTH + 5 * GAP, sum(heights) + GAP * (len(rows) - 1)), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for i, both in enumerate(row):
            sheet.paste(both, (i * (2 * WIDTH + 4 * GAP), top))
        top += height + GAP
    sheet.save(arguments.out, quality=84)


if __name__ == "__main__":
    main()
