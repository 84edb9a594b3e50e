# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes folders of any files through every verb and tells what was wrong.

    build/venv/bin/python bench/corpus/run_corpus.py FOLDER... [--latent PROGRAM] [--json FILE]
        [--most N] [--megabytes 100] [--seconds 120] [--jobs 2] [--verbs info denoise ...]

Every file goes through `info`, `rawdenoise`, `denoise`, `upscale` (a corner), `compare` (with its
own result) and `render`, at strength 0. Held against each other are: what Latent read and what
independent decoders read (bench/corpus/decoders.py), sample by sample; the sentences (one line,
the file named, nothing called damaged that a decoder reads, no internal fault); the exit codes;
and the verbs among themselves. Prints a table and the list of faults; exits 1 if there is any.
docs/corpus.md has how to read it and what was found.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import decoders
from judge import VERBS, Finding, Judge

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("files", "read", "refused", "damaged", "exact", "near", "no judge", "faults")


def files_of(folders: list[Path], most_bytes: int, most_files: int | None) -> Iterator[Path]:
    """Regular files, in the order of their names; links are left out."""
    count = 0
    for folder in folders:
        found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        for path in found:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > most_bytes:
                continue
            if most_files is not None and count >= most_files:
                return
            count += 1
            yield path


def table_of(findings: list[Finding]) -> str:
    """A line for each kind of file."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in findings:
        for name in (finding.kind, "all"):
            rows[name].update({"files": 1, finding.outcome: 1, finding.samples: 1})
            rows[name]["faults"] += len(finding.faults)
    width = max(len(name) for name in [*rows, "kind"])
    lines = [f"{'kind':<{width}}  " + "  ".join(f"{column:>8}" for column in COLUMNS)]
    for name in [*sorted(set(rows) - {"all"}), *(["all"] if rows else [])]:
        cells = "  ".join(f"{rows[name][column]:>8}" for column in COLUMNS)
        lines.append(f"{name:<{width}}  {cells}")
    return "\n".join(lines)


def lines_of(finding: Finding) -> Iterator[str]:
    """The faults of a file, one line for what several verbs have in common."""
    verbs: dict[str, list[str]] = defaultdict(list)
    for fault in finding.faults:
        verb, _, text = fault.partition(": ")
        verbs[text if verb in VERBS else fault].append(verb if verb in VERBS else "")
    for text, by in verbs.items():
        who = ", ".join(verb for verb in by if verb)
        yield f"{finding.path}: {who + ': ' if who else ''}{text}"


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    usual = os.environ.get("LATENT_BIN", str(ROOT / "build" / "release" / "bin" / "latent"))
    parser.add_argument("--latent", type=Path, default=Path(usual), help="the program")
    parser.add_argument("--json", type=Path, help="a file for all findings, one object a line")
    parser.add_argument("--most", type=int, help="files at most")
    parser.add_argument("--megabytes", type=int, default=100, help="larger files are left out")
    parser.add_argument("--seconds", type=float, default=120, help="that one verb may take")
    parser.add_argument("--jobs", type=int, default=2, help="files at a time")
    parser.add_argument("--verbs", nargs="+", choices=VERBS, default=list(VERBS))
    return parser.parse_args()


def main() -> int:
    options = parsed()
    if not options.latent.is_file():
        print(f"there is no program {options.latent}; build it, or name it with --latent")
        return 2
    here = decoders.available()
    print("decoders:", ", ".join(f"{name} {version}" for name, version in here.items()) or "none")
    missing = sorted(set(decoders.MODULES) - set(here))
    if missing:
        print("not here, so what only they read is not judged:", ", ".join(missing))
    files = list(files_of(options.folders, options.megabytes * 1_000_000, options.most))
    with tempfile.TemporaryDirectory(prefix="latent-corpus-") as scratch:
        judge = Judge(options.latent, Path(scratch), options.seconds, options.verbs)
        if "no model is enabled" in judge.call("denoise", "none").stderr:
            print("the program finds no models; install it, or set LATENT_MODELS to weights/")
            return 2
        with ThreadPoolExecutor(options.jobs) as pool:
            findings = list(pool.map(judge.examine, files))
    print(f"\n{table_of(findings)}\n" if findings else "there are no files")
    for finding in findings:
        for line in lines_of(finding):
            print(line)
    if options.json:
        lines = (json.dumps(asdict(finding)) + "\n" for finding in findings)
        options.json.write_text("".join(lines), encoding="utf-8")
    return 1 if any(finding.faults for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
