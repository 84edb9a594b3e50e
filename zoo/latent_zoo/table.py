# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all models in docs/zoo.md, from the reports of their conversions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latent_zoo.types import ZooError

BEGIN, END = "<!-- zoo table: begin -->", "<!-- zoo table: end -->"
_HEAD = (
    "| model | task | file | parameters | ONNX | package | tensors "
    "| ONNX Runtime | OpenVINO | time |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


def _tensor(tensor: dict[str, Any]) -> str:
    return f"`{tensor['name']}` {'x'.join(str(dim) for dim in tensor['dims'])}"


def _difference(one: dict[str, Any], engine: str) -> str:
    static = one["parity"][engine]
    text = f"{static['absolute']:.1e} ({static['relative']:.1e})"
    if symbolic := one.get("symbolic"):
        text += f"; free sizes {symbolic[engine]['absolute']:.1e}"
    return text


def rows(report: dict[str, Any]) -> list[str]:
    """One line a file of the model; what is the model's own stands in the first."""
    lines = []
    size = report.get("package", {}).get("bytes", 0)
    for at, one in enumerate(report["graphs"]):
        taken = ", ".join(_tensor(tensor) for tensor in one["inputs"])
        given = ", ".join(_tensor(tensor) for tensor in one["outputs"])
        first = at == 0
        cells = [
            f"`{report['id']}`" if first else "",
            report["task"] if first else "",
            f"{one['stem']}.onnx",
            f"{one['parameters'] / 1e6:.2f} M",
            f"{one['bytes'] / 1e6:.1f} MB",
            f"{size / 1e6:.1f} MB" if first else "",
            f"{taken} → {given}",
            _difference(one, "onnx_runtime"),
            _difference(one, "openvino"),
            f"{one['seconds']:.0f} s",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def failure_row(model_id: str, task: str, sentence: str) -> str:
    """A model that could not be made: the sentence stands in its place."""
    said = sentence.splitlines()[0].replace("|", "/")
    return f"| `{model_id}` | {task} | failed: {said} | | | | | | | |"


def table(lines: list[str]) -> str:
    """Head and lines."""
    return "\n".join([*_HEAD, *lines]) + "\n"


def put(path: Path, text: str) -> None:
    """Replace what stands between the markers of ``path``.

    Errors: ZooError when the file or a marker is missing.
    """
    if not path.exists():
        raise ZooError(f"{path}: there is no such page")
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ZooError(f"{path}: the lines {BEGIN} and {END} are missing")
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")
