# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a real camera raw, denoised to a DNG, and a before/after picture to look at.

Calls the program as a photographer would; nothing here computes on pixels but the picture frame.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "tests" / "data" / "colorchart.dng"
# The part shown: dark and bright patches of the chart with their edges.
DETAIL = (560, 240, 420, 420)


def run(program: Path, *arguments: str) -> str:
    """Standard output of the program; its own sentence and a non-zero exit where it fails."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip() or f"{program} ended with {done.returncode}")
    return done.stdout


def brightened(pictures: list[Image.Image]) -> list[Image.Image]:
    """All pictures by one factor: the one that lifts the first one's brightest to near white."""
    histogram = pictures[0].convert("L").histogram()
    below = list(itertools.accumulate(histogram))
    level = next(i for i, count in enumerate(below) if count >= 0.99 * below[-1])
    gain = max(1.0, 235.0 / max(level, 1))
    return [picture.point(lambda value: min(255, round(value * gain))) for picture in pictures]


def before_after(before: Image.Image, after: Image.Image, zoom: int = 2) -> Image.Image:
    """Both pictures side by side, enlarged by whole pixels, each with its word."""
    size = (before.width * zoom, before.height * zoom)
    sheet = Image.new("RGB", (2 * size[0] + 12, size[1] + 28), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (word, picture) in enumerate((("before", before), ("after", after))):
        left = index * (size[0] + 12)
        sheet.paste(picture.resize(size, Image.Resampling.NEAREST), (left, 28))
        draw.text((left + 4, 8), word, fill="black")
    return sheet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "demo")
    arguments = parser.parse_args()
    folder: Path = arguments.output
    folder.mkdir(parents=True, exist_ok=True)
    dng = folder / "colorchart_raw-denoise.dng"

    started = time.perf_counter()
    lines = run(
        arguments.program, "rawdenoise", str(RAW), "-o", str(dng), "--overwrite", "--json"
    ).splitlines()
    seconds = time.perf_counter() - started
    done = next(event for line in lines if (event := json.loads(line))["event"] == "done")

    region = ",".join(str(value) for value in DETAIL)
    pictures = []
    for name, source in (("before", RAW), ("after", dng)):
        png = folder / f"{name}.png"
        run(arguments.program, "render", str(source), "-o", str(png), "--region", region,
            "--overwrite")  # fmt: skip
        pictures.append(Image.open(png).convert("RGB"))
    sheet = folder / "before_after.png"
    before, after = brightened(pictures)
    before_after(before, after).save(sheet)

    def shown(path: Path) -> str:
        return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)

    print(f"DNG           {shown(dng)} ({dng.stat().st_size / 1e6:.1f} MB)")
    print(f"before/after  {shown(sheet)}")
    print(
        f"time          {seconds:.2f} s in all for {done['megapixels']:.1f} MP on "
        f"{done['device']} in {done['precision']} ({done['engine']}): "
        + ", ".join(f"{stage} {value:.2f} s" for stage, value in done["seconds"].items())
    )
    print("desktop app   make studio builds and starts latent-studio")
    return 0


if __name__ == "__main__":
    sys.exit(main())
