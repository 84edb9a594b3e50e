# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits what each fact of a proposal counts in the built-in selector (mask/proposal_score.cpp).

    build/venv/bin/python bench/quality/fit_selector.py --data FOLDER
        [--program build/release/bench/mask/latent_mask_proposals_bench]
        [--every 1] [--clicks 4]

FOLDER holds `object_masks`: photographs of free licence, the only ones that the weights may be
fitted on (decision 33). Each picture gets clicks as in mask_clicks.py, answered by the selector
as it is; of every click the facts of all proposals and their IoU with the truth are kept. The
weights, one set for the first click and one for later ones, are those at which the expected IoU
of a proposal drawn with the probability softmax(weights . facts) is greatest, less a small
penalty for large weights; the facts that are always 0 get 0. The weight of the constant fact
changes nothing and is 0.

The script prints the expected IoU with the weights of the source, with the fitted ones, and with
the best proposal of each click, on the pictures that were fitted and on every fifth, which were
not; and the two lines for the source. Weights change how the selector answers, and so the next
clicks: the fit is to be repeated with a program that was built with them, until the numbers stay.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import mask_clicks
import numpy as np
import numpy.typing as npt
import torch

ROOT = Path(__file__).resolve().parents[2]
FACTS = 20
HELD_OUT = 5  # every so manyth picture judges
Floats = npt.NDArray[np.float32]


@dataclass
class Answered:
    """The proposals of one click: facts [n, 20], IoU [n]."""

    picture: int
    first: bool
    facts: Floats
    iou: Floats


class Proposals:
    """The program, through pipes."""

    def __init__(self, program: Path) -> None:
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, line: str, payload: bytes = b"") -> None:
        assert self.process.stdin
        self.process.stdin.write(line.encode() + b"\n" + payload)
        self.process.stdin.flush()

    def read(self, count: int) -> bytes:
        assert self.process.stdout
        return self.process.stdout.read(count)

    def open(self, case: mask_clicks.Case) -> None:
        truth = np.where(case.truth, 255, 0).astype(np.uint8)
        truth[~case.judged] = 128
        height, width = truth.shape
        self.say(f"open {width} {height}", case.picture.tobytes() + truth.tobytes())

    def click(self, picture: int, x: int, y: int, on_object: bool) -> Answered:
        self.say(f"click {x} {y} {int(on_object)}")
        assert self.process.stdout
        count, first = (int(word) for word in self.process.stdout.readline().split())
        rows = np.frombuffer(self.read(4 * count * (FACTS + 1)), np.float32)
        table = rows.reshape(count, FACTS + 1)
        return Answered(picture, bool(first), table[:, :FACTS], table[:, FACTS])

    def mask(self, shape: tuple[int, ...]) -> mask_clicks.Bools:
        self.say("mask")
        raw = self.read(shape[0] * shape[1])
        return np.frombuffer(raw, np.uint8).reshape(shape) >= 128


def collect(program: Path, cases: list[mask_clicks.Case], clicks: int) -> list[Answered]:
    proposals = Proposals(program)
    found: list[Answered] = []
    for number, case in enumerate(cases):
        chance = np.random.default_rng(number)
        proposals.open(case)
        mask = np.zeros(case.truth.shape, bool)
        for _ in range(clicks):
            x, y, on_object = mask_clicks.next_click(mask, case, chance)
            found.append(proposals.click(number, x, y, on_object))
            mask = proposals.mask(case.truth.shape)
        if (number + 1) % 20 == 0:
            print(f"{number + 1} of {len(cases)} pictures", flush=True)
    return found


def weights_of_source() -> dict[bool, Floats]:
    """kFirst and kLater as they stand in the source."""
    text = (ROOT / "src" / "mask" / "proposal_score.cpp").read_text(encoding="utf-8")
    found = {}
    for first, name in ((True, "kFirst"), (False, "kLater")):
        listed = re.search(rf"{name}\{{([^}}]*)\}}", text)
        assert listed is not None
        numbers = [float(word.rstrip("F")) for word in re.findall(r"[-\d.]+F", listed[1])]
        found[first] = np.array(numbers, np.float32)
    return found


def expected(answered: list[Answered], weights: torch.Tensor) -> torch.Tensor:
    """Mean over clicks of the IoU of a proposal drawn by softmax(weights . facts)."""
    sums = [
        (torch.softmax(torch.from_numpy(a.facts.copy()) @ weights, 0)
         * torch.from_numpy(a.iou.copy())).sum()
        for a in answered
    ]  # fmt: skip
    return torch.stack(sums).mean()


def fit(answered: list[Answered], start: Floats) -> Floats:
    used = np.abs(np.concatenate([a.facts for a in answered])).max(axis=0) > 0
    used[0] = False
    mask = torch.from_numpy(used.astype(np.float32))
    weights = torch.from_numpy(start.copy() * used).requires_grad_()
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = -expected(answered, weights * mask) + 2e-5 * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    fitted: Floats = (weights * mask).detach().numpy()
    return fitted


def told(name: str, first: bool, weights: Floats, parts: dict[str, list[Answered]]) -> None:
    with torch.no_grad():
        values = {
            part: float(expected(clicks, torch.from_numpy(weights)))
            for part, clicks in parts.items()
        }
    best = {part: float(np.mean([a.iou.max() for a in c])) for part, c in parts.items()}
    which = "first click" if first else "later clicks"
    print(f"{which}, {name}: " + ", ".join(f"{p} {v:.4f}" for p, v in values.items())
          + "; best proposal: " + ", ".join(f"{p} {v:.4f}" for p, v in best.items()))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--program",
        type=Path,
        default=ROOT / "build/release/bench/mask/latent_mask_proposals_bench",
    )
    parser.add_argument("--every", type=int, default=1, help="every n-th picture")
    parser.add_argument("--clicks", type=int, default=4)
    given = parser.parse_args()
    cases = list(mask_clicks.object_masks(given.data / "object_masks", given.every))
    print(f"{len(cases)} pictures")
    answered = collect(given.program, cases, given.clicks)
    source = weights_of_source()
    for first in (True, False):
        clicks = [a for a in answered if a.first == first]
        parts = {
            "fitted": [a for a in clicks if a.picture % HELD_OUT],
            "held out": [a for a in clicks if not a.picture % HELD_OUT],
        }
        told("source", first, source[first], parts)
        weights = fit(parts["fitted"], source[first])
        told("fit", first, weights, parts)
        print(("kFirst{" if first else "kLater{")
              + ", ".join(f"{w:.2f}F" for w in weights) + "}")  # fmt: skip


if __name__ == "__main__":
    main()
