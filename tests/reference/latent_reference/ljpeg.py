# SPDX-License-Identifier: GPL-3.0-or-later
"""Lossless JPEG (SOF3, "LJ92") of one tile, predictor 1: the only one that every DNG reader takes.

Source   ITU-T T.81: annex H (lossless mode), C.2 (Huffman tables), B.1.1.5 (stuffed bytes).
"""

from __future__ import annotations

import heapq
import struct

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
_CATEGORIES = 17  # bit lengths 0..16 of a difference
_LONGEST_CODE = 16


def encode(samples: npt.NDArray[np.uint16], components: int, precision: int = 16) -> bytes:
    """Encodes samples [height, width] as `components` interleaved along each row.

    Two components make each site of a Bayer row be predicted from the last one of its own colour.
    Errors   ValueError when the width is not a multiple of the components.
    """
    height, width = samples.shape
    if width % components:
        raise ValueError("the tile's width is not a multiple of its components")
    planes = samples.astype(np.int64).reshape(height, width // components, components)
    differences = _differences(planes, precision).ravel()
    category = _bit_length(np.abs(differences))
    lengths = code_lengths(np.bincount(category, minlength=_CATEGORIES))
    head = _headers(height, width // components, components, precision, lengths)
    return head + _scan(differences, category, lengths) + b"\xff\xd9"


def _differences(planes: IntArray, precision: int) -> IntArray:
    """Each sample minus the one on its left; the first of a row minus the one above (H.1.2.1)."""
    predicted = np.empty_like(planes)
    predicted[:, 1:] = planes[:, :-1]
    predicted[1:, 0] = planes[:-1, 0]
    predicted[0, 0] = 1 << (precision - 1)
    # Modulo 2^16, in -32767..32768.
    wrapped: IntArray = (planes - predicted) & 0xFFFF
    return np.where(wrapped > 0x8000, wrapped - 0x10000, wrapped)


def _bit_length(magnitude: IntArray) -> IntArray:
    return np.frexp(magnitude.astype(np.float64))[1].astype(np.int64)


def code_lengths(counts: IntArray) -> list[int]:
    """Huffman code length of every category, 0 for those that do not occur.

    A category of no weight is added and then forgotten, since no code may be all ones (C.2). If a
    code would be longer than 16 bits, all get 5 bits, which is never needed by real pictures.
    """
    heap = [(int(n), [c]) for c, n in enumerate(counts) if n] + [(0, [len(counts)])]
    lengths = [0] * (len(counts) + 1)
    heapq.heapify(heap)
    while len(heap) > 1:
        (n, first), (m, second) = heapq.heappop(heap), heapq.heappop(heap)
        for category in first + second:
            lengths[category] += 1
        heapq.heappush(heap, (n + m, first + second))
    if max(lengths) > _LONGEST_CODE:
        return [5 if n else 0 for n in counts]
    return lengths[:-1]


def _ordered(lengths: list[int]) -> list[int]:
    """Categories in the order in which canonical codes are dealt out."""
    return sorted((c for c, n in enumerate(lengths) if n), key=lambda c: (lengths[c], c))


def _headers(height: int, width: int, components: int, precision: int, lengths: list[int]) -> bytes:
    per_length = bytes(lengths.count(n) for n in range(1, _LONGEST_CODE + 1))
    table = bytes([0]) + per_length + bytes(_ordered(lengths))
    frame = struct.pack(">BHHB", precision, height, width, components)
    frame += b"".join(bytes([n + 1, 0x11, 0]) for n in range(components))
    scan = bytes([components]) + b"".join(bytes([n + 1, 0]) for n in range(components))
    scan += bytes([1, 0, 0])  # predictor 1, no point transform
    segments = ((0xC4, table), (0xC3, frame), (0xDA, scan))
    return b"\xff\xd8" + b"".join(
        struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments
    )


def _scan(differences: IntArray, category: IntArray, lengths: list[int]) -> bytes:
    """The bit stream: code of the category, then the difference in that many bits (H.1.2.2)."""
    codes = np.zeros(_CATEGORIES, np.int64)
    code, previous = 0, 0
    for c in _ordered(lengths):
        code <<= lengths[c] - previous
        codes[c], previous = code, lengths[c]
        code += 1
    extra = np.where(category == 16, 0, category)  # 32768 is named by its category alone
    tail = np.where(differences < 0, differences - 1, differences) & ((1 << extra) - 1)
    word = (codes[category] << extra) | tail
    size = np.array(lengths, np.int64)[category] + extra
    return _pack(word, size).replace(b"\xff", b"\xff\x00")


def _pack(word: IntArray, size: IntArray) -> bytes:
    """The lowest size[i] bits of word[i], highest first, one after the other, filled up with 1."""
    aligned = (word << (32 - size)).astype(">u4")  # no word is longer than 16 + 15 bits
    bits = np.unpackbits(aligned.view(np.uint8).reshape(-1, 4), axis=1)
    stream = bits[np.arange(32) < size[:, None]]
    return np.packbits(np.append(stream, np.ones(-stream.size % 8, np.uint8))).tobytes()
