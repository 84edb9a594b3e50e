# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks that an object mask needs: the built-in selector beside OpenCV's GrabCut.

    build/venv/bin/python bench/quality/mask_clicks.py --data FOLDER [--set davis_a]
        [--engine builtin|grabcut|grabcut-near] [--seeds 3] [--json clicks.json]
        [--program build/release/bench/mask/latent_mask_selector_bench]
        [--options "--session --second-prompts --crop"]

FOLDER holds `davis_a` (images, masks), `grabcut` (images, ground-truth; 128 is not judged) or
`object_masks` (PROVENANCE.csv). Clicks are simulated: the first is the centre of the object, each
of the others the centre of the largest region that is wrong, found by a distance transform and
moved at random by up to a third of the distance to the region's edge. Both engines get clicks
alone, by the same rule. At most 12 clicks; a picture that never gets there counts 12.

GrabCut: every pixel is probably background at first, a disc around each click is certain; each
click goes on from the mask before, five iterations at first and two later.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

CAP = 12
LEVELS = (0.85, 0.90)
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


@dataclass
class Case:
    """A picture, the truth of one object in it, and which pixels are judged."""

    name: str
    picture: Bytes
    truth: Bools
    judged: Bools


def read(path: Path, mode: str) -> Bytes:
    return np.asarray(Image.open(path).convert(mode))


def davis(folder: Path) -> Iterator[Case]:
    for path in sorted((folder / "images").iterdir()):
        mask = np.asarray(Image.open(folder / "masks" / f"{path.stem}.png"))
        truth = (mask if mask.ndim == 2 else mask[..., :3].max(axis=2)) > 0
        yield Case(path.stem, read(path, "RGB"), truth, np.ones(truth.shape, bool))


def grabcut(folder: Path) -> Iterator[Case]:
    for path in sorted((folder / "images").iterdir()):
        mask = read(folder / "ground-truth" / f"{path.stem}.png", "L")
        yield Case(path.stem, read(path, "RGB"), mask == 255, mask != 128)


def object_masks(folder: Path, every: int) -> Iterator[Case]:
    """The largest object of every n-th photograph with free licence."""
    with (folder / "PROVENANCE.csv").open(encoding="utf-8") as rows:
        wanted = [row for row in csv.DictReader(rows) if row["split"] == "train"][::every]
    for row in wanted:
        labels = np.asarray(Image.open(folder / row["mask"]))
        counts = np.bincount(labels.ravel(), minlength=2)
        counts[0] = 0
        truth = labels == int(counts.argmax())
        if 0.01 < truth.mean() < 0.7:
            picture = read(folder / row["file"], "RGB")
            yield Case(row["image_id"], picture, truth, np.ones(truth.shape, bool))


def iou(found: Bools, case: Case) -> float:
    both = (found & case.truth & case.judged).sum()
    either = ((found | case.truth) & case.judged).sum()
    return float(both / max(1, either))


def next_click(found: Bools, case: Case, random: np.random.Generator) -> tuple[int, int, bool]:
    """x, y and whether it is on the object."""
    best: tuple[int, Bools, bool] | None = None
    for on_object in (True, False):
        wrong = (case.truth & ~found) if on_object else (found & ~case.truth)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            (wrong & case.judged).astype(np.uint8), connectivity=4
        )
        if count < 2:
            continue
        largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        area = int(stats[largest, cv2.CC_STAT_AREA])
        if best is None or area > best[0]:
            best = (area, labels == largest, on_object)
    if best is None:
        return 0, 0, bool(case.truth[0, 0])
    region = np.pad(best[1].astype(np.uint8), 1)
    inside = cv2.distanceTransform(region, cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(inside.argmax()), inside.shape)
    reach = float(inside[y, x]) / 3
    angle, length = random.uniform(0, 2 * np.pi), reach * np.sqrt(random.uniform())
    moved_x, moved_y = round(x + length * np.cos(angle)), round(y + length * np.sin(angle))
    height, width = case.truth.shape
    if 0 <= moved_x < width and 0 <= moved_y < height and best[1][moved_y, moved_x]:
        return moved_x, moved_y, best[2]
    return int(x), int(y), best[2]


