# SPDX-License-Identifier: GPL-3.0-or-later
"""From networks to packages: the same bytes, parity asserted, every defect refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from latent_package import archive, golden
from onnx import numpy_helper

from latent_zoo import card, contracts, conversion, exporting, parity, validate
from latent_zoo.graph import Graph
from latent_zoo.types import PackageError, ZooError


def facts_of(folder: Path) -> dict[str, dict[str, str | int]]:
    return archive.file_facts(archive.files_below(folder))


def small_graph(small: card.Model) -> Graph:
    [graph] = conversion.graphs_of(small, None, 0)
    return graph


def test_the_pattern_is_that_of_the_contract() -> None:
    values = golden.weyl([2, 1000], -2.0, 2.0).reshape(-1)
    for index in (0, 1, 2, 999, 1999):
        true = np.float32(-2.0 + 4.0 * ((index * 2654435761) % 2**32) / 2**32)
        assert values[index] == true
    assert values.dtype == np.float32
    assert np.unique(values).size == 2000


def test_golden_indices_ascend_and_fall_into_every_row() -> None:
    at = golden.indices(3 * 768 * 768)
    assert at == sorted(set(at))
    assert len(at) <= golden.MAX_INDICES
    assert at[-1] == 3 * 768 * 768 - 1
    assert len({index % 768 for index in at}) > 300
    assert golden.indices(5) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("value", "up"), [(1.1e-4, 2e-4), (9.5e-4, 1e-3), (0.3, 0.3), (7, 7)])
def test_tolerances_are_rounded_upwards(value: float, up: float) -> None:
    assert golden.upwards(value) == pytest.approx(up)
    assert golden.upwards(value) >= value


def test_a_conversion_states_what_it_made(small: card.Model, unpacked: Path) -> None:
    config = archive.read_config(unpacked / "config.json")
    assert list(config)[:8] == [
        "id",
        "name",
        "description",
        "task",
        "arch",
        "backend",
        "version",
        "tiling",
    ]
    assert config["description"].startswith("RANDOM WEIGHTS")
    block = config["latent"]
    network = block["networks"]["model"]
    assert network["kind"] == "graph_v1"
    assert network["inputs"] == [
        {"name": "input", "type": "f32", "dims": [1, 3, 32, 32], "meaning": "in"}
    ]
    assert network["outputs"][0]["dims"] == [1, 3, 32, 32]
    [entry] = block["golden"]
    assert entry["inputs"]["input"] == {
        "dims": [1, 3, 32, 32],
        "pattern": "weyl_v1",
        "low": 0.0,
        "high": 1.0,
    }
    assert 0 < entry["tolerance_f32"] < entry["tolerance_bf16"] < 1
    assert block["licence"]["weights"] == conversion.RANDOM
    assert set(block["files"]) == {"model.onnx", "README.md", "conversion.json"}
    assert validate.folder_faults(small, unpacked) == []
    raw = (unpacked / "config.json").read_text(encoding="utf-8")
    assert raw.startswith('{\n    "id"')
    assert raw.endswith("}\n")


def test_parity_of_free_sizes_is_measured_too(small: card.Model, tmp_path: Path) -> None:
    converted = conversion.convert_graph(
        small_graph(small), conversion.Work(tmp_path), parity.RELATIVE_LIMIT
    )
    symbolic = converted.measured["symbolic"]
    assert symbolic["sizes"] == [[[1, 3, 16, 48]], [[1, 3, 64, 32]]]
    assert 0 < symbolic["openvino"]["relative"] < 1e-3
    assert converted.measured["parameters"] > 0


def test_the_same_network_gives_the_same_package(small: card.Model, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        work = conversion.Work(tmp_path / name)
        conversion.convert(small, None, 0, work)
        archive.pack(archive.files_below(work.package), small.id, tmp_path / f"{name}.dtmodel")
        made.append((tmp_path / f"{name}.dtmodel").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "one.dtmodel") as opened:
        names = [entry.filename for entry in opened.infolist()]
        assert names == sorted(names)
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {name.partition("/")[0] for name in names} == {small.id}


def test_another_seed_gives_other_weights(small: card.Model, tmp_path: Path) -> None:
    one, other = (conversion.graphs_of(small, None, seed)[0] for seed in (0, 1))
    assert not torch.equal(
        one.module.state_dict()["outc.conv.weight"], other.module.state_dict()["outc.conv.weight"]
    )


def alter_weight(path: Path) -> None:
    model = onnx.load(str(path))
    tensor = max(model.graph.initializer, key=lambda one: len(one.raw_data))
    values = numpy_helper.to_array(tensor).copy()
    values.reshape(-1)[0] += 0.5
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    path.write_bytes(model.SerializeToString())


def test_parity_refuses_a_file_with_one_altered_weight(small: card.Model, tmp_path: Path) -> None:
    graph = small_graph(small)
    path = tmp_path / "model.onnx"
    exporting.export(graph, path)
    assert parity.measure(graph, path).openvino.relative < 1e-4
    alter_weight(path)
    with pytest.raises(ZooError, match="away from PyTorch"):
        parity.measure(graph, path)


def test_parity_refuses_values_that_are_not_finite() -> None:
    bad = np.array([1.0, np.nan])
    with pytest.raises(ZooError, match="not finite"):
        parity.difference(bad, bad, "x")
    with pytest.raises(ZooError, match="instead of"):
        parity.difference(np.zeros(2), np.zeros(3), "x")


class Forgetful(torch.nn.Module):
    """Does not use its second input."""

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Twice the first."""
        return 2 * a


