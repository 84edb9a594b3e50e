# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-process time and memory of raw denoise, beside a twin with darktable's tile plan.

    build/venv/bin/python bench/journeys/raw_speed.py [--runs 5] [--skip-twin] [--large]

Both programs run in turn on the same file (A B A B ...), after one warm-up each; the ratio is
that of the medians. --large adds the peak memory at 100 megapixels.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reference"))
sys.path.insert(0, str(ROOT / "bench" / "peers"))

from latent_reference import make_dng  # noqa: E402  the path had to be set first

PHOTO = "texture"


@dataclass
class Runs:
    """Wall seconds and peak mebibytes of one command, run after run."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    mebibytes: list[float] = field(default_factory=list)
    last_output: str = ""

    def once(self, *, counted: bool) -> None:
        """Runs the command under GNU time, which counts the peak memory of it alone."""
        with tempfile.NamedTemporaryFile("r") as report:
            started = time.perf_counter()
            done = subprocess.run(
                ["/usr/bin/time", "-f", "%M", "-o", report.name, *self.command],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            elapsed = time.perf_counter() - started
            if done.returncode != 0:
                sys.exit(f"{self.name} failed: {' '.join(self.command)}")
            self.last_output = done.stdout
            if counted:
                self.seconds.append(elapsed)
                self.mebibytes.append(int(report.read()) / 1024)

    def row(self, megapixels: float) -> str:
        """A row of the table."""
        middle = statistics.median(self.seconds)
        return (
            f"| {self.name} | {middle:.2f} | {min(self.seconds):.2f} .. {max(self.seconds):.2f} "
            f"| {megapixels / middle:.1f} | {max(self.mebibytes):.0f} |"
        )


def source(folder: Path, size: str) -> Path:
    """A synthetic Bayer DNG of that size, lossless JPEG as cameras write; made once."""
    path = folder / f"{size}.dng"
    if not path.exists():
        make_dng.main([str(path), "--size", size, "--scene", PHOTO, "--noise", "0.0004,2e-6",
                       "--compression", "ljpeg"])  # fmt: skip
    return path


def stages(output: str) -> str:
    """Where the program says its time went."""
    done = next(e for line in output.splitlines() if (e := json.loads(line))["event"] == "done")
    spent = ", ".join(f"{name} {value:.2f}" for name, value in done["seconds"].items())
    return (
        f"{done['engine']} {done['engine_version']}, {done['precision']}, {done['tiles']} tiles, "
        f"{done['redundancy']:.2f} x the pixels, {done['bytes'] / 1e6:.1f} MB; seconds: {spent}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/bench-data")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip-twin", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--extra", nargs="*", default=[], help="more options for the program")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    raw = source(folder, "24mp")
    ours = Runs("latent rawdenoise", [
        str(arguments.program), "rawdenoise", str(raw), "-o", str(folder / "ours.dng"),
        "--overwrite", "--json", *arguments.extra])  # fmt: skip
    competitors = [ours]
    if not arguments.skip_twin:
        import networks

        model = folder / "utnet2.onnx"
        networks.export("utnet2", model)
        competitors.append(Runs("darktable's plan, UtNet2, ONNX Runtime f32", [
            sys.executable, str(ROOT / "bench/peers/darktable_twin.py"), str(raw),
            str(folder / "twin.dng"), "--model", str(model)]))  # fmt: skip
    for competitor in competitors:
        competitor.once(counted=False)
    for _ in range(arguments.runs):
        for competitor in competitors:
            competitor.once(counted=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                            capture_output=True, check=False).stdout.strip()  # fmt: skip
    print(f"{platform.machine()}, {os.cpu_count()} processors, commit {commit}\n")
    print("| 24 MP Bayer, whole process | median s | spread s | MP/s | peak MiB |")
    print("|---|---|---|---|---|")
    for competitor in competitors:
        print(competitor.row(24.0))
    print(f"\n{stages(ours.last_output)}")
    if len(competitors) == 2:
        ratio = statistics.median(competitors[1].seconds) / statistics.median(ours.seconds)
        print(f"\nratio of the medians: {ratio:.2f}")
    if arguments.large:
        big = Runs("100 MP", [*ours.command[:2], str(source(folder, "100mp")), *ours.command[3:]])
        big.once(counted=True)
        print(f"\n100 MP: {big.seconds[0]:.2f} s, peak {big.mebibytes[0]:.0f} MiB")


if __name__ == "__main__":
    main()
