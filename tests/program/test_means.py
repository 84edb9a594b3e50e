# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat places keep the colour that their samples have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome
from test_rawdenoise import samples_of, tag_of

Latent = Callable[..., Outcome]
FloatArray = npt.NDArray[np.float64]
PATCH_PX, RIM_PX = 252, 24
COLUMNS, ROWS = 6, 4


def patches(values: FloatArray) -> Iterator[FloatArray]:
    """The insides of the chart's patches; all begin at the same phase of any pattern."""
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = row * PATCH_PX + RIM_PX, column * PATCH_PX + RIM_PX
            yield values[y : y + PATCH_PX - 2 * RIM_PX, x : x + PATCH_PX - 2 * RIM_PX]


def light(path: Path) -> FloatArray:
    """The samples of a DNG from black 0 to white 1."""
    black = float(np.ravel(tag_of(path, "BlackLevel", 0))[0])
    white = float(np.ravel(tag_of(path, "WhiteLevel"))[0])
    return np.asarray((samples_of(path).astype(float) - black) / (white - black))


def colours_of(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Which colour each sample of a patch is, in the shape of the patch."""
    if len(shape) == 3:
        return np.broadcast_to(np.arange(3), shape)
    if (pattern := tag_of(path, "CFAPattern", b"\0")) == b"\0":
        return np.zeros(shape, np.int64)
    side = round(len(pattern) ** 0.5)
    square = np.frombuffer(bytes(pattern), np.uint8).astype(np.int64).reshape(side, side)
    return np.tile(square, (shape[0] // side + 1, shape[1] // side + 1))[: shape[0], : shape[1]]


@pytest.mark.parametrize("cfa", ["rggb", "xtrans", "mono", "linear"])
def test_the_mean_of_a_patch_stays(latent: Latent, dng: MakeDng, cfa: str) -> None:
    a, b = 0.0036, 3e-5
    source = dng("chart.dng", "--cfa", cfa, "--size", f"{COLUMNS * PATCH_PX}x{ROWS * PATCH_PX}",
                 "--scene", "chart", "--noise", f"{a},{b}", "--exposure", "0.6",
                 *(() if cfa == "linear" else ("--black", "4096")))  # fmt: skip
    target = source.with_name("result.dng")
    told = ("--noise", f"{a},{b}", "--precision", "f32")
    outcome = latent("rawdenoise", source, "-o", target, *told)
    assert outcome.code == 0, outcome

    seen = 0
    for old, new in zip(patches(light(source)), patches(light(target)), strict=True):
        colours = colours_of(target, old.shape)
        for colour in np.unique(colours):
            mean = float(old[colours == colour].mean())
            if mean < 0.02 or mean + 4 * np.sqrt(a * mean + b) > 1:
                continue  # clipping moves the mean of the source, or of what is written
            moved = float((new - old)[colours == colour].mean())
            assert abs(moved) < 0.001, (cfa, colour, mean)
            seen += 1
    assert seen >= 20


def test_a_region_keeps_the_means_that_the_whole_keeps(latent: Latent, dng: MakeDng) -> None:
    """A region has too few sites to tell; it is denoised with what lies around it."""
    source = dng("chart.dng", "--size", "1512x1008", "--scene", "chart", "--noise", "0.0144,1e-4",
                 "--black", "4096", "--exposure", "0.6")  # fmt: skip
    whole, part = source.with_name("whole.dng"), source.with_name("part.dng")
    told = ("--noise", "0.0144,1e-4", "--precision", "f32")
    assert latent("rawdenoise", source, "-o", whole, *told).code == 0
    assert latent("rawdenoise", source, "-o", part, "--region", "803,551,160,150", *told).code == 0
    moved = samples_of(part).astype(float) - samples_of(whole)[551:701, 803:963]
    for y in range(2):
        for x in range(2):
            assert abs(moved[y::2, x::2].mean()) < 0.0001 * 4 * (16383 - 4096)
