# SPDX-License-Identifier: GPL-3.0-or-later
"""How well `rawdenoise --demosaic --ca auto` finds and corrects colour fringes of known size.

    build/venv/bin/python bench/quality/fringes.py [--every 12] [--sigmas 0 0.01]
        [--corners 0,0 0.8,-0.6 2,-1.5] [--pictures FOLDER]

Pictures and camera as in demosaic.py. Red and blue of the scene are enlarged about the middle of
the picture, so that they stand so many pixels farther out in its corners (cubics and fifths of the
radius are not made here: tests/raw has them); then the mosaic is made, and noise. CPSNR in dB
against the scene without fringes; what was found, in pixels in the corners. A picture has fringes
of its own, which count as an error of what is found: the row without any shows them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from demosaic import BLACK, ROOT, WB, Case, cut, make_case
from latent_train import colour_protocol as protocol
from latent_train import mosaic
from raw_quality import chosen_pictures, noise, write_mosaic
from scipy.ndimage import map_coordinates

FloatArray = npt.NDArray[np.floating]


def enlarged(plane: FloatArray, corner_px: float) -> FloatArray:
    """A plane about its middle, by so much that its corners move by so many pixels."""
    height, width = plane.shape
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    scale = 1 / (1 + corner_px / np.hypot(*middle))
    at = [middle[i] + (np.arange(plane.shape[i]) - middle[i]) * scale for i in range(2)]
    grid = np.meshgrid(*at, indexing="ij")
    return np.asarray(map_coordinates(plane, grid, order=5, mode="mirror"))


def fringed(case: Case, corners: tuple[float, float], sigma: float, seed: int) -> Case:
    """The case as a lens with such fringes shows it."""
    rng = np.random.default_rng(seed)
    seen = case.inner.scene.astype(np.float64)
    for colour, px in ((0, corners[0]), (2, corners[1])):
        seen[..., colour] = np.clip(enlarged(seen[..., colour], px), 0, 1)
    clean = mosaic.mosaic(seen, case.inner.colours)
    if sigma > 0:
        clean = rng.poisson(clean / case.inner.a) * case.inner.a
        clean = clean + rng.normal(0, case.inner.b**0.5, clean.shape)
    counts = np.clip(np.rint(clean * noise.LARGEST) + BLACK, 0, 65535).astype(np.uint16)
    return replace(case, counts=counts)


class Runs:
    """The program, on one case after the other."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder

    def result(self, case: Case, ca: str) -> tuple[float, dict[str, float] | None]:
        """CPSNR, and the shift that was found."""
        source, target = self.folder / "in.dng", self.folder / "out.dng"
        write_mosaic(source, case.counts, case.pattern, WB)
        told = f"{case.inner.a:.17g},{case.inner.b:.17g}"
        command = [str(self.program), "rawdenoise", str(source), "-o", str(target), "--overwrite",
                   "--demosaic", "--ca", ca, "--noise", told, "--hot-pixels", "keep",
                   "--precision", "f32", "--compression", "none", "--json"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        event = json.loads(done.stdout.splitlines()[-1])
        with tifffile.TiffFile(target) as tiff:
            pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
            raw = next(page for page in pages if page.photometric == 34892)
            light = raw.asarray().astype(np.float64) / 32768
        return protocol.cpsnr(cut(light), cut(case.inner.scene)), event["fringes_px"]


def row(runs: Runs, cases: list[Case], corners: tuple[float, float], sigma: float) -> str:
    """Mean CPSNR off and auto, and the mean and the worst of what was found."""
    off, auto, red, blue = [], [], [], []
    for seed, case in enumerate(cases):
        seen = fringed(case, corners, sigma, seed)
        off.append(runs.result(seen, "off")[0])
        quality, found = runs.result(seen, "auto")
        auto.append(quality)
        red.append(found["red"] if found else 0.0)
        blue.append(found["blue"] if found else 0.0)
    return (
        f"| {cases[0].kind} | {sigma:g} | {corners[0]:+g} / {corners[1]:+g} | {np.mean(off):.2f} | "
        f"{np.mean(auto):.2f} | {np.mean(red):+.2f} / {np.mean(blue):+.2f} |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--every", type=int, default=12)
    parser.add_argument("--sigmas", nargs="+", type=float, default=[0.0, 0.01])
    parser.add_argument("--corners", nargs="+", default=["0,0", "0.8,-0.6", "2,-1.5"])
    parser.add_argument("--pictures", type=Path, default=ROOT.parent / "shared/data/kodak24")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    arguments = parser.parse_args()
    pictures = chosen_pictures(arguments.pictures, arguments.every)
    print("| mosaic | sigma_u | red / blue in the corners, px | off | auto | found, mean |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(arguments.program.resolve(), Path(folder))
        for kind in protocol.KINDS:
            for sigma in arguments.sigmas:
                cases = [make_case(picture, index, kind, sigma) for index, picture in pictures]
                for text in arguments.corners:
                    red, blue = (float(part) for part in text.split(","))
                    print(row(runs, cases, (red, blue), sigma), flush=True)


if __name__ == "__main__":
    main()
