# SPDX-License-Identifier: GPL-3.0-or-later
"""torchvision beside a PyTorch of another build.

timm, transformers and spandrel import torchvision for what the zoo never uses (boxes, datasets).
Its compiled operators load only beside the PyTorch build that they were made for; where they do
not, the import itself fails, for want of two names. Declaring the names, without any kernel behind
them, lets the import pass; calling them stays an error.
"""

from __future__ import annotations

import importlib
from typing import Any

import torch

_BOXES = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_libraries: list[Any] = []


def let_torchvision_import() -> None:
    """Declare the operators that ``import torchvision`` wants, where it does not bring them.

    Nothing happens where torchvision is not installed, or works.
    """
    if _libraries:
        return
    try:
        importlib.import_module("torchvision")
    except ImportError:
        return
    except RuntimeError:
        made: Any = torch.library
        library = made.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(name + _BOXES)
        _libraries.append(library)
