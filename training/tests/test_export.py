# SPDX-License-Identifier: GPL-3.0-or-later
"""The exported file says and does what torch does, and the package is what its manifest says."""

from __future__ import annotations

import functools
import io
import json
import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from latent_package import archive
from PIL import Image

from latent_train import (
    evaluate,
    export,
    flat,
    mosaic,
    onnx_graph,
    reach,
    runtimes,
    scenes,
)
from latent_train.config import Config
from latent_train.network import LatentUNet, torch_runner
from latent_train.pictures import Photo
from latent_train.train import Trainer

ZOO = Path(__file__).parents[2] / "zoo" / "latent-raw"


@pytest.fixture
def network(tiny_config: Config) -> LatentUNet:
    torch.manual_seed(0)
    return onnx_graph.rounded_to_half(LatentUNet(tiny_config.network).eval())


def _planes(height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    colours = mosaic.colour_map("xtrans", height, width, (1, 2))
    u = rng.random((height, width)) * 1.2
    return mosaic.planes(u, np.full((height, width), 0.03), colours)


def test_network_keeps_the_packed_shape_and_knows_its_stride(network: LatentUNet) -> None:
    assert network.stride_px == 4
    assert network(torch.zeros(2, 20, 8, 6)).shape == (2, 4, 8, 6)


def test_network_sees_a_picture_as_its_tiles_do(network: LatentUNet) -> None:
    """No statistics of the whole picture: far content does not reach this corner at all."""
    planes = _planes(64, 256)
    other = planes.copy()
    other[0, :, 128:] = 0
    run = lambda p: torch_runner(network)(mosaic.unshuffle(p)[None])  # noqa: E731
    np.testing.assert_array_equal(run(planes)[..., :16], run(other)[..., :16])


@pytest.mark.parametrize("shape", [(32, 32), (48, 80)])
def test_every_engine_agrees_with_torch(network: LatentUNet, shape: tuple[int, int]) -> None:
    model = onnx_graph.build(network).SerializeToString()
    planes = mosaic.unshuffle(_planes(*shape))[None]
    truth = torch_runner(network)(planes)
    spread = float(np.abs(truth).max())
    assert np.abs(runtimes.onnx_runtime(model, 1)(planes) - truth).max() < 1e-5
    assert np.abs(runtimes.open_vino(model, "f32", 1)(planes) - truth).max() < 1e-5
    assert np.abs(runtimes.open_vino(model, "bf16", 1)(planes) - truth).max() < 0.05 * spread


def test_graph_stores_halves_and_names_its_tensors(network: LatentUNet) -> None:
    model = onnx_graph.build(network)
    assert {str(array.dtype) for array in onnx_graph.weights_of(model).values()} == {"float16"}
    (planes,), (residual,) = model.graph.input, model.graph.output
    assert (planes.name, residual.name) == ("planes", "residual")
    axes = [d.dim_param or d.dim_value for d in planes.type.tensor_type.shape.dim]
    assert axes == ["batch", 20, "height", "width"]
    assert model.opset_import[0].version <= 20
    onnx.checker.check_model(model, full_check=True)


def test_reach_finds_a_known_distance() -> None:
    """A "network" that copies u from ten packed pixels to the right reaches 20 px."""

    def shifted(planes: np.ndarray) -> np.ndarray:
        u = planes[:, :4]
        return np.concatenate([u[..., 10:], np.zeros_like(u[..., :10])], axis=3)

    planes = _planes(32, 128)
    assert reach.reach_of(shifted, reach.Scene(planes, 1 - planes)) == 20
    assert reach.rounded_up(20, 16) == 32
    assert reach.rounded_up(32, 16) == 32


def test_reach_is_measured_up_to_what_the_manifest_promises(photos: list[Photo]) -> None:
    assert scenes.up_to((0.01, 0.03, 0.06), 0.05) == [0.01, 0.03, 0.05]
    assert scenes.up_to((0.01, 0.03), 0.2) == [0.01, 0.03, 0.2]
    example, *others = scenes.probe_photos(photos)
    assert example.exists()
    assert len(set(others)) == 2
    assert len(scenes.reach_scenes(others, 0.2, ("bayer", "mono"))) == 2 * 2 * (
        len(scenes.SIGMAS) + 1
    )


def test_pictures_too_small_for_the_reach_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (959, 600)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="no picture is 960 x 288 px or larger"):
        scenes.probe_photos([Photo(tmp_path / "a.png", {})])


@pytest.mark.parametrize(
    ("f32", "bf16", "refused"), [(2e-3, 0.01, True), (1e-4, 0.05, True), (1e-4, 0.03, False)]
)
def test_an_engine_that_differs_from_torch_is_refused(
    f32: float, bf16: float, refused: bool
) -> None:
    measured = export.Measured(16, 100.0, 1e-4, f32, bf16, torch_bf16=0.01)
    with pytest.raises(ValueError, match="differs") if refused else nullcontext():
        measured.check()


