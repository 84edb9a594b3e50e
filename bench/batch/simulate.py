#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a batch takes on many machines, and when the file server is the limit.

    build/venv/bin/python bench/batch/simulate.py [--files 1000000] [--seconds 20] [--read-mb 30]
        [--write-mb 25] [--server-mb-s 1000] [--server-ops-s 5000] [--ops 80] [--start-ms 0.05]

A model of rates: each machine reads the manifest and the journals, then does files. All
transfers share the bandwidth of the server, all operations on names its rate. The defaults of a
file are those of a raw file of 24 megapixels. --start-ms (processor time for each item of the
manifest at the start) and --ops (operations on the file server for each item) are measured:
docs/many-machines.md says how.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    files: int
    seconds: float  # of computing, for a file
    read_mb: float
    write_mb: float
    server_mb_s: float
    server_ops_s: float
    ops: float
    start_ms: float
    line_bytes: float = 400  # of the manifest

    def start_seconds(self, machines: int) -> float:
        """Every machine reads and parses all of the manifest; the server sends it to each."""
        parse = self.files * self.start_ms / 1000
        send = machines * self.files * self.line_bytes / 1e6 / self.server_mb_s
        return max(parse, send)

    def rate(self, machines: int) -> tuple[float, str]:
        """Files a second of all machines together, and what limits it."""
        transfer = (self.read_mb + self.write_mb) / self.server_mb_s
        names = self.ops / self.server_ops_s
        limits = {
            "computing": machines / self.seconds,
            "bytes of the server": 1 / transfer,
            "names of the server": 1 / names,
        }
        limit = min(limits, key=lambda name: limits[name])
        return limits[limit], limit

    def simulate(self, machines: int) -> tuple[float, str]:
        """Seconds until the last file is done, and the limit."""
        rate, limit = self.rate(machines)
        whole = self.files / rate
        # The last shard: with files of equal weight one file more than the others.
        tail = self.seconds if machines > 1 else 0.0
        return self.start_seconds(machines) + whole + tail, limit


def readable(seconds: float) -> str:
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--read-mb", type=float, default=30.0)
    parser.add_argument("--write-mb", type=float, default=25.0)
    parser.add_argument("--server-mb-s", type=float, default=1000.0)
    parser.add_argument("--server-ops-s", type=float, default=5000.0)
    parser.add_argument("--ops", type=float, default=80.0)
    parser.add_argument("--start-ms", type=float, default=0.05)
    model = Model(**vars(parser.parse_args()))
    alone, _ = model.simulate(1)
    print("| machines | start of each | all done after | times as fast as one | limit |")
    print("|---|---|---|---|---|")
    for machines in (1, 4, 16, 64, 256, 1024):
        total, limit = model.simulate(machines)
        print(f"| {machines} | {readable(model.start_seconds(machines))} | {readable(total)} | "
              f"{alone / total:.1f} | {limit} |")  # fmt: skip
    most = model.server_mb_s / (model.read_mb + model.write_mb) * model.seconds
    print(f"\nThe server is the limit from {most:.0f} machines on.")


if __name__ == "__main__":
    main()
