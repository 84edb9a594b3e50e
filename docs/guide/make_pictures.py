# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of the guide that no other script makes.

build/venv/bin/python docs/guide/make_pictures.py --program build/release/bin/latent
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "tests" / "data" / "colorchart.dng"
PART = (640, 300, 150, 190)
STRENGTHS = (0, 35, 70, 100)


def strengths(program: Path, folder: Path) -> Image.Image:
    """The same patch of the chart at several strengths, brightened and enlarged alike."""
    parts = []
    for strength in STRENGTHS:
        dng, png = folder / f"{strength}.dng", folder / f"{strength}.png"
        subprocess.run(
            [program, "rawdenoise", RAW, "--strength", str(strength), "-q", "-o", dng], check=True
        )
        subprocess.run([program, "render", dng, "-o", png], check=True, capture_output=True)
        left, top, width, height = PART
        part = Image.open(png).convert("RGB").crop((left, top, left + width, top + height))
        parts.append(part.resize((2 * width, 2 * height), Image.Resampling.NEAREST))
    brightest = max(band[1] for part in parts for band in part.getextrema())
    gain = min(4.0, 300.0 / max(brightest, 1))
    sheet = Image.new("RGB", (len(parts) * (parts[0].width + 8) - 8, parts[0].height + 24), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (strength, part) in enumerate(zip(STRENGTHS, parts, strict=True)):
        x = index * (part.width + 8)
        sheet.paste(part.point(lambda value: min(255, round(value * gain))), (x, 24))
        draw.text((x + 4, 6), f"strength {strength}", fill="black")
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "guide" / "pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sheet = strengths(arguments.program, Path(folder))
    sheet.save(arguments.out / "strengths.jpg", quality=90)


if __name__ == "__main__":
    main()
