# SPDX-License-Identifier: GPL-3.0-or-later
"""Brightness of very noisy finished pictures: means of blocks before and after the correction.

    build/venv/bin/python bench/quality/tones.py [--every 1] [--draws 2] [--precision bf16]

A phone-like set: kodak24 through random cameras of the training's simulation
(training/latent_train/camera.py; sensor noise sigma_u 0.02 to 0.05), of which those are taken whose
finished pictures have a noise of at least 14 of 255. The truth is what the camera makes of the
scene without noise. For each picture and channel: the mean of result minus truth over the picture,
of 255; and over blocks of 64 px. PSNR of 8-bit results.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "training")]

from latent_train import camera, levels, picture_batches  # noqa: E402  the path had to be set first
from latent_train.config import CameraConfig  # noqa: E402

Floats = npt.NDArray[np.float64]
CAMERAS = CameraConfig(smooth_share=0.9, luma_smooth_share=0.85, luma_blur_max=1.4)
LEAST_SIGMA = 14.0
SENSOR_SIGMAS = (0.02, 0.05)
SIDE_PX = 320
BLOCK_PX = 64
WAYS = ("kept", "corrected")


@dataclass(frozen=True)
class Pair:
    """[height, width, 3] of 255; sigma is that of the finished noise."""

    name: str
    noisy: Floats
    truth: Floats
    sigma: float


def photographed(scene: npt.NDArray[np.uint8], seed: int) -> tuple[Floats, Floats, float]:
    """Noisy, without noise, and the sigma of the noise, of 255."""
    rng = np.random.default_rng([seed, 77])
    generator = torch.Generator().manual_seed(seed)

    def drawn(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    how, to_sensor = picture_batches.draw_development(rng, 1, CAMERAS)
    exposure = 2 ** rng.uniform(CAMERAS.exposure_min_ev, CAMERAS.exposure_max_ev)
    pixels = torch.from_numpy(scene.copy()).permute(2, 0, 1)[None].float() / 255
    linear = camera.linearise(pixels) * exposure
    sensor = torch.einsum("nij,njhw->nihw", to_sensor, linear) / how.balance[:, :, None, None]
    clean = (sensor * camera.bayer_masks(*pixels.shape[-2:])).sum(1).clamp(0, 1)
    gain = torch.full((1,), min(exposure, 1.0) ** -rng.uniform(0.3, 1.0))
    how = camera.Development(**{**vars(how), "gain": gain})
    a = (2 * drawn(*SENSOR_SIGMAS)) ** 2
    shot = torch.poisson(clean / a, generator=generator) * a
    read = drawn(0.5, 8) * a * torch.randn(clean.shape, generator=generator)
    noisy = (shot + read).clamp(max=1)
    seen, mean = camera.develop(torch.cat([noisy, clean]), how.repeated(), twins=True)
    truth = camera.develop(torch.cat([clean, clean]), how.repeated(), twins=True)[1]
    sigma = float(levels.block_variance((seen - mean)[None]).mean().sqrt())
    as_picture = [
        np.asarray(255 * one.permute(1, 2, 0).numpy(), np.float64) for one in (seen, truth)
    ]
    return as_picture[0], as_picture[1], 255 * sigma


def pairs(folder: Path, every: int, draws: int) -> Iterator[Pair]:
    for number, path in enumerate(sorted(folder.glob("*.png"))[::every]):
        with Image.open(path) as opened:
            scene = np.asarray(opened.convert("RGB"))[100 : 100 + SIDE_PX, 100 : 100 + SIDE_PX]
        kept = 0
        for trial in range(12 * draws):
            noisy, truth, sigma = photographed(scene, 5000 + 100 * number * every + trial)
            if sigma < LEAST_SIGMA:
                continue
            yield Pair(f"{path.stem}_{trial}", noisy, truth, sigma)
            kept += 1
            if kept == draws:
                break


def results(program: Path, sources: list[Path], way: str, precision: str) -> list[Floats]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [program, "denoise", *sources, "-O", folder, "--format", "png", "--bit-depth", "8",
             "-q", "--tones", way, "--precision", precision],
            check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        found = []
        for source in sources:
            with Image.open(Path(folder) / f"{source.stem}_denoise.png") as opened:
                found.append(np.asarray(opened.convert("RGB"), np.float64))
        return found


def block_means(picture: Floats) -> Floats:
    """[blocks, 3]"""
    n = SIDE_PX // BLOCK_PX
    cut = picture[: n * BLOCK_PX, : n * BLOCK_PX].reshape(n, BLOCK_PX, n, BLOCK_PX, 3)
    return np.asarray(cut.mean((1, 3)).reshape(-1, 3))


def psnr(result: Floats, truth: Floats) -> float:
    return float(10 * np.log10(255**2 / np.mean((result - np.clip(truth, 0, 255)) ** 2)))


def table(chosen: list[Pair], made: dict[str, list[Floats]]) -> None:
    heads = (
        "noise of 255",
        "pictures",
        "tones",
        "PSNR",
        "green off, mean",
        "green, median of the size",
        "red",
        "blue",
        "blocks of green, nine of ten within",
    )
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for low, high in ((14, 18), (18, 25), (25, 40), (40, 70)):
        some = [k for k, pair in enumerate(chosen) if low <= pair.sigma < high]
        if not some:
            continue
        for way in WAYS:
            off = np.array([(made[way][k] - chosen[k].truth).mean((0, 1)) for k in some])
            blocks = np.concatenate(
                [block_means(made[way][k]) - block_means(chosen[k].truth) for k in some]
            )
            score = np.mean([psnr(made[way][k], chosen[k].truth) for k in some])
            size = np.median(np.abs(off), axis=0)
            print(
                f"| {low} to {high} | {len(some)} | {way} | {score:.2f} "
                f"| {off[:, 1].mean():+.1f} | {size[1]:.1f} | {size[0]:.1f} | {size[2]:.1f} | "
                f"{np.quantile(np.abs(blocks[:, 1]), 0.9):.1f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--pictures", type=Path, default=ROOT.parent / "shared/data/kodak24")
    parser.add_argument("--every", type=int, default=1, help="every N-th picture")
    parser.add_argument("--draws", type=int, default=2, help="cameras for each picture")
    parser.add_argument("--precision", default="f32")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    chosen = list(pairs(arguments.pictures, arguments.every, arguments.draws))
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for pair in chosen:
            source = Path(folder) / f"{pair.name}.png"
            Image.fromarray(np.clip(np.rint(pair.noisy), 0, 255).astype(np.uint8)).save(source)
            sources.append(source)
        made = {way: results(arguments.program, sources, way, arguments.precision) for way in WAYS}
    table(chosen, made)


if __name__ == "__main__":
    main()
