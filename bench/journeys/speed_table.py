# SPDX-License-Identifier: GPL-3.0-or-later
"""Every network in every precision, network and whole process, beside its peers; one command.

    build/venv/bin/python bench/journeys/speed_table.py [--raw 24mp] [--picture 3000x2000]
        [--runs 1] [--svg docs/images/speed.svg] [--isa AVX2]

For each network the program runs once uncounted (that fills the cache), then all precisions and
the peer run in turn, so that a machine that is busy for a while is busy for all of them. Printed
are Markdown tables: seconds of the whole process, processor seconds (user and system: what to
compare where other programs run beside it), what the network alone took for a megapixel that it
computed, peak memory, and ratios to float32 and to the peer. The SVG shows where the time went.

Peers: networks of the zoo with random weights in ONNX Runtime and float32 in darktable's tiles;
UtNet2 from file to file (bench/peers/darktable_twin.py), NIND on a few tiles, multiplied by their
number. --isa limits the instructions of OpenVINO (ONEDNN_MAX_CPU_ISA).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for room in ("tests/reference", "bench/peers", "bench/journeys"):
    sys.path.insert(0, str(ROOT / room))

import picture_speed  # noqa: E402  the path had to be set first
import raw_speed  # noqa: E402

STAGES = ("read", "noise", "prepare", "pack", "infer", "unpack", "write")
COLOURS = ("#4e79a7", "#76b7b2", "#edc948", "#59a14f", "#e15759", "#b07aa1", "#9c755f")
MODELS = {
    "rawdenoise": ("latent-raw", "latent-raw-fast"),
    "denoise": ("latent-denoise", "latent-denoise-fast"),
}


@dataclass
class Row:
    """One program on one file."""

    name: str
    command: list[str]
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    mebibytes: float = 0
    done: dict[str, Any] = field(default_factory=dict)

    def once(self, *, counted: bool) -> bool:
        """Runs it; whether it could run at all."""
        with tempfile.NamedTemporaryFile("r") as report:
            timed = ["/usr/bin/time", "-f", "%U %S %M", "-o", report.name, *self.command]
            began = time.perf_counter()
            ran = subprocess.run(timed, stdout=subprocess.PIPE, text=True, check=False)
            took = time.perf_counter() - began
            if ran.returncode != 0:
                return False
            user, system, kibibytes = report.read().split()[-3:]
        for line in ran.stdout.splitlines():
            if line.startswith("{") and (event := json.loads(line))["event"] == "done":
                self.done = event
        if counted:
            self.seconds.append(took)
            self.processor.append(float(user) + float(system))
            self.mebibytes = max(self.mebibytes, int(kibibytes) / 1024)
        return True

    @property
    def wall(self) -> float:
        return statistics.median(self.seconds)

    @property
    def work(self) -> float:
        return statistics.median(self.processor)

    def network_pace(self) -> str:
        """Seconds of the network for each megapixel that it computed."""
        if not self.done:
            return ""
        computed = self.done["megapixels"] * self.done["redundancy"]
        return f"{self.done['seconds']['infer'] / computed:.2f}"


def raw_source(folder: Path, size: str) -> Path:
    """A Bayer DNG of that size."""
    return Path(raw_speed.source(folder, size))


def picture_source(folder: Path, size: str) -> Path:
    """A 16-bit TIFF of that size."""
    width, height = (int(side) for side in size.split("x"))
    return Path(picture_speed.source(folder, (height, width)))


def raw_peer(folder: Path, source: Path) -> Row:
    """darktable's plan with UtNet2, from file to file."""
    import networks

    model = folder / "utnet2.onnx"
    networks.export("utnet2", model)
    command = [sys.executable, str(ROOT / "bench/peers/darktable_twin.py"), str(source),
               str(folder / "twin.dng"), "--model", str(model)]  # fmt: skip
    return Row("darktable's plan, UtNet2, ONNX Runtime f32", command)


def nind(folder: Path, size: str, tiles: int) -> Row:
    """darktable's plan with NIND, the network alone."""
    width, height = (int(side) for side in size.split("x"))
    before = resource.getrusage(resource.RUSAGE_SELF)
    seconds, count = picture_speed.peer_seconds("nind", folder, (height, width), tiles)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    row = Row(f"darktable's plan, NIND, {count} tiles, network alone", [])
    row.seconds, row.processor = [seconds], [spent / tiles * count]
    return row


