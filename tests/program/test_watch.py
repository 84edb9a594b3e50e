# SPDX-License-Identifier: GPL-3.0-or-later
"""latent watch: photographs are done as they arrive, once they are complete."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_batch_many import picture


class Watch:
    def __init__(self, program: Path, cache: Path, folder: Path, *options: object) -> None:
        self.process = subprocess.Popen(
            [program, "watch", folder, "--json", "--settle", "0.5", *map(str, options)],
            env={**os.environ, "LATENT_CACHE": str(cache)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.events: list[dict[str, Any]] = []

    def wait_for(self, done: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=30)
        self.events = [json.loads(line) for line in out.splitlines()]
        return self.process.returncode


@pytest.fixture
def watched(
    tmp_path: Path, latent_bin: Path, program_cache: Path
) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def start(*options: object) -> Watch:
        (tmp_path / "in").mkdir(exist_ok=True)
        started.append(Watch(latent_bin, program_cache, tmp_path / "in", *options))
        return started[-1]

    yield start
    for watch in started:
        watch.process.kill()
        watch.process.wait()


def test_photographs_are_done_when_they_are_complete(
    watched: Callable[..., Watch], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    early = picture(tmp_path / "in" / "early.png", 1)
    whole = picture(tmp_path / "whole.png", 2, side=64).read_bytes()
    watch = watched("--task", "denoise", "-O", out)
    watch.wait_for((out / "early_denoise.tif").exists)
    # In three pieces, slower than the folder is looked at, quicker than the time to settle.
    with (tmp_path / "in" / "slow.png").open("wb") as file:
        for start in range(0, len(whole), len(whole) // 3 + 1):
            file.write(whole[start : start + len(whole) // 3 + 1])
            file.flush()
            time.sleep(0.3)
    shutil.copy(early, tmp_path / "in" / ".hidden.png")
    (tmp_path / "in" / "notes.txt").write_text("no photograph")
    picture(tmp_path / "moved.png", 3).rename(tmp_path / "in" / "moved.png")
    (tmp_path / "in" / "broken.png").write_bytes(whole[:100])
    watch.wait_for(lambda: len(list(out.glob("*.tif"))) == 3)
    time.sleep(1.5)
    assert watch.stop() == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "early_denoise.tif", "moved_denoise.tif", "slow_denoise.tif",
    ]  # fmt: skip
    assert [Path(event["file"]).name for event in watch.events if event["event"] == "error"] == [
        "broken.png"
    ]


def test_results_in_the_folder_itself_are_not_done_again(
    watched: Callable[..., Watch], tmp_path: Path
) -> None:
    picture(tmp_path / "in" / "old.png", 1)
    watch = watched("--task", "denoise", "--new-only", "--match", "*.PNG", "--match", "*.tif")
    time.sleep(1.0)
    picture(tmp_path / "in" / "new.png", 2)
    watch.wait_for((tmp_path / "in" / "new_denoise.tif").exists)
    time.sleep(1.5)
    assert watch.stop() == 0
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [
        "new.png", "new_denoise.tif", "old.png",
    ]  # fmt: skip


def test_a_folder_that_goes_away_ends_it(watched: Callable[..., Watch], tmp_path: Path) -> None:
    watch = watched("--task", "denoise")
    time.sleep(1.0)
    shutil.rmtree(tmp_path / "in")
    out, _ = watch.process.communicate(timeout=30)
    assert watch.process.returncode == 1
    assert "moved or deleted" in json.loads(out.splitlines()[-1])["message"]


def test_masks_beside_their_photographs_are_not_done_again(
    watched: Callable[..., Watch], tmp_path: Path
) -> None:
    job = tmp_path / "job.json"
    job.write_text(
        '{"latent_job": 1, "task": "mask", "sources": ["any"], "model": "builtin",'
        ' "settings": {"boxes": ["10%,10%,80%,80%"]}}'
    )
    folder = tmp_path / "in"
    picture(folder / "a.png")
    watch = watched("--job", job)
    watch.wait_for((folder / "a_mask.png").exists)
    time.sleep(1.5)
    assert watch.stop() == 0
    assert sorted(each.name for each in folder.iterdir()) == ["a.png", "a_mask.png"]
    skipped = [event for event in watch.events if event["event"] == "skipped"]
    assert [(Path(event["file"]).name, event["reason"]) for event in skipped] == [
        ("a_mask.png", "result_of")
    ]
