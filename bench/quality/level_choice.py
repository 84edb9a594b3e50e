# SPDX-License-Identifier: GPL-3.0-or-later
"""How good the measured noise level is: automatic beside the best of several fixed levels.

    build/venv/bin/python bench/quality/level_choice.py [--levels 2 3 4 6] [--clean | --textures]

Real pairs (polyu_odd, nam_a): PSNR in dB of 8-bit results, everything automatic, and with each
fixed ``--level``. With ``--clean`` the level that is found in kodak24, as it is and with white
noise added; with ``--textures`` likewise of cloth, leather and fur that fill the frame
(textures.py), and how much of their contrast is in the result.
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
from scipy.ndimage import gaussian_filter
from textures import all_textures

ROOT = Path(__file__).resolve().parents[2]
SIGMAS = (0.0, 2.0, 5.0, 10.0, 20.0)


def pixels(path: Path) -> npt.NDArray[np.float64]:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"), np.float64)


def pairs(data: Path) -> list[tuple[Path, Path]]:
    """Noisy and clean."""
    found = [
        (noisy, noisy.with_name(noisy.name.replace("_real", "_mean")))
        for noisy in sorted((data / "polyu_odd").glob("*_real.JPG"))
    ]
    for noisy in sorted((data / "nam_a/noisy").glob("*.png")):
        found.append((noisy, data / "nam_a/gt" / noisy.name.replace("noise", "gt")))
    return found


def results(program: Path, data: Path, *options: str) -> list[float]:
    """PSNR of each result against the clean picture of its pair."""
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [program, "denoise", *(noisy for noisy, _ in pairs(data)), "-O", folder,
             "--format", "png", "--bit-depth", "8", "--quiet", *options],
            check=True,
        )  # fmt: skip
        for noisy, clean in pairs(data):
            (result,) = Path(folder).glob(f"{noisy.stem}_*.png")
            error = np.mean((pixels(result) - pixels(clean)) ** 2)
            scores.append(float(10 * np.log10(255**2 / error)))
    return scores


def real_table(program: Path, data: Path, levels: list[str], precision: str) -> None:
    sources = [noisy for noisy, _ in pairs(data)]
    fixed = np.array(
        [results(program, data, "--precision", precision, "--level", level) for level in levels]
    )
    automatic = np.array(results(program, data, "--precision", precision))
    behind = fixed.max(0) - automatic
    print("| | mean dB |\n|---|---|")
    for level, scores in zip(levels, fixed, strict=True):
        print(f"| --level {level} | {scores.mean():.2f} |")
    print(f"| automatic | {automatic.mean():.2f} |")
    print(f"\nBehind the best of them, mean {np.maximum(behind, 0).mean():.3f} dB; the worst:")
    for k in np.argsort(-behind)[:5]:
        print(f"{behind[k]:.2f} dB, best at {levels[int(fixed[:, k].argmax())]}: {sources[k].name}")


def found_level(program: Path, picture: Path) -> tuple[float, float, float]:
    """What is found, its confidence, and what denoise uses."""
    told = subprocess.run([program, "info", picture, "--json"], check=True, capture_output=True)
    noise = json.loads(told.stdout)["noise"]
    return 255 * noise["overall"], noise["confidence"], 255 * noise["used"]


def textures_table(program: Path, precision: str) -> None:
    """Level used, by noise added; contrast that is kept of the clean one."""
    print("Used (found) level; the share of the clean texture's contrast in its result.\n")
    print("| texture | " + " | ".join(f"sigma {sigma:g}" for sigma in SIGMAS) + " | contrast |")
    print("|---" * (len(SIGMAS) + 2) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, clean) in enumerate(all_textures().items()):
            cells = []
            made = Path(folder) / "noisy.png"
            for sigma in reversed(SIGMAS):
                rng = np.random.default_rng([number, int(sigma), 3])
                noisy = np.clip(np.round(clean + rng.normal(0, sigma, clean.shape)), 0, 255)
                Image.fromarray(noisy.astype(np.uint8)).save(made)
                found, _, used = found_level(program, made)
                cells.append(f"{used:.1f} ({found:.1f})")
            result = Path(folder) / "result.png"  # of the last one, without noise
            subprocess.run(
                [program, "denoise", made, "-o", result, "--bit-depth", "8", "-q", "--overwrite",
                 "--precision", precision],
                check=True, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            before, after = (fine(pixels(path)) for path in (made, result))
            kept = 100 * float((before * after).sum() / (before * before).sum())
            print(f"| {name} | " + " | ".join(reversed(cells)) + f" | {kept:.0f} % |", flush=True)


def fine(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What is finer than about 15 px."""
    return np.asarray(picture - gaussian_filter(picture, (5, 5, 0)))


def clean_table(program: Path, data: Path) -> None:
    print("Found (confidence) used.\n")
    print("| picture | " + " | ".join(f"sigma {sigma:g}" for sigma in SIGMAS) + " |")
    print("|---" * (len(SIGMAS) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(sorted((data / "kodak24").glob("*.png"))):
            clean = pixels(path)
            cells = []
            for sigma in SIGMAS:
                rng = np.random.default_rng([number, int(sigma)])
                noisy = np.clip(np.round(clean + rng.normal(0, sigma, clean.shape)), 0, 255)
                made = Path(folder) / "noisy.png"
                Image.fromarray(noisy.astype(np.uint8)).save(made)
                cells.append("{:.1f} ({:.2f}) {:.1f}".format(*found_level(program, made)))
            print(f"| {path.stem} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--levels", nargs="+", default=["2", "3", "4", "6"])
    parser.add_argument("--precision", default="f32")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--clean", action="store_true", help="kodak24 with white noise")
    other.add_argument("--textures", action="store_true", help="cloth, leather and fur")
    arguments = parser.parse_args()
    if arguments.clean:
        clean_table(arguments.program, arguments.data)
    elif arguments.textures:
        textures_table(arguments.program, arguments.precision)
    else:
        real_table(arguments.program, arguments.data, arguments.levels, arguments.precision)


if __name__ == "__main__":
    main()
