# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights to begin from: an earlier package, or a state that outlived its machine.

A run that starts from weights says so in its history, with their sha256; the optimiser starts anew
and warms up.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from latent_package.archive import read_package
from onnx import numpy_helper
from torch import Tensor, nn

_FIRST_STATE = {
    "enc": "encoders",
    "down": "downs",
    "mid": "middle",
    "up": "ups",
    "dec": "decoders",
    "a": "first",
    "b": "second",
}


def _from_package(path: Path, file: str) -> dict[str, Tensor]:
    model = onnx.load_from_string(read_package(path)[file])
    return {
        tensor.name.removesuffix(".f16"): torch.from_numpy(numpy_helper.to_array(tensor).copy())
        for tensor in model.graph.initializer
    }


def _module_name(graph_name: str) -> str:
    """``encoder0.1.first.weight`` of our graphs to ``encoders.0.1.first.weight``."""
    head, _, rest = graph_name.partition(".")
    stem = head.rstrip("0123456789")
    return f"{stem}s.{head[len(stem) :]}.{rest}" if stem != head else graph_name


def _first_state_name(name: str) -> str:
    return ".".join(_FIRST_STATE.get(part, part) for part in name.split("."))


def read_weights(path: Path, file: str = "model.onnx") -> dict[str, Tensor]:
    """Float32 weights by parameter name, from a .dtmodel (network ``file``), a run's checkpoint or
    a .pt state dict.

    The graph of a package counts its levels from the finest; a U-Net counts the way up from the
    coarsest, so those are turned round.
    """
    if path.suffix == ".dtmodel":
        found = {_module_name(k): v.float() for k, v in _from_package(path, file).items()}
        levels = 1 + max((int(k.split(".")[1]) for k in found if k.startswith("ups.")), default=-1)
        return {_turned(name, levels): value for name, value in found.items()}
    state = torch.load(path, map_location="cpu", weights_only=True)
    state = state.get("average", state)
    return {_first_state_name(name): value.float() for name, value in state.items()}


def _turned(name: str, levels: int) -> str:
    head, _, rest = name.partition(".")
    if head not in ("ups", "decoders"):
        return name
    level, _, rest = rest.partition(".")
    return f"{head}.{levels - 1 - int(level)}.{rest}"


def widened(weights: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor]:
    """``weights`` of a network that sees fewer planes and gives fewer colours than ``own``: planes
    that it did not know count nothing at first, and every colour begins with its one answer.

    So a demosaicing network begins as a denoiser of the mosaic: what is noise in a site's own value
    is noise in all three colours of the start.
    """
    grown = dict(weights)
    head, tail = weights.get("head.weight"), weights.get("tail.weight")
    if head is not None and head.shape[1] < own["head.weight"].shape[1]:
        grown["head.weight"] = torch.zeros_like(own["head.weight"])
        grown["head.weight"][:, : head.shape[1]] = head
    times, rest = divmod(len(own["tail.bias"]), len(weights.get("tail.bias", own["tail.bias"])))
    if tail is not None and times > 1 and rest == 0:
        grown["tail.weight"] = tail.repeat(times, 1, 1, 1)
        grown["tail.bias"] = weights["tail.bias"].repeat(times)
    return grown


def begin_from(network: nn.Module, weights: dict[str, Tensor], trunk: bool = False) -> list[str]:
    """Load ``weights`` into ``network``; returns the names that it had to make itself.

    ``trunk`` takes only what has the same name and shape: a network that sees and gives other
    planes begins with another's inside. Errors: ValueError where the weights do not fit.
    """
    own = network.state_dict()
    fit = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    new = sorted(set(own) - set(fit))
    if not fit or (not trunk and (new or set(weights) != set(own))):
        raise ValueError(f"the weights to begin from do not fit: {(new or sorted(weights))[:4]}")
    network.load_state_dict(own | fit)
    return new
