# SPDX-License-Identifier: GPL-3.0-or-later
"""A report that cannot be written costs neither the pictures nor a word of an internal fault."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng
from PIL import Image

Shell = Callable[..., subprocess.CompletedProcess[str]]
IDENTITY = ("--strength", "0", "--format", "png")
NAMES = ("a", "b", "c")


@pytest.fixture
def shell(latent_bin: Path, program_cache: Path, tmp_path: Path) -> Shell:
    """shell("info x.png", ">/dev/full"): the program in a shell, in the test's own folder."""

    def call(
        arguments: str, redirection: str = "", before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        line = f"{before} {shlex.quote(str(latent_bin))} {arguments} {redirection}"
        return subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "LATENT_CACHE": str(program_cache)},
        )

    return call


@pytest.fixture
def batch(tmp_path: Path) -> str:
    """A batch of three pictures, the second of them missing one before it."""
    for name in NAMES:
        Image.new("RGB", (24, 16), (90, 120, 60)).save(tmp_path / f"{name}.png")
    files = " ".join(f"{name}.png" for name in NAMES)
    return f"denoise nosuch.jpg {files} -O out {' '.join(IDENTITY)}"


def results(folder: Path) -> set[str]:
    return {path.name for path in (folder / "out").glob("*")}


ALL = {f"{name}_denoise.png" for name in NAMES}


@pytest.mark.parametrize("more", ["", "--json", "-q", "-v"])
@pytest.mark.parametrize(
    "redirection",
    ["2>&-", "2>/dev/full", ">/dev/full", ">&-", ">&- 2>&-", "<&-", "0>&- 1>&- 2>&-"],
)
def test_pictures_are_made_whatever_becomes_of_the_report(
    shell: Shell, batch: str, tmp_path: Path, redirection: str, more: str
) -> None:
    done = shell(f"{batch} {more}", redirection)
    assert done.returncode == 1, done
    assert results(tmp_path) == ALL
    assert "internal fault" not in done.stderr
    for name in NAMES:  # no picture was opened as a standard stream and written into
        with Image.open(tmp_path / "out" / f"{name}_denoise.png") as picture:
            picture.load()


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("more", ["", "--json"])
def test_a_lost_report_is_exit_1_though_every_picture_is_done(
    shell: Shell, batch: str, tmp_path: Path, redirection: str, more: str
) -> None:
    done = shell(f"{batch.replace('nosuch.jpg', '')} {more}", redirection)
    assert done.returncode == 1
    assert results(tmp_path) == ALL
    assert len(done.stderr.splitlines()) == 1
    assert "the report could not be written" in done.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_what_was_never_said_is_not_lost(
    shell: Shell, batch: str, tmp_path: Path, redirection: str
) -> None:
    done = shell(batch.replace("nosuch.jpg", ""), redirection)
    assert done.returncode == 0
    assert results(tmp_path) == ALL
    assert len(done.stdout.splitlines()) == len(NAMES) + 1  # and the count


@pytest.mark.parametrize("more", ["", "--json"])
def test_a_reader_that_goes_away_ends_the_report_quietly(
    shell: Shell, batch: str, tmp_path: Path, more: str
) -> None:
    batch = batch.replace("nosuch.jpg", "")
    done = shell(f"{batch} {more}", "| true", "set -o pipefail;")
    assert results(tmp_path) == ALL
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 0 where all was written before the reader went


VERBS = {
    "help": "--help",
    "version": "--version",
    "help of a verb": "denoise --help",
    "info": "info a.png",
    "info as JSON": "info a.png --json",
    "info of a raw": "info raw.dng",
    "compare": "compare a.png b.png",
    "compare as JSON": "compare a.png b.png --json",
    "render": "render raw.dng -o shown.png",
    "devices": "devices",
    "models list": "models list",
    "models list as JSON": "models list --json",
    "models show": "models show latent-raw",
    "models verify": "models verify latent-raw --no-run",
    "models policy": "models policy",
    "models catalogue": "models catalogue list",
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_every_verb_tells_by_its_exit_code_that_its_report_is_lost(
    shell: Shell, batch: str, dng: MakeDng, verb: str
) -> None:
    dng("raw.dng")
    assert shell(verb).returncode == 0
    for redirection in (">/dev/full", ">&-"):
        again = verb.replace("shown.png", f"shown{len(redirection)}.png")
        done = shell(again, redirection)
        assert done.returncode == 1, redirection
        assert "the report could not be written" in done.stderr
        assert "internal fault" not in done.stderr


def test_a_mistake_stays_a_mistake_where_nobody_can_be_told(shell: Shell) -> None:
    for redirection in ("2>/dev/full", "2>&-", ">&- 2>&-"):
        assert shell("denoise --no-such-option", redirection).returncode == 2
        assert shell("info absent.png", redirection).returncode == 1


def test_closed_streams_are_not_taken_by_files_of_ours(shell: Shell, tmp_path: Path) -> None:
    """What a library prints would else go into the picture that was opened as number 1 or 2."""
    Image.new("RGB", (24, 16), (90, 120, 60)).save(tmp_path / "a.png")
    done = shell(f"denoise a.png -o out.png {' '.join(IDENTITY)} -v", "0>&- 1>&- 2>&-")
    assert done.returncode == 1
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.convert("RGB").getpixel((3, 3)) == (90, 120, 60)


def test_a_second_interrupt_ends_a_program_that_waits_for_its_reader(
    latent_bin: Path, tmp_path: Path
) -> None:
    absent = [str(tmp_path / f"absent_{i}_{'x' * 60}.jpg") for i in range(2000)]
    program = subprocess.Popen(
        [latent_bin, "denoise", "--json", "-O", str(tmp_path / "out"), *absent],
        stdout=subprocess.PIPE,  # nobody reads: the pipe fills, and a write into it never returns
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        time.sleep(3)
        program.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(timeout=1)
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=5) == 130
    finally:
        program.kill()
        program.wait()
