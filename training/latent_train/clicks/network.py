# SPDX-License-Identifier: GPL-3.0-or-later
"""The network: a U-Net over 4x4-packed planes, that changes the built-in selector's answer."""

from __future__ import annotations

from torch import Tensor, nn

from latent_train.clicks.config import ClickConfig
from latent_train.clicks.planes import SELECTOR_PLANE, UNKNOWN
from latent_train.network import LatentUNet

TRUST = 4.0
"""Logits from "out" to "in" of the selector's answer, which the network adds to."""


class ClickNetwork(nn.Module):
    """Planes [N, 10, S, S] to logits [N, 1, S, S]."""

    def __init__(self, config: ClickConfig) -> None:
        super().__init__()
        self.unshuffle = config.network.unshuffle
        self.body = LatentUNet(config.network)

    def forward(self, planes: Tensor) -> Tensor:
        packed = nn.functional.pixel_unshuffle(planes, self.unshuffle)
        change = nn.functional.pixel_shuffle(self.body(packed), self.unshuffle)
        selector = planes[:, SELECTOR_PLANE : SELECTOR_PLANE + 1]
        return change + TRUST * (selector - UNKNOWN)
