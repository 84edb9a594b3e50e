# SPDX-License-Identifier: GPL-3.0-or-later
"""What the black-box tests of the program share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MakeDng = Callable[..., Path]
"""dng("photo.dng", "--cfa", "grbg", ...): the path of a synthetic raw."""


@dataclass(frozen=True)
class Outcome:
    """How one call of the program ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines; every line must be one."""
        return [json.loads(line) for line in self.stdout.splitlines()]
