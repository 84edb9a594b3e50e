# SPDX-License-Identifier: GPL-3.0-or-later
"""Differential fuzzing: what Latent reads of a DNG is what LibRaw and imagecodecs read of it.

Files are made at random, and every other one is damaged at random in its stored samples. Whoever
takes a file must find the same samples in it; a file that was not damaged is taken by all.
LATENT_DIFFERENTIAL=N tries N files (12 without it), LATENT_DIFFERENTIAL_SEED=S other ones.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_interop import programs
from latent_reference import make_dng

FILES = int(os.environ.get("LATENT_DIFFERENTIAL", "12"))
SEED = int(os.environ.get("LATENT_DIFFERENTIAL_SEED", "1"))
Samples = npt.NDArray[np.uint16]


def options(chance: random.Random) -> list[str]:
    """One of the files that make_dng can write: frame, bits, coding, byte order, levels."""
    bits = chance.choice([10, 12, 14, 16])
    # Two widths go wrong in LibRaw 0.20, and imagecodecs disagrees with it, too: below that of a
    # tile (256), where the rest of each row lands in the next one, and that of two tiles (512).
    words = ["--size", f"{chance.randrange(129, 245) * 2}x{chance.randrange(16, 200) * 2}"]
    words += ["--bits", str(bits), "--black", str(chance.randrange(0, 1 << (bits - 3)))]
    words += ["--cfa", chance.choice(["rggb", "grbg", "gbrg", "bggr"])]
    words += ["--compression", chance.choice(["none", "ljpeg", "ljpeg", "ljpeg"])]
    words += ["--scene", chance.choice(["chart", "texture", "gradient", "stars"])]
    words += [
        "--noise",
        f"{10 ** chance.uniform(-5, -2):.2e},1e-6",
        "--seed",
        str(chance.randrange(999)),
    ]
    if chance.random() < 0.5:
        words += ["--margins", ",".join(str(2 * chance.randrange(0, 5)) for _ in range(4))]
    words += [flag for flag in ("--big-endian", "--preview") if chance.random() < 0.4]
    return words


def raw_page(path: Path) -> tifffile.TiffPage:
    """The directory of the mosaic: 32803 is a colour filter array."""
    with tifffile.TiffFile(path) as file:
        pages = [page for first in file.pages for page in (first, *(first.pages or ()))]
        mosaic: tifffile.TiffPage = next(p for p in pages if p.photometric == 32803)
        return mosaic


def damage(path: Path, chance: random.Random) -> int:
    """Turns bits over in the stored samples; how many."""
    page = raw_page(path)
    content = bytearray(path.read_bytes())
    count = chance.randrange(1, 4)
    for _ in range(count):
        block = chance.randrange(len(page.dataoffsets))
        at = page.dataoffsets[block] + chance.randrange(page.databytecounts[block])
        content[at] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return count


def by_latent(latent_bin: Path, path: Path, cache: Path) -> Samples | None:
    result = path.with_name("latent.dng")
    command = [str(latent_bin), "rawdenoise", str(path), "-o", str(result), "--strength", "0"]
    done = programs.run([*command, "--compression", "none", "--overwrite"], LATENT_CACHE=str(cache))
    assert done.status in {0, 1}, done.text
    if done.status == 1:
        assert done.text.startswith("latent: "), done.text
        return None
    with tifffile.TiffFile(result) as file:
        pages = [page for first in file.pages for page in (first, *(first.pages or ()))]
        page = next(p for p in pages if p.photometric == 32803)
        samples: Samples = page.asarray()
        finer = page.tags["WhiteLevel"].value // raw_page(path).tags["WhiteLevel"].value
    # A result has 16 bits: every sample of the source times a power of two, and nothing between.
    assert finer in {1, 4, 16, 64}, finer
    assert not np.any(samples % finer)
    return samples // np.uint16(finer)


def by_libraw(path: Path) -> Samples | None:
    """What LibRaw takes without a complaint; black is not taken off, margins are there."""
    done = programs.run(["unprocessed_raw", "-T", str(path)])
    made = path.with_name(path.name + ".tiff")
    if done.status != 0 or "orrupt" in done.text or "rror" in done.text or not made.exists():
        made.unlink(missing_ok=True)
        return None
    samples = tifffile.imread(made)
    made.unlink()
    return samples


def by_imagecodecs(path: Path) -> Samples | None:
    """Blocks decoded one by one by liblj92, put together by where they stand."""
    page = raw_page(path)
    content = path.read_bytes()
    height, width = page.imagelength, page.imagewidth
    high, wide = (page.tilelength, page.tilewidth) if page.is_tiled else (page.rowsperstrip, width)
    across = -(-width // wide)
    found = np.zeros((height + high, width + wide), np.uint16)
    for index, (offset, count) in enumerate(
        zip(page.dataoffsets, page.databytecounts, strict=True)
    ):
        try:
            block = imagecodecs.ljpeg_decode(content[offset : offset + count])
        except imagecodecs.LjpegError:
            return None
        block = block.reshape(block.shape[0], -1)
        y, x = index // across * high, index % across * wide
        if block.shape[1] != wide or block.shape[0] > high:
            return None
        found[y : y + block.shape[0], x : x + wide] = block
    return found[:height, :width]


@pytest.mark.parametrize("number", range(FILES))
def test_whoever_takes_a_file_finds_the_same_samples(
    latent_bin: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    programs.require("unprocessed_raw")
    chance = random.Random(SEED * 1_000_003 + number)
    path = tmp_path / "photo.dng"
    words = options(chance)
    make_dng.main([str(path), *words])
    damaged = damage(path, chance) if number % 2 else 0
    cache = tmp_path_factory.getbasetemp() / "cache"
    ours = by_latent(latent_bin, path, cache)
    others = {"LibRaw": by_libraw(path)}
    if raw_page(path).compression == 7:
        others["imagecodecs"] = by_imagecodecs(path)
    if not damaged:
        assert ours is not None, words
        assert all(theirs is not None for theirs in others.values()), (words, list(others))
    if ours is None:
        return
    for name, theirs in others.items():
        if theirs is None:
            continue
        assert theirs.shape == ours.shape, (name, words)
        different = int(np.count_nonzero(theirs != ours))
        assert different == 0, f"{name}: {different} samples differ, {damaged} bits turned, {words}"
