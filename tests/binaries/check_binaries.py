#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from what was linked whether it is as safe as the build flags ask for.

check_binaries.py runpath BUILD       no program or library searches the current folder
check_binaries.py install BUILD       nor does an installed one, and it finds its libraries
check_binaries.py hardening FILE...   relocations, stack, position, guards
check_binaries.py branches ARCHIVE... every object of ours is marked for indirect branches
check_binaries.py symbols FILE...     a library exports its own namespace alone
check_binaries.py self-test           the reading itself, on texts of readelf

Prints a line for each fault and exits 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


def output_of(*command: str | Path) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env=ENVIRONMENT
    ).stdout


# ---- where libraries are looked for ----


def runpaths(dynamic: str) -> list[str]:
    """Every RPATH and RUNPATH in the text of ``readelf -d``."""
    return re.findall(r"\((?:RPATH|RUNPATH)\)\s+Library r(?:un)?path: \[(.*)\]", dynamic)


def runpath_faults(dynamic: str) -> list[str]:
    """To the loader an empty entry is the current folder, and so is whatever is relative."""
    faults = []
    for path in runpaths(dynamic):
        for entry in path.split(":"):
            if not entry.startswith(("/", "$ORIGIN", "${ORIGIN}")):
                faults.append(f"'{path}' has the entry '{entry}', which is the current folder")
    return faults


def needed(dynamic: str) -> list[str]:
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]", dynamic)


def programs_and_libraries(folder: Path) -> list[Path]:
    """ELF files that the loader loads, without the objects they were made of."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in {".o", ".a"}:
            continue
        with path.open("rb") as file:
            if file.read(4) == b"\x7fELF":
                found.append(path)
    return found


def check_runpath(build: Path) -> list[str]:
    binaries = programs_and_libraries(build)
    if build / "bin" / "latent" not in binaries:
        return [f"{build} has no program bin/latent"]
    faults = [
        f"{path}: {fault}"
        for path in binaries
        for fault in runpath_faults(output_of("readelf", "-dW", path))
    ]
    return faults + starting_faults(build / "bin" / "latent")


def starting_faults(program: Path) -> list[str]:
    """Starts the program in a folder full of libraries that are none."""
    with tempfile.TemporaryDirectory() as folder:
        for name in needed(output_of("readelf", "-dW", program)):
            (Path(folder) / name).write_bytes(b"not a library")
        environment = {k: v for k, v in ENVIRONMENT.items() if k != "LD_LIBRARY_PATH"}
        done = subprocess.run(
            [program, "--version"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    if done.returncode == 0 and done.stdout.startswith("latent "):
        return []
    return [f"{program} does not start in a folder of foreign libraries: {done.stderr.strip()}"]


def check_install(build: Path, cmake: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "prefix"
        output_of(cmake, "--install", build, "--prefix", prefix)
        binaries = programs_and_libraries(prefix)
        names = {path.name for path in binaries}
        if "latent" not in names or not any(name.startswith("liblatent.so") for name in names):
            return [f"what was installed lacks the program or the library: {sorted(names)}"]
        faults = [
            f"installed {path.name}: {fault}"
            for path in binaries
            for fault in runpath_faults(output_of("readelf", "-dW", path))
        ]
        for path in binaries:
            loaded = output_of("ldd", path).splitlines()
            missing = [line for line in loaded if "not found" in line]
            if "_plugin." in path.name:  # of a device, which needs the driver that it is for
                missing = []
            faults += [f"installed {path.name}: {line.strip()}" for line in missing]
            faults += [
                f"installed {path.name} needs the build: {line.strip()}"
                for line in loaded
                if str(build.resolve()) in line or "/site-packages/" in line
            ]
        return faults + starting_faults(prefix / "bin" / "latent")


# ---- what compiler and linker put in ----


def has(fault: str, header: str, segments: str, dynamic: str, symbols: str) -> bool:
    """Whether the file has what ``fault`` is the name of."""
    stack = re.search(r"^\s*GNU_STACK\s+.*?\s(R?W?E?)\s+0x\w+\s*$", segments, re.MULTILINE)
    marks = {
        "pie": bool(re.search(r"Type:\s+DYN", header)),
        "relro": "GNU_RELRO" in segments,
        "now": bool(re.search(r"BIND_NOW|Flags:.*\bNOW\b", dynamic)),
        "stack": stack is not None and "E" not in stack.group(1),
        "canary": "__stack_chk_fail" in symbols,
        "fortify": bool(re.search(r"\b__\w+_chk\b(?<!__stack_chk)", symbols)),
    }
    return marks[fault]


EXPLAINED = {
    "pie": "is not position-independent",
    "relro": "has relocations that stay writable",
    "now": "binds its symbols late, so that they stay writable",
    "stack": "has a stack that can be executed",
    "canary": "has no guard on its stack",
    "fortify": "checks no copy against the size of its buffer",
}


def check_hardening(files: list[Path], expected: list[str]) -> list[str]:
    faults = []
    for path in files:
        texts = (
            output_of("readelf", "-hW", path),
            output_of("readelf", "-lW", path),
            output_of("readelf", "-dW", path),
            output_of("nm", "-D", "--undefined-only", path),
        )
        faults += [f"{path} {EXPLAINED[mark]}" for mark in expected if not has(mark, *texts)]
    return faults


def unmarked_objects(notes: str) -> list[str]:
    """Members of an archive, in the text of ``readelf -n``, without both marks."""
    faults = []
    for member in re.split(r"^File: ", notes, flags=re.MULTILINE)[1:]:
        if not re.search(r"x86 feature: .*IBT.*SHSTK", member):
            faults.append(member.splitlines()[0])
    return faults


def check_branches(archives: list[Path]) -> list[str]:
    faults = []
    for archive in archives:
        notes = output_of("readelf", "-nW", archive)
        if "File: " not in notes:
            faults.append(f"{archive} has no members")
        faults += [f"{name} is not marked for IBT and SHSTK" for name in unmarked_objects(notes)]
    return faults


# ---- what a library shows of itself ----


def foreign_symbols(names: str) -> list[str]:
    """Names, in the text of ``nm -DC --defined-only``, that are not of ``latent::``."""
    ours = re.compile(r"(?:(?:typeinfo(?: name)?|vtable) for )?latent::")
    symbols = [line.split(maxsplit=2)[-1] for line in names.splitlines() if line.strip()]
    return [symbol for symbol in symbols if not ours.match(symbol)]


def check_symbols(files: list[Path]) -> list[str]:
    faults = []
    for path in files:
        names = output_of("nm", "-DC", "--defined-only", path)
        if "latent::" not in names:
            faults.append(f"{path} exports nothing")
        faults += [f"{path} exports {symbol}" for symbol in foreign_symbols(names)]
    return faults


# ---- the reading itself ----

EXPORTED = """\
00000000000a1b2c T latent::v0::Library::run(std::string_view)
00000000000d1b2c V typeinfo for latent::v0::Thing
"""
PADDED = " 0x000000000000001d (RUNPATH)            Library runpath: [/opt/openvino/libs:]\n"
SEGMENTS = """\
  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 {} 0x10
  GNU_RELRO      0x001000 0x0000000000002000 0x0000000000002000 0x000100 0x000100 R   0x1