def measure(verb: str, source: Path, peer: Row | None, arguments: argparse.Namespace) -> list[Row]:
    """All precisions of the networks of a verb and its peer, in turn."""
    rows = []
    for model in MODELS[verb]:
        for precision in arguments.precisions:
            out = arguments.folder / f"ours{source.suffix}"
            row = Row(f"{model}, {precision}", [
                str(arguments.program), verb, str(source), "-o", str(out), "--overwrite", "--json",
                "--model", model, "--precision", precision])  # fmt: skip
            if row.once(counted=False) and row.done["precision"] == precision:
                rows.append(row)
            else:
                print(f"{row.name}: not on this machine", file=sys.stderr)
    for _ in range(arguments.runs):
        for row in [*rows, *([peer] if peer and peer.command else [])]:
            row.once(counted=True)
    return rows


def table(title: str, rows: list[Row], peer: Row | None) -> str:
    """Markdown."""
    lines = [f"| {title} | s | processor s | network s/MP | tiles, x pixels | peak MiB "
             "| to f32 | to the peer |", "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    exact: Row | None = None
    for row in rows:
        exact = row if row.name.endswith(", f32") else exact
        to_f32 = f"{exact.work / row.work:.2f}" if exact and exact is not row else ""
        to_peer = f"{peer.work / row.work:.2f}" if peer else ""
        lines.append(
            f"| {row.name} | {row.wall:.1f} | {row.work:.1f} | {row.network_pace()} "
            f"| {row.done['tiles']}, {row.done['redundancy']:.2f} | {row.mebibytes:.0f} "
            f"| {to_f32} | {to_peer} |"
        )
    if peer:
        memory = f"{peer.mebibytes:.0f}" if peer.mebibytes else ""
        lines.append(f"| {peer.name} | {peer.wall:.1f} | {peer.work:.1f} | | | {memory} | | |")
    return "\n".join(lines)


def svg(rows: list[Row]) -> str:
    """Stacked bars of what each stage was busy for; stages overlap."""
    width, bar, left = 640, 26, 190
    longest = max(sum(row.done["seconds"][stage] for stage in STAGES) for row in rows)
    height = 50 + (bar + 10) * len(rows)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>']  # fmt: skip
    for index, (stage, colour) in enumerate(zip(STAGES, COLOURS, strict=True)):
        x = left + index * 90
        parts.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 17}" y="18">{stage}</text>')
    for index, row in enumerate(rows):
        y = 36 + index * (bar + 10)
        parts.append(f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{row.name}</text>')
        right, total = float(left), 0.0
        for stage, colour in zip(STAGES, COLOURS, strict=True):
            seconds = row.done["seconds"][stage]
            drawn = seconds / longest * width
            told = f"<title>{stage}: {seconds:.2f} s</title>"
            parts.append(f'<rect x="{right:.1f}" y="{y}" width="{drawn:.1f}" height="{bar}" '
                         f'fill="{colour}">{told}</rect>')  # fmt: skip
            right, total = right + drawn, total + seconds
        parts.append(f'<text x="{right + 6:.1f}" y="{y + 17}">{total:.1f} s</text>')
    return "\n".join([*parts, "</svg>\n"])


def processor_name() -> str:
    """As the kernel calls it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/latent")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/bench-data")
    parser.add_argument("--raw", default="24mp", help="size of the raw; empty: none")
    parser.add_argument("--picture", default="3000x2000", help="size of the picture; empty: none")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--precisions", nargs="+", default=["f32", "bf16", "int8"])
    parser.add_argument("--peer-tiles", type=int, default=1)
    parser.add_argument("--skip-peers", action="store_true")
    parser.add_argument("--isa", help="AVX2, AVX512_CORE, ...")
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = arguments.isa
    load = os.getloadavg()[0]
    began = time.perf_counter()
    drawn: list[Row] = []
    tables = []
    if arguments.raw:
        source = raw_source(arguments.folder, arguments.raw)
        peer = None if arguments.skip_peers else raw_peer(arguments.folder, source)
        rows = measure("rawdenoise", source, peer, arguments)
        tables.append(table(f"rawdenoise, {arguments.raw}", rows, peer))
        drawn += rows
    if arguments.picture:
        source = picture_source(arguments.folder, arguments.picture)
        rows = measure("denoise", source, None, arguments)
        peer = None
        if not arguments.skip_peers:
            peer = nind(arguments.folder, arguments.picture, arguments.peer_tiles)
        tables.append(table(f"denoise, {arguments.picture}", rows, peer))
        drawn += rows
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                            capture_output=True, check=False).stdout.strip()  # fmt: skip
    print(f"{processor_name()}, {os.cpu_count()} processors, commit {commit}, load {load:.1f} at "
          f"the beginning, {time.perf_counter() - began:.0f} s in all\n")  # fmt: skip
    print("\n\n".join(tables))
    if arguments.svg:
        arguments.svg.parent.mkdir(parents=True, exist_ok=True)
        arguments.svg.write_text(svg(drawn))


if __name__ == "__main__":
    main()
