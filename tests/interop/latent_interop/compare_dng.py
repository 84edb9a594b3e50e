# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a DNG that Latent wrote with its source, in the eyes of others.

    python -m latent_interop.compare_dng SOURCE RESULT

For a result of strength 0: the same warnings or fewer, the same geometry, white balance and colours
in LibRaw, darktable and RawTherapee, all metadata of the source. Programs that are not installed
are named in the report, never passed over.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from latent_interop import metadata
from latent_interop.programs import find, run
from latent_interop.renderings import READERS, Rendering, RenderingError

COLOUR_LIMIT = 0.001
_SIX_DIGITS = 1e-5  # what raw-identify prints


@dataclass
class Report:
    """What was found; `faults` empty means that the result passes."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    colour_difference: dict[str, float] = field(default_factory=dict)
    metadata: metadata.MetadataDifference = field(default_factory=metadata.MetadataDifference)

    def text(self) -> str:
        """The report for people, one fact a line."""
        lines = [f"fault: {f}" for f in self.faults]
        lines += [f"not checked: {s}" for s in self.skipped]
        lines += [f"note: {n}" for n in self.notes]
        lines += [f"mean colour difference in {p}: {100 * d:.4f} %"
                  for p, d in self.colour_difference.items()]  # fmt: skip
        lines += [f"differs, as it has to: {e}" for e in self.metadata.expected]
        lines += [f"added: {a}" for a in self.metadata.added]
        return "\n".join(lines)


def compare_dng(source: Path, result: Path, colour_limit: float = COLOUR_LIMIT) -> Report:
    """Compares two raw files; see the module's text.

    `colour_limit` is the largest mean difference of a neutral rendering, a fraction of white; for
    a denoised result give a larger one, its textures do differ.
    """
    report = Report()
    for program, reader in READERS.items():
        try:
            find(program)
        except FileNotFoundError as missing:
            report.skipped.append(str(missing))
            continue
        try:
            before = reader(source)
        except RenderingError as refusal:
            report.notes.append(f"{program} does not open the source either: {refusal}")
            continue
        try:
            _compare_renderings(report, before, reader(result), colour_limit)
        except RenderingError as refusal:
            report.faults.append(f"{program} opens the source but not the result: {refusal}")
    _compare_identities(report, source, result)
    _compare_metadata(report, source, result)
    return report


def _compare_renderings(report: Report, before: Rendering, after: Rendering, limit: float) -> None:
    program = before.program
    for warning in sorted(set(after.warnings) - set(before.warnings)):
        report.faults.append(f"{program} warns of the result, not of the source: {warning}")
    for warning in sorted(set(before.warnings) - set(after.warnings)):
        report.notes.append(f"{program} warned of the source only: {warning}")
    if before.pixels.shape != after.pixels.shape:
        report.faults.append(
            f"{program} makes {after.pixels.shape[1]}x{after.pixels.shape[0]} of the result and "
            f"{before.pixels.shape[1]}x{before.pixels.shape[0]} of the source"
        )
        return
    difference = colour_difference(before, after)
    report.colour_difference[program] = difference
    if not difference < limit:
        report.faults.append(
            f"the colours in {program} differ by {100 * difference:.3f} % in the mean"
        )


def colour_difference(before: Rendering, after: Rendering) -> float:
    """The larger of two: mean absolute difference in fractions of white, and the relative
    difference of a channel's mean, which a small shift of white balance or level moves first."""
    one, other = before.pixels.astype(np.float64), after.pixels.astype(np.float64)
    apart = float(np.abs(one - other).mean())
    means = one.mean(axis=(0, 1)), other.mean(axis=(0, 1))
    relative = np.abs(means[1] - means[0]) / np.maximum(np.abs(means[0]), 1e-6)
    return max(apart, float(relative.max()))


_IDENTITY = (
    "Camera",
    "Normalized Make/Model",
    "Timestamp",
    "Lens",
    "ISO speed",
    "Shutter",
    "Aperture",
    "Focal length",
    "Full size",
    "Image size",
    "Output size",
    "Image flip",
    "Raw colors",
    "Filter pattern",
    "As shot",
    "Derived D65 multipliers",
)


def identity(path: Path) -> dict[str, str]:
    """What LibRaw says a file is: camera, sizes, filter pattern, multipliers."""
    text = run([find("raw-identify"), "-v", str(path)]).text
    found = {}
    for name in _IDENTITY:
        match = re.search(rf"^\s*{re.escape(name)}[:\s]\s*(.*)$", text, re.MULTILINE)
        if match:
            found[name] = match.group(1).strip()
    return found


def _compare_identities(report: Report, source: Path, result: Path) -> None:
    try:
        before, after = identity(source), identity(result)
    except FileNotFoundError as missing:
        report.skipped.append(str(missing))
        return
    for name, value in before.items():
        if name == "As shot":  # four multipliers, then the same in EV
            shot = [" ".join(text.split()[:3]) for text in (value, after.get(name, ""))]
            if metadata.same_ratios(shot[0], shot[1], _SIX_DIGITS):
                continue
        if not metadata.same_value(value, after.get(name), _SIX_DIGITS):
            report.faults.append(f"LibRaw: {name} was '{value}', is '{after.get(name)}'")


def _compare_metadata(report: Report, source: Path, result: Path) -> None:
    try:
        report.metadata = metadata.compare(source, result)
    except FileNotFoundError as missing:
        report.skipped.append(str(missing))
        return
    report.faults += report.metadata.faults
    known = set(metadata.warnings(source))
    for warning in metadata.warnings(result):
        if warning not in known:
            report.faults.append(f"exiftool warns of the result, not of the source: {warning}")


def main() -> int:
    """Prints the report; status 0 if there is no fault, 1 if there is."""
    parser = argparse.ArgumentParser(prog="compare_dng", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--colour-limit", type=float, default=COLOUR_LIMIT)
    args = parser.parse_args()
    report = compare_dng(args.source, args.result, args.colour_limit)
    print(report.text())
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
