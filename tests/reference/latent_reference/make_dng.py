# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of the generator: python -m latent_reference.make_dng OUT.dng [options]."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from latent_reference import cfa, damage, dng_metadata, dng_opcodes, scenes
from latent_reference.dng import write_dng
from latent_reference.dng_spec import CameraColour, DngSpec, Geometry, Levels, Metadata, Storage
from latent_reference.scenes import Scene
from latent_reference.sensor import HotSites, Sensor, SensorNoise


def parser() -> argparse.ArgumentParser:
    """All options with their defaults."""
    made = argparse.ArgumentParser(prog="make_dng", description="Write a synthetic raw DNG.")
    made.add_argument("out", type=Path)
    add = made.add_argument
    add(
        "--cfa",
        default="rggb",
        help="rggb|grbg|gbrg|bggr, xtrans[:DY,DX], mono, linear, quad, four",
    )
    add("--size", default="768x640", help="visible WIDTHxHEIGHT; 24mp and 100mp for benchmarks")
    add("--margins", default="0,0,0,0", help="masked TOP,LEFT,BOTTOM,RIGHT around the visible part")
    add("--inset", type=int, default=0, help="default crop: so many pixels inside the visible part")
    add(
        "--scene",
        default="chart",
        help="chart, gradient, texture, stars, flat:LEVEL or a photo's path",
    )
    add("--exposure", type=float, default=0.7, help="sample value of white before white balance")
    add("--noise", default="0,0", help="A,B of var = A*x + B; 0,0 for none")
    add("--hot", type=int, default=0, help="so many hot sites, apart from each other")
    add("--hot-height", type=float, default=0.6, help="what they read: 0 black, 1 white")
    add("--seed", type=int, default=0)
    add("--bits", type=int, default=14)
    add("--white", type=int, help="WhiteLevel, 2^bits - 1 if not given")
    add("--black", help="one level (512, linear RGB 0), or four for the sites of a 2x2 block")
    add("--wb", default="2,1,1.6", help="multipliers that make grey neutral: R,G,B")
    add("--compression", choices=("none", "ljpeg"), default="none")
    add("--big-endian", action="store_true")
    add("--preview", action="store_true", help="thumbnail in IFD0, raw and JPEG preview below it")
    add("--noise-profile", action="store_true", help="write the NoiseProfile tag")
    add("--second-illuminant", action="store_true", help="ColorMatrix2")
    add("--forward", action="store_true", help="ForwardMatrix")
    add("--calibration", action="store_true", help="CameraCalibration")
    add("--baseline-exposure", type=float)
    add("--gain-maps", action="store_true", help="OpcodeList2 with four GainMaps (Bayer)")
    add("--warp", action="store_true", help="OpcodeList3 with a WarpRectilinear")
    add("--linearization", action="store_true", help="samples stored through a square-root table")
    add("--orientation", type=int, default=1)
    add("--iso", type=int, default=800)
    add("--make", default="Latent")
    add("--model", default="Synthetic One")
    add(
        "--metadata",
        default="exif",
        help="comma list of exif,lens,gps,maker,xmp,iptc,adobe; all; none",
    )
    add("--truncate", type=float, help="keep only this part of the file (0..1)")
    add("--flip-bits", type=int, help="turn over so many bits, chosen by the seed")
    return made


def _size(text: str) -> tuple[int, int]:
    known = {"24mp": (6000, 4000), "100mp": (11656, 8742)}
    if text in known:
        return known[text]
    width, height = text.split("x")
    return int(width), int(height)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(v) for v in text.split(","))


def _blocks(text: str) -> frozenset[str]:
    named = {"all": frozenset(dng_metadata.BLOCKS), "none": frozenset[str]()}
    return named.get(text) if text in named else frozenset(text.split(","))  # type: ignore[return-value]


def _levels(args: argparse.Namespace) -> Levels:
    black = _numbers(args.black or ("0" if args.cfa == "linear" else "512"))
    table = ((black[0],),) if len(black) == 1 else (black[:2], black[2:])
    white = args.white if args.white is not None else (1 << args.bits) - 1
    codes = np.linspace(0.0, 1.0, 1 << (args.bits - 2)) ** 2 * ((1 << args.bits) - 1)
    curve = tuple(int(v) for v in np.rint(codes)) if args.linearization else ()
    return Levels(bits=args.bits, white=white, black=table, linearization=curve)


def spec_of(args: argparse.Namespace) -> DngSpec:
    """The file that the options describe."""
    width, height = _size(args.size)
    top, left, bottom, right = (int(v) for v in args.margins.split(","))
    noise = _numbers(args.noise)
    wb = _numbers(args.wb)
    return DngSpec(
        geometry=Geometry.with_margins(width, height, (top, left, bottom, right), args.inset),
        pattern=None if args.cfa == "linear" else cfa.named(args.cfa),
        levels=_levels(args),
        colour=CameraColour(
            wb=(wb[0], wb[1], wb[2]),
            second_illuminant=args.second_illuminant,
            forward=args.forward,
            calibration=args.calibration,
        ),
        noise_profile=((noise[0], noise[1]),) * 3 if args.noise_profile else (),
        baseline_exposure=args.baseline_exposure,
        opcode_list2=dng_opcodes.bayer_gain_maps(width, height) if args.gain_maps else b"",
        opcode_list3=dng_opcodes.warp() if args.warp else b"",
        metadata=Metadata(
            make=args.make,
            model=args.model,
            iso=args.iso,
            orientation=args.orientation,
            blocks=_blocks(args.metadata),
        ),
        storage=Storage(
            compression=args.compression,
            order=">" if args.big_endian else "<",
            preview=args.preview,
        ),
    )


def scene_of(name: str, width: int, height: int) -> Scene:
    """The scene that an option names.

    Errors   OSError when a photo cannot be read, ValueError for a bad level.
    """
    kind, _, level = name.partition(":")
    if kind == "flat":
        return scenes.flat(width, float(level or 0.18))
    made = {"chart": scenes.chart, "gradient": scenes.gradient, "texture": scenes.texture,
            "stars": scenes.stars}  # fmt: skip
    if kind in made:
        return made[kind](width, height)
    return scenes.photo(Path(name), width, height)


def _picture(scene: Scene, width: int, height: int) -> npt.NDArray[np.uint16]:
    """The scene as an sRGB preview, the long side at most 1024 px."""
    step = max(1, -(-max(width, height) // 1024))
    lines = [scenes.linear_to_srgb(scene(y, y + 1)[:, ::step]) for y in range(0, height, step)]
    return np.concatenate(lines).astype(np.uint16)


def main(arguments: list[str] | None = None) -> None:
    """Writes the file that the arguments describe."""
    args = parser().parse_args(arguments)
    spec = spec_of(args)
    width, height = spec.geometry.active[3] - spec.geometry.active[1], _size(args.size)[1]
    scene = scene_of(args.scene, width, height)
    noise = _numbers(args.noise)
    rows: Callable[[int, int], npt.NDArray[np.uint16]] = Sensor(
        spec, scene, SensorNoise(noise[0], noise[1]), args.exposure, args.seed
    )
    if args.hot:
        rows = HotSites(spec, rows, args.hot, args.hot_height, args.seed)
    write_dng(args.out, spec, rows, _picture(scene, width, height) if args.preview else None)
    if args.truncate is not None:
        args.out.write_bytes(damage.truncated(args.out.read_bytes(), args.truncate))
    if args.flip_bits is not None:
        args.out.write_bytes(damage.bits_flipped(args.out.read_bytes(), args.flip_bits, args.seed))


if __name__ == "__main__":
    main()
