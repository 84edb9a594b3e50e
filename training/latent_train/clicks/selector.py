# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in selector of the program, through bench/mask/selector_bench.cpp."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Protocol

import numpy as np

from latent_train.clicks.simulate import Bools, Click
from latent_train.types import ByteArray


class Selector(Protocol):
    """What answers clicks: the program, or a made one in a test."""

    def open(self, picture: ByteArray) -> None:
        """Begin with a picture."""

    def click(self, click: Click) -> Bools:
        """The mask after one click more."""


class ProgramSelector:
    """Speaks with the bench program over pipes.

    Errors: EOFError when the program ends.
    """

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._shape = (0, 0)

    def _say(self, line: str, payload: bytes = b"") -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n" + payload)
        self._process.stdin.flush()

    def open(self, picture: ByteArray) -> None:
        """Begin with a picture [h, w, 3]."""
        self._shape = picture.shape[0], picture.shape[1]
        self._say(f"open {self._shape[1]} {self._shape[0]}", picture.tobytes())

    def click(self, click: Click) -> Bools:
        """The mask after one click more."""
        self._say(f"click {click.x} {click.y} {int(click.on_object)}")
        assert self._process.stdout
        count = self._shape[0] * self._shape[1]
        raw = self._process.stdout.read(count)
        if len(raw) != count:
            raise EOFError("the program of the selector has ended")
        return np.frombuffer(raw, np.uint8).reshape(self._shape) >= 128

    def close(self) -> None:
        """End the program."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
