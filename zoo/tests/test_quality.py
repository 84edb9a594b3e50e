# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles, metrics, and the protocols of `eval`, on pictures made here."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import ZOO
from latent_package import archive
from onnx import TensorProto, helper

from latent_zoo import demos, evaluate, metrics, tiles
from latent_zoo.types import FloatArray, ZooError


@pytest.mark.parametrize("size", [(20, 30), (64, 64), (100, 33), (65, 131)])
@pytest.mark.parametrize("scale", [1, 2])
def test_tiles_of_an_identity_give_the_picture_back(size: tuple[int, int], scale: int) -> None:
    planes = np.random.default_rng(0).random((3, *size))

    def network(tile: FloatArray) -> FloatArray:
        assert tile.shape == (1, 3, 64, 64)
        assert tile.dtype == np.float32
        return tile.repeat(scale, axis=2).repeat(scale, axis=3)

    got = tiles.run(network, planes, 64, scale, overlap=8)
    true = planes.repeat(scale, axis=1).repeat(scale, axis=2)
    assert got.shape == true.shape
    assert np.abs(got - true).max() < 1e-6


def test_psnr_and_ssim_of_known_pictures() -> None:
    picture = np.random.default_rng(0).random((40, 50))
    assert metrics.psnr(picture, picture + 0.1) == pytest.approx(20.0)
    assert metrics.psnr(picture, picture) == math.inf
    assert metrics.ssim(picture, picture) == pytest.approx(1.0)
    flat = np.full((40, 50), 0.5)
    brighter = flat + 0.1  # only the luminance term is left
    true = (2 * 0.5 * 0.6 + 1e-4) / (0.25 + 0.36 + 1e-4)
    assert metrics.ssim(flat, brighter) == pytest.approx(true)
    assert metrics.ssim(picture, 1 - picture) < 0
    assert metrics.luma(np.ones((1, 1, 3)))[0, 0] == pytest.approx(235 / 255, abs=1e-5)


def save_network(path: Path, kind: str, side: int, scale: int = 1) -> None:
    """A network with known arithmetic: identity, or the nearest enlargement."""
    if kind == "identity":
        nodes = [helper.make_node("Identity", ["input"], ["output"])]
        constants = []
    else:
        sizes = np.array([1, 1, scale, scale], np.float32)
        constants = [onnx.numpy_helper.from_array(sizes, "sizes")]
        nodes = [
            helper.make_node(
                "Resize",
                ["input", "", "sizes"],
                ["output"],
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        ]
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, side, side])
    large = side * scale
    gives = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, large, large])
    graph = helper.make_graph(nodes, "g", [given], [gives], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))


def write(path: Path, picture: FloatArray) -> None:
    demos.write_picture(path, picture)


def test_denoising_that_does_nothing_scores_as_the_noise(tmp_path: Path) -> None:
    folder, data = tmp_path / "package", tmp_path / "data"
    folder.mkdir()
    save_network(folder / "model.onnx", "identity", 64)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    for index in range(2):
        write(data / f"{index}.png", np.full((80, 70, 3), 0.5))
    scores = evaluate.evaluate_denoise(folder, data)
    assert [score.case for score in scores] == [f"data, sigma {s}" for s in (15, 25, 50)]
    for score, sigma in zip(scores[:2], (15, 25), strict=False):
        assert score.pictures == 2
        assert score.psnr == pytest.approx(score.psnr_before, abs=1e-4)
        assert score.psnr == pytest.approx(20 * math.log10(255 / sigma), abs=0.1)


def test_real_pairs_are_recognised(tmp_path: Path) -> None:
    folder, data = tmp_path / "package", tmp_path / "set"
    folder.mkdir()
    save_network(folder / "model.onnx", "identity", 64)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    write(data / "a_real.png", np.full((64, 64, 3), 0.6))
    write(data / "a_mean.png", np.full((64, 64, 3), 0.5))
    [score] = evaluate.evaluate_denoise(folder, data)
    assert score.case == "set, real noise"
    assert score.psnr == pytest.approx(20.0, abs=0.3)
    write(data / "b_real.png", np.full((64, 64, 3), 0.6))
    with pytest.raises(ZooError, match="clean picture of a pair"):
        evaluate.evaluate_denoise(folder, data)


def test_enlarging_is_scored_inside_the_frame(tmp_path: Path) -> None:
    folder, data = tmp_path / "package", tmp_path / "set"
    folder.mkdir()
    save_network(folder / "model_x2.onnx", "nearest", 32, 2)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    small = np.random.default_rng(0).random((20, 24, 3))
    large = small.repeat(2, axis=0).repeat(2, axis=1)
    large[:2] = 1 - large[:2]  # the edge is not counted
    write(data / "x2" / "LR_bicubic" / "a.png", small)
    write(data / "x2" / "HR" / "a.png", large)
    [score] = evaluate.evaluate_upscale(folder, data)
    assert score.case == "set, x2"
    assert score.psnr > 100
    assert score.ssim == pytest.approx(1.0)
    with pytest.raises(ZooError, match="no x2/HR"):
        evaluate.evaluate_upscale(folder, tmp_path)
    assert "`m` | set, x2 | 1 |" in evaluate.markdown("m", [score])


def test_our_own_denoiser_is_told_the_level(tmp_path: Path) -> None:
    folder, data = tmp_path / "package", tmp_path / "set"
    path = ZOO.parent / "weights" / "latent-denoise.dtmodel"
    archive.unpack(path, "latent-denoise", folder)
    ramp = np.linspace(0.2, 0.8, 96)
    write(data / "a.png", np.broadcast_to(ramp[None, :, None], (80, 96, 3)))
    scores = evaluate.evaluate_denoise(folder, data)
    assert all(score.psnr > score.psnr_before + 8 for score in scores)


def test_our_own_enlarger_beats_nearest_neighbours(tmp_path: Path) -> None:
    folder, data = tmp_path / "package", tmp_path / "set"
    path = ZOO.parent / "weights" / "latent-upscale.dtmodel"
    archive.unpack(path, "latent-upscale", folder)
    y, x = np.mgrid[0:96, 0:80] / 9.0
    large = np.repeat((0.5 + 0.3 * np.sin(x) * np.cos(y))[..., None], 3, axis=2)
    write(data / "x2" / "HR" / "a.png", large)
    small = large.reshape(48, 2, 40, 2, 3).mean((1, 3))
    write(data / "x2" / "LR_bicubic" / "a.png", small)
    [score] = evaluate.evaluate_upscale(folder, data)
    shutil.rmtree(folder)
    folder.mkdir()
    save_network(folder / "model_x2.onnx", "nearest", 32, 2)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    [nearest] = evaluate.evaluate_upscale(folder, data)
    assert score.psnr > nearest.psnr + 5


def test_a_picture_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no picture")
    with pytest.raises(ZooError, match="not a picture"):
        demos.read_picture(tmp_path / "x.png")
    with pytest.raises(ZooError, match="no pictures"):
        evaluate.pictures_in(tmp_path / "nowhere")


def test_the_picture_of_the_demos_is_there() -> None:
    assert demos.read_picture(demos.PICTURE).shape[2] == 3
