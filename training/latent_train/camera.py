# SPDX-License-Identifier: GPL-3.0-or-later
"""What a camera or a raw developer does after the sensor: demosaicing, colours, curve, smoothing,
sharpening. Noise that went through it is correlated, coloured, and depends on brightness.

All pictures are [N, 3, H, W] float32; parameters have one value a picture, [N] or [N, ...].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, pad

DEMOSAICS = 3


def linearise(encoded: Tensor) -> Tensor:
    """Inverse sRGB curve."""
    return torch.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded.clamp(min=0.04) + 0.055) / 1.055) ** 2.4
    )


def encode(linear: Tensor) -> Tensor:
    """sRGB curve, continued above 1 and with odd symmetry below 0."""
    size = linear.abs()
    curved = 1.055 * size.clamp(min=1e-4) ** (1 / 2.4) - 0.055
    return torch.sign(linear) * torch.where(size <= 0.0031308, 12.92 * size, curved)


def bayer_masks(height: int, width: int) -> Tensor:
    """[3, H, W]: where an RGGB sensor sees red, green, blue."""
    masks = torch.zeros(3, height, width)
    masks[0, ::2, ::2] = 1
    masks[1, ::2, 1::2] = 1
    masks[1, 1::2, ::2] = 1
    masks[2, 1::2, 1::2] = 1
    return masks


def _filter(plane: Tensor, kernel: list[list[float]]) -> Tensor:
    """Correlate [N, H, W] with a small kernel, borders mirrored."""
    weights = torch.tensor(kernel)[None, None]
    edge = weights.shape[-1] // 2
    return conv2d(pad(plane[:, None], (edge,) * 4, mode="reflect"), weights)[:, 0]


_CROSS = [[0, 0.25, 0], [0.25, 1, 0.25], [0, 0.25, 0]]
_QUADS = [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]


def _bilinear(raw: Tensor, masks: Tensor) -> Tensor:
    planes = [_filter(raw * masks[c], _CROSS if c == 1 else _QUADS) for c in range(3)]
    return torch.stack(planes, dim=1)


def _eighths(rows: list[list[float]]) -> list[list[float]]:
    return [[value / 8 for value in row] for row in rows]


_GREEN = _eighths(
    [[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]
)
_ROW = _eighths(
    [[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]]
)
_COLUMN = [list(row) for row in zip(*_ROW, strict=True)]
_CORNER = _eighths(
    [
        [0, 0, -1.5, 0, 0],
        [0, 2, 0, 2, 0],
        [-1.5, 0, 6, 0, -1.5],
        [0, 2, 0, 2, 0],
        [0, 0, -1.5, 0, 0],
    ]
)


def _gradient_corrected(raw: Tensor, masks: Tensor) -> Tensor:
    """Linear 5x5 demosaicing. Source: Malvar, He, Cutler 2004."""
    height, width = raw.shape[-2:]
    red_row = torch.zeros(height, width)
    red_row[::2] = 1
    green_at_colour, row, column, corner = (
        _filter(raw, kernel) for kernel in (_GREEN, _ROW, _COLUMN, _CORNER)
    )
    green = torch.where(masks[1] > 0, raw, green_at_colour)
    at_green_red = torch.where(red_row > 0, row, column)
    at_green_blue = torch.where(red_row > 0, column, row)
    red = torch.where(masks[0] > 0, raw, torch.where(masks[1] > 0, at_green_red, corner))
    blue = torch.where(masks[2] > 0, raw, torch.where(masks[1] > 0, at_green_blue, corner))
    return torch.stack([red, green, blue], dim=1)


def _directed(raw: Tensor, masks: Tensor) -> Tensor:
    """Green along the smaller gradient, then colour differences. Source: Hamilton, Adams 1997."""
    wide = pad(raw[:, None], (2,) * 4, mode="reflect")[:, 0]
    height, width = raw.shape[-2:]

    def at(dy: int, dx: int) -> Tensor:
        return wide[:, 2 + dy : 2 + dy + height, 2 + dx : 2 + dx + width]

    bend_x = 2 * raw - at(0, -2) - at(0, 2)
    bend_y = 2 * raw - at(-2, 0) - at(2, 0)
    across = (at(0, -1) - at(0, 1)).abs() + bend_x.abs()
    down = (at(-1, 0) - at(1, 0)).abs() + bend_y.abs()
    green_x = (at(0, -1) + at(0, 1)) / 2 + bend_x / 4
    green_y = (at(-1, 0) + at(1, 0)) / 2 + bend_y / 4
    mixed = torch.where(across < down, green_x, green_y)
    mixed = torch.where(across == down, (green_x + green_y) / 2, mixed)
    green = torch.where(masks[1] > 0, raw, mixed)
    others = [green + _filter((raw - green) * masks[c], _QUADS) for c in (0, 2)]
    return torch.stack([others[0], green, others[1]], dim=1)


def demosaic(raw: Tensor, kind: Tensor) -> Tensor:
    """RGGB mosaics [N, H, W] to [N, 3, H, W]; ``kind`` [N]: 0 bilinear, 1 gradient-corrected
    linear, 2 directed."""
    masks = bayer_masks(raw.shape[-2], raw.shape[-1])
    result = torch.empty(raw.shape[0], 3, *raw.shape[-2:])
    for number, method in enumerate((_bilinear, _gradient_corrected, _directed)):
        chosen = torch.nonzero(kind == number)[:, 0]
        if chosen.numel() > 0:
            result[chosen] = method(raw[chosen], masks)
    return result


def _blur(picture: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur with a sigma a picture, out to twice the largest sigma or a little more, but to
    9 px at most: a wider one is nearly a box."""
    n, c, h, w = picture.shape
    radius = max(2, min(9, math.ceil(2.2 * float(sigma.max()))))
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float32)
    kernel = torch.exp(-(offsets**2) / (2 * sigma[:, None].clamp(min=0.05) ** 2))
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(c, dim=0)
    flat = pad(picture.reshape(1, n * c, h, w), (radius,) * 4, mode="reflect")
    down = conv2d(flat, kernel[:, None, :, None], groups=n * c)
    return conv2d(down, kernel[:, None, None, :], groups=n * c).reshape(n, c, h, w)


