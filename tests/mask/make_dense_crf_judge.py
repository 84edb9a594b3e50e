# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/mask/dense_crf_judge.h: what the authors' own code makes of a small soft mask.

    python3 -m venv build/crf-venv && build/crf-venv/bin/pip install numpy pydensecrf2
    build/crf-venv/bin/python tests/mask/make_dense_crf_judge.py

pydensecrf2 (PyPI, MIT) wraps the authors' code and is the judge of src/mask/dense_crf. The picture
and the mask are made of whole numbers, so that the test makes the same ones: see `scene` here and
`judged_picture` there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydensecrf.densecrf as dcrf

WIDTH, HEIGHT = 48, 36
Floats = npt.NDArray[np.float32]


def scene() -> tuple[npt.NDArray[np.uint8], Floats]:
    """RGB, and a soft mask whose edge lies beside that of the picture."""
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            noise = (x * 7 + y * 13 + x * y) % 9
            inside = (x - 22) ** 2 + (y - 17) ** 2 <= 121
            rgb[y, x] = (
                (170 if inside else 70) + noise,
                (90 if inside else 120) + 2 * noise,
                60 + y - noise,
            )
            steps = max(0, min(16, 16 - abs(x - 26) + 2)) * max(0, min(16, 16 - abs(y - 15)))
            mask[y, x] = (2 + steps) / 260
    return rgb, mask


def judged(rgb: npt.NDArray[np.uint8], mask: Floats) -> Floats:
    """The mean field after three iterations; weights of 1 and 2 leave much of it undecided."""
    field: Any = dcrf.DenseCRF2D(WIDTH, HEIGHT, 2)
    unary = -np.log(np.stack([1 - mask, mask])).reshape(2, -1)
    field.setUnaryEnergy(np.ascontiguousarray(unary, np.float32))
    how = {"kernel": dcrf.DIAG_KERNEL, "normalization": dcrf.NORMALIZE_AFTER}
    field.addPairwiseGaussian(sxy=5, compat=1, **how)
    field.addPairwiseBilateral(sxy=5, srgb=10, rgbim=np.ascontiguousarray(rgb), compat=2, **how)
    found: Floats = np.asarray(field.inference(3), np.float32)[1].reshape(HEIGHT, WIDTH)
    return found


def main() -> None:
    found = judged(*scene())
    values = [f"{value:.4f}F" for value in found.ravel()]
    rows = [", ".join(values[i : i + 11]) for i in range(0, len(values), 11)]
    text = (
        "// SPDX-License-Identifier: GPL-3.0-or-later\n"
        "// Made by make_dense_crf_judge.py with pydensecrf2; do not edit.\n"
        "#pragma once\n\n#include <array>\n\n"
        f"inline constexpr int kJudgedWidth = {WIDTH};\n"
        f"inline constexpr int kJudgedHeight = {HEIGHT};\n"
        "// clang-format off\n"
        "inline constexpr std::array<float, kJudgedWidth * kJudgedHeight> kJudgedMask{\n    "
        + ",\n    ".join(rows)
        + "};\n// clang-format on\n"
    )
    Path(__file__).with_name("dense_crf_judge.h").write_text(text)


if __name__ == "__main__":
    main()
