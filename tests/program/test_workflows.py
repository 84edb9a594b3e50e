# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows of a public host run what .ci/run runs, and name only what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="session")
def workflows(repository: Path) -> dict[str, dict[str, Any]]:
    folder = repository / ".github/workflows"
    return {path.stem: yaml.safe_load(path.read_text()) for path in folder.glob("*.yml")}


def commands(workflow: dict[str, Any]) -> list[str]:
    return [
        step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step
    ]


def test_every_step_of_the_gate_is_a_job(
    repository: Path, workflows: dict[str, dict[str, Any]]
) -> None:
    gate = (repository / ".ci/run").read_text().splitlines()
    steps = [line for line in gate if line and not line.startswith(("#", "set ", "cd "))]
    assert len(steps) >= 4
    run = commands(workflows["check"])
    equal = {"tools/lint.sh": "make lint"}  # which installs what the linters need first
    missing = [step for step in steps if step not in run and equal.get(step) not in run]
    assert not missing, f".github/workflows/check.yml lacks {missing}"


def test_every_job_names_files_and_presets_that_are_there(
    repository: Path, workflows: dict[str, dict[str, Any]]
) -> None:
    presets = json.loads((repository / "CMakePresets.json").read_text())
    names = {preset["name"] for preset in presets["configurePresets"]}
    targets = re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(), re.MULTILINE)
    seen = 0
    for workflow in workflows.values():
        for command in commands(workflow):
            for script in re.findall(r"(?:^|\s)((?:tools|packaging)/\S+\.(?:sh|py))", command):
                assert (repository / script).exists(), command
                seen += 1
            for preset in re.findall(r"--preset (\S+)", command):
                assert preset in names, command
            for target in re.findall(r"^make (\S+)", command):
                assert target in targets, command
    assert seen > 4


def test_no_job_may_write_to_the_repository(workflows: dict[str, dict[str, Any]]) -> None:
    for name, workflow in workflows.items():
        assert workflow["permissions"] == {"contents": "read"}, name


def test_the_container_for_editors_installs_what_the_tests_need(repository: Path) -> None:
    container = json.loads((repository / ".devcontainer/devcontainer.json").read_text())
    assert "tools/install_packages.sh test" in container["onCreateCommand"]
    assert container["postCreateCommand"] == "make build"
    clangd = list(yaml.safe_load_all((repository / ".clangd").read_text()))
    assert clangd[0]["CompileFlags"]["CompilationDatabase"] == "build/release"
