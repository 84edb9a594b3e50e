# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the depth of a photograph in grey, near white."""

from __future__ import annotations

from pathlib import Path

from latent_zoo.demo_masks import demo_depth


def demo(package: Path, image: Path, output: Path) -> None:
    """Write ``output``: depth at the photograph's size."""
    demo_depth(package, image, output)
