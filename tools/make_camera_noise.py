#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes src/raw/camera_noise.txt of darktable's noise profiles: what `--noise camera` knows.

    tools/make_camera_noise.py noiseprofiles.json src/raw/camera_noise.txt
    tools/make_camera_noise.py --fit noiseprofiles.json

Of every camera the table has green's a and b by ISO, as they were measured, and one factor for all
cameras, which makes of them the noise of a photosite: darktable measures demosaiced pictures, in a
band that halves noise. Names of contributors do not go into it.

--fit shows where that factor comes from: saturations in electrons that others measured with photon
transfer curves. Of a sensor that saturates at n electrons var(x) = x / n, so its a is 1 / n.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = tuple[float, float, float]  # ISO, a, b

SOURCE = """\
# The noise of cameras by ISO, made by tools/make_camera_noise.py; do not edit.
# Source: darktable, data/noiseprofiles.json at commit 275833583a1518aa2ac53cf73d203b2cb2a6566d
# (2026-06-14), GPL-3.0-or-later. Of it: green's a and b, b at least 0, three digits; entries that a
# straight line between their neighbours gives within 3 % are left out.
# scale K: a photosite of any colour has the variance K (a x + b), x from black 0 to white 1.
# camera MAKER|MODEL|ISO a b,ISO a b,...    alias MODEL|other names of the same camera, ...
"""
TOLERANCE = 0.03

# Names by which the same cameras are sold elsewhere, as their Exif has them.
ALIASES = {
    "EOS 350D": ("EOS DIGITAL REBEL XT", "EOS Kiss Digital N", "EOS 350D DIGITAL"),
    "EOS 400D": ("EOS DIGITAL REBEL XTi", "EOS Kiss Digital X", "EOS 400D DIGITAL"),
    "EOS 450D": ("EOS DIGITAL REBEL XSi", "EOS REBEL XSi", "EOS Kiss X2"),
    "EOS 500D": ("EOS REBEL T1i", "EOS Kiss X3"),
    "EOS 550D": ("EOS REBEL T2i", "EOS Kiss X4"),
    "EOS 600D": ("EOS REBEL T3i", "EOS Kiss X5"),
    "EOS 650D": ("EOS REBEL T4i", "EOS Kiss X6i"),
    "EOS 700D": ("EOS REBEL T5i", "EOS Kiss X7i"),
    "EOS 750D": ("EOS REBEL T6i", "EOS Kiss X8i"),
    "EOS 760D": ("EOS REBEL T6s", "EOS 8000D"),
    "EOS 77D": ("EOS 9000D",),
    "EOS 800D": ("EOS REBEL T7i", "EOS Kiss X9i"),
    "EOS 850D": ("EOS REBEL T8i", "EOS Rebel T8i", "EOS Kiss X10i"),
    "EOS 100D": ("EOS REBEL SL1", "EOS Kiss X7"),
    "EOS 200D": ("EOS REBEL SL2", "EOS Kiss X9"),
    "EOS 250D": ("EOS REBEL SL3", "EOS 200D II", "EOS Kiss X10"),
    "EOS 1000D": ("EOS DIGITAL REBEL XS", "EOS REBEL XS", "EOS Kiss F"),
    "EOS 1100D": ("EOS REBEL T3", "EOS Kiss X50"),
    "EOS 1200D": ("EOS REBEL T5", "EOS Kiss X70", "EOS Hi"),
    "EOS 1300D": ("EOS REBEL T6", "EOS Kiss X80"),
    "EOS 2000D": ("EOS REBEL T7", "EOS 1500D", "EOS Kiss X90"),
    "EOS 4000D": ("EOS REBEL T100", "EOS 3000D"),
    "EOS M50": ("EOS Kiss M",),
    "EOS M50 Mark II": ("EOS Kiss M2",),
}

# Saturation in electrons by ISO, as published:
# - Canon: magiclantern.fm, forum topic 10111 (5D Mark III and 6D compared, photo mode).
# - D3, D300: photonstophotos.net, "D300 (and D3) Gain", electrons a count of 14 bits, times 16383.
# - D800E: a photon transfer curve that photographers discussed in a forum in 2013.
SATURATIONS: dict[tuple[str, str], dict[int, float]] = {
    ("Canon", "EOS 5D Mark III"): {
        100: 67684, 200: 34146, 400: 16835, 800: 8735, 1600: 4288, 3200: 2197, 6400: 1085,
    },
    ("Canon", "EOS 6D"): {
        100: 79546, 200: 42220, 400: 20643, 800: 10482, 1600: 5215, 3200: 2568, 6400: 1271,
    },
    ("Nikon", "D3"): {
        200: 3.88 * 16383, 400: 1.84 * 16383, 800: 0.91 * 16383, 1600: 0.46 * 16383,
        3200: 0.24 * 16383, 6400: 0.12 * 16383,
    },
    ("Nikon", "D300"): {
        200: 1.27 * 16383, 400: 0.60 * 16383, 800: 0.30 * 16383, 1600: 0.15 * 16383,
        3200: 0.07 * 16383,
    },
    ("Nikon", "D800E"): {100: 54503},
}  # fmt: skip


