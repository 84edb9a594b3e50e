# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``convert.py`` of a model hands over: networks with all that an export must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latent_zoo.types import ZooError


@dataclass(frozen=True)
class Graph:
    """One ONNX file of a package, before its export.

    ``module`` takes the tensors of ``example`` by position, in order, and gives one tensor or a
    tuple in the order of ``outputs``; it is in eval mode and float32.
    """

    stem: str  # file name without .onnx: "model", "encoder", "model_x2", ...
    module: nn.Module
    example: dict[str, Tensor]  # inputs by ONNX name, in order; the package's static shapes
    outputs: tuple[str, ...]
    meanings: dict[str, str]  # by tensor name, one line: colour space, range, encoding
    dynamic: dict[str, dict[int, str]] = field(default_factory=dict)  # free axes; empty: static
    others: tuple[dict[str, Tensor], ...] = ()  # more examples of other free sizes, for parity
    opset: int = 17
    low: float = 0.0  # range of the golden pattern
    high: float = 1.0
    constants: dict[str, list[float]] = field(default_factory=dict)  # golden inputs, no pattern
    # Axes that may be free in a second export, which is not packaged: `others` are then for it.
    symbolic: dict[str, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [*self.example, *self.outputs]
        if missing := [name for name in named if not self.meanings.get(name)]:
            raise ZooError(f"{self.stem}: no meaning is given for {', '.join(missing)}")
        if self.others and not (self.dynamic or self.symbolic):
            raise ZooError(f"{self.stem}: other sizes are given but no axis is free")
        if self.module.training:
            raise ZooError(f"{self.stem}: the network is in training mode")


def parameter_count(module: nn.Module) -> int:
    """Trained numbers of a network: shared ones once, buffers not."""
    return sum(parameter.numel() for parameter in module.parameters())


def run_module(graph: Graph, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The judge: the network in PyTorch, float32, outputs by name."""
    with torch.no_grad():
        got = graph.module(*inputs.values())
    made = (got,) if isinstance(got, Tensor) else tuple(got)
    if len(made) != len(graph.outputs):
        raise ZooError(
            f"{graph.stem}: the network gives {len(made)} tensors, "
            f"{len(graph.outputs)} names are stated"
        )
    return dict(zip(graph.outputs, made, strict=True))


def load_strictly(module: nn.Module, state: Mapping[str, Any], name: str) -> None:
    """Load a checkpoint's ``state``: every key of the network, no other, every shape.

    Errors: ZooError that names ``name`` and the first keys that do not fit.
    """
    own = module.state_dict()
    missing = [key for key in own if key not in state]
    unknown = [key for key in state if key not in own]
    shapes = [
        f"{key} is {tuple(state[key].shape)} instead of {tuple(own[key].shape)}"
        for key in own
        if key in state and tuple(state[key].shape) != tuple(own[key].shape)
    ]
    faults = [f"it lacks {key}" for key in missing] + [f"it has {key} too many" for key in unknown]
    faults += shapes
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise ZooError(
            f"{name}: the checkpoint is not of this network: {'; '.join(faults[:3])}{more}"
        )
    module.load_state_dict(dict(state), strict=True)


def read_checkpoint(path: Path, *inner: str) -> dict[str, Tensor]:
    """The tensors of a .pth, .pt, .ckpt or .safetensors file; nothing in it is executed.

    ``inner``: keys under which publishers wrap the state dict ("params_ema", "state_dict", ...);
    the first that exists is opened.
    Errors: ZooError when the file is no checkpoint.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            content: Any = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ZooError(f"{path}: not a checkpoint that loads safely: {first}") from error
    for key in inner:
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
            break
    if not isinstance(content, dict):
        raise ZooError(f"{path}: the checkpoint holds no table of tensors")
    tensors = {str(key): value for key, value in content.items() if isinstance(value, Tensor)}
    if not tensors:
        raise ZooError(f"{path}: the checkpoint holds no tensor")
    return tensors
