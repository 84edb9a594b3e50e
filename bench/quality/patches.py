# SPDX-License-Identifier: GPL-3.0-or-later
"""Does raw denoise move the mean of a patch of colour? A made chart, through the program.

    build/venv/bin/python bench/quality/patches.py [--program build/release/bin/latent]
        [--model latent-raw] [--charts 1] [--side 500] [--kinds bayer xtrans mono]

A chart has 4 rows of 6 flat patches with a black border; half of the patches are grey in the light
of a random white balance, half have any three sensor values, 0 to 0.95 of white. The noise is told.
For each patch and colour: the mean of the result minus that of the noisy source, in percent of
(white - black). Where the noise reaches white and moves the mean of the source, minus the scene.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from raw_quality import BLACK, ROOT, Program, colours_of, made_case, noise

FloatArray = npt.NDArray[np.float64]
ROWS, COLUMNS, BORDER_PX, INSIDE_PX = 4, 6, 16, 12
SIGMAS = (0.01, 0.03, 0.06, 0.1)


def chart(rng: np.random.Generator, kind: str, sigma: float, side: int) -> noise.Case:
    """The chart through a sensor, any phase of its pattern."""
    wb = (1.0, 1.0, 1.0) if kind == "mono" else (rng.uniform(1.2, 2.6), 1.0, rng.uniform(1.2, 2.6))
    grey = rng.uniform(0, 0.95, (ROWS * COLUMNS, 1)) / np.array(wb)
    free = rng.uniform(0, 0.95, (ROWS * COLUMNS, 1 if kind == "mono" else 3))
    light = np.where(np.arange(ROWS * COLUMNS)[:, None] % 2 == 0, grey, free * np.ones(3))
    step = side + BORDER_PX
    pattern = noise.pattern_of(kind, int(rng.integers(18 if kind == "xtrans" else 4)))
    shape = (ROWS * step + BORDER_PX, COLUMNS * step + BORDER_PX)
    colours = colours_of(pattern, shape)
    clean = np.full(shape, 0.002)
    for index, values in enumerate(light):
        where = window(index, side, 0)
        clean[where] = values[colours[where]]
    return made_case(clean, pattern, wb, sigma, rng)


def window(index: int, side: int, inside: int) -> tuple[slice, slice]:
    """The place of a patch, less a rim of ``inside``."""
    step = side + BORDER_PX
    y, x = (BORDER_PX + step * n for n in divmod(index, COLUMNS))
    return slice(y + inside, y + side - inside), slice(x + inside, x + side - inside)


def moved(result: FloatArray, case: noise.Case, side: int) -> list[float]:
    """Of each patch the colour that moved farthest, in percent."""
    found = []
    for index in range(ROWS * COLUMNS):
        where = window(index, side, INSIDE_PX)
        worst = 0.0
        for colour in np.unique(case.colours):
            sites = case.colours[where] == colour
            clean, noisy = case.clean[where][sites].mean(), case.noisy[where][sites].mean()
            clips = clean + 4 * np.sqrt(case.a * clean + case.b) > 1
            shift = result[where][sites].mean() - (clean if clips else noisy)
            worst = max(worst, abs(100 * float(shift)))
        found.append(worst)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--model", default="latent-raw")
    parser.add_argument("--charts", type=int, default=1)
    parser.add_argument("--side", type=int, default=500)
    parser.add_argument("--kinds", nargs="+", default=["bayer", "xtrans", "mono"])
    arguments = parser.parse_args()
    print("| mosaic | sigma_u | median | nine of ten | worst | above 0.1 % |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        program = Program(arguments.program, "f32", Path(name), arguments.model)
        for kind in arguments.kinds:
            for sigma in SIGMAS:
                shifts = []
                for seed in range(arguments.charts):
                    case = chart(np.random.default_rng([29, seed]), kind, sigma, arguments.side)
                    result = program.denoise(case.counts(BLACK), case)
                    shifts += moved(result, case, arguments.side)
                median, most, worst = np.quantile(shifts, [0.5, 0.9, 1.0])
                above = f"{sum(s > 0.1 for s in shifts)} of {len(shifts)}"
                print(
                    f"| {kind} | {sigma} | {median:.3f} | {most:.3f} | {worst:.3f} | {above} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
