#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No parser without a fuzzer: holds src/, the tables of fuzz/README.md, the seeds together.

Run from anywhere, no arguments; prints one line per fault and exits 1 if there is any. With
``--self-test`` it checks itself on a toy tree in which every kind of fault is planted.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

# Every file of these rooms must stand in a table; of other rooms those that look like a parser.
WHOLE_ROOMS = ("metadata", "models", "read")
LOOKS_LIKE_A_PARSER = re.compile(
    r"parse_json\(|toml::parse\(|std::ifstream|read_text\(|read_small_file\(|from_chars\(|sscanf\("
)
MAX_CORPUS_BYTES = 1_000_000
MAX_SEED_BYTES = 16_384
ROW = re.compile(r"^\| `([a-z0-9_]+(?:/[a-z0-9_]+)+)` \| (.+) \|$", re.MULTILINE)
NAME = re.compile(r"`([a-z0-9_]+)`")


def rows_of(readme: str) -> tuple[dict[str, list[str]], set[str]]:
    """Of the tables: the fuzzers of each parser, and the files that parse nothing."""
    parsers, others = readme.split("## Files that parse nothing", 1)
    return (
        {unit: NAME.findall(fuzzers) for unit, fuzzers in ROW.findall(parsers)},
        {unit for unit, _ in ROW.findall(others)},
    )


def units_of(source: Path) -> dict[str, Path]:
    """The .cpp files as "room/unit" or "room/folder/unit"."""
    return {
        path.relative_to(source).with_suffix("").as_posix(): path
        for path in sorted(source.rglob("*.cpp"))
    }


def list_faults(fuzz: Path, listed: dict[str, str]) -> Iterable[str]:
    """The list against the sources, the dictionaries and the seeds."""
    written = {
        f"{p.parent.name}_{p.name.removesuffix('_fuzz.cpp')}" for p in fuzz.glob("*/*_fuzz.cpp")
    }
    for name in sorted(written - listed.keys()):
        yield f"fuzz/all-fuzzers.txt: {name} is not listed"
    for name, dictionary in listed.items():
        if name not in written:
            yield f"fuzz/all-fuzzers.txt: {name} has no source"
        if dictionary != "-" and not (fuzz / "dictionaries" / f"{dictionary}.dict").is_file():
            yield f"fuzz/all-fuzzers.txt: {name} names no dictionary there is: {dictionary}"
        if not any(path.is_file() for path in (fuzz / "corpus" / name).glob("*")):
            yield f"fuzz/corpus/{name}: no seed; see fuzz/make_corpus.py"
    seeds = [path for path in (fuzz / "corpus").rglob("*") if path.is_file()]
    for seed in seeds:
        if seed.stat().st_size > MAX_SEED_BYTES:
            yield f"{seed}: more than {MAX_SEED_BYTES} bytes make a slow seed"
        if seed.parent.name not in listed:
            yield f"{seed}: a seed of no fuzzer"
    if sum(seed.stat().st_size for seed in seeds) > MAX_CORPUS_BYTES:
        yield f"fuzz/corpus: more than {MAX_CORPUS_BYTES} bytes"


def check(root: Path) -> list[str]:
    """Every fault under ``root``."""
    fuzz = root / "fuzz"
    lines = (fuzz / "all-fuzzers.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split() for line in lines if line and not line.startswith("#")]
    listed = {name: dictionary for name, _, dictionary in fields}
    parsers, others = rows_of((fuzz / "README.md").read_text(encoding="utf-8"))
    units = units_of(root / "src")
    faults = list(list_faults(fuzz, listed))
    for unit in sorted((parsers.keys() | others) - units.keys()):
        faults.append(f"fuzz/README.md: src/{unit}.cpp is not there")
    for unit, fuzzers in parsers.items():
        for fuzzer in fuzzers:
            if fuzzer not in listed:
                faults.append(f"fuzz/README.md: {fuzzer}, which covers {unit}, is no fuzzer")
        if not fuzzers:
            faults.append(f"fuzz/README.md: {unit} has no fuzzer")
    for name in sorted(listed.keys() - {fuzzer for names in parsers.values() for fuzzer in names}):
        faults.append(f"fuzz/README.md: {name} covers nothing")
    for unit, path in units.items():
        if unit in parsers or unit in others:
            continue
        text = path.read_text(encoding="utf-8")
        if unit.split("/")[0] in WHOLE_ROOMS or LOOKS_LIKE_A_PARSER.search(text):
            faults.append(
                f"{path}: no row in fuzz/README.md names its fuzzer, or why it needs none"
            )
    return faults


PLANTED = {
    "src/read/new_format.cpp": "int x;\n",
    "src/app/settings.cpp": "std::ifstream file;\n",
    "src/app/sound.cpp": "int x;\n",
    "src/read/known.cpp": "int x;\n",
    "fuzz/all-fuzzers.txt": "# list\nread_known 100 none\nread_lost 100 -\nread_spare 100 -\n",
    "fuzz/read/known_fuzz.cpp": "",
    "fuzz/read/spare_fuzz.cpp": "",
    "fuzz/read/unlisted_fuzz.cpp": "",
    "fuzz/corpus/read_known/large": "x" * (MAX_SEED_BYTES + 1),
    "fuzz/corpus/read_spare/seed": "x",
    "fuzz/corpus/read_gone/seed": "x",
    "fuzz/README.md": "| `read/known` | `read_known`, `read_lost`, `read_mistaken` |\n"
    "| `read/bare` | none |\n## Files that parse nothing\n| `read/absent` | why |\n",
}
EXPECTED = [
    "read_unlisted is not listed",
    "read_lost has no source",
    "no dictionary there is: none",
    "corpus/read_lost: no seed",
    "slow seed",
    "seed of no fuzzer",
    "src/read/absent.cpp is not there",
    "read_mistaken, which covers read/known",
    "read/bare has no fuzzer",
    "read_spare covers nothing",
    "new_format.cpp: no row",
    "settings.cpp: no row",
]


def self_test() -> int:
    """Plants every kind of fault and asks whether each one is seen, and no other."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in PLANTED.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        faults = check(root)
    unseen = [words for words in EXPECTED if not any(words in fault for fault in faults)]
    for words in unseen:
        print(f"check_fuzzers.py --self-test: a planted fault was not seen: {words}")
    wrong = [fault for fault in faults if "sound.cpp" in fault]
    for fault in wrong:
        print(f"check_fuzzers.py --self-test: no fault: {fault}")
    return 1 if unseen or wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true")
    if parser.parse_args().self_test:
        return self_test()
    root = Path(__file__).resolve().parent.parent
    faults = check(root)
    for fault in faults:
        print(fault.replace(f"{root}/", ""))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
