# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality of raw denoise, through the program: PSNR by the protocol, and flat fields.

    build/venv/bin/python bench/quality/raw_quality.py [--every 3] [--kinds bayer xtrans mono]
        [--model latent-raw] [--precisions f32 bf16] [--bm3d build/bm3d.json]
        [--flat | --hot-pixels | --highlights] [--out table.md]

Protocol: pictures of ``kodak24`` (500 x 500, not in this repository; --pictures names the folder),
the first 496 x 496 pixels made linear, a camera matrix, white balance (2, 1, 1.6), exposure 0.7,
CFA phase and noise seed by the picture's number, read noise of 3 electrons, 14 bits, clipped at
white and not at black; PSNR of u (the square-root domain of the network) against the noise-free u
over all sites, peak 1. The true noise parameters are given to the program (--noise).

VST+BM3D (PyPI bm3d, for comparison only): the square root as above, BM3D on each of the four packed
planes with its known sigma (mono: on the whole plane), the exact unbiased inverse. It is slow:
results are kept in the file that --bm3d names and used again.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import tifffile
from called import call

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests/reference", "training", "python")]

from latent_reference import encoding, noise  # noqa: E402  the path had to be set first
from latent_reference.dng import rows_of, write_dng  # noqa: E402
from latent_reference.dng_spec import CameraColour, DngSpec, Geometry, Levels, Metadata  # noqa: E402
from latent_train import evaluate, protocol  # noqa: E402

FloatArray = npt.NDArray[np.float64]
KODAK = ROOT.parent / "shared/data/kodak24"
BLACK = 16384
"""So high that no noise of the tables falls below count 0."""
FLAT_LEVELS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
FLAT_SIZE_PX = 1536
HOT_PIXEL_SIGMAS = (0.003, 0.01, 0.03)
STRUCK_ONE_IN = 5000
BRIGHT = noise.Conditions(exposure=3.0, brightest=np.inf)
"""Clipped by the sensor, not by the scene."""


def write_mosaic(
    path: Path,
    counts: npt.NDArray[np.uint16],
    pattern: npt.NDArray[np.int64],
    wb: tuple[float, float, float],
) -> None:
    """A DNG of a mosaic of these counts, black at BLACK, without metadata."""
    height, width = counts.shape
    spec = DngSpec(
        geometry=Geometry.with_margins(width, height),
        pattern=pattern,
        levels=Levels(bits=16, white=BLACK + noise.LARGEST, black=((float(BLACK),),)),
        colour=CameraColour(wb=wb),
        metadata=Metadata(blocks=frozenset()),
    )
    write_dng(path, spec, rows_of(counts))


@dataclass(frozen=True)
class Program:
    """The program under test and how it is called."""

    path: Path
    precision: str
    folder: Path
    model: str = "latent-raw"
    hot_pixels: str = "remove"
    tell: bool = True
    more: tuple[str, ...] = ()

    def denoise(self, counts: npt.NDArray[np.uint16], case: noise.Case) -> FloatArray:
        """The mosaic through the program, the noise told or not; x in fractions of white."""
        source, result = self.folder / "in.dng", self.folder / "out.dng"
        write_mosaic(source, counts, case.pattern, case.wb)
        told = ["--noise", f"{case.a:.17g},{case.b:.17g}"] if self.tell else []
        call(
            [self.path, "rawdenoise", source, "-o", result, "--overwrite", "-q", *told,
             "--precision", self.precision, "--compression", "none", "--model", self.model,
             "--hot-pixels", self.hot_pixels, *self.more],
        )  # fmt: skip
        return linear_samples(result)

    def psnr(self, case: noise.Case) -> float:
        """PSNR of u of the denoised mosaic, in dB."""
        x = self.denoise(case.counts(BLACK), case)
        _, clean = case.encoded()
        return noise.psnr(encoding.encode(x * case.site_wb, case.site_noise), clean)


def linear_samples(path: Path) -> FloatArray:
    """The raw samples of a DNG, black at 0 and white at 1; one black level for all sites."""
    with tifffile.TiffFile(path) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        raw = next(page for page in pages if page.photometric in (32803, 34892))
        stored: FloatArray = raw.asarray().astype(np.float64)
        black = np.ravel(raw.tags["BlackLevel"].value).astype(np.float64)
        white = float(np.ravel(raw.tags["WhiteLevel"].value)[0])
    if len(np.unique(black)) != 1:
        raise ValueError(f"{path} has a black level for each site")
    return np.asarray((stored - black[0]) / (white - black[0]))


