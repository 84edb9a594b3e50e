# SPDX-License-Identifier: GPL-3.0-or-later
"""How noisy a finished picture is: definition, estimate from one picture, level planes.

Pictures are [height, width, 3] in the network's encoding (sRGB curve, unbounded). The level is the
standard deviation of noise, in the same unit, as a function of a channel's own brightness: 8 nodes
at (i + 0.5) / 8 for red, green and blue, linear between and constant beyond.

How it is estimated: 8x8 blocks spread over the picture are sorted by brightness. Of each brightness
those are taken around which little happens, both between 4x4 means and between neighbouring pixels
(the block itself has no part in the choice, so it does not favour blocks whose noise happens to be
small). Their variance around a plane,
V, and their energy at high frequencies, H, both hold noise and texture. Noise has one
ratio eta = H / V in a channel, whatever demosaicing, sharpening and JPEG did to it; texture has a
smaller one, which the next busier blocks show. Two equations, two unknowns. One smooth curve is
laid through the brightnesses; it leans on those where least had to be taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NODES = 8
AT_MOST = 32768
"""Blocks that are looked at, about."""
WIPED = (0.2 / 255) ** 2
"""Less variance than rounding to 8 bits makes: compression has wiped the block."""
DARK_CUT, BRIGHT_CUT = 1.5 / 255, 253.5 / 255
"""Samples beyond that are equal to each other were cut off."""
KAPPA = 1.2
"""Energy at the scale of the choice over V, of usual noise; 1 where white."""

FEWEST = 24
FLATTEST = 0.06
RING = 32.0
"""Weight of fine texture around a block, where S has 1."""
PRIOR_FIRST, PRIOR_SECOND, PRIOR_CHANNEL, PRIOR_OFFSET = 0.5, 0.12, 0.12, 1.0
"""How far ln(sigma) bends: between nodes, in slope, in slope between channels, and their offset."""


@dataclass(frozen=True)
class Blocks:
    """Per block and channel, shape [n, 3]."""

    mean: Floats
    variance: Floats
    """V, around a plane, over 61 degrees of freedom."""
    high: Floats
    """H, mean square of the DCT coefficients i + j >= 8 (orthonormal)."""
    structure: Floats
    """S, of the surroundings: variance of the twelve 4x4 means around the block, around a plane,
    times 16. The block itself has no part in it, so its own noise does not choose it."""
    ring: Floats
    """R, of the surroundings too: mean square of the differences across the diagonal of 2x2
    pixels, the variance of noise where it is white. Fine texture shows here and not in S."""
    cut: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Flat:
    """Means over some blocks."""

    V: float
    H: float
    S: float
    n: int


@dataclass(frozen=True)
class Point:
    """What one brightness of one channel says."""

    brightness: float
    log_sigma: float
    weight: float
    blocks: int


def plane_residual(blocks: npt.NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Mean, and sum of squares of what a least-squares plane leaves, of [..., n, n]."""
    side = blocks.shape[-1]
    flat_blocks = blocks.reshape(*blocks.shape[:-2], side * side)
    mean = flat_blocks.mean(-1)
    rest = flat_blocks - mean[..., None]
    u = np.arange(side) - (side - 1) / 2
    slopes = np.stack([np.tile(u, side), np.repeat(u, side)], -1).astype(blocks.dtype)
    of_plane = ((rest @ slopes) ** 2).sum(-1) / (side * (u @ u))
    square = np.einsum("...i,...i->...", rest, rest) - of_plane
    return np.asarray(mean, np.float64), np.maximum(0.0, square)


def block_sigma(noise: npt.ArrayLike) -> float:
    """The definition: RMS, over whole 8x8 blocks of pure noise, of what a plane leaves, over 61
    degrees of freedom. [height, width] or [height, width, channels]."""
    field = np.asarray(noise, np.float64)
    field = field.reshape(*field.shape[:2], -1)
    rows, columns = field.shape[0] // 8, field.shape[1] // 8
    cut = field[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8, -1)
    return float(np.sqrt(plane_residual(cut.transpose(0, 2, 4, 1, 3))[1].mean() / 61))