class GrabCut:
    """OpenCV's, driven by clicks. With `near`, what lies within 15 % of the longest side of the
    first click is probably object at first, not probably background."""

    def __init__(self, near: bool) -> None:
        self.near = near

    def open(self, picture: Bytes) -> None:
        self.picture = np.ascontiguousarray(picture[..., ::-1])
        self.mask = np.full(picture.shape[:2], cv2.GC_PR_BGD, np.uint8)
        self.clicks: list[tuple[int, int, bool]] = []
        self.radius = max(3, round(0.008 * max(picture.shape[:2])))

    def click(self, x: int, y: int, on_object: bool) -> Bools:
        if self.near and not self.clicks:
            reach = round(0.15 * max(self.mask.shape))
            cv2.circle(self.mask, (x, y), reach, cv2.GC_PR_FGD, -1)
        self.clicks.append((x, y, on_object))
        for cx, cy, on in self.clicks:
            cv2.circle(self.mask, (cx, cy), self.radius, cv2.GC_FGD if on else cv2.GC_BGD, -1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        rounds = 5 if len(self.clicks) == 1 else 2
        cv2.grabCut(self.picture, self.mask, None, *models, rounds, cv2.GC_INIT_WITH_MASK)
        found: Bools = (self.mask == cv2.GC_FGD) | (self.mask == cv2.GC_PR_FGD)
        return found


class Builtin:
    """The selector of the program, through a bench program that speaks over pipes."""

    def __init__(self, program: Path, options: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.shape = (0, 0)

    def say(self, line: str, payload: bytes = b"") -> None:
        assert self.process.stdin
        self.process.stdin.write(line.encode() + b"\n" + payload)
        self.process.stdin.flush()

    def open(self, picture: Bytes) -> None:
        self.shape = picture.shape[:2]
        self.say(f"open {self.shape[1]} {self.shape[0]}", picture.tobytes())

    def click(self, x: int, y: int, on_object: bool) -> Bools:
        assert self.process.stdout
        self.say(f"click {x} {y} {int(on_object)}")
        raw = self.process.stdout.read(self.shape[0] * self.shape[1])
        return np.frombuffer(raw, np.uint8).reshape(self.shape) >= 128


def judge(case: Case, engine: GrabCut | Builtin, seed: int) -> tuple[list[float], float]:
    """IoU after each click, and the seconds of a click."""
    random = np.random.default_rng(seed)
    engine.open(case.picture)
    found = np.zeros(case.truth.shape, bool)
    curve: list[float] = []
    seconds = 0.0
    while len(curve) < CAP and (not curve or max(curve) < LEVELS[-1]):
        x, y, on_object = next_click(found, case, random)
        start = time.perf_counter()
        found = engine.click(x, y, on_object)
        seconds += time.perf_counter() - start
        curve.append(iou(found, case))
    return curve, seconds / len(curve)


def clicks_to(curve: list[float], level: float) -> int:
    return next((i + 1 for i, value in enumerate(curve) if value >= level), CAP)


def after(curve: list[float], clicks: int) -> float:
    return curve[min(clicks, len(curve)) - 1]


def print_table(results: list[dict[str, object]]) -> None:
    curves: dict[str, list[list[float]]] = {}
    for result in results:
        curves.setdefault(str(result["case"]), []).append(result["curve"])  # type: ignore[arg-type]
    print(f"{len(curves)} pictures, {len(results)} runs")
    for level in LEVELS:
        counts = [[clicks_to(curve, level) for curve in runs] for runs in curves.values()]
        mean = np.mean([np.mean(c) for c in counts])
        worst = np.mean([max(c) for c in counts])
        failed = np.mean([[max(curve) < level for curve in runs] for runs in curves.values()])
        print(f"clicks to {level:.2f}: mean {mean:.2f}, worst of the seeds {worst:.2f}, "
              f"never {100 * failed:.0f} %")  # fmt: skip
    for clicks in (1, 2, 3, 5):
        mean = np.mean([np.mean([after(c, clicks) for c in runs]) for runs in curves.values()])
        print(f"IoU after {clicks}: {mean:.3f}")
    print(f"seconds a click: {np.median([float(str(r['seconds'])) for r in results]):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", choices=("davis_a", "grabcut", "object_masks"), default="davis_a")
    parser.add_argument(
        "--engine", choices=("builtin", "grabcut", "grabcut-near"), default="builtin"
    )
    parser.add_argument("--program", type=Path)
    parser.add_argument(
        "--options", default="", help="of the program: --session, --second-prompts, --crop"
    )
    parser.add_argument("--first", type=int, help="only so many pictures")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--every", type=int, default=3, help="of object_masks: every n-th picture")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = given.data / given.set
    if given.set == "davis_a":
        cases = list(davis(folder))
    elif given.set == "grabcut":
        cases = list(grabcut(folder))
    else:
        cases = list(object_masks(folder, given.every))
    engine: GrabCut | Builtin
    if given.engine != "builtin":
        engine = GrabCut(near=given.engine == "grabcut-near")
    else:
        if given.program is None:
            parser.error("--program names the bench program of the built-in selector")
        engine = Builtin(given.program, given.options.split())
    cases = cases[: given.first]
    results: list[dict[str, object]] = []
    for seed in range(given.seeds):
        for case in cases:
            curve, seconds = judge(case, engine, seed)
            results.append({"case": case.name, "seed": seed, "curve": curve, "seconds": seconds})
            if given.json:
                given.json.write_text(json.dumps(results), encoding="utf-8")
    print_table(results)


if __name__ == "__main__":
    main()
