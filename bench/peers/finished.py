# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of other programs for finished pictures, with random weights, for timing only.

nind    U-Net of 32 units at full resolution, as darktable's denoise-nind (Brummer, De Vleeschouwer,
        "Natural Image Noise Dataset", 2019); 3 channels in and out, 7.76 M parameters
nafnet  NAFNet of width 32, blocks 2, 2, 4, 8 | 12 | 2, 2, 2, 2 (Chen and others, "Simple Baselines
        for Image Restoration", 2022); 29 M parameters
rrdb    BSRGAN's RRDBNet of 23 blocks, 4 times (Wang and others, "ESRGAN", 2018; Zhang and others,
        2021); 16.7 M parameters
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, pixel_shuffle
from utnet2 import UtNet2


class NindUNet(UtNet2):  # type: ignore[misc]
    """[N, 3, T, T] to the same; T a multiple of 16."""

    def __init__(self, units: int = 32) -> None:
        super().__init__(units)
        self.down[0][0] = nn.Conv2d(3, units, 3, padding=1)
        self.last = nn.Conv2d(units, 3, 1)

    def forward(self, packed: Tensor) -> Tensor:
        """Runs the network."""
        result: Tensor = self.last(self.features(packed))
        return result


class NafBlock(nn.Module):
    """Depthwise convolution, simple gate and channel attention, then a gated pointwise part."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before = nn.GroupNorm(1, width)
        self.spread = nn.Conv2d(width, 2 * width, 1)
        self.depthwise = nn.Conv2d(2 * width, 2 * width, 3, padding=1, groups=2 * width)
        self.attention = nn.Conv2d(width, width, 1)
        self.gather = nn.Conv2d(width, width, 1)
        self.between = nn.GroupNorm(1, width)
        self.feed = nn.Conv2d(width, 2 * width, 1)
        self.back = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Runs the block."""
        a, b = self.depthwise(self.spread(self.before(x))).chunk(2, dim=1)
        gated = a * b
        gated = gated * self.attention(gated.mean(dim=(2, 3), keepdim=True))
        x = x + self.gather(gated)
        a, b = self.feed(self.between(x)).chunk(2, dim=1)
        result: Tensor = x + self.back(a * b)
        return result


class NafNet(nn.Module):
    """[N, 3, T, T] to the same; T a multiple of 16."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        down, middle, up = (2, 2, 4, 8), 12, (2, 2, 2, 2)
        widths = [width * 2**level for level in range(5)]
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.encoders = nn.ModuleList(
            self._blocks(w, n) for w, n in zip(widths, down, strict=False)
        )
        self.downs = nn.ModuleList(nn.Conv2d(w, 2 * w, 2, 2) for w in widths[:-1])
        self.middle = self._blocks(widths[-1], middle)
        coarse = widths[:0:-1]
        self.ups = nn.ModuleList(nn.Conv2d(w, 2 * w, 1, bias=False) for w in coarse)
        self.decoders = nn.ModuleList(
            self._blocks(w, n) for w, n in zip(widths[-2::-1], up, strict=True)
        )
        self.tail = nn.Conv2d(width, 3, 3, padding=1)

    @staticmethod
    def _blocks(width: int, count: int) -> nn.Sequential:
        return nn.Sequential(*(NafBlock(width) for _ in range(count)))

    def forward(self, picture: Tensor) -> Tensor:
        """Runs the network."""
        x, kept = self.head(picture), []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            x = encoder(x)
            kept.append(x)
            x = down(x)
        x = self.middle(x)
        for up, decoder in zip(self.ups, self.decoders, strict=True):
            x = decoder(pixel_shuffle(up(x), 2) + kept.pop())
        result: Tensor = picture + self.tail(x)
        return result


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees all before it."""

    def __init__(self, width: int = 64, growth: int = 32) -> None:
        super().__init__()
        self.steps = nn.ModuleList(
            nn.Conv2d(width + n * growth, growth if n < 4 else width, 3, padding=1)
            for n in range(5)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Runs the block."""
        seen = x
        for step in self.steps[:-1]:
            seen = torch.cat([seen, leaky_relu(step(seen), 0.2)], 1)
        result: Tensor = x + 0.2 * self.steps[-1](seen)
        return result


class Rrdb(nn.Module):
    """[N, 3, T, T] to [N, 3, 4T, 4T]."""

    def __init__(self, blocks: int = 23, width: int = 64) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.ModuleList(
            nn.Sequential(*(DenseBlock(width) for _ in range(3))) for _ in range(blocks)
        )
        self.trunk, self.up1, self.up2, self.high = (
            nn.Conv2d(width, width, 3, padding=1) for _ in range(4)
        )
        self.tail = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        """Runs the network."""
        first = x = self.head(picture)
        for block in self.body:
            x = x + 0.2 * block(x)
        x = first + self.trunk(x)
        for up in (self.up1, self.up2):
            x = leaky_relu(up(interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        result: Tensor = self.tail(leaky_relu(self.high(x), 0.2))
        return result


NETWORKS: dict[str, type[nn.Module]] = {"nind": NindUNet, "nafnet": NafNet, "rrdb": Rrdb}
TILES = {"nind": 768, "nafnet": 768, "rrdb": 256}


def export(name: str, path: Path) -> int:
    """Writes the ONNX with a static tile; gives the number of parameters."""
    torch.manual_seed(0)
    network = NETWORKS[name]().eval()
    tile = TILES[name]
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, tile, tile),),
        str(path),
        input_names=["input"],
        output_names=["output"],
        opset_version=17,
        dynamo=False,
    )
    return sum(parameter.numel() for parameter in network.parameters())
