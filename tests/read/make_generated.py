# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the generated DNGs that generated_test.cpp reads, and beside each its true samples.

    python make_generated.py FOLDER

NAME.dng comes from the judge's generator; NAME.u16 holds the linear counts of the whole buffer as
little-endian uint16, row by row. Exits with 77, which CTest takes as "skipped", where numpy is
missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

SKIPPED = 77
REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "reference"))

try:
    import numpy as np
    from latent_reference import make_dng
    from latent_reference.sensor import Sensor, SensorNoise
except ModuleNotFoundError as missing:
    print(f"{missing}; set LATENT_PYTHON to an environment that has it")
    sys.exit(SKIPPED)

COMMON = ["--size", "201x158", "--scene", "texture", "--noise", "0.002,1e-5", "--noise-profile"]
MARGINS = ["--margins", "3,5,2,7", "--inset", "4"]
SMALL = ["--size", "64x48"]
# No sound file has next to nothing between black and white: a seed for the fuzzers.
NO_RANGE = ["--bits", "16", "--black", "0.99999", "--white", "1"]
FILES = {
    "rggb": ["--cfa", "rggb", *MARGINS, "--compression", "ljpeg", "--metadata", "all"],
    "grbg": ["--cfa", "grbg", *MARGINS, "--black", "500,510,520,530", "--big-endian"],
    "gbrg": ["--cfa", "gbrg", *MARGINS, "--bits", "12", "--black", "128", "--gain-maps", "--warp"],
    "bggr": ["--cfa", "bggr", *MARGINS, "--bits", "10", "--black", "64", "--compression", "ljpeg"],
    "curve": ["--cfa", "rggb", "--linearization", "--preview", "--orientation", "6"],
    "xtrans": ["--cfa", "xtrans:2,5", *MARGINS, "--compression", "ljpeg"],
    "mono": ["--cfa", "mono", *MARGINS, "--compression", "ljpeg", "--preview"],
    "quad": ["--cfa", "quad", *MARGINS],
    "four": ["--cfa", "four"],
    "linear": ["--cfa", "linear"],
    "linear_margins": ["--cfa", "linear", *MARGINS, "--black", "512", "--big-endian"],
    "linear_jpeg": ["--cfa", "linear", *MARGINS, "--compression", "ljpeg", "--bits", "12"],
    "linear_no_range": ["--cfa", "linear", *SMALL, *NO_RANGE],
    "linear_curve": ["--cfa", "linear", "--linearization", "--compression", "ljpeg"],
}


def write(folder: Path, name: str, options: list[str]) -> None:
    """One DNG and its samples."""
    arguments = [str(folder / f"{name}.dng"), *COMMON, *options]
    make_dng.main(arguments)
    args = make_dng.parser().parse_args(arguments)
    spec = make_dng.spec_of(args)
    top, left, bottom, right = spec.geometry.active
    scene = make_dng.scene_of(args.scene, right - left, bottom - top)
    a, b = (float(v) for v in args.noise.split(","))
    rows = Sensor(spec, scene, SensorNoise(a, b), args.exposure, args.seed)
    stored = rows(0, spec.geometry.height)
    if spec.levels.linearization:
        stored = np.array(spec.levels.linearization, np.uint16)[stored]
    (folder / f"{name}.u16").write_bytes(stored.astype("<u2").tobytes())


def main() -> None:
    """Writes all of FILES into the folder that is named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in FILES.items():
        write(folder, name, options)


if __name__ == "__main__":
    main()
