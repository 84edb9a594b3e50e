# SPDX-License-Identifier: GPL-3.0-or-later
"""big-LaMa: a generator of fast Fourier convolutions; parameter names as published.

The Fourier unit computes its transforms as real matrix products, which every engine has: at 1/8 of
512 pixels the matrices are 64 x 64, and the cost is a small part of the convolutions around them.

Sources: R. Suvorov and others, "Resolution-robust Large Mask Inpainting with Fourier Convolutions",
WACV 2022; L. Chi, B. Jiang, Y. Mu, "Fast Fourier Convolution", NeurIPS 2020.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

STRIDE = 8  # height and width are multiples of it
WHITE = 255.0  # the published export gives 0..255

Pair = tuple[Tensor, Tensor]  # local and global features; the global may have no channel


def _waves(size: int, kept: int) -> Pair:
    """cos and sin of 2 pi j k / size, [size, kept], with the scale of a unitary transform."""
    turns = torch.outer(torch.arange(size), torch.arange(kept)).remainder(size)
    angle = turns.to(torch.float64) * (2 * math.pi / size)
    scale = 1 / math.sqrt(size)
    return (scale * angle.cos()).float(), (scale * angle.sin()).float()


def real_fft(x: Tensor) -> Pair:
    """Real and imaginary part of the unitary transform of [..., H, W], each [..., H, W/2 + 1]."""
    height, width = int(x.shape[-2]), int(x.shape[-1])
    cos_w, sin_w = _waves(width, width // 2 + 1)
    cos_h, sin_h = _waves(height, height)
    real, imaginary = x @ cos_w, -(x @ sin_w)
    return cos_h @ real + sin_h @ imaginary, cos_h @ imaginary - sin_h @ real


def real_ifft(real: Tensor, imaginary: Tensor, width: int) -> Tensor:
    """[..., H, width] of the two parts [..., H, width/2 + 1]; the inverse of ``real_fft``.

    As torch.fft.irfft2 does, it takes no notice of imaginary parts that no real signal has.
    """
    height, kept = int(real.shape[-2]), int(real.shape[-1])
    cos_h, sin_h = _waves(height, height)
    down_real = cos_h @ real - sin_h @ imaginary
    down_imaginary = cos_h @ imaginary + sin_h @ real
    cos_w, sin_w = _waves(width, kept)
    times = torch.full((kept, 1), 2.0)
    times[0] = 1.0
    if width % 2 == 0:
        times[-1] = 1.0
    return down_real @ (times * cos_w.T) - down_imaginary @ (times * sin_w.T)


class FourierUnit(nn.Module):
    """A 1x1 convolution in the frequency domain: [N, C, H, W] to the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_layer = nn.Conv2d(2 * channels, 2 * channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        """Channels go in as real, imaginary, real, imaginary, ..."""
        width = int(x.shape[-1])
        mixed = torch.stack(real_fft(x), dim=2).flatten(1, 2)
        mixed = torch.relu(self.bn(self.conv_layer(mixed)))
        count, height = mixed.shape[1] // 2, mixed.shape[2]
        real, imaginary = mixed.reshape(-1, count, 2, height, mixed.shape[3]).unbind(2)
        return real_ifft(real, imaginary, width)


class SpectralTransform(nn.Module):
    """The global branch of global features."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        half = channels_out // 2
        self.conv1 = nn.Sequential(
            nn.Conv2d(channels_in, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU()
        )
        self.fu = FourierUnit(half)
        self.conv2 = nn.Conv2d(half, channels_out, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels_in, H, W] to [N, channels_out, H, W]."""
        x = self.conv1(x)
        out: Tensor = self.conv2(x + self.fu(x))
        return out


class _Fourier(nn.Module):
    """The four branches between local and global features; those without channels are absent."""

    def __init__(
        self, channels: tuple[int, int], gives: tuple[int, int], kernel: int, stride: int, pad: int
    ) -> None:
        super().__init__()

        def plain(channels_in: int, channels_out: int) -> nn.Module | None:
            if not channels_in or not channels_out:
                return None
            return nn.Conv2d(
                channels_in,
                channels_out,
                kernel,
                stride,
                pad,
                bias=False,
                padding_mode="reflect" if pad else "zeros",
            )

        self.convl2l = plain(channels[0], gives[0])
        self.convl2g = plain(channels[0], gives[1])
        self.convg2l = plain(channels[1], gives[0])
        self.convg2g = (
            SpectralTransform(channels[1], gives[1]) if channels[1] and gives[1] else None
        )

    def forward(self, pair: Pair) -> Pair:
        """Sums what arrives at each side."""
        local, over = pair

        def summed(*branches: tuple[nn.Module | None, Tensor]) -> Tensor:
            parts = [branch(x) for branch, x in branches if branch is not None]
            return sum(parts[1:], parts[0]) if parts else local[:, :0]

        return (
            summed((self.convl2l, local), (self.convg2l, over)),
            summed((self.convl2g, local), (self.convg2g, over)),
        )


class FourierLayer(nn.Module):
    """Fourier convolution, batch norm, ReLU. ``channels`` and ``gives``: (local, global)."""

    def __init__(
        self,
        channels: tuple[int, int],
        gives: tuple[int, int],
        kernel: int = 3,
        stride: int = 1,
        pad: int = 1,
    ) -> None:
        super().__init__()
        self.ffc = _Fourier(channels, gives, kernel, stride, pad)
        self.bn_l = nn.BatchNorm2d(gives[0])
        self.bn_g = nn.BatchNorm2d(gives[1]) if gives[1] else nn.Identity()

    def forward(self, pair: Pair) -> Pair:
        """Local and global features."""
        local, over = self.ffc(pair)
        local = torch.relu(self.bn_l(local))
        return local, torch.relu(self.bn_g(over)) if over.shape[1] else over


class _Block(nn.Module):
    def __init__(self, channels: tuple[int, int]) -> None:
        super().__init__()
        self.conv1 = FourierLayer(channels, channels)
        self.conv2 = FourierLayer(channels, channels)

    def forward(self, pair: Pair) -> Pair:
        """The features and what two layers add to them."""
        local, over = self.conv2(self.conv1(pair))
        return pair[0] + local, pair[1] + over


class _Begin(nn.Module):
    def forward(self, x: Tensor) -> Pair:
        """Pads the picture; it has no global features yet."""
        padded = nn.functional.pad(x, (3, 3, 3, 3), mode="reflect")
        return padded, padded[:, :0]


class _Join(nn.Module):
    def forward(self, pair: Pair) -> Tensor:
        """Local and global channels side by side."""
        return torch.cat(pair, dim=1)


class LamaGenerator(nn.Module):
    """[N, 4, H, W] (masked RGB and mask) to RGB 0..1; H and W multiples of 8."""

    def __init__(self, width: int = 64, blocks: int = 18) -> None:
        super().__init__()
        inner = (2 * width, 6 * width)  # a quarter local, three quarters global
        layers: list[nn.Module] = [_Begin(), FourierLayer((4, 0), (width, 0), 7, 1, 0)]
        layers.append(FourierLayer((width, 0), (2 * width, 0), 3, 2, 1))
        layers.append(FourierLayer((2 * width, 0), (4 * width, 0), 3, 2, 1))
        layers.append(FourierLayer((4 * width, 0), inner, 3, 2, 1))
        layers += [_Block(inner) for _ in range(blocks)]
        layers.append(_Join())
        for times in (8, 4, 2):
            half = times * width // 2
            layers += [
                nn.ConvTranspose2d(times * width, half, 3, 2, padding=1, output_padding=1),
                nn.BatchNorm2d(half),
                nn.ReLU(),
            ]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Sigmoid()]
        self.model = nn.Sequential(*layers)

    def forward(self, planes: Tensor) -> Tensor:
        """Runs the network."""
        out: Tensor = self.model(planes)
        return out


class Lama(nn.Module):
    """Picture [N, 3, H, W] 0..1 and mask [N, 1, H, W] (1: fill) to the filled picture, 0..255.

    Where the mask is 0 the answer is the picture itself times 255.
    """

    def __init__(self, width: int = 64, blocks: int = 18) -> None:
        super().__init__()
        self.generator = LamaGenerator(width, blocks)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Fills what the mask marks; what lies under it has no influence."""
        kept = image * (1 - mask)
        made = self.generator(torch.cat([kept, mask], dim=1))
        return torch.clamp((made * mask + kept) * WHITE, 0.0, WHITE)