def test_flat_field_of_a_network_that_does_nothing_keeps_its_mean() -> None:
    def nothing(planes: np.ndarray) -> np.ndarray:
        return np.zeros_like(planes[:, :4])

    kept = flat.measure(nothing, "bayer", 0.01, 0.5)
    assert abs(kept.shift) < 5e-4
    assert kept.shift == pytest.approx(kept.noisy, abs=1e-6)

    def takes(planes: np.ndarray) -> np.ndarray:
        return np.full_like(planes[:, :4], 0.01)

    assert flat.measure(takes, "mono", 0.01, 0.25).shift == pytest.approx(-0.01, abs=1e-3)


def test_clipping_of_a_flat_field_is_undone_for_networks_that_give_the_mean() -> None:
    def averages(planes: np.ndarray) -> np.ndarray:
        u = planes[:, :4]
        return np.asarray(u - np.sqrt(np.mean(u**2)))

    light, mean = (flat.measure(averages, "mono", 0.06, 0.9, undo) for undo in (True, False))
    assert abs(light.shift) < 1e-3
    assert mean.shift == pytest.approx(mean.noisy, abs=1e-3)
    assert mean.shift < -0.01


def test_package_is_repeatable_and_what_its_manifest_says(
    tiny_config: Config, photos: list[Photo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SIGMAS", (0.03,))
    Trainer(tiny_config).save(tmp_path)
    zoo = tmp_path / "zoo"
    zoo.mkdir()
    for name in ("model.yaml", "README.md"):
        (zoo / name).write_bytes((ZOO / name).read_bytes())
    out = tmp_path / "latent-raw.dtmodel"
    export.export([tmp_path], photos, zoo, out, "c0ffee")
    first = out.read_bytes()
    export.export([tmp_path], photos, zoo, out, "c0ffee")
    assert out.read_bytes() == first

    files = archive.read_package(out)
    config = json.loads(files["config.json"])
    assert config["id"] == "latent-raw"
    kinds = [config["attributes"][stem]["input_kind"] for stem in ("model_bayer", "xtrans")]
    assert kinds == ["latent_cfa_v1"] * 2
    facts = config["latent"]["networks"]["cfa"]
    assert facts["stride_px"] == 4
    assert facts["reach_px"] % 4 == 0
    golden = config["latent"]["golden"][0]
    given, expected = (np.load(tmp_path / "zoo" / golden[key]) for key in ("input", "output"))
    assert given.shape == (1, 20, 48, 48)
    result = runtimes.onnx_runtime(files["model.onnx"], 1)(given)
    assert np.abs(result - expected).max() < golden["tolerance_f32"]
    apart = np.abs(runtimes.open_vino(files["model.onnx"], "bf16", 1)(given) - expected).max()
    assert apart < golden["tolerance_bf16"]
    assert golden["tolerance_bf16"] > golden["tolerance_f32"] / 10


def test_a_package_may_hold_a_network_that_demosaics(
    tiny_config: Config, photos: list[Photo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SIGMAS", (0.03,))
    colours = replace(
        tiny_config,
        model="latent-demosaic",
        task="demosaic",
        network=replace(tiny_config.network, planes=8, outputs=3),
        simulation=replace(tiny_config.simulation, bayer_share=0.5, xtrans_share=0.5),
    )
    runs = [tmp_path / "cfa", tmp_path / "demosaic"]
    for run, config in zip(runs, (tiny_config, colours), strict=True):
        run.mkdir()
        Trainer(config).save(run)
    zoo = tmp_path / "zoo"
    zoo.mkdir()
    for name in ("model.yaml", "README.md"):
        (zoo / name).write_bytes((ZOO / name).read_bytes())
    out = tmp_path / "latent-raw.dtmodel"
    export.export(runs, photos, zoo, out, "c0ffee")
    files = archive.read_package(out)
    config = json.loads(files["config.json"])
    networks = config["latent"]["networks"]
    assert networks["cfa"]["cfa"] == ["bayer", "xtrans", "mono"]
    facts = networks["demosaic"]
    assert facts["kind"] == "latent_demosaic_v1"
    assert facts["cfa"] == ["bayer", "xtrans"]
    assert facts["input"]["channels"] == 32
    assert facts["output"]["channels"] == 12
    assert config["attributes"]["demosaic"]["input_kind"] == "latent_demosaic_v1"
    assert config["attributes"]["bayer"]["input_kind"] == "latent_cfa_v1"
    golden = next(one for one in config["latent"]["golden"] if one["network"] == "demosaic")
    given, expected = (np.load(zoo / golden[key]) for key in ("input", "output"))
    result = runtimes.onnx_runtime(files["demosaic.onnx"], 1)(given)
    assert np.abs(result - expected).max() < golden["tolerance_f32"]
    runner = evaluate.by_sensor(networks, files, lambda model: runtimes.onnx_runtime(model, 1))
    assert runner(scenes.golden_input(scenes.probe_photos(photos)[0], "bayer")).shape[1] == 4


def test_a_sensor_may_have_a_network_of_its_own(
    tiny_config: Config, photos: list[Photo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SIGMAS", (0.03,))
    mono = replace(tiny_config.simulation, bayer_share=0.0, xtrans_share=0.0)
    runs = [tmp_path / "all", tmp_path / "mono"]
    for run, simulation in zip(runs, (tiny_config.simulation, mono), strict=True):
        run.mkdir()
        Trainer(replace(tiny_config, simulation=simulation)).save(run)
    zoo = tmp_path / "zoo"
    zoo.mkdir()
    for name in ("model.yaml", "README.md"):
        (zoo / name).write_bytes((ZOO / name).read_bytes())
    out = tmp_path / "latent-raw.dtmodel"
    export.export(runs, photos, zoo, out, "c0ffee")
    files = archive.read_package(out)
    config = json.loads(files["config.json"])
    networks = config["latent"]["networks"]
    assert {key: facts["cfa"] for key, facts in networks.items()} == {
        "cfa": ["bayer", "xtrans"],
        "cfa_mono": ["mono"],
    }
    assert networks["cfa_mono"]["file"] == "cfa_mono.onnx"
    assert config["attributes"]["cfa_mono"] == {"input_kind": "latent_cfa_v1"}
    assert config["attributes"]["model_bayer"] == {"input_kind": "latent_cfa_v1"}
    assert [golden["network"] for golden in config["latent"]["golden"]] == ["cfa", "cfa_mono"]
    run = evaluate.by_sensor(networks, files, functools.partial(runtimes.onnx_runtime, threads=1))
    alone = runtimes.onnx_runtime(files["cfa_mono.onnx"], 1)
    given = np.load(io.BytesIO(files["golden/cfa_mono_input.npy"]))
    np.testing.assert_array_equal(run(given), alone(given))
    later = tmp_path / "later.dtmodel"
    export.export(runs[:1], photos, zoo, tmp_path / "first.dtmodel", "c0ffee")
    export.export(runs[1:], photos, zoo, later, "c0ffee", tmp_path / "first.dtmodel")
    assert later.read_bytes() == out.read_bytes()
    with pytest.raises(ValueError, match="two runs are for one network"):
        export.export([runs[1], runs[1]], photos, zoo, out, "c0ffee")


def test_a_card_is_renewed_and_nothing_else(tmp_path: Path) -> None:
    shipped = ZOO.parents[1] / "weights" / f"{ZOO.name}.dtmodel"
    out, zoo = tmp_path / shipped.name, tmp_path / "zoo"
    out.write_bytes(shipped.read_bytes())
    zoo.mkdir()
    facts = (ZOO / "model.yaml").read_text(encoding="utf-8")
    (zoo / "model.yaml").write_text(re.sub("description: .*", "description: New.", facts, count=1))
    (zoo / "README.md").write_text("# New\n")
    export.renew_card(out, zoo)
    before, after = archive.read_package(shipped), archive.read_package(out)
    old, new = (json.loads(files[archive.CONFIG]) for files in (before, after))
    assert {name for name in before if before[name] != after[name]} == {"README.md", archive.CONFIG}
    assert list(new) == list(old)
    assert {key for key in old if old[key] != new[key]} <= {"description", "model_card", "latent"}
    assert new["description"] == "New."
    changed = {key for key in old["latent"] if old["latent"][key] != new["latent"][key]}
    assert changed <= {"files", "licence"}
    (zoo / "model.yaml").write_text(facts.replace("id: latent-raw", "id: other"))
    with pytest.raises(ValueError, match=r"is latent-raw, .*describes other"):
        export.renew_card(out, zoo)


def test_a_package_may_go_into_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.dtmodel"
    archive.pack({archive.CONFIG: archive.as_json({"latent": {"files": {}}})}, "x", path)
    assert list(archive.read_package(path)) == [archive.CONFIG]


def test_a_tampered_package_is_refused(tmp_path: Path) -> None:
    files = {"model.onnx": b"one"}
    config = {"latent": {"files": archive.file_facts(files)}}
    out = tmp_path / "x.dtmodel"
    archive.pack({"config.json": archive.as_json(config), "model.onnx": b"two"}, "x", out)
    with pytest.raises(ValueError, match="not those"):
        archive.read_package(out)


def test_bm3d_results_are_kept(tmp_path: Path) -> None:
    calls = []

    def slow() -> float:
        calls.append(1)
        return 31.5

    for _ in range(2):
        assert evaluate.Cache(tmp_path / "cache.json").get("bm3d bayer", slow) == 31.5
    assert len(calls) == 1


def test_scores_table_has_a_row_a_case() -> None:
    table = evaluate.scores_table({"bayer 0.01": {"noisy": 38.0, "latent-raw": 42.123}})
    assert table.splitlines()[-1] == "| bayer | 0.01 | 38.00 | 42.12 |"
