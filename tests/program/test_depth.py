# SPDX-License-Identifier: GPL-3.0-or-later
"""latent depth: maps and masks by depth, with networks whose answer a test can compute."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from darktable_packages import make_package
from latent_program import Outcome
from onnx import TensorProto, helper, numpy_helper

Latent = Callable[..., Outcome]
WIDTH, HEIGHT = 336, 224
EDGE = 150  # left of it red and near, right of it grey and far


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    picture = np.full((HEIGHT, WIDTH, 3), 90.0)
    picture[:, :EDGE] = (220, 60, 60)
    picture += np.random.default_rng(1).normal(0, 2, picture.shape)
    path = tmp_path / "photo.png"
    path.write_bytes(imagecodecs.png_encode(np.clip(picture, 0, 255).astype(np.uint8)))
    return path


def network(fixed: int | None, metric: bool = False, value: float | None = None) -> bytes:
    """Red is near: gives the mean of three channels' normalised red, blurred; or one number."""
    size: list[int | str] = [fixed, fixed] if fixed else ["height", "width"]
    nodes = [
        helper.make_node("Conv", ["image", "red"], ["blurred"], pads=[4, 4, 4, 4]),
        helper.make_node("Mul", ["blurred", "sign"], ["signed"]),
        helper.make_node("Add", ["signed", "offset"], ["map"]),
    ]
    red = np.zeros((1, 3, 9, 9), np.float32)
    red[0, 0] = 1 / 81
    constants = {
        "red": red,
        "sign": np.float32(0 if value is not None else -1 if metric else 1),
        "offset": np.float32(value if value is not None else 5),
    }
    shape_out: list[int | str] = [1, 1, *size]
    if not metric:
        nodes.append(helper.make_node("Squeeze", ["map", "axis"], ["depth"]))
        constants["axis"] = np.array([1], np.int64)
        shape_out = [1, *size]
    else:
        nodes.append(helper.make_node("Identity", ["map"], ["depth"]))
    graph = helper.make_graph(
        nodes, "depth",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, *size])],
        [helper.make_tensor_value_info("depth", TensorProto.FLOAT, shape_out)],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def da2(folder: Path, *, metric: bool = False, value: float | None = None) -> Path:
    attributes = {"input_sizes": [112], "keep_aspect_ratio": True, "ensure_multiple_of": 14,
                  "output_inverse_depth": True}  # fmt: skip
    return make_package(folder, "depth-tiny", "depth", {"model": network(None, metric, value)},
                        attributes)  # fmt: skip


def da3(folder: Path) -> Path:
    attributes = {"input_sizes": [112], "keep_aspect_ratio": False, "fixed_spatial": True,
                  "ensure_multiple_of": 14, "output_inverse_depth": False}  # fmt: skip
    return make_package(
        folder, "depth-three", "mask-depth", {"model": network(112, metric=True)}, attributes
    )


def read(path: Path) -> npt.NDArray[np.float64]:
    samples = imagecodecs.imread(path)
    return samples.astype(np.float64) / np.iinfo(samples.dtype).max


