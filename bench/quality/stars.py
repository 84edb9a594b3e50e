# SPDX-License-Identifier: GPL-3.0-or-later
"""How many stars are taken for hot sites: a made sky through a Bayer sensor without defects.

    build/venv/bin/python bench/quality/stars.py [--program build/release/bin/latent]

3000 points of 0.004 to 0.8 of white in all, log-uniform, on a sky of 0.004; the noise is told. The
radius is the standard deviation of the point over whole pixels: 0.4 is sharper than lenses are.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from called import call
from raw_quality import BLACK, ROOT, noise, write_mosaic
from scipy.special import erf

FloatArray = npt.NDArray[np.float64]
SIDE_PX = 800
STARS = 3000
SKY = 0.004
REACH_PX = 4


def across(centre: float, first: int, radius: float) -> FloatArray:
    """Share of a point's light in each of the pixels from ``first`` on."""
    edges = np.arange(first, first + 2 * REACH_PX + 2) - 0.5 - centre
    return np.asarray(np.diff(erf(edges / (radius * np.sqrt(2)))) / 2)


def sky(rng: np.random.Generator, radius: float) -> FloatArray:
    """Light, [SIDE_PX, SIDE_PX], the same in all colours."""
    light = np.full((SIDE_PX, SIDE_PX), SKY)
    for flux in SKY * 10 ** (rng.random(STARS) * 2.3):
        x, y = rng.uniform(2 * REACH_PX, SIDE_PX - 2 * REACH_PX, 2)
        left, top = int(x) - REACH_PX, int(y) - REACH_PX
        shape = np.outer(across(y, top, radius), across(x, left, radius))
        light[top : top + len(shape), left : left + len(shape)] += flux * shape
    return light


def taken(program: Path, folder: Path, light: FloatArray, sigma: float, seed: int) -> int:
    """How many sites of that sky the program repairs."""
    rng = np.random.default_rng([31, seed])
    a = 4 * sigma**2
    b = (3 * a) ** 2
    noisy = rng.poisson(light / a) * a + rng.normal(0, np.sqrt(b), light.shape)
    counts = np.clip(np.round(BLACK + noisy * noise.LARGEST), 0, BLACK + noise.LARGEST)
    source = folder / "sky.dng"
    write_mosaic(source, counts.astype(np.uint16), noise.pattern_of("bayer", 0), (1, 1, 1))
    told = call(
        [program, "rawdenoise", source, "-o", folder / "out.dng", "--overwrite", "--json",
         "--region", "0,0,64,64", "--noise", f"{a:.9g},{b:.9g}"],
        capture=True,
    )  # fmt: skip
    (done,) = (row for row in map(json.loads, told.splitlines()) if row["event"] == "done")
    return int(done["hot_pixels"]) + int(done["dead_pixels"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    arguments = parser.parse_args()
    print(f"Of {STARS} stars so many are taken for hot sites.\n")
    print("| radius | sigma_u | taken |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for number, (radius, sigma) in enumerate(
            itertools.product((0.4, 0.5, 0.6, 0.8), (0.005, 0.02))
        ):
            light = sky(np.random.default_rng([29, number]), radius)
            count = taken(arguments.program, Path(name), light, sigma, number)
            print(f"| {radius} | {sigma} | {count} |", flush=True)


if __name__ == "__main__":
    main()
