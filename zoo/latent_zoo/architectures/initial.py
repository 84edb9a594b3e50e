# SPDX-License-Identifier: GPL-3.0-or-later
"""Random weights that keep activations of the size of one, for networks without a checkpoint."""

from __future__ import annotations

import math
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def _fan_in(module: nn.Module, weight: Tensor) -> int:
    """How many inputs one output of ``module`` adds up."""
    if isinstance(module, nn.ConvTranspose2d):
        taps = weight[0, 0].numel() / math.prod(module.stride)
        return max(1, round(weight.shape[0] // module.groups * taps))
    return max(1, weight[0].numel())


def _fill(module: nn.Module, name: str, value: Tensor, made: torch.Generator) -> None:
    noise = torch.randn(value.shape, generator=made)
    if isinstance(module, nn.Embedding):
        value.copy_(noise)
    elif isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)) and name == "weight":
        value.copy_(noise / math.sqrt(_fan_in(module, value)))
    elif name in ("weight", "gamma", "lambda1") and value.ndim == 1:  # norms and layer scales
        value.copy_(1.0 + 0.1 * noise)
    elif name == "positional_encoding_gaussian_matrix":  # frequencies, as published: of size one
        value.copy_(noise)
    elif name == "running_var":
        value.copy_(torch.exp(0.2 * noise))
    elif value.dtype.is_floating_point:
        value.copy_(0.1 * noise)


def fill(network: Network, seed: int) -> Network:
    """Overwrite every weight of ``network`` from ``seed`` and give it back, in eval mode.

    Matrices and convolutions keep the variance of what comes in, norms stay near one, biases and
    positions are small but not zero, so that no branch is silent.
    """
    made = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in network.modules():
            saved = module._non_persistent_buffers_set
            buffers = {n: b for n, b in module.named_buffers(recurse=False) if n not in saved}
            for name, value in [*module.named_parameters(recurse=False), *buffers.items()]:
                _fill(module, name, value, made)
    return network.eval()