def test_an_input_that_the_network_does_not_use_is_refused(tmp_path: Path) -> None:
    graph = Graph(
        "model",
        Forgetful().eval(),
        {"a": torch.rand(2, 3), "b": torch.rand(2, 3)},
        ("c",),
        {"a": "a", "b": "b", "c": "c"},
    )
    with pytest.raises(ZooError, match="instead of"):
        exporting.export(graph, tmp_path / "model.onnx")


def test_a_graph_says_what_its_tensors_mean() -> None:
    with pytest.raises(ZooError, match="no meaning"):
        Graph("model", Forgetful().eval(), {"a": torch.rand(1)}, ("c",), {"a": "a"})


def test_a_failed_conversion_leaves_no_package(small: card.Model, tmp_path: Path) -> None:
    folder = tmp_path / "zoo" / small.id
    shutil.copytree(small.folder, folder)
    script = folder / "convert.py"
    text = script.read_text(encoding="utf-8")
    script.write_text(
        text.replace("fill(network, seed)", "fill(network, seed, float('nan'))"), encoding="utf-8"
    )
    broken = card.read_model(folder)
    work = conversion.Work(tmp_path / "work")
    with pytest.raises(ZooError, match="not finite"):
        conversion.convert(broken, None, 0, work)
    assert not work.package.exists()
    assert not work.scratch.exists()


# Defects of an unpacked package.


