# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden tensors: inputs that anyone can make again, and some of what must come out.

The pattern ``weyl_v1`` gives the flat index i the value
low + (high - low) * ((i * 2654435761) mod 2^32) / 2^32, in float64, rounded to float32.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latent_package.types import Array, Arrays, FloatArray, PackageError

_MULTIPLIER = 2654435761
VALUES_OF_AN_OUTPUT = 512
MAX_INDICES = 4096
_TYPES = {"f32": np.float32, "f16": np.float16, "i64": np.int64, "i32": np.int32}


@dataclass(frozen=True)
class Pattern:
    """How the golden inputs of one network are made: a range, and constants by input."""

    low: float = 0.0
    high: float = 1.0
    constants: Mapping[str, Sequence[float]] = field(default_factory=dict)


def weyl(dims: Sequence[int], low: float, high: float) -> FloatArray:
    """The pattern ``weyl_v1``, float32."""
    index = np.arange(math.prod(dims), dtype=np.uint64)
    part = (index * np.uint64(_MULTIPLIER)) % np.uint64(2**32)
    values = low + (high - low) * part.astype(np.float64) / 2.0**32
    return values.astype(np.float32).reshape(dims)


def stated_input(
    name: str, dims: Sequence[int], pattern: Pattern, *, floats: bool = True
) -> dict[str, Any]:
    """How the manifest states one golden input: the pattern, or its constants.

    Errors: PackageError for constants of another size, or an integer input without constants.
    """
    shape = [int(dim) for dim in dims]
    if name in pattern.constants:
        values = list(pattern.constants[name])
        if len(values) != math.prod(shape):
            raise PackageError(f"{name} has {math.prod(shape)} values, {len(values)} are given")
        return {"dims": shape, "values": values}
    if not floats:
        raise PackageError(f"{name} is of integers and needs constants")
    return {"dims": shape, "pattern": "weyl_v1", "low": pattern.low, "high": pattern.high}


def tensor_of(stated: Mapping[str, Any], kind: str = "f32") -> Array:
    """One golden input as the manifest states it."""
    dims = [int(dim) for dim in stated["dims"]]
    if kind not in _TYPES:
        raise PackageError(f"golden tensors of type {kind} are not understood")
    if "values" in stated:
        return np.asarray(stated["values"], np.float64).astype(_TYPES[kind]).reshape(dims)
    if stated.get("pattern") != "weyl_v1":
        raise PackageError(f"the pattern {stated.get('pattern')!r} is not known")
    return weyl(dims, float(stated["low"]), float(stated["high"])).astype(_TYPES[kind])


def indices(size: int) -> list[int]:
    """Flat indices, ascending, spread without a period that a row or a plane could share."""
    if size <= VALUES_OF_AN_OUTPUT:
        return list(range(size))
    part = (np.arange(VALUES_OF_AN_OUTPUT, dtype=np.uint64) * np.uint64(_MULTIPLIER)) % 2**32
    spread = {int(value) * size >> 32 for value in part}
    return sorted(spread | {size - 1})


def outputs_of(outputs: Arrays) -> dict[str, dict[str, Any]]:
    """What the manifest keeps of the answer of the judge (PyTorch, or the engine in float32).

    Errors: PackageError for a value that is not finite: JSON has no word for it.
    """
    kept: dict[str, dict[str, Any]] = {}
    for name, values in outputs.items():
        at = indices(values.size)
        chosen = np.asarray(values, np.float32).reshape(-1)[at]
        if not np.isfinite(chosen).all():
            raise PackageError(f"{name}: the golden answer has a value that is not finite")
        numbers = [float(np.format_float_positional(v, unique=True)) for v in chosen]
        kept[name] = {"dims": list(values.shape), "indices": at, "values": numbers}
    return kept


def farthest(got: Arrays, stated: Mapping[str, Any], where: str) -> float:
    """The largest absolute difference of an engine's answer from the kept values.

    Errors: PackageError for another shape, a missing output, or a value that is not finite.
    """
    worst = 0.0
    for name, golden in stated.items():
        if name not in got:
            raise PackageError(f"{where}: there is no output {name}")
        values = got[name]
        if list(values.shape) != list(golden["dims"]):
            raise PackageError(f"{where}: {name} is {list(values.shape)}, not {golden['dims']}")
        if not np.isfinite(values).all():
            raise PackageError(f"{where}: {name} has a value that is not finite")
        chosen = values.reshape(-1)[golden["indices"]].astype(np.float64)
        if chosen.size:
            worst = max(worst, float(np.abs(chosen - np.asarray(golden["values"])).max()))
    return worst


def upwards(value: float) -> float:
    """``value`` rounded up to one digit: a tolerance that reads well. ``value`` is above 0."""
    digit = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.ceil(value / digit - 1e-9) * digit:.1g}")


def as_npy(array: FloatArray) -> bytes:
    """A float32 .npy file, C order: golden tensors that lie in the package as files."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype=np.float32))
    return buffer.getvalue()
