# SPDX-License-Identifier: GPL-3.0-or-later
"""How well holes are filled: latent erase beside OpenCV's inpainters and scikit-image's.

    build/venv/bin/python bench/quality/erase.py --data FOLDER [--sets kodak24 open_photos]
        [--program build/release/bin/latent] [--pictures 40] [--shares 0.005 0.02 0.08]

FOLDER holds `kodak24` and `open_photos`. Each picture gets one random hole of each share of its
area, the same for all: a smooth outline as of an object, from a fixed seed. Larger pictures are
reduced to 1000 pixels a side, so that a hole has the size that things to be erased have on a
screen.

PSNR and SSIM are those inside the hole. "edge" is the mean step between neighbours across the
hole's border over the mean step within 16 pixels outside: 1 where no seam shows. "noise" is the
3 x 3 high-pass of the calmest tenth of 8 x 8 blocks inside over that outside. All four are means
over pictures (the last two medians).
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from skimage.metrics import structural_similarity
from skimage.restoration import inpaint_biharmonic

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Fill = Callable[[Bytes, Bools], Bytes]
MARGIN = 8
LONGEST = 1000


def outline(height: int, width: int, share: float, seed: list[int]) -> Bools:
    """A hole of that share of the picture, inside it."""
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    radius = np.ones(256)
    for wave in range(2, 7):
        for shape in (np.cos, np.sin):
            radius += random.normal(0, 0.35 / wave) * shape(wave * angles)
    radius = np.clip(radius, 0.3, None)
    aspect = np.exp(random.uniform(-0.45, 0.45))
    turned = random.uniform(0, np.pi)
    long, short = radius * np.cos(angles) * aspect, radius * np.sin(angles) / aspect
    x = long * np.cos(turned) - short * np.sin(turned)
    y = long * np.sin(turned) + short * np.cos(turned)
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    x, y = (np.sqrt(share * height * width / area) * sides for sides in (x, y))
    middle = []
    for side, line in ((width, x), (height, y)):
        low, high = MARGIN - line.min(), side - MARGIN - line.max()
        middle.append(random.uniform(low, high) if low < high else side / 2)
    hole = np.zeros((height, width), np.uint8)
    points = np.stack([x + middle[0], y + middle[1]], axis=1).astype(np.int32)
    cv2.fillPoly(hole, [points], 1)
    return hole.astype(bool)


def by_program(program: Path, folder: Path) -> Fill:
    """Pictures go through files of PNG."""

    def fill(picture: Bytes, hole: Bools) -> Bytes:
        source, mask, out = (folder / name for name in ("in.png", "mask.png", "out.png"))
        damaged = picture.copy()
        damaged[hole] = (255, 0, 255)
        Image.fromarray(damaged).save(source)
        Image.fromarray(hole.astype(np.uint8) * 255).save(mask)
        subprocess.run(
            [program, "erase", source, "--mask", mask, "--dilate", "0", "-o", out,
             "--model", "builtin", "--bit-depth", "8", "--overwrite", "-q"],
            check=True,
        )  # fmt: skip
        return np.asarray(Image.open(out).convert("RGB"))

    return fill


def by_opencv(method: int) -> Fill:
    return lambda picture, hole: cv2.inpaint(picture, hole.astype(np.uint8), 5, method)


def by_biharmonic(picture: Bytes, hole: Bools) -> Bytes:
    """scikit-image's, over the hole and what surrounds it: of a whole picture it takes minutes."""
    rows, columns = np.nonzero(hole)
    box = (
        slice(max(0, rows.min() - 24), rows.max() + 25),
        slice(max(0, columns.min() - 24), columns.max() + 25),
    )
    out = picture.copy()
    made = inpaint_biharmonic(picture[box] / 255.0, hole[box], channel_axis=2)
    out[box] = np.clip(np.rint(made * 255), 0, 255).astype(np.uint8)
    return out


def similarity(one: Bytes, other: Bytes, hole: Bools) -> float:
    _, map_ = structural_similarity(  # type: ignore[no-untyped-call]
        one, other, channel_axis=2, full=True, gaussian_weights=True, sigma=1.5,
        use_sample_covariance=False,
    )  # fmt: skip
    return float(map_[hole].mean())


