# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks for masks in Latent beside the same networks in PyTorch, with random weights.

    build/venv/bin/python bench/quality/mask_networks.py [--models sam21-tiny,samhq-light,...]
        [--true-encoder] [--program build/release/bench/tasks/latent_mask_network_bench]
        [--picture FILE] [--tiny] [--time 15] [--exact]

For each model a package is made whose decoder has the true shape and random weights. Its encoder
is a stand-in of the true shape of outputs (three strided convolutions), which is made in seconds;
with --true-encoder it is the model's own, which takes minutes. With --tiny both are small members
of the family. Latent is given a photograph, a click, a click that is not on the object, and a box
(or another click); PyTorch computes the same from the photograph, with its own resizing. Told are
the largest difference of the picture that goes in, of the logits in units of their deviation, and
of the masks, and the median of an answer in seconds of the processor, on one thread: with
OpenVINO (what Latent uses), and with ONNX Runtime with all optimisation and with none, as
darktable must. `ms_once` is what the decoder computes once for a photograph, `ms_openvino_whole`
an answer where it computes that each time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import yaml
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "zoo"), str(ROOT / "python"), str(ROOT / "zoo" / "tests")]

from latent_zoo import exporting  # noqa: E402
from latent_zoo.architectures import sam2, samhq, segnext  # noqa: E402
from latent_zoo.graph import Graph  # noqa: E402

Floats = npt.NDArray[np.float32]
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SEED = 7
LIMIT = 2e-3  # of the deviation of the logits


@dataclass(frozen=True)
class Kind:
    """A model of the zoo: how its two graphs are made, full or tiny."""

    model: str
    graphs: Callable[[Any, int], list[Graph]]
    size: Any
    tiny: Any


def kinds() -> dict[str, Kind]:
    import mask_sizes

    def of(module: Any) -> Callable[[Any, int], list[Graph]]:
        def made(size: Any, seed: int) -> list[Graph]:
            graphs: list[Graph] = module.graphs(size, None, "", seed)
            return graphs

        return made

    return {
        "sam21-tiny": Kind("mask-object-sam21-tiny", of(sam2), sam2.TINY, mask_sizes.SAM2),
        "sam21hq-large": Kind(
            "mask-object-sam21hq-large", of(sam2), sam2.LARGE_QUALITY, mask_sizes.SAM2_HQ
        ),
        "samhq-light": Kind("mask-object-samhq-light", of(samhq), samhq.LIGHT, mask_sizes.TINY),
        "samhq-base": Kind("mask-object-samhq-base", of(samhq), samhq.BASE, mask_sizes.VIT),
        "segnext": Kind(
            "mask-object-segnext-b2hq", of(segnext), segnext.BASE_HQ, mask_sizes.SEGNEXT
        ),
    }


