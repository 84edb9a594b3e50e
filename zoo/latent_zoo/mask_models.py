# SPDX-License-Identifier: GPL-3.0-or-later
"""Mask models as a host runs them: from clicks on a photograph to a mask of its size.

Preprocessing as darktable does it (compatible letterboxing), or as the models were trained
(stretched); the networks through ONNX Runtime.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latent_zoo.types import Array, Arrays, FloatArray, ZooError

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
Resize = Literal["letterbox", "stretch"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Click:
    """A pixel of the photograph; ``positive`` means object."""

    x: int
    y: int
    positive: bool


class Predictor(Protocol):
    """A model with its own memory of the picture and of its last mask."""

    def begin(self, image: Array) -> None:
        """A new photograph, [H, W, 3] uint8; nothing is remembered of the one before."""

    def mask(self, clicks: Sequence[Click]) -> FloatArray:
        """Logits [H, W] from all clicks so far; above 0 is object."""


# --- clicks ---------------------------------------------------------------------------------


# --- preprocessing --------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitted:
    """A photograph in the model's square. Coordinates of the model are ``x * across, y * down``."""

    planes: FloatArray  # [1, 3, side, side], 0 .. 1, padding included
    inside: Mask  # [side, side]: what is photograph
    across: float
    down: float


def _bilinear(image: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """[H, W] or [H, W, C] at every pair of ``rows`` and ``columns``, clamped to the picture."""
    top = np.clip(np.floor(rows).astype(int), 0, image.shape[0] - 1)
    left = np.clip(np.floor(columns).astype(int), 0, image.shape[1] - 1)
    below = np.minimum(top + 1, image.shape[0] - 1)
    right = np.minimum(left + 1, image.shape[1] - 1)
    rest = (1,) * (image.ndim - 2)
    down = np.clip(rows - top, 0, 1).reshape(-1, 1, *rest)
    across = np.clip(columns - left, 0, 1).reshape(-1, *rest)
    upper = image[top][:, left] * (1 - across) + image[top][:, right] * across
    lower = image[below][:, left] * (1 - across) + image[below][:, right] * across
    return np.asarray(upper * (1 - down) + lower * down)


def letterboxed(image: Array, side: int) -> Fitted:
    """As darktable: long side to ``side``, bilinear at x / scale without smoothing, top left."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    rows, columns = (min(math.floor(n * scale + 0.5), side) for n in (height, width))
    small = _bilinear(image.astype(np.float32), np.arange(rows) / scale, np.arange(columns) / scale)
    planes = np.zeros((1, 3, side, side), np.float32)
    planes[0, :, :rows, :columns] = small.transpose(2, 0, 1) / 255
    inside = np.zeros((side, side), bool)
    inside[:rows, :columns] = True
    return Fitted(planes, inside, scale, scale)


def stretched(image: Array, side: int) -> Fitted:
    """As the authors of SAM 2: both sides to ``side``, bilinear with smoothing."""
    height, width = image.shape[:2]
    small = Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR)
    planes = np.asarray(small, np.float32).transpose(2, 0, 1)[None] / 255
    return Fitted(planes, np.ones((side, side), bool), side / width, side / height)


def normalised(fitted: Fitted) -> FloatArray:
    """(value - mean) / std of ImageNet; padding is 0 afterwards."""
    mean, std = (np.array(v, np.float32).reshape(1, 3, 1, 1) for v in (MEAN, STD))
    return np.asarray(((fitted.planes - mean) / std * fitted.inside).astype(np.float32))


_TABLE = np.exp(-((np.arange(256) / 255) ** 2) / (2 * 0.1**2))


def _luma(image: Array) -> NDArray[np.int64]:
    wide = image.astype(np.int64)
    return np.asarray((wide @ np.array([54, 183, 19])) >> 8)


def guided_enlarged(logits: FloatArray, image: Array, scale: float) -> FloatArray:
    """As darktable: the valid corner of ``logits`` at the photograph's size, led by its brightness.

    ``scale``: mask pixels per pixel of the photograph. Joint bilateral: the four bilinear weights
    times a Gaussian of the luma's difference (sigma 0.1 of the range) between the pixel and the
    photograph's pixel nearest to each source sample.
    """
    height, width = image.shape[:2]
    side = logits.shape[0]
    valid = [max(1, min(side, math.floor(n * scale + 0.5))) for n in (height, width)]
    steps = [(v - 1) / max(1, n - 1) for v, n in zip(valid, (height, width), strict=True)]
    rows, columns = np.arange(height) * steps[0], np.arange(width) * steps[1]
    luma = _luma(image)
    total, weight = np.zeros((height, width)), np.zeros((height, width))
    for below in (0, 1):
        row = np.minimum(np.floor(rows).astype(int) + below, valid[0] - 1)
        share_down = np.abs(1 - below - (rows - np.floor(rows)))
        at_row = np.clip(np.round(row / max(steps[0], 1e-9)).astype(int), 0, height - 1)
        for right in (0, 1):
            column = np.minimum(np.floor(columns).astype(int) + right, valid[1] - 1)
            share = share_down[:, None] * np.abs(1 - right - (columns - np.floor(columns)))
            at_column = np.clip(np.round(column / max(steps[1], 1e-9)).astype(int), 0, width - 1)
            share = share * _TABLE[np.abs(luma - luma[at_row][:, at_column])]
            total += share * logits[row][:, column]
            weight += share
    plain = _bilinear(logits[: valid[0], : valid[1]], rows, columns)
    return np.asarray(np.where(weight > 1e-6, total / np.maximum(weight, 1e-12), plain))


def plain_enlarged(logits: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """The whole square of ``logits`` at ``shape``, bilinear, pixel centres on pixel centres."""
    rows = (np.arange(shape[0]) + 0.5) * logits.shape[0] / shape[0] - 0.5
    columns = (np.arange(shape[1]) + 0.5) * logits.shape[1] / shape[1] - 0.5
    return _bilinear(logits, np.maximum(rows, 0), np.maximum(columns, 0))


# --- models ---------------------------------------------------------------------------------


class Session(Protocol):
    """An ONNX file that runs: names in order, and a run by name."""

    inputs: tuple[str, ...]
    shapes: Mapping[str, Sequence[int | str]]

    def run(self, given: Mapping[str, Array]) -> Arrays:
        """Outputs by name."""


class OrtSession:
    """``Session`` in ONNX Runtime on the CPU, from a file's bytes."""

    def __init__(self, content: bytes, threads: int = 2) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        given = self._session.get_inputs()
        self.inputs = tuple(tensor.name for tensor in given)
        self.shapes: Mapping[str, Sequence[int | str]] = {
            tensor.name: tuple(tensor.shape) for tensor in given
        }
        self._outputs = [tensor.name for tensor in self._session.get_outputs()]

    def run(self, given: Mapping[str, Array]) -> Arrays:
        got = self._session.run(self._outputs, dict(given))
        return {name: np.asarray(v) for name, v in zip(self._outputs, got, strict=True)}


def package_file(package: Path, name: str) -> bytes:
    """``name`` of a package, which is a folder or a .dtmodel.

    Errors: ZooError when it is not there.
    """
    if package.is_dir():
        path = package / name
        if not path.is_file():
            raise ZooError(f"{package}: the package has no {name}")
        return path.read_bytes()
    try:
        with zipfile.ZipFile(package) as archive:
            found = [entry for entry in archive.namelist() if entry.split("/")[1:] == [name]]
            if len(found) != 1:
                raise ZooError(f"{package}: the package has no {name}")
            return archive.read(found[0])
    except (OSError, zipfile.BadZipFile) as error:
        raise ZooError(f"{package}: not a package: {error}") from error


def config(package: Path) -> dict[str, Any]:
    """config.json of a package. Errors: ZooError when it is none."""
    try:
        content = json.loads(package_file(package, "config.json"))
    except ValueError as error:
        raise ZooError(f"{package}: config.json is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ZooError(f"{package}: config.json holds no object")
    return content


def _points(
    clicks: Sequence[Click], fitted: Fitted, padding: bool
) -> tuple[FloatArray, FloatArray]:
    """Coordinates [1, N, 2] in the model's square and labels [1, N]."""
    places = [(click.x * fitted.across, click.y * fitted.down) for click in clicks]
    labels = [1.0 if click.positive else 0.0 for click in clicks]
    if padding:
        places, labels = [*places, (0.0, 0.0)], [*labels, -1.0]
    return np.array([places], np.float32), np.array([labels], np.float32)


class _Clicked:
    """What the three families share: the picture's features, and the way back to its size."""

    def __init__(self, encoder: Session, decoder: Session, resize: Resize) -> None:
        self.encoder, self.decoder = encoder, decoder
        self.resize = resize
        self.side = int(encoder.shapes[encoder.inputs[0]][-1])
        self.image: Array = np.zeros((1, 1, 3), np.uint8)
        self.fitted = letterboxed(self.image, self.side)
        self.features: Arrays = {}
        self.previous: FloatArray | None = None

    def planes(self) -> FloatArray:
        """What the encoder reads."""
        return normalised(self.fitted)

    def begin(self, image: Array) -> None:
        """As ``Predictor``."""
        self.image = image
        fit = letterboxed if self.resize == "letterbox" else stretched
        self.fitted = fit(image, self.side)
        self.features = self.encoder.run({self.encoder.inputs[0]: self.planes()})
        self.previous = None

    def back(self, logits: FloatArray) -> FloatArray:
        """From the model's square to the photograph."""
        if self.resize == "stretch":
            return plain_enlarged(logits, (self.image.shape[0], self.image.shape[1]))
        return guided_enlarged(logits, self.image, self.fitted.across * logits.shape[0] / self.side)

    def ask(self, more: Arrays) -> Arrays:
        """Run the decoder; features that it does not take stay behind."""
        wanted = set(self.decoder.inputs)
        return self.decoder.run({k: v for k, v in (self.features | more).items() if k in wanted})

    def fed_back(self) -> Arrays:
        """SAM's mask_input and has_mask_input."""
        quarter = self.side // 4
        none = np.zeros((1, 1, quarter, quarter), np.float32)
        given = 0.0 if self.previous is None else 1.0
        mask = none if self.previous is None else self.previous
        return {"mask_input": mask, "has_mask_input": np.array([given], np.float32)}


class Sam2Model(_Clicked):
    """Contract ``sam2``: of the three masks the one with the best score."""

    def mask(self, clicks: Sequence[Click]) -> FloatArray:
        """As ``Predictor``."""
        coords, labels = _points(clicks, self.fitted, padding=False)
        got = self.ask({"point_coords": coords, "point_labels": labels, **self.fed_back()})
        best = int(got["iou_predictions"][0].argmax())
        self.previous = got["low_res_masks"][:, best : best + 1]
        return self.back(got["masks"][0, best])


class SamHqModel(_Clicked):
    """HQ-SAM's contract of seven inputs; the graph itself returns to the photograph's size."""

    def mask(self, clicks: Sequence[Click]) -> FloatArray:
        """As ``Predictor``. The graph undoes a letterbox and nothing else."""
        if self.resize != "letterbox":
            raise ZooError("HQ-SAM's graph undoes the letterbox itself and cannot be stretched")
        coords, labels = _points(clicks, self.fitted, padding=True)
        size = np.array(self.image.shape[:2], np.float32)
        given = {"point_coords": coords, "point_labels": labels, "orig_im_size": size}
        got = self.ask({**given, **self.fed_back()})
        self.previous = got["low_res_masks"]
        return np.asarray(got["masks"][0, 0])


class SegNextModel(_Clicked):
    """Contract ``segnext``: logits; the mask before goes back in as 0 and 1."""

    def planes(self) -> FloatArray:
        """Normalisation is inside the graph."""
        return self.fitted.planes

    def mask(self, clicks: Sequence[Click]) -> FloatArray:
        """As ``Predictor``."""
        coords, labels = _points(clicks, self.fitted, padding=False)
        before = np.zeros((1, 1, self.side, self.side), np.float32)
        given = before if self.previous is None else self.previous
        got = self.ask({"point_coords": coords, "point_labels": labels, "prev_mask": given})
        self.previous = (got["mask"] > 0).astype(np.float32)
        return self.back(got["mask"][0, 0])


def predictor(encoder: Session, decoder: Session, resize: Resize = "letterbox") -> Predictor:
    """The family told by the decoder's inputs.

    Errors: ZooError for a decoder of no known contract.
    """
    names = set(decoder.inputs)
    if "image_feats" in names:
        return SegNextModel(encoder, decoder, resize)
    if "interm_embeddings" in names:
        return SamHqModel(encoder, decoder, resize)
    if "image_embed" in names:
        return Sam2Model(encoder, decoder, resize)
    raise ZooError(f"the decoder takes {', '.join(decoder.inputs)}: no known mask contract")
