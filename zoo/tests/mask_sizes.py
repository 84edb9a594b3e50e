# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny members of the families of mask networks."""

from __future__ import annotations

from latent_zoo.architectures import sam, sam2, samhq, segnext

SAM2 = sam2.Size(
    width=16,
    blocks=(1, 1, 2, 1),
    global_blocks=(3,),
    side=128,
    decoding=sam.Decoding(
        width=32, heads=2, mlp_width=48, high_res=True, object_token=True, iou_sigmoid=True
    ),
)
SAM2_HQ = sam2.Size(
    width=16,
    blocks=(1, 1, 2, 1),
    windows=(8, 4, 4, 2),
    global_blocks=(3,),
    side=128,
    quality=True,
    decoding=sam.Decoding(
        width=32,
        heads=2,
        mlp_width=48,
        high_res=True,
        object_token=True,
        iou_sigmoid=True,
        quality="plain",
    ),
)
VIT = samhq.VitSize(width=32, depth=3, heads=2, global_blocks=(1, 2), window=3, side=64, out=32)
TINY = samhq.TinySize(
    widths=(8, 16, 24, 32),
    depths=(1, 1, 1, 1),
    heads=(1, 1, 2, 2),
    windows=(7, 7, 4, 3),
    side=128,
    out=32,
)
SEGNEXT = segnext.Size(
    width=32,
    depth=3,
    heads=2,
    fusion=1,
    rhythm=2,
    windows=2,
    pyramid=(8, 16, 32, 64),
    head=16,
    side=64,
)
