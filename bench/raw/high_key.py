# SPDX-License-Identifier: GPL-3.0-or-later
"""Read noise that is found in raws without dark sites: b, and sigma in the dark, against the truth.

    build/venv/bin/python bench/raw/high_key.py [--every 4]

kodak24 lifted into the light (x from 0.15 or 0.3 to 0.95) through a Bayer sensor of sigma_u 0.004
to 0.03 with 1, 3 or 6 electrons of read noise, as ``noise_error.py`` makes its cases.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from noise_error import ROOT, estimated, noise, scene_case
from PIL import Image

FloatArray = npt.NDArray[np.float64]
DARK = 0.01


def high_key(path: Path, least: float) -> FloatArray:
    """Light of the picture, the darkest at ``least``."""
    with Image.open(path) as opened:
        encoded = np.asarray(opened.convert("RGB"), np.float64)[:496, :496] / 255
    return np.asarray(least + (0.95 - least) * encoded**2.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--latent", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--kodak", type=Path, default=ROOT.parent / "shared/data/kodak24")
    parser.add_argument("--every", type=int, default=4, help="every N-th picture")
    arguments = parser.parse_args()
    print("| darkest x | sigma_u | electrons | b found / true: median | least | most | within 2 | "
          "sigma at x 0.01: worst |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for least in (0.15, 0.3):
            for sigma in (0.004, 0.012, 0.03):
                for electrons in (1.0, 3.0, 6.0):
                    ratios, dark = [], []
                    for path in sorted(arguments.kodak.glob("*.png"))[:: arguments.every]:
                        case = scene_case(high_key(path, least), "bayer", sigma, electrons, 5)
                        a, b = estimated(arguments.latent, case, Path(name))
                        true_b = case.b + 1.0 / (12.0 * noise.LARGEST**2)
                        ratios.append(b / true_b)
                        dark.append(np.sqrt((a * DARK + b) / (case.a * DARK + true_b)) - 1)
                    r = np.array(ratios)
                    within = int(((r >= 0.5) & (r <= 2)).sum())
                    worst = dark[int(np.argmax(np.abs(dark)))]
                    print(
                        f"| {least} | {sigma} | {electrons:g} | {np.median(r):.2f} "
                        f"| {r.min():.2f} | "
                        f"{r.max():.2f} | {within} of {len(r)} | {100 * worst:+.0f} % |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
