# SPDX-License-Identifier: GPL-3.0-or-later
"""darktable 5.6's arithmetic around its restoration networks, read from the compatibility notes.

Plain and slow on purpose: the judge of ``--compat darktable-5.6``. Everything in float64; pictures
[h, w] or [h, w, 3]; a network is a function from [1, c, T, T] to [1, 3, T', T'].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Network = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]

D65 = np.array([0.9504, 1.0, 1.0889])
XYZ_TO_REC2020 = np.array(
    [[1.716651188, -0.3556707838, -0.2533662814], [-0.6666843518, 1.6164812366, 0.0157685458],
     [0.0176398574, -0.0427706133, 0.9421031212]]
)  # fmt: skip
REC2020_TO_XYZ = np.array(
    [[0.6369580483, 0.1446169036, 0.1688809752], [0.262700212, 0.6779980715, 0.0593017165],
     [0.0, 0.028072693, 1.0609850577]]
)  # fmt: skip
XYZ_TO_SRGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.969266, 1.8760108, 0.041556],
     [0.0556434, -0.2040259, 1.0572252]]
)  # fmt: skip
SRGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175],
     [0.0193339, 0.119192, 0.9503041]]
)  # fmt: skip


def _to_xyz(primaries: list[tuple[float, float]]) -> Floats:
    """Linear RGB to XYZ, white D65."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290])
    return np.asarray(columns * np.linalg.solve(columns, white))


# ITU-R BT.709 and BT.2020.
SRGB_TO_REC2020 = np.linalg.solve(
    _to_xyz([(0.708, 0.292), (0.170, 0.797), (0.131, 0.046)]),
    _to_xyz([(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)]),
)
LUMA = np.array([0.2126, 0.7152, 0.0722])


def mirror(index: Ints, low: int, high: int) -> Ints:
    """Reflection inside [low, high) that does not repeat the edge."""
    count = high - low
    if count <= 1:
        return np.full_like(index, low)
    folded = np.abs(index - low) % (2 * (count - 1))
    return low + np.where(folded < count, folded, 2 * (count - 1) - folded)


def white_balance(mode: str, xyz_to_camera: Floats | None, as_shot: Floats | None) -> Floats:
    """Multipliers of R, G, B; green 1."""
    daylight = None
    if xyz_to_camera is not None and np.any(xyz_to_camera):
        response = xyz_to_camera @ D65
        if np.all(response > 0):
            daylight = response[1] / response
    shot = as_shot / as_shot[1] if as_shot is not None and np.all(as_shot > 0) else None
    order = {"daylight": (daylight, shot), "as_shot": (shot, daylight), "none": ()}[mode]
    return next((each for each in order if each is not None), np.ones(3))


