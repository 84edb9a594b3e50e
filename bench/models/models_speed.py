#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times `latent models list` of 50 packages and `latent models verify` of a 200 MB one.

    bench/models/models_speed.py [--program build/release/bin/latent] [--rounds 5]

The verification is compared, pair by pair, with sha256sum of the archive followed by unzip -p of
all of it, which is the least that tells the same; peak memory is the kernel's word.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000


def large_package(folder: Path, megabytes: int) -> Path:
    """A package of darktable's form with weights that compress as weights do: by a tenth."""
    block = bytearray(os.urandom(MEGABYTE))
    for i in range(0, len(block), 8):
        block[i] = 0x3C
    config = {"id": "large", "name": "large", "task": "other", "version": "1.0"}
    path = folder / "large.dtmodel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("large/config.json", json.dumps(config))
        with archive.open("large/model.onnx", "w") as entry:
            for i in range(megabytes):
                entry.write(bytes(block[i:] + block[:i]))
    return path


def small_packages(folder: Path, count: int) -> None:
    with zipfile.ZipFile(ROOT / "weights" / "latent-upscale.dtmodel") as archive:
        config = json.loads(archive.read("latent-upscale/config.json"))
    del config["latent"]
    for i in range(count):
        config["id"] = f"model-{i:02}"
        with zipfile.ZipFile(folder / f"model-{i:02}.dtmodel", "w") as archive:
            archive.writestr(f"model-{i:02}/config.json", json.dumps(config))
            archive.writestr(f"model-{i:02}/model_x2.onnx", hashlib.sha256(b"x").digest() * 1000)


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and peak memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status != 0:
        sys.exit(f"{command} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return seconds, usage.ru_maxrss / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/latent"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "LATENT_MODELS_DIR": name, "LATENT_CONFIG": name + "/config"}
        small_packages(folder, 50)
        listing = [options.program, "models", "list", "--json"]
        first, _ = timed(listing, environment)
        known = [timed(listing, environment)[0] for _ in range(options.rounds)]
        bare = [timed([options.program, "models", "--help"], environment)[0]
                for _ in range(options.rounds)]  # fmt: skip
        print(
            f"list of 50: first {first * 1e3:.0f} ms, then {statistics.median(known) * 1e3:.0f} ms "
            f"(the program's own start is {statistics.median(bare) * 1e3:.0f} ms)"
        )
        package = large_package(folder, options.megabytes)
        both = f"sha256sum '{package}' > /dev/null && unzip -p '{package}' > /dev/null"
        ratios, ours, memory = [], [], 0.0
        for _ in range(options.rounds):
            seconds, peak = timed([options.program, "models", "verify", "large", "--no-run"],
                                  environment)  # fmt: skip
            theirs, _ = timed(["sh", "-c", both], environment)
            ratios.append(seconds / theirs)
            ours.append(seconds)
            memory = max(memory, peak)
        size = package.stat().st_size / MEGABYTE
        print(
            f"verify {size:.0f} MB: {statistics.median(ours):.2f} s, "
            f"{statistics.median(ratios):.2f} times sha256sum and unzip -p "
            f"({min(ratios):.2f} to {max(ratios):.2f}), peak {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
