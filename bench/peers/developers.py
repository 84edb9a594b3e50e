# SPDX-License-Identifier: GPL-3.0-or-later
"""Latent beside the noise reduction of RawTherapee and darktable, on the same files.

    build/venv/bin/python bench/peers/developers.py [--every 6] [--sigmas 0.01 0.03 0.06]
        [--real 4] [--pictures FOLDER] [--data FOLDER] [--sheet sheet.jpg]

Raw: pictures of kodak24 through the simulated Bayer camera of ``raw_quality.py``. One program
develops all of a row neutrally: the noisy mosaic, the noisy mosaic with its own noise reduction (a
grid of settings; the best of it for each picture, which nobody could choose without the truth), the
mosaic that ``latent rawdenoise`` made with its defaults (it measures the noise itself), and the
mosaic without noise, which is the truth. RawTherapee: AMaZE, noise reduction by luminance and
chrominance. darktable: profiled denoise, wavelets and non-local means, given the true noise, by
strength. Finished pictures: polyu_odd and nam_a, with RawTherapee's grid and ``latent denoise``
with its defaults.

PSNR (all three channels) and SSIM (mean of the channels, 7 x 7) of 8-bit sRGB, a border of 16 px
left out. Seconds and peak memory are of the whole noise reduction and development (for Latent of
``latent`` and of the program that develops its DNG), which for files of 0.25 megapixels is mostly
start-up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image
from skimage.metrics import structural_similarity

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench/quality")]

from raw_quality import BLACK, KODAK, chosen_pictures, noise, write_mosaic  # noqa: E402
from xmp_of_darktable import denoise_xmp  # noqa: E402  beside this file

Bytes = npt.NDArray[np.uint8]
BORDER_PX = 16
CROP_PX = 220

RT_NEUTRAL = """[RAW]
CA=false

[RAW Bayer]
Method=amaze
LineNoise=0

[Sharpening]
Enabled=false

[Color Management]
OutputProfile=RTv4_sRGB

[Exposure]
Auto=false
Compensation=0
HistogramMatching=false

[HLRecovery]
Enabled=false
"""
RT_DENOISE = """
[Directional Pyramid Denoising]
Enabled=true
Enhance=false
Median=false
Luma={luma}
Ldetail={detail}
Chroma={chroma}
Method=Lab
LMethod=SLI
CMethod=MAN
C2Method=MANU
Gamma=1.7
"""
RT_GRID = [
    (luma, detail, chroma)
    for luma in (20, 40, 60, 80)
    for detail in (20, 60)
    for chroma in (15, 40)
]
DARKTABLE_GRID = [
    *(("wavelets", strength) for strength in (0.25, 0.5, 0.7, 1.0)),
    *(("non-local means", strength) for strength in (0.05, 0.1, 0.2, 0.35)),
]


@dataclass
class Cost:
    """Wall seconds and peak MiB of processes that ran one after the other."""

    seconds: float
    mib: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.mib, other.mib))


NOTHING = Cost(0, 0)


@dataclass
class Column:
    """What one method reached, picture after picture."""

    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    def add(self, result: tuple[float, float], cost: Cost) -> None:
        self.psnr.append(result[0])
        self.ssim.append(result[1])
        self.costs.append(cost)

    def words(self) -> str:
        seconds = np.median([cost.seconds for cost in self.costs])
        mib = np.median([cost.mib for cost in self.costs])
        return f"{np.mean(self.psnr):.2f} | {np.mean(self.ssim):.3f} | {seconds:.1f} | {mib:.0f}"


def run(command: list[str | Path]) -> Cost:
    """Runs a program. Ends this script with its words where it fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            words.seek(0)
            sys.exit(f"{' '.join(map(str, command))}\n{words.read()[-2000:]}")
    return Cost(time.perf_counter() - started, usage.ru_maxrss / 1024)


def pixels(path: Path) -> Bytes:
    """A picture as 8-bit RGB."""
    if path.suffix == ".tif":
        samples = np.asarray(tifffile.imread(path))[..., :3]
        return (samples >> 8).astype(np.uint8) if samples.dtype == np.uint16 else samples
    return np.asarray(Image.open(path).convert("RGB"))


