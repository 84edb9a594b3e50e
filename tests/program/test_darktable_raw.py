# SPDX-License-Identifier: GPL-3.0-or-later
"""latent rawdenoise with packages made for darktable, against a plain reading of what it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from darktable_packages import bayer_onnx, make_package, picture_onnx, runner
from latent_program import MakeDng, Outcome
from latent_reference import darktable
from test_rawdenoise import samples_of, tag_of

Latent = Callable[..., Outcome]
COMPAT = ("--compat", "darktable-5.6")
# Between red and blue 0.3..0.9 of white everywhere, so that a wrong weight or gain shows.
SCENE = ("--scene", "texture", "--noise", "0.002,1e-5", "--exposure", "0.5")
T = 128


def result_of(source: Path) -> Path:
    return source.with_name(source.stem + "_raw-denoise.dng")


def tags_of(path: Path) -> dict[str, Any]:
    """All tags of IFD 0 and of the raw picture."""
    with tifffile.TiffFile(path) as tiff:
        first: Any = tiff.pages[0]
        pages = [first, *(first.pages or [])]
        raw = next(p for p in pages if p.photometric in (32803, 34892))
        return {t.name: t.value for p in (first, raw) for t in p.tags.values()}


def rational(values: Any) -> npt.NDArray[np.float64]:
    flat = np.array(values, np.float64).reshape(-1, 2)
    return np.asarray(flat[:, 0] / flat[:, 1])


def camera_of(path: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """XYZ to camera, and the as-shot multipliers."""
    tags = tags_of(path)
    return rational(tags["ColorMatrix1"]).reshape(3, 3), 1 / rational(tags["AsShotNeutral"])


def sensor_of(path: Path) -> darktable.Sensor:
    """A Bayer DNG as darktable sees it; DNG counts pattern and black from the active area."""
    tags = tags_of(path)
    samples = samples_of(path)
    top, left, bottom, right = tags.get("ActiveArea", (0, 0, *samples.shape))
    x, y = (int(v) for v in np.rint(np.array(tags.get("DefaultCropOrigin", (0, 0)), float)[:2]))
    w, h = (int(v) for v in tags.get("DefaultCropSize", (right - left, bottom - top)))
    black = np.atleast_1d(np.array(tags["BlackLevel"], np.float64))
    black = np.full(4, black[0]) if black.size == 1 else black
    turn = (top % 2, left % 2)
    return darktable.Sensor(
        samples=samples,
        pattern=np.roll(np.frombuffer(tags["CFAPattern"], np.uint8).reshape(2, 2), turn, (0, 1))
        .astype(np.int64),
        black=np.roll(black.reshape(2, 2), turn, (0, 1)),
        white=float(np.min(tags["WhiteLevel"])),
        crop=(left + x, top + y, w, h),
    )  # fmt: skip


def bayer_package(folder: Path, name: str, onnx: bytes, tile: int = T, **attributes: Any) -> Path:
    said = {"input_kind": "bayer_v1", **attributes}
    return make_package(
        folder, name, "rawdenoise", {"model_bayer": onnx},
        {"input_sizes": [tile], "model_bayer": said},
    )  # fmt: skip


def worst(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> int:
    assert a.shape == b.shape
    return int(np.abs(a.astype(np.int64) - b.astype(np.int64)).max())


def judge_bayer(source: Path, onnx: bytes, mode: str, **how: Any) -> npt.NDArray[np.uint16]:
    matrix, shot = camera_of(source)
    wb = darktable.white_balance(mode, matrix, shot)
    return darktable.bayer(sensor_of(source), runner(onnx), T, wb, **how)


# 277 x 301 with tiles of 128: 3 x 3 tiles; 276 leaves a last core of 10 packed columns (C1).
@pytest.mark.parametrize("cfa", ["rggb", "grbg", "gbrg", "bggr"])
@pytest.mark.parametrize(
    ("size", "margins", "inset"),
    [("300x277", "0,0,0,0", 0), ("276x270", "0,0,0,0", 0), ("262x258", "3,5,2,7", 0),
     ("281x263", "2,3,4,1", 5)],
)  # fmt: skip
def test_bayer_as_darktable_does(
    latent: Latent, dng: MakeDng, tmp_path: Path, cfa: str, size: str, margins: str, inset: int
) -> None:
    source = dng("photo.dng", "--cfa", cfa, "--size", size, "--margins", margins, "--inset",
                 str(inset), "--black", "500,510,520,530", *SCENE)  # fmt: skip
    onnx = bayer_onnx("mixed")
    package = bayer_package(tmp_path, "mixed", onnx)
    outcome = latent("rawdenoise", source, "--model", package, *COMPAT)
    assert outcome.code == 0, outcome
    expected = judge_bayer(source, onnx, "daylight")
    assert worst(expected, sensor_of(source).samples) > 100
    assert worst(samples_of(result_of(source)), expected) <= 1


@pytest.mark.parametrize(
    ("onnx", "attributes", "how"),
    [
        (bayer_onnx("identity"), {"wb_norm": "none"}, {}),
        (bayer_onnx("identity", None), {"wb_norm": "none"}, {}),
        (bayer_onnx("mixed", None), {"wb_norm": "as_shot"}, {"strength": 0.4}),
        (bayer_onnx("mixed", gain=1e6), {"wb_norm": "none"}, {}),
        (bayer_onnx("mixed", gain=-3), {"wb_norm": "none"}, {}),
        (bayer_onnx("mixed"), {"output_scale": "absolute"}, {"output_scale": "absolute"}),
        (bayer_onnx("mixed"), {"bayer_orientation": "native"}, {"orientation": "native"}),
        (bayer_onnx("mixed"), {"edge_pad": "mirror"}, {"edge_pad": "mirror"}),
    ],
    ids=["identity", "free sizes", "as shot, strength", "large gain", "negative gain", "absolute",
         "native", "mirror"],
)  # fmt: skip
def test_every_word_of_bayer_as_darktable_reads_it(
    latent: Latent, dng: MakeDng, tmp_path: Path, onnx: bytes, attributes: dict[str, Any],
    how: dict[str, Any],
) -> None:  # fmt: skip
    source = dng("photo.dng", "--cfa", "gbrg", "--size", "271x266", "--margins", "1,3,0,2",
                 *SCENE)  # fmt: skip
    package = bayer_package(tmp_path, "words", onnx, **attributes)
    strength = 100 * how.get("strength", 1.0)
    outcome = latent("rawdenoise", source, "--model", package, "--strength", strength, *COMPAT)
    assert outcome.code == 0, outcome
    expected = judge_bayer(source, onnx, str(attributes.get("wb_norm", "daylight")), **how)
    assert worst(samples_of(result_of(source)), expected) <= 1


def linear_package(
    folder: Path, name: str, onnx: bytes, stem: str = "model_linear", **attributes: Any
) -> Path:
    kind = "xtrans_v1" if stem == "model_xtrans" else "linear_v1"
    said = {"input_kind": kind, "input_sizes": [T], **attributes}
    return make_package(folder, name, "rawdenoise", {stem: onnx}, {stem: said})


@pytest.mark.parametrize(
    ("attributes", "mode", "how"),
    [
        ({}, "as_shot", {}),
        ({"wb_norm": "none", "target_mean": None}, "none", {}),  # null does not hinder darktable
        ({"wb_norm": "none", "target_mean": "none"}, "none", {"target": None}),
        ({"wb_norm": "daylight", "target_mean": "0.5"}, "daylight", {"target": 0.5}),
        ({"wb_norm": "none", "target_mean": 0.9}, "none", {}),  # a number is no string
        ({"wb_norm": "none", "input_colorspace": "srgb_linear"}, "none", {"space": "srgb_linear"}),
        ({"wb_norm": "none", "input_colorspace": "camRGB"}, "none", {"space": "camRGB"}),
        ({"output_scale": "absolute", "target_mean": "null"}, "as_shot",
         {"output_scale": "absolute", "target": None}),
        ({"wb_norm": "none"}, "none", {"strength": 0.3}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", ["203x197", "140x135"])
def test_linear_as_darktable_does(
    latent: Latent, dng: MakeDng, tmp_path: Path, attributes: dict[str, Any], mode: str,
    how: dict[str, Any], size: str,
) -> None:  # fmt: skip
    source = dng("photo.dng", "--cfa", "linear", "--size", size, "--bits", "14", *SCENE)
    onnx = picture_onnx("mixed", gain=5 if "output_scale" not in attributes else 1)
    package = linear_package(tmp_path, "linear", onnx, **attributes)
    strength = 100 * how.get("strength", 1.0)
    outcome = latent("rawdenoise", source, "--model", package, "--strength", strength, *COMPAT)
    assert outcome.code == 0, outcome
    matrix, shot = camera_of(source)
    camera = samples_of(source).astype(np.float64) / float(np.min(tags_of(source)["WhiteLevel"]))
    wb = darktable.white_balance(mode, matrix, shot)
    expected = darktable.linear(camera, runner(onnx), T, wb, matrix, **how)
    result = result_of(source)
    assert worst(samples_of(result), expected) <= 1
    assert set(np.atleast_1d(tag_of(result, "WhiteLevel"))) == {65535}


@pytest.mark.parametrize("compat", [(), COMPAT])
@pytest.mark.parametrize("cfa", ["rggb", "bggr", "xtrans", "linear"])
def test_strength_0_is_the_source(
    latent: Latent, dng: MakeDng, tmp_path: Path, cfa: str, compat: tuple[str, ...]
) -> None:
    source = dng("photo.dng", "--cfa", cfa, "--size", "301x277", *SCENE)
    package = bayer_package(tmp_path, "mixed", bayer_onnx("mixed"))
    outcome = latent("rawdenoise", source, "--model", package, "--strength", 0, *compat)
    assert outcome.code == 0, outcome
    stored = samples_of(result_of(source)).astype(np.int64)
    assert np.array_equal(stored, samples_of(source).astype(np.int64) * 4)


@pytest.mark.parametrize("cfa", ["rggb", "grbg", "gbrg", "bggr"])
@pytest.mark.parametrize("orientation", ["force_rggb", "native"])
@pytest.mark.parametrize("tile", [128, None])
def test_our_way_the_identity_gives_the_source_in_every_phase(
    latent: Latent, dng: MakeDng, tmp_path: Path, cfa: str, orientation: str, tile: int | None
) -> None:
    """One gain for the picture, smooth weights, nothing clipped: half a step is lost."""
    if orientation == "native" and cfa != "rggb":
        pytest.skip("the identity of this test is one for planes R, G, G, B only")
    # Native planes begin at the corner of the buffer.
    margins = "2,4,1,7" if orientation == "native" else "3,5,2,7"
    source = dng("photo.dng", "--cfa", cfa, "--size", "301x277", "--margins", margins,
                 "--black", "500,510,520,530", *SCENE)  # fmt: skip
    package = bayer_package(tmp_path, "identity", bayer_onnx("identity", tile, 1000),
                            bayer_orientation=orientation)  # fmt: skip
    outcome = latent("rawdenoise", source, "--model", package, "--hot-pixels", "keep")
    assert outcome.code == 0, outcome
    stored = samples_of(result_of(source)).astype(np.int64)
    assert worst(stored, samples_of(source).astype(np.int64) * 4) <= 1


@pytest.mark.parametrize("gain", [-2.0, -1e6, -1e-6, 1e6, 1e-6])
@pytest.mark.parametrize("kind", ["bayer", "linear"])
def test_our_way_an_answer_of_any_steady_gain_is_used(
    latent: Latent, dng: MakeDng, tmp_path: Path, gain: float, kind: str
) -> None:
    """Whatever the scale of the answer, and turned over too, the identity gives the source."""
    if kind == "bayer":
        source = dng("photo.dng", "--size", "301x277", *SCENE)
        package = bayer_package(tmp_path, "gain", bayer_onnx("identity", gain=gain))
    else:
        source = dng("photo.dng", "--cfa", "linear", "--size", "140x135", *SCENE)
        package = linear_package(tmp_path, "gain", picture_onnx("identity", gain=gain))
    outcome = latent("rawdenoise", source, "--model", package, "--hot-pixels", "keep")
    assert outcome.code == 0, outcome
    stored = samples_of(result_of(source)).astype(np.int64)
    assert worst(stored, samples_of(source).astype(np.int64) * 4) <= 1


def test_our_way_an_answer_that_does_not_follow_the_input_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--size", "301x277", *SCENE)
    package = bayer_package(tmp_path, "silent", bayer_onnx("identity", gain=0))
    outcome = latent("rawdenoise", source, "--model", package)
    assert outcome.code != 0
    assert "does not follow its input" in outcome.stderr
    assert not result_of(source).exists()


def test_our_way_a_region_is_the_part_of_the_whole(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--cfa", "grbg", "--size", "401x377", *SCENE)
    package = bayer_package(tmp_path, "mixed", bayer_onnx("mixed"), output_scale="absolute")
    whole, part = tmp_path / "whole.dng", tmp_path / "part.dng"
    for out, more in ((whole, ()), (part, ("--region", "151,133,120,100"))):
        outcome = latent("rawdenoise", source, "--model", package, "-o", out, *more)
        assert outcome.code == 0, outcome
    assert worst(samples_of(part), samples_of(whole)[133:233, 151:271]) <= 8  # of 65535; the grid


@pytest.mark.parametrize("compat", [(), COMPAT])
@pytest.mark.parametrize(("kind", "left"), [("identity", 1.0), ("smooth", 4 / 6 / 5**3)])
def test_the_noise_profile_of_a_linear_raw_says_what_was_left(
    latent: Latent, dng: MakeDng, tmp_path: Path, compat: tuple[str, ...], kind: str, left: float
) -> None:
    """It is told by second differences, of which the mean of 5x5 leaves 4 of 6, five times less by
    its height and twenty-five by its width."""
    source = dng("photo.dng", "--cfa", "linear", "--size", "301x277", "--scene", "gradient",
                 "--noise", "0.002,1e-5", "--noise-profile")  # fmt: skip
    package = linear_package(tmp_path, kind, picture_onnx(kind), wb_norm="none", target_mean="none")
    outcome = latent("rawdenoise", source, "--model", package, *compat)
    assert outcome.code == 0, outcome
    before, after = (
        np.asarray(tag_of(path, "NoiseProfile"), float) for path in (source, result_of(source))
    )
    part = after[::2] / before[::2]
    assert np.all((0.7 * left <= part) & (part <= 1.01)), part
    assert left == 1.0 or np.all(part < 2 * left), part


@pytest.mark.parametrize("compat", [(), COMPAT])
def test_a_tile_that_is_no_number_leaves_no_file(
    latent: Latent, dng: MakeDng, tmp_path: Path, compat: tuple[str, ...]
) -> None:
    source = dng("photo.dng", "--size", "401x377", "--hot", "1", "--hot-height", "0.99",
                 *SCENE)  # fmt: skip
    package = bayer_package(tmp_path, "nan", bayer_onnx("nan"), wb_norm="none")
    outcome = latent("rawdenoise", source, "--model", package, "--hot-pixels", "keep", *compat)
    assert outcome.code != 0
    assert "not finite" in outcome.stderr
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".dng", ".dtmodel"]


@pytest.mark.parametrize("compat", [(), COMPAT])
def test_xtrans_goes_through_linear_v1(
    latent: Latent, dng: MakeDng, tmp_path: Path, compat: tuple[str, ...]
) -> None:
    source = dng("photo.dng", "--cfa", "xtrans", "--size", "600x580", "--scene", "gradient")
    package = linear_package(tmp_path, "identity", picture_onnx(gain=7), wb_norm="none")
    outcome = latent("rawdenoise", source, "--model", package, *compat)
    assert outcome.code == 0, outcome
    result = result_of(source)
    assert tag_of(result, "PhotometricInterpretation") == 34892
    mosaic = (samples_of(source).astype(float) - 512) / (16383 - 512)
    white = float(np.min(tag_of(result, "WhiteLevel")))
    colours = samples_of(result).astype(float) / white
    rows = [list(map("RGB".index, row)) for row in ("GRGGBG", "BGBRGR", "GRGGBG", "GBGGRG",
                                                    "RGRBGB", "GBGGRG")]  # fmt: skip
    pattern = np.tile(np.array(rows), (97, 100))[:580, :600]
    seen = np.take_along_axis(colours, pattern[..., None], 2)[..., 0]
    inner = (slice(20, -20), slice(20, -20))
    assert np.abs(seen - mosaic)[inner].mean() < 0.003
    assert np.abs(seen - mosaic)[inner].max() < 0.05


def test_our_way_linear_keeps_what_lies_above_white(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--cfa", "linear", "--size", "203x197", "--white", "12000", *SCENE,
                 "--exposure", "2.4")  # fmt: skip
    assert samples_of(source).max() > 12100
    package = linear_package(tmp_path, "identity", picture_onnx(gain=3))
    outcome = latent("rawdenoise", source, "--model", package)
    assert outcome.code == 0, outcome
    stored = samples_of(result_of(source)).astype(np.int64)
    assert worst(stored, samples_of(source).astype(np.int64) * 4) <= 2


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"wb_norm": "tungsten"}, "attributes.model_bayer.wb_norm is"),
        ({"output_scale": "much"}, "attributes.model_bayer.output_scale is"),
        ({"bayer_orientation": "up"}, "attributes.model_bayer.bayer_orientation is"),
        ({"edge_pad": "zero"}, "attributes.model_bayer.edge_pad is"),
        ({"input_sizes": [64]}, "attributes.model_bayer.input_sizes begins with 64"),
        ({"input_sizes": [256]}, "its input 'input' has the shape [1, 4, 128, 128]"),
        ({"input_kind": "linear_v1"}, "attributes.model_bayer.input_kind is"),
    ],
)
def test_what_a_package_says_wrongly_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path, attributes: dict[str, Any], sentence: str
) -> None:
    source = dng("photo.dng", "--size", "301x277", *SCENE)
    package = bayer_package(tmp_path, "wrong", bayer_onnx("identity"), **attributes)
    outcome = latent("rawdenoise", source, "--model", package)
    assert outcome.code != 0
    assert sentence in outcome.stderr, outcome
    assert not result_of(source).exists()
    words = {"wb_norm", "output_scale", "bayer_orientation", "edge_pad"}
    if words & attributes.keys():
        outcome = latent("rawdenoise", source, "--model", package, *COMPAT)
        assert outcome.code == 0
        assert "darktable's default is taken" in outcome.stderr


def test_a_network_of_the_true_shape(latent: Latent, dng: MakeDng, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from latent_zoo.architectures.utnet2 import UtNet2
    from latent_zoo.random_weights import fill

    network = fill(UtNet2(4, units=4), 3)
    file = tmp_path / "utnet2.onnx"
    torch.onnx.export(network, (torch.zeros(1, 4, T, T),), str(file), input_names=["input"],
                      output_names=["output"], opset_version=17, dynamo=False)  # fmt: skip
    onnx = file.read_bytes()
    file.unlink()
    package = bayer_package(tmp_path, "utnet2", onnx, wb_norm="none")
    source = dng("photo.dng", "--cfa", "bggr", "--size", "301x277", *SCENE)
    outcome = latent("rawdenoise", source, "--model", package, *COMPAT)
    assert outcome.code == 0, outcome
    expected = judge_bayer(source, onnx, "none")
    assert worst(samples_of(result_of(source)), expected) <= 1
