# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages for darktable: the same pixels as the network with Latent's arithmetic around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino
import pytest
import torch
from latent_package import archive, golden

from latent_train import darktable, darktable_graph, mosaic, noise
from latent_train.config import NetworkConfig
from latent_train.network import LatentBody, LatentUNet, Network
from latent_train.onnx_graph import rounded_to_half

ROOT = Path(__file__).parents[2]
LIMITS = {"sigma_u_min": 0.0015, "sigma_u_max": 0.2, "offset_max": 10.0}


def _run(model: onnx.ModelProto, tile: np.ndarray) -> np.ndarray:
    """In both engines, which must agree."""
    content = model.SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    first = np.asarray(session.run(None, {darktable_graph.INPUT: tile})[0])
    core = openvino.Core()
    hint = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(model=content, weights=b""), "CPU", hint)
    np.testing.assert_allclose(np.array(compiled([tile])[0]), first, atol=2e-5)
    return first


def _answer(sheet: darktable_graph.Sheet, name: str, given: tuple[int, ...], made: tuple[int, ...]):
    sheet.node("Identity", [name], darktable_graph.OUTPUT)
    return darktable_graph.finished(sheet, given, made)


def _network(config: NetworkConfig) -> Network:
    torch.manual_seed(3)
    made = LatentBody(config) if config.kind == "body" else LatentUNet(config)
    return rounded_to_half(made.eval())


