# SPDX-License-Identifier: GPL-3.0-or-later
"""latent erase: what is inside the hole changes, and nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import onnx
import pytest
import tifffile
from darktable_packages import make_package
from latent_program import MakeDng, Outcome
from onnx import TensorProto, helper, numpy_helper

Latent = Callable[..., Outcome]
Samples = npt.NDArray[Any]
WIDTH, HEIGHT = 300, 220


def hole(width: int = WIDTH, height: int = HEIGHT) -> npt.NDArray[np.bool_]:
    rows, columns = np.mgrid[:height, :width]
    inside: npt.NDArray[np.bool_] = (columns - 150) ** 2 + (rows - 110) ** 2 <= 20**2
    return inside


def photo(channels: int = 3) -> npt.NDArray[np.float64]:
    """A ground with waves and grain, and a bright disc on it."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    ground = 0.35 + 0.1 * np.sin(columns / 9) + 0.0005 * rows
    picture = np.stack([ground + 0.03 * c for c in range(channels)], axis=2)
    picture += np.random.default_rng(3).normal(0, 0.01, picture.shape)
    picture[hole()] = 0.95
    return np.asarray(np.clip(picture, 0, 1))


def write_mask(path: Path, mask: npt.NDArray[np.bool_]) -> Path:
    path.write_bytes(imagecodecs.png_encode(mask.astype(np.uint8) * 255))
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    return write_mask(tmp_path / "mask.png", hole())


def integers(kind: type, channels: int = 3) -> Samples:
    most = np.iinfo(kind).max
    return np.rint(photo(channels) * most).astype(kind)


def write_source(folder: Path, kind: str) -> tuple[Path, Samples]:
    """A source of that kind, and its samples."""
    if kind in ("png8", "png16"):
        samples = integers(np.uint8 if kind == "png8" else np.uint16)
        path = folder / "photo.png"
        path.write_bytes(imagecodecs.png_encode(samples))
    elif kind == "jpeg":
        path = folder / "photo.jpg"
        path.write_bytes(imagecodecs.jpeg8_encode(integers(np.uint8), level=95))
        samples = imagecodecs.imread(path)
    elif kind == "grey":
        samples = integers(np.uint16, 1)[:, :, 0]
        path = folder / "photo.tif"
        tifffile.imwrite(path, samples, photometric="minisblack")
    elif kind == "alpha":
        samples = integers(np.uint16, 4)
        path = folder / "photo.tif"
        tifffile.imwrite(path, samples, photometric="rgb", extrasamples=["unassalpha"])
    else:
        samples = (photo() * 3 - 0.2).astype(np.float32)  # linear, beyond 0..1
        path = folder / "photo.tif"
        tifffile.imwrite(path, samples, photometric="rgb")
    return path, samples


@pytest.mark.parametrize("kind", ["png8", "png16", "jpeg", "grey", "alpha", "float"])
def test_outside_the_hole_every_sample_stays(
    latent: Latent, tmp_path: Path, mask: Path, kind: str
) -> None:
    source, before = write_source(tmp_path, kind)
    depth = {"png8": "8", "jpeg": "8", "float": "32"}.get(kind, "16")
    out = tmp_path / "out.tif"
    outcome = latent(
        "erase", source, "--mask", mask, "--dilate", 0, "-o", out, "--bit-depth", depth
    )
    assert outcome.code == 0, outcome
    after = tifffile.imread(out)
    assert after.dtype == before.dtype
    assert after.shape == before.shape
    inside = hole()
    assert np.array_equal(after[~inside], before[~inside])
    colours = slice(0, 3) if before.ndim == 3 else slice(None)
    assert not np.array_equal(after[inside], before[inside])
    if before.ndim == 3:
        if before.shape[2] == 4:
            assert np.array_equal(after[:, :, 3], before[:, :, 3])
        after, before = after[:, :, colours], before[:, :, colours]
    ring = after[hole_ring()].astype(float)
    spread = ring.max() - ring.min()
    filled = after[inside].astype(float)
    assert filled.min() > ring.min() - 0.2 * spread
    assert filled.max() < ring.max() + 0.2 * spread


def hole_ring() -> npt.NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    away = np.hypot(columns - 150, rows - 110)
    ring: npt.NDArray[np.bool_] = (away > 22) & (away < 60)
    return ring


def test_a_click_takes_the_object_and_its_edge(latent: Latent, tmp_path: Path) -> None:
    source, before = write_source(tmp_path, "png8")
    out = tmp_path / "out.png"
    outcome = latent("erase", source, "--click", "150,110", "-o", out, "--bit-depth", 8, "--json")
    assert outcome.code == 0, outcome
    after = imagecodecs.imread(out)
    assert after[hole()].max() < 200  # the disc is gone
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    far = np.hypot(columns - 150, rows - 110) > 45
    assert np.array_equal(after[far], before[far])


