# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged copies of files, for negative tests: what a bad card or a broken copy leaves."""

from __future__ import annotations

import random


def truncated(data: bytes, part: float) -> bytes:
    """The first `part` (0..1) of the file."""
    return data[: int(len(data) * part)]


def bits_flipped(
    data: bytes, count: int, seed: int, first: int = 0, last: int | None = None
) -> bytes:
    """`count` bits turned over at places in [first, last) that the seed chooses."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(count):
        at = chance.randrange(first, len(data) if last is None else last)
        damaged[at] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def damage(data: bytes, seed: int) -> bytes:
    """One of the usual accidents, chosen by the seed: cut short, bits flipped, a hole of zeros."""
    kind = seed % 3
    if kind == 0:
        return truncated(data, random.Random(seed).random())
    if kind == 1:
        return bits_flipped(data, 1 + seed % 64, seed)
    start = random.Random(seed).randrange(len(data))
    size = min(4096, len(data) - start)
    return data[:start] + bytes(size) + data[start + size :]
