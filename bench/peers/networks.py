# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that other programs run, as the zoo builds them: the true shape, random weights.

Pictures that come out mean nothing; the work is the same. Their tiles are those of the packages.

    build/venv/bin/python bench/peers/networks.py nind OUT.onnx
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "zoo"), str(ROOT / "python")]

from latent_zoo import card, conversion, exporting  # noqa: E402  the path had to be set first
from latent_zoo.graph import Graph, parameter_count  # noqa: E402


@dataclass(frozen=True)
class Peer:
    """A network of the zoo, and how darktable 5.6 cuts a picture for it."""

    model: str
    stem: str
    overlap: int  # pixels of the input that a tile shares with the next, on each side


PEERS = {
    "nind": Peer("denoise-nind", "model", 64),
    "nafnet": Peer("denoise-nafnet", "model", 64),
    "rrdb": Peer("upscale-bsrgan", "model_x4", 16),
    "utnet2": Peer("rawdenoise-nind", "model_bayer", 32),
}


def graph_of(name: str) -> Graph:
    """The network, before its export."""
    peer = PEERS[name]
    model = card.read_model(ROOT / "zoo" / peer.model)
    return next(g for g in conversion.graphs_of(model, None, 0) if g.stem == peer.stem)


def export(name: str, path: Path) -> int:
    """Writes the ONNX with its static tile, unless it is there; gives the side of the tile."""
    graph = graph_of(name)
    if not path.exists():
        exporting.export(graph, path)
        millions = parameter_count(graph.module) / 1e6
        print(f"{name}: {PEERS[name].model}, {millions:.2f} M parameters", file=sys.stderr)
    return int(next(iter(graph.example.values())).shape[-1])


def main() -> None:
    """Export one network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    print(f"tile of {export(arguments.name, arguments.out)} px")


if __name__ == "__main__":
    main()
