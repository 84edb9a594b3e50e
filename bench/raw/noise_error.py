# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the estimated noise is off: clean synthetic scenes and, where present, kodak24.

    build/venv/bin/python bench/raw/noise_error.py [--kodak ../shared/data/kodak24] [--latent BIN]

Every case is written as a DNG and given to ``latent info --json``. The error is that of
sigma(x) = sqrt(a x + b), in percent, by two measures: the mean over the sites of the picture
itself, and the worst anywhere in x = 0.01..0.8, whether the picture has such light or not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reference"))
sys.path.insert(0, str(ROOT / "bench" / "raw"))

import noise_scenes  # noqa: E402  the path had to be set first
from latent_reference import cfa, noise  # noqa: E402
from latent_reference.dng import rows_of, write_dng  # noqa: E402
from latent_reference.dng_spec import DngSpec, Geometry, Levels  # noqa: E402

FloatArray = npt.NDArray[np.float64]

BLACK = 2048
SCENE_SIGMAS = (0.002, 0.004, 0.008, 0.016, 0.03, 0.06)
KODAK_SIGMAS = (0.006, 0.01, 0.02, 0.03, 0.06)
READ_NOISE = (0.5, 3.0, 8.0)
FIXED_RANGE = np.geomspace(0.01, 0.8, 40)


@dataclass(frozen=True)
class Errors:
    """Error of sigma in percent, with its sign: the mean over the sites, the worst of 0.01..0.8."""

    own: float
    fixed: float


def estimated(latent: Path, case: noise.Case, folder: Path) -> tuple[float, float]:
    """(a, b) of green that the program finds in the mosaic of ``case``."""
    counts = case.counts(BLACK)
    height, width = counts.shape
    spec = DngSpec(
        geometry=Geometry.with_margins(width, height),
        pattern=case.pattern,
        levels=Levels(bits=16, white=BLACK + noise.LARGEST, black=((float(BLACK),),)),
    )
    path = folder / "case.dng"
    write_dng(path, spec, rows_of(counts))
    made = subprocess.run([latent, "info", path, "--json"], capture_output=True, check=True)
    found = json.loads(made.stdout)["noise"]
    return found["a"][1], found["b"][1]


def errors(case: noise.Case, found: tuple[float, float]) -> Errors:
    """What ``found`` is off."""
    true_b = case.b + 1.0 / (12.0 * noise.LARGEST**2)

    def off(x: FloatArray) -> FloatArray:
        return np.asarray(np.sqrt((found[0] * x + found[1]) / (case.a * x + true_b)) - 1.0)

    own, fixed = off(case.clean), off(FIXED_RANGE)
    mean = float(np.copysign(np.abs(own).mean(), own.mean()))
    return Errors(100.0 * mean, 100.0 * float(fixed[np.abs(fixed).argmax()]))


def scene_case(
    light: FloatArray, kind: str, sigma_green: float, electrons: float, seed: int
) -> noise.Case:
    """Photographs ``light`` ([h, w, 3], x as green sites would see it) with noise and 14 bits."""
    rng = np.random.default_rng(seed)
    pattern = noise.pattern_of(kind, seed)
    colours = cfa.colour_index(pattern, *light.shape[:2])
    wb = (1.0, 1.0, 1.0) if kind == "mono" else noise.WB
    clean = noise.sites_of(light, kind, colours) / np.array(wb)[colours]
    a = (2.0 * sigma_green) ** 2
    b = (electrons * a) ** 2
    noisy = np.minimum(noise.exposed(clean, a, b, rng), 1.0)
    quantised = np.round(noisy * noise.LARGEST) / noise.LARGEST
    return noise.Case(quantised, clean, colours, pattern, wb, a, b)


def row_of(name: str, found: list[Errors]) -> str:
    """One line of a table: mean and worst of both measures, and how many stay within 10 %."""
    own = np.array([error.own for error in found])
    fixed = np.array([error.fixed for error in found])
    return (
        f"| {name} | {np.abs(own).mean():.1f} | {own[np.abs(own).argmax()]:+.1f} | "
        f"{int((np.abs(own) <= 10).sum())}/{len(own)} | {np.abs(fixed).mean():.1f} | "
        f"{fixed[np.abs(fixed).argmax()]:+.1f} | {int((np.abs(fixed) <= 10).sum())}/{len(fixed)} |"
    )


HEAD = (
    "| {} | its sites: mean % | worst | within 10 % | x 0.01..0.8: mean % | worst | within 10 % |\n"
    "|---|---|---|---|---|---|---|"
)


def scene_rows(latent: Path, folder: Path, kind: str) -> Iterator[str]:
    """The clean scenes by sigma, each scene with three read noises."""
    scenes = noise_scenes.all_scenes()
    for sigma in SCENE_SIGMAS:
        found = []
        for light in scenes.values():
            for seed, electrons in enumerate(READ_NOISE):
                case = scene_case(light, kind, sigma, electrons, seed)
                found.append(errors(case, estimated(latent, case, folder)))
        yield row_of(f"{kind} {sigma}", found)


def kodak_rows(latent: Path, folder: Path, kind: str, pictures: list[Path]) -> Iterator[str]:
    """kodak24 by the protocol for numbers."""
    for sigma in KODAK_SIGMAS:
        found = []
        for index, path in enumerate(pictures):
            picture = np.asarray(Image.open(path).convert("RGB"))
            case = noise.protocol_case(picture, index, kind, sigma)
            found.append(errors(case, estimated(latent, case, folder)))
        yield row_of(f"{kind} {sigma}", found)


def main() -> None:
    """Prints both tables as Markdown."""
    parser = argparse.ArgumentParser(description="Error of the noise estimate.")
    parser.add_argument("--latent", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--kodak", type=Path, default=ROOT.parent / "shared/data/kodak24")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(HEAD.format("clean scenes: CFA, sigma_u"))
        for kind in noise.KINDS:
            for row in scene_rows(args.latent, folder, kind):
                print(row, flush=True)
        pictures = sorted(args.kodak.glob("*.png"))
        if not pictures:
            print(f"\nno pictures in {args.kodak}: its table is left out")
            return
        print("\n" + HEAD.format("kodak24: CFA, sigma_u"))
        for kind in noise.KINDS:
            for row in kodak_rows(args.latent, folder, kind, pictures):
                print(row, flush=True)


if __name__ == "__main__":
    main()