def scale() -> float:
    """The factor that the table states; --fit says why."""
    return 12.0


def cameras(profiles: dict[str, Any]) -> Iterator[tuple[str, str, list[Entry]]]:
    """Maker, model and entries by ISO of every camera that has any that is sound, by name."""
    found: dict[tuple[str, str], dict[float, list[tuple[float, float]]]] = {}
    for maker in profiles["noiseprofiles"]:
        for model in maker["models"]:
            by_iso = found.setdefault((maker["maker"], model["model"]), {})
            for profile in model["profiles"]:
                a, b = profile["a"][1], profile["b"][1]
                if a > 0 and profile["iso"] > 0 and not profile.get("skip"):
                    by_iso.setdefault(float(profile["iso"]), []).append((a, max(b, 0.0)))
    for (maker_name, model_name), by_iso in sorted(found.items()):
        entries = [
            (iso, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))
            for iso, pairs in sorted(by_iso.items())
        ]
        if entries:
            yield maker_name, model_name, entries


def noise_at(entries: list[Entry], iso: float) -> tuple[float, float]:
    """a and b at an ISO within the entries, on the straight line between two of them."""
    for (low, a0, b0), (high, a1, b1) in itertools.pairwise(entries):
        if low <= iso <= high:
            part = (iso - low) / (high - low)
            return a0 + part * (a1 - a0), b0 + part * (b1 - b0)
    return entries[0][1:] if iso <= entries[0][0] else entries[-1][1:]


def thinned(entries: list[Entry]) -> list[Entry]:
    """Without entries that the straight line between those that stay gives as well."""
    if len(entries) < 3:
        return entries
    line = [entries[0], entries[-1]]
    worst, at = 0.0, 0
    for k, (iso, a, b) in enumerate(entries[1:-1], start=1):
        a_line, b_line = noise_at(line, iso)
        # What b weighs where a picture is dark.
        off = (abs(a - a_line) * 0.02 + abs(b - b_line)) / (a * 0.02 + b)
        off = max(off, abs(a - a_line) / a)
        if off > worst:
            worst, at = off, k
    if worst <= TOLERANCE:
        return line
    return [*thinned(entries[: at + 1])[:-1], *thinned(entries[at:])]


def key(name: str) -> str:
    """As the program compares names: letters and digits."""
    return "".join(c for c in name.lower() if c.isascii() and c.isalnum())


def table(profiles: dict[str, Any]) -> str:
    """Errors: ValueError for a camera that the program could not tell from another."""
    lines = [SOURCE + f"scale {scale():g}"]
    seen: dict[tuple[str, str], str] = {}
    for maker, model, entries in cameras(profiles):
        for name in (model, *ALIASES.get(model, ())):
            other = seen.setdefault((key(maker), key(name)), model)
            if other != model:
                raise ValueError(f"{maker} {model} has the name of {other}")
        numbers = ",".join(f"{iso:g} {a:.3g} {b:.3g}" for iso, a, b in thinned(entries))
        lines.append(f"camera {maker}|{model}|{numbers}")
        if model in ALIASES:
            lines.append(f"alias {maker}|{model}|{','.join(ALIASES[model])}")
    return "\n".join(lines) + "\n"


def fit(profiles: dict[str, Any]) -> None:
    """Print the factor of each camera whose saturation is known, and their mean by logarithm."""
    print("| camera | ISO | saturation, electrons | a of a photosite | profile's a | factor |")
    print("|---|---|---|---|---|---|")
    known = {(maker, model): entries for maker, model, entries in cameras(profiles)}
    means = []
    for name, saturations in SATURATIONS.items():
        factors = []
        for iso, electrons in saturations.items():
            a, _ = noise_at(known[name], iso)
            factors.append(1 / electrons / a)
            print(
                f"| {' '.join(name)} | {iso} | {electrons:.0f} | {1 / electrons:.3g} | {a:.3g} |"
                f" {factors[-1]:.1f} |"
            )
        means.append(statistics.mean(math.log(factor) for factor in factors))
    print("\nmean of each camera:", ", ".join(f"{math.exp(mean):.1f}" for mean in means))
    print(f"mean of the cameras: {math.exp(statistics.mean(means)):.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--fit", action="store_true", help="show where the factor comes from")
    parser.add_argument("profiles", type=Path, help="darktable's noiseprofiles.json")
    parser.add_argument("table", type=Path, nargs="?", help="the file to write")
    arguments = parser.parse_args()
    profiles = json.loads(arguments.profiles.read_text(encoding="utf-8"))
    if arguments.fit:
        fit(profiles)
    elif arguments.table is None:
        parser.error("name the file to write, or give --fit")
    else:
        arguments.table.write_text(table(profiles), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
