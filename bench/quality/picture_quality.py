# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality of denoise and upscale, through the program, on the published sets.

    build/venv/bin/python bench/quality/picture_quality.py [--data ../shared/data] [--every 1]
        [--precisions f32 bf16] [--tables plain real upscale] [--model ID] [--out table.md]

plain    kodak24, white noise of sigma 15, 25, 50 on 8-bit values, not clipped and not rounded
         (32-bit float TIFF with an sRGB profile), its seed the picture's number; the level is told
         (--level); PSNR over all channels of the result clipped to 0..1.
real     polyu_odd and nam_a: photographs of high ISO and the mean of many of the same scene;
         nothing is told. PSNR before and after.
upscale  set5 and set14: the published bicubic small pictures; PSNR of luma (BT.601, 16..235), 8-bit
         results, as many pixels left out at the edge as the scale.

The sets are not in this repository. Every number is a mean over pictures.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from called import call
from PIL import Image, ImageCms

ROOT = Path(__file__).resolve().parents[2]
FloatArray = npt.NDArray[np.float64]
SIGMAS = (15, 25, 50)
LUMA = np.array([65.481, 128.553, 24.966])


def psnr(result: FloatArray, truth: FloatArray) -> float:
    """In dB, peak 1."""
    return 10 * math.log10(1 / float(np.mean((result - truth) ** 2)))


def luma_psnr(result: FloatArray, truth: FloatArray, edge: int) -> float:
    """Of luma (BT.601, 16..235), so many pixels left out at each side of ``result``."""
    height, width = result.shape[:2]
    inner = (slice(edge, height - edge), slice(edge, width - edge))
    return psnr((result[inner] @ LUMA + 16) / 255, (truth[inner] @ LUMA + 16) / 255)


def pixels(path: Path) -> FloatArray:
    """Encoded RGB of any picture the program writes, 0..1."""
    if path.suffix == ".tif":
        stored = tifffile.imread(path)
        largest = 1.0 if stored.dtype.kind == "f" else float(np.iinfo(stored.dtype).max)
        picture = np.asarray(stored, dtype=np.float64) / largest
        return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"), dtype=np.float64) / 255


@dataclass(frozen=True)
class Program:
    """The program under test and how it is called."""

    path: Path
    precision: str
    folder: Path
    model: str = ""

    def run(self, verb: str, source: Path, *arguments: str, depth: int = 16) -> FloatArray:
        """The result of one verb on one file."""
        result = self.folder / "out.tif"
        model = ["--model", self.model] if self.model else []
        call(
            [self.path, verb, source, "-o", result, "--overwrite", "-q", "--bit-depth", str(depth),
             "--precision", self.precision, "--compression", "none", *model, *arguments],
        )  # fmt: skip
        return pixels(result)


