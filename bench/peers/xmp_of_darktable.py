# SPDX-License-Identifier: GPL-3.0-or-later
"""An edit that makes darktable 4.2 denoise a raw with its "denoise (profiled)" module."""

from __future__ import annotations

import struct

VERSION = 11
MODES = {"non-local means": 0, "wavelets": 1}
BANDS = 7
CHANNELS = 6
"""Curves of the wavelets: all, red, green, blue, Y0, U0V0."""

TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/"
    darktable:xmp_version="4" darktable:raw_params="0" darktable:auto_presets_applied="1"
    darktable:history_end="1" darktable:iop_order_version="2">
   <darktable:history><rdf:Seq>
    <rdf:li darktable:num="0" darktable:operation="denoiseprofile" darktable:enabled="1"
      darktable:modversion="{version}" darktable:params="{params}"
      darktable:multi_name="" darktable:multi_priority="0"
      darktable:blendop_version="12"
      darktable:blendop_params="{blend}"/>
   </rdf:Seq></darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


def denoise_params(mode: str, strength: float, a: float, b: float) -> bytes:
    """The module's parameters, version 11: variance = a x + b of every colour, x from 0 to 1."""
    patch, search, shadows, bias = 1.0, 7.0, 1.0, 0.0
    scattering, centre, overshooting = 0.0, 0.1, 1.0
    head = struct.pack(
        "<8f6fi", patch, search, strength, shadows, bias, scattering, centre, overshooting,
        a, a, a, b, b, b, MODES[mode],
    )  # fmt: skip
    x = [band / (BANDS - 1) for band in range(BANDS)] * CHANNELS
    y = [0.5] * (BANDS * CHANNELS)
    wb_adaptive, fixed_anscombe, new_vst, y0u0v0 = 1, 1, 1, 1
    curves = struct.pack(f"<{len(x) + len(y)}f", *x, *y)
    return head + curves + struct.pack("<4i", wb_adaptive, fixed_anscombe, new_vst, y0u0v0)


def denoise_xmp(mode: str, strength: float, a: float, b: float) -> str:
    """The whole edit: nothing but this module (and what darktable does to every raw)."""
    params = denoise_params(mode, strength, a, b).hex()
    return TEMPLATE.format(version=VERSION, params=params, blend="")
