# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are decoded in a cage; what a decoder does there costs one file, and the run goes on."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng, Outcome
from PIL import Image

Latent = Callable[..., Outcome]


def reader_in(folder: Path, script: str) -> str:
    """A program in the place of latent-reader, for LATENT_READER."""
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "p.png"
    Image.new("RGB", (64, 48), (90, 120, 60)).save(path)
    return path


def test_doctor_says_how_files_are_read(latent: Latent) -> None:
    done = latent("doctor", "--json")
    assert json.loads(done.stdout)["reading"].startswith("in a process of its own (")


def test_a_decoder_that_crashes_costs_its_own_file(
    latent: Latent, picture: Path, tmp_path: Path
) -> None:
    crash = reader_in(tmp_path, "kill -SEGV $$")
    done = latent("info", picture, LATENT_READER=crash)
    assert done.code == 1
    assert f"'{picture}' cannot be read: its decoder was ended by signal 11" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert latent("info", picture).code == 0


def test_the_run_goes_on_after_a_file_whose_decoder_crashes(
    latent: Latent, tmp_path: Path, latent_bin: Path
) -> None:
    real = next(latent_bin.parent.parent.glob("lib/**/latent/latent-reader"))
    flag = tmp_path / "crashed-once"
    first = reader_in(
        tmp_path,
        f'if [ ! -e "{flag}" ]; then touch "{flag}"; kill -SEGV $$; fi\nexec "{real}" "$@"',
    )
    names = []
    for name in ("a", "b"):
        Image.new("RGB", (64, 48), (90, 120, 60)).save(tmp_path / f"{name}.png")
        names.append(tmp_path / f"{name}.png")
    done = latent("denoise", *names, "--strength", "0", "--again", LATENT_READER=first)
    results = sorted(path.name for path in tmp_path.glob("*_denoise*"))
    assert "signal 11" in done.stderr
    assert done.code == 1
    assert len(results) == 1, (results, done.stderr)


def test_a_decoder_that_hangs_is_stopped(latent: Latent, picture: Path, tmp_path: Path) -> None:
    hang = reader_in(tmp_path, "exec sleep 1000")
    done = latent("info", picture, "--limit-read", "0.5", LATENT_READER=hang, timeout=60)
    assert done.code == 1
    assert (
        "its decoder was stopped after 0.5 seconds; --limit-read gives it more time" in done.stderr
    )


def test_no_sandbox_says_what_is_lost_and_reads_the_same(latent: Latent, picture: Path) -> None:
    caged, plain = (
        latent("info", picture, "--json"),
        latent("info", picture, "--json", "--no-sandbox"),
    )
    assert caged.stdout == plain.stdout
    assert caged.stderr == ""
    assert "files are decoded in this process" in plain.stderr
    assert "all rights of your account" in plain.stderr


def test_the_reader_sees_no_file_but_its_own(
    latent_bin: Path, picture: Path, tmp_path: Path
) -> None:
    """strace of the reader: after it has entered the cage no call names a file."""
    if subprocess.run(["which", "strace"], capture_output=True, check=False).returncode != 0:
        pytest.skip("strace is not installed")
    log = tmp_path / "calls"
    subprocess.run(
        [
            *("strace", "-f", "-o", log, "-e", "trace=openat,open,seccomp,socket,execve"),
            *(latent_bin, "info", picture),
        ],
        check=True,
        capture_output=True,
    )
    lines = log.read_text().splitlines()
    entered = next(i for i, line in enumerate(lines) if "seccomp(SECCOMP_SET_MODE_FILTER" in line)
    reader = lines[entered].split()[0]
    after = [line for line in lines[entered + 1 :] if line.split()[0] == reader]
    assert not [line for line in after if "openat(" in line and " = -1" not in line], after


def test_results_are_the_same_with_and_without_the_cage(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("raw.dng", "--size", "300x200")
    for name, words in (("caged", ()), ("plain", ("--no-sandbox",))):
        done = latent(
            "rawdenoise", source, "-o", tmp_path / f"{name}.dng", "--device", "cpu", *words
        )
        assert done.code == 0, done.stderr
    compared = latent("compare", tmp_path / "caged.dng", tmp_path / "plain.dng", "--json")
    assert json.loads(compared.stdout)["identical"], compared.stdout


def test_no_reader_is_left_when_the_program_is_killed(
    latent_bin: Path, picture: Path, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    waits = reader_in(tmp_path, f'echo $$ > "{pid_file}"\nread line <&3\nexit 0')
    program = subprocess.Popen(
        [latent_bin, "info", picture], env={**os.environ, "LATENT_READER": waits}
    )
    for _ in range(200):
        if pid_file.exists() and pid_file.read_text().strip():
            break
        subprocess.run(["sleep", "0.05"], check=True)
    program.kill()
    program.wait()
    reader = int(pid_file.read_text())
    for _ in range(200):
        if not Path(f"/proc/{reader}").exists():
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("the reader outlives the program")
