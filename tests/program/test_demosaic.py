# SPDX-License-Identifier: GPL-3.0-or-later
"""latent rawdenoise --demosaic: three colours of a mosaic, as a linear DNG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from darktable_packages import bayer_onnx, make_package
from latent_program import MakeDng, Outcome
from latent_reference import cfa as patterns
from latent_reference import encoding
from latent_reference.colour_start import colour_start
from test_rawdenoise import samples_of, tag_of
from tiny_packages import make_demosaicer, make_raw_denoiser

Latent = Callable[..., Outcome]
FloatArray = npt.NDArray[np.float64]
A, B = 1e-4, 1e-8
KNOWN = ("--noise", f"{A},{B}", "--hot-pixels", "keep", "--precision", "f32")
WB = np.array([2.0, 1.0, 1.6])
BLACK, WHITE = 512.0, 16383.0
COLOUR_WHITE = 32768.0


def expected(source: Path, name: str, margins: tuple[int, int, int, int]) -> FloatArray:
    """What a network that finds nothing to take away gives of a synthetic raw."""
    top, left, bottom, right = margins
    stored = samples_of(source).astype(float)
    x = (stored[top : stored.shape[0] - bottom, left : stored.shape[1] - right] - BLACK) / (
        WHITE - BLACK
    )
    colours = patterns.colour_index(patterns.named(name), *x.shape)
    site = encoding.SiteNoise(WB[colours] * A, WB[colours] ** 2 * B)
    u = encoding.encode(x * WB[colours], site)
    each = encoding.SiteNoise(WB * A, WB**2 * B)
    return np.asarray(encoding.decode(colour_start(u, colours), each) / WB)


def nothing_found(folder: Path, demosaics: bool) -> Path:
    """A package whose networks find nothing to take away, with or without one that demosaics."""
    if demosaics:
        return make_demosaicer(folder, (0.0, 0.0, 0.0))
    return make_raw_denoiser(folder, {"bayer": 0.0, "xtrans": 0.0})


@pytest.mark.parametrize("name", ["rggb", "grbg", "gbrg", "bggr", "xtrans:0,0", "xtrans:4,2"])
@pytest.mark.parametrize("demosaics", [True, False])
def test_three_colours_of_every_mosaic_stand_in_a_linear_dng(
    latent: Latent, dng: MakeDng, tmp_path: Path, name: str, demosaics: bool
) -> None:
    source = dng("photo.dng", "--cfa", name, "--size", "301x277", "--margins", "3,5,2,7",
                 "--scene", "texture", "--noise", f"{A},{B}", "--wb", "2,1,1.6")  # fmt: skip
    package = nothing_found(tmp_path, demosaics)
    outcome = latent("rawdenoise", source, "--demosaic", "--model", package, *KNOWN, "--json")
    assert outcome.code == 0, outcome
    assert outcome.events[-1]["demosaiced"] is True
    result = source.with_name("photo_raw-denoise.dng")
    assert tag_of(result, "PhotometricInterpretation") == 34892
    assert set(np.ravel(tag_of(result, "WhiteLevel"))) == {COLOUR_WHITE}
    found = samples_of(result).astype(float) / COLOUR_WHITE
    wanted = np.maximum(expected(source, name, (3, 5, 2, 7)), 0)
    assert found.shape == wanted.shape == (277, 301, 3)
    inner = wanted < 0.9  # above, clipping is undone
    assert np.abs(found - wanted)[inner].max() < 1e-3
    assert np.abs(found - wanted)[inner].mean() < 1e-4


def test_what_the_network_finds_is_taken_off_each_colour(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    """A network that lifts blue everywhere: texture, so the means of the source do not undo it."""
    source = dng("photo.dng", "--size", "160x128", "--scene", "texture", "--wb", "2,1,1.6")
    means = []
    for residual in (0.0, -0.05):
        package = make_demosaicer(tmp_path, (0.0, 0.0, residual))
        target = tmp_path / f"{residual}.dng"
        common = ("--demosaic", "--model", package, "-o", target)
        assert latent("rawdenoise", source, *common, *KNOWN).code == 0
        means.append(samples_of(target).reshape(-1, 3).mean(axis=0))
    moved = means[1] - means[0]
    assert moved[2] > 300
    assert abs(moved[0]) < 1
    assert abs(moved[1]) < 1


@pytest.mark.parametrize("name", ["grbg", "xtrans:1,2"])
@pytest.mark.parametrize("demosaics", [True, False])
def test_a_region_has_the_pixels_of_the_whole_picture(
    latent: Latent, dng: MakeDng, tmp_path: Path, name: str, demosaics: bool
) -> None:
    source = dng("photo.dng", "--cfa", name, "--size", "700x620", "--margins", "1,3,0,0",
                 "--scene", "texture", "--noise", f"{A},{B}")  # fmt: skip
    taken = {"bayer": 0.01, "xtrans": 0.01}
    package = (
        make_demosaicer(tmp_path, (0.01, 0.0, 0.005))
        if demosaics
        else make_raw_denoiser(tmp_path, taken)
    )
    whole, part = tmp_path / "whole.dng", tmp_path / "part.dng"
    common = ("--demosaic", "--model", package, *KNOWN)
    assert latent("rawdenoise", source, "-o", whole, *common).code == 0
    region = ("--region", "303,207,201,143")
    assert latent("rawdenoise", source, "-o", part, *region, *common).code == 0
    found = samples_of(part).astype(int)
    assert np.abs(found - samples_of(whole)[207:350, 303:504].astype(int)).max() <= 1


@pytest.mark.parametrize("name", ["rggb", "xtrans:0,0"])
def test_strength_mixes_with_what_libraw_makes(
    latent: Latent, dng: MakeDng, tmp_path: Path, name: str
) -> None:
    source = dng("photo.dng", "--cfa", name, "--size", "560x530", "--scene", "chart")
    package = make_demosaicer(tmp_path, (-0.03, 0.0, 0.0))
    made = {}
    for strength in (0, 40, 100):
        target = tmp_path / f"{strength}.dng"
        outcome = latent("rawdenoise", source, "-o", target, "--strength", strength,
                         "--demosaic", "--model", package, *KNOWN)  # fmt: skip
        assert outcome.code == 0, outcome
        assert ("demosaiced by LibRaw" in outcome.stderr + outcome.stdout) == (strength < 100)
        made[strength] = samples_of(target).astype(float)
    mixed = np.abs(made[40] - 0.4 * made[100] - 0.6 * made[0])
    above = (made[0] > 0) & (made[100] > 0)  # what lies below black became black
    assert above.mean() > 0.9
    assert mixed[above].max() <= 1.5
    flat = np.abs(made[100] - made[0])[..., 1]
    assert np.median(flat) < 0.002 * COLOUR_WHITE


@pytest.mark.parametrize(
    ("name", "said"), [("mono", "sees no colours"), ("linear", "read as three colours a pixel")]
)
def test_what_has_no_mosaic_is_only_denoised(
    latent: Latent, dng: MakeDng, tmp_path: Path, name: str, said: str
) -> None:
    source = dng("photo.dng", "--cfa", name, "--size", "128x96")
    package = make_demosaicer(tmp_path, (0.0, 0.0, 0.0))
    target = tmp_path / "result.dng"
    outcome = latent("rawdenoise", source, "--demosaic", "--model", package, "-o", target)
    assert outcome.code == 0, outcome
    assert said in outcome.stderr + outcome.stdout
    plain = tmp_path / "plain.dng"
    assert latent("rawdenoise", source, "--model", package, "-o", plain).code == 0
    assert np.array_equal(samples_of(target), samples_of(plain))


def test_a_model_for_darktable_is_refused(latent: Latent, dng: MakeDng, tmp_path: Path) -> None:
    source = dng("photo.dng", "--size", "128x96")
    said: dict[str, object] = {"input_sizes": [128], "model_bayer": {"input_kind": "bayer_v1"}}
    files = {"model_bayer": bayer_onnx("mixed", 128)}
    make_package(tmp_path, "darktable-raw", "rawdenoise", files, said)
    package = tmp_path / "darktable-raw.dtmodel"
    outcome = latent("rawdenoise", source, "--demosaic", "--model", package)
    assert outcome.code != 0
    assert "photo.dng" in outcome.stderr
    assert "have no network for --demosaic" in outcome.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["darktable-raw.dtmodel", "photo.dng"]


def test_orientation_crop_and_colours_are_those_of_the_source(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--size", "200x160", "--margins", "2,4,6,8", "--inset", "5",
                 "--orientation", "6")  # fmt: skip
    package = make_demosaicer(tmp_path, (0.0, 0.0, 0.0))
    target = tmp_path / "result.dng"
    assert latent("rawdenoise", source, "--demosaic", "--model", package, "-o", target).code == 0
    assert list(np.ravel(tag_of(target, "DefaultCropOrigin"))) in ([5, 5], [5, 1, 5, 1])
    with tifffile.TiffFile(source) as before, tifffile.TiffFile(target) as after:
        for name in ("Orientation", "Model"):
            assert before.pages.first.tags[name].value == after.pages.first.tags[name].value
        for name in ("AsShotNeutral", "ColorMatrix1"):
            one, other = (
                np.reshape(tiff.pages.first.tags[name].value, (-1, 2)).astype(float)
                for tiff in (before, after)
            )
            assert np.allclose(one[:, 0] / one[:, 1], other[:, 0] / other[:, 1], atol=1e-3)
