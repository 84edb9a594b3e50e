#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures through one Library in one process, and through a process each.

    bench/library/many_pictures.py [--build build/release] [--pictures 200] [--size 96x64]

Both ways begin with the compiled network in their cache and write the same bytes, which is checked.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def make_pictures(folder: Path, count: int, width: int, height: int) -> None:
    random = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width]
    scene = 90 + 60 * np.sin(x / 17.0) * np.cos(y / 11.0)
    for i in range(count):
        samples = scene[..., None] + random.normal(0, 9, (height, width, 3))
        picture = Image.fromarray(np.clip(samples, 0, 255).astype(np.uint8))
        picture.save(folder / f"{i:03}.png")


def cpu_seconds() -> float:
    """Of the programs that were run: what other programs do meanwhile changes it little."""
    times = os.times()
    return times.children_user + times.children_system


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--size", default="96x64")
    given = parser.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    (bench,) = given.build.glob("bench/**/library_many_pictures")
    program = given.build / "bin" / "latent"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("in", "handle", "processes"):
            (folder / part).mkdir()
        make_pictures(folder / "in", given.pictures, width, height)
        environment = {
            **os.environ,
            "LATENT_CACHE": str(folder / "cache"),
            "LATENT_CONFIG": str(folder / "none"),
            "LATENT_MODELS_DIR": str(folder / "none"),
        }

        def denoise(source: Path, target: Path) -> None:
            command = [program, "denoise", source, "-o", target, "-q"]
            subprocess.run(command, check=True, env=environment)

        pictures = sorted((folder / "in").iterdir())
        denoise(pictures[0], folder / "warm.tif")  # fills the cache
        before = cpu_seconds()
        done = subprocess.run(
            [bench, folder / "in", folder / "handle"],
            check=True,
            env=environment,
            capture_output=True,
            text=True,
        )
        handle, first = (float(word) for word in done.stdout.split())
        handle_cpu = cpu_seconds() - before
        before = cpu_seconds()
        begun = time.perf_counter()
        for picture in pictures:
            denoise(picture, folder / "processes" / f"{picture.stem}.tif")
        processes = time.perf_counter() - begun
        processes_cpu = cpu_seconds() - before
        for result in (folder / "processes").iterdir():
            if result.read_bytes() != (folder / "handle" / result.name).read_bytes():
                print(f"{result.name} differs between the two ways")
                return 1
    count = len(pictures)
    print(f"{count} pictures of {width} x {height}, the same bytes both ways")
    each = f"{1000 * handle / count:.1f} ms a picture; the first {1000 * first:.0f} ms"
    print(f"one Library:       {handle:7.2f} s ({each})")
    print(f"a process each:    {processes:7.2f} s ({1000 * processes / count:.1f} ms a picture)")
    print(f"ratio:             {processes / handle:7.1f}")
    share = f"{1000 * handle_cpu / count:.0f} and {1000 * processes_cpu / count:.0f} ms a picture"
    print(f"of the processor:  {share}, ratio {processes_cpu / handle_cpu:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
