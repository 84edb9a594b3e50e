# SPDX-License-Identifier: GPL-3.0-or-later
"""How much dust `latent erase --spots` finds, and how often it marks what is none.

    build/venv/bin/python bench/quality/dust.py --data FOLDER [--pictures 100]
        [--program build/release/bin/latent]

FOLDER holds `open_photos`. False marks: spots that are found in the photographs as they are, in
which nobody sees dust. Dust found: shadows are put into the same photographs, from a fixed seed,
blurred discs of radius 4 to 14 pixels that make encoded values 6 to 20 % smaller. "calm" are those
whose ground is calmer than the shadow is deep (standard deviation over four radii below a third of
the depth), which a person would see; the others lie in texture.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float64]
EACH = 8  # shadows a picture


def spots_of(program: Path, picture: Path) -> list[tuple[float, float, float]]:
    """x, y and radius of what is found."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "spots.json"
        subprocess.run(
            [program, "erase", picture, "--spots", "--dry-run", "--spots-list", listed, "-q"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        spots = json.loads(listed.read_text())["spots"]
    return [(spot["x"], spot["y"], spot["radius"]) for spot in spots]


def planted(
    picture: Floats, seed: list[int]
) -> tuple[Floats, list[tuple[float, float, float, bool]]]:
    """The picture with dust, and of each shadow x, y, radius and whether its ground is calm."""
    random = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    light = picture.mean(axis=2)
    rows, columns = np.mgrid[:height, :width]
    dusty = picture.copy()
    put: list[tuple[float, float, float, bool]] = []
    while len(put) < EACH:
        radius = random.uniform(4, 14)
        depth = random.uniform(0.06, 0.2)
        x = random.uniform(5 * radius, width - 5 * radius)
        y = random.uniform(5 * radius, height - 5 * radius)
        if any(np.hypot(x - a, y - b) < 6 * (radius + r) for a, b, r, _ in put):
            continue
        reach = int(4 * radius)
        ground = light[int(y) - reach : int(y) + reach, int(x) - reach : int(x) + reach]
        deep = depth * ground.mean()
        calm = ground.std() < deep / 3 and deep > 6  # of 255: less is hardly seen
        away = np.hypot(columns - x, rows - y) / radius
        dusty *= (1 - depth * np.exp(-(away**2)))[:, :, None]  # of encoded values
        put.append((x, y, radius, bool(calm)))
    return dusty, put


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    parser.add_argument("--pictures", type=int, default=100)
    arguments = parser.parse_args()
    files = sorted((arguments.data / "open_photos").glob("*.jpg"))
    files = files[:: max(1, len(files) // arguments.pictures)][: arguments.pictures]
    marks: list[int] = []
    calm: list[bool] = []
    texture: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            marks.append(len(spots_of(arguments.program, file)))
            picture = np.asarray(Image.open(file).convert("RGB"), np.float64)
            dusty, put = planted(picture, [number, 27])
            target = Path(folder) / "dusty.png"
            Image.fromarray(np.clip(dusty + 0.5, 0, 255).astype(np.uint8)).save(target)
            found = spots_of(arguments.program, target)
            for x, y, radius, is_calm in put:
                hit = any(np.hypot(x - a, y - b) < max(radius, 4) for a, b, _ in found)
                (calm if is_calm else texture).append(hit)
    print(f"{len(files)} photographs of {arguments.data.name}/open_photos")
    print(
        f"false marks: {np.mean(marks):.2f} a photograph, median {np.median(marks):.0f}, "
        f"most {max(marks)}; none in {np.mean(np.array(marks) == 0):.0%}"
    )
    print(
        f"dust found: {np.mean(calm):.1%} of {len(calm)} on calm ground, "
        f"{np.mean(texture):.1%} of {len(texture)} in texture"
    )


if __name__ == "__main__":
    main()
