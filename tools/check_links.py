# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every relative link and picture of the documents leads to a file or a heading.

    tools/check_links.py [FOLDER]     prints each broken link; exit code 1 if there is one

FOLDER: the checkout, where nothing is named.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The names that a link can use for the headings of a document, as GitHub makes them."""
    found = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def broken(document: Path) -> list[str]:
    """One sentence for each link of the document that leads nowhere."""
    text = document.read_text(encoding="utf-8")
    found = []
    for target in LINK.findall(CODE.sub("", FENCE.sub("", text))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, part = target.partition("#")
        path = document.parent / name if name else document
        if not path.exists():
            found.append(f"{document}: '{target}' does not exist")
        elif part and path.suffix == ".md" and part not in anchors(path.read_text("utf-8")):
            found.append(f"{document}: '{name}' has no heading '{part}'")
    return found


def documents(folder: Path) -> list[Path]:
    """The Markdown files that git has or would take; without git, all below the folder."""
    listed = subprocess.run(
        ["git", "-C", folder, "ls-files", "-co", "--exclude-standard", "*.md"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        return sorted(folder.rglob("*.md"))
    return [path for name in listed.stdout.splitlines() if (path := folder / name).exists()]


def self_test() -> int:
    """Broken links are found, and whole ones are not."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "b.md").write_text("# One `two`, three\n", encoding="utf-8")
        a = folder / "a.md"
        a.write_text("[x](b.md#one-two-three) [y](https://example.org) `[n](no.md)`\n", "utf-8")
        if broken(a):
            print("check_links: a whole link is called broken")
            return 1
        a.write_text("[x](b.md#four) ![y](no.png)\n", encoding="utf-8")
        if len(broken(a)) != 2:
            print("check_links: a broken link is not found")
            return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--self-test", action="store_true", help="check this checker")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found = [line for document in documents(arguments.folder) for line in broken(document)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
