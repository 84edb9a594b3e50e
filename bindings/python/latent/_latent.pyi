# SPDX-License-Identifier: GPL-3.0-or-later
"""The C++ library as it is bound; latent/__init__.py is what programs use."""

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

import numpy.typing as npt

_Part: TypeAlias = tuple[int, int, int, int]
_Noise: TypeAlias = tuple[Sequence[float], Sequence[float]]
_Progress: TypeAlias = Callable[[Path, int, int, float, "FileResult | None"], object]
_Array: TypeAlias = npt.NDArray[Any]

def version() -> str: ...
def devices(engine: Engine = ...) -> list[DeviceInfo]: ...
def plugins(engine: Engine = ...) -> list[PluginInfo]: ...

class WideGamut(Enum):
    PRESERVE = 0
    CLIP = 1

class Detail(Enum):
    AUTO = 0
    DARKTABLE = 1
    NONE = 2

class Tones(Enum):
    CORRECTED = 0
    KEPT = 1

class DngTiles(Enum):
    LOSSLESS_JPEG = 0
    JPEG_XL_LOSSLESS = 1
    JPEG_XL = 2

class IfExists(Enum):
    NEXT_FREE_NAME = 0
    REFUSE = 1
    OVERWRITE = 2
    SKIP = 3

class EngineKind(Enum):
    AUTO = 0
    OPENVINO = 1
    ONNXRUNTIME = 2

class Precision(Enum):
    AUTO = 0
    F32 = 1
    BF16 = 2
    F16 = 3
    INT8 = 4
    BEST = 5

class State(Enum):
    DONE = 0
    SKIPPED = 1
    FAILED = 2

class RawDenoise:
    """Remove sensor noise from raw photographs. ``strength`` is percent."""

    def __init__(
        self,
        *,
        strength: float = 100.0,
        noise: _Noise | None = None,
        noise_scale: float = 1.0,
        remove_hot_pixels: bool = True,
        region: _Part | None = None,
        model: str = "",
        mask: Path | str | None = None,
        mask_invert: bool = False,
        learn_hot_pixels: bool = False,
        demosaic: bool = False,
        correct_ca: bool = False,
    ) -> None: ...

class Denoise:
    """Remove noise from finished pictures. ``strength``, ``luma``, ``chroma`` are percent."""

    def __init__(
        self,
        *,
        strength: float = 100.0,
        luma: float = 100.0,
        chroma: float = 100.0,
        level: float | None = None,
        detail: Detail = Detail.AUTO,
        wide_gamut: WideGamut = WideGamut.PRESERVE,
        region: _Part | None = None,
        model: str = "",
        mask: Path | str | None = None,
        mask_invert: bool = False,
        tones: Tones = Tones.CORRECTED,
    ) -> None: ...

class Upscale:
    """Enlarge finished pictures 2 or 4 times a side."""

    def __init__(
        self,
        *,
        scale: int = 2,
        denoise: float = 0.0,
        tolerance: float = 0.0,
        bound_overshoot: bool = True,
        wide_gamut: WideGamut = WideGamut.PRESERVE,
        region: _Part | None = None,
        model: str = "",
        denoise_model: str = "",
        print: str = "",
        mask: Path | str | None = None,
        mask_invert: bool = False,
    ) -> None: ...

class Erase:
    """Take things out. Places are shares of the sides (x, y); boxes left, top, right, bottom."""

    def __init__(
        self,
        *,
        mask: Path | str | None = None,
        scale_mask: bool = False,
        clicks: Sequence[tuple[float, float]] = (),
        not_on: Sequence[tuple[float, float]] = (),
        boxes: Sequence[tuple[float, float, float, float]] = (),
        spots: bool = False,
        spot_list: Path | str | None = None,
        dilate: float | None = None,
        grain: bool = True,
        model: str = "",
    ) -> None: ...

class Depth:
    """A depth map, or a mask by depth. Depths are percent, 0 the nearest, 100 the farthest."""

    def __init__(
        self,
        *,
        near: float | None = None,
        far: float | None = None,
        soft: float = 5.0,
        point: tuple[float, float] | None = None,
        spread: float = 10.0,
        invert: bool = False,
        snap_edges: bool = True,
        model: str = "",
    ) -> None: ...

class Output:
    """Where results go: ``file``, else ``folder``, else beside each source."""

    def __init__(
        self,
        *,
        file: Path | str | None = None,
        folder: Path | str | None = None,
        if_exists: IfExists | None = None,
        format: str = "",
        bit_depth: int | None = None,
        profile: str = "",
        compress: bool = True,
        jpeg_quality: int = 95,
        dpi: float | None = None,
        dng_tiles: DngTiles = ...,
    ) -> None: ...

class Engine:
    """What runs the networks."""

    def __init__(
        self,
        *,
        kind: EngineKind = EngineKind.AUTO,
        device: str = "auto",
        precision: Precision = Precision.AUTO,
        threads: int = 0,
        start_seconds: float = 600.0,
        onnxruntime: Path | str | None = None,
        max_loss: float = 0.1,
        onnxruntime_plugins: Sequence[Path | str] = ...,
    ) -> None: ...

