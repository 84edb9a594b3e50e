# SPDX-License-Identifier: GPL-3.0-or-later
"""A twin of darktable 5.6's Bayer raw denoise, as far as its time goes.

The same tiles in the same order: 512 packed pixels at a step of 448, one after the other: pack,
ONNX Runtime in float32 on the processor, one gain a tile, back to the mosaic, and an uncompressed
16-bit CFA file at the end. The weights are random, so the picture means nothing; the work is the
same. Seams are cut hard here, which is a little less work than darktable's blending.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import tifffile

TILE = 512
OVERLAP = 32
STEP = TILE - 2 * OVERLAP


def mirrored(first: int, count: int, size: int) -> npt.NDArray[np.int64]:
    """Indices first..first+count of an axis continued by mirroring without repeating the edge."""
    index = np.abs(np.arange(first, first + count)) % (2 * (size - 1))
    return np.where(index < size, index, 2 * (size - 1) - index)


def denoise(
    cfa: np.ndarray, black: float, white: float, session: onnxruntime.InferenceSession
) -> np.ndarray:
    """The mosaic, tile by tile through the network and back; Bayer with red at the origin."""
    height, width = cfa.shape[0] // 2, cfa.shape[1] // 2
    source = cfa.astype(np.float32)
    result = cfa.copy()
    for ty in range(-(-height // STEP)):
        for tx in range(-(-width // STEP)):
            rows = mirrored(2 * (ty * STEP - OVERLAP), 2 * TILE, 2 * height)
            columns = mirrored(2 * (tx * STEP - OVERLAP), 2 * TILE, 2 * width)
            block = (source[np.ix_(rows, columns)] - black) / (white - black)
            packed = np.stack([block[y::2, x::2] for y in (0, 1) for x in (0, 1)])[None]
            rgb = session.run(None, {"input": np.ascontiguousarray(packed)})[0][0]
            rgb *= packed.mean(dtype=np.float64) / max(abs(rgb.mean(dtype=np.float64)), 1e-9)
            back = np.empty((2 * TILE, 2 * TILE), np.float32)
            for y in (0, 1):
                for x in (0, 1):
                    back[y::2, x::2] = rgb[y + x][y::2, x::2]
            counts = np.clip(back * (white - black) + black, 0, white) + 0.5
            top, left = 2 * ty * STEP, 2 * tx * STEP
            core = counts[2 * OVERLAP : 2 * (TILE - OVERLAP), 2 * OVERLAP : 2 * (TILE - OVERLAP)]
            core = core[: 2 * height - top, : 2 * width - left]
            result[top : top + core.shape[0], left : left + core.shape[1]] = core
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Time what darktable would do.")
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args()
    with tifffile.TiffFile(arguments.source) as tiff:
        page = tiff.pages.first
        cfa = page.asarray()
        white = float(np.max(page.tags["WhiteLevel"].value))
    options = onnxruntime.SessionOptions()
    session = onnxruntime.InferenceSession(arguments.model, options, ["CPUExecutionProvider"])
    result = denoise(cfa, 512.0, white, session)
    tifffile.imwrite(arguments.out, result, photometric=32803, extratags=[
        (33421, "H", 2, (2, 2), True), (33422, "B", 4, (0, 1, 1, 2), True)])  # fmt: skip


if __name__ == "__main__":
    main()