def _residual(network: Network, planes: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(network(torch.from_numpy(planes.astype(np.float32))).numpy())


@pytest.mark.parametrize(("a", "b"), [(1e-4, 1e-8), (1e-3, 1e-5), (1e-2, 1e-3)])
def test_noise_of_a_raw_tile_is_found_for_every_colour(a: float, b: float) -> None:
    size, rng = 192, np.random.default_rng(5)
    balance = np.array([2.0, 1.0, 1.0, 1.6])
    steps = np.repeat(np.repeat(rng.random((4, 12, 12)) * 0.45, 16, 1), 16, 2)
    noisy = steps + rng.normal(0, 1, steps.shape) * np.sqrt(a * steps + b)
    tile = (noisy * balance[:, None, None]).astype(np.float32)[None]
    sheet = darktable_graph.Sheet()
    gain, ratio, sigma = darktable_graph.raw_noise(sheet, darktable_graph.INPUT, size, LIMITS)
    joined = sheet("Concat", gain, ratio, sigma, axis=2)
    found = _run(_answer(sheet, joined, tile.shape, (1, 4, 3, 1)), tile)[0, :, :, 0]
    np.testing.assert_allclose(found[:, 0], balance * a, rtol=0.3)
    np.testing.assert_allclose(found[:, 2], np.sqrt(balance * a) / 2, rtol=0.2)
    light = 0.1  # the model as a whole, where pictures are
    variance = found[:, 0] * light + found[:, 0] * found[:, 1]
    truth = balance * a * light + balance**2 * b
    np.testing.assert_allclose(np.sqrt(variance), np.sqrt(truth), rtol=0.15)


@pytest.mark.parametrize("tile", [np.zeros((1, 4, 64, 64)), np.ones((1, 4, 64, 64))])
def test_a_tile_that_shows_no_noise_is_told_the_least(tile: np.ndarray) -> None:
    sheet = darktable_graph.Sheet()
    sigma = darktable_graph.raw_noise(sheet, darktable_graph.INPUT, 64, LIMITS)[2]
    found = _run(_answer(sheet, sigma, (1, 4, 64, 64), (1, 4, 1, 1)), tile.astype(np.float32))
    np.testing.assert_allclose(found, LIMITS["sigma_u_min"], rtol=1e-3)


@pytest.mark.parametrize("sigma", [3 / 255, 15 / 255, 40 / 255])
def test_level_of_a_finished_tile_is_found(sigma: float) -> None:
    size, rng = 256, np.random.default_rng(2)
    ramp = np.linspace(0.3, 0.7, size)[None, None, :] * np.ones((3, size, 1))
    tile = (ramp + rng.normal(0, sigma, ramp.shape)).astype(np.float32)[None]
    sheet = darktable_graph.Sheet()
    level = darktable_graph.rgb_level(sheet, darktable_graph.INPUT, size, 0.3)
    found = _run(_answer(sheet, level, tile.shape, tile.shape), tile)
    assert np.abs(found / sigma - 1).max() < 0.2


def test_raw_graph_is_the_network_with_the_root_around_it() -> None:
    size, rng = 64, np.random.default_rng(8)
    network = _network(NetworkConfig(widths=(8, 12), blocks=1))
    tile = (rng.random((1, 4, size, size)) * 0.8).astype(np.float32)
    out = _run(darktable_graph.rawdenoise(network, LIMITS, size), tile)[0]

    sheet = darktable_graph.Sheet()
    gain, ratio, _ = darktable_graph.raw_noise(sheet, darktable_graph.INPUT, size, LIMITS)
    joined = sheet("Concat", gain, ratio, axis=2)
    told = _run(_answer(sheet, joined, tile.shape, (1, 4, 2, 1)), tile)[0, :, :, 0]
    colours = mosaic.colour_map("bayer", 2 * size, 2 * size, (0, 0))
    frame = np.zeros((2 * size, 2 * size), np.float32)
    maps = np.zeros((2, 2 * size, 2 * size), np.float32)
    for cell in range(4):
        y, x = divmod(cell, 2)
        frame[y::2, x::2] = tile[0, cell]
        maps[:, y::2, x::2] = told[cell][:, None, None]
    a, b = maps[0], maps[0] * maps[1]
    u = noise.encode(frame, a, b)
    planes = mosaic.unshuffle(mosaic.planes(u, noise.sigma_u(a), colours))[None]
    residual = _residual(network, planes)[0]
    taken = np.zeros_like(frame)
    for cell in range(4):
        y, x = divmod(cell, 2)
        taken[y::2, x::2] = residual[cell]
    expected = noise.decode(np.maximum(u - taken, 0), a, b)
    got = np.take_along_axis(out.transpose(1, 2, 0), colours[..., None].astype(int), 2)[..., 0]
    np.testing.assert_allclose(got, expected, atol=3e-5)


@pytest.mark.parametrize("factor", [1, 2])
def test_denoise_graph_is_the_network_with_its_level(factor: int) -> None:
    size, rng = 64, np.random.default_rng(9)
    shape = NetworkConfig(widths=(8, 12), blocks=1, planes=6, outputs=3, unshuffle=factor)
    network = _network(shape)
    tile = rng.random((1, 3, size, size)).astype(np.float32)
    out = _run(darktable_graph.denoise(network, 0.2, size), tile)
    sheet = darktable_graph.Sheet()
    name = darktable_graph.rgb_level(sheet, darktable_graph.INPUT, size, 0.2)
    level = _run(_answer(sheet, name, tile.shape, tile.shape), tile)
    both = torch.from_numpy(np.concatenate([tile, level], axis=1))
    planes = torch.nn.functional.pixel_unshuffle(both, factor).numpy()
    residual = torch.from_numpy(_residual(network, planes))
    expected = tile - torch.nn.functional.pixel_shuffle(residual, factor).numpy()
    np.testing.assert_allclose(out, expected, atol=3e-5)


@pytest.mark.parametrize("scale", [2, 4])
def test_upscale_graph_adds_the_enlargement(scale: int) -> None:
    size, rng = 32, np.random.default_rng(4)
    shape = NetworkConfig(
        kind="body", widths=(8,), blocks=1, planes=4, outputs=3, unshuffle=1, scale=scale
    )
    network = _network(shape)
    tile = rng.random((1, 3, size, size)).astype(np.float32)
    out = _run(darktable_graph.upscale(network, scale, size), tile)
    planes = np.concatenate([tile, np.zeros((1, 1, size, size), np.float32)], axis=1)
    residual = torch.from_numpy(_residual(network, planes))
    enlarged = torch.nn.functional.interpolate(
        torch.from_numpy(tile), scale_factor=scale, mode="bicubic", antialias=True
    ).numpy()
    expected = enlarged - torch.nn.functional.pixel_shuffle(residual, scale).numpy()
    inside = slice(3 * scale, -3 * scale)  # the two continue the border differently
    np.testing.assert_allclose(out[..., inside, inside], expected[..., inside, inside], atol=3e-5)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("latent-raw", "rawdenoise-latent"),
        ("latent-denoise", "denoise-latent"),
        ("latent-upscale", "upscale-latent"),
    ],
)
def test_the_shipped_weights_become_a_package_for_darktable(
    source: str, made: str, tmp_path: Path
) -> None:
    out = tmp_path / f"{made}.dtmodel"
    sizes = darktable.convert(ROOT / "weights" / f"{source}.dtmodel", ROOT / "zoo" / made, out, 64)
    files = archive.read_package(out)
    config: dict[str, Any] = json.loads(files["config.json"])
    assert config["id"] == made
    assert set(config["latent"]["networks"]) == {name.removesuffix(".onnx") for name in sizes}
    for pair in config["latent"]["golden"]:
        model = files[f"{pair['network']}.onnx"]
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        (name, given), (_, expected) = (
            next(iter(pair[end].items())) for end in ("inputs", "outputs")
        )
        tile = golden.tensor_of(given)
        answer = np.asarray(session.run(None, {name: tile})[0])
        assert list(answer.shape) == expected["dims"]
        got = answer.reshape(-1)[expected["indices"]]
        np.testing.assert_allclose(got, expected["values"], atol=pair["tolerance_f32"])


def test_a_package_of_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="task"):
        darktable.convert(
            ROOT / "weights" / "latent-raw.dtmodel", ROOT / "zoo" / "denoise-latent", tmp_path / "x"
        )