def edit(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        config = archive.read_config(folder / "config.json")
        change(config)
        (folder / "config.json").write_bytes(archive.as_json(config))

    return spoil


def other_graph(folder: Path) -> None:
    """Another network of the right size whose hash is right too."""
    alter_weight(folder / "model.onnx")
    edit(lambda c: c["latent"].update(files=facts_of(folder)))(folder)


def other_tensors(folder: Path) -> None:
    """The ONNX file takes a tensor of another name."""
    model = onnx.load(str(folder / "model.onnx"))
    model.graph.input[0].name = "picture"
    for node in model.graph.node:
        for at, name in enumerate(node.input):
            if name == "input":
                node.input[at] = "picture"
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    edit(lambda c: c["latent"].update(files=facts_of(folder)))(folder)


def network(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = config["latent"]["networks"]["model"]
    return found


DEFECTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no config": (lambda f: (f / "config.json").unlink(), "there is no config.json"),
    "no name": (edit(lambda c: c.pop("name")), "name is missing"),
    "no backend": (edit(lambda c: c.pop("backend")), "backend is missing"),
    "another backend": (edit(lambda c: c.update(backend="tf")), "backend is 'tf'"),
    "another id": (edit(lambda c: c.update(id="x")), "id is 'x'"),
    "another task": (edit(lambda c: c.update(task="mask")), "task is 'mask'"),
    "another version": (edit(lambda c: c.update(version="2.0")), "version is '2.0'"),
    "another card": (edit(lambda c: c["model_card"].pop("paper")), "model_card differs"),
    "no block": (edit(lambda c: c.pop("latent")), "block latent is missing"),
    "an unknown key": (edit(lambda c: c["latent"].update(x=1)), "latent.x is unknown"),
    "no licence": (edit(lambda c: c["latent"]["licence"].pop("data")), "licence.data is missing"),
    "no osaid": (edit(lambda c: c["latent"]["openness"].pop("osaid")), "osaid is missing"),
    "no golden": (edit(lambda c: c["latent"].update(golden=[])), "no golden tensors"),
    "a file too many": (lambda f: (f / "x.txt").write_text("x"), "x.txt: not listed"),
    "a file missing": (lambda f: (f / "README.md").unlink(), "README.md: listed"),
    "a file altered": (
        lambda f: (f / "README.md").write_text("x"),
        "README.md: the file does not have",
    ),
    "an ONNX cut": (
        lambda f: (f / "model.onnx").write_bytes((f / "model.onnx").read_bytes()[:1000]),
        "model.onnx: the file does not have",
    ),
    "other weights": (other_graph, "away from the golden tensors"),
    "other tensors": (other_tensors, "the inputs are"),
    "no meaning": (
        edit(lambda c: network(c)["inputs"][0].pop("meaning")),
        "input of model has no meaning",
    ),
    "golden of no network": (
        edit(lambda c: c["latent"]["golden"].append({"network": "x"})),
        "no network",
    ),
    "a pattern nobody knows": (
        edit(lambda c: c["latent"]["golden"][0]["inputs"]["input"].update(pattern="p")),
        "the pattern 'p' is not known",
    ),
    "golden of another shape": (
        edit(lambda c: c["latent"]["golden"][0]["outputs"]["output"].update(dims=[1, 3, 16, 16])),
        "is [1, 3, 32, 32]",
    ),
    "a golden value altered": (
        edit(lambda c: c["latent"]["golden"][0]["outputs"]["output"]["values"].__setitem__(7, 9.0)),
        "away from the golden tensors",
    ),
    "an index beyond": (
        edit(
            lambda c: c["latent"]["golden"][0]["outputs"]["output"]["indices"].__setitem__(
                -1, 10**6
            )
        ),
        "cannot be run",
    ),
    "another tile": (
        edit(lambda c: c["attributes"].update(input_sizes=[64])),
        "input_sizes of model says 64",
    ),
    "no tile": (edit(lambda c: c["attributes"].pop("input_sizes")), "input_sizes of model"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_refused(name: str, small: card.Model, unpacked: Path) -> None:
    spoil, said = DEFECTS[name]
    spoil(unpacked)
    faults = validate.folder_faults(small, unpacked)
    assert any(said in fault for fault in faults), faults


def test_a_config_without_indent_is_refused(small: card.Model, unpacked: Path) -> None:
    path = unpacked / "config.json"
    path.write_text(json.dumps(archive.read_config(path)), encoding="utf-8")
    assert any("four spaces" in fault for fault in validate.folder_faults(small, unpacked))


def rewrite(path: Path, change: Callable[[zipfile.ZipFile, zipfile.ZipFile], object]) -> None:
    other = path.with_suffix(".new")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        change(source, target)
    other.replace(path)


def copy(source: zipfile.ZipFile, target: zipfile.ZipFile, backwards: bool = False) -> None:
    for entry in sorted(source.infolist(), key=lambda e: e.filename, reverse=backwards):
        target.writestr(entry, source.read(entry))


def test_archives_that_are_no_packages_are_refused(packed: Path, small: card.Model) -> None:
    assert archive.faults(packed, small.id) == []
    assert archive.faults(packed, "other")
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert "not a zip" in archive.faults(packed, small.id)[0]
    packed.write_bytes(whole)
    rewrite(packed, lambda a, b: copy(a, b, backwards=True))
    assert any("not sorted" in fault for fault in archive.faults(packed, small.id))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("small-denoise/../../evil", "one folder"),
        ("other/file", "one folder"),
        ("evil", "one folder"),
        ("small-denoise/a\\b", "one folder"),
        ("small-denoise/x:y", "one folder"),
        ("small-denoise/z", "time of day"),
    ],
)
def test_an_entry_that_does_not_belong_is_refused(
    name: str, said: str, packed: Path, small: card.Model, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packed, "a") as opened:
        opened.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 1, 1, 2)), b"x")
    assert any(said in fault for fault in archive.faults(packed, small.id))
    with pytest.raises(PackageError):
        archive.unpack(packed, small.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_link_is_not_packed(unpacked: Path, small: card.Model, tmp_path: Path) -> None:
    (unpacked / "link").symlink_to("/etc/passwd")
    with pytest.raises(PackageError, match="links"):
        archive.pack(archive.files_below(unpacked), small.id, tmp_path / "x.dtmodel")


def test_a_package_of_ours_is_judged_by_its_own_goldens() -> None:
    from conftest import ZOO

    model = card.find_model(ZOO, "latent-denoise")
    path = ZOO.parent / "weights" / "latent-denoise.dtmodel"
    assert validate.package_faults(model, path) == []


# Contracts of the tasks.


def tensor(name: str, *dims: int | str, kind: str = "f32") -> dict[str, Any]:
    return {"name": name, "type": kind, "dims": list(dims)}


def one_network(given: list[Any], gives: list[Any]) -> dict[str, Any]:
    return {"inputs": given, "outputs": gives}


SIZES = {"input_sizes": [32]}
BAYER = one_network([tensor("input", 1, 4, 32, 32)], [tensor("output", 1, 3, 64, 64)])


def test_contracts_accept_what_darktable_feeds() -> None:
    assert contracts.faults("rawdenoise", "utnet2", {"model_bayer": BAYER}, SIZES) == []
    noise = one_network(
        [tensor("input", 1, 3, 32, 32), tensor("sigma", 1, 1, 32, 32)],
        [tensor("output", 1, 3, 32, 32)],
    )
    assert contracts.faults("denoise", "x", {"model": noise}, SIZES) == []


@pytest.mark.parametrize(
    ("task", "networks", "said"),
    [
        ("denoise", {"model": BAYER}, "dimension 1 of input is 4 instead of 3"),
        ("rawdenoise", {"model": BAYER}, "model: no file of the task"),
        ("rawdenoise", {}, "has none of"),
        (
            "rawdenoise",
            {
                "model_bayer": one_network(
                    [tensor("input", 1, 4, 32, 32)], [tensor("output", 1, 3, 32, 32)]
                )
            },
            "instead of 64",
        ),
        (
            "upscale",
            {
                "model_x2": one_network(
                    [tensor("input", 1, 3, "h", "w")], [tensor("output", 1, 3, 64, 64)]
                )
            },
            "free dimension 'h'",
        ),
        (
            "denoise",
            {
                "model": one_network(
                    [tensor("input", 1, 3, 32, 32, kind="f16")], [tensor("output", 1, 3, 32, 32)]
                )
            },
            "not f32",
        ),
        (
            "denoise",
            {
                "model": one_network(
                    [tensor("image", 1, 3, 32, 32)], [tensor("output", 1, 3, 32, 32)]
                )
            },
            "image stands where input",
        ),
        ("mask", {"encoder": BAYER}, "instead of encoder and decoder"),
        ("cooking", {"model": BAYER}, "no contract is known"),
    ],
)
def test_contracts_refuse(task: str, networks: dict[str, Any], said: str) -> None:
    faults = contracts.faults(task, "", networks, SIZES)
    assert any(said in fault for fault in faults), faults
