# SPDX-License-Identifier: GPL-3.0-or-later
"""Opcode lists of the DNG specification: always big-endian, whatever the file is.

Source   Adobe DNG Specification 1.4.0.0, chapter 7 "Opcode List Processing".
"""

from __future__ import annotations

import struct

import numpy as np

WARP_RECTILINEAR, FIX_BAD_PIXELS_CONSTANT, GAIN_MAP = 1, 4, 9
_VERSION = bytes((1, 3, 0, 0))
_OPTIONAL = 1


def opcode_list(*opcodes: tuple[int, bytes]) -> bytes:
    """A list of (id, parameters), every one marked as optional for readers that lack it."""
    body = b"".join(
        struct.pack(">I4sII", number, _VERSION, _OPTIONAL, len(data)) + data
        for number, data in opcodes
    )
    return struct.pack(">I", len(opcodes)) + body


def bayer_gain_maps(width: int, height: int, strength: float = 0.2) -> bytes:
    """OpcodeList2 with one GainMap for each of the four sites of a 2x2 mosaic.

    Gain is 1 in the middle of the active area (width x height) and 1 + strength in its corners,
    a little more on the first site than on the others.
    """
    points = 9
    grid = np.linspace(-1.0, 1.0, points)
    radius2 = (grid[:, None] ** 2 + grid[None, :] ** 2) / 2.0
    maps = []
    for site in range(4):
        top, left = divmod(site, 2)
        gain = 1.0 + strength * (1.1 if site == 0 else 1.0) * radius2
        head = struct.pack(">4I", top, left, height, width)
        head += struct.pack(">4I", 0, 1, 2, 2)  # plane, planes, row pitch, column pitch
        head += struct.pack(">2I", points, points)
        head += struct.pack(">4d", 1 / (points - 1), 1 / (points - 1), 0.0, 0.0)
        head += struct.pack(">I", 1)  # map planes
        maps.append((GAIN_MAP, head + gain.astype(">f4").tobytes()))
    return opcode_list(*maps)


def warp(k1: float = -0.02) -> bytes:
    """OpcodeList3 with a mild barrel correction about the middle, the same for all colours."""
    data = struct.pack(">I", 1) + struct.pack(">6d", 1.0 - k1, k1, 0, 0, 0, 0)
    return opcode_list((WARP_RECTILINEAR, data + struct.pack(">2d", 0.5, 0.5)))


def bad_pixel_constant(value: int = 0) -> bytes:
    """OpcodeList1 that names a sample value which means "dead pixel" (mosaic phase 0)."""
    return opcode_list((FIX_BAD_PIXELS_CONSTANT, struct.pack(">2I", value, 0)))
