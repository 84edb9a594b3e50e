# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as the scripts here call it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def call(command: Sequence[str | Path], quiet: bool = False) -> None:
    """Run the program; where it refuses, end after its own sentence with one more."""
    code = subprocess.run(command, stdout=subprocess.DEVNULL if quiet else None).returncode
    if code:
        sys.exit(f"{command[0]} {command[1]} ended with {code}: no table without its result")
