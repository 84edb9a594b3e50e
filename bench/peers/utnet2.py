# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the shape of RawNIND's UtNet2, with random weights, for timing only.

Four-level U-Net of 32 units with LeakyReLU, a last 1x1 convolution to 12 channels and a pixel
shuffle: packed Bayer [1, 4, T, T] in, camera RGB [1, 3, 2T, 2T] out, 7.76 M parameters. Source of
the shape: Brummer and De Vleeschouwer, "Learning joint denoising, demosaicing, and compression from
the raw natural image noise dataset", 2025.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn


def double_convolution(channels_in: int, channels_out: int) -> nn.Sequential:
    """Two 3x3 convolutions, each followed by a LeakyReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1),
        nn.LeakyReLU(),
        nn.Conv2d(channels_out, channels_out, 3, padding=1),
        nn.LeakyReLU(),
    )


class UtNet2(nn.Module):
    """[N, 4, T, T] to [N, 3, 2T, 2T]; T a multiple of 16."""

    def __init__(self, units: int = 32) -> None:
        super().__init__()
        widths = [units * 2**level for level in range(5)]
        self.down = nn.ModuleList(
            double_convolution(a, b) for a, b in zip([4, *widths[:-1]], widths, strict=True)
        )
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(b, a, 2, stride=2)
            for a, b in zip(reversed(widths[:-1]), reversed(widths[1:]), strict=True)
        )
        self.join = nn.ModuleList(double_convolution(2 * a, a) for a in reversed(widths[:-1]))
        self.last = nn.Conv2d(units, 12, 1)

    def features(self, packed: Tensor) -> Tensor:
        """[N, units, T, T], before the last convolution."""
        kept = []
        x = packed
        for level, block in enumerate(self.down):
            x = block(x)
            if level < len(self.up):
                kept.append(x)
                x = nn.functional.max_pool2d(x, 2)
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([kept.pop(), up(x)], 1))
        return x

    def forward(self, packed: Tensor) -> Tensor:
        """Runs the network."""
        return nn.functional.pixel_shuffle(self.last(self.features(packed)), 2)


def export(path: Path, tile: int = 512) -> int:
    """Writes the ONNX with a static tile; gives the number of parameters."""
    torch.manual_seed(0)
    network = UtNet2().eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 4, tile, tile),),
        str(path),
        input_names=["input"],
        output_names=["output"],
        opset_version=17,
        dynamo=False,
    )
    return sum(parameter.numel() for parameter in network.parameters())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a random UtNet2 as ONNX.")
    parser.add_argument("out", type=Path)
    print(f"{export(parser.parse_args().out) / 1e6:.2f} M parameters")