"""


def self_test() -> list[str]:
    """Every kind of fault, as the tools print it, must be seen; and what is right, not."""
    good = ("Type: DYN (Shared object file)", SEGMENTS.format("RW "), "(FLAGS) BIND_NOW")
    fortified = "U __memcpy_chk@GLIBC_2.3.4"
    object_note = "\nFile: a.a(x.o)\n  Properties: x86 feature: IBT, SHSTK\n"
    truths = {
        "an empty entry": len(runpath_faults(PADDED)) == 1,
        "a relative entry": len(runpath_faults(PADDED.replace("libs:]", "libs:lib]"))) == 1,
        "an empty path": len(runpath_faults(PADDED.replace("/opt/openvino/libs:", ""))) == 1,
        "a good path": not runpath_faults(PADDED.replace("libs:]", "libs:$ORIGIN/../lib]")),
        "a stack that is executed": not has("stack", "", SEGMENTS.format("RWE"), "", ""),
        "a good stack": has("stack", *good, ""),
        "no canary": not has("canary", *good, fortified),
        "fortified": has("fortify", *good, fortified),
        "a canary alone": not has("fortify", *good, "U __stack_chk_fail@GLIBC_2.4"),
        "late binding": not has("now", good[0], good[1], "(FLAGS_1) Flags: PIE", ""),
        "early binding": has("now", good[0], good[1], "(FLAGS_1) Flags: NOW PIE", ""),
        "a fixed position": not has("pie", "Type: EXEC (Executable file)", "", "", ""),
        "marked objects": not unmarked_objects(object_note),
        "an object without": unmarked_objects(object_note + "\nFile: a.a(y.o)\n") == ["a.a(y.o)"],
    }
    for leak in ("W std::vector<int>::~vector()", "B fmt::v9::detail::x", "T latentia()"):
        truths[f"a leak of {leak}"] = len(foreign_symbols(f"{EXPORTED}00000000 {leak}\n")) == 1
    truths["our own symbols"] = not foreign_symbols(EXPORTED)
    return [f"self-test: not told: {what}" for what, told in truths.items() if not told]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("runpath", "install"):
        command = commands.add_parser(name)
        command.add_argument("build", type=Path)
        command.add_argument("--cmake", default="cmake")
    command = commands.add_parser("hardening")
    command.add_argument("files", type=Path, nargs="+")
    command.add_argument("--expect", nargs="+", required=True, choices=sorted(EXPLAINED))
    command = commands.add_parser("branches")
    command.add_argument("files", type=Path, nargs="+")
    command = commands.add_parser("symbols")
    command.add_argument("files", type=Path, nargs="+")
    commands.add_parser("self-test")
    given = parser.parse_args()
    faults = {
        "runpath": lambda: check_runpath(given.build),
        "install": lambda: check_install(given.build, given.cmake),
        "hardening": lambda: check_hardening(given.files, given.expect),
        "symbols": lambda: check_symbols(given.files),
        "branches": lambda: check_branches(given.files),
        "self-test": self_test,
    }[given.command]()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