class StandIn(nn.Module):
    """Features of the decoder's shapes from a picture, by few convolutions."""

    def __init__(self, wanted: dict[str, Tensor], side: int) -> None:
        super().__init__()
        chance = torch.Generator().manual_seed(SEED)
        self.shapes = [tuple(value.shape) for value in wanted.values()]
        self.side = side
        weights = []
        for shape in self.shapes:
            channels = shape[1] if len(shape) == 4 else shape[0] * shape[-1]
            weights.append(torch.randn(channels, 3, 3, 3, generator=chance) * 0.5)
        self.weights = nn.ParameterList(weights)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        outputs = []
        for shape, weight in zip(self.shapes, self.weights, strict=True):
            grid = shape[2]
            small = functional.avg_pool2d(image, self.side // grid)
            made = torch.tanh(functional.conv2d(small, weight, padding=1))
            if len(shape) == 5:  # early features: [maps, 1, rows, columns, channels]
                made = made.reshape(shape[0], shape[4], grid, grid).permute(0, 2, 3, 1)
                made = made.unsqueeze(1)
            outputs.append(made)
        return tuple(outputs)


def side_of(kind: Kind, tiny: bool) -> int:
    return int((kind.tiny if tiny else kind.size).side)


def features_of(decoder: Graph) -> dict[str, Tensor]:
    own = (
        "point_coords",
        "point_labels",
        "mask_input",
        "has_mask_input",
        "prev_mask",
        "orig_im_size",
    )
    return {name: value for name, value in decoder.example.items() if name not in own}


def package(kind: Kind, folder: Path, tiny: bool, true_encoder: bool) -> tuple[Graph, Graph]:
    """An unpacked package in `folder`; its graphs. Like darktable's, without our block."""
    side = side_of(kind, tiny)
    encoder, decoder = kind.graphs(kind.tiny if tiny else kind.size, SEED)
    if not (tiny or true_encoder):
        wanted = features_of(decoder)
        features = {name: wanted[name] for name in encoder.outputs}
        encoder = Graph(
            stem="encoder",
            module=StandIn(features, side).eval(),
            example={"image": encoder.example["image"]},
            outputs=tuple(features),
            meanings={name: "a stand-in" for name in ("image", *features)},
        )
    folder.mkdir(parents=True)
    for graph in (encoder, decoder):
        exporting.export(graph, folder / f"{graph.stem}.onnx")
    card = yaml.safe_load((ROOT / "zoo" / kind.model / "model.yaml").read_text(encoding="utf-8"))
    config = {key: card[key] for key in ("id", "name", "description", "task", "version", "arch")}
    config["attributes"] = {**card["attributes"], "input_sizes": [side]}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return encoder, decoder


def with_optimisation(folder: Path, word: str) -> None:
    """Says in the package how far ONNX Runtime may rewrite its decoder."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["ort_optimization"] = {"decoder": word}
    path.write_text(json.dumps(config), encoding="utf-8")


# --- the same in PyTorch ----------------------------------------------------------------------


def shown(kind: Kind, picture: Tensor, side: int) -> tuple[Tensor, tuple[int, int]]:
    """[1, 3, side, side], and the rows and columns that are filled."""
    height, width = picture.shape[2:]
    segnext_own = kind.model.startswith("mask-object-segnext")
    stretch = kind.model.startswith("mask-object-sam21")
    scale = side / max(height, width)
    filled = (side, side) if stretch else (round(height * scale), round(width * scale))
    small = functional.interpolate(
        picture, filled, mode="bilinear", align_corners=False, antialias=True
    )
    if not segnext_own:
        mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (MEAN, STD))
        small = (small - mean) / std
    return functional.pad(small, (0, side - filled[1], 0, side - filled[0])), filled


def points(prompts: list[str], filled: tuple[int, int], caller_pads: bool) -> tuple[Tensor, Tensor]:
    places, labels = [], []
    for prompt in prompts:
        word, *numbers = prompt.split(",")
        shares = [float(number) for number in numbers]
        for i in range(0, len(shares), 2):
            places.append((shares[i] * filled[1] - 0.5, shares[i + 1] * filled[0] - 0.5))
            labels.append({"click": 1.0, "not": 0.0, "box": 2.0 + i / 2}[word])
    if caller_pads and 2.0 not in labels:
        places.append((0.0, 0.0))
        labels.append(-1.0)
    return torch.tensor([places]), torch.tensor([labels])


def answers(
    kind: Kind, encoder: Graph, decoder: Graph, image: Tensor, filled: tuple[int, int],
    prompts: list[str], side: int, fed_back: list[Floats],
) -> list[Floats]:  # fmt: skip
    """Logits after each prompt, as the families' authors ask their networks.

    SegNext's mask before is 0 or 1: a pixel whose logit is a tie may fall on either side, and the
    network answers another question then. So it gets the mask that Latent gave it; `compare` looks
    whether that differs elsewhere.
    """
    with torch.no_grad():
        made = encoder.module(image)
        named = dict(
            zip(encoder.outputs, made if isinstance(made, tuple) else (made,), strict=True)
        )
        features = [named[name] for name in features_of(decoder)]
        previous: Tensor | None = None
        found: list[Floats] = []
        for count in range(1, len(prompts) + 1):
            if kind.model.startswith("mask-object-segnext"):
                places, labels = points(prompts[:count], filled, False)
                before = torch.zeros(1, 1, side, side) if previous is None else previous
                logits = decoder.module(*features, places, labels, before)
                previous = torch.from_numpy(fed_back[count - 1])[None, None]
                found.append(logits[0, 0].numpy())
                continue
            hq = kind.model.startswith("mask-object-samhq")
            places, labels = points(prompts[:count], filled, hq)
            mask = torch.zeros(1, 1, side // 4, side // 4) if previous is None else previous
            given = (places, labels, mask, torch.tensor([0.0 if previous is None else 1.0]))
            size = (torch.tensor([float(n) for n in filled]),) if hq else ()
            masks, scores, low = decoder.module(*features, *given, *size)
            best = int(scores[0].argmax())
            previous = low[:, best : best + 1]
            found.append(masks[0, best].numpy())
    return found


# --- comparing --------------------------------------------------------------------------------


def run(program: Path, folder: Path, picture: Path, out: Path, engine: str, times: int,
        prompts: list[str], **more: str) -> dict[str, list[float]]:  # fmt: skip
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [program, folder, picture, out, "none", engine, str(times), *prompts],
        capture_output=True, text=True, check=False, env={**os.environ, **more},
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{folder.name}: {done.stderr}")
    told: dict[str, list[float]] = {}
    for line in done.stdout.splitlines():
        word, number, *_ = line.split()
        told.setdefault(word, []).append(float(number))
    return told


def compare(name: str, arguments: argparse.Namespace, work: Path) -> dict[str, Any]:
    kind = kinds()[name]
    side = side_of(kind, arguments.tiny)
    folder = work / kind.model
    encoder, decoder = package(kind, folder, arguments.tiny, arguments.true_encoder)
    prompts = ["click,0.41,0.52", "not,0.8,0.2"]
    prompts.append("click,0.5,0.3" if name == "segnext" else "box,0.2,0.25,0.7,0.8")
    told = run(arguments.program, folder, arguments.picture, work / "out", "openvino",
               arguments.time, prompts)  # fmt: skip
    samples = np.asarray(Image.open(arguments.picture).convert("RGB"), np.float32) / 255
    picture = torch.from_numpy(samples).permute(2, 0, 1)[None]
    image, filled = shown(kind, picture, side)
    fed_back = [np.load(work / "out" / f"before_{i}.npy") for i in range(len(prompts))]
    expected = answers(kind, encoder, decoder, image, filled, prompts, side, fed_back)
    report: dict[str, Any] = {"model": name, "side": side}
    seen = np.load(work / "out" / "image.npy")
    report["picture"] = float(np.abs(seen - image.numpy()).max())
    report["logits"], report["pixels"] = 0.0, 0
    for i, right in enumerate(expected):
        got = np.load(work / "out" / f"logits_{i}.npy")
        if got.shape != right.shape:
            raise SystemExit(f"{name}: {got.shape} instead of {right.shape}")
        far = np.abs(got - right)
        report["logits"] = max(report["logits"], float(far.max() / right.std()))
        tie = np.abs(right) <= LIMIT * right.std()
        if name == "segnext":
            report["pixels"] += int((((fed_back[i] > 0.5) != (right > 0)) & ~tie).sum())
        report["pixels"] += int((((got > 0) != (right > 0)) & ~tie).sum())
    if arguments.exact:
        report |= exactness(kind, (encoder, decoder), (image, filled), prompts, work / "out")
    report["ms_openvino"] = 1000 * float(np.median(told["decode"]))
    if "prepare" in told:  # a part of the decoder hangs on the photograph alone
        report["ms_once"] = 1000 * told["prepare"][0]
    if arguments.time > 1:
        if "prepare" in told:
            told = run(arguments.program, folder, arguments.picture, work / "whole", "openvino",
                       arguments.time, prompts, LATENT_BENCH_WHOLE_DECODER="1")  # fmt: skip
            report["ms_openvino_whole"] = 1000 * float(np.median(told["decode"]))
        for word in ("all", "disabled"):
            with_optimisation(folder, word)
            told = run(arguments.program, folder, arguments.picture, work / "out", "onnxruntime",
                       arguments.time, prompts)  # fmt: skip
            report[f"ms_onnxruntime_{word}"] = 1000 * float(np.median(told["decode"]))
    report["good"] = report["logits"] <= LIMIT and report["pixels"] == 0
    return report


def exactness(
    kind: Kind, graphs: tuple[Graph, Graph], seen: tuple[Tensor, tuple[int, int]],
    prompts: list[str], out: Path,
) -> dict[str, float]:  # fmt: skip
    """How far float32 itself is off: PyTorch's and Latent's logits of the first prompt beside
    PyTorch's in float64, in units of their deviation."""
    (encoder, decoder), (image, filled) = graphs, seen
    fed_back = [np.load(out / "before_0.npy")]
    side = image.shape[-1]
    single = answers(kind, encoder, decoder, image, filled, prompts[:1], side, fed_back)[0]
    for graph in graphs:
        graph.module.double()
    torch.set_default_dtype(torch.float64)
    try:
        double = answers(
            kind, encoder, decoder, image.double(), filled, prompts[:1], side, fed_back
        )[0]
    finally:
        torch.set_default_dtype(torch.float32)
        for graph in graphs:
            graph.module.float()

    def off(logits: Floats) -> float:
        return float(np.abs(logits - double).max() / double.std())

    return {"torch_off": off(single), "latent_off": off(np.load(out / "logits_0.npy"))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--models", default="sam21-tiny,sam21hq-large,samhq-light,samhq-base,segnext"
    )
    parser.add_argument("--true-encoder", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument(
        "--exact", action="store_true", help="also in float64: how far float32 itself is off"
    )
    parser.add_argument(
        "--time", type=int, default=1, help="answers to time (the median is printed)"
    )
    parser.add_argument("--picture", type=Path, required=True)
    parser.add_argument(
        "--program",
        type=Path,
        default=ROOT / "build/release/bench/tasks/latent_mask_network_bench",
    )
    arguments = parser.parse_args()
    good = True
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as work:
            report = compare(name, arguments, Path(work))
        print(json.dumps(report), flush=True)
        good = good and report["good"]
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