def edge_ratio(picture: Bytes, hole: Bools) -> float:
    """Steps across the border over steps near it."""
    light = picture.astype(float).mean(axis=2)
    near = cv2.dilate(hole.astype(np.uint8), np.ones((33, 33))).astype(bool)
    across, around = [], []
    for axis in (0, 1):
        step = np.abs(np.diff(light, axis=axis))
        low = [slice(None), slice(None)]
        high = [slice(None), slice(None)]
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        a, b = hole[tuple(low)], hole[tuple(high)]
        inside = near[tuple(low)] & near[tuple(high)]
        across.append(step[a != b])
        around.append(step[~a & ~b & inside])
    return float(np.concatenate(across).mean() / max(np.concatenate(around).mean(), 1e-6))


def noise_ratio(picture: Bytes, hole: Bools) -> float:
    """Calm blocks inside over calm blocks within 64 pixels outside."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6.0
    high = cv2.filter2D(picture.astype(np.float32), -1, kernel)
    near = cv2.dilate(hole.astype(np.uint8), np.ones((129, 129))).astype(bool)
    grown = cv2.dilate(hole.astype(np.uint8), np.ones((3, 3))).astype(bool)
    energies: dict[bool, list[float]] = {True: [], False: []}
    for y in range(0, hole.shape[0] - 7, 8):
        for x in range(0, hole.shape[1] - 7, 8):
            block = (slice(y, y + 8), slice(x, x + 8))
            if hole[block].all():
                energies[True].append(float((high[block] ** 2).mean()))
            elif near[block].all() and not grown[block].any():
                energies[False].append(float((high[block] ** 2).mean()))
    if min(map(len, energies.values())) < 4:
        return float("nan")
    inside, outside = (np.sqrt(np.quantile(energies[key], 0.1)) for key in (True, False))
    return float(inside / max(outside, 1e-6))


def pictures_of(data: Path, name: str, most: int) -> Iterator[Bytes]:
    files = sorted(path for path in (data / name).iterdir() if path.suffix in (".png", ".jpg"))
    for path in files[:: max(1, len(files) // most)][:most]:
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((LONGEST, LONGEST))
        yield np.asarray(picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    parser.add_argument("--sets", nargs="+", default=["kodak24", "open_photos"])
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--shares", nargs="+", type=float, default=[0.005, 0.02, 0.08])
    parser.add_argument("--without", nargs="*", default=[], help="methods to leave out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        methods: dict[str, Fill] = {
            "latent": by_program(arguments.program.resolve(), Path(name)),
            "telea": by_opencv(cv2.INPAINT_TELEA),
            "navier-stokes": by_opencv(cv2.INPAINT_NS),
            "biharmonic": by_biharmonic,
        }
        for gone in arguments.without:
            methods.pop(gone)
        for pictures in arguments.sets:
            for share in arguments.shares:
                print(f"{pictures}, holes of {100 * share:g} %", flush=True)
                for method, fill in methods.items():
                    rows = []
                    started = time.process_time()
                    for index, picture in enumerate(
                        pictures_of(arguments.data, pictures, arguments.pictures)
                    ):
                        height, width = picture.shape[:2]
                        hole = outline(height, width, share, [index, int(share * 1000)])
                        made = fill(picture, hole)
                        assert np.array_equal(made[~hole], picture[~hole]), "outside was changed"
                        off = made[hole].astype(float) - picture[hole]
                        psnr = 10 * np.log10(255**2 / max((off**2).mean(), 1e-9))
                        rows.append((psnr, similarity(picture, made, hole),
                                     edge_ratio(made, hole), noise_ratio(made, hole)))  # fmt: skip
                    table = np.array(rows)
                    print(
                        f"  {method:14} PSNR {table[:, 0].mean():5.2f}  SSIM "
                        f"{table[:, 1].mean():.3f}  edge {np.median(table[:, 2]):.2f}  noise "
                        f"{np.nanmedian(table[:, 3]):.2f}  ({time.process_time() - started:.0f} s)",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
