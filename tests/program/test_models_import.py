# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be used is not installed, and what is said of it is ours and true."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from darktable_packages import bayer_onnx, make_package, picture_onnx
from latent_program import MakeDng, Outcome
from model_store import Models
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

Latent = Callable[..., Outcome]
CASES = Path(__file__).parents[3] / "shared" / "cases" / "picture"
FOREIGN_WORDS = (
    "docs.openvino.ai",
    "Frontend",
    "Check '",
    "Exception",
    "onnxruntime::",
    "Latent's block",
)


def custom_operator(name: str = "FancyDenoise", domain: str = "my.own") -> bytes:
    shape: list[str | int] = [1, 3, "height", "width"]
    graph = helper.make_graph(
        [helper.make_node(name, ["input"], ["output"], domain=domain)], "network",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
    )  # fmt: skip
    imports = [helper.make_opsetid("", 17)]
    if domain:
        imports.append(helper.make_opsetid(domain, 1))
    made: bytes = helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString()
    return made


def picture_package(folder: Path, name: str, content: bytes, task: str = "denoise",
                    stem: str = "model", **attributes: Any) -> Path:  # fmt: skip
    said = attributes or {"input_sizes": [256]}
    return make_package(folder, name, task, {stem: content}, {stem: said})


def no_foreign_words(sentence: str) -> None:
    assert not any(words in sentence for words in FOREIGN_WORDS), sentence
    assert "damaged" not in sentence


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda f: make_package(f, "x", "denoise", {"model": picture_onnx(tile=None)}, {}),
         "attributes.model.input_sizes is missing"),
        (lambda f: picture_package(f, "x", picture_onnx(), input_sizes=[100]), "more than 128"),
        (lambda f: picture_package(f, "x", picture_onnx(tile=192)), "where [1, 3, 256, 256] is"),
        (lambda f: picture_package(f, "x", picture_onnx(tile=None, scale=2)), "size"),
        (lambda f: picture_package(f, "x", custom_operator()),
         "needs the operator 'FancyDenoise' of 'my.own', which ONNX does not have"),
        (lambda f: picture_package(f, "x", custom_operator("Denoiser", "")),
         "needs the operator 'Denoiser', which ONNX does not have"),
        (lambda f: picture_package(f, "x", picture_onnx("identity", None), "rawdenoise",
                                   "model_rgb", input_kind="linear_v1", input_sizes=[256]),
         "it has no network that rawdenoise uses"),
        (lambda f: picture_package(f, "x", picture_onnx("nan", None, gain=float("nan"))),
         "not finite"),
    ],
    ids=["no tile", "small tile", "fixed to another size", "enlarges", "operator of a domain",
         "operator of nobody", "no known file", "not finite"],
)  # fmt: skip
def test_what_no_task_could_run_is_not_installed(
    models: Models, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    sentence = models.refused("import", "--yes", make(tmp_path))
    assert words in sentence
    assert "x.dtmodel" in sentence
    no_foreign_words(sentence)
    assert "x" not in models.listed()


def test_what_runs_is_installed_and_says_what_was_tried(models: Models, tmp_path: Path) -> None:
    said = models.done("import", "--yes", picture_package(tmp_path, "x", picture_onnx(tile=None)))
    assert "its networks ran, but nothing says whether the answers are right" in said
    raw = make_package(tmp_path, "y", "rawdenoise", {"model_bayer": bayer_onnx(gain=-3)},
                       {"input_sizes": [128]})  # fmt: skip
    models.done("import", "--yes", raw)
    large = make_package(tmp_path, "z", "upscale", {"model_x2": picture_onnx(tile=None, scale=2)},
                         {"input_sizes": [128]})  # fmt: skip
    models.done("import", "--yes", large)
    assert {"x", "y", "z"} <= set(models.listed())


def tar_of(content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("x/model.onnx")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bare.onnx", picture_onnx(), "is an ONNX network and no model package"),
        ("bare.dtmodel", picture_onnx(), "is an ONNX network and no model package"),
        ("x.tar", tar_of(picture_onnx()), "is a tar archive and no model package"),
        ("x.dtmodel", gzip.compress(b"x" * 99, mtime=0), "is a gzip archive and no model package"),
        ("x.safetensors", (20).to_bytes(8, "little") + b'{"a": {"dtype": "F3"}}',
         "is a safetensors file of weights and no model package"),
        ("x.txt", b"not a package at all", "is no model package: a package (.dtmodel) is a zip"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_package_is_called_what_it_is(
    models: Models, latent: Latent, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for sentence in (models.refused("import", "--yes", path),
                     latent("denoise", picture(tmp_path), "--model", path).stderr):  # fmt: skip
        assert f"'{path}' {words}" in sentence
        no_foreign_words(sentence)


def picture(folder: Path) -> Path:
    path = folder / "photo.png"
    Image.fromarray(np.random.default_rng(2).integers(0, 255, (40, 50, 3), np.uint8)).save(path)
    return path


def test_a_package_for_another_task_is_called_so(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    networks = {"model_x2": picture_onnx(tile=None, scale=2)}
    upscaler = make_package(tmp_path, "up", "upscale", networks, {"input_sizes": [128]})
    denoiser = picture_package(tmp_path, "clean", picture_onnx(tile=None))
    photo, raw = picture(tmp_path), dng("a.dng", "--size", "64x48")
    twice = ("upscale", photo, "--scale", 2)
    for arguments, words in (
        (("denoise", photo, "--model", upscaler),
         "'up' is made for the task 'upscale' and not for denoise; latent upscale takes it"),
        (("rawdenoise", raw, "--model", denoiser),
         "'clean' is made for the task 'denoise' and not for rawdenoise; latent denoise takes it"),
        ((*twice, "--model", denoiser), "not for upscale; latent denoise takes it"),
        (("upscale", photo, "--scale", 4, "--model", upscaler),
         "'up' does not enlarge 4 times; use --scale 2"),
        ((*twice, "--model", upscaler, "--denoise", 50, "--denoise-model", upscaler),
         "not for denoise"),
    ):  # fmt: skip
        outcome = latent(*arguments)
        assert outcome.code != 0, outcome
        assert len(outcome.stderr.splitlines()) == 1
        assert words in outcome.stderr
        no_foreign_words(outcome.stderr)
    assert latent("upscale", photo, "--scale", 2, "--model", upscaler).code == 0


def with_a_wrong_shape(side: int) -> bytes:
    """The identity, told by a size that the file states wrongly: who trusts that doubles it."""
    nodes = [
        helper.make_node("ReduceMax", ["input"], ["most"], keepdims=0),
        helper.make_node("Mul", ["most", "nothing"], ["zero"]),
        helper.make_node("Cast", ["zero"], ["none"], to=TensorProto.INT64),
        helper.make_node("Shape", ["input"], ["size"]),
        helper.make_node("Add", ["size", "none"], ["sizes"]),
        helper.make_node("Reshape", ["input", "sizes"], ["same"]),
        helper.make_node("Shape", ["same"], ["found"]),
        helper.make_node("Gather", ["found", "two"], ["height"]),
        helper.make_node("Cast", ["height"], ["tall"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["tall", "side"], ["factor"]),
        helper.make_node("Mul", ["same", "factor"], ["product"]),
        helper.make_node("Reshape", ["product", "sizes"], ["output"]),
    ]
    constants: dict[str, Any] = {"nothing": np.array(0, np.float32), "two": np.array(2, np.int64),
                 "side": np.array(side, np.float32)}  # fmt: skip
    shape = [1, 3, side, side]
    graph = helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(array, key) for key, array in constants.items()],
        value_info=[
            helper.make_tensor_value_info("same", TensorProto.FLOAT, [1, 3, 2 * side, 2 * side])
        ],
    )  # fmt: skip
    imports = [helper.make_opsetid("", 17)]
    made: bytes = helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString()
    return made


@pytest.mark.parametrize(
    ("keys", "factor", "notice"),
    [
        ({}, 2, ""),
        ({"ort_optimization": "ALL"}, 2, ""),
        ({"ort_optimization": "Disabled"}, 1, ""),
        ({"ort_optimization": {"model": "disabled"}}, 1, ""),
        ({"ort_optimization": {"decoder": "disabled"}}, 2, ""),
        ({"ort_optimization_provider": {"CPU": "disabled"}}, 1, ""),
        ({"ort_optimization": "disabled", "ort_optimization_provider": {"CPU": "all"}}, 2, ""),
        ({"ort_optimization_provider": {"CUDA": "disabled"}}, 2, ""),
        ({"ort_optimization": "extended"}, 2, 'ort_optimization is "extended"'),
    ],
)  # fmt: skip
def test_ort_optimization_is_honoured(
    latent: Latent, tmp_path: Path, keys: dict[str, Any], factor: int, notice: str
) -> None:
    if not any(Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so*")):
        pytest.skip("no ONNX Runtime library is here")
    photo = tmp_path / "photo.png"
    picture = np.empty((50, 40, 3), np.uint8)
    picture[:], picture[:5] = (90, 100, 110), (120, 60, 90)  # two hues: no toned picture
    Image.fromarray(picture).save(photo)
    package = make_package(tmp_path, "o", "denoise", {"model": with_a_wrong_shape(256)},
                           {"input_sizes": [256]}, **keys)  # fmt: skip
    result = tmp_path / "result.png"
    outcome = latent("denoise", photo, "--model", package, "-o", result, "--bit-depth", 8,
                     "--engine", "onnxruntime", "--device", "cpu")  # fmt: skip
    if "built without" in outcome.stderr:
        pytest.skip("this build has no ONNX Runtime")
    assert outcome.code == 0, outcome
    assert (notice in outcome.stderr) if notice else outcome.stderr == ""
    found = np.asarray(Image.open(result)).astype(int)[10:40, 10:30].mean(axis=(0, 1))
    assert np.abs(found - factor * np.array([90, 100, 110])).max() <= 2


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_cases_from_the_field(models: Models, latent: Latent, tmp_path: Path) -> None:
    for name, words in (("F14-no-tile.dtmodel", "input_sizes is missing"),
                        ("F15-custom-op.dtmodel", "needs the operator"),
                        ("F15-bare.onnx", "is an ONNX network and no model package")):  # fmt: skip
        sentence = models.refused("import", "--yes", CASES / name)
        assert words in sentence
        no_foreign_words(sentence)
    outcome = latent("denoise", picture(tmp_path), "--model", CASES / "F15-up2.dtmodel")
    assert "is made for the task 'upscale' and not for denoise" in outcome.stderr
