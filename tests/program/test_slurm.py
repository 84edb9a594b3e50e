# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging/slurm on a real Slurm of one node: a batch as an array, and a task that is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from slurm_cluster import Slurm
from test_batch_many import manifest, picture, records, state_of


@pytest.fixture
def slurm(tmp_path: Path) -> Iterator[Slurm]:
    cluster = Slurm(tmp_path / "slurm")
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


def test_an_array_of_shards_loses_and_doubles_nothing(
    slurm: Slurm, latent_bin: Path, program_cache: Path, repository: Path, tmp_path: Path
) -> None:
    sources = [picture(tmp_path / "in" / f"{number:04}.png", number) for number in range(240)]
    path = manifest(tmp_path / "work.jsonl", sources)
    said = slurm.run(
        repository / "packaging" / "slurm" / "latent-submit", "-n", 4, path, "--lease-timeout", 5,
        LATENT=str(latent_bin), LATENT_CACHE=str(program_cache),
    )  # fmt: skip
    array = said.split()[1]
    # A task is lost while it works, and runs again as --requeue has it.
    state = state_of(path)
    deadline = time.monotonic() + 90
    while len(records(state)) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    slurm.run("scontrol", "requeue", f"{array}_0", check=False)
    slurm.wait_for_all()
    report = json.loads((tmp_path / "work.jsonl.report" / "report.json").read_text())
    assert [report[key] for key in ("items", "failed", "open", "done_twice")] == [240, 0, 0, 0]
    assert report["done"] + report["skipped"] == 240
    assert len(list((tmp_path / "out").glob("*.png"))) == 240
    shards = {name.name.split(".")[0] for name in (state / "journal").iterdir()}
    assert shards == {f"shard-{index}-of-4" for index in range(4)}
    assert not list((state / "leases").iterdir())
