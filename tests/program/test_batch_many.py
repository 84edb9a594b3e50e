# SPDX-License-Identifier: GPL-3.0-or-later
"""latent batch: manifests, journals, shares of several processes, and processes that are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from latent_program import Outcome
from PIL import Image

Latent = Callable[..., Outcome]


def picture(path: Path, seed: int = 0, side: int = 16) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(samples).save(path)
    return path


def manifest(path: Path, sources: list[Path], out: str = "out", **settings: Any) -> Path:
    """A job on each line, with paths from the folder of the manifest."""
    lines = [
        json.dumps({"latent_job": 1, "task": "denoise",
                    "sources": [os.path.relpath(source, path.parent)],
                    "settings": {"strength": 0, **settings},
                    "output": {"folder": out, "format": "png"}})
        for source in sources
    ]  # fmt: skip
    path.write_text("\n".join(lines) + "\n")
    return path


def records(state: Path) -> list[dict[str, Any]]:
    """All whole lines of all journals."""
    found = []
    for journal in sorted((state / "journal").glob("*.jsonl")):
        for line in journal.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                found.append(json.loads(line))
    return found


@pytest.fixture
def work(tmp_path: Path) -> tuple[Path, list[Path]]:
    sources = [picture(tmp_path / "in" / f"{number:03}.png", number) for number in range(30)]
    return manifest(tmp_path / "work.jsonl", sources), sources


def state_of(path: Path) -> Path:
    return path.with_name(path.name + ".latent")


def last(outcome: Outcome) -> dict[str, Any]:
    end = outcome.events[-1]
    assert end["event"] == "end"
    return end


def test_what_is_finished_is_not_done_again(
    latent: Latent, work: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    path, sources = work
    sources[3].write_bytes(sources[3].read_bytes()[:60])
    sources[7].unlink()
    first = latent("batch", path, "--json", "--report", tmp_path / "report")
    assert first.code == 1
    end = last(first)
    assert (end["done"], end["failed"], end["before"]) == (28, 2, 0)
    again = latent("batch", path, "--json")
    assert again.code == 0
    assert (last(again)["done"], last(again)["failed"], last(again)["before"]) == (0, 0, 30)
    failed = latent("batch", path, "--json", "--retry-failed")
    assert (last(failed)["failed"], last(failed)["before"]) == (2, 28)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert [report[key] for key in ("items", "done", "failed", "open", "done_twice")] == [
        30, 28, 2, 0, 0,
    ]  # fmt: skip
    page = (tmp_path / "report" / "report.html").read_text()
    assert "<b>28 done</b>" in page
    assert page.count("<img") == 2 * 28
    names = [part.split('"')[1] for part in page.split("<img src=")[1:]]
    assert all((tmp_path / "report" / name).exists() for name in names)
    assert {record["code"] for record in report["records"] if record["result"] == "failed"} == {
        "corrupt", "not_found",
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 7])
def test_shards_are_disjoint_and_whole(
    latent: Latent, work: tuple[Path, list[Path]], tmp_path: Path, count: int
) -> None:
    path, sources = work
    for index in range(count):
        outcome = latent("batch", path, "--shard", f"{index}/{count}", "--json")
        done = [event["file"] for event in outcome.events if event["event"] == "done"]
        assert [Path(name).name for name in done] == [
            source.name for source in sources[index::count]
        ]
    assert len(list((tmp_path / "out").iterdir())) == 30
    whole = latent("batch", path, "--json")
    assert last(whole)["before"] == 30


def start(latent_bin: Path, cache: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """A process beside the test; what it says is only counted by its journal."""
    return subprocess.Popen(
        [latent_bin, "batch", *map(str, arguments)], env={**os.environ, "LATENT_CACHE": str(cache)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_many_processes_claim_and_one_is_killed(
    latent: Latent, latent_bin: Path, program_cache: Path, tmp_path: Path
) -> None:
    sources = [picture(tmp_path / "in" / f"{number:04}.png", number) for number in range(300)]
    path = manifest(tmp_path / "work.jsonl", sources)
    workers = [
        start(latent_bin, program_cache, path, "--claim", "--block", 5, "--json") for _ in range(3)
    ]
    state = state_of(path)
    deadline = time.monotonic() + 60
    while len(records(state)) < 40 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers[0].send_signal(signal.SIGKILL)
    for worker in workers:
        worker.wait(timeout=180)
    assert [worker.returncode for worker in workers] == [-signal.SIGKILL, 0, 0]
    found = Counter(record["source"] for record in records(state) if record["result"] == "done")
    assert len(list((tmp_path / "out").glob("*_denoise.png"))) == 300
    # Killed between result and record: the result is found there, and counts once.
    skipped = [record for record in records(state) if record["result"] == "skipped"]
    assert len(skipped) <= 1
    assert set(found.values()) == {1}
    assert len(found) + len(skipped) == 300
    assert not list((state / "leases").iterdir())
    tokens = {path.name.split(".")[1] for path in (state / "journal").iterdir()}
    assert len(tokens) == 60 or len(tokens) == 61  # a block each, one of them in two parts


def is_locked(lease: Path) -> bool:
    """Whether a living process holds it: it has its name a moment before its lock."""
    try:
        inode = lease.stat().st_ino
    except FileNotFoundError:
        return False
    locks = Path("/proc/locks").read_text().splitlines()
    return any(line.split()[5].endswith(f":{inode}") for line in locks if "FLOCK" in line)


def test_a_share_that_a_living_process_has_is_refused(
    latent: Latent, latent_bin: Path, program_cache: Path, work: tuple[Path, list[Path]]
) -> None:
    path, _ = work
    state = state_of(path)
    first = start(latent_bin, program_cache, path, "--json")
    lease = state / "leases" / "whole"
    while not is_locked(lease) and first.poll() is None:
        time.sleep(0.002)
    first.send_signal(signal.SIGSTOP)
    try:
        assert is_locked(lease)
        second = latent("batch", path)
        assert second.code == 2
        assert "works on this since" in second.stderr
        # A machine that is silent for too long loses its part, and notices when it wakes up.
        time.sleep(3)
        third = latent("batch", path, "--json", "--lease-timeout", 2)
        if third.code == 2:  # on one machine the lock of the sleeping process still holds
            time.sleep(2)
            third = latent("batch", path, "--json", "--lease-timeout", 2)
        assert third.code == 0
    finally:
        first.send_signal(signal.SIGCONT)
        first.wait(timeout=60)
    done = Counter(record["source"] for record in records(state) if record["result"] == "done")
    assert len(done) >= 29
    assert latent("batch", path, "--json").events[-1]["before"] == 30


def test_a_journal_that_was_cut_short_is_gone_on_with(
    latent: Latent, work: tuple[Path, list[Path]]
) -> None:
    path, _ = work
    latent("batch", path, "--json")
    (journal,) = (state_of(path) / "journal").glob("*.jsonl")
    journal.write_bytes(journal.read_bytes()[:-30])
    again = latent("batch", path, "--json")
    assert "cut short" in again.events[0]["message"]
    assert (last(again)["before"], last(again)["skipped"]) == (29, 1)  # its result is there


def test_folders_are_mirrored(latent: Latent, tmp_path: Path) -> None:
    for name in ("a.png", "one/a.png", "one/two/b.png", "one/c.jpg"):
        picture(tmp_path / "card" / name)
    outcome = latent("batch", tmp_path / "card", "--task", "denoise", "-O", tmp_path / "out",
                     "--match", "*.PNG", "--json")  # fmt: skip
    assert outcome.code == 0, outcome.stderr
    made = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.tif")}
    assert made == {"a_denoise.tif", "one/a_denoise.tif", "one/two/b_denoise.tif"}


def test_content_that_was_done_is_skipped_under_another_name(
    latent: Latent, work: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    path, sources = work
    state = state_of(path)
    assert last(latent("batch", path, "--json", "--skip-done"))["done"] == 30
    moved = [source.rename(tmp_path / "in" / ("moved_" + source.name)) for source in sources]
    picture(moved[0], 999)
    path = manifest(tmp_path / "moved.jsonl", moved)
    end = last(latent("batch", path, "--state", state, "--json", "--skip-done"))
    assert (end["done"], end["skipped"]) == (1, 29)


def test_mistakes_are_said_before_anything_is_done(
    latent: Latent, work: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    path, sources = work
    with path.open("a") as file:
        file.write('{"latent_job": 1, "task": "denoise", "sources": ["x.png"], "strenth": 1}\n')
    refused = latent("batch", path)
    assert refused.code == 2
    assert "work.jsonl', line 31" in refused.stderr
    (tmp_path / "other").mkdir()
    twin = sources[0].rename(tmp_path / "other" / sources[1].name)
    path = manifest(tmp_path / "twins.jsonl", [twin, sources[1]])
    refused = latent("batch", path)
    assert refused.code == 2
    assert "as that of another job" in refused.stderr
    for arguments in (["--shard", "3/3"], ["--shard", "a"], ["--shard", "1/2", "--claim"],
                      ["--resume"]):  # fmt: skip
        refused = latent("batch", manifest(tmp_path / "good.jsonl", sources[1:]), *arguments)
        assert refused.code == 2, arguments
        assert len(refused.stderr.splitlines()) == 1
    assert latent("batch", tmp_path / "in").code == 2
    assert not (tmp_path / "out").exists()


def test_every_file_is_accounted_for_after_ten_kills(
    latent: Latent, latent_bin: Path, program_cache: Path, tmp_path: Path
) -> None:
    """500 files, 5 % damaged, 1 % vanishing, ten kills; bench/batch does 10,000."""
    count, rng = 500, random.Random(29)
    sources = [picture(tmp_path / "in" / f"{i:05}.png", i, 8) for i in range(count)]
    damaged = set(rng.sample(range(count), count // 20))
    for i in damaged:
        sources[i].write_bytes(sources[i].read_bytes()[:50])
    vanishing = rng.sample(sorted(set(range(count)) - damaged), count // 100)
    path = manifest(tmp_path / "work.jsonl", sources)
    for number in range(10):
        worker = start(latent_bin, program_cache, path, "--json")
        if number == 0:
            for i in vanishing:
                sources[i].unlink()
        before = len(records(state_of(path)))
        wanted = before + rng.randrange(10, 45)
        while len(records(state_of(path))) < wanted and worker.poll() is None:
            time.sleep(0.01)
        worker.kill()
        worker.wait()
    latent("batch", path, "--json", "--report", tmp_path / "report", "--pictures", 0)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (report["items"], report["open"], report["done_twice"]) == (count, 0, 0)
    assert report["failed"] == len(damaged) + len(vanishing)
    assert report["done"] + report["skipped"] == count - report["failed"]
    assert report["skipped"] <= 10  # killed between a result and its record
    assert len(list((tmp_path / "out").glob("*.png"))) == report["done"] + report["skipped"]
    assert not list((tmp_path / "out").glob(".latent-*"))


def test_a_folder_that_comes_later_changes_nothing_of_what_is_done(
    latent: Latent, tmp_path: Path
) -> None:
    """The journal lies in the folder of all results, whatever the first folder with photographs."""
    picture(tmp_path / "in" / "day2" / "a.png")
    command = ("batch", tmp_path / "in", "--job", tmp_path / "job.json", "-O", tmp_path / "out",
               "--json")  # fmt: skip
    (tmp_path / "job.json").write_text(
        '{"latent_job": 1, "task": "denoise", "sources": ["any"], "settings": {"strength": 0}}'
    )
    assert last(latent(*command))["done"] == 1
    assert (tmp_path / "out" / ".latent-batch" / "journal").is_dir()
    picture(tmp_path / "in" / "day1" / "b.png")
    again = last(latent(*command, "--resume"))
    assert (again["done"], again["before"]) == (1, 1)