def compared(result: Bytes, truth: Bytes) -> tuple[float, float]:
    """PSNR in dB, and SSIM."""
    inside = (slice(BORDER_PX, -BORDER_PX), slice(BORDER_PX, -BORDER_PX))
    one, other = result[inside].astype(np.float64), truth[inside].astype(np.float64)
    error = float(np.mean((one - other) ** 2))
    similarity = structural_similarity(  # type: ignore[no-untyped-call]
        one, other, channel_axis=2, data_range=255
    )
    return 10 * np.log10(255**2 / max(error, 1e-9)), float(similarity)


class RawTherapee:
    name = "RawTherapee"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def develop(self, source: Path, reduce: tuple[int, int, int] | None = None,
                finished: bool = False) -> tuple[Bytes, Cost]:  # fmt: skip
        """Neutrally, with noise reduction where `reduce` says (luminance, detail, chrominance)."""
        profile = self.folder / "rt.pp3"
        text = "[Version]\nAppVersion=5.9\nVersion=349\n\n" + RT_NEUTRAL
        if reduce is not None:
            luma, detail, chroma = reduce
            text += RT_DENOISE.format(luma=luma, detail=detail, chroma=chroma)
        profile.write_text(text)
        target = self.folder / "rt.tif"
        cost = run(
            ["rawtherapee-cli", "-o", target, "-t", "-b16", "-Y", "-q", "-p", profile, "-c", source]
        )
        return pixels(target), cost

    def grid(self, source: Path, case: noise.Case | None) -> Iterable[tuple[Bytes, Cost]]:
        del case
        return (self.develop(source, settings) for settings in RT_GRID)


class Darktable:
    name = "darktable"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def develop(self, source: Path, xmp: str = "") -> tuple[Bytes, Cost]:
        target = self.folder / "dt.tif"
        target.unlink(missing_ok=True)
        edit: list[str | Path] = []
        if xmp:
            (self.folder / "edit.xmp").write_text(xmp)
            edit = [self.folder / "edit.xmp"]
        cost = run(
            ["darktable-cli", source, *edit, target, "--icc-type", "SRGB", "--apply-custom-presets",
             "false", "--core", "--library", ":memory:", "--configdir", self.folder / "dt-config",
             "--cachedir", self.folder / "dt-cache", "--disable-opencl", "-t", "2",
             "--conf", "plugins/darkroom/workflow=none",
             "--conf", "write_sidecar_files=never",
             "--conf", "plugins/imageio/format/tiff/bpp=16"]
        )  # fmt: skip
        return pixels(target), cost

    def grid(self, source: Path, case: noise.Case | None) -> Iterable[tuple[Bytes, Cost]]:
        assert case is not None
        for mode, strength in DARKTABLE_GRID:
            yield self.develop(source, denoise_xmp(mode, strength, case.a, case.b))


def best(found: Iterable[tuple[Bytes, Cost]], truth: Bytes) -> tuple[Bytes, tuple[float, float],
                                                                     Cost]:  # fmt: skip
    """The result of the grid with the highest PSNR; its quality; its cost."""
    judged = [(compared(picture, truth), picture, cost) for picture, cost in found]
    quality, picture, cost = max(judged, key=lambda entry: entry[0][0])
    return picture, quality, cost


