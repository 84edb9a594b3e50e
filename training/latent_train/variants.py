# SPDX-License-Identifier: GPL-3.0-or-later
"""The int8 file of every network of a package: made, measured, and stated in its config.json.

The float32 file does not change, and programs that do not know ``latent_variants`` read the package
as before.
"""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import multiprocessing
import os
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import openvino
from latent_package import archive, golden

from latent_train import (
    batches,
    colour_protocol,
    mosaic,
    picture_protocol,
    protocol,
    quantise,
    reach,
    scenes,
)
from latent_train.config import Config, config_from_dict
from latent_train.pictures import Photo, PictureSet
from latent_train.runtimes import onnx_runtime, open_vino
from latent_train.types import FloatArray, Runner

log = logging.getLogger("latent_train")

VARIANTS = "latent_variants"
_SEED = 77
_BATCHES, _CROPS, _PATCH_PX, _SMALL_PX = 12, 8, 128, 64
_EVERY_PHOTO = 8
_PROBE_PX = 192
_QUIET = 0.003, 5 / 255
"""The least noise at which layers are compared: sigma_u, and the level of finished pictures."""
_RAW_SIGMAS = (0.003, *protocol.SIGMAS)
_LEVELS = (5, *picture_protocol.SIGMAS)
_MARGIN = 2.0
_MEMORY_PX = 1024


@dataclass(frozen=True)
class Sources:
    """Pictures to calibrate with, the evaluation sets to measure the loss on (of kodak24 every
    n-th picture), and how many of the most sensitive layers stay in float."""

    photos: list[Photo]
    sets: Path
    every: int = 6
    kept: int = 3


def _calibration(config: Config, photos: list[Photo]) -> Iterator[FloatArray]:
    """Packed planes as in training: all sensors, levels and exposures, at crops of one size."""
    patch = _SMALL_PX * config.network.scale if config.task == "upscale" else _PATCH_PX
    data = dataclasses.replace(config.data, batch=_CROPS, patch_px=patch)
    config = dataclasses.replace(config, seed=_SEED, data=data)
    source = PictureSet(photos[::_EVERY_PHOTO], data)
    for step in range(_BATCHES):
        yield batches.make_batch(source, config, step).planes.numpy()


def _probe(config: Config, photo: Photo) -> FloatArray:
    """Packed planes of a photograph with little noise, where rounding shows most."""
    crop = scenes.picture(photo.path)[:_PROBE_PX, :_PROBE_PX]
    sigma, level = _QUIET
    if config.task == "raw":
        return mosaic.unshuffle(scenes.photographed(crop, "bayer", sigma, seed=1))[None]
    if config.task == "demosaic":
        return mosaic.unshuffle(scenes.colours_photographed(crop, "bayer", sigma, seed=1))[None]
    upscale = config.task == "upscale"
    planes = scenes.noisy_planes(crop, 0.0 if upscale else level, 1, 1 if upscale else 3)
    return reach.pack(planes, config.network.unshuffle)


def make(model: bytes, config: Config, photos: list[Photo], kept: int) -> bytes:
    """The int8 file of a network: calibrated, without silent blocks, the ``kept`` most sensitive
    layers and the first and the last in float."""
    full = quantise.with_float_weights(onnx.load_from_string(model))
    found = quantise.calibrate(full, _calibration(config, photos))
    small, gone = quantise.without_silent_blocks(full, found.active)
    stay = quantise.most_sensitive(small, found.steps, _probe(config, photos[0]), kept)
    log.info("silent blocks: %s; in float: %s", gone or "none", stay)
    result: bytes = quantise.quantised(small, found.steps, frozenset(stay)).SerializeToString(
        deterministic=True
    )
    return result


def _scores(
    config: Config, facts: dict[str, Any], run: Runner, sources: Sources
) -> dict[str, float]:
    """PSNR in dB by condition, as docs/quality.md measures it."""
    if config.task == "upscale":
        scale = facts["scale"]
        return {
            name: picture_protocol.upscale_psnr(sources.sets / name, scale, run)
            for name in ("set5", "set14")
        }
    pictures = protocol.load_pictures(sources.sets / "kodak24", sources.every)
    if config.task == "denoise":
        unshuffle = config.network.unshuffle
        return {
            f"sigma {sigma}": picture_protocol.plain_psnr(pictures, sigma, run, unshuffle)
            for sigma in _LEVELS
        }
    if config.task == "demosaic":
        demosaicer = colour_protocol.network_demosaicer(run)
        return {
            f"{kind} {sigma}": colour_protocol.mean_cpsnr(pictures, kind, sigma, demosaicer)
            for kind in facts["cfa"]
            for sigma in colour_protocol.SIGMAS
        }
    denoiser = protocol.network_denoiser(run)
    return {
        f"{kind} {sigma}": protocol.mean_psnr(pictures, kind, sigma, denoiser)
        for kind in facts["cfa"]
        for sigma in _RAW_SIGMAS
    }


def _answered(model: bytes, planes: FloatArray, results: Any) -> None:
    results.put(open_vino(model, "f32")(planes))


