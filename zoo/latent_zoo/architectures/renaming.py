# SPDX-License-Identifier: GPL-3.0-or-later
"""Published parameter names as those of the libraries' modules, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from torch import Tensor

from latent_zoo.types import ZooError

Rule = tuple[str, str]  # a pattern that must match a whole name, and what becomes of it


def renamed(name: str, rules: Sequence[Rule]) -> str:
    """``name`` by every rule that matches, in order."""
    for pattern, replacement in rules:
        name = re.sub(f"^{pattern}$", replacement, name)
    return name


def adopt(
    state: Mapping[str, Tensor], rules: Sequence[Rule], unused: Sequence[str], name: str
) -> dict[str, Tensor]:
    """A published state dict under our names; what starts with one of ``unused`` is left out.

    Errors: ZooError when two parameters would get the same name.
    """
    out: dict[str, Tensor] = {}
    for key, value in state.items():
        if any(key.startswith(prefix) for prefix in unused):
            continue
        ours = renamed(key, rules)
        if ours in out:
            raise ZooError(f"{name}: two parameters of the checkpoint become {ours}")
        out[ours] = value
    return out


def published(names: Iterable[str], rules: Sequence[Rule]) -> list[str]:
    """Our names as they are published; ``rules`` lead from ours to the published ones."""
    return [renamed(name, rules) for name in names]
