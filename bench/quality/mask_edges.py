# SPDX-License-Identifier: GPL-3.0-or-later
"""How near the edge of a mask comes to a known one: none, edge and hair beside PyMatting.

    build/venv/bin/python bench/quality/mask_edges.py --data FOLDER
        [--program build/release/bin/latent] [--backgrounds 4]
        [--crf build/release/bench/mask/latent_mask_crf_bench]

FOLDER holds `object_masks/extra/lemur` (a photograph of fur with its alpha) and `open_photos`
(backgrounds). Scenes: the lemur over several photographs, and a drawn head of hair over the same.
The true alpha is known. The program gets the picture and the alpha above one half as a mask
(`--from`), and gives its own soft mask by each `--refine`.

SAD is the sum of differences of alpha, in thousands of pixels, in the band where the true alpha is
neither 0 nor 1, widened by 1 % of the longest side; boundary IoU is that of the pixels within 3 px
of the outline at one half. PyMatting gets the band as unknown: it knows more than the program.

DenseCRF (what `--compat darktable-5.6` does after a network) wants probabilities. It gets what a
network would give: the alpha above one half, averaged to 256 pixels, enlarged, and made logits of
at most 10. "network" is that answer above one half, "DenseCRF" what it makes of it above one half,
which is where darktable's path lies.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from pymatting import estimate_alpha_cf, estimate_foreground_ml

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def lemur(folder: Path) -> tuple[Floats, Floats]:
    """Foreground colours and alpha."""
    picture = np.asarray(Image.open(folder / "lemur.png").convert("RGB")) / 255.0
    alpha = np.asarray(Image.open(folder / "lemur_alpha.png").convert("L")) / 255.0
    return estimate_foreground_ml(picture, alpha), alpha


def drawn_hair(height: int, width: int, seed: int) -> tuple[Floats, Floats]:
    """A dark disc with 400 hairs, drawn at four times the size."""
    random = np.random.default_rng(seed)
    big = np.zeros((height * 4, width * 4), np.uint8)
    centre = (width * 2, int(height * 2.2))
    radius = int(min(height, width) * 1.1)
    cv2.circle(big, centre, radius, 255, -1)
    for angle in random.uniform(0, 2 * np.pi, 400):
        bend = random.normal(0, 0.25)
        length = radius * random.uniform(0.03, 0.16)
        points = []
        for step in np.linspace(0, 1, 12):
            turned = angle + bend * step**2
            reach = radius - 4 + length * step
            points.append(
                (int(centre[0] + reach * np.cos(turned)), int(centre[1] + reach * np.sin(turned)))
            )
        line = np.array(points, np.int32)
        cv2.polylines(big, [line], False, 255, int(random.integers(3, 8)), cv2.LINE_AA)
    alpha = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA) / 255.0
    colours = np.empty((height, width, 3))
    colours[:] = (0.28, 0.16, 0.09)
    return np.clip(colours + random.normal(0, 0.02, colours.shape), 0, 1), alpha


def over(foreground: Floats, alpha: Floats, background: Path) -> npt.NDArray[np.uint8]:
    height, width = alpha.shape
    image = Image.open(background).convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    mixed = alpha[..., None] * foreground + (1 - alpha[..., None]) * np.asarray(image) / 255.0
    picture: npt.NDArray[np.uint8] = np.clip(mixed * 255 + 0.5, 0, 255).astype(np.uint8)
    return picture


def band_of(alpha: Floats) -> Bools:
    soft = ((alpha > 0.02) & (alpha < 0.98)).astype(np.uint8)
    inside = (alpha >= 0.5).astype(np.uint8)
    edge = soft | cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    reach = max(2, round(0.01 * max(alpha.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    band: Bools = cv2.dilate(edge, disc) > 0
    return band


def boundary_iou(one: Floats, two: Floats) -> float:
    def rim(alpha: Floats) -> Bools:
        inside = (alpha >= 0.5).astype(np.uint8)
        found: Bools = (inside > 0) & (cv2.erode(inside, np.ones((7, 7), np.uint8)) == 0)
        return found

    a, b = rim(one), rim(two)
    return float((a & b).sum() / max(1, (a | b).sum()))


def refined(program: Path, folder: Path, how: str) -> tuple[Floats, float]:
    out = folder / f"{how}.png"
    files: list[str | Path] = [
        folder / "picture.png",
        "--from",
        folder / "mask.png",
        "-o",
        out,
        "--overwrite",
    ]
    settings = ["--refine", how, "--cleanup", "0", "--bits", "16", "--json"]
    command: list[str | Path] = [program, "mask", *files, *settings]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = float(json.loads(done.stdout)["seconds"]["mask"])
    found: Floats = np.asarray(Image.open(out), np.float64) / 65535.0
    return found, seconds


def as_a_network(alpha: Floats) -> npt.NDArray[np.float32]:
    """Probabilities like those of a network whose masks have 256 pixels."""
    height, width = alpha.shape
    scale = 256 / max(alpha.shape)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    shares = cv2.resize((alpha >= 0.5).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    shares = cv2.GaussianBlur(shares, (0, 0), 1.0)
    logits = cv2.resize((2 * shares - 1) * 10, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def by_crf(
    program: Path, picture: npt.NDArray[np.uint8], probability: npt.NDArray[np.float32]
) -> tuple[Floats, float]:
    height, width = probability.shape
    given = f"{width} {height}\n".encode() + picture.tobytes() + probability.tobytes()
    done = subprocess.run([program], check=True, input=given, capture_output=True)
    seconds, _, answer = done.stdout.partition(b"\n")
    mask = np.frombuffer(answer, np.float32).reshape(height, width)
    return (mask > 0.5).astype(float), float(seconds)


def judge(
    program: Path, crf: Path, picture: npt.NDArray[np.uint8], alpha: Floats
) -> dict[str, tuple[float, float, float]]:
    band = band_of(alpha)
    found: dict[str, tuple[Floats, float]] = {"thresholded": ((alpha >= 0.5).astype(float), 0.0)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Image.fromarray(picture).save(folder / "picture.png")
        Image.fromarray(((alpha >= 0.5) * 255).astype(np.uint8)).save(folder / "mask.png")
        for how in ("none", "edge", "hair"):
            found[how] = refined(program, folder, how)
    probability = as_a_network(alpha)
    found["network"] = ((probability > 0.5).astype(float), 0.0)
    found["DenseCRF"] = by_crf(crf, picture, probability)
    trimap = np.where(band, 0.5, (alpha >= 0.5).astype(float))
    start = time.perf_counter()
    matte = estimate_alpha_cf(picture / 255.0, trimap, laplacian_kwargs={"epsilon": 1e-5})
    found["PyMatting"] = (matte, time.perf_counter() - start)
    return {
        how: (float(np.abs(a - alpha)[band].sum() / 1000), boundary_iou(a, alpha), seconds)
        for how, (a, seconds) in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    parser.add_argument(
        "--crf", type=Path, default=Path("build/release/bench/mask/latent_mask_crf_bench")
    )
    parser.add_argument("--backgrounds", type=int, default=4)
    given = parser.parse_args()
    photos = sorted((given.data / "open_photos").glob("*.jpg"))
    chosen = photos[3 :: len(photos) // given.backgrounds][: given.backgrounds]
    foreground, alpha = lemur(given.data / "object_masks" / "extra" / "lemur")
    for kind in ("lemur", "drawn hair"):
        sums: dict[str, list[tuple[float, float, float]]] = {}
        for index, background in enumerate(chosen):
            if kind == "drawn hair":
                foreground, alpha = drawn_hair(900, 1200, index)
            for how, numbers in judge(
                given.program, given.crf, over(foreground, alpha, background), alpha
            ).items():
                sums.setdefault(how, []).append(numbers)
        base = np.mean([n[0] for n in sums["thresholded"]])
        print(f"{kind}, {alpha.shape[1]} x {alpha.shape[0]}, {len(chosen)} backgrounds")
        for how, numbers_of in sums.items():
            sad, rim, seconds = np.mean(numbers_of, axis=0)
            print(f"  {how:12} SAD {sad:7.2f} k ({100 * sad / base:5.1f} % of thresholded)  "
                  f"boundary IoU {rim:.3f}  {seconds:6.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
