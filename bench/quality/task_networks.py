# SPDX-License-Identifier: GPL-3.0-or-later
"""latent depth and latent erase beside the same networks in PyTorch, with random weights.

    build/venv/bin/python bench/quality/task_networks.py [--models da2,da3,lama] [--tiny]
        [--program build/release/bin/latent]

For each model a package of the true shape is made with random weights (with --tiny: a small member
of the family), and a picture of soft shapes and noise. The program does its whole work; PyTorch and
NumPy do the same from the picture, written anew: reducing by means, normalising, the network, and

- depth: shares of the disparity between the ends, enlarged bilinearly (`--edges smooth`). Two
  pictures: one of the network's size, and one 2.6 times as large.
- erase: the network's answer to a picture and a mask (`latent models run`), and the fill of a hole
  in a picture of its size: that answer, and the membrane that takes its steps at the border
  away. The program solves for that membrane to about a hundredth of the steps, so the error of the
  fill is printed in shares of white, and may be 0.01.

All other errors are the largest difference in units of the standard deviation of what PyTorch
gives; they may be 2e-3.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from scipy.sparse.linalg import spsolve

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "zoo"), str(ROOT / "python"), str(ROOT / "zoo" / "tests")]

from latent_zoo import card, conversion, exporting  # noqa: E402
from latent_zoo.architectures import depth_anything_2, depth_anything_3, lama  # noqa: E402
from latent_zoo.graph import Graph  # noqa: E402
from latent_zoo.random_weights import fill  # noqa: E402

Floats = npt.NDArray[np.float64]
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
IDS = {
    "da2": "mask-depth-da2-small",
    "da3": "mask-depth-da3mono-large",
    "lama": "erase-lama-big",
}
SEED = 7
LIMIT = 2e-3
FILL_LIMIT = 0.01  # of white


@dataclass(frozen=True)
class Package:
    """An unpacked package, and its network in PyTorch."""

    folder: Path
    network: torch.nn.Module
    side: int


def graph_of(name: str, tiny: bool) -> Graph:
    model = card.find_model(ROOT / "zoo", IDS[name])
    script = conversion.load_script(model, "convert.py")
    if not tiny:
        [graph] = script.graphs(None, SEED)
    elif name == "lama":
        graph = script.lama_graph(fill(lama.Lama(8, 2), 0, 0.6), 64)
    else:
        import depth_sizes

        two = name == "da2"
        [graph] = (
            depth_anything_2.graphs(depth_sizes.TWO, None, "", SEED)
            if two
            else depth_anything_3.graphs(depth_sizes.THREE, None, "", SEED)
        )
    made: Graph = graph
    return made


def package(name: str, folder: Path, tiny: bool) -> Package:
    graph = graph_of(name, tiny)
    folder.mkdir(parents=True)
    exporting.export(graph, folder / "model.onnx")
    facts = card.find_model(ROOT / "zoo", IDS[name]).folder / "model.yaml"
    import yaml

    words: dict[str, Any] = yaml.safe_load(facts.read_text(encoding="utf-8"))
    side = next(iter(graph.example.values())).shape[-2]
    config = {key: words[key] for key in ("id", "name", "description", "task", "version", "arch")}
    config["attributes"] = {**words["attributes"], "input_sizes": [side]}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return Package(folder, graph.module, int(side))


def picture(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Discs and waves of several colours, with grain."""
    random = np.random.default_rng(SEED)
    rows, columns = np.mgrid[:height, :width]
    shade = np.stack([np.sin(columns / (19 + 7 * c)) * np.cos(rows / (31 - 6 * c))
                      for c in range(3)], -1)  # fmt: skip
    made = 120 + 60 * shade
    for _ in range(12):
        x, y = random.uniform(0, width), random.uniform(0, height)
        radius = random.uniform(0.04, 0.2) * height
        inside = (columns - x) ** 2 + (rows - y) ** 2 < radius**2
        made[inside] = 0.4 * made[inside] + random.uniform(0, 150, 3)
    made += random.normal(0, 5, made.shape)
    whole: npt.NDArray[np.uint8] = np.clip(made, 0, 255).astype(np.uint8)
    return whole


