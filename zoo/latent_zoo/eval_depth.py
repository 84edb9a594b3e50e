# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a depth model orders a scene: pairs of points, and AbsRel after scale and shift.

Whether near is large or small is told by the package's attribute ``output_inverse_depth``. The
fit of scale and shift is made in the space that the network predicts in (depth or its inverse).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from latent_zoo.mask_models import MEAN, STD, Mask, OrtSession, Session, config, package_file
from latent_zoo.types import Array, FloatArray, ZooError

PAIRS = 20_000  # a picture
APART = 1.03  # a pair counts when one point is at least this much farther
MULTIPLE = 14
SHORT_SIDE = 518
_NEAREST_M = 0.1
_NO_DEPTH = (0, 65535)  # of the sensor
Fit = Literal["aspect", "stretch"]
Predictor = Callable[[Array], FloatArray]  # [H, W, 3] uint8 -> [h, w]


@dataclass(frozen=True)
class Scene:
    """A photograph [H, W, 3] uint8 and its depth [H, W] in metres; 0 is not known."""

    name: str
    image: Array
    depth: FloatArray


@dataclass(frozen=True)
class Score:
    """Of one scene: the share of pairs in the right order, and the mean of |z - true| / true."""

    name: str
    order: float
    abs_rel: float


@dataclass(frozen=True)
class Report:
    """Means over all scenes."""

    scores: tuple[Score, ...]
    order: float
    abs_rel: float
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON and tables: one number a key."""
        return {
            "pictures": len(self.scores),
            "order": round(self.order, 4),
            "AbsRel": round(self.abs_rel, 4),
            "seconds": round(self.seconds, 1),
        }


def scenes(folder: Path, limit: int | None = None) -> Iterable[Scene]:
    """``*.color.jpg`` with ``*.depth.png`` (16 bit, millimetres), by name.

    Errors: ZooError when there is none, or a depth map has another shape.
    """
    paths = sorted(folder.glob("*.color.jpg"))
    if not paths:
        raise ZooError(f"{folder}: no pictures named *.color.jpg")
    for path in paths[:limit]:
        name = path.name.removesuffix(".color.jpg")
        image = np.asarray(Image.open(path).convert("RGB"))
        raw = np.asarray(Image.open(path.with_name(f"{name}.depth.png")))
        if raw.shape != image.shape[:2]:
            raise ZooError(f"{path}: the depth map is {raw.shape}, the picture {image.shape[:2]}")
        known = ~np.isin(raw, _NO_DEPTH)
        yield Scene(name, image, np.where(known, raw.astype(np.float64) / 1000, 0.0))


def order_accuracy(
    nearness: FloatArray, depth: FloatArray, chance: np.random.Generator, pairs: int = PAIRS
) -> float:
    """The share of random pairs of known points that ``nearness`` (near is large) orders rightly.

    Pairs whose depths are within ``APART`` of each other are left out; a tie counts half.
    Errors: ZooError when no pair is left.
    """
    known = np.flatnonzero(depth.ravel() > 0)
    if known.size == 0:
        raise ZooError("a scene has no known depth")
    one, two = known[chance.integers(known.size, size=(2, pairs))]
    first, second = depth.ravel()[one], depth.ravel()[two]
    clear = np.maximum(first, second) >= APART * np.minimum(first, second)
    if not clear.any():
        raise ZooError("a scene is flat: no two points differ in depth")
    told = np.sign(nearness.ravel()[one] - nearness.ravel()[two])[clear]
    true = np.sign(second - first)[clear]
    return float(np.mean(np.where(told == 0, 0.5, told == true)))


def aligned(got: FloatArray, depth: FloatArray, inverse: bool) -> FloatArray:
    """``got`` as metres: scale and shift by least squares on the known points.

    What falls behind the farthest or before the nearest known point by more than twice is held
    there, so that a disparity near zero does not become infinite.
    """
    known = depth > 0
    truth = depth[known]
    wanted = 1 / truth if inverse else truth
    columns = np.stack([got[known], np.ones(truth.size)], axis=1)
    (scale, shift), *_ = np.linalg.lstsq(columns, wanted, rcond=None)
    fitted = scale * got + shift
    low, high = max(truth.min() / 2, _NEAREST_M), truth.max() * 2
    if inverse:
        fitted = 1 / np.clip(fitted, 1 / high, 1 / low)
    return np.asarray(np.clip(fitted, low, high))


def abs_rel(metres: FloatArray, depth: FloatArray) -> float:
    """Mean of |metres - depth| / depth over the known points."""
    known: Mask = depth > 0
    return float(np.mean(np.abs(metres[known] - depth[known]) / depth[known]))


def _at(values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """[h, w] at ``shape``, bilinear."""
    if values.shape == shape:
        return values.astype(np.float64)
    picture = Image.fromarray(values.astype(np.float32))
    return np.asarray(picture.resize(shape[::-1], Image.Resampling.BILINEAR), np.float64)


def score(got: FloatArray, scene: Scene, inverse: bool, seed: int, pairs: int = PAIRS) -> Score:
    """Of one prediction, near large if ``inverse``."""
    shape = (scene.depth.shape[0], scene.depth.shape[1])
    values = _at(got, shape)
    nearness = values if inverse else -values
    order = order_accuracy(nearness, scene.depth, np.random.default_rng(seed), pairs)
    return Score(scene.name, order, abs_rel(aligned(values, scene.depth, inverse), scene.depth))


def evaluate(
    predict: Predictor,
    inverse: bool,
    given: Iterable[Scene],
    seed: int = 0,
    told: Callable[[Score], None] | None = None,
) -> Report:
    """Every scene once. Errors: ZooError when there is none."""
    start = time.perf_counter()
    found = []
    for index, scene in enumerate(given):
        found.append(score(predict(scene.image), scene, inverse, seed + index))
        if told:
            told(found[-1])
    if not found:
        raise ZooError("no scene to evaluate")
    return Report(
        tuple(found),
        float(np.mean([s.order for s in found])),
        float(np.mean([s.abs_rel for s in found])),
        time.perf_counter() - start,
    )


def model_size(shape: Sequence[int | str], image: Array, fit: Fit) -> tuple[int, int]:
    """Rows and columns that the model reads: its own when they are fixed, else by ``fit``.

    ``aspect``: short side 518, both sides multiples of 14; ``stretch``: 518 x 518.
    """
    rows, columns = shape[2], shape[3]
    if isinstance(rows, int) and isinstance(columns, int):
        return rows, columns
    if fit == "stretch":
        return SHORT_SIDE, SHORT_SIDE
    scale = SHORT_SIDE / min(image.shape[:2])
    height, width = (round(n * scale / MULTIPLE) * MULTIPLE for n in image.shape[:2])
    return height, width


def planes(image: Array, size: tuple[int, int]) -> FloatArray:
    """[1, 3, rows, columns], ImageNet-normalised, resized with smoothing."""
    small = Image.fromarray(image).resize(size[::-1], Image.Resampling.BICUBIC)
    values = np.asarray(small, np.float32) / 255
    normal = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)


def predictor(session: Session, fit: Fit = "aspect") -> Predictor:
    """A depth graph of one input as a function of a photograph."""
    (name,) = session.inputs

    def predict(image: Array) -> FloatArray:
        size = model_size(session.shapes[name], image, fit)
        (out,) = session.run({name: planes(image, size)}).values()
        return np.asarray(out.reshape(out.shape[-2:]))

    return predict


def is_inverse(facts: Mapping[str, Any]) -> bool:
    """The attribute ``output_inverse_depth`` of a config.json.

    Errors: ZooError when it does not say.
    """
    attributes = facts.get("attributes")
    said = attributes.get("output_inverse_depth") if isinstance(attributes, dict) else None
    if not isinstance(said, bool):
        raise ZooError("the package does not say output_inverse_depth: near or far is not known")
    return said


def evaluate_package(
    package: Path,
    folder: Path,
    fit: Fit = "aspect",
    limit: int | None = None,
    seed: int = 0,
    told: Callable[[Score], None] | None = None,
) -> Report:
    """A package (folder or .dtmodel) in ONNX Runtime on the scenes of a data folder.

    Errors: ZooError when the package or the folder does not fit.
    """
    inverse = is_inverse(config(package))
    session = OrtSession(package_file(package, "model.onnx"))
    return evaluate(predictor(session, fit), inverse, scenes(folder, limit), seed, told)
