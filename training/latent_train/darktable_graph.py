# SPDX-License-Identifier: GPL-3.0-or-later
"""Our networks as darktable feeds its own: plain samples in, plain samples out.

darktable gives a tile and nothing else. So what Latent measures once per picture and tells the
network (the noise) is here measured inside the graph, on the tile, and what Latent does around the
network (the square root, the enlargement, the subtraction) is part of the graph. Neighbouring
tiles may therefore be told slightly different levels; darktable blends raw tiles over 128 pixels
and cuts finished ones hard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from latent_train.network import Network
from latent_train.onnx_graph import Graph, nodes_of

INPUT, OUTPUT = "input", "output"
OPSET = 17
IR_VERSION = 8
BLOCK = 8
_FREEDOM = BLOCK * BLOCK - 3
_POSITIONS = np.arange(BLOCK, dtype=np.float32) - (BLOCK - 1) / 2
_SPREAD = float((_POSITIONS**2).sum() * BLOCK)
FLATTEST_SHARE = 0.1
"""Of the blocks of one brightness, the share whose variance is taken for noise."""
FLATTEST_BIAS = {"plane": 0.72, "highest": 0.72}
"""Mean variance of these blocks over that of the noise, for each way to measure it:
`bench/quality/darktable_level.py`."""
_OUT_OF_PLAY = 1e6


class Sheet(Graph):
    """A graph whose nodes name themselves."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def constant(self, value: Any, kind: type[np.generic] = np.float32) -> str:
        """A named constant of the value."""
        self._count += 1
        name = f"c{self._count}"
        self.initialisers.append(numpy_helper.from_array(np.asarray(value, dtype=kind), name))
        return name

    def __call__(self, kind: str, *inputs: str | float, **attributes: Any) -> str:
        """One node with one output; plain numbers become constants."""
        self._count += 1
        names = [x if isinstance(x, str) else self.constant(x) for x in inputs]
        return self.node(kind, names, f"{kind}{self._count}", **attributes)

    def sum_of(self, terms: Sequence[str]) -> str:
        """All of them added."""
        return self("Sum", *terms)

    def clip(self, x: str, low: float, high: float) -> str:
        """x within low .. high."""
        return self("Clip", x, low, high)

    def reduce(self, kind: str, x: str, axes: Sequence[int]) -> str:
        """ReduceSum and its like over ``axes``, which stay as 1."""
        if kind == "ReduceSum":  # axes are an input of this one since opset 13
            return self(kind, x, self.constant(list(axes), np.int64), keepdims=1)
        return self(kind, x, axes=list(axes), keepdims=1)

    def slice_channels(self, x: str, first: int, last: int) -> str:
        """Channels first .. last of [N, C, H, W]."""
        begin, end, axis = (self.constant([v], np.int64) for v in (first, last, 1))
        return self("Slice", x, begin, end, axis)


def block_statistics(sheet: Sheet, x: str, channels: int) -> tuple[str, str]:
    """Mean and variance of each block of 8x8 samples [N, C, H/8, W/8]; a plane is taken off before
    the variance, as in ``levels.py``."""
    mean = sheet("AveragePool", x, kernel_shape=[BLOCK] * 2, strides=[BLOCK] * 2)
    scales = sheet.constant([1, 1, BLOCK, BLOCK])
    spread = sheet.node(
        "Resize",
        [mean, "", scales],
        f"blocks_of_{mean}",
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )
    rest = sheet("Sub", x, spread)
    energy = sheet(
        "AveragePool", sheet("Mul", rest, rest), kernel_shape=[BLOCK] * 2, strides=[BLOCK] * 2
    )
    kernels = np.stack([np.tile(_POSITIONS, (BLOCK, 1)), np.tile(_POSITIONS[:, None], (1, BLOCK))])
    weights = np.tile(kernels[:, None], (channels, 1, 1, 1))  # [2 * C, 1, 8, 8]
    slopes = sheet(
        "Conv",
        rest,
        sheet.constant(weights),
        kernel_shape=[BLOCK] * 2,
        strides=[BLOCK] * 2,
        group=channels,
    )
    squares = sheet("Mul", slopes, slopes)
    pair = np.zeros((channels, 2 * channels, 1, 1), np.float32)
    for channel in range(channels):
        pair[channel, 2 * channel : 2 * channel + 2] = 1 / _SPREAD
    tilted = sheet("Conv", squares, sheet.constant(pair), kernel_shape=[1, 1])
    total = sheet("Sub", sheet("Mul", energy, float(BLOCK * BLOCK)), tilted)
    return mean, sheet("Mul", sheet("Max", total, 0.0), 1 / _FREEDOM)


