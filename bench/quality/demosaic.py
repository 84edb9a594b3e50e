# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality of demosaicing, with and without noise: ours beside LibRaw's and RawTherapee's.

    build/venv/bin/python bench/quality/demosaic.py [--every 3] [--kinds bayer xtrans]
        [--sigmas 0 0.01 0.03] [--ways ...] [--model FILE] [--zone | --flat | --sheet FOLDER]
        [--out FILE]

Protocol: pictures of ``kodak24`` (--pictures names the folder) as training/latent_train/
colour_protocol.py makes a mosaic of them: linear, a camera matrix, white balance (2, 1, 1.6),
exposure 0.7, CFA phase and noise seed by the picture's number, 14 bits. The picture is continued by
mirroring (40 px to each side) because LibRaw takes no small X-Trans picture; what is judged is the
picture itself. CPSNR: of the three colours of the camera, white-balanced and sRGB-encoded, peak 1.

Ways: ``start`` what our network begins with; ``libraw-*`` dcraw_emu on the mosaic; ``amaze``,
``rcd``, ``markesteijn`` RawTherapee's on the mosaic; ``cfa+*`` the same on the DNG that `latent
rawdenoise` makes of it; ``demosaic`` our `rawdenoise --demosaic`. The program gets the true noise
(--noise) and does not look for hot pixels.

``--zone`` measures false colour instead: a grey zone plate whose rings reach half a cycle a pixel
at the corners; root mean square of colour differences (R-G, B-G), in steps of 255. ``--flat``: grey
fields of 1536 px through `rawdenoise --demosaic`; how far the mean of a colour is moved, in percent
of (white - black), the worst of the three.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from called import call
from PIL import Image
from raw_quality import BLACK, ROOT, chosen_pictures, noise, write_mosaic

sys.path[:0] = [str(ROOT / "training"), str(ROOT / "python"), str(ROOT / "tests/interop")]

from latent_interop.renderings import neutral_profile  # noqa: E402  the path had to be set first
from latent_train import colour_protocol as protocol  # noqa: E402
from latent_train import mosaic  # noqa: E402
from latent_train import protocol as raw_protocol  # noqa: E402

FloatArray = npt.NDArray[np.floating]
PAD_PX = 40
FLAT_LEVELS = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95)
FLAT_SIZE_PX = 1536
LIBRAW = {"libraw-ahd": "3", "libraw-dcb": "4", "libraw-dht": "11", "libraw-aahd": "12"}
RAWTHERAPEE = {"amaze": "amaze", "rcd": "rcd", "markesteijn": "3-pass (best)"}
BAYER_ONLY = {"libraw-dcb", "libraw-dht", "libraw-aahd", "amaze", "rcd"}
WB: tuple[float, float, float] = (2.0, 1.0, 1.6)


@dataclass(frozen=True)
class Case:
    """A mosaic with its frame of mirrored picture, and how to call it."""

    inner: protocol.ColourCase
    counts: npt.NDArray[np.uint16]
    pattern: npt.NDArray[np.int64]
    kind: str


def make_case(picture: npt.NDArray[np.uint8], index: int, kind: str, sigma: float) -> Case:
    """The protocol's case of a picture that was continued to all sides."""
    size = raw_protocol.SIZE_PX
    crop = np.pad(picture[:size, :size], ((PAD_PX, PAD_PX), (PAD_PX, PAD_PX), (0, 0)), "reflect")
    case = protocol.make_case(crop, index, kind, sigma, size_px=size + 2 * PAD_PX)
    counts = np.clip(np.rint(case.counted * noise.LARGEST) + BLACK, 0, 65535).astype(np.uint16)
    period = mosaic.PATTERNS[kind].shape[0]
    return Case(case, counts, case.colours[:period, :period], kind)


def cut(x: FloatArray) -> FloatArray:
    """The picture itself, without what it was continued by."""
    return x[PAD_PX:-PAD_PX, PAD_PX:-PAD_PX]


class Ways:
    """Every way to make three colours of a case; x [h, w, 3] before white balance."""

    def __init__(self, program: Path, model: str | None, folder: Path) -> None:
        self.program, self.model, self.folder = program, model, folder
        self._denoised_last: Case | None = None

    def colours(self, way: str, case: Case) -> FloatArray:
        """By the name of the way. Errors: KeyError for an unknown one."""
        if way == "start":
            return protocol.start_demosaicer(case.inner)
        source = self.folder / "in.dng"
        write_mosaic(source, case.counts, case.pattern, WB)
        if way == "demosaic":
            return self._ours(source, case)
        if way.startswith("cfa+"):
            way = way.removeprefix("cfa+")
            if self._denoised_last is not case:
                self._denoised(source, case, "cfa.dng")
                self._denoised_last = case
            source = self.folder / "cfa.dng"
        return self._libraw(way, source) if way in LIBRAW else self._rawtherapee(way, source)

    def _denoised(self, source: Path, case: Case, name: str, *options: str) -> Path:
        result = self.folder / name
        told = f"{case.inner.a:.17g},{case.inner.b:.17g}"
        model = ["--model", self.model] if self.model and options else []
        call(
            [self.program, "rawdenoise", source, "-o", result, "--overwrite", "-q", "--noise", told,
             "--hot-pixels", "keep", "--precision", "f32", *model, *options],
        )  # fmt: skip
        return result

    def _ours(self, source: Path, case: Case) -> FloatArray:
        result = self._denoised(source, case, "rgb.dng", "--demosaic", "--compression", "none")
        with tifffile.TiffFile(result) as tiff:
            pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
            raw = next(page for page in pages if page.photometric == 34892)
            white = float(np.ravel(raw.tags["WhiteLevel"].value)[0])
            return np.asarray(raw.asarray().astype(np.float64) / white)

    def _libraw(self, way: str, source: Path) -> FloatArray:
        """White-balanced by the largest multiplier, so nothing is clipped; undone here."""
        command = ["dcraw_emu", "-T", "-4", "-o", "0", "-w", "-W", "-c", "0", "-H", "1"]
        self._run([*command, "-q", LIBRAW[way], str(source)])
        balanced = tifffile.imread(source.with_name(source.name + ".tiff")) / 65535.0
        return np.asarray(balanced * max(WB) / np.array(WB))

    def _rawtherapee(self, way: str, source: Path) -> FloatArray:
        profile, target = self.folder / "neutral.pp3", self.folder / "rt.tif"
        bayer = way if way in BAYER_ONLY else "amaze"
        profile.write_text(neutral_profile(bayer, RAWTHERAPEE["markesteijn"]))
        command = ["rawtherapee-cli", "-q", "-Y", "-o", str(target), "-t", "-b32"]
        self._run([*command, "-p", str(profile), "-c", str(source)])
        srgb = np.asarray(tifffile.imread(target), dtype=np.float64)
        high = ((np.maximum(srgb, 0.04045) + 0.055) / 1.055) ** 2.4
        light = np.where(srgb <= 0.04045, srgb / 12.92, high)
        return np.asarray(light @ raw_protocol.MATRIX.T / np.array(WB))

    @staticmethod
    def _run(command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")


def ways_for(kind: str, wanted: list[str]) -> list[str]:
    """Those of the wanted ways that exist for a pattern."""
    return [
        way
        for way in wanted
        if (way.removeprefix("cfa+") not in BAYER_ONLY or kind == "bayer")
        and (way.removeprefix("cfa+") != "markesteijn" or kind == "xtrans")
    ]


def quality_table(arguments: argparse.Namespace, ways: Ways) -> list[str]:
    """CPSNR in dB: a row for each pattern and noise, a column for each way."""
    pictures = chosen_pictures(arguments.pictures, arguments.every)
    heads = arguments.ways
    lines = [
        "| mosaic | sigma_u of green | " + " | ".join(heads) + " |",
        "|---|---|" + "---|" * len(heads),
    ]
    for kind in arguments.kinds:
        for sigma in arguments.sigmas:
            found: dict[str, list[float]] = {way: [] for way in ways_for(kind, heads)}
            for index, picture in pictures:
                case = make_case(picture, index, kind, sigma)
                for way, values in found.items():
                    made = cut(ways.colours(way, case))
                    values.append(protocol.cpsnr(made, cut(case.inner.scene)))
            cells = [f"{np.mean(found[way]):.2f}" if way in found else "" for way in heads]
            lines.append(f"| {kind} | {sigma:g} | " + " | ".join(cells) + " |")
            print(lines[-1], file=sys.stderr, flush=True)
    return lines


def zone_plate(size: int = 576) -> npt.NDArray[np.uint8]:
    """Grey rings, coarse in the middle and half a cycle a pixel at the corners."""
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    squared = y * y + x * x
    rings = 0.5 + 0.4 * np.cos(np.pi * 0.5 * squared / np.sqrt(squared.max()))
    return np.repeat((rings * 255).astype(np.uint8)[..., None], 3, axis=2)


def false_colour(x: FloatArray) -> float:
    """Root mean square of R-G and B-G of a grey scene, white-balanced and encoded, of 255."""
    encoded = protocol.encoded(x)
    apart = np.stack([encoded[..., 0] - encoded[..., 1], encoded[..., 2] - encoded[..., 1]])
    return float(255 * np.sqrt(np.mean(apart**2)))


def zone_table(arguments: argparse.Namespace, ways: Ways) -> list[str]:
    """False colour: a row for each pattern and noise, a column for each way."""
    heads = arguments.ways
    lines = ["| mosaic | sigma_u | " + " | ".join(heads) + " |", "|---|---|" + "---|" * len(heads)]
    size = raw_protocol.SIZE_PX
    for kind in arguments.kinds:
        for sigma in arguments.sigmas:
            case = make_case(zone_plate(size), 0, kind, sigma)
            cells = []
            for way in heads:
                there = way in ways_for(kind, [way])
                cells.append(f"{false_colour(cut(ways.colours(way, case))):.2f}" if there else "")
            lines.append(f"| {kind} | {sigma:g} | " + " | ".join(cells) + " |")
            print(lines[-1], file=sys.stderr, flush=True)
    return lines


def flat_table(arguments: argparse.Namespace, ways: Ways) -> list[str]:
    """The shift of the mean of grey fields: a row for each level."""
    columns = [(kind, sigma) for kind in arguments.kinds for sigma in arguments.sigmas if sigma > 0]
    heads = " | ".join(f"{kind} {sigma:g}" for kind, sigma in columns)
    lines = [f"| grey | {heads} |", "|---|" + "---|" * len(columns)]
    for level in FLAT_LEVELS:
        cells = []
        for kind, sigma in columns:
            case = flat_case(kind, sigma, level)
            moved = ways.colours("demosaic", case) - case.inner.scene
            worst = max(moved.mean(axis=(0, 1)), key=abs)
            cells.append(f"{100 * worst:+.3f}")
        lines.append(f"| {level:g} | " + " | ".join(cells) + " |")
        print(lines[-1], file=sys.stderr, flush=True)
    return lines


def flat_case(kind: str, sigma: float, level: float) -> Case:
    """A grey field: ``level`` of what saturates green, white-balanced; noise that white clips."""
    rng = np.random.default_rng(7)
    size = (FLAT_SIZE_PX, FLAT_SIZE_PX)
    scene = np.broadcast_to(level / np.array(WB), (*size, 3))
    colours = mosaic.colour_map(kind, *size, (0, 1))
    clean = mosaic.mosaic(scene, colours)
    a = (2 * sigma) ** 2
    b = (raw_protocol.READ_NOISE * a) ** 2
    noisy = rng.poisson(clean / a) * a + rng.normal(0, b**0.5, size)
    counted = np.round(np.minimum(noisy, 1) * noise.LARGEST) / noise.LARGEST
    counts = np.clip(np.rint(counted * noise.LARGEST) + BLACK, 0, 65535).astype(np.uint16)
    period = mosaic.PATTERNS[kind].shape[0]
    inner = protocol.ColourCase(counted, scene, colours, a, b)
    return Case(inner, counts, colours[:period, :period], kind)


_CROPS = ((18, 150, 300), (4, 60, 200), (7, 260, 150), (0, 200, 200))
_CROP_PX = 96


def shown(x: FloatArray) -> npt.NDArray[np.uint8]:
    """Camera colours as sRGB, 200 %."""
    light = np.clip(x * np.array(WB), 0, 1) @ np.linalg.inv(raw_protocol.MATRIX).T / 0.7
    srgb = protocol.encoded(np.clip(light, 0, 1) / np.array(WB))
    return np.repeat(np.repeat((srgb * 255).round().astype(np.uint8), 2, 0), 2, 1)


def sheet(arguments: argparse.Namespace, ways: Ways) -> None:
    """Crops at 200 %: a row for each place of a picture and the zone plate, the truth first."""
    pictures = dict(chosen_pictures(arguments.pictures, 1))
    size = raw_protocol.SIZE_PX
    places = [(pictures[number], number, y, x) for number, y, x in _CROPS if number in pictures]
    places.append((zone_plate(size), 0, 300, 300))
    arguments.sheet.mkdir(parents=True, exist_ok=True)
    for kind in arguments.kinds:
        for sigma in arguments.sigmas:
            rows = []
            for picture, number, y, x in places:
                case = make_case(picture, number, kind, sigma)
                made = [case.inner.scene]
                made += [ways.colours(way, case) for way in ways_for(kind, arguments.ways)]
                area = (slice(y, y + _CROP_PX), slice(x, x + _CROP_PX))
                row = [shown(cut(one)[area]) for one in made]
                rows.append(np.concatenate([np.pad(c, ((0, 3), (0, 3), (0, 0))) for c in row], 1))
            name = f"demosaic_{kind}_{sigma:g}.png"
            Image.fromarray(np.concatenate(rows)).save(arguments.sheet / name)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--kinds", nargs="+", default=list(protocol.KINDS))
    parser.add_argument("--sigmas", nargs="+", type=float, default=list(protocol.SIGMAS))
    parser.add_argument("--ways", nargs="+", default=[
        "start", "libraw-ahd", "libraw-dht", "libraw-aahd", "amaze", "rcd", "markesteijn",
        "cfa+libraw-ahd", "cfa+amaze", "cfa+rcd", "cfa+markesteijn", "demosaic",
    ])  # fmt: skip
    parser.add_argument("--pictures", type=Path, default=ROOT.parent / "shared/data/kodak24")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--model")
    parser.add_argument("--zone", action="store_true")
    parser.add_argument("--flat", action="store_true")
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = Ways(arguments.program.resolve(), arguments.model, Path(folder))
        if arguments.sheet:
            sheet(arguments, ways)
            return
        table = zone_table if arguments.zone else flat_table if arguments.flat else quality_table
        lines = table(arguments, ways)
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
