# SPDX-License-Identifier: GPL-3.0-or-later
"""What the models' ``demo.py`` share: the package's networks, a picture, and where results go.

``demo.py`` has one function, ``demo(networks, picture, out)``, which writes PNG files to the
folder ``out`` and gives their paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from latent_zoo import engines, tiles
from latent_zoo.types import Array, Arrays, FloatArray, ZooError

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURE = REPOSITORY / "docs" / "images" / "denoise.jpg"
_LARGEST = 40_000_000


class Networks:
    """The ONNX files of an unpacked package, opened when they are first asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, engines.Runner] = {}

    def __call__(self, stem: str, inputs: Mapping[str, Array]) -> Arrays:
        """Inputs by name to outputs by name, in ONNX Runtime."""
        if stem not in self._open:
            path = self.folder / f"{stem}.onnx"
            if not path.is_file():
                raise ZooError(f"{path}: the package has no such network")
            self._open[stem] = engines.onnx_runtime(path)
        return self._open[stem](inputs)

    def side(self, stem: str, name: str = "input") -> int:
        """Side of the square tile that a static graph takes."""
        import onnx

        model = onnx.load(str(self.folder / f"{stem}.onnx"), load_external_data=False)
        for value in model.graph.input:
            if value.name == name:
                return int(value.type.tensor_type.shape.dim[-1].dim_value)
        raise ZooError(f"{stem}.onnx: there is no input {name}")


def read_picture(path: Path) -> FloatArray:
    """[H, W, 3], encoded, 0 to 1. Errors: ZooError for anything but a picture of sane size."""
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > _LARGEST:
                raise ZooError(f"{path}: {opened.width} x {opened.height} pixels are too many")
            return np.asarray(opened.convert("RGB"), np.float64) / 255
    except (OSError, Image.DecompressionBombError) as error:
        raise ZooError(f"{path}: not a picture that can be read: {error}") from error


def write_picture(path: Path, picture: FloatArray) -> Path:
    """[H, W, 3], encoded, 0 to 1, as an 8-bit PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)).save(path)
    return path


def middle(picture: FloatArray, side: int) -> FloatArray:
    """The middle square of at most ``side`` pixels."""
    height, width = picture.shape[:2]
    side_y, side_x = min(side, height), min(side, width)
    top, left = (height - side_y) // 2, (width - side_x) // 2
    return picture[top : top + side_y, left : left + side_x]


def through(networks: Networks, stem: str, picture: FloatArray, scale: int = 1) -> FloatArray:
    """[H, W, 3] through a network with one input ``input`` and one output ``output``, in tiles."""

    def tile(planes: FloatArray) -> FloatArray:
        return networks(stem, {"input": planes})["output"]

    planes = np.moveaxis(picture, 2, 0)
    return np.moveaxis(tiles.run(tile, planes, networks.side(stem), scale), 0, 2)


def noisy(picture: FloatArray, sigma: float, seed: int = 0) -> FloatArray:
    """White noise of ``sigma`` (peak 1) on an encoded picture, clipped."""
    noise = np.random.default_rng(seed).standard_normal(picture.shape)
    result: FloatArray = np.clip(picture + sigma * noise, 0, 1)
    return result
