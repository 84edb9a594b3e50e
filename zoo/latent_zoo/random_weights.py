# SPDX-License-Identifier: GPL-3.0-or-later
"""Random weights under which a restoration network's output is finite and varied.

Without a checkpoint a conversion is proved on them: with the initialisation that training begins
from, deep networks often give a constant, and every engine agrees on a constant.
"""

from __future__ import annotations

import math
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)
RELU_GAIN = math.sqrt(2.0)


def _deviation(module: nn.Module, weight: Tensor, gain: float) -> float:
    if isinstance(module, nn.ConvTranspose2d):
        taps = weight[0, 0].numel() / math.prod(module.stride)
        return gain / math.sqrt(max(1.0, weight.shape[0] / module.groups * taps))
    return gain / math.sqrt(weight[0].numel())


def _fill(module: nn.Module, name: str, value: Tensor, noise: Tensor, gain: float) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) and name == "weight":
        value.copy_(noise * _deviation(module, value, gain))
    elif name == "weight":  # of norms
        value.copy_(1.0 + 0.1 * noise)
    elif name == "running_var":
        value.copy_(torch.exp(0.2 * noise))
    else:  # biases, means, scales of branches
        value.copy_(0.1 * noise)


def fill(network: Network, seed: int, gain: float = RELU_GAIN) -> Network:
    """Overwrite parameters and statistics of ``network`` from ``seed``; gives it in eval mode.

    ``gain``: of every convolution on the deviation of what comes in.
    """
    made = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            statistics = [
                (name, value)
                for name, value in module.named_buffers(recurse=False)
                if name in ("running_mean", "running_var")
            ]
            for name, value in [*module.named_parameters(recurse=False), *statistics]:
                _fill(module, name, value, torch.randn(value.shape, generator=made), gain)
    return network.eval()
