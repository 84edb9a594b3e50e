# SPDX-License-Identifier: GPL-3.0-or-later
"""--compression jxl-lossless and jxl: DNGs of JPEG XL tiles, as others and Latent read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from test_rawdenoise import samples_of, tag_of
from tiny_packages import make_demosaicer, make_raw_denoiser

imagecodecs = pytest.importorskip("imagecodecs")
Latent = Callable[..., Outcome]
JPEG_XL, LOSSLESS_JPEG = 52546, 7
COMMON = ("--demosaic", "--noise", "1e-4,1e-8", "--precision", "f32")


def decoded(path: Path) -> npt.NDArray[np.uint16]:
    """Tile by tile by imagecodecs' libjxl, which has no part in writing them."""
    with tifffile.TiffFile(path) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        raw = next(page for page in pages if page.photometric == 34892)
        assert raw.compression == JPEG_XL
        height, width = raw.shape[:2]
        side_y, side_x = raw.tilelength, raw.tilewidth
        made = np.zeros((height + side_y, width + side_x, 3), np.uint16)
        places = [(y, x) for y in range(0, height, side_y) for x in range(0, width, side_x)]
        data = path.read_bytes()
        for (y, x), start, size in zip(places, raw.dataoffsets, raw.databytecounts, strict=True):
            made[y : y + side_y, x : x + side_x] = imagecodecs.jpegxl_decode(
                data[start : start + size]
            )
    return made[:height, :width]


@pytest.fixture
def photo(dng: MakeDng) -> Path:
    return dng("photo.dng", "--size", "701x620", "--scene", "texture", "--noise", "1e-4,1e-8")


def made_of(latent: Latent, photo: Path, folder: Path, compression: str) -> tuple[Path, Outcome]:
    package = make_demosaicer(folder, (0.0, 0.0, 0.0))
    target = folder / f"{compression}.dng"
    outcome = latent("rawdenoise", photo, "-o", target, "--model", package, *COMMON,
                     "--compression", compression)  # fmt: skip
    assert outcome.code == 0, outcome
    return target, outcome


def test_without_loss_every_sample_is_there(latent: Latent, photo: Path, tmp_path: Path) -> None:
    plain, _ = made_of(latent, photo, tmp_path, "none")
    tiled, outcome = made_of(latent, photo, tmp_path, "jxl-lossless")
    assert "do not open this file" in outcome.stderr
    assert np.array_equal(decoded(tiled), samples_of(plain))
    assert tag_of(tiled, "JXLDistance", 0.0) == 0.0
    with tifffile.TiffFile(tiled) as tiff:
        assert bytes(tiff.pages.first.tags["DNGVersion"].value) == bytes([1, 7, 0, 0])
        assert bytes(tiff.pages.first.tags["DNGBackwardVersion"].value) == bytes([1, 7, 0, 0])
    assert tiled.stat().st_size < 0.8 * plain.stat().st_size


def test_latent_reads_its_own_tiles(latent: Latent, photo: Path, tmp_path: Path) -> None:
    """Through the reader in its cage, at strength 0: bit for bit."""
    plain, _ = made_of(latent, photo, tmp_path, "none")
    tiled, _ = made_of(latent, photo, tmp_path, "jxl-lossless")
    again = tmp_path / "again.dng"
    outcome = latent("rawdenoise", tiled, "-o", again, "--strength", "0", "--again",
                     "--compression", "none")  # fmt: skip
    assert outcome.code == 0, outcome
    assert np.array_equal(samples_of(again), samples_of(plain))


def test_with_loss_the_file_is_small_and_the_difference_too(
    latent: Latent, photo: Path, tmp_path: Path
) -> None:
    plain, _ = made_of(latent, photo, tmp_path, "none")
    lossless, _ = made_of(latent, photo, tmp_path, "jxl-lossless")
    lossy, _ = made_of(latent, photo, tmp_path, "jxl")
    assert lossy.stat().st_size < 0.5 * lossless.stat().st_size
    table = np.asarray(tag_of(lossy, "LinearizationTable"))
    assert table.shape == (65536,)
    light = table[decoded(lossy)] / 32768
    wanted = samples_of(plain) / 32768
    encoded = [np.clip(each, 0, 1) ** (1 / 2.2) for each in (light, wanted)]
    assert np.sqrt(np.mean((encoded[0] - encoded[1]) ** 2)) < 2 / 255  # the scene is all noise
    assert np.abs(light.mean(axis=(0, 1)) / wanted.mean(axis=(0, 1)) - 1).max() < 0.002
    again = tmp_path / "again.dng"
    assert latent("rawdenoise", lossy, "-o", again, "--strength", "0", "--again").code == 0
    read = samples_of(again).astype(float)
    assert np.abs(read - table[decoded(lossy)]).max() <= 4  # two libraries, each with its rounding


def test_a_mosaic_is_written_as_lossless_jpeg(latent: Latent, photo: Path, tmp_path: Path) -> None:
    package = make_raw_denoiser(tmp_path, {"bayer": 0.0})
    target = tmp_path / "mosaic.dng"
    outcome = latent("rawdenoise", photo, "-o", target, "--model", package, "--compression", "jxl")
    assert outcome.code == 0, outcome
    assert "hold three colours" in outcome.stderr
    assert tag_of(target, "Compression") == LOSSLESS_JPEG


@pytest.mark.parametrize("kind", ["struck", "short", "other size"])
def test_a_damaged_tile_is_an_error_and_leaves_nothing(
    latent: Latent, photo: Path, tmp_path: Path, kind: str
) -> None:
    tiled, _ = made_of(latent, photo, tmp_path, "jxl-lossless")
    with tifffile.TiffFile(tiled) as tiff:
        pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
        raw = next(page for page in pages if page.photometric == 34892)
        start, size = raw.dataoffsets[1], raw.databytecounts[1]
    data = bytearray(tiled.read_bytes())
    if kind == "struck":
        data[start : start + size] = bytes(size)
    elif kind == "short":
        data[start + size // 2 : start + size] = bytes(size - size // 2)
    else:
        small = imagecodecs.jpegxl_encode(np.zeros((16, 16, 3), np.uint16), lossless=True)
        data[start : start + len(small)] = small
    tiled.write_bytes(data)
    target = tmp_path / "result.dng"
    outcome = latent("rawdenoise", tiled, "-o", target, "--strength", "0", "--again")
    assert outcome.code != 0
    assert "jxl-lossless.dng" in outcome.stderr
    assert "damaged" in outcome.stderr
    assert not target.exists()
