# SPDX-License-Identifier: GPL-3.0-or-later
"""Latent: neural restoration of photographs, on this machine alone.

    import latent
    library = latent.Library()
    clean = library.denoise(noisy)            # numpy arrays of uint8, uint16 or float32

Open one ``Library`` and keep it: it keeps networks that were compiled. Any thread may call it; it
works without Python's lock, and Ctrl-C ends what it does and leaves no file. docs/python.md has it
all, docs/library.md the C++ library beneath.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _latent
from ._error import Error, Notice
from ._latent import (
    Denoise,
    Depth,
    Detail,
    DeviceInfo,
    DngTiles,
    Engine,
    EngineKind,
    Erase,
    FileResult,
    IfExists,
    Job,
    JobResult,
    Limits,
    ModelInfo,
    ModelLicences,
    Output,
    PluginInfo,
    Precision,
    RawDenoise,
    State,
    Tones,
    Upscale,
    WideGamut,
    devices,
    plugins,
    version,
)
from .masks import MaskRefine, MaskSession, MaskSettings, Prompts, read_mask, write_mask

__all__ = [
    "Denoise",
    "Depth",
    "Detail",
    "DeviceInfo",
    "DngTiles",
    "Engine",
    "EngineKind",
    "Erase",
    "Error",
    "FileResult",
    "IfExists",
    "Job",
    "JobResult",
    "Library",
    "Limits",
    "MaskRefine",
    "MaskSession",
    "MaskSettings",
    "ModelInfo",
    "ModelLicences",
    "Notice",
    "Output",
    "PluginInfo",
    "Precision",
    "Preview",
    "Progress",
    "Prompts",
    "RawDenoise",
    "State",
    "Task",
    "Tones",
    "Upscale",
    "WideGamut",
    "devices",
    "plugins",
    "read_mask",
    "version",
    "write_mask",
]
__version__ = version()

Array: TypeAlias = npt.NDArray[Any]
PathLike: TypeAlias = str | os.PathLike[str]
Task: TypeAlias = RawDenoise | Denoise | Upscale
Progress: TypeAlias = Callable[[Path, int, int, float, FileResult | None], object]
"""progress(source, index, count, fraction, result): called from another thread, one call at a time.
``fraction`` is of this source; ``result`` is given once, when it is through. What it raises ends
the work."""


def _told(answer: tuple[Array, FileResult]) -> Array:
    """The array; what the user should know of it becomes warnings."""
    array, facts = answer
    for notice in facts.notices:
        warnings.warn(notice, Notice, stacklevel=3)
    return array


def _one_of(settings: Any, kind: type, words: dict[str, Any]) -> Any:
    if settings is None:
        return kind(**words)
    if words:
        raise TypeError("give settings as one object or as words, not both")
    return settings


class Preview:
    """A photograph that was opened and measured once, of which parts are shown under changing
    settings: another strength needs no network. One call at a time."""

    def __init__(self, preview: _latent.Preview) -> None:
        self._preview = preview

    @property
    def size(self) -> tuple[int, int]:
        """Width and height; parts lie inside."""
        return self._preview.width, self._preview.height

    @property
    def level(self) -> float | None:
        """Of a finished picture: sigma of its noise in 8-bit steps, as measured."""
        return self._preview.level

    def show(self, part: tuple[int, int, int, int], settings: Task) -> tuple[Array, Array]:
        """The part (x, y, width, height) before and after: float32 [height, width, 3], encoded
        sRGB, values of finished pictures beyond 0..1 included."""
        before, after, _ = self._preview.show(part, settings)
        return before, after

    def counts(self, part: tuple[int, int, int, int], settings: RawDenoise) -> Array | None:
        """Of a raw: the sensor counts of the part after, float32, not rounded."""
        return self._preview.show(part, settings)[2]


class Library:
    """Latent in a program. What is not said of folders is as for the ``latent`` program of this
    user."""

    def __init__(
        self,
        *,
        model_folders: Sequence[PathLike] = (),
        data_folder: PathLike | None = None,
        cache_folder: PathLike | None = None,
        config_folder: PathLike | None = None,
        limits: Limits | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._library = _latent.Library(
            model_folders=[Path(folder) for folder in model_folders],
            data_folder=None if data_folder is None else Path(data_folder),
            cache_folder=None if cache_folder is None else Path(cache_folder),
            config_folder=None if config_folder is None else Path(config_folder),
            limits=limits or Limits(),
            engine=engine or Engine(),
        )

    def run(self, job: Job | str, progress: Progress | None = None) -> JobResult:
        """Does a job (or its JSON, docs/job.md), file after file. A file that fails is reported in
        its result, and the rest goes on. Raises Error before any file is touched, KeyboardInterrupt
        on Ctrl-C: files that were done stay."""
        asked = Job.from_json(job) if isinstance(job, str) else job
        return self._library.run(asked, progress)

    def denoise(
        self,
        picture: Array,
        settings: Denoise | None = None,
        *,
        profile: str = "srgb",
        icc: bytes | None = None,
        progress: Progress | None = None,
        **words: Any,
    ) -> Array:
        """Removes noise from a finished picture.

        ``picture``: [height, width], [height, width, 1 to 4] (grey, grey and alpha, RGB, RGB and
        alpha) of uint8, uint16, or float32 (0..1 and beyond), encoded in ``profile`` (srgb,
        linear-srgb, adobergb, displayp3, rec2020, linear-rec2020, prophoto, the path of an ICC
        file) or in the bytes ``icc``. The result has its shape, type and profile. Settings are a
        ``Denoise``, or its words: ``denoise(picture, strength=50)``.
        """
        asked = _one_of(settings, Denoise, words)
        return _told(
            _latent.denoise(
                self._library, np.ascontiguousarray(picture), asked, profile, icc, progress
            )
        )

    def upscale(
        self,
        picture: Array,
        settings: Upscale | None = None,
        *,
        profile: str = "srgb",
        icc: bytes | None = None,
        progress: Progress | None = None,
        **words: Any,
    ) -> Array:
        """Enlarges a finished picture: ``upscale(picture, scale=4)``. Arrays as in denoise()."""
        asked = _one_of(settings, Upscale, words)
        return _told(
            _latent.upscale(
                self._library, np.ascontiguousarray(picture), asked, profile, icc, progress
            )
        )

    def denoise_mosaic(
        self,
        mosaic: Array,
        settings: RawDenoise | None = None,
        *,
        cfa: str,
        white: float,
        black: float | Sequence[float] = 0.0,
        white_balance: tuple[float, float, float] | None = None,
        progress: Progress | None = None,
        **words: Any,
    ) -> Array:
        """Removes sensor noise from a raw mosaic.

        ``mosaic``: [height, width] sensor counts, uint16 or float32. ``cfa``: RGGB, GRBG, GBRG,
        BGGR, the 36 letters of an X-Trans pattern, or mono, from the first sample on. ``black``: a
        number, or one for each letter. The result is float32 counts of the same levels, not
        rounded. Settings are a ``RawDenoise`` or its words; ``noise=((a, a, a), (b, b, b))`` says
        var(x) = a x + b with x from black 0 to white 1, and is estimated where it is not given.
        """
        asked = _one_of(settings, RawDenoise, words)
        levels = [float(black)] if isinstance(black, (int, float)) else [float(b) for b in black]
        return _told(
            _latent.denoise_mosaic(
                self._library,
                np.ascontiguousarray(mosaic),
                asked,
                cfa,
                levels,
                float(white),
                None if white_balance is None else list(white_balance),
                progress,
            )
        )

    def preview(self, photograph: PathLike, settings: Task) -> Preview:
        """Opens a photograph for parts of it to be shown. ``settings`` says the task, its model and
        an enlargement's scale; the rest may change with every show()."""
        return Preview(_latent.preview(self._library, Path(photograph), settings))

    def masks(
        self,
        photograph: PathLike | Array,
        model: str = "",
        *,
        profile: str = "srgb",
        icc: bytes | None = None,
    ) -> MaskSession:
        """Encodes a photograph for masks of its objects: a file, or a picture as denoise() takes
        it. ``model``: an id or a package's path; "built-in" is the selector that needs none, which
        is also taken where no model for masks is enabled."""
        if isinstance(photograph, np.ndarray):
            pixels = np.ascontiguousarray(photograph)
            session = _latent.masks_of_picture(self._library, pixels, model, profile, icc)
        else:
            session = _latent.masks(self._library, Path(photograph), model)
        for notice in session.notices:
            warnings.warn(notice, Notice, stacklevel=2)
        return MaskSession(session)

    def info(self, photograph: PathLike) -> dict[str, Any]:
        """What ``latent info --json`` tells of a photograph."""
        facts: dict[str, Any] = json.loads(self._library.info_json(Path(photograph)))
        return facts

    def models(self) -> list[ModelInfo]:
        """Every model there is, sorted by task and id."""
        return self._library.models()

    def default_model(self, task: str) -> ModelInfo:
        """The model that a task uses where none is named."""
        return self._library.default_model(task)

    def enable_model(self, model_id: str) -> None:
        """Makes a model the one that its task uses, for this user, here and on the command line."""
        self._library.enable_model(model_id)

    def remove_model(self, model_id: str) -> None:
        """Removes a model that was installed."""
        self._library.remove_model(model_id)

    def install_model(
        self, package: PathLike, accept: Callable[[ModelInfo], bool] | None = None
    ) -> ModelInfo:
        """Installs a .dtmodel file. ``accept`` is given its licences first and says whether it is
        wanted."""
        return self._library.install_model(Path(package), accept)

    def clear(self) -> None:
        """Lets go of networks and packages that are kept."""
        self._library.clear()
