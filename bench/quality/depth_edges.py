# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether edges of an enlarged depth map lie on those of the picture: latent depth beside bilinear.

    build/venv/bin/python bench/quality/depth_edges.py --data FOLDER
        [--program build/release/bin/latent] [--scenes 12]

FOLDER holds `object_masks/train` (cut-outs) and `open_photos` (textures). A scene is a ground and
five cut-outs, each with a photograph's texture and a depth of its own, in 1600 x 1200 pixels; its
depth is known. What a network would give is made of it: reduced to 518 pixels on the short side,
blurred by 1.5 pixels and with noise. A package whose network answers with just that is handed to
the program, which enlarges it with the picture.

An edge is where depth steps by more than 0.05 between pixels `reach` apart and the step is the
largest across it; the F-score counts edges within `near` pixels of a true one as found. With a
reach of 1 a step has to be a step: a ramp over several pixels is none. With a reach of 4 ramps
count as edges, and only their place is judged. (Reach 1 and near 0 is the boundary F-score of
Bochkovskii and others, "Depth Pro", 2024, with one threshold in shares of the whole range.)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "program"))
from darktable_packages import make_package

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
HEIGHT, WIDTH = 1200, 1600
SMALL = (700, 518)  # width, height: multiples of 14
STEP = 0.05
WAYS = ((1, 0), (1, 1), (2, 1), (4, 3))  # reach and near


def textures(data: Path) -> list[Path]:
    return sorted((data / "open_photos").glob("*.jpg"))


def cut_outs(data: Path) -> list[Path]:
    return sorted((data / "object_masks" / "train").glob("*.png"))


def an_object(path: Path, random: np.random.Generator) -> Bools:
    """One label of the file, of those that are no ground: 3 to 60 % of the picture."""
    labels = np.asarray(Image.open(path))
    labels = labels if labels.ndim == 2 else labels[:, :, 0]
    values, counts = np.unique(labels, return_counts=True)
    right = (values != 0) & (counts > 0.03 * labels.size) & (counts < 0.6 * labels.size)
    if not right.any():
        return np.zeros((1, 1), bool)
    chosen: Bools = labels == random.choice(values[right])
    return chosen


def scene(data: Path, number: int) -> tuple[npt.NDArray[np.uint8], Floats]:
    """A picture and its depth, 0 near to 1 far."""
    random = np.random.default_rng(number)
    photos, masks = textures(data), cut_outs(data)

    def texture() -> npt.NDArray[np.uint8]:
        picture = Image.open(photos[random.integers(len(photos))]).convert("RGB")
        return np.asarray(picture.resize((WIDTH, HEIGHT)))

    picture = texture().copy()
    rows = np.linspace(1, 0.75, HEIGHT, dtype=np.float32)[:, None]
    depth = np.repeat(rows, WIDTH, axis=1)
    for layer in range(5):
        mask = an_object(masks[random.integers(len(masks))], random)
        ys, xs = np.nonzero(mask)
        if len(ys) < 100:
            continue
        mask = mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        side = random.integers(350, 800)
        scale = side / max(mask.shape)
        size = (max(8, int(mask.shape[1] * scale)), max(8, int(mask.shape[0] * scale)))
        object_ = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR) > 0
        x = int(random.integers(-50, max(1, WIDTH - size[0] + 50)))
        y = int(random.integers(-50, max(1, HEIGHT - size[1] + 50)))
        whole = np.zeros((HEIGHT, WIDTH), bool)
        top, left = max(0, y), max(0, x)
        part = object_[top - y : HEIGHT - y, left - x : WIDTH - x]
        whole[top : top + part.shape[0], left : left + part.shape[1]] = part
        picture[whole] = texture()[whole]
        depth[whole] = 0.62 - 0.13 * layer
    return picture, depth


def answer_of(depth: Floats, number: int) -> Floats:
    """What a network would give: inverse, small, soft and noisy."""
    small = cv2.resize(depth, SMALL, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 1.5)
    noise = np.random.default_rng(number).normal(0, 0.004, small.shape)
    return np.asarray(1 - small + noise, np.float32)


def package(folder: Path, answer: Floats) -> Path:
    """A network that gives that map, whatever it sees."""
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["answer", "zero"], ["depth"]),
    ]
    constants = {"answer": answer[None], "nothing": np.float32(0)}
    graph = helper.make_graph(
        nodes, "depth",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("depth", TensorProto.FLOAT, [1, *answer.shape])],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    attributes = {"input_sizes": [518], "keep_aspect_ratio": True, "ensure_multiple_of": 14,
                  "output_inverse_depth": True}  # fmt: skip
    return make_package(
        folder, "depth-known", "depth", {"model": model.SerializeToString()}, attributes
    )


def edges(depth: Floats, reach: int) -> Bools:
    """Where the map steps, thinned to the largest step across."""
    found = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        step = np.abs(np.roll(depth, -reach // 2, axis) - np.roll(depth, reach // 2, axis))
        kernel = np.ones((reach + 1, 1) if axis == 0 else (1, reach + 1), np.uint8)
        found |= (step > STEP) & (step >= cv2.dilate(step, kernel))
    found[:reach] = found[-reach:] = found[:, :reach] = found[:, -reach:] = False
    return found


def f_score(depth: Floats, truth: Floats, reach: int, near: int) -> float:
    mine, true = edges(depth, reach), edges(truth, reach)
    disc = np.ones((2 * near + 1, 2 * near + 1), np.uint8)
    precision = (mine & cv2.dilate(true.astype(np.uint8), disc).astype(bool)).sum() / max(
        mine.sum(), 1
    )
    recall = (true & cv2.dilate(mine.astype(np.uint8), disc).astype(bool)).sum() / max(
        true.sum(), 1
    )
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/latent"))
    parser.add_argument("--scenes", type=int, default=12)
    arguments = parser.parse_args()
    rows = []
    for number in range(arguments.scenes):
        picture, depth = scene(arguments.data, number)
        answer = answer_of(depth, number)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Image.fromarray(picture).save(folder / "scene.png")
            model = package(folder, answer)
            maps = {}
            for way in ("snap", "smooth"):
                out = folder / f"{way}.png"
                subprocess.run(
                    [arguments.program.resolve(), "depth", folder / "scene.png", "--model", model,
                     "--edges", way, "-o", out, "-q"],
                    check=True,
                )  # fmt: skip
                maps[way] = np.asarray(
                    cv2.imread(str(out), cv2.IMREAD_UNCHANGED), np.float32
                ) / np.float32(65535)
        span = float(answer.max() - answer.min())
        truth = np.asarray((depth - depth.min()) / span, np.float32)
        scores = [f_score(maps[way], truth, *how) for how in WAYS for way in ("snap", "smooth")]
        errors = [float(np.abs(maps[way] - truth).mean()) for way in ("snap", "smooth")]
        rows.append((*scores, *errors))
        print(f"scene {number:2}", *(f"{score:.3f}" for score in scores), flush=True)
    mean = np.mean(rows, axis=0)
    print("reach, near: F of snap, F of bilinear, times")
    for index, (reach, near) in enumerate(WAYS):
        snap, smooth = mean[2 * index], mean[2 * index + 1]
        print(f"{reach}, {near}: {snap:.3f} {smooth:.3f} {snap / max(smooth, 1e-9):.2f}")
    print(f"mean absolute error {mean[-2]:.4f}, bilinear {mean[-1]:.4f}")


if __name__ == "__main__":
    main()