def _bytes_taken(model: bytes, precision: str, shape: tuple[int, ...], results: Any) -> None:
    """What the first run of one static shape adds to the process, by the kernel's own count."""
    core = openvino.Core()
    read = core.read_model(model=model, weights=b"")
    read.reshape(list(shape))
    hints = {"INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": "1"}
    request = core.compile_model(read, "CPU", hints).create_infer_request()
    planes = np.full(shape, 0.25, np.float32)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = _status("VmRSS")
    request.infer([planes])
    results.put(_status("VmHWM") - before)


def _status(key: str) -> int:
    """Bytes of a line of /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"the kernel does not state {key}")


def _waited(results: Any, process: Any) -> Any:
    """What the process gives. Errors: RuntimeError where it ends without an answer."""
    while True:
        try:
            return results.get(timeout=1)
        except queue.Empty:
            if process.exitcode is not None:
                raise RuntimeError("a process that measures ended without an answer") from None


def _apart(function: Any, *arguments: Any, isa: str = "") -> Any:
    """Calls a function in a process of its own, limited to those instructions."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    before = dict(os.environ)
    if isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = isa
    try:
        process = context.Process(target=function, args=(*arguments, results))
        process.start()
    finally:
        os.environ.clear()
        os.environ.update(before)
    found = _waited(results, process)
    process.join()
    return found


def _memory(model: bytes, precision: str, channels: int, unshuffle: int) -> float:
    """Bytes a pixel of the frame that OpenVINO takes for one tile, its input included."""
    side = _MEMORY_PX // unshuffle
    taken = _apart(_bytes_taken, model, precision, (1, channels, side, side))
    return round(float(taken) / _MEMORY_PX**2 + 4 * channels / unshuffle**2, 1)


@dataclass(frozen=True)
class Made:
    """The int8 file of one network and what config.json says of it."""

    file: str
    model: bytes
    golden_name: str
    golden: bytes
    facts: dict[str, Any]


def _facts(
    model: bytes, int8: bytes, probe: FloatArray, config: Config, told: dict[str, Any],
    sources: Sources,
) -> tuple[dict[str, Any], FloatArray]:  # fmt: skip
    truth = onnx_runtime(model)(probe)
    answer = onnx_runtime(int8)(probe)
    others = [open_vino(int8, precision)(probe) for precision in ("f32", "bf16")]
    others.append(_apart(_answered, int8, probe, isa="AVX2"))
    worst = max(float(np.abs(other - answer).max()) for other in others)
    from_f32 = [other - truth for other in (answer, *others)]
    before = _scores(config, told, open_vino(model, "f32"), sources)
    # What stays in float is computed in bf16 where the processor has that: it loses a little more.
    after = _scores(config, told, open_vino(int8, "bf16"), sources)
    losses = {name: round(value - after[name], 3) for name, value in before.items()}
    channels, unshuffle = told["input"]["channels"], told["input"]["unshuffle"]
    facts = {
        "tolerance": golden.upwards(_MARGIN * worst),
        "most_from_f32": golden.upwards(_MARGIN * max(float(np.abs(d).max()) for d in from_f32)),
        "rms_from_f32": golden.upwards(
            _MARGIN * max(float(np.sqrt(np.square(d).mean())) for d in from_f32)
        ),
        "loss_db": max(losses.values()),
        "losses": losses,
        "memory_bytes_per_px": _memory(int8, "f32", channels, unshuffle),
        "memory_bytes_per_px_bf16": _memory(int8, "bf16", channels, unshuffle),
    }
    return facts, answer


def _made(
    name: str, told: dict[str, Any], files: dict[str, bytes], pair: dict[str, Any], config: Config,
    sources: Sources,
) -> Made:  # fmt: skip
    model = files[told["file"]]
    int8 = make(model, config, sources.photos, sources.kept)
    probe = np.load(io.BytesIO(files[pair["input"]]))
    facts, answer = _facts(model, int8, probe, config, told, sources)
    log.info("%s: %s", name, facts)
    file = told["file"].removesuffix(".onnx") + ".int8.onnx"
    golden_name = f"golden/{name}_int8_output.npy"
    stated = {"file": file, "golden_output": golden_name, **facts}
    return Made(file, int8, golden_name, golden.as_npy(answer), stated)


def quantise_package(path: Path, out: Path, sources: Sources) -> dict[str, dict[str, Any]]:
    """Writes the package ``path`` with an int8 file of each of its networks to ``out``; what was
    measured, by network.

    Errors: ValueError as ``archive.read_package``; FileNotFoundError where a set is not there.
    """
    files = archive.read_package(path)
    config = json.loads(files.pop(archive.CONFIG))
    latent = config["latent"]
    training = json.loads(files["training.json"])
    made: dict[str, Made] = {}
    runs = training.get("runs", [training])
    for (name, told), run in zip(latent["networks"].items(), runs, strict=True):
        (pair,) = (one for one in latent["golden"] if one["network"] == name)
        recipe = config_from_dict(run["config"])
        made[name] = _made(name, told, files, pair, recipe, sources)
    for one in made.values():
        files |= {one.file: one.model, one.golden_name: one.golden}
    latent["files"] = archive.file_facts(files)
    stated = {name: {"int8": one.facts} for name, one in made.items()}
    config[VARIANTS] = {"version": 1, "networks": stated}
    archive.pack({archive.CONFIG: archive.as_json(config), **files}, config["id"], out)
    return {name: one.facts for name, one in made.items()}
