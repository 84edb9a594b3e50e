# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour of shadows where a camera writes no sample below black. A made chart, through the program.

    build/venv/bin/python bench/quality/shadows.py [--side 400] [--measured]

24 flat patches of 0 to 0.06 of white, half of them grey under white balance (2, 1, 1.6), half of
any colour, through a Bayer sensor whose samples end at black. For each patch the colour whose mean
is farthest from the light, in percent of (white - black): of the source and of the result. The
noise level is given to the program, or the program measures it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from called import call
from raw_quality import (
    ROOT,
    CameraColour,
    DngSpec,
    Geometry,
    Levels,
    Metadata,
    colours_of,
    linear_samples,
    noise,
    rows_of,
    write_dng,
)

FloatArray = npt.NDArray[np.float64]
ROWS, COLUMNS, INSIDE_PX = 4, 6, 16
SIGMAS = (0.01, 0.03, 0.06, 0.1)
WB = (2.0, 1.0, 1.6)
MIDDLE = 0.18


def chart(side: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Light of every site, and its colour. The last row of patches is middle grey."""
    rng = np.random.default_rng(53)
    count = ROWS * COLUMNS
    grey = np.linspace(0, 0.12, count)[:, None] / np.array(WB)
    free = rng.uniform(0, 0.06, (count, 3))
    light = np.where(np.arange(count)[:, None] % 2 == 0, grey, free)
    light = np.concatenate([light, np.tile(MIDDLE / np.array(WB), (COLUMNS, 1))])
    shape = ((ROWS + 1) * side, COLUMNS * side)
    colours = colours_of(noise.pattern_of("bayer", 0), shape)
    values = light.reshape(ROWS + 1, COLUMNS, 3).repeat(side, 0).repeat(side, 1)
    return np.take_along_axis(values, colours[..., None], 2)[..., 0], colours


def off(
    samples: FloatArray, light: FloatArray, colours: npt.NDArray[np.int64], side: int
) -> FloatArray:
    """Of each patch the colour whose mean is farthest from the light, in percent."""
    found = []
    for index in range(ROWS * COLUMNS):
        y, x = (n * side for n in divmod(index, COLUMNS))
        where = (
            slice(y + INSIDE_PX, y + side - INSIDE_PX),
            slice(x + INSIDE_PX, x + side - INSIDE_PX),
        )
        difference, colour = (samples - light)[where], colours[where]
        found.append(max(abs(float(difference[colour == c].mean())) for c in range(3)))
    return 100 * np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--side", type=int, default=400)
    parser.add_argument("--measured", action="store_true", help="the program measures the noise")
    arguments = parser.parse_args()
    light, colours = chart(arguments.side)
    print("| sigma_u | source: median | worst | result: median | nine of ten | worst |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for sigma in SIGMAS:
            rng = np.random.default_rng([59, int(1000 * sigma)])
            a = (2 * sigma) ** 2
            b = (noise.READ_NOISE_ELECTRONS * a) ** 2
            noisy = np.clip(noise.exposed(light, a, b, rng), 0, 1)
            counts = np.rint(noisy * noise.LARGEST).astype(np.uint16)
            height, width = counts.shape
            spec = DngSpec(
                geometry=Geometry.with_margins(width, height),
                pattern=noise.pattern_of("bayer", 0),
                levels=Levels(bits=16, white=noise.LARGEST, black=((0.0,),)),
                colour=CameraColour(wb=WB),
                metadata=Metadata(blocks=frozenset()),
            )
            source, result = Path(name) / "in.dng", Path(name) / "out.dng"
            write_dng(source, spec, rows_of(counts))
            told = [] if arguments.measured else ["--noise", f"{a:.9g},{b:.9g}"]
            call([arguments.program, "rawdenoise", source, "-o", result, "--overwrite", "-q",
                  "--precision", "f32", *told])  # fmt: skip
            before = off(counts / noise.LARGEST, light, colours, arguments.side)
            after = off(linear_samples(result), light, colours, arguments.side)
            print(
                f"| {sigma} | {np.median(before):.2f} | {before.max():.2f} "
                f"| {np.median(after):.2f} | {np.quantile(after, 0.9):.2f} | {after.max():.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