def means(samples: Floats, width: int, height: int) -> Floats:
    """Every small pixel is the mean of what it covers, parts of pixels counted as parts."""

    def weights(large: int, small: int) -> Floats:
        edges = np.linspace(0, large, small + 1)
        first, last = edges[:-1, None], edges[1:, None]
        at = np.arange(large)[None]
        shares = np.clip(np.minimum(last, at + 1) - np.maximum(first, at), 0, 1)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)

    down, across = weights(samples.shape[0], height), weights(samples.shape[1], width)
    reduced: Floats = np.einsum("ij,jkc,lk->ilc", down, samples, across, optimize=True)
    return reduced


def between(small: Floats, width: int, height: int) -> Floats:
    """Bilinear, the middles of pixels on one another."""

    def line(values: Floats, count: int) -> Floats:
        at = np.clip((np.arange(count) + 0.5) * values.shape[0] / count - 0.5, 0,
                     values.shape[0] - 1)  # fmt: skip
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, values.shape[0] - 1)
        share = (at - low)[:, None]
        return np.asarray(values[low] * (1 - share) + values[high] * share, np.float64)

    return line(line(small, height).T, width).T


def run(program: Path, *words: str | Path) -> None:
    done = subprocess.run(
        [program, *words, "--device", "cpu", "--precision", "f32", "-q", "--overwrite"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{words[0]}: {done.stderr}")


def off(got: Floats, right: Floats) -> float:
    return float(np.abs(got - right).max() / right.std())


# --- depth --------------------------------------------------------------------------------------


def depth_in_torch(made: Package, samples: Floats, inverse: bool) -> Floats:
    """The map as `latent depth --edges smooth` writes it."""
    height, width = samples.shape[:2]
    if inverse:  # its aspect is kept, in multiples of 14
        scale = made.side / min(width, height)
        size = [max(1, int(np.floor(n * scale / 14 + 0.5))) * 14 for n in (width, height)]
    else:
        size = [made.side, made.side]
    seen = (means(samples, size[0], size[1]) - MEAN) / STD
    with torch.no_grad():
        tensor = torch.from_numpy(seen.astype(np.float32)).permute(2, 0, 1)[None]
        answer = made.network(tensor).numpy().reshape(-1, *made.network(tensor).shape[-2:])[0]
    values = answer.astype(np.float64) if inverse else 1.0 / answer.astype(np.float64)
    ordered = np.sort(values.ravel())
    end = int(0.001 * ordered.size)
    low, high = ordered[end], ordered[-1 - end]
    shares = np.clip((high - values) / (high - low), 0, 1)
    return between(shares, width, height)


def judge_depth(name: str, made: Package, program: Path, folder: Path) -> dict[str, float]:
    found = {}
    for label, scale in (("own size", 1.0), ("2.6 times", 2.6)):
        width, height = (round(scale * 14 * round(n * made.side / 14)) for n in (1.5, 1.0))
        if name == "da3":
            width = height
        samples = picture(width, height)
        photo, out = folder / "photo.png", folder / "map.pfm"
        photo.write_bytes(imagecodecs.png_encode(samples))
        run(program, "depth", photo, "--model", made.folder, "--edges", "smooth", "-o", out)
        with out.open("rb") as file:
            assert file.readline().strip() == b"Pf"
            columns, rows = map(int, file.readline().split())
            order = "<f4" if float(file.readline()) < 0 else ">f4"
            got = np.frombuffer(file.read(), order).reshape(rows, columns)[::-1]
        right = depth_in_torch(made, samples / 255.0, name == "da2")
        found[label] = off(got.astype(np.float64), right)
    return found


# --- erase --------------------------------------------------------------------------------------


def membrane(steps: Floats, border: npt.NDArray[np.bool_], hole: npt.NDArray[np.bool_]) -> Floats:
    """What is `steps` on the border and the mean of its neighbours in the hole, exactly."""
    numbers = np.full(hole.shape, -1)
    numbers[hole] = np.arange(hole.sum())
    matrix = sparse.lil_matrix((int(hole.sum()), int(hole.sum())))
    right = np.zeros((int(hole.sum()), 3))
    for y, x in zip(*np.nonzero(hole), strict=True):
        row = numbers[y, x]
        for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if hole[near]:
                matrix[row, numbers[near]] = -1
            elif border[near]:
                right[row] += steps[near]
        matrix[row, row] = 4
    solved = np.zeros((*hole.shape, 3))
    solved[hole] = spsolve(matrix.tocsr(), right)
    return solved


def blended(answer: Floats, picture: Floats, hole: npt.NDArray[np.bool_]) -> Floats:
    """The answer in the hole, its steps at the border (means along 9 x 9 of it) taken away."""
    inside = hole.astype(float)
    count = sum(np.roll(inside, shift, axis) for shift in (-1, 1) for axis in (0, 1))
    beside = sum(
        np.roll(answer * inside[..., None], shift, axis) for shift in (-1, 1) for axis in (0, 1)
    )
    border = (np.asarray(count) > 0) & ~hole
    steps = np.zeros_like(answer)
    steps[border] = picture[border] - (beside / np.maximum(count, 1)[..., None])[border]
    smooth = np.zeros_like(answer)
    for y, x in zip(*np.nonzero(border), strict=True):
        near = (slice(max(0, y - 4), y + 5), slice(max(0, x - 4), x + 5))
        smooth[y, x] = steps[near][border[near]].mean(axis=0)
    made = picture.copy()
    made[hole] = (answer + membrane(smooth, border, hole))[hole]
    return made


def judge_erase(made: Package, program: Path, folder: Path) -> dict[str, float]:
    side = made.side
    samples = picture(side, side)
    hole = np.zeros((side, side), bool)
    hole[side * 28 // 100 : side * 64 // 100, side * 30 // 100 : side * 73 // 100] = True
    photo, mask, out = (folder / name for name in ("photo.png", "mask.png", "out.tif"))
    photo.write_bytes(imagecodecs.png_encode(samples))
    mask.write_bytes(imagecodecs.png_encode((hole * 255).astype(np.uint8)))
    run(program, "erase", photo, "--mask", mask, "--model", made.folder, "--dilate", "0",
        "--grain", "none", "--bit-depth", "32", "-o", out)  # fmt: skip
    got = np.asarray(imagecodecs.imread(out), np.float64)[..., :3]
    with torch.no_grad():
        image = torch.from_numpy(samples / np.float32(255)).permute(2, 0, 1)[None]
        given = torch.from_numpy(hole.astype(np.float32))[None, None]
        answer = made.network(image, given)[0].permute(1, 2, 0).numpy().astype(np.float64) / 255
    assert np.abs(got - samples / 255)[~hole].max() < 1e-5, "outside was changed"
    for key, array in (("image", image), ("mask", given)):
        np.save(folder / f"{key}.npy", array.numpy())
    inputs = [word for key in ("image", "mask")
              for word in ("--input", f"{key}={folder / key}.npy")]  # fmt: skip
    done = subprocess.run(
        [program, "models", "run", made.folder, "--network", "model", *inputs, "-O",
         folder / "answer", "--device", "cpu", "--precision", "f32"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"models run: {done.stderr}")
    raw = np.load(folder / "answer" / "output.npy")[0].transpose(1, 2, 0).astype(np.float64) / 255
    right = blended(answer, samples / 255, hole)
    return {
        "network": off(raw, answer),
        "fill, shares of white": float(np.abs(got - right).max()),
    }


def compare(name: str, tiny: bool, program: Path, work: Path) -> dict[str, float]:
    """The largest differences of one model, each with its name."""
    made = package(name, work / IDS[name], tiny)
    if name == "lama":
        return judge_erase(made, program, work)
    return judge_depth(name, made, program, work)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--models", default="da2,da3,lama")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    arguments = parser.parse_args()
    good = True
    for name in arguments.models.split(","):
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found = compare(name, arguments.tiny, arguments.program.resolve(), Path(folder))
        good = good and all(
            value <= (FILL_LIMIT if "fill" in label else LIMIT) for label, value in found.items()
        )
        words = ", ".join(f"{label}: {value:.1e}" for label, value in found.items())
        print(f"{IDS[name]:28} {words}  ({time.perf_counter() - started:.0f} s)", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
