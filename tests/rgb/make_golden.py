# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes golden.h: what the judge says to pictures that patterns.h makes too.

PYTHONPATH=tests/reference build/venv/bin/python tests/rgb/make_golden.py > tests/rgb/golden.h
"""

import numpy as np
import numpy.typing as npt
from latent_reference import detail, gamut, levels_rgb, resample

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.uint32]


def hashed(x: Places, y: Places, c: Places, k: int) -> Floats:
    with np.errstate(over="ignore"):
        h = x * np.uint32(0x9E3779B1) + y * np.uint32(0x85EBCA77) + c * np.uint32(0xC2B2AE3D)
        h = h + np.uint32(k * 0x27D4EB2F % 2**32)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
        h = (h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
    return np.asarray((h ^ (h >> np.uint32(15))) / 4294967296.0)


def places(width: int, height: int) -> tuple[Places, Places, Places]:
    y, x, c = np.indices((height, width, 3), dtype=np.uint32)
    return x, y, c


def normal(width: int, height: int, k: int) -> Floats:
    x, y, c = places(width, height)
    total = np.zeros(x.shape)
    for j in range(6):
        total = total + hashed(x, y, c, 6 * k + j)
    return np.asarray((total - 3) * np.sqrt(2))


def noisy_slope(width: int, height: int) -> Floats:
    x, y, c = (axis.astype(float) for axis in places(width, height))
    slope = 0.1 + 0.0035 * x + 0.0005 * y * (1 + c)
    ripple = np.where(x > 150, 0.06 * np.sin(0.9 * x) * np.cos(0.7 * y), 0.0)
    return np.asarray(slope + ripple + (0.01 + 0.04 * slope) * normal(width, height, 0))


def single(values: Floats) -> Floats:
    """As the program has them."""
    return values.astype(np.float32).astype(np.float64)


def show(name: str, values: npt.ArrayLike) -> None:
    flat = np.asarray(values, np.float64).ravel()
    print(f"\ninline constexpr std::array<double, {flat.size}> {name}{{")
    texts = [f"{value:.8g}" for value in flat]
    for k in range(0, len(texts), 8):
        print("    " + ", ".join(texts[k : k + 8]) + ("," if k + 8 < len(texts) else "};"))


def main() -> None:
    print("// SPDX-License-Identifier: GPL-3.0-or-later")
    print("// Made by make_golden.py; not to be edited.")
    print(
        "#pragma once\n\n#include <array>\n\n// clang-format off\nnamespace latent::rgb::golden {"
    )
    slope = single(noisy_slope(230, 170))
    sigma, confidence = levels_rgb.estimate(slope)
    show("kLevel", sigma)
    show("kLevelConfidence", [confidence])
    show("kLevelPlanes", levels_rgb.level_planes(sigma, slope).reshape(-1)[::1999])
    noise = single(normal(53, 41, 1))
    thresholds = np.array([0.4, 0.2, 0.1, 0.05, 0.02])
    show("kDetail", detail.taken_away(noise, 0.4, 0.7, True, thresholds).reshape(-1)[::13])
    show("kDetailTiny", detail.taken_away(noise[:2, :3], 0.4, 0.7, True, thresholds))
    show("kThresholds", detail.thresholds_of(sigma))
    values = np.array([-30.0, -1.5, -0.01, -1e-6, 0.0, 0.3, 1.0, 1.0001, 1.4, 8.0, 1000.0])
    residuals = np.array([-0.5, -0.02, 0.001, 0.4])
    show("kBent", gamut.bend(single(values)))
    show("kSubtracted", gamut.subtract(single(values)[:, None], single(residuals)[None]))
    for scale in (2, 4):
        show(f"kEnlarged{scale}", resample.enlarge(noise[:9, :11], scale).reshape(-1)[::7])
        show(f"kReduced{scale}", resample.reduce(noise[:40, :48], scale).reshape(-1)[::5])
        start = single(normal(12 * scale, 10 * scale, 2))
        better = resample.consistent(start, noise[:10, :12], scale, 2)
        show(f"kConsistent{scale}", better.reshape(-1)[::11])
    show("kEnlargedTiny", resample.enlarge(noise[:2, :1], 4))
    show("kReducedTiny", resample.reduce(noise[:8, :4], 4))
    print("\n}  // namespace latent::rgb::golden\n// clang-format on")


if __name__ == "__main__":
    main()
