# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as the scripts here call it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def call(command: Sequence[str | Path], capture: bool = False) -> str:
    """Run the program; returns what it prints if captured, else "". Where it refuses, end after
    its own sentence with one more."""
    done = subprocess.run(command, stdout=subprocess.PIPE if capture else None, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} {command[1]} ended with {done.returncode}: nothing to go on with")
    return done.stdout or ""