def test_the_grain_of_the_surroundings_comes_back(latent: Latent, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    samples = np.clip(110 + rng.normal(0, 6, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
    source = tmp_path / "grain.png"
    source.write_bytes(imagecodecs.png_encode(samples))
    mask = write_mask(tmp_path / "m.png", hole())
    deviations = {}
    for grain in ("auto", "none"):
        out = tmp_path / f"{grain}.png"
        done = latent("erase", source, "--mask", mask, "--dilate", 0, "--grain", grain,
                      "-o", out, "--bit-depth", 8)  # fmt: skip
        assert done.code == 0, done
        deviations[grain] = imagecodecs.imread(out)[hole()].astype(float).std()
    assert deviations["auto"] == pytest.approx(6, rel=0.15)


@pytest.mark.parametrize("cfa", ["rggb", "xtrans", "mono"])
def test_a_raw_stays_a_raw_and_keeps_every_other_site(
    latent: Latent, dng: MakeDng, tmp_path: Path, cfa: str
) -> None:
    source = dng("photo.dng", "--cfa", cfa)
    plain, out = tmp_path / "plain.dng", tmp_path / "out.dng"
    assert latent("rawdenoise", source, "--strength", 0, "-o", plain).code == 0
    facts = json.loads(latent("info", source, "--json").stdout)
    width, height = facts["crop"][2:] if "crop" in facts else (facts["width"], facts["height"])
    mask = np.zeros((height, width), bool)
    mask[height // 2 : height // 2 + 12, width // 2 : width // 2 + 14] = True
    outcome = latent("erase", source, "--mask", write_mask(tmp_path / "m.png", mask),
                     "--dilate", 0, "-o", out)  # fmt: skip
    assert outcome.code == 0, outcome
    before, after = raw_samples(plain), raw_samples(out)
    assert before.shape == after.shape
    changed = before != after
    assert 0 < changed.sum() <= 12 * 14
    rows, columns = np.nonzero(changed)
    assert np.ptp(rows) < 12
    assert np.ptp(columns) < 14


def raw_samples(path: Path) -> Samples:
    """The largest picture of a DNG."""
    with tifffile.TiffFile(path) as file:
        pages = list(file.pages) + [sub for page in file.pages for sub in page.pages or []]
        pictures: list[Samples] = [page.asarray() for page in pages]
        return max(pictures, key=lambda samples: samples.shape[0] * samples.shape[1])


def test_spots_are_listed_and_the_list_serves_another_picture(
    latent: Latent, tmp_path: Path
) -> None:
    rows, columns = np.mgrid[:400, :600]
    rng = np.random.default_rng(2)
    for name, seed in (("one", 3), ("two", 4)):
        sky = 180 - rows * 0.05 + np.random.default_rng(seed).normal(0, 1, rows.shape)
        for x, y, radius in ((150, 100, 7), (430, 250, 10)):
            sky -= 14 * np.exp(-(((columns - x) ** 2 + (rows - y) ** 2) / radius**2))
        picture = np.repeat(np.clip(sky, 0, 255)[:, :, None], 3, axis=2).astype(np.uint8)
        (tmp_path / f"{name}.png").write_bytes(imagecodecs.png_encode(picture))
    assert rng is not None
    spots = tmp_path / "spots.json"
    told = latent("erase", tmp_path / "one.png", "--spots", "--dry-run", "--spots-list", spots)
    assert told.code == 0, told
    assert "2 spots" in told.stdout
    assert len(json.loads(spots.read_text())["spots"]) == 2
    out = tmp_path / "clean.png"
    done = latent("erase", tmp_path / "two.png", "--spots-list", spots, "-o", out,
                  "--bit-depth", 8)  # fmt: skip
    assert done.code == 0, done
    clean = imagecodecs.imread(out)
    for x, y in ((150, 100), (430, 250)):
        around = clean[y - 30 : y - 20, x - 5 : x + 5].mean()
        assert abs(clean[y - 3 : y + 3, x - 3 : x + 3].mean() - around) < 3


def flat_network(value: float, side: int = 64, scale: float = 255.0) -> bytes:
    """Takes image and mask, and gives the image with `value` under the mask, times `scale`."""
    shape = [1, 3, side, side]
    nodes = [
        helper.make_node("Sub", ["one", "mask"], ["kept"]),
        helper.make_node("Mul", ["image", "kept"], ["outside"]),
        helper.make_node("Mul", ["mask", "value"], ["inside"]),
        helper.make_node("Sqrt", ["inside"], ["root"]),  # of what is below 0: no number
        helper.make_node("Mul", ["root", "root"], ["square"]),
        helper.make_node("Add", ["outside", "square"], ["sum"]),
        helper.make_node("Mul", ["sum", "scale"], ["output"]),
    ]
    constants = {"one": 1.0, "value": value, "scale": scale}
    graph = helper.make_graph(
        nodes, "fill",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape),
         helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, side, side])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def package(folder: Path, network: bytes, **attributes: object) -> Path:
    usual: dict[str, object] = {"input_sizes": [64], "mask_value_hole": 1, "output_scale": 255,
                                "output_composited": True}  # fmt: skip
    return make_package(folder, "erase-tiny", "erase", {"model": network}, usual | attributes)


def test_a_network_fills_only_the_hole(latent: Latent, tmp_path: Path, mask: Path) -> None:
    source, before = write_source(tmp_path, "png16")
    out = tmp_path / "out.png"
    model = package(tmp_path, flat_network(0.4))
    done = latent("erase", source, "--mask", mask, "--dilate", 0, "--model", model, "-o", out)
    assert done.code == 0, done
    after = imagecodecs.imread(out)
    assert np.array_equal(after[~hole()], before[~hole()])
    middle = after[105:115, 145:155].astype(float).mean() / 65535
    assert middle == pytest.approx(0.4, abs=0.08)  # and brought to the tone of the border


@pytest.mark.parametrize(
    ("value", "attributes", "sentence"),
    [
        (-0.4, {}, "no numbers|not finite"),  # the second where bfloat16 is proved first
        (0.4, {"output_scale": 1}, "another range"),
        (0.4, {"output_scale": 7}, "neither 1 nor 255"),
        (0.4, {"mask_value_hole": 2}, "neither 0 nor 1"),
    ],
)
def test_a_network_that_is_not_what_it_says_is_refused(
    latent: Latent, tmp_path: Path, mask: Path, value: float, attributes: dict[str, object],
    sentence: str,
) -> None:  # fmt: skip
    source, _ = write_source(tmp_path, "png8")
    out = tmp_path / "out.png"
    model = package(tmp_path, flat_network(value), **attributes)
    done = latent("erase", source, "--mask", mask, "--model", model, "-o", out)
    assert done.code != 0
    assert re.search(sentence, done.stderr)
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def test_bad_masks_are_refused_in_one_sentence(latent: Latent, tmp_path: Path) -> None:
    source, _ = write_source(tmp_path, "png8")
    full = np.ones((HEIGHT, WIDTH), bool)
    out = tmp_path / "out.png"
    for mask, options, sentence in (
        (~full, (), "the mask is empty"),
        (full, (), "whole picture"),
        (full[: HEIGHT // 2, : WIDTH // 2], (), "--scale-mask"),
    ):
        done = latent("erase", source, "--mask", write_mask(tmp_path / "m.png", mask), *options,
                      "-o", out)  # fmt: skip
        assert done.code != 0
        assert sentence in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert not out.exists()
    for arguments, sentence in (
        ((), "nothing is named"),
        (("--not", "1,1"), "--not says what stays"),
        (("--click", "999,1"), "outside"),
        (("--click", "1;1"), "X,Y"),
        (("--box", "5,5,0,9"), "no area"),
        (("--spots-list", source), "photo.png"),
        (("--spots", "--dry-run", "--mask", "x.png", "--dilate", "-3"), "--dilate"),
    ):
        done = latent("erase", source, *arguments, "-o", out)
        assert done.code != 0
        assert sentence in done.stderr, done
        assert not out.exists()


def test_a_mask_of_another_size_is_scaled_when_told(latent: Latent, tmp_path: Path) -> None:
    source, _ = write_source(tmp_path, "png8")
    small = write_mask(tmp_path / "m.png", hole()[::2, ::2])
    out = tmp_path / "out.png"
    done = latent("erase", source, "--mask", small, "--scale-mask", "--dilate", 2, "-o", out,
                  "--bit-depth", 8)  # fmt: skip
    assert done.code == 0, done
    assert "brought to" in done.stdout + done.stderr
    assert imagecodecs.imread(out)[hole()].max() < 200


def test_no_spots_leave_the_picture_as_it_is(latent: Latent, tmp_path: Path) -> None:
    source, before = write_source(tmp_path, "png16")
    out = tmp_path / "out.png"
    done = latent("erase", source, "--spots", "-o", out)
    assert done.code == 0, done
    assert np.array_equal(imagecodecs.imread(out), before)


def test_a_job_says_the_same_as_the_command_line(
    latent: Latent, tmp_path: Path, mask: Path
) -> None:
    source, _ = write_source(tmp_path, "png8")
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    options = ("--mask", mask, "--dilate", 1, "--click", "10,10", "--click", "50%,50%")
    printed = latent("erase", source, *options, "-o", two, "--print-job")
    assert printed.code == 0, printed
    job = json.loads(printed.stdout)
    assert job["settings"]["clicks"] == ["10,10", "50%,50%"]
    (tmp_path / "job.json").write_text(printed.stdout)
    assert latent("run", tmp_path / "job.json").code == 0
    assert latent("erase", source, *options, "-o", one).code == 0
    assert np.array_equal(imagecodecs.imread(one), imagecodecs.imread(two))


def test_a_box_without_an_object_says_what_helps(latent: Latent, tmp_path: Path) -> None:
    source = tmp_path / "flat.png"
    source.write_bytes(imagecodecs.png_encode(np.full((60, 80, 3), 120, np.uint8)))
    done = latent("erase", source, "--box", "30,20,10,10", "-o", tmp_path / "out.png")
    assert done.code != 0
    assert "no object was found there; draw --box around the whole object" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