def bm3d_psnr(case: noise.Case) -> float:
    """PSNR of VST+BM3D."""
    from latent_train.baseline import bm3d_denoiser

    site = case.site_noise
    u, clean = case.encoded()
    twin = SimpleNamespace(u=u, sigma=np.sqrt(site.A) / 2, A=site.A, B=site.B, colours=case.colours)
    return noise.psnr(bm3d_denoiser(twin), clean)  # type: ignore[arg-type]


def chosen_pictures(folder: Path, every: int) -> list[tuple[int, npt.NDArray[np.uint8]]]:
    """Every N-th picture and its number. Ends the program where there are none."""
    try:
        return protocol.load_pictures(folder, every)
    except FileNotFoundError as error:
        sys.exit(f"{error}; --help says how to name the folder of kodak24")


def quality_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """The Markdown table of the protocol."""
    chosen = chosen_pictures(arguments.pictures, arguments.every)
    kept = evaluate.Cache(arguments.bm3d) if arguments.bm3d else None
    heads = [*arguments.precisions, *(["VST+BM3D"] if kept else [])]
    lines = [
        f"PSNR of u in dB, mean of {len(chosen)} pictures of kodak24.",
        "",
        "| mosaic | sigma_u | noisy | " + " | ".join(heads) + " |",
        "|---|---|---|" + "---|" * len(heads),
    ]
    for kind in arguments.kinds:
        for sigma in noise.SIGMAS:
            rows = []
            for index, picture in chosen:
                case = noise.protocol_case(picture, index, kind, sigma)
                u, clean = case.encoded()
                row = [noise.psnr(u, clean)]
                for precision in arguments.precisions:
                    program = Program(arguments.program, precision, folder, arguments.model)
                    row.append(program.psnr(case))
                if kept:
                    key = f"{kind} {sigma} {index}"
                    row.append(kept.get(key, functools.partial(bm3d_psnr, case)))
                rows.append(row)
            means = " | ".join(f"{value:.2f}" for value in np.mean(rows, axis=0))
            lines.append(f"| {kind} | {sigma} | {means} |")
            print(lines[-1], flush=True)
    return lines


