#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cage of the decoders costs: `latent info` and `latent compare` with and without.

    build/venv/bin/python bench/program/cage.py [FILE ...] [--rounds 9]

Both ways in turn, the best of each. `info` starts a reader for headers and metadata; `compare`
of a file with itself decodes it twice, so its difference is that of two readers and two copies of
the pixels. Without a file: a raw and a picture of 24 megapixels, made here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 6000, 4000


def made_files(folder: Path) -> list[Path]:
    sys.path.insert(0, str(REPOSITORY / "tests" / "reference"))
    import numpy as np
    from latent_reference import make_dng
    from PIL import Image

    raw = folder / "raw_24mp.dng"
    make_dng.main([str(raw), "--size", f"{WIDTH}x{HEIGHT}"])
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    picture.save(folder / "picture_24mp.jpg", quality=90)
    return [raw, folder / "picture_24mp.jpg"]


def seconds(program: Path, words: list[str]) -> float:
    before = time.perf_counter()
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    spent = time.perf_counter() - before
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
    return spent


def best_of(program: Path, words: list[str], rounds: int) -> tuple[float, float]:
    caged, plain = [], []
    for _ in range(rounds):
        caged.append(seconds(program, words))
        plain.append(seconds(program, [*words, "--no-sandbox"]))
    return min(caged), min(plain)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    program = Path(os.environ.get("LATENT_BIN", REPOSITORY / "build/release/bin/latent"))
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'file':<24} {'verb':<8} {'caged':>9} {'plain':>9} {'cost of one':>12}")
        for file in given.files or made_files(Path(folder)):
            verbs = {
                "info": (["info", str(file)], 1),
                "compare": (["compare", str(file), str(file)], 2),
            }
            for verb, (words, opened) in verbs.items():
                caged, plain = best_of(program, words, given.rounds)
                cost = (caged - plain) / opened * 1000
                print(
                    f"{file.name:<24} {verb:<8} {caged * 1000:6.0f} ms {plain * 1000:6.0f} ms "
                    f"{cost:9.0f} ms"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
