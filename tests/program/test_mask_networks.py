# SPDX-License-Identifier: GPL-3.0-or-later
"""latent mask with networks: small members of each family, beside the same networks in PyTorch."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import imagecodecs
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from latent_program import Outcome
from onnx import TensorProto, helper

Latent = Callable[..., Outcome]
HEIGHT, WIDTH = 150, 220
F32 = ("--precision", "f32")
FAMILIES = ("sam21-tiny", "samhq-light", "segnext")  # the bench has the others


@pytest.fixture(scope="session")
def judge(repository: Path) -> ModuleType:
    """bench/quality/mask_networks.py: makes packages, and computes as PyTorch does."""
    pytest.importorskip("transformers")
    path = repository / "bench" / "quality" / "mask_networks.py"
    spec = importlib.util.spec_from_file_location("mask_networks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mask_networks"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    waves = [np.sin(columns / (9 + c)) * np.cos(rows / (13 - c)) for c in range(3)]
    samples = np.clip(128 + 90 * np.stack(waves, -1), 0, 255).astype(np.uint8)
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    path.write_bytes(imagecodecs.png_encode(samples))
    return path


@pytest.fixture(scope="session")
def sam(judge: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("sam") / "mask-object-sam21-tiny"
    judge.package(judge.kinds()["sam21-tiny"], folder, True, True)
    return folder


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_are_those_of_pytorch(
    judge: ModuleType, latent_bin: Path, photo: Path, tmp_path: Path, family: str
) -> None:
    program = latent_bin.parents[1] / "bench" / "tasks" / "latent_mask_network_bench"
    if not program.exists():
        pytest.skip(f"{program.name} is not built")
    arguments = argparse.Namespace(
        tiny=True, true_encoder=True, picture=photo, program=program, time=1, exact=False
    )
    report = judge.compare(family, arguments, tmp_path)
    assert report["picture"] < 1e-4
    assert report["logits"] < 2e-3
    assert report["pixels"] == 0
    # Of HQ-SAM's decoder a part hangs on the photograph alone.
    assert "ms_once" in report or family != "samhq-light"


def mask_of(path: Path) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = imagecodecs.imread(path) > 32767
    return inside


def test_the_same_prompts_give_the_same_mask_also_from_the_kept_encoding(
    latent: Latent, photo: Path, sam: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    made = []
    for name in ("one.png", "two.png", "three.png"):
        if name == "three.png":  # damaged: made anew
            kept = next((cache / "encodings").iterdir())
            kept.write_bytes(kept.read_bytes()[:-9])
        done = latent("mask", photo, "--model", sam, *F32, "--click", "50%,50%", "--not", "10,10",
                      "-o", tmp_path / name, "--json", LATENT_CACHE=str(cache))  # fmt: skip
        assert done.code == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["model"] == "mask-object-sam21-tiny"
        assert report["notices"] == []
        made.append((tmp_path / name).read_bytes())
        assert len(list((cache / "encodings").iterdir())) == 1
    assert made[0] == made[1] == made[2]


def test_a_mask_says_once_what_could_be_installed(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    env = {
        "LATENT_CACHE": str(tmp_path / "cache"),
        "LATENT_MODELS_DIR": str(tmp_path / "none"),
        "LATENT_CONFIG": str(tmp_path / "config"),
    }
    call = ("mask", photo, "--click", "50%,50%", "--overwrite", "-o", tmp_path / "m.png")
    first = latent(*call, **env)
    assert first.code == 0, first.stderr
    for words in ("latent models install mask-object-sam21-small", "Apache-2.0", "SA-1B"):
        assert words in first.stderr
    assert first.stderr.count("\n") == 1
    assert latent(*call, **env).stderr == ""
    assert latent(*call, "--model", "built-in", **env).stderr == ""


def test_darktables_arithmetic_gives_another_mask(
    latent: Latent, photo: Path, sam: Path, tmp_path: Path
) -> None:
    masks = []
    for compat in ("none", "darktable-5.6", "darktable-5.8"):
        out = tmp_path / f"{compat}.png"
        done = latent("mask", photo, "--model", sam, "--click", "40%,60%", "--refine", "none",
                      "--compat", compat, "-o", out)  # fmt: skip
        assert done.code == 0, done.stderr
        masks.append(mask_of(out))
    assert (masks[0] != masks[1]).any()


def test_darktables_arithmetic_needs_a_network(latent: Latent, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.png"
    for model in (("--model", "built-in"), ()):
        done = latent("mask", photo, *model, "--click", "40%,60%", "--compat", "darktable-5.6",
                      "-o", out, LATENT_MODELS_DIR=str(tmp_path / "none"))  # fmt: skip
        assert done.code == 2
        assert "built-in selector" in done.stderr
        assert done.stderr.count("\n") == 1
        assert not out.exists()


def automatic(folder: Path, name: str, operation: str) -> Path:
    """A package without prompts: the mean of the colours as logits, or what `operation` makes."""
    folder.mkdir()
    side = 64
    nodes = [helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1], keepdims=1)]
    if operation == "nan":
        nodes.append(helper.make_node("Sub", ["mean", "mean"], ["zero"]))
        nodes.append(helper.make_node("Div", ["zero", "zero"], ["matte"]))
    elif operation == "nothing":
        nodes.append(helper.make_node("Sub", ["mean", "mean"], ["matte"]))
    else:
        nodes.append(helper.make_node("Identity", ["mean"], ["matte"]))
    graph = helper.make_graph(
        nodes,
        "auto",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("matte", TensorProto.FLOAT, [1, 1, side, side])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, folder / "model.onnx")
    config = {"id": name, "name": name, "task": "mask-ai-sky", "version": "1.0", "arch": "any",
              "attributes": {"input_sizes": [side]}}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_an_automatic_mask_needs_no_prompts(latent: Latent, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.png"
    model = automatic(tmp_path / "sky", "sky", "mean")
    done = latent("mask", photo, "--auto", "sky", "--model", model, "-o", out)
    assert done.code == 0, done.stderr
    got = imagecodecs.imread(out) / 65535
    brightness = imagecodecs.imread(photo).mean(axis=2) / 255
    assert np.corrcoef(got.ravel(), brightness.ravel())[0, 1] > 0.98
    assert len(np.unique(got)) > 1000  # soft
    clicked = latent("mask", photo, "--auto", "sky", "--model", model, "--click", "3,3",
                     "-o", tmp_path / "no.png")  # fmt: skip
    assert clicked.code == 2
    assert "without clicks" in clicked.stderr
    absent = latent("mask", photo, "--auto", "subject", "-o", tmp_path / "no.png",
                    LATENT_MODELS_DIR=str(tmp_path / "none"))  # fmt: skip
    assert absent.code in (1, 2)
    assert "mask-ai-subject" in absent.stderr
    assert absent.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("operation", "words"), [("nan", "no numbers"), ("nothing", "finds nothing")]
)
def test_what_a_model_gets_wrong_is_one_sentence(
    latent: Latent, photo: Path, tmp_path: Path, operation: str, words: str
) -> None:
    out = tmp_path / "m.png"
    model = automatic(tmp_path / "sky", "sky", operation)
    done = latent("mask", photo, "--auto", "sky", "--model", model, "-o", out)
    assert done.code == 1
    assert words in done.stderr or "finite" in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def test_a_decoder_of_another_shape_is_refused(
    latent: Latent, photo: Path, sam: Path, tmp_path: Path
) -> None:
    folder = tmp_path / sam.name
    folder.mkdir()
    for file in sam.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    config["arch"] = "segnext"
    (folder / "config.json").write_text(json.dumps(config))
    done = latent("mask", photo, "--model", folder, "--click", "9,9", "-o", tmp_path / "m.png")
    assert done.code == 1
    assert "onnx" in done.stderr
    assert done.stderr.count("\n") == 1
