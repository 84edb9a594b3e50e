# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call on files that a verb makes fails once: a sentence, no half result, no source touched.

A library is preloaded that fails the n-th open, write, sync, link or rename in the folder of the
test (tests/faults/fail_nth.c); n goes over all calls that a run without faults makes.
LATENT_FAULTS=all takes every n of every verb, and 200 kills; without it each verb has the first
call, the last one and some between.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import MakeDng
from PIL import Image

ALL = os.environ.get("LATENT_FAULTS") == "all"
FEWER = 6  # calls of a verb, where not all are tried
KILLS = 200 if ALL else 8

Prepare = Callable[[Path], list[str]]


@pytest.fixture(scope="session")
def preload(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    library = tmp_path_factory.mktemp("faults") / "fail_nth.so"
    source = repository / "tests/faults/fail_nth.c"
    words = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
    subprocess.run(words, check=True)
    return library


# ---- the verbs, each on a small file in a folder of its own ----


def picture(folder: Path) -> Path:
    noise = np.random.default_rng(1).normal(128, 12, (40, 60, 3)).clip(0, 255).astype(np.uint8)
    Image.fromarray(noise).save(folder / "p.png")
    return folder / "p.png"


def denoise(folder: Path) -> list[str]:
    return ["denoise", str(picture(folder)), "--strength", "0"]


def denoise_into_a_new_folder(folder: Path) -> list[str]:
    words = ["denoise", str(picture(folder)), "--strength", "0"]
    return [*words, "-O", str(folder / "a/b"), "--format", "png"]


def overwrite(folder: Path) -> list[str]:
    source = picture(folder)
    Image.new("RGB", (9, 9)).save(folder / "p_denoise.tif")
    return ["denoise", str(source), "--strength", "0", "--overwrite"]


def compare(folder: Path) -> list[str]:
    source = str(picture(folder))
    return ["compare", source, source, "-o", str(folder / "side.png")]


def mask(folder: Path) -> list[str]:
    source = picture(folder)
    return ["mask", str(source), "--box", "10,10,20,20", "-o", str(folder / "m.png")]


def erase(folder: Path) -> list[str]:
    return ["erase", str(picture(folder)), "--box", "10,10,20,20"]


def run_a_job(folder: Path) -> list[str]:
    job = folder / "job.json"
    job.write_text(
        json.dumps(
            {
                "latent_job": 1,
                "task": "denoise",
                "sources": [str(picture(folder))],
                "settings": {"strength": 0},
            }
        )
    )
    return ["run", str(job)]


VERBS: list[Prepare] = [
    denoise,
    denoise_into_a_new_folder,
    overwrite,
    compare,
    mask,
    erase,
    run_a_job,
]


def sums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(
    latent_bin: Path, cache: Path, words: list[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [latent_bin, *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "LATENT_CACHE": str(cache), **environment},
    )


def numbers(count: int) -> list[int]:
    if ALL or count <= FEWER:
        return list(range(1, count + 1))
    between = random.Random(count).sample(range(2, count), FEWER - 2)
    return sorted({1, count, *between})


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_whatever_call_fails_nothing_is_half_written(
    verb: Prepare, latent_bin: Path, program_cache: Path, preload: Path, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    clean = tmp_path / "clean"
    clean.mkdir()
    words = verb(clean)
    before = sums(clean)
    faults = {"LD_PRELOAD": str(preload), "LATENT_FAULT_LOG": str(log)}
    done = run(latent_bin, program_cache, words, LATENT_FAULT_UNDER=str(clean), **faults)
    assert done.returncode == 0, done.stderr
    whole = set(sums(clean)) - set(before)
    calls = log.read_text().splitlines()
    assert len(calls) > 3, "the library did not see the calls"
    for number in numbers(len(calls)):
        folder = tmp_path / f"n{number}"
        folder.mkdir()
        words = verb(folder)
        before = sums(folder)
        what = calls[number - 1] if number <= len(calls) else str(number)
        code = str(errno.ENOSPC if "write" in what else errno.EIO)
        done = run(
            latent_bin,
            program_cache,
            words,
            LD_PRELOAD=str(preload),
            LATENT_FAULT_UNDER=str(folder),
            LATENT_FAULT_AT=str(number),
            LATENT_FAULT_ERRNO=code,
        )
        where = f"{verb.__name__}, call {what}: {done.stderr}"
        after = sums(folder)
        replaced = {name for name in before if before[name] != after.get(name)}
        assert done.returncode in {0, 1, 2}, where
        if done.returncode == 0:
            assert set(after) - set(before) == whole, where
        else:
            assert done.stderr.startswith("latent: "), where
            assert "internal fault" not in done.stderr, where
            assert set(after) == set(before), where
            assert not replaced, where
        assert replaced <= {"p_denoise.tif"}, where
        shutil.rmtree(folder)


@pytest.mark.parametrize("verb", [denoise, overwrite, mask], ids=lambda verb: verb.__name__)
def test_a_kill_at_any_moment_leaves_a_whole_result_or_none(
    verb: Prepare, latent_bin: Path, program_cache: Path, tmp_path: Path
) -> None:
    clean = tmp_path / "clean"
    clean.mkdir()
    started = time.perf_counter()
    assert run(latent_bin, program_cache, verb(clean)).returncode == 0
    longest = time.perf_counter() - started
    whole = sums(clean)
    chance = random.Random(7)
    for number in range(KILLS):
        folder = tmp_path / f"k{number}"
        folder.mkdir()
        words = verb(folder)
        before = sums(folder)
        program = subprocess.Popen(
            [latent_bin, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LATENT_CACHE": str(program_cache)},
        )
        time.sleep(chance.random() * longest)
        program.send_signal(signal.SIGKILL)
        program.wait()
        shown = {name for name in sums(folder) if not Path(name).name.startswith(".")}
        assert shown in (set(before), set(whole)), (number, shown)
        assert run(latent_bin, program_cache, [*words, "--overwrite"]).returncode == 0
        assert set(sums(folder)) == set(whole), "what the killed run left is still there"
        shutil.rmtree(folder)


def test_a_clock_that_jumps_changes_nothing(
    latent_bin: Path, program_cache: Path, preload: Path, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("raw.dng", "--size", "96x64")
    results = []
    for name, jumps in (("still", {}), ("jumps", {"LATENT_FAULT_CLOCK": "1"})):
        result = tmp_path / f"{name}.dng"
        words = ["rawdenoise", str(source), "-o", str(result), "--strength", "0"]
        done = run(latent_bin, program_cache, words, LD_PRELOAD=str(preload), **jumps)
        assert done.returncode == 0, done.stderr
        results.append(result)
    done = run(latent_bin, program_cache, ["compare", *map(str, results), "--json"])
    assert done.returncode == 0, done.stderr


def test_names_of_255_bytes_and_names_that_are_no_utf8(
    latent_bin: Path, program_cache: Path, tmp_path: Path
) -> None:
    made = picture(tmp_path)
    longest = tmp_path / ("n" * 251 + ".png")
    shutil.copy(made, longest)
    done = run(latent_bin, program_cache, ["denoise", str(longest), "--strength", "0"])
    assert done.returncode == 1
    assert done.stderr.startswith("latent: ")
    assert "internal fault" not in done.stderr
    short = [str(longest), "--strength", "0", "-o", str(tmp_path / "short.tif")]
    assert run(latent_bin, program_cache, ["denoise", *short]).returncode == 0
    odd = os.fsencode(tmp_path) + b"/caf\xe9.png"
    Path(os.fsdecode(odd)).write_bytes(made.read_bytes())
    subprocess.run(
        [latent_bin, b"denoise", odd, b"--strength", b"0"],
        check=True,
        capture_output=True,
        env={**os.environ, "LATENT_CACHE": str(program_cache)},
    )
    assert os.path.exists(os.fsencode(tmp_path) + b"/caf\xe9_denoise.tif")
