# SPDX-License-Identifier: GPL-3.0-or-later
"""Wide gamut and highlights through denoise and upscale: what happens beyond sRGB.

    build/venv/bin/python bench/quality/wide_gamut.py [--out docs/images/wide_gamut.png]

A float picture in Rec. 2020: saturated patches, gradients that leave sRGB on their way to a
primary, a grey ramp to 8 times white, with noise of sigma 6/255. Stated for denoise and upscale:
the largest hue shift of a patch (degrees in Oklab, between the means of result and truth), the
largest change of a mean, what is left of the noise inside and outside sRGB, and the largest step
where the gradient crosses the border of sRGB, beside the largest step elsewhere.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from called import call
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
Floats = npt.NDArray[np.float64]
SIGMA = 6 / 255
BAND, WIDTH = 96, 768
TO_XYZ = np.array(
    [[0.636958, 0.144617, 0.168881], [0.262700, 0.677998, 0.059302], [0, 0.028073, 1.060985]]
)
XYZ_TO_SRGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.969266, 1.8760108, 0.041556],
     [0.0556434, -0.2040259, 1.0572252]]
)  # fmt: skip
SRGB_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
LMS_TO_LAB = np.array(
    [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.808675766]]
)  # fmt: skip


def encode(light: Floats) -> Floats:
    """The curve of sRGB, odd below 0."""
    size = np.abs(light)
    curved = 1.055 * np.maximum(size, 1e-9) ** (1 / 2.4) - 0.055
    return np.asarray(np.sign(light) * np.where(size <= 0.0031308, 12.92 * size, curved))


def decode(sample: Floats) -> Floats:
    """Its inverse."""
    size = np.abs(sample)
    curved = ((size + 0.055) / 1.055) ** 2.4
    return np.asarray(np.sign(sample) * np.where(size <= 0.04045, size / 12.92, curved))


def srgb_light(picture: Floats) -> Floats:
    """Encoded Rec. 2020 to linear sRGB, out of range where the colour is."""
    return np.asarray(decode(picture) @ (XYZ_TO_SRGB @ TO_XYZ).T)


def hue_and_chroma(picture: Floats) -> tuple[Floats, Floats]:
    """Oklab (Ottosson 2020), in degrees; encoded Rec. 2020 in."""
    lab = np.cbrt(srgb_light(picture) @ SRGB_TO_LMS.T) @ LMS_TO_LAB.T
    return np.degrees(np.arctan2(lab[..., 2], lab[..., 1])), np.hypot(lab[..., 1], lab[..., 2])


def scene() -> Floats:
    """Encoded Rec. 2020 [5 bands, WIDTH, 3]: patches, three gradients, highlights."""
    corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]
    colours = [np.array(c) * v + 0.02 for v in (0.9, 0.25) for c in corners]
    bands = [np.repeat(np.array(colours), WIDTH // len(colours), axis=0)]
    share = np.linspace(0, 1, WIDTH)[:, None]
    for corner in ([0, 1, 0], [1, 0, 0], [0, 0, 1]):
        bands.append(0.4 + (np.array(corner) * 0.9 - 0.4) * share)
    bands.append(np.repeat(2.0 ** (-4 + 7 * share), 3, axis=1))
    rows = [np.broadcast_to(encode(band), (BAND, WIDTH, 3)) for band in bands]
    return np.concatenate(rows)


def profile(program: Path, folder: Path) -> bytes:
    """The program's own Rec. 2020 profile."""
    source, result = folder / "p.tif", folder / "q.tif"
    tifffile.imwrite(source, np.zeros((8, 8, 3), np.uint8), photometric="rgb")
    run(program, "denoise", source, result, "--profile", "rec2020", "--strength", "0")
    with tifffile.TiffFile(result) as tiff:
        return bytes(tiff.pages.first.tags[34675].value)


def run(program: Path, verb: str, source: Path, result: Path, *arguments: str) -> None:
    """One call."""
    call([program, verb, source, "-o", result, "--overwrite", "-q", *arguments])


def judged(result: Floats, truth: Floats) -> list[str]:
    """The numbers of one result."""
    margin = BAND // 6
    step = WIDTH // 12
    rows = slice(margin, BAND - margin)
    shifts, moves = [], []
    for patch in range(12):
        area = (rows, slice(patch * step + step // 4, (patch + 1) * step - step // 4))
        means = [p[area].mean(axis=(0, 1)) for p in (result, truth)]
        (hue, chroma), (true_hue, _) = (hue_and_chroma(mean) for mean in means)
        if chroma > 0.03:
            shifts.append(abs((hue - true_hue + 180) % 360 - 180))
        moves.append(float(np.abs(means[0] - means[1]).max()))
    inside = np.all((srgb_light(truth) >= 0) & (srgb_light(truth) <= 1), axis=2)
    error = result - truth
    steps = []
    for band in (1, 2, 3):
        profile_of = error[band * BAND + margin : (band + 1) * BAND - margin].mean(axis=0)
        jumps = np.abs(np.diff(profile_of, axis=0)).max(axis=1)
        crossing = np.flatnonzero(np.diff(inside[band * BAND + BAND // 2].astype(int)))
        near = np.zeros(len(jumps), bool)
        for at in crossing:
            near[max(0, at - 4) : at + 5] = True
        if near.any():
            steps.append((float(jumps[near].max()), float(jumps[~near].max())))
    worst = max(steps)
    return [
        f"{max(shifts):.2f}", f"{255 * max(moves):.2f}",
        f"{255 * error[inside].std():.2f}", f"{255 * error[~inside].std():.2f}",
        f"{255 * worst[0]:.2f}", f"{255 * worst[1]:.2f}",
    ]  # fmt: skip


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--out", type=Path, help="picture: source above, denoised below, as sRGB")
    arguments = parser.parse_args()
    truth = scene()
    noise = np.random.default_rng(5).standard_normal(truth.shape)
    print("| | hue shift, degrees | mean moves by | noise left in sRGB | beyond sRGB | "
          "step at the border | steps elsewhere |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        icc = profile(arguments.program, folder)
        source, result = folder / "in.tif", folder / "out.tif"
        noisy = truth + SIGMA * noise
        tifffile.imwrite(source, noisy.astype(np.float32), photometric="rgb", iccprofile=icc)
        print("| source | " + " | ".join(judged(noisy, truth)) + " |")
        for wide in ("preserve", "clip"):
            run(arguments.program, "denoise", source, result, "--bit-depth", "32", "--precision",
                "f32", "--wide-gamut", wide)  # fmt: skip
            denoised = tifffile.imread(result).astype(np.float64)
            print(f"| denoise, {wide} | " + " | ".join(judged(denoised, truth)) + " |")
            if wide == "preserve" and arguments.out:
                shown = np.concatenate([noisy, denoised])
                pixels = (np.clip(encode(srgb_light(shown)), 0, 1) * 255).astype(np.uint8)
                Image.fromarray(pixels).save(arguments.out, optimize=True)
        tifffile.imwrite(source, truth.astype(np.float32), photometric="rgb", iccprofile=icc)
        run(arguments.program, "upscale", source, result, "--scale", "2", "--bit-depth", "32",
            "--precision", "f32")  # fmt: skip
        large = tifffile.imread(result).astype(np.float64)
        small = large.reshape(truth.shape[0], 2, truth.shape[1], 2, 3).mean(axis=(1, 3))
        print("| upscale x2, averaged | " + " | ".join(judged(small, truth)) + " |")
    print("\nMeans, noise and steps in steps of 1/255.")


if __name__ == "__main__":
    main()
