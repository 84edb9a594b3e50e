# SPDX-License-Identifier: GPL-3.0-or-later
"""Our packages for darktable, run as darktable runs them, beside Latent's own way.

    make darktable-packages
    build/venv/bin/python bench/quality/darktable_packages.py [--every 3] [--out table.md]

The packages of build/darktable/ with `--compat darktable-5.6`: darktable's tiles, clamps and seams,
the noise measured by the graph on each tile. Latent's own: the shipped package, the noise estimated
once per picture. Nothing is told to either.

raw      kodak24 by the protocol of raw_quality.py, Bayer; PSNR of u.
denoise  kodak24, white noise of sigma 15, 25, 50, clipped and rounded to 8 bits.
upscale  set5, x2 and x4, PSNR of luma, 16-bit results.

The sets are not in this repository.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from picture_quality import ROOT, SIGMAS, found, luma_psnr, pixels, psnr, table, upscale_pairs
from picture_quality import Program as Pictures
from PIL import Image, ImageCms
from raw_quality import Program as Mosaics
from raw_quality import chosen_pictures, noise

COMPAT = ("--compat", "darktable-5.6")


def _packages(task: str, made: str) -> dict[str, tuple[str, ...]]:
    return {
        "own": ("--model", task),
        "darktable's way": ("--model", str(ROOT / "build/darktable" / f"{made}.dtmodel"), *COMPAT),
    }


def raw_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """PSNR of u by noise level."""
    rows = []
    chosen = chosen_pictures(arguments.data / "kodak24", arguments.every)
    ways = _packages("latent-raw", "rawdenoise-latent")
    for sigma in (0.01, 0.03, 0.06):
        noisy: list[float] = []
        values: dict[str, list[float]] = {name: [] for name in ways}
        for index, picture in chosen:
            case = noise.protocol_case(picture, index, "bayer", sigma)
            noisy.append(noise.psnr(*case.encoded()))
            for name, (_, package, *compat) in ways.items():
                program = Mosaics(arguments.program, "auto", folder, package, tell=False,
                                  more=tuple(compat))  # fmt: skip
                values[name].append(program.psnr(case))
        rows.append([str(sigma), f"{np.mean(noisy):.2f}",
                     *(f"{np.mean(v):.2f}" for v in values.values())])  # fmt: skip
    lines: list[str] = table("Raw, Bayer", ["sigma_u", "noisy", *ways], rows)
    return lines


def denoise_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """PSNR by sigma."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ways = _packages("latent-denoise", "denoise-latent")
    program = Pictures(arguments.program, "f32", folder)
    rows = []
    for sigma in SIGMAS:
        noisy_values: list[float] = []
        values: dict[str, list[float]] = {name: [] for name in ways}
        for index, path in list(enumerate(found(arguments.data / "kodak24", "*.png")))[
            :: arguments.every
        ]:
            clean = pixels(path)
            random = np.random.default_rng(index).standard_normal(clean.shape)
            noisy = np.clip(np.round(255 * clean + sigma * random), 0, 255).astype(np.uint8)
            source = folder / "noisy.png"
            Image.fromarray(noisy).save(source, icc_profile=profile)
            noisy_values.append(psnr(noisy / 255, clean))
            for name, options in ways.items():
                values[name].append(psnr(program.run("denoise", source, *options), clean))
        rows.append([str(sigma), f"{np.mean(noisy_values):.2f}",
                     *(f"{np.mean(v):.2f}" for v in values.values())])  # fmt: skip
    lines: list[str] = table("Finished pictures", ["sigma", "noisy", *ways], rows)
    return lines


def upscale_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """PSNR of luma by scale."""
    program = Pictures(arguments.program, "f32", folder)
    ways = _packages("latent-upscale", "upscale-latent")
    rows = []
    for scale in (2, 4):
        values: dict[str, list[float]] = {name: [] for name in ways}
        for small, large in upscale_pairs(arguments.data, "set5", scale):
            for name, options in ways.items():
                result = program.run("upscale", small, "--scale", str(scale), *options)
                values[name].append(luma_psnr(result, large, scale))
        rows.append([f"x{scale}", *(f"{np.mean(v):.2f}" for v in values.values())])
    lines: list[str] = table("Enlarging, set5", ["scale", *ways], rows)
    return lines


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--tables", nargs="+", default=["raw", "denoise", "upscale"])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    arguments.program = arguments.program.resolve()
    makers = {"raw": raw_table, "denoise": denoise_table, "upscale": upscale_table}
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for key in arguments.tables:
            lines += makers[key](arguments, Path(name))
    text = "\n".join(lines)
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
