#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names who makes the Debian packages, in a tree that is about to be built.

    packaging/maintainer.py TREE "Name <address>"

The repository names nobody: whoever builds packages and hands them on answers for them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LINES = {
    "control": re.compile(r"^(Maintainer: ).*$", re.MULTILINE),
    "changelog": re.compile(r"^( -- ).*(?=  \w{3}, )", re.MULTILINE),
}


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    tree, name = Path(sys.argv[1]), sys.argv[2]
    if re.fullmatch(r"[^<>@\n]+ <[^<>\s@]+@[^<>\s@]+>", name) is None:
        print(f'maintainer.py: a maintainer is "Name <address>", not "{name}"', file=sys.stderr)
        return 2
    for file, line in LINES.items():
        path = tree / "packaging/debian" / file
        text = path.read_text(encoding="utf-8")
        new = line.sub(lambda found: found.group(1) + name, text, count=1)
        path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
