# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-process time and memory of denoise and upscale, beside the networks of other programs.

    build/venv/bin/python bench/journeys/picture_speed.py [--runs 3] [--only denoise x2 x4]
        [--skip-peers] [--peer-tiles 2]

Ours: the whole program, from a 16-bit TIFF to a 16-bit TIFF with deflate. Peers: the networks that
darktable ships, built by the zoo with random weights (bench/peers/networks.py), in its tile plan
(denoise: tiles of 768, overlap 64; upscale: 256 for 4 times, overlap 16), one tile after the other,
hard crop, ONNX Runtime in float32; slow ones are timed on a few tiles and multiplied by their
number (and cost nothing outside the network). Both run in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import tifffile

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "peers"))
sys.path.insert(0, str(ROOT / "bench" / "journeys"))

from raw_speed import Runs  # noqa: E402  the path had to be set first

SIZES = {"denoise": (4000, 6000), "x2": (4000, 6000), "x4": (2000, 3000)}
PEERS = {"denoise": ("nind", "nafnet"), "x2": (), "x4": ("rrdb",)}


def source(folder: Path, size: tuple[int, int]) -> Path:
    """A 16-bit sRGB TIFF with structure at every scale and noise; made once."""
    path = folder / f"picture_{size[1]}x{size[0]}.tif"
    if not path.exists():
        rng = np.random.default_rng(1)
        picture = np.zeros((*size, 3), np.float32)
        for octave in range(2, 10):
            step = 2**octave
            coarse = rng.random((size[0] // step + 2, size[1] // step + 2, 3), dtype=np.float32)
            grown = np.kron(coarse, np.ones((step, step, 1), np.float32))
            picture += (grown[: size[0], : size[1]] - 0.5) * step**0.5
        picture = 0.5 + picture / (6 * picture.std())
        picture += rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(8 / 255)
        stored = (np.clip(picture, 0, 1) * 65535).astype(np.uint16)
        tifffile.imwrite(path, stored, photometric="rgb", compression="zlib", predictor=2,
                         tile=(256, 256))  # fmt: skip
    return path


def peer_seconds(name: str, folder: Path, size: tuple[int, int], tiles: int) -> tuple[float, int]:
    """Seconds of the whole plan by the median of a few tiles, and how many tiles the plan has."""
    import networks

    model = folder / f"{name}.onnx"
    tile = networks.export(name, model)
    session = onnxruntime.InferenceSession(
        model, onnxruntime.SessionOptions(), ["CPUExecutionProvider"]
    )
    step = tile - 2 * networks.PEERS[name].overlap
    count = -(-size[0] // step) * -(-size[1] // step)
    given = np.random.default_rng(0).random((1, 3, tile, tile), dtype=np.float32)
    times = []
    for _ in range(tiles):
        began = time.perf_counter()
        session.run(None, {"input": given})
        times.append(time.perf_counter() - began)
    return statistics.median(times) * count, count


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/bench-data")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--skip-peers", action="store_true")
    parser.add_argument("--peer-tiles", type=int, default=2)
    parser.add_argument("--extra", nargs="*", default=[], help="more options for the program")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{platform.machine()}, {os.cpu_count()} processors\n")
    print("| journey | median s | spread s | peak MiB | ratio |")
    print("|---|---|---|---|---|")
    notes = []
    for journey in arguments.only:
        size = SIZES[journey]
        verb = ["denoise"] if journey == "denoise" else ["upscale", "--scale", journey[1]]
        ours = Runs(f"latent {' '.join(verb)}, {size[0] * size[1] / 1e6:.0f} MP", [
            str(arguments.program), *verb, str(source(folder, size)), "-o",
            str(folder / "ours.tif"), "--overwrite", "--json", *arguments.extra])  # fmt: skip
        ours.once(counted=False)
        peers: dict[str, list[float]] = {name: [] for name in PEERS[journey]}
        tiles = {}
        for _ in range(arguments.runs):
            ours.once(counted=True)
            for name, seconds in peers.items() if not arguments.skip_peers else ():
                taken, tiles[name] = peer_seconds(name, folder, size, arguments.peer_tiles)
                seconds.append(taken)
        middle = statistics.median(ours.seconds)
        spread = f"{min(ours.seconds):.2f} .. {max(ours.seconds):.2f}"
        print(f"| {ours.name} | {middle:.2f} | {spread} | {max(ours.mebibytes):.0f} | |")
        for name, seconds in peers.items() if not arguments.skip_peers else ():
            peer = statistics.median(seconds)
            spread = f"{min(seconds):.1f} .. {max(seconds):.1f}"
            named = f"{name}, {tiles[name]} tiles, network alone"
            print(f"| {named} | {peer:.1f} | {spread} | | {peer / middle:.1f} |")
        done = [json.loads(line) for line in ours.last_output.splitlines()]
        notes.append(f"{ours.name}: {json.dumps(done[-1])}")
        (folder / "ours.tif").unlink(missing_ok=True)
    print("\n" + "\n\n".join(notes))


if __name__ == "__main__":
    main()