class Limits:
    """What a file that is read may ask for (docs/limits.md)."""

    def __init__(
        self,
        *,
        megapixels: int = 600,
        side: int = 65_000,
        memory_megabytes: int = 0,
        metadata_megabytes: int = 64,
    ) -> None: ...

class Job:
    """All that is asked for at once: the same as ``latent run`` reads (docs/job.md)."""

    @staticmethod
    def make(
        task: RawDenoise | Denoise | Upscale | Erase | Depth,
        sources: Sequence[Path | str],
        output: Output = ...,
        engine: Engine = ...,
    ) -> Job: ...
    @staticmethod
    def from_json(text: str, folder: Path | str | None = None) -> Job: ...
    def to_json(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def sources(self) -> list[Path]: ...

class FileResult:
    @property
    def source(self) -> Path: ...
    @property
    def state(self) -> State: ...
    @property
    def output(self) -> Path: ...
    @property
    def error(self) -> str: ...
    @property
    def error_code(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def network_ran(self) -> bool: ...
    @property
    def engine(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def model_version(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def notices(self) -> list[str]: ...
    @property
    def facts_json(self) -> str: ...

class JobResult:
    @property
    def done(self) -> int: ...
    @property
    def skipped(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def cancelled(self) -> bool: ...
    @property
    def files(self) -> list[FileResult]: ...

class ModelLicences:
    @property
    def weights(self) -> str: ...
    @property
    def data_licence(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def openness(self) -> str: ...
    @property
    def open_source_ai(self) -> str: ...

class ModelInfo:
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def built_in(self) -> bool: ...
    @property
    def licences(self) -> ModelLicences: ...
    @property
    def objections(self) -> list[str]: ...
    @property
    def problem(self) -> str: ...

class DeviceInfo:
    @property
    def engine(self) -> EngineKind: ...
    @property
    def device(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def driver(self) -> str: ...
    @property
    def precisions(self) -> list[Precision]: ...
    @property
    def automatic(self) -> Precision: ...

class PluginInfo:
    """A plug-in of ONNX Runtime that an Engine names, and why it cannot be used."""

    @property
    def file(self) -> Path: ...
    @property
    def usable(self) -> bool: ...
    @property
    def problem(self) -> str: ...

class Preview:
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def level(self) -> float | None: ...
    def show(
        self, part: _Part, settings: RawDenoise | Denoise | Upscale
    ) -> tuple[_Array, _Array, _Array | None]: ...

class Library:
    def __init__(
        self,
        *,
        model_folders: Sequence[Path] = ...,
        data_folder: Path | None = None,
        cache_folder: Path | None = None,
        config_folder: Path | None = None,
        limits: Limits = ...,
        engine: Engine = ...,
    ) -> None: ...
    def run(self, job: Job, progress: _Progress | None = None) -> JobResult: ...
    def info_json(self, photograph: Path) -> str: ...
    def models(self) -> list[ModelInfo]: ...
    def default_model(self, task: str) -> ModelInfo: ...
    def enable_model(self, id: str) -> None: ...
    def remove_model(self, id: str) -> None: ...
    def install_model(
        self, package: Path, accept: Callable[[ModelInfo], bool] | None = None
    ) -> ModelInfo: ...
    def clear(self) -> None: ...

def preview(
    library: Library, photograph: Path, settings: RawDenoise | Denoise | Upscale
) -> Preview: ...
def denoise(
    library: Library,
    picture: _Array,
    settings: Denoise,
    profile: str,
    icc: bytes | None,
    progress: _Progress | None,
) -> tuple[_Array, FileResult]: ...
def upscale(
    library: Library,
    picture: _Array,
    settings: Upscale,
    profile: str,
    icc: bytes | None,
    progress: _Progress | None,
) -> tuple[_Array, FileResult]: ...
def denoise_mosaic(
    library: Library,
    mosaic: _Array,
    settings: RawDenoise,
    cfa: str,
    black: Sequence[float],
    white: float,
    white_balance: Sequence[float] | None,
    progress: _Progress | None,
) -> tuple[_Array, FileResult]: ...

class MaskRefine(Enum):
    NONE = 0
    EDGE = 1
    HAIR = 2

class MaskSettings:
    refine: MaskRefine
    threshold: float
    cleanup: float
    smoothing: float
    feather: float
    keep_all: bool
    second_prompts: bool
    crop_small: bool
    def __init__(
        self,
        *,
        refine: MaskRefine = ...,
        threshold: float = 0.5,
        cleanup: float = 0.0002,
        smoothing: float = 0.0,
        feather: float = 0.0,
        keep_all: bool = False,
        second_prompts: bool = False,
        crop_small: bool = False,
    ) -> None: ...

class MaskSession:
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def model(self) -> str: ...
    @property
    def source_sha256(self) -> str: ...
    @property
    def notices(self) -> list[str]: ...
    def mask(self, prompts: str, settings: MaskSettings, previous: _Array | None) -> _Array: ...

def masks(library: Library, photograph: Path, model: str) -> MaskSession: ...
def masks_of_picture(
    library: Library, picture: _Array, model: str, profile: str, icc: bytes | None
) -> MaskSession: ...
def write_mask(
    mask: _Array,
    file: Path,
    photograph: Path | None,
    bits: int,
    feather: float,
    overwrite: bool,
) -> None: ...
def read_mask(file: Path) -> _Array: ...
