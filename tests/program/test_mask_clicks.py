# SPDX-License-Identifier: GPL-3.0-or-later
"""latent mask with a network of our own (latent_clicks), beside the same network in PyTorch."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from latent_program import Outcome

Latent = Callable[..., Outcome]
SIDE = 128
LIMIT = 2e-3  # of the deviation of the logits


@pytest.fixture(scope="session")
def network(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, object]:
    """A package with random weights, and its network."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("scipy")
    sys.path.insert(0, str(repository / "training"))
    from latent_train.clicks import config, export
    from latent_train.clicks.network import ClickNetwork

    torch.manual_seed(5)
    made = export.rounded_to_half(ClickNetwork(config.ClickConfig(side_px=SIDE)).eval())
    folder = tmp_path_factory.mktemp("clicks") / "mask-clicks"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(export.build(made, SIDE).SerializeToString())
    write_config(folder)
    return folder, made


def write_config(folder: Path, side: int = SIDE) -> None:
    config = {"id": folder.name, "name": "clicks", "task": "mask", "version": "1.0",
              "arch": "latent_clicks", "attributes": {"input_sizes": [side]}}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bright disc on waves."""
    rows, columns = np.mgrid[:180, :240]
    waves = [np.sin(columns / (9 + c)) * np.cos(rows / (13 - c)) for c in range(3)]
    samples = np.clip(90 + 40 * np.stack(waves, -1), 0, 255).astype(np.uint8)
    samples[np.hypot(rows - 90, columns - 130) < 40] += 100
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    path.write_bytes(imagecodecs.png_encode(samples))
    return path


def test_logits_are_those_of_pytorch(
    network: tuple[Path, object], latent_bin: Path, photo: Path, tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch")
    program = latent_bin.parents[1] / "bench" / "tasks" / "latent_mask_network_bench"
    if not program.exists():
        pytest.skip(f"{program.name} is not built")
    folder, module = network
    prompts = ("click,0.54,0.5", "not,0.67,0.28", "box,0.3,0.2,0.8,0.8")
    subprocess.run(
        [program, folder, photo, tmp_path, "none", "openvino", "1", *prompts],
        check=True, capture_output=True,
    )  # fmt: skip
    for number in range(len(prompts)):
        planes = np.load(tmp_path / f"planes_{number}.npy")
        got = np.load(tmp_path / f"logits_{number}.npy")
        assert planes.shape == (1, 10, SIDE, SIDE)
        assert planes[0, 3].max() == 1  # a click
        assert (planes[0, 5].max() == 1) == (number > 0)
        assert (planes[0, 7].min() == 0) == (number > 1)
        assert set(np.unique(planes[0, 8])) == {0.5} if number == 0 else planes[0, 8].max() <= 1
        with torch.no_grad():
            right = module(torch.from_numpy(planes)).numpy()  # type: ignore[operator]
        assert got.shape == right.shape == (1, 1, SIDE, SIDE)
        assert np.abs(got - right).max() < LIMIT * right.std()


def test_the_same_prompts_give_the_same_mask(
    network: tuple[Path, object], latent: Latent, photo: Path, tmp_path: Path
) -> None:
    masks = []
    for name in ("one.png", "two.png"):
        done = latent("mask", photo, "--model", network[0], "--click", "54%,50%", "--not", "5,5",
                      "-o", tmp_path / name, "--json")  # fmt: skip
        assert done.code == 0, done.stderr
        assert json.loads(done.stdout)["model"] == "mask-clicks"
        masks.append((tmp_path / name).read_bytes())
    assert masks[0] == masks[1]


@pytest.mark.parametrize(
    ("what", "words"),
    [("compat", "--compat"), ("side", "logits"), ("file", "model.onnx"), ("planes", "planes")],
)
def test_what_does_not_fit_is_one_sentence(
    network: tuple[Path, object], latent: Latent, photo: Path, tmp_path: Path, what: str, words: str
) -> None:
    folder = tmp_path / "mask-clicks"
    folder.mkdir()
    write_config(folder, 2 * SIDE if what == "side" else SIDE)
    if what == "planes":  # a network that wants another input
        other = imported_denoiser(tmp_path)
        (folder / "model.onnx").write_bytes(other)
    elif what != "file":
        (folder / "model.onnx").write_bytes((network[0] / "model.onnx").read_bytes())
    compat = ("--compat", "darktable-5.6") if what == "compat" else ()
    out = tmp_path / "m.png"
    done = latent("mask", photo, "--model", folder, "--click", "54%,50%", *compat, "-o", out)
    assert done.code in (1, 2)
    assert words in done.stderr or (what == "side" and "shape" in done.stderr), done.stderr
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def imported_denoiser(folder: Path) -> bytes:
    """A graph of three channels in and out."""
    import onnx
    from onnx import TensorProto, helper

    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, SIDE, SIDE])
        for name in ("image", "logits")
    ]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["logits"])], "other", ports[:1], ports[1:]
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, folder / "other.onnx")
    return (folder / "other.onnx").read_bytes()