def write_float(path: Path, picture: FloatArray) -> None:
    """A 32-bit float TIFF whose profile says sRGB."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tifffile.imwrite(path, picture.astype(np.float32), photometric="rgb", iccprofile=profile)


Pair = tuple[Path, FloatArray]


def found(folder: Path, pattern: str) -> list[Path]:
    """Pictures of a set, sorted. Ends the program where there are none."""
    paths = sorted(folder.glob(pattern))
    return paths or sys.exit(f"no pictures in {folder}; name the folder of the sets with --data")


def plain_pairs(data: Path, every: int, sigma: int, folder: Path) -> Iterator[Pair]:
    """Noisy file and clean picture."""
    for index, path in list(enumerate(found(data / "kodak24", "*.png")))[::every]:
        clean = pixels(path)
        noise = np.random.default_rng(index).standard_normal(clean.shape)
        noisy = folder / "noisy.tif"
        write_float(noisy, clean + noise * sigma / 255)
        yield noisy, clean


def real_pairs(data: Path, name: str) -> Iterator[Pair]:
    """Noisy file and the mean of many."""
    if name == "nam_a":
        for path in found(data / name / "noisy", "*.png"):
            yield path, pixels(data / name / "gt" / path.name.replace("_noise", "_gt"))
    else:
        for path in found(data / name, "*_real.JPG"):
            yield path, pixels(path.with_name(path.name.replace("_real", "_mean")))


def upscale_pairs(data: Path, name: str, scale: int) -> Iterator[Pair]:
    """Small file and the large picture."""
    for path in found(data / name / f"x{scale}" / "HR", "*.png"):
        yield path.parents[1] / "LR_bicubic" / path.name, pixels(path)


def table(title: str, heads: list[str], rows: list[list[str]]) -> list[str]:
    """Markdown."""
    lines = [title, "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


Programs = Callable[[str], Program]


def plain_table(arguments: argparse.Namespace, programs: Programs) -> list[str]:
    """White noise, level told."""
    rows = []
    for sigma in SIGMAS:
        row = [str(sigma)]
        for precision in arguments.precisions:
            program = programs(precision)
            values = [
                psnr(np.clip(program.run("denoise", noisy, "--level", str(sigma), depth=32), 0, 1),
                     clean)
                for noisy, clean in plain_pairs(arguments.data, arguments.every, sigma,
                                                program.folder)
            ]  # fmt: skip
            row.append(f"{np.mean(values):.2f}")
        rows.append(row)
        print(row, flush=True)
    title = "White noise on kodak24, level told: PSNR in dB"
    return table(title, ["sigma", *arguments.precisions], rows)


def real_table(arguments: argparse.Namespace, programs: Programs) -> list[str]:
    """Real noise, level estimated; how far the channels' means move, by the first precision."""
    rows = []
    for name in ("polyu_odd", "nam_a"):
        pairs = list(real_pairs(arguments.data, name))
        before = float(np.mean([psnr(pixels(noisy), clean) for noisy, clean in pairs]))
        row, moved = [name, f"{before:.2f}"], ""
        for precision in arguments.precisions:
            program = programs(precision)
            results = [program.run("denoise", noisy) for noisy, _ in pairs]
            after = np.mean([psnr(r, clean) for r, (_, clean) in zip(results, pairs, strict=True)])
            row.append(f"{after:.2f} ({after - before:+.2f})")
            moved = moved or shift([pixels(noisy) for noisy, _ in pairs], results)
        rows.append([*row, moved])
        print(rows[-1], flush=True)
    title = "Real noise, level estimated: PSNR in dB (gain); means' shift in 8-bit steps"
    return table(title, ["set", "noisy", *arguments.precisions, "shift"], rows)


def shift(sources: list[FloatArray], results: list[FloatArray]) -> str:
    """How far the mean of a channel moves, in 8-bit steps: mean and worst over all pictures."""
    pairs = zip(sources, results, strict=True)
    moves = np.abs([255 * (result - source).mean(axis=(0, 1)) for source, result in pairs])
    return f"{moves.mean():.2f}, at most {moves.max():.2f}"


def upscale_table(arguments: argparse.Namespace, programs: Programs) -> list[str]:
    """Enlarging, 8-bit results."""
    rows = []
    for scale in (2, 4):
        for name in ("set5", "set14"):
            row = [f"x{scale}", name]
            for precision in arguments.precisions:
                program = programs(precision)
                values = []
                for small, large in upscale_pairs(arguments.data, name, scale):
                    result = program.run("upscale", small, "--scale", str(scale), depth=8)
                    values.append(luma_psnr(result, large, scale))
                row.append(f"{np.mean(values):.2f}")
            rows.append(row)
            print(row, flush=True)
    title = "Enlarging: PSNR of luma in dB"
    return table(title, ["scale", "set", *arguments.precisions], rows)


TABLES = {"plain": plain_table, "real": real_table, "upscale": upscale_table}


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--precisions", nargs="+", default=["f32", "bf16"])
    parser.add_argument("--model", default="", help="of the --tables given; else the default")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        programs = lambda precision: Program(  # noqa: E731
            arguments.program, precision, Path(folder), arguments.model
        )
        lines = [line for name in arguments.tables for line in TABLES[name](arguments, programs)]
    print("\n".join(lines))
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
