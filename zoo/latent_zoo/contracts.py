# SPDX-License-Identifier: GPL-3.0-or-later
"""What tensors a task's packages must have, as darktable and Latent feed them by position.

A dimension is a number; a letter, which is one number wherever it stands ("2T" is twice it); or a
word in lower case, which may also stay free under that or any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Dim = int | str
_LETTER = re.compile(r"([0-9]*)([A-Z])")


@dataclass(frozen=True)
class TensorRule:
    """One tensor: its name and dims; ``optional`` ones may be absent, at the end."""

    name: str
    dims: tuple[Dim, ...]
    optional: bool = False


@dataclass(frozen=True)
class GraphRule:
    """One ONNX file of a package. ``name`` is its stem; ``optional`` files may be absent."""

    stem: str
    inputs: tuple[TensorRule, ...]
    outputs: tuple[TensorRule, ...]
    optional: bool = False


def _tensor(name: str, *dims: Dim, optional: bool = False) -> TensorRule:
    return TensorRule(name, dims, optional)


def _restore(stem: str, channels: int, scale: int) -> GraphRule:
    grown = ("H", "W") if scale == 1 else (f"{scale}H", f"{scale}W")
    return GraphRule(
        stem,
        (_tensor("input", 1, channels, "H", "W"),),
        (_tensor("output", 1, 3, *grown),),
        optional=True,
    )


_POINTS = (_tensor("point_coords", 1, "points", 2), _tensor("point_labels", 1, "points"))
_MASKED = (_tensor("mask_input", 1, 1, 256, 256), _tensor("has_mask_input", 1))

CONTRACTS: dict[tuple[str, str], tuple[GraphRule, ...]] = {
    ("denoise", ""): (
        GraphRule(
            "model",
            (
                _tensor("input", 1, 3, "H", "W"),
                _tensor("noise", 1, 1, "H", "W", optional=True),
            ),
            (_tensor("output", 1, 3, "H", "W"),),
        ),
    ),
    ("rawdenoise", ""): (
        _restore("model_bayer", 4, 2),
        _restore("model_linear", 3, 1),
        _restore("model_xtrans", 3, 1),
    ),
    ("upscale", ""): (_restore("model_x2", 3, 2), _restore("model_x4", 3, 4)),
    ("mask", "sam2"): (
        GraphRule(
            "encoder",
            (_tensor("image", 1, 3, 1024, 1024),),
            (
                _tensor("high_res_feats_0", 1, 32, 256, 256),
                _tensor("high_res_feats_1", 1, 64, 128, 128),
                _tensor("image_embed", 1, 256, 64, 64),
            ),
        ),
        GraphRule(
            "decoder",
            (
                _tensor("image_embed", 1, 256, 64, 64),
                _tensor("high_res_feats_0", 1, 32, 256, 256),
                _tensor("high_res_feats_1", 1, 64, 128, 128),
                *_POINTS,
                *_MASKED,
            ),
            (
                _tensor("masks", 1, 3, 1024, 1024),
                _tensor("iou_predictions", 1, 3),
                _tensor("low_res_masks", 1, 3, 256, 256),
            ),
        ),
    ),
    ("mask", "segnext"): (
        GraphRule(
            "encoder",
            (_tensor("image", 1, 3, 1024, 1024),),
            (_tensor("image_feats", 1, 768, 64, 64),),
        ),
        GraphRule(
            "decoder",
            (
                _tensor("image_feats", 1, 768, 64, 64),
                *_POINTS,
                _tensor("prev_mask", 1, 1, 1024, 1024),
            ),
            (_tensor("mask", 1, 1, 1024, 1024),),
        ),
    ),
    ("mask", "samhq"): (
        GraphRule(
            "encoder",
            (_tensor("image", 1, 3, 1024, 1024),),
            (
                _tensor("image_embeddings", 1, 256, 64, 64),
                _tensor("interm_embeddings", "L", 1, 64, 64, "D"),
            ),
        ),
        GraphRule(
            "decoder",
            (
                _tensor("image_embeddings", 1, 256, 64, 64),
                _tensor("interm_embeddings", "L", 1, 64, 64, "D"),
                *_POINTS,
                *_MASKED,
                _tensor("orig_im_size", 2),
            ),
            (
                _tensor("masks", 1, 1, "height", "width"),
                _tensor("iou_predictions", 1, 1),
                _tensor("low_res_masks", 1, 1, 256, 256),
            ),
        ),
    ),
    ("depth", "dav2"): (
        GraphRule(
            "model",
            (_tensor("pixel_values", 1, 3, "height", "width"),),
            (_tensor("predicted_depth", 1, "height", "width"),),
        ),
    ),
    ("depth", "da3mono"): (
        GraphRule(
            "model",
            (_tensor("image", 1, 3, 504, 504),),
            (_tensor("depth", 1, 1, 504, 504),),
        ),
    ),
    ("erase", ""): (
        GraphRule(
            "model",
            (_tensor("image", "batch", 3, 512, 512), _tensor("mask", "batch", 1, 512, 512)),
            (_tensor("output", "batch", 3, 512, 512),),
        ),
    ),
}
_STATIC_TASKS = ("denoise", "rawdenoise", "upscale", "erase")


class _Bindings:
    """What the letters stand for, in one graph."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def fault(self, rule: Dim, dim: Any) -> str | None:
        """What is wrong with one dimension, or None."""
        if isinstance(rule, int):
            return None if dim == rule else f"{dim} instead of {rule}"
        match = _LETTER.fullmatch(rule)
        if match is None:
            return None if isinstance(dim, str) or dim > 0 else f"{dim}"
        if not isinstance(dim, int):
            return f"the free dimension {dim!r} where a number must stand"
        times = int(match.group(1) or 1)
        if dim % times:
            return f"{dim}, which is no multiple of {times}"
        stands = self.found.setdefault(match.group(2), dim // times)
        return None if stands * times == dim else f"{dim} instead of {stands * times}"


def _tensor_faults(
    where: str, rules: Iterable[TensorRule], tensors: list[dict[str, Any]], bindings: _Bindings
) -> list[str]:
    rules = list(rules)
    needed = [rule for rule in rules if not rule.optional]
    if not len(needed) <= len(tensors) <= len(rules):
        names = ", ".join(str(tensor.get("name")) for tensor in tensors)
        return [f"{where}: {len(tensors)} tensors ({names}) instead of {len(needed)}"]
    found = []
    for rule, tensor in zip(rules, tensors, strict=False):
        name, dims = tensor.get("name"), tensor.get("dims", [])
        if name != rule.name and not rule.optional:
            found.append(f"{where}: the tensor {name} stands where {rule.name} must stand")
        if tensor.get("type") != "f32":
            found.append(f"{where}: {name} is {tensor.get('type')}, not f32")
        if len(dims) != len(rule.dims):
            found.append(f"{where}: {name} has {len(dims)} dimensions instead of {len(rule.dims)}")
            continue
        for axis, (wanted, dim) in enumerate(zip(rule.dims, dims, strict=True)):
            if problem := bindings.fault(wanted, dim):
                found.append(f"{where}: dimension {axis} of {name} is {problem}")
    return found


def _sizes_faults(task: str, stem: str, attributes: Mapping[str, Any], side: int) -> list[str]:
    """darktable tiles by ``input_sizes``: it must be what the static graph takes."""
    own = attributes.get(stem)
    sizes = own.get("input_sizes") if isinstance(own, dict) else None
    sizes = sizes if sizes is not None else attributes.get("input_sizes")
    if task == "erase":
        return []
    if not isinstance(sizes, list) or not sizes:
        return [f"attributes: input_sizes of {stem} is missing"]
    if sizes[0] != side:
        return [f"attributes: input_sizes of {stem} says {sizes[0]}, the graph takes {side}"]
    return []


def _general_mask(networks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Of an architecture without rules of its own: encoder, decoder, and points."""
    if set(networks) != {"encoder", "decoder"}:
        return [f"the package has {', '.join(networks)} instead of encoder and decoder"]
    encoder, decoder = networks["encoder"], networks["decoder"]
    found = []
    if len(encoder["inputs"]) != 1 or not 1 <= len(encoder["outputs"]) <= 4:
        found.append("encoder: one input and 1 to 4 outputs must be there")
    names = {tensor["name"] for tensor in decoder["inputs"]}
    if not {"point_coords", "point_labels"} <= names:
        found.append("decoder: point_coords and point_labels must be there")
    return found


def faults(
    task: str,
    arch: str,
    networks: Mapping[str, Mapping[str, Any]],
    attributes: Mapping[str, Any],
) -> list[str]:
    """What is wrong with a package's tensors for its task, one sentence each.

    ``networks``: by ONNX stem, with ``inputs`` and ``outputs`` as ``exporting.tensor_facts``.
    """
    rules = CONTRACTS.get((task, arch)) or CONTRACTS.get((task, ""))
    if rules is None:
        if task == "mask":
            return _general_mask(networks)
        return [f"no contract is known for the task {task!r} and the architecture {arch!r}"]
    found = []
    known = {rule.stem for rule in rules}
    found += [f"{stem}: no file of the task {task}" for stem in networks if stem not in known]
    if not any(rule.stem in networks for rule in rules):
        found.append(f"the package has none of {', '.join(sorted(known))}")
    for rule in rules:
        network = networks.get(rule.stem)
        if network is None:
            if not rule.optional:
                found.append(f"{rule.stem}.onnx is missing")
            continue
        bindings = _Bindings()
        found += _tensor_faults(f"{rule.stem}, inputs", rule.inputs, network["inputs"], bindings)
        found += _tensor_faults(f"{rule.stem}, outputs", rule.outputs, network["outputs"], bindings)
        if task in _STATIC_TASKS and not found:
            found += _sizes_faults(task, rule.stem, attributes, network["inputs"][0]["dims"][-1])
    return found
