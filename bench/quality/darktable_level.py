# SPDX-License-Identifier: GPL-3.0-or-later
"""How well the graphs made for darktable measure the noise of their own tile.

    build/venv/bin/python bench/quality/darktable_level.py PHOTOS [--pictures N]

PHOTOS is the folder that the networks are trained on. Plain white noise for finished pictures,
Poisson-Gaussian noise in a mosaic for raws; the table gives sigma told over sigma true at the 10th,
50th and 90th percentile of tiles. The constants FLATTEST_BIAS of `latent_train/darktable_graph.py`
make the middle ones about 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("training", "python")]
from latent_train import darktable_graph as graph  # noqa: E402
from latent_train import families, noise, protocol  # noqa: E402
from latent_train.config import load_config  # noqa: E402

_LIMITS = families.limits(load_config(ROOT / "training/configs/latent-raw.toml"))
_BALANCE = np.array([2.0, 1.0, 1.0, 1.6])[:, None, None]

Meter = Callable[[np.ndarray], np.ndarray]


def _meter(kind: str, size: int) -> Meter:
    sheet = graph.Sheet()
    if kind == "raw":
        channels = 4
        answer = graph.raw_noise(sheet, graph.INPUT, size, _LIMITS)[2]
        shape: tuple[int, ...] = (1, 4, 1, 1)
    else:
        channels, shape = 3, (1, 3, size, size)
        answer = graph.rgb_level(sheet, graph.INPUT, size, 1.0)
    sheet.node("Identity", [answer], graph.OUTPUT)
    model = graph.finished(sheet, (1, channels, size, size), shape)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return lambda tile: np.asarray(session.run(None, {graph.INPUT: tile[None]})[0])


def _tile(path: Path, size: int, rng: np.random.Generator) -> np.ndarray | None:
    picture = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32) / 255
    height, width = (side // 2 for side in picture.shape[:2])
    small = picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3).mean(axis=(1, 3))
    if min(height, width) < size:
        return None
    y, x = (int(rng.integers(0, side - size + 1)) for side in (height, width))
    return np.asarray(small[y : y + size, x : x + size])


def _finished(tile: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    noisy = np.clip(tile + rng.normal(0, sigma, tile.shape), 0, 1)
    return np.ascontiguousarray(noisy.transpose(2, 0, 1), dtype=np.float32)


def _raw(tile: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    light = 0.7 * noise.linearise_srgb(tile) @ protocol.MATRIX.T
    mosaic = np.stack([light[0::2, 0::2, 0], light[0::2, 1::2, 1], light[1::2, 0::2, 1],
                       light[1::2, 1::2, 2]])  # fmt: skip
    a = noise.gain(sigma)
    counts = noise.read_out(noise.expose(mosaic / _BALANCE, a, (3 * a) ** 2, rng), 14)
    return np.asarray(counts * _BALANCE, dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--pictures", type=int, default=60)
    options = parser.parse_args()
    paths = sorted(options.photos.rglob("*.jpg"))
    paths = paths[:: max(1, len(paths) // options.pictures)]
    rows = [("finished", s / 255, 384) for s in (2, 5, 10, 25, 50)]
    rows += [("raw", s, 384) for s in (0.003, 0.01, 0.03, 0.06)]
    print("| tile | sigma | tiles | 10 % | 50 % | 90 % |\n|---|---|---|---|---|---|")
    for kind, sigma, size in rows:
        rng = np.random.default_rng(1)
        meter = _meter(kind, size if kind == "finished" else size // 2)
        ratios: list[float] = []
        for path in paths:
            tile = _tile(path, size, rng)
            if tile is None:
                continue
            if kind == "finished":
                told = meter(_finished(tile, sigma, rng))
                ratios.append(float(np.sqrt((told**2).mean())) / sigma)
            else:
                told = meter(_raw(tile, sigma, rng))[0, :, 0, 0] / np.sqrt(_BALANCE[:, 0, 0])
                ratios.append(float(told[1]) / sigma)
        low, middle, high = np.percentile(ratios, (10, 50, 90))
        count = len(ratios)
        print(f"| {kind} | {sigma:.4f} | {count} | {low:.2f} | {middle:.2f} | {high:.2f} |")


if __name__ == "__main__":
    main()
