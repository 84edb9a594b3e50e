# SPDX-License-Identifier: GPL-3.0-or-later
"""One photograph: opened once by every verb, one file to all of them, and none that changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from test_denoise import noisy, write_tiff
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]
NOISE = ("--scene", "texture", "--noise", "0.002,1e-5")
REPOSITORY = Path(__file__).resolve().parents[2]
F32 = ("--precision", "f32")


@pytest.fixture(scope="module")
def denoiser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_denoiser(tmp_path_factory.mktemp("denoiser"), "mean")


@pytest.fixture(scope="module")
def upscaler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_upscaler(tmp_path_factory.mktemp("upscaler"), "zero")


def opens_of(latent_bin: Path, source: Path, *arguments: object) -> list[str]:
    """The calls by which the program, whichever thread of it, opened a file of that name."""
    log = source.with_suffix(".strace")
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=open,openat,openat2", "-o", str(log), str(latent_bin)]
        + [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr.lower():
        pytest.skip(f"strace may not look at programs here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return [line for line in log.read_text().splitlines() if f'"{source}"' in line]


def every_verb(
    source: Path, folder: Path, denoiser: Path, upscaler: Path, raw: bool
) -> dict[str, list[object]]:
    verbs: dict[str, list[object]] = {
        "info": ["info", source],
        "denoise": ["denoise", source, "-o", folder / "d.tif", "--model", denoiser, *F32],
        "mask": ["mask", source, "--click", "50%,50%", "-o", folder / "m.xmp"],
        "upscale": [
            "upscale",
            source,
            "-o",
            folder / "u.tif",
            "--scale",
            2,
            "--model",
            upscaler,
            *F32,
        ],
    }
    if raw:
        verbs["rawdenoise"] = ["rawdenoise", source, "-o", folder / "r.dng", *F32]
        verbs["rawdenoise 0"] = ["rawdenoise", source, "-o", folder / "0.dng", "--strength", 0]
        verbs["render"] = ["render", source, "-o", folder / "p.png"]
    return verbs


@pytest.mark.parametrize("kind", ["dng", "tiff", "png", "jpeg"])
def test_every_verb_opens_its_source_once(
    latent_bin: Path, dng: MakeDng, tmp_path: Path, denoiser: Path, upscaler: Path, kind: str
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is absent")
    samples = noisy((70, 90, 3), np.uint8)
    source = tmp_path / f"photo.{kind}"
    if kind == "dng":
        source = dng("photo.dng", "--size", "301x277", *NOISE)
    elif kind == "tiff":
        write_tiff(source, samples)
    elif kind == "png":
        source.write_bytes(imagecodecs.png_encode(samples))
    else:
        source.write_bytes(imagecodecs.jpeg_encode(samples, level=95))
    verbs = every_verb(source, tmp_path, denoiser, upscaler, kind == "dng")
    for name, arguments in verbs.items():
        assert len(opens_of(latent_bin, source, *arguments)) == 1, name
    other = tmp_path / f"other.{kind}"
    other.write_bytes(source.read_bytes())
    for each in (source, other):
        assert len(opens_of(latent_bin, each, "compare", source, other)) == 1


class Touched:
    """Somebody who goes on writing to a file: the bytes that are there already."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        with self.path.open("r+b") as file:
            start = file.read(4096)
            while not self.stop.is_set():
                file.seek(0)
                file.write(start)
                file.flush()
                os.fsync(file.fileno())
                time.sleep(0.005)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


@pytest.mark.parametrize(
    "verb", ["rawdenoise", "rawdenoise 0", "denoise", "upscale", "render", "compare"]
)
def test_a_source_that_is_written_to_meanwhile_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path, denoiser: Path, upscaler: Path, verb: str
) -> None:
    source = dng("photo.dng", "--size", "1201x901", *NOISE)
    out = tmp_path / "out"
    out.mkdir()
    arguments = every_verb(source, out, denoiser, upscaler, True)
    arguments["compare"] = ["compare", source, source, "-o", out / "c.png"]
    with Touched(source):
        outcome = latent(*arguments[verb])
    assert outcome.code != 0
    assert "was changed while it was read; run it again" in outcome.stderr, outcome
    assert list(out.iterdir()) == []


def photographs() -> list[Path]:
    """Every file of the repository's and of ../shared, where that is."""
    folders = [
        REPOSITORY / "tests/data",
        REPOSITORY / "../shared/data/raw",
        REPOSITORY / "../shared/cases/raw",
        REPOSITORY / "../shared/cases/picture",
    ]
    files = [file.resolve() for folder in folders for file in sorted(folder.rglob("*"))]
    others = {".py", ".md", ".txt", ".json", ".dtmodel", ".onnx", ".icc", ".toml", ".sha256"}
    return [file for file in files if file.is_file() and file.suffix not in others]


def sentence(outcome: Outcome, file: Path) -> str:
    """What is said of the file, without its name."""
    said = [line for line in outcome.stderr.splitlines() if str(file) in line]
    assert said, outcome
    return re.sub(rf"^.*'{re.escape(str(file))}'\s*:?\s*", "", said[-1])


@pytest.mark.parametrize("file", photographs(), ids=lambda file: file.name)
def test_every_verb_sees_the_same_photograph(
    latent: Latent, tmp_path: Path, denoiser: Path, file: Path
) -> None:
    info = latent("info", file, "--json")
    denoise = latent(
        "denoise", file, "-o", tmp_path / "d.tif", "--strength", 0, "--model", denoiser
    )
    compare = latent("compare", file, file)
    assert (denoise.code == 0) == (compare.code == 0), (denoise, compare)
    if denoise.code != 0:
        assert sentence(denoise, file) == sentence(compare, file)
    if info.code != 0:
        assert denoise.code != 0
        assert sentence(info, file) == sentence(denoise, file)
        return
    facts = json.loads(info.stdout)
    if denoise.code == 0:
        page = tifffile.TiffFile(tmp_path / "d.tif").pages.first
        assert page.tags.valueof("Orientation", 1) == facts["orientation"]
        height, width = page.shape[:2]
    if "sensor" not in facts:
        if denoise.code == 0:
            assert [width, height] == [facts["width"], facts["height"]]
        return
    render = latent("render", file, "-o", tmp_path / "p.tif")
    assert (render.code == 0) == (denoise.code == 0), (render, denoise)
    if render.code == 0:
        seen = tifffile.TiffFile(tmp_path / "p.tif").pages[0].shape[:2]
        upright = facts["orientation"] < 5
        assert seen == ((height, width) if upright else (width, height))
    else:
        assert sentence(render, file) == sentence(denoise, file)
    raw = latent("rawdenoise", file, "-o", tmp_path / "r.dng", "--strength", 0)
    assert (raw.code == 0) == (facts["refusal"] is None), raw
    if raw.code == 0:
        result = json.loads(latent("info", tmp_path / "r.dng", "--json").stdout)
        assert result["crop"][2:] == facts["crop"][2:]
        assert result["orientation"] == facts["orientation"]
