# SPDX-License-Identifier: GPL-3.0-or-later
"""The optimisers of a recipe: AdamW alone, or Muon for the convolutions and AdamW for the rest.

Muon (Jordan 2024; Liu et al. 2025, arXiv:2502.16982) steps along the orthogonalised momentum of a
matrix. A convolution is one: a row an output channel. It is torch's own; what is here hands it
the weights as matrices, and orthogonalises in float32 where bfloat16 is slower than that: torch's
own knows bfloat16 alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from latent_train.config import ConfigError, OptimiserConfig

_NARROWEST = 16
"""Below this many rows or columns there is little to orthogonalise."""


def _rows(tensor: Tensor) -> Tensor:
    """[O, I, k, k] as [O, k*k*I]: a view of what is channels_last, a copy of what is not."""
    return tensor.permute(0, 2, 3, 1).reshape(tensor.shape[0], -1)


def _matrix_of(weight: nn.Parameter) -> nn.Parameter:
    """The same memory as a matrix. Errors: ValueError when the weight is not channels_last."""
    rows = _rows(weight.detach())
    if rows.data_ptr() != weight.data_ptr():
        raise ValueError("Muon needs weights that lie channels_last")
    return nn.Parameter(rows)


_QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of the Newton-Schulz step (Jordan 2024): singular values end in 0.7..1.2."""
_QUINTIC_STEPS = 5


def orthogonalised(matrix: Tensor) -> Tensor:
    """About U V^T of ``matrix`` = U S V^T, [rows, columns], in its own precision.

    Every step multiplies by a polynomial of the Gram matrix from the left; so they are multiplied
    with each other first, which is small work, and with the matrix once.
    """
    x = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = x / x.norm().clamp(min=1e-7)
    linear, cubic, quintic = _QUINTIC
    gram = x @ x.T
    product: Tensor = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    for _ in range(_QUINTIC_STEPS):
        factor = torch.addmm(gram, gram, gram, beta=cubic, alpha=quintic)
        factor.diagonal().add_(linear)
        product = factor @ product
        gram = factor @ gram @ factor
    result: Tensor = product @ x
    return result if result.shape == matrix.shape else result.T


class Float32Muon(torch.optim.Muon):
    """torch's Muon with ``match_rms_adamw`` in float32; their checkpoints are each other's."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Change the matrices by their gradients. ``closure`` is not for here."""
        if closure is not None:
            raise ValueError("this optimiser takes no closure")
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is not None:
                    self._step_one(matrix, group)

    def _step_one(self, matrix: nn.Parameter, group: dict[str, Any]) -> None:
        gradient = matrix.grad
        assert gradient is not None
        state = self.state[matrix]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        momentum = state["momentum_buffer"]
        momentum.lerp_(gradient, 1 - group["momentum"])
        ahead = gradient.lerp(momentum, group["momentum"])
        rate = group["lr"]
        matrix.mul_(1 - rate * group["weight_decay"])
        length = 0.2 * math.sqrt(max(matrix.shape))
        matrix.add_(orthogonalised(ahead), alpha=-rate * length)


class Optimisers:
    """What ``Trainer`` steps with. The parameters lie channels_last and stay where they are."""

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        settings: OptimiserConfig,
        bf16: bool = True,
    ) -> None:
        """``bf16``: whether the machine computes in bfloat16 itself."""
        every = list(parameters)
        self._weights = [p for p in every if _is_for_muon(p, settings)]
        self._matrices = [_matrix_of(p) for p in self._weights]
        self._settings = settings
        chosen = {id(p) for p in self._weights}
        adamw = torch.optim.AdamW(
            [p for p in every if id(p) not in chosen],
            settings.learning_rate,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self._all: dict[str, torch.optim.Optimizer] = {"adamw": adamw}
        if self._weights:
            muon = torch.optim.Muon if bf16 else Float32Muon
            self._all["muon"] = muon(
                self._matrices,
                settings.learning_rate,
                weight_decay=settings.weight_decay,
                adjust_lr_fn="match_rms_adamw",
            )

    def set_learning_rate(self, rate: float) -> None:
        """The rate of the next step, of both: Muon's steps are as long as AdamW's would be."""
        for one in self._all.values():
            for group in one.param_groups:
                group["lr"] = rate

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self._all["adamw"].zero_grad()
        for weight in self._weights:
            weight.grad = None

    def step(self) -> None:
        """Change the parameters by their gradients."""
        for weight, matrix in zip(self._weights, self._matrices, strict=True):
            matrix.grad = None if weight.grad is None else _rows(weight.grad)
        for one in self._all.values():
            one.step()

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps of them."""
        return {name: one.state_dict() for name, one in self._all.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint, by the settings of this recipe; one from before there were two
        is AdamW's alone.

        Errors: ConfigError when it was made by other optimisers; ValueError, of torch, when by the
        same of other parameters.
        """
        state = {"adamw": state} if "param_groups" in state else state
        if state.keys() != self._all.keys():
            made_by = " and ".join(state)
            raise ConfigError(
                f"made by {made_by}; with another muon_widest begin a new run from it"
            )
        for name, one in self._all.items():
            one.load_state_dict(state[name])
            for group in one.param_groups:
                group["weight_decay"] = self._settings.weight_decay
        for group in self._all["adamw"].param_groups:
            group["betas"] = self._settings.betas


def _is_for_muon(parameter: nn.Parameter, settings: OptimiserConfig) -> bool:
    if parameter.dim() != 4:
        return False
    narrow = min(parameter.shape[0], parameter[0].numel())
    return _NARROWEST <= narrow <= settings.muon_widest