def crop_of(picture: Bytes) -> Bytes:
    y, x = (side // 2 - CROP_PX // 2 for side in picture.shape[:2])
    return picture[y : y + CROP_PX, x : x + CROP_PX]


HEAD = "| set | developed by | noisy | its own, best of the grid | SSIM | s | MiB "
HEAD += "| Latent | SSIM | s | MiB | Latent behind, worst picture |"


def line(name: str, developer: str, noisy: Column, own: Column, ours: Column) -> str:
    behind = float(np.max(np.array(own.psnr) - np.array(ours.psnr)))
    return (
        f"| {name} | {developer} | {np.mean(noisy.psnr):.2f} | {own.words()} | {ours.words()} "
        f"| {behind:+.2f} |"
    )


def raw_rows(arguments: argparse.Namespace, folder: Path, sheet: list[list[Bytes]]) -> None:
    """A line for each level and developer."""
    chosen = chosen_pictures(arguments.pictures, arguments.every)
    for sigma in arguments.sigmas:
        developers: list[RawTherapee | Darktable] = [RawTherapee(folder), Darktable(folder)]
        columns = {d.name: (Column(), Column(), Column()) for d in developers}
        for index, picture in chosen:
            case = noise.protocol_case(picture, index, "bayer", sigma)
            clean = np.rint(case.clean * noise.LARGEST).astype(np.uint16) + np.uint16(BLACK)
            write_mosaic(folder / "clean.dng", clean, case.pattern, case.wb)
            write_mosaic(folder / "noisy.dng", case.counts(BLACK), case.pattern, case.wb)
            spent = run([arguments.program, "rawdenoise", folder / "noisy.dng", "-o",
                         folder / "latent.dng", "--overwrite", "-q"])  # fmt: skip
            for developer in developers:
                noisy, own, ours = columns[developer.name]
                truth, _ = developer.develop(folder / "clean.dng")
                before, _ = developer.develop(folder / "noisy.dng")
                noisy.add(compared(before, truth), NOTHING)
                theirs, quality, cost = best(developer.grid(folder / "noisy.dng", case), truth)
                own.add(quality, cost)
                result, cost = developer.develop(folder / "latent.dng")
                ours.add(compared(result, truth), spent + cost)
                if index == chosen[0][0]:
                    sheet.append([crop_of(p) for p in (before, theirs, result, truth)])
        for developer in developers:
            print(line(f"raw, sigma_u {sigma:g}", developer.name, *columns[developer.name]))
            sys.stdout.flush()


def real_pairs(data: Path, most: int) -> dict[str, list[tuple[Path, Path]]]:
    """(noisy, truth) of the two sets of real noise, evenly chosen."""
    polyu = [(noisy, noisy.with_name(noisy.name.replace("_real", "_mean")))
             for noisy in sorted((data / "polyu_odd").glob("*_real.*"))]  # fmt: skip
    nam = [(noisy, data / "nam_a" / "gt" / noisy.name.replace("noise", "gt"))
           for noisy in sorted((data / "nam_a" / "noisy").iterdir())]  # fmt: skip
    return {name: pairs[:: max(1, len(pairs) // most)][:most]
            for name, pairs in (("polyu_odd", polyu), ("nam_a", nam))}  # fmt: skip


def real_rows(arguments: argparse.Namespace, folder: Path, sheet: list[list[Bytes]]) -> None:
    """A line for each set; RawTherapee develops nothing here, it reduces noise only."""
    developer = RawTherapee(folder)
    for name, pairs in real_pairs(arguments.data, arguments.real).items():
        noisy, own, ours = Column(), Column(), Column()
        for source, reference in pairs:
            truth, before = pixels(reference), pixels(source)
            Image.fromarray(before).save(folder / "noisy.tif")
            noisy.add(compared(before, truth), NOTHING)
            theirs, quality, cost = best(developer.grid(folder / "noisy.tif", None), truth)
            own.add(quality, cost)
            target = folder / "latent.tif"
            spent = run([arguments.program, "denoise", folder / "noisy.tif", "-o", target,
                         "--bit-depth", "8", "--overwrite", "-q"])  # fmt: skip
            result = pixels(target)
            ours.add(compared(result, truth), spent)
            if source == pairs[0][0]:
                sheet.append([crop_of(p) for p in (before, theirs, result, truth)])
        print(line(name, developer.name, noisy, own, ours))
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--pictures", type=Path, default=KODAK, help="the folder of kodak24")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data",
                        help="the folder of polyu_odd and nam_a")  # fmt: skip
    parser.add_argument("--every", type=int, default=6, help="every N-th picture of kodak24")
    parser.add_argument("--sigmas", type=float, nargs="*", default=[0.01, 0.03, 0.06])
    parser.add_argument("--real", type=int, default=4, help="pictures of each real set; 0: none")
    parser.add_argument("--sheet", type=Path, help="crops: noisy, theirs, Latent, without noise")
    arguments = parser.parse_args()
    sheet: list[list[Bytes]] = []
    with tempfile.TemporaryDirectory() as temporary:
        print(HEAD)
        print("|" + "---|" * (HEAD.count("|") - 1))
        raw_rows(arguments, Path(temporary), sheet)
        if arguments.real:
            real_rows(arguments, Path(temporary), sheet)
    if arguments.sheet:
        rows = [np.concatenate([np.pad(c, ((0, 2), (0, 2), (0, 0))) for c in row], axis=1)
                for row in sheet]  # fmt: skip
        Image.fromarray(np.concatenate(rows)).save(arguments.sheet, quality=90)


if __name__ == "__main__":
    main()
