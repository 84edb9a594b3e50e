# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks of objects: prompts, sessions, files (docs/masks.md)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _latent
from ._latent import MaskRefine, MaskSettings

__all__ = ["MaskRefine", "MaskSession", "MaskSettings", "Prompts", "read_mask", "write_mask"]

Values: TypeAlias = npt.NDArray[np.float32]
PathLike: TypeAlias = str | os.PathLike[str]
Place: TypeAlias = tuple[float, float]


class Prompts:
    """What was clicked, drawn and painted, object by object: a mask is made of it, and made again.

    Places are shares of the photograph's width and height, before it is turned upright. Every
    method adds to the last object and gives the prompts back, so that calls can follow each other:
    ``Prompts().click(0.5, 0.4).click(0.1, 0.1, on_object=False)``.
    """

    def __init__(self) -> None:
        self.objects: list[list[dict[str, Any]]] = [[]]
        self.source_sha256 = ""
        self.size = (0, 0)

    def _add(self, prompt: dict[str, Any]) -> Prompts:
        self.objects[-1].append(prompt)
        return self

    def click(self, x: float, y: float, *, on_object: bool = True) -> Prompts:
        """A click on the object, or on what does not belong to it."""
        return self._add({"click": [float(x), float(y)], "on_object": on_object})

    def box(self, left: float, top: float, right: float, bottom: float) -> Prompts:
        """A box that the object lies in."""
        return self._add({"box": [[float(left), float(top)], [float(right), float(bottom)]]})

    def stroke(self, line: Sequence[Place], radius: float, *, adds: bool = True) -> Prompts:
        """A brush; its radius is a share of the longest side. It has the last word."""
        places = [[float(x), float(y)] for x, y in line]
        return self._add({"stroke": places, "radius": float(radius), "on_object": adds})

    def new_object(self) -> Prompts:
        """What follows is of another object."""
        if self.objects[-1]:
            self.objects.append([])
        return self

    def undo(self) -> bool:
        """Takes the last prompt back; whether there was one."""
        while len(self.objects) > 1 and not self.objects[-1]:
            self.objects.pop()
        if not self.objects[-1]:
            return False
        self.objects[-1].pop()
        return True

    def to_json(self) -> str:
        """What ``latent mask -o FILE.json`` writes."""
        width, height = self.size
        source = {"sha256": self.source_sha256, "width": width, "height": height}
        objects = [{"prompts": prompts} for prompts in self.objects if prompts]
        return json.dumps({"latent_prompts": 1, "source": source, "objects": objects})

    @classmethod
    def from_json(cls, text: str) -> Prompts:
        """Reads what ``to_json`` or ``latent mask`` wrote; what is wrong with it is said when it is
        used."""
        read = json.loads(text)
        prompts = cls()
        prompts.objects = [list(one["prompts"]) for one in read["objects"]] or [[]]
        source = read["source"]
        prompts.source_sha256 = source["sha256"]
        prompts.size = (source["width"], source["height"])
        return prompts


class MaskSession:
    """A photograph that was encoded once, of which masks are made prompt by prompt: one prompt more
    is one answer more, one fewer none. One call at a time."""

    def __init__(self, session: _latent.MaskSession) -> None:
        self._session = session

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of masks: those of the photograph before it is turned upright."""
        return self._session.width, self._session.height

    @property
    def model(self) -> str:
        """The id of the network; empty for the built-in selector."""
        return self._session.model

    @property
    def source_sha256(self) -> str:
        """Of the photograph's file."""
        return self._session.source_sha256

    def mask(
        self,
        prompts: Prompts,
        settings: MaskSettings | None = None,
        *,
        previous: Values | None = None,
        **words: Any,
    ) -> Values:
        """How much of each pixel belongs to the objects: float32 [height, width], 0 to 1.

        ``previous`` is a mask that the first object goes on from. Settings are a ``MaskSettings``
        or its words: ``mask(prompts, feather=8)``. Prompts without a photograph get this one's hash
        and size; those of another photograph are refused.
        """
        if settings is not None and words:
            raise TypeError("give settings as one object or as words, not both")
        if prompts.size == (0, 0):
            prompts.size = self.size
            prompts.source_sha256 = prompts.source_sha256 or self.source_sha256
        before = None if previous is None else np.ascontiguousarray(previous, np.float32)
        asked = settings or MaskSettings(**words)
        return self._session.mask(prompts.to_json(), asked, before)


def write_mask(
    mask: npt.NDArray[Any],
    file: PathLike,
    *,
    photograph: PathLike | None = None,
    bits: int = 0,
    feather: float = 0.0,
    overwrite: bool = False,
) -> None:
    """Writes a mask as a picture (.png, .tif, .pfm) or as an editable path (.svg, .xmp).

    ``photograph`` is what it masks; an .xmp needs it. ``bits``: 8 or 16 of a .png, 16 or 32 of a
    .tif. ``feather`` is that of a path, in pixels.
    """
    values = np.ascontiguousarray(mask, np.float32)
    of = None if photograph is None else Path(photograph)
    _latent.write_mask(values, Path(file), of, bits, float(feather), overwrite)


def read_mask(file: PathLike) -> Values:
    """Reads a picture of a mask, samples as they are: float32 [height, width], 0 to 1."""
    return _latent.read_mask(Path(file))
