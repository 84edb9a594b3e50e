# SPDX-License-Identifier: GPL-3.0-or-later
"""The older ``model.conf`` of darktable-ai: shell variables, read without a shell.

Only assignments of plain words, quoted texts and lists of them are understood; functions are left
out, and whatever a shell would have to compute is refused.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from latent_zoo.types import ZooError

_ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)", re.DOTALL)
_FUNCTION = re.compile(r"\s*(function\s+)?[A-Za-z_][A-Za-z0-9_]*\s*\(\)\s*\{?\s*")

Value = str | list[str]


def _words(path: Path, number: int, text: str) -> list[str]:
    if "`" in text or "$" in text:
        raise ZooError(
            f"{path}, line {number}: a value that a shell would have to compute is not read"
        )
    try:
        return shlex.split(text, comments=True)
    except ValueError as error:
        raise ZooError(f"{path}, line {number}: {error}") from error


def _list_end(lines: list[str], at: int, text: str) -> tuple[str, int]:
    """The text of a list that may go on over lines, and the index of its last line."""
    while ")" not in text:
        at += 1
        if at >= len(lines):
            raise ValueError
        text += "\n" + lines[at]
    return text, at


def parse(path: Path, text: str) -> dict[str, Value]:
    """The variables of a model.conf. Errors: ZooError that names file and line."""
    lines = text.splitlines()
    found: dict[str, Value] = {}
    at = -1
    while (at := at + 1) < len(lines):
        line = lines[at].strip()
        number = at + 1
        if not line or line.startswith("#"):
            continue
        if _FUNCTION.fullmatch(line):
            while at < len(lines) and lines[at].rstrip() != "}":
                at += 1
            if at >= len(lines):
                raise ZooError(f"{path}, line {number}: a function without an end")
            continue
        match = _ASSIGNMENT.fullmatch(line)
        if not match:
            raise ZooError(f"{path}, line {number}: only NAME=value is read here")
        name, value = match.groups()
        if name in found:
            raise ZooError(f"{path}, line {number}: {name} is there twice")
        if value.startswith("("):
            try:
                value, at = _list_end(lines, at, value)
            except ValueError:
                raise ZooError(f"{path}, line {number}: a list without an end") from None
            inner, _, after = value[1:].rpartition(")")
            if after.strip() and not after.strip().startswith("#"):
                raise ZooError(f"{path}, line {number}: only NAME=value is read here")
            found[name] = _words(path, number, inner)
            continue
        words = _words(path, number, value)
        if len(words) > 1:
            raise ZooError(f"{path}, line {number}: a command is not executed; quote the value")
        found[name] = words[0] if words else ""
    return found


def as_model_yaml(path: Path, text: str) -> dict[str, Any]:
    """The same facts under the keys of model.yaml; what model.conf did not know stays absent."""
    found = parse(path, text)

    def single(key: str) -> str | None:
        value = found.get(key)
        if isinstance(value, list):
            raise ZooError(f"{path}: {key} must be one value")
        return value or None

    def several(key: str) -> list[str]:
        value = found.get(key, [])
        return value if isinstance(value, list) else [value]

    content: dict[str, Any] = {
        "id": single("MODEL_ID"),
        "name": single("MODEL_NAME") or single("MODEL_ID"),
        "description": single("MODEL_DESCRIPTION") or "",
        "task": single("MODEL_TASK") or "general",
    }
    for key, name in (("version", "MODEL_VERSION"), ("arch", "MODEL_ARCH")):
        if (value := single(name)) is not None:
            content[key] = value
    content["tiling"] = single("MODEL_TILING") == "true"
    content["type"] = single("MODEL_TYPE") or "single"
    if (url := single("REPO_URL")) is not None:
        content["repo"] = {"url": url}
    checkpoints = []
    for kind in ("CHECKPOINT", "ONNX"):
        urls, paths = several(f"{kind}_URLS"), several(f"{kind}_PATHS")
        if len(urls) != len(paths):
            raise ZooError(f"{path}: {kind}_URLS and {kind}_PATHS are not of one length")
        checkpoints += [{"url": u, "path": p} for u, p in zip(urls, paths, strict=True)]
    content["checkpoints"] = checkpoints
    return content