def seam_weights(size: int, core: int, band: int) -> Floats:
    """[tiles, size]: what each tile of an axis gives to each pixel."""
    count = -(-size // core)
    at = np.arange(size)
    weights = np.zeros((count, size))
    weights[at // core, at] = 1.0
    for edge in range(core, size, core):
        inside = at[(at >= edge - band) & (at < edge + band)]
        ramp = (inside - (edge - band) + 0.5) / (2 * band)
        weights[edge // core, inside] = ramp
        weights[edge // core - 1, inside] = 1.0 - ramp
    return weights


@dataclass(frozen=True)
class Sensor:
    """A Bayer mosaic; pattern and black count from the corner of the buffer."""

    samples: npt.NDArray[np.uint16]
    pattern: Ints
    black: Floats
    white: float
    crop: tuple[int, int, int, int]  # x, y, width, height


def bayer(
    sensor: Sensor, network: Network, tile: int, wb: Floats, *, strength: float = 1.0,
    orientation: str = "force_rggb", edge_pad: str = "mirror_cropped",
    output_scale: str = "match_gain",
) -> npt.NDArray[np.uint16]:  # fmt: skip
    """bayer_v1: the whole buffer."""
    source = sensor.samples.astype(np.float64)
    height, width = source.shape
    red_y, red_x = (int(v[0]) for v in np.nonzero(sensor.pattern == 0))
    rgb = orientation == "force_rggb"
    rows, cols = np.arange(height), np.arange(width)
    colour = sensor.pattern[rows[:, None] & 1, cols[None, :] & 1]
    black = sensor.black[rows[:, None] & 1, cols[None, :] & 1]
    span = np.where(sensor.white - black > 0, sensor.white - black, 1.0)
    normal = (source - black) / span * wb[colour]

    crop_x, crop_y, crop_w, crop_h = sensor.crop
    half_h, half_w = (crop_y + crop_h - red_y) // 2, (crop_x + crop_w - red_x) // 2
    out = np.floor(np.clip(source, 0, sensor.white) + 0.5)
    if half_h <= 0 or half_w <= 0:
        return out.astype(np.uint16)
    top, left, bottom, right = crop_y, crop_x, crop_y + crop_h, crop_x + crop_w
    if rgb and edge_pad == "mirror_cropped":
        top, left = top + red_y, left + red_x
        bottom -= (bottom - top) % 2
        right -= (right - left) % 2
    step, overlap = tile - 64, 32
    down = seam_weights(2 * half_h, 2 * step, 64)
    across = seam_weights(2 * half_w, 2 * step, 64)
    area = np.zeros((2 * half_h, 2 * half_w))
    local_source = source[red_y : red_y + 2 * half_h, red_x : red_x + 2 * half_w]
    local_colour = colour[red_y : red_y + 2 * half_h, red_x : red_x + 2 * half_w]
    local_black = black[red_y : red_y + 2 * half_h, red_x : red_x + 2 * half_w]
    local_span = span[red_y : red_y + 2 * half_h, red_x : red_x + 2 * half_w]
    for ty in range(len(down)):
        for tx in range(len(across)):
            y0 = 2 * (ty * step - overlap) + (red_y if rgb else 0)
            x0 = 2 * (tx * step - overlap) + (red_x if rgb else 0)
            ys = mirror(y0 + np.arange(2 * tile), top, bottom)
            xs = mirror(x0 + np.arange(2 * tile), left, right)
            seen = normal[ys[:, None], xs[None, :]]
            packed = np.stack([seen[k >> 1 :: 2, k & 1 :: 2] for k in range(4)])[None]
            packed = packed.astype(np.float32)
            answer = network(packed).astype(np.float64)[0]
            gain = 1.0
            if output_scale == "match_gain":
                mean_in, mean_out = float(packed.astype(np.float64).mean()), float(answer.mean())
                if abs(mean_out) > 1e-6 * abs(mean_in):
                    gain = mean_in / mean_out
            weight = down[ty][:, None] * across[tx][None, :]
            used_y, used_x = np.nonzero(down[ty])[0], np.nonzero(across[tx])[0]
            part = np.ix_(used_y, used_x)
            # The place in the tile goes by the red site, whatever the tile's own origin (C6).
            iy = used_y - 2 * (ty * step - overlap)
            ix = used_x - 2 * (tx * step - overlap)
            ch = local_colour[part]
            found = answer[ch, iy[:, None], ix[None, :]] * gain
            raw = found / wb[ch] * local_span[part] + local_black[part]
            mixed = strength * raw + (1 - strength) * local_source[part]
            area[part] += weight[part] * mixed
    inside = np.floor(np.clip(area, 0, sensor.white) + 0.5)
    out[red_y : red_y + 2 * half_h, red_x : red_x + 2 * half_w] = inside
    return out.astype(np.uint16)


def linear(
    camera: Floats, network: Network, tile: int, wb: Floats, xyz_to_camera: Floats | None, *,
    space: str = "lin_rec2020", target: float | None = 0.30, strength: float = 1.0,
    output_scale: str = "match_gain",
) -> npt.NDArray[np.uint16]:  # fmt: skip
    """linear_v1: [h, w, 3] of camera RGB 0..1 to 16-bit samples of a LinearRaw DNG."""
    forward = back = np.eye(3)
    if xyz_to_camera is not None and space != "camRGB":
        wide = space == "lin_rec2020"
        forward = (XYZ_TO_REC2020 if wide else XYZ_TO_SRGB) @ np.linalg.inv(xyz_to_camera)
        back = xyz_to_camera @ (REC2020_TO_XYZ if wide else SRGB_TO_XYZ)
    seen = (camera * wb) @ forward.T
    mean = float(seen.mean())
    boost = 1.0
    if target is not None and target > 0 and mean > 1e-4:
        boost = float(np.clip(target / mean, 1, 100))
    seen = seen * boost
    height, width = camera.shape[:2]
    step, overlap = tile - 64, 32
    down, across = seam_weights(height, step, 32), seam_weights(width, step, 32)
    out = np.zeros_like(seen)
    for ty in range(len(down)):
        for tx in range(len(across)):
            y0, x0 = ty * step - overlap, tx * step - overlap
            ys = mirror(y0 + np.arange(tile), 0, height)
            xs = mirror(x0 + np.arange(tile), 0, width)
            given = seen[ys[:, None], xs[None, :]].transpose(2, 0, 1)[None].astype(np.float32)
            answer = network(given).astype(np.float64)[0]
            gain = 1.0
            if output_scale == "match_gain" and abs(answer.mean()) > 1e-8:
                gain = float(given.astype(np.float64).mean() / answer.mean())
            used_y, used_x = np.nonzero(down[ty])[0], np.nonzero(across[tx])[0]
            part = np.ix_(used_y, used_x)
            found = answer[:, (used_y - y0)[:, None], (used_x - x0)[None, :]].transpose(1, 2, 0)
            mixed = strength * found * gain + (1 - strength) * seen[part]
            weight = down[ty][used_y][:, None] * across[tx][used_x][None, :]
            out[part] += weight[..., None] * mixed
    result = out @ back.T / (boost * wb)
    return np.floor(np.clip(result, 0, 1) * 65535 + 0.5).astype(np.uint16)


def encode(linear_light: Floats) -> Floats:
    """The curve of sRGB; 0 below 0."""
    v = np.maximum(linear_light, 0)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def decode(encoded: Floats) -> Floats:
    """Its inverse."""
    v = np.maximum(encoded, 0)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def is_dark(rec2020: Floats) -> bool:
    """Whether a tenth of a 16-pixel grid lies below 0.005."""
    return bool(np.mean(rec2020[::16, ::16] @ LUMA < 0.005) >= 0.1)


def finished(
    rec2020: Floats, network: Network, tile: int, *, scale: int = 1, preserve: bool = True,
    shadow_boost: bool = False, overlap: int = 64,
) -> Floats:  # fmt: skip
    """denoise and upscale: [h, w, 3] of linear Rec. 2020, at full strength."""
    height, width = rec2020.shape[:2]
    to_srgb = np.linalg.inv(SRGB_TO_REC2020)
    srgb = rec2020 @ to_srgb.T
    inside = np.all((srgb >= -0.01) & (srgb <= 1.01), axis=2)
    boost = shadow_boost and is_dark(rec2020)
    shown = np.sqrt(np.maximum(srgb, 0)) if boost else srgb
    shown = encode(np.minimum(shown, 1))
    out = np.zeros((height * scale, width * scale, 3))
    step = tile - 2 * overlap
    for y0 in range(0, height, step):
        for x0 in range(0, width, step):
            ys = mirror(y0 - overlap + np.arange(tile), 0, height)
            xs = mirror(x0 - overlap + np.arange(tile), 0, width)
            given = shown[ys[:, None], xs[None, :]].transpose(2, 0, 1)[None].astype(np.float32)
            answer = decode(network(given).astype(np.float64)[0].transpose(1, 2, 0))
            answer = (answer**2 if boost else answer) @ SRGB_TO_REC2020.T
            if preserve and scale == 1:
                answer = _around(answer, rec2020[ys[:, None], xs[None, :]],
                                 inside[ys[:, None], xs[None, :]])  # fmt: skip
            h, w = min(step, height - y0), min(step, width - x0)
            first = overlap * scale
            out[y0 * scale : (y0 + h) * scale, x0 * scale : (x0 + w) * scale] = answer[
                first : first + h * scale, first : first + w * scale
            ]
    return out


def _around(answer: Floats, source: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    """Colours outside sRGB keep the source, shifted to the lightness around."""
    result = answer.copy()
    luma = answer @ LUMA
    for y, x in zip(*np.nonzero(~inside), strict=True):
        window = (slice(max(0, y - 2), y + 3), slice(max(0, x - 2), x + 3))
        near = luma[window][inside[window]]
        shift = near.mean() - source[y, x] @ LUMA if near.size else 0.0
        result[y, x] = source[y, x] + shift
    return result


def recovered(source: Floats, denoised: Floats, strength: float) -> Floats:
    """A strength below 1: light comes back by wavelets."""
    rest = source @ LUMA - denoised @ LUMA
    sigma = float(rest.std())
    kept = np.zeros_like(rest)
    for level, factor in enumerate((0.25, 0.15, 0.05, 0.02, 0.01)):
        coarse = rest
        for axis in (0, 1):
            size = rest.shape[axis]
            at = np.arange(size)
            tap = min(2**level, size)
            left = np.take(coarse, mirror(at - tap, 0, size), axis)
            right = np.take(coarse, mirror(at + tap, 0, size), axis)
            coarse = (left + 2 * coarse + right) / 4
        detail = rest - coarse
        limit = sigma * factor
        kept += np.maximum(detail - limit, 0) + np.minimum(detail + limit, 0)
        rest = coarse
    return np.asarray(denoised + (1 - strength) * (rest + kept)[..., None])
