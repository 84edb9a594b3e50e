#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the house up: who may include whom, where foreign libraries live, how long files may be.

Run from anywhere, no arguments; prints one line per fault and exits 1 if there is any. With
``--self-test`` it checks itself on a toy tree in which every kind of fault is planted.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LEVEL_3 = {"colour", "metadata", "models"}
LEVEL_4 = {"read", "raw", "rgb", "infer", "mask", "fill", "write"}
BELOW_3 = {"base", "image"}
BELOW_4 = BELOW_3 | LEVEL_3
BELOW_TASKS = BELOW_4 | LEVEL_4

MAY_INCLUDE: dict[str, set[str]] = {
    "base": set(),
    "image": {"base"},
    **{room: BELOW_3 for room in LEVEL_3},
    **{room: BELOW_4 for room in LEVEL_4},
    "tasks": BELOW_TASKS,
    "app": BELOW_TASKS | {"tasks"},
    "cli": BELOW_TASKS | {"tasks", "app"},
    "facade": BELOW_TASKS | {"tasks", "app"},
    "gui": BELOW_TASKS | {"tasks", "app"},
}

# A foreign header -> the rooms whose .cpp files may include it. None may stand in a header.
FOREIGN: dict[str, set[str]] = {
    r"libraw/": {"read"},
    r"tiff(io)?\.h": {"read", "write"},
    r"(jpeglib|jerror|turbojpeg)\.h": {"read", "write"},
    r"png\.h": {"read", "write"},
    r"exiv2/": {"metadata"},
    r"lcms2": {"colour"},
    r"sodium": {"base", "models"},
    r"archive(_entry)?\.h": {"models"},
    r"curl/": {"models"},
    r"openvino/": {"infer"},
    r"onnxruntime": {"infer"},
    r"nlohmann/": {"models", "infer", "app", "cli"},
    r"spdlog/": {"base"},
    r"CLI/": {"cli"},
    r"toml\+\+": {"app"},
    r"potracelib": {"mask"},
    r"sqlite3": {"app"},
    r"xcb/": {"gui"},
    r"Q[A-Z]|Qt": {"gui"},
}

# Folders of a room that may include less: what decides in the desktop app knows no widgets.
ONLY: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "gui/viewmodel": (re.compile(r"Q[A-Z]|Qt|gui/view/"), re.compile(r"QtCore/")),
    "app": (re.compile(r"Q[A-Z]|Qt|gui/"), re.compile(r"$^")),
}

ALLOWED_IN_HEADERS = re.compile(r"tl/expected\.hpp")
MAX_LINES = 500
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)


def room_of(path: Path, source: Path) -> str:
    return path.relative_to(source).parts[0]


def include_faults(path: Path, source: Path, text: str) -> list[str]:
    """Faults of one file's include lines, each naming the file and the header."""
    room = room_of(path, source)
    faults = []
    for quote, header in INCLUDE.findall(text):
        for folder, (refused, allowed) in ONLY.items():
            inside = path.relative_to(source).as_posix().startswith(folder + "/")
            if inside and refused.match(header) and not allowed.match(header):
                faults.append(f"{path}: {folder} may not include {header}")
        target = header.split("/")[0]
        if quote == '"' and target in MAY_INCLUDE:
            if target != room and target not in MAY_INCLUDE.get(room, set()):
                faults.append(f"{path}: {room} may not include {header}")
            if not (source / header).exists():
                faults.append(f"{path}: {header} does not exist")
            continue
        for pattern, rooms in FOREIGN.items():
            if not re.match(pattern, header):
                continue
            if room not in rooms:
                faults.append(f"{path}: {header} belongs to {', '.join(sorted(rooms))}")
            elif path.suffix == ".h" and room != "gui" and not ALLOWED_IN_HEADERS.match(header):
                faults.append(f"{path}: foreign header {header} in a header of ours")
    return faults


def check(root: Path) -> list[str]:
    """Every fault under ``root``/src and the sizes of all our own sources."""
    source = root / "src"
    faults: list[str] = []
    for path in sorted(source.rglob("*.h")) + sorted(source.rglob("*.cpp")):
        room = room_of(path, source)
        if room not in MAY_INCLUDE:
            faults.append(f"{path}: {room} is no room of the house")
            continue
        faults += include_faults(path, source, path.read_text(encoding="utf-8"))
    for folder in sorted(p for p in source.iterdir() if p.is_dir()):
        if folder.name in MAY_INCLUDE and not (folder / "README.md").exists():
            faults.append(f"{folder}: a room without a README.md")
    for path in our_sources(root):
        lines = path.read_text(encoding="utf-8", errors="replace").count("\n")
        if lines > MAX_LINES:
            faults.append(f"{path}: {lines} lines, more than {MAX_LINES}; split it")
    return faults


def our_sources(root: Path) -> list[Path]:
    """What git tracks or would, so that build folders do not count."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.h", "*.cpp", "*.py", "*.lua"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        return [root / line for line in listing.stdout.splitlines() if (root / line).exists()]
    return [p for suffix in ("h", "cpp", "py") for p in sorted(root.rglob(f"*.{suffix}"))]


PLANTED = {
    "src/image/image.h": "#pragma once\n#include <vector>\n",
    "src/image/up.cpp": '#include "read/raw.h"\n',
    "src/read/raw.h": "#pragma once\n#include <libraw/libraw.h>\n",
    "src/read/sideways.cpp": '#include "write/dng/dng.h"\n',
    "src/write/dng/dng.h": "#pragma once\n",
    "src/write/raw_library.cpp": "#include <libraw/libraw.h>\n",
    "src/base/lost.cpp": '#include "base/absent.h"\n',
    "src/cellar/thing.cpp": "int x;\n",
    "src/gui/viewmodel/drawn.h": "#include <QtGui/QImage>\n",
    "src/gui/viewmodel/upwards.h": '#include "gui/view/window.h"\n',
    "src/raw/long.cpp": "\n" * (MAX_LINES + 1),
}
EXPECTED = [
    "image may not include read/raw.h",
    "foreign header libraw/libraw.h",
    "read may not include write/dng/dng.h",
    "libraw/libraw.h belongs to read",
    "base/absent.h does not exist",
    "gui/viewmodel may not include QtGui/QImage",
    "gui/viewmodel may not include gui/view/window.h",
    "cellar is no room",
    f"{MAX_LINES + 1} lines",
    "without a README.md",
]


def self_test() -> int:
    """Plants every kind of fault and asks whether each one is seen."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in PLANTED.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        report = "\n".join(check(root))
    unseen = [words for words in EXPECTED if words not in report]
    for words in unseen:
        print(f"check_rooms.py --self-test: a planted fault was not seen: {words}")
    return 1 if unseen else 0


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