def colours_of(pattern: npt.NDArray[np.int64], shape: tuple[int, int]) -> npt.NDArray[np.int64]:
    """The pattern over a frame."""
    tiled = np.tile(pattern, [-(-n // p) for n, p in zip(shape, pattern.shape, strict=True)])
    return np.asarray(tiled[: shape[0], : shape[1]])


def made_case(
    clean: FloatArray,
    pattern: npt.NDArray[np.int64],
    wb: tuple[float, float, float],
    sigma: float,
    rng: np.random.Generator,
) -> noise.Case:
    """Sensor values through a sensor of that sigma_u: noisy, clipped at white, quantised."""
    a = (2.0 * sigma) ** 2
    b = (noise.READ_NOISE_ELECTRONS * a) ** 2
    noisy = np.minimum(noise.exposed(clean, a, b, rng), 1.0)
    quantised = np.round(noisy * noise.LARGEST) / noise.LARGEST
    return noise.Case(quantised, clean, colours_of(pattern, clean.shape), pattern, wb, a, b)


def flat_case(kind: str, sigma: float, level: float) -> noise.Case:
    """A flat grey field of that sensor value."""
    rng = np.random.default_rng([17, int(1000 * sigma), int(1000 * level)])
    wb = (1.0, 1.0, 1.0) if kind == "mono" else noise.WB
    clean = np.full((FLAT_SIZE_PX, FLAT_SIZE_PX), level)
    return made_case(clean, noise.pattern_of(kind, 0), wb, sigma, rng)


def worst_colour(shift: FloatArray, colours: npt.NDArray[np.int64]) -> float:
    """The mean of each colour's sites, the one farthest from 0, in percent."""
    means = [float(shift[colours == colour].mean()) for colour in np.unique(colours)]
    return 100.0 * max(means, key=abs)


def flat_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """How far the mean of each colour of a flat field is from the scene and the source."""
    lines = [
        "Mean of a flat field, worst colour, in percent of (white - black): result minus scene,",
        "and minus noisy source. Near white they part: clipping darkens the mean of the source.",
        "",
        "| mosaic | sigma_u | minus | " + " | ".join(f"{v:g}" for v in FLAT_LEVELS) + " |",
        "|---|---|---|" + "---|" * len(FLAT_LEVELS),
    ]
    program = Program(arguments.program, arguments.precisions[0], folder, arguments.model)
    for kind in arguments.kinds:
        for sigma in noise.SIGMAS:
            rows: dict[str, list[float]] = {"scene": [], "source": []}
            for level in FLAT_LEVELS:
                case = flat_case(kind, sigma, level)
                result = program.denoise(case.counts(BLACK), case)
                rows["scene"].append(worst_colour(result - case.clean, case.colours))
                rows["source"].append(worst_colour(result - case.noisy, case.colours))
            for name, values in rows.items():
                cells = " | ".join(f"{value:+.3f}" for value in values)
                lines.append(f"| {kind} | {sigma} | {name} | {cells} |")
                print(lines[-1], flush=True)
    return lines


def struck(case: noise.Case, seed: int) -> noise.Case:
    """The same with one site in STRUCK_ONE_IN hot or dead, as in training."""
    from latent_train import config, simulate

    density = config.SimulationConfig(
        defect_density_min=1 / STRUCK_ONE_IN, defect_density_max=1 / STRUCK_ONE_IN
    )
    damaged = simulate.add_defects(case.noisy, np.random.default_rng([23, seed]), density)
    return replace(case, noisy=np.minimum(damaged, 1.0))


def hot_pixel_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """What looking for hot pixels costs where there are none, since single glints are taken for
    them, and what it brings where there are some."""
    chosen = chosen_pictures(arguments.pictures, arguments.every)
    lines = [
        f"PSNR of u with hot pixels removed minus kept, in dB; {len(chosen)} pictures of kodak24.",
        "",
        f"| mosaic | sigma_u | mean | worst | one site in {STRUCK_ONE_IN} struck | kept |",
        "|---|---|---|---|---|---|",
    ]
    programs = [
        Program(arguments.program, arguments.precisions[0], folder, arguments.model, hot_pixels)
        for hot_pixels in ("keep", "remove")
    ]
    for kind in arguments.kinds:
        for sigma in HOT_PIXEL_SIGMAS:
            rows = []
            for index, picture in chosen:
                case = noise.protocol_case(picture, index, kind, sigma)
                both = [
                    [program.psnr(one) for program in programs]
                    for one in (case, struck(case, index))
                ]
                rows.append([removed - kept for kept, removed in both] + [both[1][0]])
            cost, gain, kept = np.mean(rows, axis=0)
            worst = min(row[0] for row in rows)
            lines.append(
                f"| {kind} | {sigma} | {cost:+.2f} | {worst:+.2f} | {gain:+.2f} | {kept:.2f} |"
            )
            print(lines[-1], flush=True)
    return lines


def highlight_table(arguments: argparse.Namespace, folder: Path) -> list[str]:
    """What becomes of sites whose light is above white."""
    chosen = chosen_pictures(arguments.pictures, arguments.every)
    lines = [
        f"Sites whose light is above white, in percent; {len(chosen)} pictures of kodak24 at "
        f"exposure {BRIGHT.exposure:g}.",
        "",
        "| mosaic | sigma_u | of all | of them white in the result | mean of the others |",
        "|---|---|---|---|---|",
    ]
    program = Program(arguments.program, arguments.precisions[0], folder, arguments.model)
    for kind in arguments.kinds:
        for sigma in noise.SIGMAS:
            above, result = [], []
            for index, picture in chosen:
                case = noise.protocol_case(picture, index, kind, sigma, BRIGHT)
                there = case.clean >= 1
                above.append(there.mean())
                result.append(program.denoise(case.counts(BLACK), case)[there])
            values = np.concatenate(result)
            white = values >= 1 - 0.5 / noise.LARGEST
            lines.append(
                f"| {kind} | {sigma} | {100 * np.mean(above):.1f} | {100 * white.mean():.1f} "
                f"| {100 * values[~white].mean():.1f} |"
            )
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--model", default="latent-raw", help="id, or a .dtmodel file")
    parser.add_argument("--pictures", type=Path, default=KODAK, help="the folder of kodak24")
    parser.add_argument("--every", type=int, default=1, help="every N-th picture")
    parser.add_argument("--kinds", nargs="+", default=list(noise.KINDS))
    parser.add_argument("--precisions", nargs="*", default=["f32", "bf16"])
    parser.add_argument("--bm3d", type=Path, help="compare with BM3D, results kept in this file")
    other = parser.add_mutually_exclusive_group()
    for option, table, text in (
        ("--flat", flat_table, "flat fields instead of pictures"),
        ("--hot-pixels", hot_pixel_table, "what looking for them costs and brings"),
        ("--highlights", highlight_table, "what is clipped in the source"),
    ):
        other.add_argument(option, dest="table", action="store_const", const=table, help=text)
    parser.set_defaults(table=quality_table)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("LATENT_CACHE", str(ROOT / "build/cache"))
    with tempfile.TemporaryDirectory() as name:
        lines = arguments.table(arguments, Path(name))
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
