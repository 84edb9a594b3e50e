# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator: what it writes is what it was told, as other decoders read it."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_reference import cfa, damage, dng_opcodes, ljpeg, make_dng, scenes
from latent_reference.dng import write_dng
from latent_reference.dng_spec import DngSpec, Geometry, Levels, Storage
from latent_reference.sensor import Sensor, SensorNoise
from latent_reference.tiff import ASCII, RATIONAL, SHORT, Ifd, TiffWriter

Samples = npt.NDArray[np.uint16]


def raw_page(path: Path) -> tifffile.TiffPage:
    tiff = tifffile.TiffFile(path)
    pages = [tiff.pages[0], *(tiff.pages[0].pages or [])]
    found: tifffile.TiffPage = next(p for p in pages if p.photometric in (32803, 34892))
    return found


def told(path: Path, *options: str) -> tuple[DngSpec, Samples]:
    """Makes a file and gives what its samples have to be."""
    arguments = [str(path), "--size", "200x150", "--scene", "texture", *options]
    make_dng.main(arguments)
    args = make_dng.parser().parse_args(arguments)
    spec = make_dng.spec_of(args)
    sensor = Sensor(spec, scenes.texture(200, 150), SensorNoise(0.001, 1e-6))
    step = spec.storage.tile if spec.storage.compression == "ljpeg" else 64
    height = spec.geometry.height
    bands = [sensor(y, min(height, y + step)) for y in range(0, height, step)]
    return spec, np.concatenate(bands)