def highest_frequencies(sheet: Sheet, x: str, channels: int) -> tuple[str, str]:
    """Mean of each block of 8x8 samples, and the mean square of its second differences in both
    directions, scaled to be the variance of white noise. Texture hardly reaches so high.

    Source: Immerkaer, Fast Noise Variance Estimation, 1996.
    """
    pool = {"kernel_shape": [BLOCK] * 2, "strides": [BLOCK] * 2}
    row = np.array([1, -2, 1], np.float32)
    kernel = np.tile(np.outer(row, row)[None, None] / 6, (channels, 1, 1, 1))
    rest = sheet(
        "Conv", x, sheet.constant(kernel), kernel_shape=[3, 3], pads=[1] * 4, group=channels
    )
    mean = sheet("AveragePool", x, **pool)
    return mean, sheet("AveragePool", sheet("Mul", rest, rest), **pool)


def block_is_clipped(sheet: Sheet, x: str, low: float, high: float) -> str:
    """1 where a block of 8x8 holds a sample below ``low`` or above ``high``, else 0."""
    pool = {"kernel_shape": [BLOCK] * 2, "strides": [BLOCK] * 2}
    highest = sheet("MaxPool", x, **pool)
    lowest = sheet("Neg", sheet("MaxPool", sheet("Neg", x), **pool))
    outside = sheet("Or", sheet("Greater", highest, high), sheet("Less", lowest, low))
    return sheet("Cast", outside, to=TensorProto.FLOAT)


def flattest(
    sheet: Sheet,
    measured: str,
    brightness: str,
    out_of_play: str,
    bias: float,
    blocks: int,
    channels: int,
) -> tuple[str, str, str]:
    """Of the blocks in play of each channel, the flattest share: their mean variance, corrected for
    their being chosen, their mean brightness and how many blocks were in play; each [C, 1]."""
    shape = sheet.constant([channels, blocks], np.int64)
    penalty = sheet("Mul", out_of_play, _OUT_OF_PLAY)
    score = sheet("Reshape", sheet("Add", measured, penalty), shape)
    values, order = f"{score}.sorted", f"{score}.order"
    count = sheet.constant([blocks], np.int64)
    sheet.nodes.append(
        helper.make_node(
            "TopK", [score, count], [values, order], name=values, axis=1, largest=0, sorted=1
        )
    )
    in_play = sheet("Reshape", sheet("Sub", 1.0, out_of_play), shape)
    played = sheet.reduce("ReduceSum", in_play, [1])
    ranks = sheet.constant(np.arange(blocks, dtype=np.float32)[None])
    chosen = sheet(
        "Cast", sheet("Less", ranks, sheet("Mul", played, FLATTEST_SHARE)), to=TensorProto.FLOAT
    )
    number = sheet("Max", sheet.reduce("ReduceSum", chosen, [1]), 1.0)

    def mean(x: str) -> str:
        return sheet("Div", sheet.reduce("ReduceSum", sheet("Mul", x, chosen), [1]), number)

    light = sheet("GatherElements", sheet("Reshape", brightness, shape), order, axis=1)
    kept = sheet("Min", values, _OUT_OF_PLAY / 2)
    return sheet("Mul", mean(kept), 1 / bias), mean(light), played