def steps(height: int, width: int) -> tuple[int, int]:
    """Rows and columns from block to block."""
    across = 4 if height * width <= 1 << 19 else 8
    return max(4, -(-height * width // (across * AT_MOST))), across


def starts(side: int, step: int) -> npt.NDArray[np.int64]:
    """First rows or columns of the blocks; their surroundings lie inside where there is room."""
    if side < 8:
        return np.zeros(0, np.int64)
    return np.arange(0, side - 7, step) if side < 16 else np.arange(4, side - 11, step)


def high_basis() -> Floats:
    """The 28 orthonormal DCT functions i + j >= 8 of an 8x8 block, [64, 28]."""
    i, j = np.mgrid[:8, :8]
    C = np.where(i == 0, np.sqrt(1 / 8), 0.5 * np.cos((2 * j + 1) * i * np.pi / 16))
    return np.asarray(np.einsum("ik,jl->klij", C, C)[..., i + j >= 8].reshape(64, 28))


def cell_means() -> Floats:
    """From the 256 pixels of a 16x16 window to the means of its 4x4 cells, [256, 16]."""
    cell = np.repeat(np.arange(4), 4)
    at = (4 * cell[:, None] + cell[None]).ravel()
    return np.asarray((at[:, None] == np.arange(16)) / 16.0)


def around(cells: Floats) -> Floats:
    """S from the sixteen 4x4 means of a 16x16 window, [..., 16]."""
    y, x = np.divmod(np.arange(16), 4)
    outer = (abs(y - 1.5) > 1) | (abs(x - 1.5) > 1)
    rest = cells[..., outer] - cells[..., outer].mean(-1, keepdims=True)
    across, down = rest @ (x[outer] - 1.5), rest @ (y[outer] - 1.5)
    return np.asarray(16 * np.maximum(0, (rest * rest).sum(-1) - (across**2 + down**2) / 19) / 9)


def ring_of(windows: npt.NDArray[np.floating]) -> Floats:
    """R from windows of 16x16 pixels [..., 16, 16]: of all 2x2 pixels but those that lie in the
    block or touch it."""
    upper, lower = windows[..., :-1, :], windows[..., 1:, :]
    across = upper[..., :-1] - upper[..., 1:] - lower[..., :-1] + lower[..., 1:]
    squares = np.asarray(across * across, np.float64)
    outside = squares.sum((-1, -2)) - squares[..., 3:12, 3:12].sum((-1, -2))
    return np.asarray(outside / (4 * (15 * 15 - 9 * 9)))


def measure_blocks(rgb: npt.ArrayLike) -> Blocks:
    picture = np.asarray(rgb, np.float32)
    height, width = picture.shape[:2]
    down, across = steps(height, width)
    top, left = starts(height, down), starts(width, across)
    if not len(top) or not len(left):
        none = np.zeros((0, 3))
        return Blocks(none, none, none, none, none, none.astype(bool))
    padded = np.pad(picture, ((4, 4), (4, 4), (0, 0)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (16, 16), axis=(0, 1))
    windows = np.ascontiguousarray(windows[top][:, left]).reshape(-1, 3, 16, 16)
    inner = np.ascontiguousarray(windows[..., 4:12, 4:12])
    mean, square = plane_residual(inner)
    pixels = inner.reshape(-1, 3, 64)
    high = (pixels - mean[..., None].astype(np.float32)) @ high_basis().astype(np.float32)
    cells = windows.reshape(-1, 3, 256) @ cell_means().astype(np.float32)
    low, most = pixels.min(-1), pixels.max(-1)
    at_low = (pixels == low[..., None]).sum(-1)
    at_most = (pixels == most[..., None]).sum(-1)
    return Blocks(
        mean,
        np.asarray(square / 61, np.float64),
        np.asarray(np.einsum("...i,...i->...", high, high) / 28, np.float64),
        around(cells.astype(np.float64)),
        ring_of(windows),
        ((low <= DARK_CUT) & (at_low >= 2)) | ((most >= BRIGHT_CUT) & (at_most >= 2)),
    )


def flat(blocks: Blocks, channel: int, chosen: npt.NDArray[np.int64]) -> Flat:
    """Means without the blocks that hold an edge or a hot pixel."""
    V = blocks.variance[chosen, channel]
    chosen = chosen[np.sort(V)[len(V) // 2] * 4 >= V]
    return Flat(
        float(blocks.variance[chosen, channel].mean()),
        float(blocks.high[chosen, channel].mean()),
        float(blocks.structure[chosen, channel].mean()),
        len(chosen),
    )


def relative_error(n: int) -> float:
    """Of V of n blocks: they overlap, and correlated noise has 20 degrees of freedom in each."""
    return float(np.sqrt(0.4 / n))


def flattest(
    blocks: Blocks, channel: int, node: npt.NDArray[np.int64], key: Floats
) -> tuple[float, Flat, Flat] | None:
    """Brightness, means of the flattest blocks of one brightness, and of the next busier ones."""
    if len(node) < 16:
        return None
    node = node[np.argsort(key[node], kind="stable")]
    wiped = blocks.variance[node, channel] < WIPED
    if wiped[: max(FEWEST, int(FLATTEST * len(node)))].mean() < 0.7:
        node = node[~wiped]
        if len(node) < 16:
            return None
    n = len(node)
    kept = min(max(FEWEST, int(FLATTEST * n)), (n + 1) // 2)
    found = flat(blocks, channel, node[:kept])
    while kept * 4 < n:  # where the next ones are no noisier, take them too
        next_ones = flat(blocks, channel, node[kept : 2 * kept])
        rise = next_ones.V - found.V
        if rise > found.V * relative_error(kept):
            break
        kept *= 2
        found = flat(blocks, channel, node[:kept])
    rest = node[kept : 4 * kept]
    busier = flat(blocks, channel, rest) if len(rest) >= 16 else found
    return float(blocks.mean[node[:kept], channel].mean()), found, busier


def channel_points(groups: list[tuple[float, Flat, Flat]]) -> list[Point]:
    """Texture taken off the flattest blocks of each brightness of one channel."""
    if not groups:
        return []
    tiny = 1e-12
    by_choice, ratio, weight = [], [], []
    for _, at, busier in groups:
        slope = np.clip((busier.V - at.V) / max(busier.S - at.S, tiny), 0, 0.5)
        texture = float(np.clip(slope * (at.S - KAPPA * at.V) / max(at.V, tiny), 0, 0.9))
        by_choice.append(texture)
        ratio.append(at.H / max(at.V, tiny))
        weight.append(at.n / (at.n + 50) / (1 + (texture / 0.06) ** 2))
    ratios, weights = np.array(ratio), np.array(weight)
    eta = float((weights * ratios).sum() / weights.sum())
    for _ in range(2):  # a much lower ratio is that of texture
        trusted = weights / (1 + (np.maximum(0, eta - ratios) / max(0.1 * eta, tiny)) ** 2)
        eta = float((trusted * ratios).sum() / trusted.sum())
    eta = float(np.clip(eta, 0.02, 1.5))

    points = []
    for (brightness, at, busier), texture in zip(groups, by_choice, strict=True):
        error = relative_error(at.n)
        of_texture = 0.0
        rise = busier.V - at.V
        if rise > 2 * error * at.V:
            of_texture = float(np.clip(0.8 * (busier.H - at.H) / rise, 0, 0.6 * eta))
        by_V = max(at.V * (1 - texture), 1e-10)
        plain_H = max(at.H / eta, 1e-10)
        by_H = max((at.H - of_texture * at.V) / (eta - of_texture), 0.25 * plain_H)
        V_variance = 0.06**2 + error**2 + (0.5 * texture) ** 2 + max(0.0, by_V / by_H - 1) ** 2
        H_variance = 0.12**2 + error**2 + (0.02 / eta) ** 2 + (0.5 * np.log(plain_H / by_H)) ** 2
        total = 1 / V_variance + 1 / H_variance
        log_variance = (np.log(by_V) / V_variance + np.log(by_H) / H_variance) / total
        taken = 0.5 * (np.log(max(at.V, 1e-10)) - log_variance)
        doubt = 0.25 / total + 0.03**2 + (0.5 * taken) ** 2 + 0.45 / at.n
        points.append(Point(brightness, float(0.5 * log_variance), float(1 / doubt), at.n))
    return points


def node_weights(brightness: float) -> tuple[int, float]:
    """First of the two nodes and the share of the second."""
    place = float(np.clip(brightness * NODES - 0.5, 0, NODES - 1))
    first = min(int(place), NODES - 2)
    return first, place - first


def fit_curves(points: list[list[Point]]) -> tuple[Floats, float]:
    """ln(sigma) at the nodes by weighted least squares with priors on its shape; sigma [3, 8] and
    how far off, relatively, the points lie."""
    if not any(points):
        return np.zeros((3, NODES)), 0.0
    size = 3 * NODES
    prior = 1e-9 * np.eye(size)

    def add(to: Floats, entries: dict[int, float], weight: float) -> None:
        for i, a in entries.items():
            for j, b in entries.items():
                to[i, j] += weight * a * b

    for c in range(3):
        here, other = c * NODES, (c + 1) % 3 * NODES
        for i in range(NODES - 1):
            add(prior, {here + i: 1, here + i + 1: -1}, PRIOR_FIRST**-2)
            slopes = {here + i: 1.0, here + i + 1: -1.0, other + i: -1.0, other + i + 1: 1.0}
            add(prior, slopes, PRIOR_CHANNEL**-2)
        for i in range(1, NODES - 1):
            add(prior, {here + i - 1: 1, here + i: -2, here + i + 1: 1}, PRIOR_SECOND**-2)
        for i in range(NODES):
            add(prior, {here + i: 1, other + i: -1}, PRIOR_OFFSET**-2)

    rows = []
    for c in range(3):
        for point in points[c]:
            first, share = node_weights(point.brightness)
            rows.append(({c * NODES + first: 1 - share, c * NODES + first + 1: share}, point))
    curve = None
    off = np.zeros(len(rows))
    for _ in range(4):  # a point high above the curve is texture that was not recognised
        A, r = prior.copy(), np.zeros(size)
        for k, (entries, point) in enumerate(rows):
            weight = point.weight / (1 + (max(0.0, off[k]) / 0.15) ** 2)
            add(A, entries, weight)
            for i, a in entries.items():
                r[i] += weight * a * point.log_sigma
        curve = np.linalg.solve(A, r)
        off = np.array([p.log_sigma - sum(a * curve[i] for i, a in e.items()) for e, p in rows])
    assert curve is not None
    weights = np.array([point.weight for _, point in rows])
    spread = float(np.sqrt((weights * off * off).sum() / weights.sum()))
    return np.exp(curve).reshape(3, NODES), spread


def estimate(rgb: npt.ArrayLike) -> tuple[Floats, float]:
    """sigma [3, 8] and a confidence 0..1."""
    blocks = measure_blocks(rgb)
    points: list[list[Point]] = []
    around_blocks = blocks.structure + RING * blocks.ring
    for c in range(3):
        key = around_blocks[:, c] + around_blocks.mean(1)
        node = np.clip(np.floor(blocks.mean[:, c] * NODES), 0, NODES - 1).astype(int)
        chosen = [np.flatnonzero((node == g) & ~blocks.cut[:, c]) for g in range(NODES)]
        groups = [flattest(blocks, c, members, key) for members in chosen]
        points.append(channel_points([group for group in groups if group is not None]))
    sigma, spread = fit_curves(points)
    used = sum(point.blocks for channel in points for point in channel)
    return sigma, used / (used + 300) / (1 + (spread / 0.15) ** 2)


def estimate_level(rgb: npt.ArrayLike) -> Floats:
    """sigma [3, 8] of a picture [height, width, 3]; zeros where it is smaller than a block."""
    return estimate(rgb)[0]


def level_at(level: npt.ArrayLike, channel: int, brightness: npt.ArrayLike) -> Floats:
    nodes = (np.arange(NODES) + 0.5) / NODES
    return np.asarray(np.interp(np.asarray(brightness), nodes, np.asarray(level)[channel]))


def level_planes(level: npt.ArrayLike, rgb: npt.ArrayLike) -> Floats:
    """The planes [height, width, 3] that the network sees: the level at the mean of the 5x5 pixels
    around each pixel, borders mirrored (reflect-101)."""
    picture = np.asarray(rgb, np.float64)
    height, width = picture.shape[:2]

    def mirrored(side: int) -> npt.NDArray[np.int64]:
        if side == 1:
            return np.zeros(5, np.int64)
        index = np.arange(-2, side + 2) % (2 * side - 2)
        return np.minimum(index, 2 * side - 2 - index)

    around = picture[mirrored(height)][:, mirrored(width)]
    rows = np.sum([around[k : k + height] for k in range(5)], axis=0)
    mean = np.sum([rows[:, k : k + width] for k in range(5)], axis=0) / 25
    return np.stack([level_at(level, c, mean[..., c]) for c in range(3)], axis=-1)
