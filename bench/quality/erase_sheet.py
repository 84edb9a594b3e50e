# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a large thing erased from a lawn in docs/erase.md.

    build/venv/bin/python bench/quality/erase_sheet.py --data ../shared/data --out sheet.jpg
        [--program build/release/bin/latent]

The mask is a polygon drawn by hand around the kitten and the daisies before it.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

PICTURE = "open_photos/0008_kitten_on_lawn.jpg"  # budgie-backgrounds, CC0
OUTLINE = [
    (386, 241), (483, 261), (637, 290), (792, 309), (782, 386), (850, 454), (966, 541),
    (1082, 647), (1188, 695), (1178, 753), (1120, 850), (1024, 850), (927, 888), (773, 831),
    (579, 821), (415, 840), (406, 734), (435, 599), (396, 483), (396, 328),
]  # fmt: skip
SHOWN = (700, 474)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    arguments = parser.parse_args()
    before = Image.open(arguments.data / PICTURE).convert("RGB")
    mask = Image.new("L", before.size, 0)
    ImageDraw.Draw(mask).polygon(OUTLINE, fill=255)
    with tempfile.TemporaryDirectory() as name:
        source, marked, out = (Path(name) / file for file in ("in.png", "mask.png", "out.png"))
        before.save(source)
        mask.save(marked)
        subprocess.run(
            [arguments.program.resolve(), "erase", source, "--mask", marked, "-o", out,
             "--model", "builtin", "--bit-depth", "8", "-q"],
            check=True,
        )  # fmt: skip
        after = Image.open(out).convert("RGB")
    sheet = Image.new("RGB", (2 * SHOWN[0] + 4, SHOWN[1]), "white")
    sheet.paste(before.resize(SHOWN, Image.Resampling.LANCZOS), (0, 0))
    sheet.paste(after.resize(SHOWN, Image.Resampling.LANCZOS), (SHOWN[0] + 4, 0))
    sheet.save(arguments.out, quality=86)


if __name__ == "__main__":
    main()
