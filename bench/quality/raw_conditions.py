# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw denoise where the protocol does not look: other phases, light, cameras and noise.

    build/venv/bin/python bench/quality/raw_conditions.py [--every 6] [--model latent-raw]
        [--bm3d build/bm3d_conditions.json] [--out table.md]

One condition of the protocol (``raw_quality.py``) is changed at a time: the phase of the mosaic,
the exposure, the white balance, the camera's matrix, the read noise, the noise itself. Each row is
the mean of every n-th picture of kodak24: PSNR of u, in dB, through the program in float32, and
what it gains over VST+BM3D (see ``raw_quality.py``), which knows no camera at all. A network that
has learned the protocol's camera alone would gain less in other rows. Hot pixels are kept, so that
the network alone is measured.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from raw_quality import KODAK, ROOT, Program, bm3d_psnr, chosen_pictures, evaluate

from latent_reference import noise  # isort: skip  raw_quality sets the path
from latent_reference.noise import Conditions  # isort: skip

Row = tuple[str, str, float, Conditions]

USUAL = Conditions()
SIGMA = 0.02
"""Of green in u, unless a row says otherwise."""

STRONG_MIX = np.array([[0.6, 0.3, 0.1], [0.25, 0.6, 0.15], [0.08, 0.37, 0.55]])
NO_MIX = np.eye(3)
BALANCES = {
    "daylight": (2.3, 1.0, 1.35),
    "lamp light": (1.15, 1.0, 3.3),
    "shade": (2.9, 1.0, 1.1),
    "none": (1.0, 1.0, 1.0),
}


def rows() -> list[Row]:
    """Name, mosaic, sigma_u and conditions of every row of the table."""
    found: list[Row] = []
    for phase in itertools.product((0, 1), (0, 1)):
        found.append((f"phase {phase}", "bayer", SIGMA, replace(USUAL, phase=phase)))
    for phase in ((0, 0), (1, 2), (3, 1), (5, 0)):
        found.append((f"phase {phase}", "xtrans", SIGMA, replace(USUAL, phase=phase)))
    for exposure in (1 / 32, 1 / 8, 0.35, 1.4, 2.8):
        name = f"exposure {np.log2(exposure):+.1f} EV"
        found.append((name, "bayer", SIGMA, replace(USUAL, exposure=exposure)))
    for name, wb in BALANCES.items():
        found.append((f"white balance {wb}, {name}", "bayer", SIGMA, replace(USUAL, wb=wb)))
    for name, mix in (("no mixing of colours", NO_MIX), ("strong mixing", STRONG_MIX)):
        found.append((name, "bayer", SIGMA, replace(USUAL, mix=mix)))
    for electrons in (0.5, 8.0, 20.0):
        dark = replace(USUAL, read_noise_electrons=electrons, exposure=0.1)
        found.append((f"read noise {electrons:g} e, -3.3 EV", "bayer", SIGMA, dark))
    for sigma in (0.003, 0.006, 0.12, 0.18):
        found.append((f"sigma_u {sigma:g}", "bayer", sigma, USUAL))
    return found


def measured(
    row: Row,
    chosen: list[tuple[int, npt.NDArray[np.uint8]]],
    program: Program,
    kept: evaluate.Cache | None,
) -> str:
    """One line of the table."""
    name, kind, sigma, conditions = row
    values = []
    for index, picture in chosen:
        case = noise.protocol_case(picture, index, kind, sigma, conditions)
        u, clean = case.encoded()
        result = program.psnr(case)
        line = [noise.psnr(u, clean), result]
        if kept:
            key = f"{kind} {sigma} {name} {index}"
            line.append(result - kept.get(key, functools.partial(bm3d_psnr, case)))
        values.append(line)
    mean = np.mean(values, axis=0)
    gain = f" | {mean[2]:+.2f}" if kept else ""
    return f"| {kind} | {name} | {mean[0]:.2f} | {mean[1]:.2f}{gain} |"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--pictures", type=Path, default=KODAK, help="the folder of kodak24")
    parser.add_argument("--every", type=int, default=6)
    parser.add_argument("--model", default="latent-raw")
    parser.add_argument("--bm3d", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    chosen = chosen_pictures(arguments.pictures, arguments.every)
    kept = evaluate.Cache(arguments.bm3d) if arguments.bm3d else None
    lines = [
        "| mosaic | condition | noisy | f32 |" + (" over VST+BM3D |" if kept else ""),
        "|---|---|---|---|" + ("---|" if kept else ""),
    ]
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program, "f32", Path(folder), arguments.model, "keep")
        for row in rows():
            lines.append(measured(row, chosen, program, kept))
            print(lines[-1], flush=True)
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
