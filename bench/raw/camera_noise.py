# SPDX-License-Identifier: GPL-3.0-or-later
"""The noise estimate against the profiles of real cameras, and what the table of cameras is worth.

    build/venv/bin/python bench/raw/camera_noise.py [--latent BIN]

First table: noise-free scenes (noise_scenes.py) are photographed with the noise that the table has
for cameras at some ISO (src/raw/camera_noise.txt, times its factor) at 14 bits, and `latent info`
says what it finds. What counts is the shape: how the noise grows with ISO.

Second table: cut-outs of the same scenes, without and with the name of the camera in the file. The
cameras differ from the table by a factor between 2/3 and 4/3, as cameras do (decision 93).
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reference"))
sys.path.insert(0, str(ROOT / "bench" / "raw"))

import noise_scenes  # noqa: E402  the path had to be set first
from latent_reference import noise  # noqa: E402
from latent_reference.dng import rows_of, write_dng  # noqa: E402
from latent_reference.dng_spec import DngSpec, Geometry, Levels, Metadata  # noqa: E402
from noise_error import scene_case  # noqa: E402

FloatArray = npt.NDArray[np.float64]
CAMERAS = ("Canon|EOS 6D", "Nikon|D750", "Sony|ILCE-7M3", "Fujifilm|X-T3", "Panasonic|DC-G9")
ISOS = (200, 800, 3200, 12800)
SIDES = (16, 24, 32, 48, 64, 96, 128)
BLACK = 2048
MID_GREY = 0.18


def profiles() -> dict[str, list[tuple[float, float, float]]]:
    """ISO, a and b of photosites by "maker|model"."""
    found, scale = {}, 1.0
    for line in (ROOT / "src/raw/camera_noise.txt").read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "scale":
            scale = float(rest)
        if word == "camera":
            name, _, numbers = rest.rpartition("|")
            rows = [tuple(float(n) for n in entry.split()) for entry in numbers.split(",")]
            found[name] = [(iso, scale * a, scale * b) for iso, a, b in rows]
    return found


def noise_at(rows: list[tuple[float, float, float]], iso: float) -> tuple[float, float]:
    """On straight lines between the entries."""
    at = np.array(rows)
    return float(np.interp(iso, at[:, 0], at[:, 1])), float(np.interp(iso, at[:, 0], at[:, 2]))


def photographed(light: FloatArray, kind: str, a: float, b: float, seed: int) -> noise.Case:
    """The scene with that noise."""
    case: noise.Case = scene_case(light, kind, math.sqrt(a) / 2, math.sqrt(b) / a, seed)
    return case


def told(
    latent: Path, folder: Path, case: noise.Case, camera: str, iso: float
) -> tuple[float, float]:
    """a and b of green that the program counts on."""
    counts = case.counts(BLACK)
    height, width = counts.shape
    maker, model = camera.split("|")
    spec = DngSpec(
        geometry=Geometry.with_margins(width, height),
        pattern=case.pattern,
        levels=Levels(bits=16, white=BLACK + noise.LARGEST, black=((float(BLACK),),)),
        metadata=Metadata(make=maker, model=model, iso=int(iso)),
    )
    path = folder / "case.dng"
    write_dng(path, spec, rows_of(counts))
    made = subprocess.run([latent, "info", path, "--json"], capture_output=True, check=True)
    found = json.loads(made.stdout)["noise"]
    return found["a"][1], found["b"][1]


def sigma(model: tuple[float, float], x: float | FloatArray) -> FloatArray:
    """Standard deviation at light x."""
    return np.asarray(np.sqrt(model[0] * x + model[1] + 1 / (12 * noise.LARGEST**2)))


def slope(values: list[float]) -> float:
    """Growth of the logarithm with that of the ISO."""
    return float(np.polyfit(np.log(ISOS), np.log(values), 1)[0])


def shape_rows(latent: Path, folder: Path) -> Iterator[str]:
    """A camera a row: the found sigma over the true one at mid grey by ISO, and both slopes."""
    known = profiles()
    lights = list(noise_scenes.all_scenes().values())
    for camera in CAMERAS:
        kind = "xtrans" if camera.startswith("Fujifilm") else "bayer"
        ratios, a_true, a_found = [], [], []
        for iso in ISOS:
            true = noise_at(known[camera], iso)
            found = [
                told(latent, folder, photographed(light, kind, *true, seed), "Nobody|None", iso)
                for seed, light in enumerate(lights)
            ]
            at_grey = [float(sigma(one, MID_GREY) / sigma(true, MID_GREY)) for one in found]
            ratios.append(f"{np.mean(at_grey):.3f} ({min(at_grey):.2f}..{max(at_grey):.2f})")
            a_true.append(true[0])
            a_found.append(math.exp(float(np.mean([math.log(one[0]) for one in found]))))
        yield (
            f"| {camera.replace('|', ' ')} ({kind}) | {' | '.join(ratios)} |"
            f" {slope(a_true):.3f} | {slope(a_found):.3f} |"
        )


def cut(case: noise.Case, side: int, seed: int) -> noise.Case:
    """A square of it, at a place that the pattern's phase allows."""
    rng = np.random.default_rng(seed)
    height, width = case.noisy.shape
    y, x = (6 * int(rng.integers((size - side) // 6 + 1)) for size in (height, width))
    part = np.s_[y : y + side, x : x + side]
    return replace(case, noisy=case.noisy[part], clean=case.clean[part], colours=case.colours[part])


def small_rows(latent: Path, folder: Path, repeats: int) -> Iterator[str]:
    """A size a row: error of sigma over the sites, without and with the camera's name."""
    known = profiles()
    lights = list(noise_scenes.all_scenes().values())
    for side in SIDES:
        errors: dict[bool, list[float]] = {False: [], True: []}
        for index in range(repeats):
            rng = np.random.default_rng(1000 + index)
            camera, iso = CAMERAS[index % 3], ISOS[int(rng.integers(len(ISOS)))]
            factor = math.exp(rng.uniform(math.log(2 / 3), math.log(4 / 3)))
            a, b = (factor * value for value in noise_at(known[camera], iso))
            whole = photographed(lights[index % len(lights)], "bayer", a, b, index)
            case = cut(whole, side, index)
            level = np.maximum(case.clean, 0)
            for named, errors_of in errors.items():
                found = told(latent, folder, case, camera if named else "Nobody|None", iso)
                off = sigma(found, level).mean() / sigma((a, b), level).mean()
                errors_of.append(abs(100 * math.log(off)))
        cells = " | ".join(
            f"{np.mean(of):.0f} | {np.percentile(of, 90):.0f} | {max(of):.0f}"
            for of in errors.values()
        )
        yield f"| {side} | {cells} |"


def main() -> None:
    """Prints both tables as Markdown."""
    parser = argparse.ArgumentParser(description="The noise estimate against cameras' profiles.")
    parser.add_argument("--latent", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--repeats", type=int, default=24)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        heads = " | ".join(f"ISO {iso}: found / true" for iso in ISOS)
        print(f"| camera | {heads} | slope of a | slope found |\n|---|{'---|' * (len(ISOS) + 2)}")
        for row in shape_rows(args.latent, folder):
            print(row, flush=True)
        print(
            "\n| side, px | unknown camera: mean | 9 of 10 below | worst | known camera: mean |"
            " 9 of 10 below | worst |\n|---|---|---|---|---|---|---|"
        )
        for row in small_rows(args.latent, folder, args.repeats):
            print(row, flush=True)


if __name__ == "__main__":
    main()
