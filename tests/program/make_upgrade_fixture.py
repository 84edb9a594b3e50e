# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a user of an older program has, into a folder tests/data/upgrade/<commit>.

    git worktree add OLD <commit>; build OLD as the README says
    build/venv/bin/python tests/program/make_upgrade_fixture.py OLD/build/release <commit> \\
      tests/data/upgrade

The old programs themselves write everything: models in the store, the policy, jobs, the journal of
a batch that was stopped half-way, and what the studio keeps (its settings and its catalogue by the
app itself on a virtual screen; its queue by the old tests of the queue, which leave their files
behind).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from model_packages import good_package
from test_batch_many import picture

HOME = Path("/tmp/latent-upgrade")  # stands in what is written, so it is the same everywhere


def main(build: Path, commit: str, out: Path) -> None:
    HOME.mkdir()
    environment = {
        **os.environ,
        "LATENT_CONFIG": str(HOME / "config"),
        "LATENT_STUDIO_DIR": str(HOME / "studio"),
        "LATENT_MODELS_DIR": str(HOME / "models"),
        "LATENT_CACHE": str(HOME / "cache"),
    }

    def old(*arguments: object, **more: str) -> str:
        done = subprocess.run(
            [build / "bin" / "latent", *map(str, arguments)],
            env={**environment, **more}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    photos = HOME / "photos"
    for number in range(4):
        picture(photos / f"{number}.png", number, side=32)
    good_package(HOME, "tiny", "1.2")
    old("models", "import", "--yes", HOME / "tiny.dtmodel")
    old("models", "disable", "latent-upscale")
    old("models", "policy", "set", "undisclosed-data", "refuse")
    (HOME / "config" / "settings.toml").write_text("limit-megapixels = 77\n")
    jobs = HOME / "jobs"
    jobs.mkdir()
    for verb, *options in (
        ("rawdenoise", "--strength", "61"), ("denoise", "--luma", "40", "--model", "tiny"),
        ("upscale", "--scale", "2", "--tolerance", "3"), ("erase", "--click", "5,5"),
        ("depth", "--near", "10"),
    ):  # fmt: skip
        text = old(verb, photos / "0.png", *options, "--print-job")
        (jobs / f"{verb}.json").write_text(text)
    lines = [
        json.dumps({"latent_job": 1, "task": "denoise", "sources": [f"photos/{number}.png"],
                    "settings": {"strength": 0}, "output": {"folder": "out", "format": "png"}})
        for number in range(4)
    ]  # fmt: skip
    (HOME / "work.jsonl").write_text("\n".join(lines) + "\n")
    old("batch", HOME / "work.jsonl", "--shard", "0/2")

    studio = subprocess.Popen(
        ["xvfb-run", "-a", build / "bin" / "latent-studio", photos], env=environment,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    for _ in range(100):
        time.sleep(0.5)
        if (HOME / "config" / "studio.json").exists():
            break
    time.sleep(3)
    os.killpg(studio.pid, signal.SIGTERM)
    studio.wait()
    test = build / "tests" / "app" / "app_studio_queue_test"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [test, "--gtest_filter=*SaysWhereEachResultIs"],
            env={**os.environ, "TEST_TMPDIR": folder}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for left in (HOME / "studio").glob("queue.sqlite*"):
            left.unlink()
        for made in Path(folder).glob("queue_batch*/queue.sqlite*"):
            shutil.copy(made, HOME / "studio")
    for database in (HOME / "studio").glob("*.sqlite"):  # as they are when a program has ended well
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    for place in ("config", "models", "studio", "jobs", "work.jsonl.latent"):
        shutil.copytree(
            HOME / place,
            out / commit / place,
            ignore=shutil.ignore_patterns("*lock*", "facts.json"),
        )
    shutil.copy(HOME / "work.jsonl", out / commit)
    shutil.rmtree(HOME)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]))
