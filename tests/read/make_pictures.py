# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the finished pictures that picture_generated_test.cpp reads, and their true samples.

    python make_pictures.py FOLDER

Every picture has a line in pictures.txt, ``key=value`` separated by blanks, and its samples in
NAME.samples: [height, width, channels], little-endian, of the depth that reading must give.
Pictures that must be refused stand in refused.txt: file, error code, and a word of the sentence.
Exits with 77, which CTest takes as "skipped", where a library is missing.
"""

from __future__ import annotations

import io
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

SKIPPED = 77

try:
    import imagecodecs
    import numpy as np
    import tifffile
    from picture_parts import (
        HEIGHT,
        WIDTH,
        Folder,
        exif,
        expected,
        float24,
        icc_of,
        packed_rows,
        plain_tiff,
        rng,
        samples,
        tags_of,
    )
    from PIL import Image
    from png_pictures import write_orientations, write_pngs
except ModuleNotFoundError as missing:
    print(f"{missing}; set LATENT_PYTHON to an environment that has it")
    sys.exit(SKIPPED)


def write_tiff_matrix(folder: Folder) -> None:
    """Types x compressions x strips, tiles, planes x byte orders, as tifffile writes them."""
    layouts: dict[str, dict[str, Any]] = {
        "strips": {"rowsperstrip": 7},
        "onestrip": {"rowsperstrip": HEIGHT},
        "tiles": {"tile": (16, 32)},
        "planar": {"planarconfig": "separate", "rowsperstrip": 5},
        "planartiles": {"planarconfig": "separate", "tile": (32, 16)},
    }
    compressions = [None, "deflate", "lzw", "zstd", "packbits", "lzma"]
    kinds = ["uint8", "uint16", "float16", "float32", "float64", "uint32"]
    for number, (layout, options) in enumerate(layouts.items()):
        for at, kind in enumerate(kinds):
            for compression in compressions:
                for channels in (1, 2, 3, 4):
                    if "planar" in layout and channels == 1:
                        continue
                    # every pair of options somewhere, not every combination
                    if (number + at + channels) % 3 and compression not in (None, "deflate"):
                        continue
                    write_one_tiff(folder, layout, options, kind, compression, channels)


def write_one_tiff(
    folder: Folder,
    layout: str,
    options: dict[str, Any],
    kind: str,
    compression: str | None,
    channels: int,
) -> None:
    data = samples(kind, channels)
    alpha = channels in (2, 4)
    predictor: Any = compression in ("deflate", "lzw", "zstd") and kind != "float16"
    if predictor and kind.startswith("uint") and channels == 1:
        predictor = False  # both ways occur
    big_endian = compression == "lzw" or kind == "float64"
    name = f"{layout}-{kind}-{compression or 'none'}-{channels}.tif"
    more = dict(options)
    if channels == 2 and "planar" not in layout:
        more["planarconfig"] = "contig"
    stored = np.ascontiguousarray(np.moveaxis(data, -1, 0)) if "planar" in layout else data
    if channels == 1:
        stored = stored.reshape(HEIGHT, WIDTH)
    tifffile.imwrite(
        folder.path / name,
        stored,
        photometric="rgb" if channels >= 3 else "minisblack",
        compression=compression,
        predictor=predictor,
        byteorder=">" if big_endian else "<",
        bigtiff=compression == "zstd",
        extrasamples=["assocalpha" if channels == 4 else "unassalpha"] if alpha else None,
        resolution=(300, 240),
        resolutionunit="INCH",
        metadata=None,
        **more,
    )
    folder.add(
        name,
        expected(data),
        alpha=int(alpha),
        associated=int(channels == 4),
        dpi_x=300,
        dpi_y=240,
        warnings=int(kind in ("uint32", "float64")) + int(kind.startswith("float")),
    )


def write_odd_tiffs(folder: Folder) -> None:
    """Few bits, white at 0, palettes, floats of 24 bits, YCbCr, pages, orientation, profiles."""
    for bits in (1, 2, 4, 6, 10, 12, 14):
        for white_is_zero in (False, True):
            top = (1 << bits) - 1
            values = rng.integers(0, top + 1, (HEIGHT, WIDTH))
            name = f"bits{bits}-{'white' if white_is_zero else 'black'}.tif"
            tags = tags_of([bits], 0 if white_is_zero else 1)
            (folder.path / name).write_bytes(plain_tiff(tags, packed_rows(values, bits)))
            full = 255 if bits < 8 else 65535
            light = (values * full + top // 2) // top
            light = full - light if white_is_zero else light
            folder.add(
                name, light.astype(np.uint8 if bits < 8 else np.uint16)[..., None], warnings=1
            )
    for bits, step in ((4, 257), (8, 257), (8, 1), (8, 256), (8, 111)):
        count = 1 << bits
        colours = rng.integers(0, 256, (3, count)) * step
        values = rng.integers(0, count, (HEIGHT, WIDTH))
        name = f"palette{bits}-{step}.tif"
        tags = tags_of([bits], 3, extra={320: ("H", [int(v) for v in colours.ravel()])})
        (folder.path / name).write_bytes(plain_tiff(tags, packed_rows(values, bits), ">"))
        truth = np.moveaxis(colours[:, values], 0, -1)
        eight = step in (1, 256, 257)
        truth = (truth // step).astype(np.uint8) if eight else truth.astype(np.uint16)
        folder.add(name, truth, warnings=0)
    for order in ("<", ">"):
        bits24 = rng.integers(0x200000, 0x600000, (HEIGHT, WIDTH)) | (
            rng.integers(0, 2, (HEIGHT, WIDTH)) << 23
        )
        raw = np.ascontiguousarray(bits24.astype(f"{order}u4")).view(np.uint8)
        raw = raw.reshape(HEIGHT, WIDTH, 4)
        raw = raw[..., :3] if order == "<" else raw[..., 1:]
        name = f"float24-{'little' if order == '<' else 'big'}.tif"
        tags = tags_of([24], 1, extra={339: ("H", [3])})
        (folder.path / name).write_bytes(plain_tiff(tags, raw.tobytes(), order))
        folder.add(name, float24(bits24)[..., None], warnings=1)
    grey = samples("uint8", 1)
    name = "ycbcr-grey.tif"  # Cb = Cr = 128: what libtiff makes of it is the luma itself
    pixels = np.concatenate([grey, np.full_like(grey, 128), np.full_like(grey, 128)], axis=2)
    tags = tags_of([8, 8, 8], 6, extra={530: ("H", [1, 1])})
    (folder.path / name).write_bytes(plain_tiff(tags, pixels.tobytes()))
    folder.add(name, np.repeat(grey, 3, axis=2), warnings=0, tolerance=1)
    for orientation in range(1, 9):
        data = samples("uint16", 3)
        name = f"orientation{orientation}.tif"
        tifffile.imwrite(
            folder.path / name,
            data,
            photometric="rgb",
            metadata=None,
            extratags=[(274, 3, 1, orientation, True)],
            iccprofile=icc_of("srgb"),
        )
        folder.add(name, data, orientation=orientation, icc=1, warnings=0)
    data = samples("uint8", 3)
    with tifffile.TiffWriter(folder.path / "pages.tif") as tiff:
        tiff.write(data[::4, ::4], photometric="rgb", subfiletype=1, metadata=None)
        tiff.write(data, photometric="rgb", metadata=None, resolution=(40, 40), resolutionunit=3)
        tiff.write(data[::2], photometric="rgb", metadata=None)
    folder.add("pages.tif", data, warnings=1, dpi_x=101.6, dpi_y=101.6)
    for name, icc in (("icc-text.tif", b"no profile at all" * 20), ("icc-lab.tif", icc_of("lab"))):
        tifffile.imwrite(folder.path / name, data, photometric="rgb", metadata=None, iccprofile=icc)
        folder.add(name, data, warnings=1, icc=0)
    tags = tags_of([8, 8, 8, 8], 2)
    four = samples("uint8", 4)
    (folder.path / "unnamed-alpha.tif").write_bytes(plain_tiff(tags, four.tobytes()))
    folder.add("unnamed-alpha.tif", four, alpha=1, warnings=1)
    big = samples("uint16", 3, 700, 1900)
    tifffile.imwrite(
        folder.path / "threads.tif",
        big,
        photometric="rgb",
        compression="deflate",
        predictor=True,
        rowsperstrip=16,
        metadata=None,
    )
    folder.add("threads.tif", big, warnings=0)
    # whole tiles: the encoder's padding would show at the edges
    smooth = np.repeat(np.linspace(20, 230, 64).astype(np.uint8)[None, :, None], 48, axis=0)
    smooth = np.repeat(smooth, 3, axis=2)
    smooth[..., 2] //= 2
    luma_chroma = np.asarray(Image.fromarray(smooth).convert("YCbCr"))
    for where, options in (("strips", {"rowsperstrip": 16}), ("tiles", {"tile": (16, 16)})):
        name = f"jpeg-{where}.tif"
        tifffile.imwrite(
            folder.path / name, luma_chroma, photometric="ycbcr", subsampling=(2, 2),
            compression="jpeg", compressionargs={"level": 98}, metadata=None, **options,
        )  # fmt: skip
        folder.add(name, smooth, tolerance=4, warnings=0)
    nan = samples("float32", 3)
    nan[3, 4, 1], nan[5, 6, 0], nan[7, 8, 2] = np.nan, np.inf, -np.inf
    tifffile.imwrite(folder.path / "nan.tif", nan, photometric="rgb", metadata=None)
    finite = nan[np.isfinite(nan)]
    truth = np.nan_to_num(nan, nan=0, posinf=finite.max(), neginf=finite.min())
    folder.add("nan.tif", truth, warnings=3)


def write_refused_tiffs(folder: Folder) -> None:
    data = samples("uint8", 4)
    tifffile.imwrite(folder.path / "cmyk.tif", data, photometric="separated", metadata=None)
    folder.refuse("cmyk.tif", "unsupported", "CMYK")
    tifffile.imwrite(folder.path / "lab.tif", data[..., :3], photometric="cielab", metadata=None)
    folder.refuse("lab.tif", "unsupported", "Lab")
    tifffile.imwrite(
        folder.path / "signed.tif", data.astype(np.int16), photometric="rgb", metadata=None,
        extrasamples=["unassalpha"],
    )  # fmt: skip
    folder.refuse("signed.tif", "unsupported", "signed")
    six = samples("uint8", 6)
    tifffile.imwrite(
        folder.path / "extra.tif", six, photometric="rgb", planarconfig="contig", metadata=None,
        extrasamples=["unspecified"] * 3,
    )  # fmt: skip
    folder.refuse("extra.tif", "unsupported", "flatten")
    for name, width, height, code, word in (
        ("huge.tif", 2_000_000_000, 2_000_000_000, "too_large", "65000"),
        ("wide.tif", 60_000, 60_000, "too_large", "megapixels"),
        ("lying.tif", 20_000, 20_000, "corrupt", "cut"),
        ("zero.tif", 0, 5, "corrupt", "no"),
    ):
        sides = {256: ("I", [width]), 257: ("I", [height]), 278: ("I", [max(height, 1)])}
        tags = tags_of([8], 1, extra=sides)
        (folder.path / name).write_bytes(plain_tiff(tags, b"\x55" * 2000))
        folder.refuse(name, code, word)
    tags = tags_of([8], 3)
    (folder.path / "colourless.tif").write_bytes(plain_tiff(tags, b"\x55" * HEIGHT * WIDTH))
    folder.refuse("colourless.tif", "corrupt", "colours")
    tags = tags_of([8, 8, 8], 2, extra={284: ("H", [1]), 259: ("H", [54321])})
    (folder.path / "method.tif").write_bytes(plain_tiff(tags, b"\x55" * 9000))
    folder.refuse("method.tif", "unsupported", "54321")
    tags = tags_of([8, 8, 8], 2, extra={322: ("I", [1 << 19]), 323: ("I", [1 << 19])})
    tags[324], tags[325] = ("I", [8]), ("I", [9000])
    (folder.path / "tile.tif").write_bytes(plain_tiff(tags, b"\x55" * 9000))
    folder.refuse("tile.tif", "corrupt", "few")


def write_jpegs(folder: Folder) -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    scene = np.stack([x * 4, y * 6, 255 - x * 2 - y], axis=-1).astype(np.uint8)
    variants: list[tuple[str, str, dict[str, Any]]] = [
        ("444", "RGB", {"subsampling": 0}),
        ("422", "RGB", {"subsampling": 1}),
        ("420", "RGB", {"subsampling": 2}),
        ("progressive", "RGB", {"subsampling": 2, "progressive": True}),
        ("grey", "L", {}),
        ("restart", "RGB", {"restart_marker_rows": 1}),
    ]
    for kind, mode, options in variants:
        picture = Image.fromarray(scene if mode == "RGB" else scene[..., 0])
        name = f"{kind}.jpg"
        picture.save(
            folder.path / name, quality=92, dpi=(300, 300), exif=b"Exif\0\0" + exif(8), **options
        )
        truth = np.asarray(Image.open(folder.path / name))
        truth = truth if truth.ndim == 3 else truth[..., None]
        folder.add(name, truth, orientation=8, dpi_x=300, dpi_y=300, tolerance=2, warnings=0)
    picture = Image.fromarray(scene)

    def save(name: str, **options: Any) -> bytes:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=95, **options)
        (folder.path / name).write_bytes(stream.getvalue())
        return stream.getvalue()

    def listed(name: str, **facts: Any) -> None:
        truth = np.asarray(Image.open(folder.path / name).convert("RGB"))
        folder.add(name, truth, tolerance=2, **facts)

    save("icc.jpg", icc_profile=icc_of("srgb"))
    listed("icc.jpg", icc=1, warnings=0)
    save("icc-pieces.jpg", icc_profile=icc_of("srgb") + b"\0" * 150_000)
    listed("icc-pieces.jpg", icc=1, warnings=0)
    whole = (folder.path / "icc-pieces.jpg").read_bytes()
    at = whole.index(b"ICC_PROFILE\0\x02")
    length = struct.unpack(">H", whole[at - 2 : at])[0]
    (folder.path / "icc-lacks.jpg").write_bytes(whole[: at - 4] + whole[at - 2 + length :])
    listed("icc-lacks.jpg", icc=0, warnings=1)
    save("icc-text.jpg", icc_profile=b"this is not a profile" * 10)
    listed("icc-text.jpg", icc=0, warnings=1)
    save("adobe.jpg", exif=b"Exif\0\0" + exif(3, 65535, True))
    # JFIF without a density, so that of EXIF counts
    listed("adobe.jpg", orientation=3, dpi_x=350, dpi_y=350, warnings=0, made="adobe")
    loop = bytearray(exif(5))
    loop[8 + 2 + 60 : 8 + 2 + 64] = struct.pack("<I", 8)  # the next directory is this one
    loop[100 + 2 + 12 + 8 : 100 + 2 + 12 + 12] = struct.pack("<I", 100)
    save("exif-loop.jpg", exif=b"Exif\0\0" + bytes(loop))
    listed("exif-loop.jpg", orientation=5, dpi_x=350, dpi_y=350, warnings=0)
    save("exif-noise.jpg", exif=b"Exif\0\0II*\0" + b"\xff" * 300)
    listed("exif-noise.jpg", warnings=0)
    four = np.asarray(Image.fromarray(scene).convert("CMYK"))
    Image.fromarray(four, "CMYK").save(folder.path / "cmyk.jpg")
    folder.refuse("cmyk.jpg", "unsupported", "CMYK")
    plain = save("plain.jpg")
    sof = plain.index(b"\xff\xc0")
    for name, depth, width, code, word in (
        ("twelve.jpg", 12, WIDTH, "unsupported", "12"),
        ("huge.jpg", 8, 60_000, "too_large", "megapixels"),
        ("zero.jpg", 8, 0, "corrupt", "damaged"),
    ):
        lying = bytearray(plain)
        lying[sof + 4] = depth
        lying[sof + 5 : sof + 9] = struct.pack(">HH", HEIGHT if width < 1000 else 60_000, width)
        (folder.path / name).write_bytes(bytes(lying))
        folder.refuse(name, code, word)
    lossless = imagecodecs.ljpeg_encode(samples("uint16", 1)[..., 0])
    (folder.path / "lossless.jpg").write_bytes(lossless)
    folder.refuse("lossless.jpg", "unsupported", "kind")


def write_jxls(folder: Folder) -> None:
    for dtype in ("uint8", "uint16", "float32", "float16"):
        for channels in (1, 2, 3, 4):
            data = samples(dtype, channels)
            if dtype == "float16":
                data = samples("float16", channels)
            name = f"{dtype}-{channels}.jxl"
            encoded = imagecodecs.jpegxl_encode(data, lossless=True, effort=3)
            (folder.path / name).write_bytes(encoded)
            alpha = int(channels in (2, 4))
            # libjxl 0.7 takes the smallest halves, below 2^-14, for 0
            tolerance = 2**-14 if dtype == "float16" else 0
            facts = {"warnings": 0, "made": "any", "tolerance": tolerance}
            folder.add(name, expected(data), alpha=alpha, **facts)
    smooth = np.repeat(np.linspace(20, 230, WIDTH).astype(np.uint8)[None, :, None], HEIGHT, axis=0)
    smooth = np.repeat(smooth, 3, axis=2)
    (folder.path / "lossy.jxl").write_bytes(imagecodecs.jpegxl_encode(smooth, distance=0.3))
    folder.add("lossy.jxl", smooth, tolerance=6, warnings=0, made="any")
    frames = np.stack([samples("uint8", 3) for _ in range(3)])
    (folder.path / "frames.jxl").write_bytes(imagecodecs.jpegxl_encode(frames, lossless=True))
    folder.add("frames.jxl", frames[0], warnings=1, made="any")


def main() -> None:
    folder = Folder(Path(sys.argv[1]))
    folder.path.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    write_tiff_matrix(folder)
    write_odd_tiffs(folder)
    write_refused_tiffs(folder)
    write_pngs(folder)
    write_orientations(folder)
    write_jpegs(folder)
    write_jxls(folder)
    folder.write_lists()


if __name__ == "__main__":
    main()
