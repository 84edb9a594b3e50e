# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the seeds in fuzz/corpus anew: small sound files, with which every fuzzer begins.

    build/venv/bin/python fuzz/make_corpus.py [FOLDER=fuzz/corpus]

Files whose name begins with ``kept-`` were put there by hand or found by a fuzzer, and stay.
"""

from __future__ import annotations

import functools
import struct
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
for folder in ("tests/reference", "tests/read", "tests/program", "fuzz"):
    sys.path.insert(0, str(REPOSITORY / folder))

import corpus_pictures as pictures  # noqa: E402
import corpus_texts as texts  # noqa: E402
from latent_reference import make_dng  # noqa: E402
from latent_reference.dng_opcodes import bayer_gain_maps, opcode_list, warp  # noqa: E402

Seeds = dict[str, bytes]

DNGS = {
    "bayer": [],
    "bayer_jpeg": ["--compression", "ljpeg", "--metadata", "all", "--preview"],
    "bayer_big_endian": ["--big-endian", "--margins", "2,2,2,2", "--inset", "2"],
    "bayer_12bit": ["--bits", "12", "--black", "128", "--gain-maps", "--warp"],
    "curve": ["--linearization", "--bits", "10", "--black", "64", "--orientation", "6"],
    "xtrans": ["--cfa", "xtrans", "--compression", "ljpeg"],
    "mono": ["--cfa", "mono", "--noise", "0.002,1e-5", "--noise-profile"],
    "linear": ["--cfa", "linear"],
    "linear_jpeg": ["--cfa", "linear", "--compression", "ljpeg"],
    "calibrated": ["--second-illuminant", "--forward", "--calibration", "--iso", "100"],
}


def dngs() -> Seeds:
    """Raw files of 24 x 16 pixels, of every kind that the judge's generator makes."""
    seeds: Seeds = {}
    make_dng.Storage = functools.partial(make_dng.Storage, tile=16)  # 256 would be all padding
    with tempfile.TemporaryDirectory() as folder:
        for name, options in DNGS.items():
            path = Path(folder) / f"{name}.dng"
            fixed = ["--size", "24x16", "--scene", "gradient", "--noise", "0.001,1e-5"]
            with_metadata = [] if "--metadata" in options else ["--metadata", "none"]
            make_dng.main([str(path), *fixed, *with_metadata, *options])
            seeds[name] = path.read_bytes()
    return seeds


def chosen(seeds: Seeds, *names: str) -> Seeds:
    return {name: seeds[name] for name in names}


def opcode_lists() -> Seeds:
    """Opcode lists for a picture of 24 x 18 pixels, one opcode each, and gain maps."""
    area = struct.pack(">8I", 0, 0, 18, 24, 0, 1, 1, 1)
    parameters = {
        3: struct.pack(">7d", 0.1, 0, 0, 0, 0, 0.5, 0.5),
        4: struct.pack(">2I", 0, 0),
        5: struct.pack(">3I2I4I", 0, 1, 1, 3, 5, 2, 2, 4, 6),
        6: struct.pack(">4I", 1, 1, 17, 23),
        7: area + struct.pack(">I3H", 3, 0, 9, 40000),
        8: area + struct.pack(">I3d", 2, 0, 0.5, 0.5),
        10: area + struct.pack(">I18f", 18, *[0.01] * 18),
        13: area + struct.pack(">I24f", 24, *[1.1] * 24),
    }
    lists = {f"opcode_{number}": opcode_list((number, data)) for number, data in parameters.items()}
    return lists | {"gain_maps": bayer_gain_maps(24, 18), "warp": warp()}


def all_seeds() -> dict[str, Seeds]:
    """The seeds of every fuzzer, by its name."""
    raws = dngs()
    mosaics = {name: file for name, file in raws.items() if not name.startswith("linear")}
    deltas = {"deltas": pictures.tiff_with_deltas()}
    seeds = {
        "read_open_raw": raws,
        "read_raw": mosaics,
        "read_dng_tags": raws | deltas,
        "read_demosaiced": chosen(raws, "bayer", "xtrans", "mono", "bayer_big_endian"),
        "read_linear_raw": chosen(raws, "linear", "linear_jpeg", "bayer"),
        "read_render": chosen(raws, "bayer", "linear", "curve", "xtrans"),
        "read_picture_raw": chosen(raws, "bayer", "linear", "mono", "xtrans"),
        "read_embedded_preview": chosen(raws, "bayer_jpeg", "bayer"),
        "read_tiff_directory": chosen(raws, "bayer", "bayer_big_endian") | pictures.tiffs(),
        "read_apply_opcodes": opcode_lists(),
        "read_black_deltas": deltas,
        "read_exif_facts": pictures.exif_blocks(),
        "metadata_metadata": pictures.with_metadata() | chosen(raws, "bayer_jpeg"),
        "metadata_described": pictures.with_metadata() | chosen(raws, "bayer_jpeg"),
        "metadata_move_opcodes": opcode_lists(),
        "metadata_maker_note_place": {"found": b"abcxyzabcabc", "none": b"abcdefg"},
    }
    return seeds | pictures.seeds() | texts.seeds()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "fuzz" / "corpus"
    for fuzzer, seeds in all_seeds().items():
        into = folder / fuzzer
        into.mkdir(parents=True, exist_ok=True)
        for old in into.iterdir():
            if not old.name.startswith("kept-"):
                old.unlink()
        for name, content in seeds.items():
            (into / name).write_bytes(content)


if __name__ == "__main__":
    main()
