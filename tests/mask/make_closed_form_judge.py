# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/mask/closed_form_judge.h: what PyMatting finds in a small picture.

    build/venv/bin/python tests/mask/make_closed_form_judge.py

PyMatting (PyPI, MIT) is the judge of src/mask/closed_form. The picture is made of whole numbers, so
that the test makes the same one: see `picture` here and `judged_picture` there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from pymatting import cf_laplacian, estimate_alpha_cf

SIDE = 32
Floats = npt.NDArray[np.float64]


def picture() -> tuple[Floats, Floats]:
    """RGB 0 to 1 and the trimap: 0, 1, or 0.5 where nothing is known."""
    rgb = np.zeros((SIDE, SIDE, 3))
    trimap = np.full((SIDE, SIDE), 0.5)
    for y in range(SIDE):
        for x in range(SIDE):
            inside = max(0, min(8, x - 12 + (y * 5) % 7))
            noise = (x * 7 + y * 13 + x * y) % 5
            rgb[y, x] = (
                (40 + 22 * inside + noise) / 255,
                (150 - 12 * inside + 2 * noise) / 255,
                (60 + 4 * y - 5 * inside + noise) / 255,
            )
            if x < 9:
                trimap[y, x] = 0
            if x >= 23:
                trimap[y, x] = 1
    return rgb, trimap


def main() -> None:
    rgb, trimap = picture()
    assert cf_laplacian  # the Laplacian of Levin et al., windows of 3 x 3
    alpha = estimate_alpha_cf(
        rgb, trimap, laplacian_kwargs={"epsilon": 1e-5}, cg_kwargs={"rtol": 1e-10}
    )
    values = [f"{value:.4f}F" for value in alpha.ravel()]
    rows = [", ".join(values[i : i + 11]) for i in range(0, len(values), 11)]
    text = (
        "// SPDX-License-Identifier: GPL-3.0-or-later\n"
        "// Made by make_closed_form_judge.py with PyMatting; do not edit.\n"
        "#pragma once\n\n#include <array>\n\n"
        "// clang-format off\n"
        f"inline constexpr std::array<float, {SIDE * SIDE}> kJudgedAlpha{{\n    "
        + ",\n    ".join(rows)
        + "};\n// clang-format on\n"
    )
    Path(__file__).with_name("closed_form_judge.h").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
