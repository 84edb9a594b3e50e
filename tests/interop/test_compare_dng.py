# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison itself: it passes what is the same and names what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from latent_interop import chart, metadata, programs
from latent_interop.compare_dng import Report, compare_dng
from latent_reference import dng_metadata, make_dng
from latent_reference.dng import rows_of, write_dng
from latent_reference.dng_spec import DngSpec, Storage
from latent_reference.sensor import Sensor, SensorNoise

LEVELS = ("--bits", "12", "--black", "256", "--margins", "4,6,2,2")
COLOUR = ("--forward", "--second-illuminant")
OPTIONS = ("--size", "640x560", *LEVELS, *COLOUR, "--metadata", "all", "--make", "Canon")


def spec_and_samples() -> tuple[DngSpec, np.ndarray]:
    args = make_dng.parser().parse_args(["unused.dng", *OPTIONS])
    spec = make_dng.spec_of(args)
    sensor = Sensor(spec, make_dng.scene_of("chart", 640, 560), SensorNoise(1e-3, 1e-6))
    return spec, sensor(0, spec.geometry.height)


def write_scaled(path: Path, spec: DngSpec, samples: np.ndarray, shift: int) -> None:
    """The same picture as Latent stores it: counts times 2^shift, lossless JPEG, previews."""
    levels = spec.levels
    black = tuple(tuple(v * 2**shift for v in row) for row in levels.black)
    scaled = replace(levels, bits=16, white=levels.white << shift, black=black)
    storage = Storage(compression="ljpeg", preview=True)
    picture = np.full((210, 240, 3), 128, np.uint16)
    rows = rows_of((samples << shift).astype(np.uint16))
    write_dng(path, replace(spec, levels=scaled, storage=storage), rows, picture)


def compared(folder: Path, changed: DngSpec | None = None, add: int = 0) -> Report:
    """The report on a source and the same picture scaled, with a change."""
    programs.require("dcraw_emu", "darktable-cli", "rawtherapee-cli", "exiftool")
    spec, samples = spec_and_samples()
    source, result = folder / "source.dng", folder / "result.dng"
    write_dng(source, spec, rows_of(samples))
    write_scaled(result, changed or spec, (samples + add).astype(np.uint16), 4)
    return compare_dng(source, result)


def test_the_same_picture_scaled_and_compressed_passes(tmp_path: Path) -> None:
    report = compared(tmp_path)
    assert report.faults == []
    assert report.skipped == []
    assert set(report.colour_difference) == {"dcraw_emu", "darktable-cli", "rawtherapee-cli"}
    assert max(report.colour_difference.values()) < 1e-4


def test_another_white_balance_is_seen_by_all(tmp_path: Path) -> None:
    spec, _ = spec_and_samples()
    other = replace(spec, colour=replace(spec.colour, wb=(2.01, 1.0, 1.6)))
    faults = "\n".join(compared(tmp_path, other).faults)
    for sign in ("colours in dcraw_emu", "colours in darktable", "colours in rawtherapee",
                 "AsShotNeutral", "As shot"):  # fmt: skip
        assert sign in faults


def test_half_a_count_of_black_is_seen(tmp_path: Path) -> None:
    assert any("colours in" in f for f in compared(tmp_path, add=1).faults)


def test_another_active_area_is_seen(tmp_path: Path) -> None:
    spec, _ = spec_and_samples()
    top, left, bottom, right = spec.geometry.active
    moved = replace(spec.geometry, active=(top, left, bottom - 2, right), crop=(0, 0, 640, 558))
    report = compared(tmp_path, replace(spec, geometry=moved))
    assert sum("makes 640x558 of the result and 640x560" in f for f in report.faults) == 3
    assert any(f.startswith("the tag") and "ActiveArea" in f for f in report.faults)


@pytest.mark.parametrize(
    ("block", "name"),
    [("gps", "GPS"), ("xmp", "XMP-dc"), ("iptc", "IPTC"), ("maker", "Canon"), ("exif", "FNumber"),
     ("lens", "LensModel")],
)  # fmt: skip
def test_every_metadata_block_that_is_lost_is_named(block: str, name: str, tmp_path: Path) -> None:
    programs.require("exiftool")
    spec, samples = spec_and_samples()
    source, result = tmp_path / "source.dng", tmp_path / "result.dng"
    write_dng(source, spec, rows_of(samples))
    kept = frozenset(dng_metadata.BLOCKS) - {block}
    less = replace(spec, metadata=replace(spec.metadata, blocks=kept))
    write_dng(result, less, rows_of(samples))
    assert any(name in f for f in metadata.compare(source, result).faults)


def test_what_exiftool_warns_of_is_found(tmp_path: Path) -> None:
    programs.require("exiftool")
    photo = chart.made(tmp_path)
    assert metadata.warnings(photo) == []
    photo.write_bytes(photo.read_bytes()[:-200])
    assert metadata.warnings(photo) != []


def test_a_result_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    programs.require("dcraw_emu", "darktable-cli", "rawtherapee-cli", "exiftool")
    source = chart.made(tmp_path)
    broken = tmp_path / "broken.dng"
    broken.write_bytes(source.read_bytes()[:60_000])
    faults = compare_dng(source, broken).faults
    assert sum("opens the source but not the result" in f for f in faults) >= 2


def test_a_white_balance_has_no_scale() -> None:
    assert metadata.same_ratios("1 2.477 1.462", "0.4037142 1 0.5902301")
    assert not metadata.same_ratios("1 2.477 1.462", "0.4037142 1 0.5912301")
    assert not metadata.same_ratios("1 2.477 1.462", "1 2.477")
    assert metadata.same_ratios("0 0 0", "0 0 0")
