# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the metadata of two files as exiftool reads it: which blocks and tags came along."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latent_interop.programs import find, run

Tags = dict[str, dict[str, Any]]

# Directories of the TIFF structure: a tag may move from one of them to another.
_DIRECTORY = "IFD"

# How the samples lie in the file and what their numbers mean: the writer's own business, checked by
# opening the file, not by comparing tags.
_STRUCTURE_NAMES = """
    SubfileType OldSubfileType ImageWidth ImageHeight BitsPerSample Compression StripOffsets
    StripByteCounts RowsPerStrip TileWidth TileLength TileOffsets TileByteCounts Predictor
    PlanarConfiguration SampleFormat SamplesPerPixel PhotometricInterpretation BlackLevel
    BlackLevelRepeatDim BlackLevelDeltaH BlackLevelDeltaV WhiteLevel LinearizationTable CFAPattern
    CFAPattern2 CFARepeatPatternDim CFALayout CFAPlaneColor XResolution YResolution ResolutionUnit
    SubIFD YCbCrSubSampling YCbCrPositioning YCbCrCoefficients ReferenceBlackWhite
    PreviewImageStart PreviewImageLength PreviewImage PreviewColorSpace PreviewSettingsDigest
    PreviewDateTime PreviewApplicationName PreviewApplicationVersion JpgFromRawStart
    JpgFromRawLength JpgFromRaw OtherImage OtherImageStart OtherImageLength ThumbnailOffset
    ThumbnailLength ThumbnailImage ThumbnailTIFF ExifOffset GPSInfo NewRawImageDigest
    RawDataUniqueID RawImageDigest OriginalRawFileDigest DNGVersion DNGBackwardVersion DefaultScale
    TIFF-EPStandardID Padding OffsetSchema InteropOffset"""
# What a result says about itself.
_PROVENANCE_NAMES = """
    Software ProcessingSoftware ModifyDate MetadataDate CreatorTool NoiseProfile
    OriginalRawFileName HistoryAction HistoryWhen HistorySoftwareAgent HistoryChanged
    HistoryParameters HistoryInstanceID DigitalSourceType InstanceID DocumentID
    OriginalDocumentID XMPToolkit CurrentIPTCDigest IPTCDigest NoiseReductionApplied"""

STRUCTURE = frozenset(_STRUCTURE_NAMES.split())
PROVENANCE = frozenset(_PROVENANCE_NAMES.split())
_RATIOS = ("AsShotNeutral",)
_NOT_IN_FILE = ("ExifTool", "System", "File", "Composite", "SourceFile")


@dataclass
class MetadataDifference:
    """What the result lacks or says otherwise; `expected` lists differences that have to be."""

    missing_blocks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """One sentence for each block or tag of the source that did not come along unchanged."""
        return (
            [f"the metadata block {b} is missing" for b in self.missing_blocks]
            + [f"the tag {t} is missing" for t in self.missing]
            + [f"the tag {t}" for t in self.changed]
        )


def read(path: Path) -> Tags:
    """All tags by block (exiftool's group of family 1), values as numbers where they are.

    Errors   FileNotFoundError without exiftool, RuntimeError when it cannot read the file.
    """
    output = run([find("exiftool"), "-j", "-G1", "-a", "-s", "-n", "-struct", "-q", str(path)])
    if not output.text.lstrip().startswith("["):
        raise RuntimeError(f"exiftool cannot read {path}: {output.text.strip()}")
    blocks: Tags = {}
    for key, value in json.loads(output.text[output.text.index("[") :])[0].items():
        block, _, tag = key.partition(":")
        if block not in _NOT_IN_FILE:
            blocks.setdefault(block, {})[tag] = value
    return blocks


def warnings(path: Path) -> list[str]:
    """What exiftool says is wrong with a file; empty if nothing is."""
    command = [find("exiftool"), "-validate", "-warning", "-error", "-a", "-s3", "-m", str(path)]
    lines = [line.strip() for line in run(command).text.splitlines()]
    verdict = re.compile(r"OK|\d+ (Warning|Error).*")  # what -validate itself gives
    return sorted({line for line in lines if line and not verdict.fullmatch(line)})


def _is_directory(block: str) -> bool:
    return block.startswith((_DIRECTORY, "Sub" + _DIRECTORY))


def _found(result: Tags, block: str, tag: str) -> Any:
    """The value in the same block, or for a tag of the structure in any directory."""
    if tag in result.get(block, {}):
        return result[block][tag]
    if _is_directory(block):
        for other, tags in result.items():
            if _is_directory(other) and tag in tags:
                return tags[tag]
    return None


def _numbers(value: Any) -> list[float] | None:
    try:
        return [float(v) for v in str(value).split()]
    except ValueError:
        return None


def same_value(one: Any, other: Any, tolerance: float = 2e-6) -> bool:
    """Equal, or lists of numbers that are equal to what a rational of 32 bits can hold."""
    first, second = _numbers(one), _numbers(other)
    if first is None or second is None:
        return str(one).strip() == str(other).strip()
    return len(first) == len(second) and all(
        abs(a - b) <= tolerance * max(1.0, abs(a)) for a, b in zip(first, second, strict=True)
    )


def same_ratios(one: Any, other: Any, tolerance: float = 2e-6) -> bool:
    """Equal but for a common factor: a white balance has no scale."""
    first, second = _numbers(one), _numbers(other)
    if not first or not second or min(first[0], second[0]) <= 0.0:
        return same_value(one, other, tolerance)
    parts = [" ".join(f"{v / n[0]:.9g}" for v in n) for n in (first, second)]
    return same_value(parts[0], parts[1], tolerance)


def compare(source: Path, result: Path) -> MetadataDifference:
    """What of the source's metadata the result has; tags of the structure and of provenance may
    differ, all others are faults."""
    before, after = read(source), read(result)
    found = MetadataDifference()
    for block, tags in before.items():
        if not _is_directory(block) and block not in after:
            found.missing_blocks.append(block)
            continue
        for tag, value in tags.items():
            _compare_tag(found, f"{block}:{tag}", value, _found(after, block, tag))
    found.added = sorted(_added(before, after))
    return found


def _compare_tag(found: MetadataDifference, name: str, before: Any, after: Any) -> None:
    tag = name.rpartition(":")[2]
    same = same_ratios if tag in _RATIOS else same_value
    if str(before) == "undef" or (after is not None and same(before, after)):  # undef is 0/0
        return
    text = f"{name} was {_short(before)}, is {_short(after)}" if after is not None else name
    if tag in STRUCTURE | PROVENANCE:
        found.expected.append(text)
    elif after is None:
        found.missing.append(name)
    else:
        found.changed.append(text)


def _added(before: Tags, after: Tags) -> Iterable[str]:
    for block, tags in after.items():
        for tag in tags:
            if _found(before, block, tag) is None and tag not in STRUCTURE:
                yield f"{block}:{tag}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
