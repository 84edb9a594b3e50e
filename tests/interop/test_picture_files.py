# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished pictures that Latent wrote, in the eyes of tifffile, Pillow, imagecodecs and ExifTool.

`write_picture_samples` (built with the tests) writes one of every kind, of a pattern known here.
"""

from __future__ import annotations

import json
import subprocess
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_interop import programs

Array = npt.NDArray[np.generic]

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 700, 530
DEPTHS = ("u8", "u16", "f32")
CHANNELS = (1, 2, 3, 4)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all samples."""
    program = next(iter(sorted(ROOT.glob("build/*/tests/write/write_picture_samples"))), None)
    if program is None:
        pytest.skip("write_picture_samples is not built")
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([program, folder], check=True)
    return folder


def pattern(depth: str, channels: int) -> Array:
    """The samples as [height, width, channels], without the last axis where it is 1."""
    y, x, c = np.mgrid[:HEIGHT, :WIDTH, :channels]
    value = (101 * x + 59 * y + 7 + 23 * c) % 251
    picture: Array = {
        "u8": lambda: value.astype(np.uint8),
        "u16": lambda: (value * 257).astype(np.uint16),
        "f32": lambda: value.astype(np.float32) / np.float32(250),
    }[depth]()
    return picture[..., 0] if channels == 1 else picture


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("compression", ["deflate", "zstd", "none", "tiles"])
def test_tifffile_reads_every_tiff(
    samples: Path, compression: str, depth: str, channels: int
) -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    with tifffile.TiffFile(samples / f"{compression}-{depth}-{channels}.tif") as tiff:
        page = tiff.pages[0]
        np.testing.assert_array_equal(page.asarray(), pattern(depth, channels))
        assert page.is_tiled == (compression == "tiles")
        alpha = [1 if depth == "f32" else 2] if channels % 2 == 0 else []
        assert [int(extra) for extra in page.extrasamples] == alpha


def test_pillow_reads_what_it_can(samples: Path) -> None:
    """Pillow has no 16-bit colour and no 16-bit grey with alpha."""
    image = pytest.importorskip("PIL.Image")
    names = [
        f"{kind}-u8-{n}" for kind in ("deflate", "zstd", "none", "tiles", "png") for n in CHANNELS
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in [*names, "png-u16-1", "deflate-u16-1"]:
            path = samples / (name + (".png" if name.startswith("png") else ".tif"))
            with image.open(path) as picture:
                depth, channels = name.split("-")[1], int(name[-1])
                np.testing.assert_array_equal(np.asarray(picture), pattern(depth, channels))
                assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)
                assert picture.getexif()[0x0110] == "Canon EOS 5D"
                assert picture.info["icc_profile"]
        with image.open(samples / "jpg-u8-3.jpg") as picture:
            assert picture.size == (WIDTH, HEIGHT)
            assert picture.info["dpi"] == (300, 300)
            assert picture.getexif().get_ifd(0x8769)[0xA002] == WIDTH


@pytest.mark.parametrize("channels", CHANNELS)
def test_imagecodecs_reads_png_and_jpeg_xl(samples: Path, channels: int) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    for depth in ("u8", "u16"):
        data = (samples / f"png-{depth}-{channels}.png").read_bytes()
        np.testing.assert_array_equal(imagecodecs.png_decode(data), pattern(depth, channels))
    jxl = samples / f"jxl-u16-{channels}.jxl"
    if jxl.exists():
        decoded = imagecodecs.jpegxl_decode(jxl.read_bytes())
        np.testing.assert_array_equal(decoded, pattern("u16", channels))


def test_exiftool_finds_everything_and_nothing_to_say_against(samples: Path) -> None:
    programs.require("exiftool")
    wanted = {
        "Model": "Canon EOS 5D",
        "LensModel": "EF24-105mm f/4L IS USM",
        "OwnerName": "The Owner 1",
        "Rating": 4,
        "Software": "Latent 0.1.0",
    }
    listing = subprocess.run(
        ["exiftool", "-json", "-a", "-warning", "-error", "-n", "-r",
         *(f"-{name}" for name in (*wanted, "ImageWidth",
                                   "Caption-Abstract", "GPSLatitude")), samples],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = json.loads(listing.stdout)
    assert len(files) == len(list(samples.iterdir()))
    for facts in files:
        name = Path(facts["SourceFile"]).name
        assert "Warning" not in facts, (name, facts)
        assert "Error" not in facts, (name, facts)
        if not name.startswith("jxl"):  # 12.57 knows the size of a bare codestream only
            assert facts["ImageWidth"] == WIDTH, name
        if not name.startswith("exr"):  # ExifTool does not look into that attribute
            assert {key: facts.get(key) for key in wanted} == wanted, name
            assert facts["GPSLatitude"] == pytest.approx(52.52009, abs=1e-4), name
        if name.startswith(("deflate", "tiles", "png", "jpg")):
            assert facts["Caption-Abstract"] == "Hello", name


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("compression", ["deflate", "zstd", "none"])
def test_rawtherapee_opens_a_tiff(
    samples: Path, compression: str, depth: str, tmp_path: Path
) -> None:
    programs.require("rawtherapee-cli")
    source, target = samples / f"{compression}-{depth}-3.tif", tmp_path / "out.tif"
    output = programs.run(["rawtherapee-cli", "-o", str(target), "-t", "-c", str(source)])
    assert target.exists(), output.text


@pytest.mark.parametrize(
    "name", ["deflate-u16-3.tif", "deflate-f32-3.tif", "deflate-u16-1.tif", "deflate-u8-4.tif",
             "zstd-u16-3.tif", "png-u16-3.png", "jpg-u8-3.jpg", "exr-f32-3.exr", "jxl-u16-3.jxl"]
)  # fmt: skip
def test_darktable_opens_every_format(samples: Path, name: str, tmp_path: Path) -> None:
    programs.require("darktable-cli")
    if not (samples / name).exists():
        pytest.skip(f"this build writes no {name}")
    target, settings = tmp_path / "out.png", tmp_path / "settings"
    options = ["--core", "--configdir", str(settings), "--library", ":memory:"]
    output = programs.run(["darktable-cli", str(samples / name), str(target), *options])
    assert target.exists(), output.text
    assert "tiff_open] error" not in output.text
