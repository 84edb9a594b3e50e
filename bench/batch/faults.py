#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch under faults: small files of which some are damaged and some vanish, and ten kills.

    build/venv/bin/python bench/batch/faults.py [--files 10000] [--kills 10]

Checks that every file is accounted for and none was done twice, then measures what the batch itself
costs: time of the processor a file over `latent denoise` of the same files, and memory as the
number of files grows. Prints a table for docs/many-machines.md; ends with code 1 if a number is not
what it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

PROGRAM = Path("build/release/bin/latent")


def make_sources(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    content = [rng.integers(0, 256, (8, 8, 3), np.uint8) for _ in range(64)]
    sources = []
    for number in range(count):
        path = folder / f"{number:06}.png"
        samples = content[number % 64].copy()
        samples[0, 0] = [number & 255, number >> 8 & 255, number >> 16]
        Image.fromarray(samples).save(path)
        sources.append(path)
    return sources


def write_manifest(path: Path, sources: list[Path], out: Path) -> Path:
    with path.open("w") as file:
        for source in sources:
            job = {"latent_job": 1, "task": "denoise", "sources": [str(source)],
                   "settings": {"strength": 0},
                   "output": {"folder": str(out), "format": "png"}}  # fmt: skip
            file.write(json.dumps(job) + "\n")
    return path


def records(state: Path) -> int:
    """Whole lines in all journals."""
    journal = state / "journal"
    return sum(path.read_bytes().count(b"\n") for path in journal.glob("*.jsonl"))


def measured(*arguments: object) -> tuple[float, float, float]:
    """Seconds of the processor, seconds on the clock, peak MB of one run."""
    before = time.monotonic()
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    _, _, usage = os.wait4(process.pid, 0)
    return (usage.ru_utime + usage.ru_stime, time.monotonic() - before, usage.ru_maxrss / 1024)


def under_faults(folder: Path, count: int, kills: int) -> list[str]:
    rng = random.Random(29)
    sources = make_sources(folder / "in", count)
    out = folder / "out"
    damaged = rng.sample(range(count), count // 20)
    for number in damaged:
        sources[number].write_bytes(sources[number].read_bytes()[:50])
    vanishing = rng.sample(sorted(set(range(count)) - set(damaged)), count // 100)
    path = write_manifest(folder / "work.jsonl", sources, out)
    state = Path(f"{path}.latent")
    for kill in range(kills):
        process = subprocess.Popen([PROGRAM, "batch", path, "-q"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        if kill == 0:
            for number in vanishing:
                sources[number].unlink()
        wanted = records(state) + rng.randrange(count // kills // 4, count // kills)
        while records(state) < wanted and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
    subprocess.run([PROGRAM, "batch", path, "-q", "--report", folder / "report", "--pictures", "0"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # fmt: skip
    report = json.loads((folder / "report" / "report.json").read_text())
    results = len(list(out.glob("*.png")))
    print(f"| {count} files, {len(damaged)} damaged, {len(vanishing)} vanished, {kills} kills | "
          f"done {report['done']}, found done {report['skipped']}, failed {report['failed']}, "
          f"open {report['open']}, twice {report['done_twice']}, results {results} |")  # fmt: skip
    faults = []
    if report["open"] or report["done_twice"]:
        faults.append("not every file is accounted for once")
    if report["failed"] != len(damaged) + len(vanishing):
        faults.append("failures are not those that were made")
    if report["done"] + report["skipped"] != results or report["skipped"] > kills:
        faults.append("results and records differ")
    return faults


def overhead(folder: Path, count: int) -> list[str]:
    sources = make_sources(folder / "in", count)
    batch, plain, memory = [], [], {}
    for turn in range(3):
        for size in (count // 4, count):
            path = write_manifest(folder / f"{turn}_{size}.jsonl", sources[:size],
                                  folder / f"out_{turn}_{size}")  # fmt: skip
            cpu, _, peak = measured("batch", path, "-q")
            memory[size] = peak
            if size == count:
                batch.append(cpu)
        cpu, _, _ = measured("denoise", folder / "in", "-O", folder / f"plain_{turn}", "-q",
                             "--strength", 0, "--format", "png")  # fmt: skip
        plain.append(cpu)
    per_file = 1000 * (float(np.median(batch)) - float(np.median(plain))) / count
    growth = (memory[count] - memory[count // 4]) / (count * 0.75 / 1000)
    print(f"| processor time a file over latent denoise, {count} files, median of 3 | "
          f"{per_file:.2f} ms |")  # fmt: skip
    print(f"| memory for 1,000 files more | {growth:.2f} MB |")
    faults = []
    if per_file >= 5:
        faults.append("the batch costs 5 ms a file or more")
    if growth >= 1:
        faults.append("memory grows by 1 MB or more for 1,000 files")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        faults += under_faults(Path(folder) / "faults", options.files, options.kills)
        faults += overhead(Path(folder) / "overhead", min(options.files, 4000))
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
