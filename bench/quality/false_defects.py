# SPDX-License-Identifier: GPL-3.0-or-later
"""How many sites of pictures without defects are called hot or dead, and how many planted ones are
found.

    build/venv/bin/python bench/quality/false_defects.py [--every 1] [--sigmas 0.003 0.01 0.03]

Pictures of kodak24 through the simulated Bayer camera of ``raw_quality.py``, the noise told.
Planted are 50 sites a picture that show 0.2 of white more than they should. ``stars.py`` does the
same for skies.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from called import call
from raw_quality import BLACK, KODAK, ROOT, chosen_pictures, noise, write_mosaic

PLANTED = 50
HEIGHT = 0.2


def struck(program: Path, folder: Path, case: noise.Case) -> int:
    """Sites that the program repairs."""
    write_mosaic(folder / "in.dng", case.counts(BLACK), case.pattern, case.wb)
    told = call(
        [program, "rawdenoise", folder / "in.dng", "-o", folder / "out.dng", "--overwrite",
         "--json", "--precision", "f32", "--region", "0,0,32,32",
         "--noise", f"{case.a:.9g},{case.b:.9g}"],
        capture=True,
    )  # fmt: skip
    (done,) = (row for row in map(json.loads, told.splitlines()) if row["event"] == "done")
    return int(done["hot_pixels"]) + int(done["dead_pixels"])


def planted(case: noise.Case, seed: int) -> noise.Case:
    """The same with PLANTED hot sites."""
    rng = np.random.default_rng([41, seed])
    height, width = case.noisy.shape
    noisy = case.noisy.copy()
    for place in rng.choice((height // 8 - 2) * (width // 8 - 2), PLANTED, replace=False):
        y, x = np.array(divmod(int(place), width // 8 - 2)) * 8 + 8
        noisy[y + rng.integers(4), x + rng.integers(4)] += HEIGHT
    return replace(case, noisy=np.minimum(noisy, 1.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--pictures", type=Path, default=KODAK, help="the folder of kodak24")
    parser.add_argument("--every", type=int, default=1, help="every N-th picture")
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    arguments = parser.parse_args()
    print("| sigma_u | called struck: mean | worst picture | above 2 | of 50 planted found, mean |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for sigma in arguments.sigmas:
            false, found = {}, []
            for index, picture in chosen_pictures(arguments.pictures, arguments.every):
                case = noise.protocol_case(picture, index, "bayer", sigma)
                false[index] = struck(arguments.program, Path(name), case)
                with_some = struck(arguments.program, Path(name), planted(case, index))
                found.append(with_some - false[index])
            worst = max(false, key=lambda index: false[index])
            above = sum(count > 2 for count in false.values())
            print(
                f"| {sigma:g} | {np.mean(list(false.values())):.1f} | {false[worst]} "
                f"(number {worst}) | {above} of {len(false)} | {np.mean(found):.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