def _unshuffle(sheet: Sheet, x: str, channels: int, size: int, factor: int) -> str:
    """As PyTorch's pixel_unshuffle by ``factor``, of [1, channels, size, size]."""
    if factor == 1:
        return x
    side = size // factor
    split = [1, channels, side, factor, side, factor]
    cells = sheet("Reshape", x, sheet.constant(split, np.int64))
    moved = sheet("Transpose", cells, perm=[0, 1, 3, 5, 2, 4])
    packed = [1, channels * factor**2, side, side]
    return sheet("Reshape", moved, sheet.constant(packed, np.int64))


NODES = 4
"""Brightnesses at which the level of a finished picture is measured."""
_SHARED_BLOCKS = 150.0
"""Blocks of one brightness at which its own level counts as much as that of the whole tile."""


def rgb_level(sheet: Sheet, picture: str, size: int, level_max: float) -> str:
    """The level planes of an encoded tile [1, 3, size, size], read off the tile itself."""
    steps = 255.0  # variances in squared 8-bit steps: far from where 16-bit floats end
    scaled = sheet("Mul", picture, steps)
    mean, variance = block_statistics(sheet, scaled, 3)
    clipped = block_is_clipped(sheet, scaled, 0.01 * steps, 0.99 * steps)
    blocks = (size // BLOCK) ** 2
    found: list[tuple[str, str]] = []
    for node in range(NODES):
        away = sheet("Abs", sheet("Sub", mean, (node + 0.5) * steps / NODES))
        far = sheet("Cast", sheet("Greater", away, 0.75 * steps / NODES), to=TensorProto.FLOAT)
        level, _, played = flattest(
            sheet, variance, mean, sheet("Max", clipped, far), FLATTEST_BIAS["plane"], blocks, 3
        )
        found.append((level, played))
    weighted = sheet.sum_of([sheet("Mul", level, played) for level, played in found])
    everywhere = sheet(
        "Div", weighted, sheet("Max", sheet.sum_of([played for _, played in found]), 1.0)
    )
    shape = sheet.constant([1, 3, 1, 1], np.int64)
    sigmas = []
    for level, played in found:
        own = sheet("Mul", level, played)
        shared = sheet("Mul", everywhere, _SHARED_BLOCKS)
        mixed = sheet("Div", sheet("Add", own, shared), sheet("Add", played, _SHARED_BLOCKS))
        sigma = sheet("Mul", sheet("Sqrt", mixed), 1 / steps)
        sigmas.append(sheet("Reshape", sheet("Min", sigma, level_max), shape))
    around = sheet("AveragePool", picture, kernel_shape=[5, 5], pads=[2] * 4, count_include_pad=0)
    place = sheet("Sub", sheet("Mul", around, float(NODES)), 0.5)
    terms = [sigmas[0]]
    for node in range(NODES - 1):
        ramp = sheet.clip(sheet("Sub", place, float(node)), 0.0, 1.0)
        terms.append(sheet("Mul", ramp, sheet("Sub", sigmas[node + 1], sigmas[node])))
    return sheet.sum_of(terms)


def finished(sheet: Sheet, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> onnx.ModelProto:
    """The sheet as a checked model from ``INPUT`` to ``OUTPUT``."""
    given, made = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, list(dims))
        for name, dims in ((INPUT, inputs), (OUTPUT, outputs))
    )
    graph = helper.make_graph(sheet.nodes, "latent", [given], [made], sheet.initialisers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    model.producer_name = "latent_train"
    onnx.checker.check_model(model, full_check=True)
    return model


def denoise(network: Network, level_max: float, size: int = 768) -> onnx.ModelProto:
    """darktable's ``denoise``: input and output [1, 3, size, size], sRGB-encoded 0..1."""
    sheet = Sheet()
    levels = rgb_level(sheet, INPUT, size, level_max)
    factor = math.isqrt(network.head.in_channels // 6)
    both = sheet("Concat", INPUT, levels, axis=1)
    residual = nodes_of(sheet, network, _unshuffle(sheet, both, 6, size, factor))
    if factor > 1:
        residual = sheet("DepthToSpace", residual, blocksize=factor, mode="CRD")
    sheet.node("Sub", [INPUT, residual], OUTPUT)
    return finished(sheet, (1, 3, size, size), (1, 3, size, size))


def upscale(network: Network, scale: int, size: int) -> onnx.ModelProto:
    """darktable's ``upscale``: [1, 3, size, size] to [1, 3, size * scale, size * scale], sRGB 0..1.
    The tolerance of damage is 0: what is there is enlarged, noise included."""
    sheet = Sheet()
    none = sheet.constant(np.zeros((1, 1, size, size)))
    residual = nodes_of(sheet, network, sheet("Concat", INPUT, none, axis=1))
    packed = sheet("DepthToSpace", residual, blocksize=scale, mode="CRD")
    enlarged = sheet.node(
        "Resize",
        [INPUT, "", sheet.constant([1, 1, scale, scale])],
        "enlarged",
        mode="cubic",
        cubic_coeff_a=-0.5,
        coordinate_transformation_mode="half_pixel",
    )
    sheet.node("Sub", [enlarged, packed], OUTPUT)
    return finished(sheet, (1, 3, size, size), (1, 3, size * scale, size * scale))


BINS = 6
"""Brightnesses, even in their square root, at which the noise of a raw tile is measured."""
_TOWARDS_SHOT_NOISE = 0.02
"""Where a tile has one brightness only, its noise is taken for shot noise: the pull on b."""
_COUNTS = 4096.0
_QUANTISATION = 1 / 12 / (2**14 - 1) ** 2


def _line_through(
    sheet: Sheet, points: list[tuple[str, str, str]], pairs: np.ndarray
) -> tuple[str, str]:
    """Weighted least squares of var = a * x + b over the bins; ``pairs`` [C, C] adds the sums of
    channels that share one line. Each [C, 1], in counts."""
    sums: dict[str, list[str]] = {key: [] for key in ("n", "m", "mm", "v", "mv")}
    for variance, light, played in points:
        spread = sheet("Add", sheet("Mul", variance, variance), 1e-3)
        weight = sheet("Div", played, spread)
        weighted = sheet("Mul", weight, light)
        sums["n"].append(weight)
        sums["m"].append(weighted)
        sums["mm"].append(sheet("Mul", weighted, light))
        sums["v"].append(sheet("Mul", weight, variance))
        sums["mv"].append(sheet("Mul", weighted, variance))
    shared = sheet.constant(pairs)
    s = {key: sheet("MatMul", shared, sheet.sum_of(terms)) for key, terms in sums.items()}
    tiny = 1e-20
    total = sheet("Mul", s["n"], 1 + _TOWARDS_SHOT_NOISE)
    determinant = sheet(
        "Add", sheet("Sub", sheet("Mul", s["mm"], total), sheet("Mul", s["m"], s["m"])), tiny
    )
    slope = sheet("Sub", sheet("Mul", s["mv"], total), sheet("Mul", s["m"], s["v"]))
    offset = sheet("Sub", sheet("Mul", s["mm"], s["v"]), sheet("Mul", s["m"], s["mv"]))
    a, b = sheet("Div", slope, determinant), sheet("Div", offset, determinant)
    through_black = sheet("Div", s["mv"], sheet("Add", s["mm"], tiny))
    level = sheet("Div", s["v"], sheet("Add", s["n"], tiny))
    negative_a, negative_b = sheet("Less", a, 0.0), sheet("Less", b, 0.0)
    return (
        sheet("Where", negative_b, through_black, sheet("Max", a, 0.0)),
        sheet("Where", negative_a, level, sheet("Max", b, 0.0)),
    )


def raw_noise(
    sheet: Sheet, mosaic: str, size: int, limits: dict[str, float]
) -> tuple[str, str, str]:
    """A, B / A and sigma_u of each of the channels R, G, G, B of a white-balanced packed tile
    [1, 4, size, size], read off the tile; each [1, 4, 1, 1]. The two greens share one line."""
    scaled = sheet("Mul", mosaic, _COUNTS)
    mean, variance = highest_frequencies(sheet, scaled, 4)
    lifted = sheet("Sqrt", sheet.clip(sheet("Mul", mean, 1 / _COUNTS), 0.0, 1.0))
    clipped = block_is_clipped(sheet, scaled, -_COUNTS, 0.98 * _COUNTS)
    blocks = (size // BLOCK) ** 2
    points = []
    for bin_ in range(BINS):
        away = sheet("Abs", sheet("Sub", lifted, (bin_ + 0.5) / BINS))
        far = sheet("Cast", sheet("Greater", away, 0.5 / BINS), to=TensorProto.FLOAT)
        points.append(
            flattest(
                sheet,
                variance,
                mean,
                sheet("Max", clipped, far),
                FLATTEST_BIAS["highest"],
                blocks,
                4,
            )
        )
    greens = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    slope, offset = _line_through(sheet, points, greens)
    shape = sheet.constant([1, 4, 1, 1], np.int64)
    a = sheet("Reshape", sheet("Mul", slope, 1 / _COUNTS), shape)
    b = sheet("Reshape", sheet("Mul", offset, 1 / _COUNTS**2), shape)
    a = sheet.clip(a, (2 * limits["sigma_u_min"]) ** 2, (2 * limits["sigma_u_max"]) ** 2)
    ratio = sheet("Min", sheet("Div", sheet("Max", b, _QUANTISATION), a), limits["offset_max"])
    return a, ratio, sheet("Mul", sheet("Sqrt", a), 0.5)


def rawdenoise(network: Network, limits: dict[str, float], size: int = 512) -> onnx.ModelProto:
    """darktable's ``bayer_v1`` with ``absolute``: input [1, 4, size, size] R, G, G, B, black taken
    off, white 1, white-balanced; output [1, 3, 2 size, 2 size] in the same units. Every site holds
    its own denoised sample in its own channel, the only one that darktable keeps; the other two
    hold those of its cell of 2x2."""
    sheet = Sheet()
    a, ratio, sigma = raw_noise(sheet, INPUT, size, limits)
    lift = sheet("Add", sheet("Mul", a, 0.375), ratio)
    u = sheet("Sqrt", sheet("Max", sheet("Add", INPUT, lift), 0.0))
    told = sheet("Expand", sigma, sheet.constant([1, 4, size, size], np.int64))
    colours = np.zeros((1, 12, size, size), np.float32)
    for plane, cells in enumerate(((0,), (1, 2), (3,))):
        for cell in cells:
            colours[0, 4 * plane + cell] = 1
    ones = sheet.constant(colours[:, :, :1, :1])
    hot = sheet("Expand", ones, sheet.constant([1, 12, size, size], np.int64))
    residual = nodes_of(sheet, network, sheet("Concat", u, told, hot, axis=1))
    clean = sheet("Max", sheet("Sub", u, residual), 0.0)
    x = sheet("Sub", sheet("Mul", clean, clean), lift)
    red, first, second, blue = (sheet.slice_channels(x, c, c + 1) for c in range(4))
    green = sheet("Mul", sheet("Add", first, second), 0.5)
    parts = [red, red, red, red, green, first, second, green, blue, blue, blue, blue]
    sheet.node("DepthToSpace", [sheet("Concat", *parts, axis=1)], OUTPUT, blocksize=2, mode="CRD")
    return finished(sheet, (1, 4, size, size), (1, 3, 2 * size, 2 * size))
