# SPDX-License-Identifier: GPL-3.0-or-later
"""Small members of the depth networks, for tests and bench/quality/task_networks.py."""

from __future__ import annotations

from latent_zoo.architectures import depth_anything_2 as da2
from latent_zoo.architectures import depth_anything_3 as da3

TWO = da2.Size(
    width=24,
    depth=4,
    heads=2,
    levels=(1, 2, 3, 4),
    neck=(8, 8, 16, 16),
    fusion=8,
    head=4,
    side=56,
)
THREE = da3.Size(
    width=24,
    depth=4,
    heads=2,
    levels=(0, 1, 2, 3),
    channels=(8, 8, 16, 16),
    features=8,
    head=4,
    trained=70,
    side=56,
)