def _blurred_where(picture: Tensor, sigma: Tensor, wanted: Tensor) -> Tensor:
    """``picture``, blurred where ``wanted`` [N] is above 0; the others are not computed."""
    chosen = torch.nonzero(wanted > 0)[:, 0]
    if chosen.numel() == 0:
        return picture
    result = picture.clone()
    result[chosen] = _blur(picture[chosen], sigma[chosen])
    return result


_NOISE_WINDOW = 17


def _mean_around(plane: Tensor, radius: int) -> Tensor:
    """Mean of the (2 radius + 1) squared pixels around each of [N, C, H, W], borders mirrored."""
    wide = pad(plane, (radius,) * 4, mode="reflect")
    mean: Tensor = avg_pool2d(wide, 2 * radius + 1, stride=1)
    return mean


def reduce_noise(
    noisy: Tensor, clean: Tensor, radius: int, edges: Tensor, amount: Tensor
) -> tuple[Tensor, Tensor]:
    """Edge-preserving smoothing of luma [N, 1, H, W], as cameras do it; ``clean`` alike.

    Where a neighbourhood varies no more than its noise does, it becomes its mean: what is left of
    the noise there is weak and coarse. At edges and in texture the noise stays as it is. How much
    of each is decided on ``noisy`` and done to both, so that ``clean`` becomes what the mean of
    many such pictures would be. ``edges`` [N]: how many noise variances an edge needs to stay by
    half; ``amount`` [N]: 1 all of it, 0 nothing. Source: He, Sun, Tang 2013, guided filter.
    """
    variance = _mean_around((noisy - clean) ** 2, _NOISE_WINDOW // 2).clamp(min=1e-10)
    mean = _mean_around(noisy, radius)
    excess = (_mean_around((noisy - mean) ** 2, radius) - variance).clamp(min=0)
    kept = _mean_around(excess / (excess + _wide(edges) * variance), radius)
    left = 1 - _wide(amount) * (1 - kept)

    def alike(plane: Tensor) -> Tensor:
        return plane * left + _mean_around(plane, radius) * (1 - left)

    return alike(noisy), alike(clean)


@dataclass(frozen=True)
class Development:
    """How mosaics become pictures; one value a picture."""

    demosaic: Tensor  # kind
    balance: Tensor  # [N, 3]
    to_srgb: Tensor  # [N, 3, 3], white-balanced sensor to linear sRGB
    gain: Tensor
    contrast: Tensor  # 0 none .. 1 strong S-curve
    gamma: Tensor  # power on the encoded value
    saturation: Tensor
    chroma_blur: Tensor  # sigma in px, 0 none
    luma_blur: Tensor
    sharpen: Tensor  # amount
    sharpen_radius: Tensor
    reduction: Tensor  # amount of edge-preserving noise reduction of luma, 0 none .. 1
    reduction_radius: Tensor  # px, whole numbers
    reduction_edges: Tensor  # see reduce_noise

    def repeated(self) -> Development:
        """The same for a batch that holds everything twice."""
        return Development(**{name: torch.cat([v, v]) for name, v in vars(self).items()})


def _wide(value: Tensor) -> Tensor:
    return value[:, None, None, None]


def _reduced(luma: Tensor, how: Development) -> Tensor:
    """Noise reduction of pairs: the first half of ``luma`` noisy, the second the same clean."""
    count = luma.shape[0] // 2
    result = luma.clone()
    for radius in sorted({int(r) for r in how.reduction_radius[:count]}):
        wanted = (how.reduction[:count] > 0) & (how.reduction_radius[:count] == radius)
        chosen = torch.nonzero(wanted)[:, 0]
        if chosen.numel() == 0:
            continue
        pair = luma[chosen], luma[chosen + count]
        done = reduce_noise(*pair, radius, how.reduction_edges[chosen], how.reduction[chosen])
        result[chosen], result[chosen + count] = done
    return result


_RIDGE = 1e-5
_FALL_OFFS = (0.02, 0.06)


def with_mean_of(noisy: Tensor, clean: Tensor) -> Tensor:
    """``clean`` [N, 3, H, W] with the tones that ``noisy`` has in the mean.

    A curve bends noise: the mean of many noisy developments is not the development of the mean,
    and what is cut at black or white is gone from one side only. A network that learned to undo it
    would move the tones of pictures by a guess. So the truth has them: the difference is fitted, by
    picture and channel, as a cubic of the clean value and what falls off from black and white, and
    added.
    """
    value = clean.flatten(2)
    shapes = [value**power for power in range(4)]
    for width in _FALL_OFFS:
        shapes += [torch.exp(-value / width), torch.exp((value - 1) / width)]
    basis = torch.stack(shapes, dim=-1)
    turned = basis.transpose(-1, -2)
    gram = turned @ basis / value.shape[-1] + _RIDGE * torch.eye(len(shapes))
    moment = turned @ (noisy - clean).flatten(2)[..., None] / value.shape[-1]
    shift: Tensor = basis @ torch.linalg.solve(gram, moment)
    return clean + shift[..., 0].reshape(clean.shape)


def develop(raw: Tensor, how: Development, twins: bool = False) -> Tensor:
    """Mosaics [N, H, W] in sensor units to encoded sRGB [N, 3, H, W], not quantised, 0..1.

    ``twins``: the second half of the mosaics is the first without noise, and is developed to what
    the mean of many such pictures would be. Noise reduction needs twins.
    """
    rgb = demosaic(raw, how.demosaic) * how.balance[:, :, None, None]
    rgb = torch.einsum("nij,njhw->nihw", how.to_srgb, rgb) * _wide(how.gain)
    shown = encode(rgb).clamp(0, 1) ** _wide(how.gamma)
    bent = shown * shown * (3 - 2 * shown)
    shown = shown + _wide(how.contrast) * (bent - shown)
    if twins:
        noisy, clean = shown.chunk(2)
        shown = torch.cat([noisy, with_mean_of(noisy, clean)])
    luma = (shown * torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]).sum(1, keepdim=True)
    chroma = (shown - luma) * _wide(how.saturation)
    chroma = _blurred_where(chroma, how.chroma_blur, how.chroma_blur)
    if bool((how.reduction > 0).any()):
        luma = _reduced(luma, how)
    luma = _blurred_where(luma, how.luma_blur, how.luma_blur)
    blurred = _blurred_where(luma, how.sharpen_radius, how.sharpen)
    luma = luma + _wide(how.sharpen) * (luma - blurred)
    return (luma + chroma).clamp(0, 1)