@pytest.mark.parametrize("make", [da2, da3])
def test_near_is_black_and_far_is_white_whatever_the_network_says(
    latent: Latent, photo: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    out = tmp_path / "map.png"
    done = latent("depth", photo, "--model", make(tmp_path), "-o", out, "--json")
    assert done.code == 0, done
    assert imagecodecs.imread(out).dtype == np.uint16
    depth = read(out)
    assert depth.shape == (HEIGHT, WIDTH)
    assert depth[60:-60, 20 : EDGE - 20].max() < 0.1
    assert depth[60:-60, EDGE + 20 : -20].min() > 0.85


def test_edges_lie_where_the_picture_has_them(latent: Latent, photo: Path, tmp_path: Path) -> None:
    model = da2(tmp_path)
    wrong = {}
    truth = np.zeros((HEIGHT, WIDTH), bool)
    truth[:, EDGE:] = True
    for edges in ("snap", "smooth"):
        out = tmp_path / f"{edges}.png"
        assert latent("depth", photo, "--model", model, "--edges", edges, "-o", out).code == 0
        far = read(out)[60:-60] > 0.5
        wrong[edges] = np.abs(read(out)[60:-60] - truth[60:-60]).mean()
        assert np.abs(far.sum(axis=1) - (WIDTH - EDGE)).max() <= 8
    assert wrong["snap"] < 0.7 * wrong["smooth"]


def test_a_range_gives_a_mask_and_invert_the_rest(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    model = da2(tmp_path)
    near, rest = tmp_path / "near.tif", tmp_path / "rest.png"
    assert latent("depth", photo, "--model", model, "--far", 30, "-o", near).code == 0
    assert latent("depth", photo, "--model", model, "--far", 30, "--invert", "-o", rest).code == 0
    mask = read(near)
    assert mask[60:-60, 20 : EDGE - 20].min() == 1
    assert mask[60:-60, EDGE + 20 : -20].max() == 0
    assert np.abs(mask + read(rest) - 1).max() < 1e-4


def test_a_point_chooses_its_depth_and_a_path_goes_around_it(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    model = da2(tmp_path)
    out = tmp_path / "mask.pfm"
    done = latent("depth", photo, "--model", model, "--point", "60,110", "-o", out, "-v")
    assert done.code == 0, done
    assert "the point lies at a depth" in done.stdout
    path = tmp_path / "mask.svg"
    done = latent("depth", photo, "--model", model, "--point", "20%,50%", "-o", path)
    assert done.code == 0, done
    assert "<path" in path.read_text()
    edit = tmp_path / "photo.png.xmp"
    done = latent("depth", photo, "--model", model, "--point", "20%,50%", "-o", edit)
    assert done.code == 0, done
    drawn = tmp_path / "drawn.png"
    assert latent("mask", "render", edit, "--photo", photo, "-o", drawn).code == 0
    inside = read(drawn) > 0.5
    assert abs(inside[60:-60].mean() - EDGE / WIDTH) < 0.05


@pytest.mark.parametrize(
    ("value", "sentence"), [(float("nan"), "no numbers"), (1.0, "same depth everywhere")]
)
def test_a_network_that_finds_no_depth_leaves_nothing(
    latent: Latent, photo: Path, tmp_path: Path, value: float, sentence: str
) -> None:
    out = tmp_path / "map.png"
    done = latent("depth", photo, "--model", da2(tmp_path, value=value), "-o", out)
    assert done.code != 0
    assert sentence in done.stderr or "finite" in done.stderr, done
    assert not out.exists()


def test_without_a_network_it_says_what_to_install(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    done = latent("depth", photo, "-o", tmp_path / "map.png")
    assert done.code != 0
    assert "mask-depth-da2-small" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_bad_words_are_refused(latent: Latent, photo: Path, tmp_path: Path) -> None:
    model = da2(tmp_path)
    out = tmp_path / "map.png"
    for options, sentence in (
        (("--near", 60, "--far", 20), "near must not lie behind far"),
        (("--point", "10,10", "--near", 3), "not by both"),
        (("--point", "1000,10"), "outside"),
        (("--near", 120), "above 100"),
    ):
        done = latent("depth", photo, "--model", model, *options, "-o", out)
        assert done.code != 0
        assert sentence in done.stderr, done
        assert not out.exists()
    done = latent("depth", photo, "--model", model, "-o", tmp_path / "map.svg")
    assert "no outline" in done.stderr


def test_the_job_of_a_depth_mask_is_complete(latent: Latent, photo: Path, tmp_path: Path) -> None:
    printed = latent("depth", photo, "--near", 10, "--soft", 2, "--print-job")
    assert printed.code == 0, printed
    settings = json.loads(printed.stdout)["settings"]
    assert settings["near"] == 10
    assert settings["far"] == "auto"
    assert settings["soft"] == 2