@pytest.mark.parametrize("compression", ["none", "ljpeg"])
@pytest.mark.parametrize("kind", ["rggb", "gbrg", "xtrans:4,1", "mono", "linear", "quad", "four"])
def test_samples_are_read_back_bit_for_bit(kind: str, compression: str, tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    options = ("--cfa", kind, "--compression", compression, "--noise", "0.001,1e-6")
    spec, samples = told(path, *options, "--margins", "3,5,2,7")
    page = raw_page(path)
    assert (page.asarray() == samples).all()
    assert page.shape[:2] == (155, 212)
    assert page.tags["ActiveArea"].value == spec.geometry.active == (3, 5, 153, 205)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("preview", [False, True])
def test_byte_orders_and_previews(order: str, preview: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    options = ["--big-endian"] if order == ">" else []
    options += ["--preview"] if preview else []
    _, samples = told(path, "--noise", "0.001,1e-6", "--metadata", "all", *options)
    tiff = tifffile.TiffFile(path)
    assert tiff.byteorder == order
    assert (raw_page(path).asarray() == samples).all()
    assert (tiff.pages.first.photometric == 2) == preview


def test_the_pattern_counts_from_the_active_area_and_black_too() -> None:
    """A flat grey scene: sites differ only by their colour's white balance and their black."""
    spec = DngSpec(
        geometry=Geometry.with_margins(8, 6, (3, 5, 0, 0)),
        pattern=cfa.bayer(),
        levels=Levels(bits=14, white=10100, black=((100.0, 200.0), (300.0, 400.0))),
    )
    counts = Sensor(spec, scenes.flat(8, 1.0), SensorNoise(), exposure=0.5)(0, 9)
    # x is 0.5 / wb: red 0.25, green 0.5, blue 0.3125
    assert counts[3, 5] == round(0.25 * 10000 + 100)
    assert counts[3, 6] == round(0.5 * 9900 + 200)
    assert counts[4, 5] == round(0.5 * 9800 + 300)
    assert counts[4, 6] == round(0.3125 * 9700 + 400)
    assert counts[2, 4] == 400  # masked: black only
    assert counts[2, 5] == 300


def test_noise_has_the_variance_it_states() -> None:
    spec = DngSpec(Geometry.with_margins(400, 400), cfa.mono(), Levels(black=((2000.0,),)))
    noise = SensorNoise(a=1e-3, b=1e-5)
    counts = Sensor(spec, scenes.flat(400, 1.0), noise, exposure=0.5)(0, 400)
    variance = (counts / (16383 - 2000.0)).var()
    assert variance == pytest.approx(1e-3 * 0.5 + 1e-5, rel=0.02)


def test_a_linearization_table_is_undone_by_looking_up(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    _, codes = told(path, "--linearization", "--bits", "12", "--black", "256")
    plain = tmp_path / "b.dng"
    _, counts = told(plain, "--bits", "12", "--black", "256")
    table = np.array(raw_page(path).tags["LinearizationTable"].value)
    error = np.abs(table[codes].astype(int) - counts)
    assert error[3:-2].max() <= np.diff(table).max() / 2 + 1


@pytest.mark.parametrize("components", [1, 2, 3])
@pytest.mark.parametrize("largest", [1, 2, 300, 65536])
def test_lossless_jpeg_comes_back_whatever_the_differences(components: int, largest: int) -> None:
    samples = np.random.default_rng(0).integers(0, largest, (37, 96), dtype=np.uint16)
    if largest == 65536:  # both ends of the range of differences, 32768 among them
        samples[5, : 3 * components] = [0, 32768, 0] * components
        samples[6, : 2 * components] = [65535, 0] * components
    coded = ljpeg.encode(samples, components)
    decoded = imagecodecs.jpegsof3_decode(coded)
    assert (decoded.reshape(samples.shape) == samples).all()


def test_no_code_is_all_ones_and_codes_fit() -> None:
    """Kraft's sum stays below 1 (C.2), for weights that would make longer codes too."""
    for counts in (np.ones(17, np.int64), 3 ** np.arange(17), np.eye(17, dtype=np.int64)[4]):
        lengths = ljpeg.code_lengths(counts)
        assert max(lengths) <= 16
        assert all((n > 0) == (count > 0) for n, count in zip(lengths, counts, strict=True))
        assert sum(2.0**-n for n in lengths if n) < 1.0


def test_a_width_that_the_components_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        ljpeg.encode(np.zeros((4, 5), np.uint16), 2)


def test_tiff_values_short_and_long(tmp_path: Path) -> None:
    stream = io.BytesIO()
    writer = TiffWriter(stream)
    ifd = Ifd()
    ifd.put(256, SHORT, 7)
    ifd.put(282, RATIONAL, 0.1)
    ifd.tags[305] = (ASCII, b"abc\0")
    ifd.tags[306] = (ASCII, b"longer than four\0")
    writer.finish(writer.write_ifd(ifd))
    data = stream.getvalue()
    assert data[:4] == b"II*\0"
    start = int.from_bytes(data[4:8], "little")
    assert start % 2 == 0
    assert data[start : start + 2] == b"\4\0"
    assert data[start + 10 : start + 14] == b"\7\0\0\0"
    assert b"\1\0\0\0\12\0\0\0" in data  # 1/10
    assert b"abc\0" in data[start:]
    assert data.index(b"longer than four\0") < start


def test_opcode_lists_are_big_endian_and_as_long_as_they_say() -> None:
    for data, count in ((dng_opcodes.bayer_gain_maps(64, 48), 4), (dng_opcodes.warp(), 1),
                        (dng_opcodes.bad_pixel_constant(), 1)):  # fmt: skip
        assert int.from_bytes(data[:4], "big") == count
        at = 4
        for _ in range(count):
            at += 16 + int.from_bytes(data[at + 12 : at + 16], "big")
        assert at == len(data)


def test_the_same_options_give_the_same_file(tmp_path: Path) -> None:
    files = [tmp_path / "a.dng", tmp_path / "b.dng"]
    for file in files:
        told(file, "--noise", "0.001,1e-6", "--metadata", "all", "--seed", "5")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_damage_is_repeatable_and_real() -> None:
    data = bytes(range(256)) * 40
    for seed in range(30):
        damaged = damage.damage(data, seed)
        assert damaged == damage.damage(data, seed)
        assert damaged != data
    assert len(damage.truncated(data, 0.25)) == 2560
    flipped = np.frombuffer(damage.bits_flipped(data, 1, 3), np.uint8) ^ np.frombuffer(
        data, np.uint8
    )
    assert np.unpackbits(flipped).sum() == 1


def test_an_unknown_metadata_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="weather"):
        make_dng.main([str(tmp_path / "a.dng"), "--metadata", "exif,weather"])


def test_linear_rgb_with_a_preview_needs_a_picture(tmp_path: Path) -> None:
    spec = DngSpec(Geometry.with_margins(16, 16), None, storage=Storage(preview=True))
    with pytest.raises(ValueError, match="preview"):
        write_dng(tmp_path / "a.dng", spec, lambda y0, y1: np.zeros((y1 - y0, 16, 3), np.uint16))
