# SPDX-License-Identifier: GPL-3.0-or-later
"""A job by verb, by `latent run` and by the schema is one and the same."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from latent_program import MakeDng, Outcome
from PIL import Image
from tiny_packages import make_denoiser, make_raw_denoiser, make_upscaler

Latent = Callable[..., Outcome]
Job = dict[str, Any]

F32 = ("--precision", "f32", "--device", "cpu")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packages")
    return {
        "rawdenoise": make_raw_denoiser(folder, {"bayer": 0.05}),
        "denoise": make_denoiser(folder, "mean"),
        "upscale": make_upscaler(folder, "zero"),
    }


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(5).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(samples).save(path)
    return path


COMMAND_LINES = {
    "rawdenoise": [
        ["--strength", "55", "--noise", "1e-3,2e-6", "--noise-scale", "1.5"],
        ["--compression", "none", "--hot-pixels", "keep", "--region", "8,8,32,24"],
    ],
    "denoise": [
        ["--strength", "50", "--luma", "80", "--chroma", "7", "--level", "12.5"],
        ["--detail", "none", "--wide-gamut", "clip", "--region", "8,8,32,24", "--format", "png"],
        ["--bit-depth", "32", "--profile", "rec2020", "--compression", "zstd"],
        ["--format", "jpg", "--quality", "91"],
    ],
    "upscale": [
        ["--scale", "2", "--tolerance", "3"],
        ["--scale", "4", "--bit-depth", "8", "--profile", "srgb", "--compression", "none"],
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("task", "options"),
    [(task, options) for task, lines in COMMAND_LINES.items() for options in lines],
)
def test_a_printed_job_gives_the_bytes_of_its_command_line(
    latent: Latent, dng: MakeDng, tmp_path: Path, packages: dict[str, Path],
    task: str, options: list[str],
) -> None:  # fmt: skip
    raw = task == "rawdenoise"
    source = dng("photo.dng") if raw else picture(tmp_path / "photo.png")
    line = [task, source, "--model", packages[task], *F32, *options]
    verb = latent(*line, "-O", tmp_path / "verb")
    assert verb.code == 0, verb
    printed = latent(*line, "-O", tmp_path / "job", "--print-job")
    assert printed.code == 0, printed
    assert not (tmp_path / "job").exists()
    (tmp_path / "j.json").write_text(printed.stdout)
    ran = latent("run", tmp_path / "j.json")
    assert ran.code == 0, ran
    (by_verb,) = (tmp_path / "verb").iterdir()
    (by_job,) = (tmp_path / "job").iterdir()
    assert by_verb.name == by_job.name
    assert by_verb.read_bytes() == by_job.read_bytes()


def test_events_are_those_of_the_verb(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = picture(tmp_path / "photo.png")
    line = ["denoise", source, "--model", packages["denoise"], *F32]
    (tmp_path / "j.json").write_text(latent(*line, "--print-job").stdout)
    verb, ran = (
        [event for event in outcome.events if event["event"] != "progress"]
        for outcome in (latent(*line, "--json"), latent("run", "--json", tmp_path / "j.json"))
    )
    assert [event["event"] for event in verb] == [event["event"] for event in ran]
    for one, other in zip(verb, ran, strict=True):
        assert list(one) == list(other)
    assert list(verb[-1])[4:12] == ["megapixels", "width", "height", "scale", "source", "depth",
                                    "profile", "level"]  # fmt: skip


def test_relative_paths_count_from_the_folder_of_the_job(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    picture(tmp_path / "shoot" / "a.png")
    job = {"latent_job": 1, "task": "denoise", "sources": ["a.png"], "output": {"folder": "out"},
           "model": str(packages["denoise"]), "settings": {"strength": 0}}  # fmt: skip
    (tmp_path / "shoot" / "j.json").write_text(json.dumps(job))
    outcome = latent("run", tmp_path / "shoot" / "j.json")
    assert outcome.code == 0, outcome
    assert (tmp_path / "shoot" / "out" / "a_denoise.tif").exists()


def test_a_job_comes_through_standard_input(
    latent_bin: Path, latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = picture(tmp_path / "a.png")
    text = latent("denoise", source, "--strength", 0, "--model", packages["denoise"], "-o",
                  tmp_path / "b.tif", "--print-job").stdout  # fmt: skip
    done = subprocess.run([latent_bin, "run", "-"], input=text, text=True, check=False)
    assert done.returncode == 0
    assert (tmp_path / "b.tif").exists()


def test_ctrl_c_ends_the_wait_for_standard_input(latent_bin: Path) -> None:
    waiting = subprocess.Popen(
        [latent_bin, "run", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(0.5)
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(timeout=60) in (130, -signal.SIGINT)


def test_a_name_that_is_no_utf8_goes_through_a_job(
    latent_bin: Path, tmp_path: Path, packages: dict[str, Path]
) -> None:
    name = os.fsencode(tmp_path) + b"/\xe9t\xe9.png"
    os.rename(picture(tmp_path / "a.png"), name)
    line: list[bytes | str | Path] = [
        latent_bin,
        "denoise",
        name,
        "--strength",
        "0",
        "--model",
        packages["denoise"],
    ]
    printed = subprocess.run([*line, "--print-job"], capture_output=True, check=True).stdout
    (source,) = json.loads(printed)["sources"]
    assert source.startswith("file:///")
    assert source.endswith("/%E9t%E9.png")
    subprocess.run([latent_bin, "run", "-"], input=printed, capture_output=True, check=True)
    assert os.path.exists(os.fsencode(tmp_path) + b"/\xe9t\xe9_denoise.tif")


def test_one_bad_job_stops_all_before_the_first_is_begun(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = picture(tmp_path / "a.png")
    good = latent("denoise", source, "--model", packages["denoise"], "--print-job").stdout
    (tmp_path / "good.json").write_text(good)
    (tmp_path / "bad.json").write_text(good.replace('"strength"', '"strenght"'))
    outcome = latent("run", tmp_path / "good.json", tmp_path / "bad.json")
    assert outcome.code == 2
    assert outcome.stdout == ""
    assert outcome.stderr == (
        f"latent: '{tmp_path}/bad.json': a job of denoise has no key settings.strenght; "
        "did you mean strength?\n"
    )
    assert not (tmp_path / "a_denoise.tif").exists()


def test_a_source_that_fails_leaves_the_others_done(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = picture(tmp_path / "a.png")
    job = latent("denoise", tmp_path / "absent.png", source, "--strength", 0, "--model",
                 packages["denoise"], "--print-job").stdout  # fmt: skip
    (tmp_path / "j.json").write_text(job)
    outcome = latent("run", tmp_path / "j.json", "--json")
    assert outcome.code == 1
    assert [e["event"] for e in outcome.events if e["event"] in ("error", "done")] == [
        "error", "done"]  # fmt: skip


@pytest.mark.parametrize("name", ["", "absent.json", "."])
def test_a_job_that_cannot_be_read_is_one_sentence(
    latent: Latent, tmp_path: Path, name: str
) -> None:
    outcome = latent("run", *([tmp_path / name] if name else []))
    assert outcome.code == 2
    assert len(outcome.stderr.splitlines()) == 1


# --- the schema ----------------------------------------------------------------------------------


def test_the_schema_in_the_docs_is_the_one_that_is_printed(
    latent: Latent, repository: Path
) -> None:
    printed = latent("run", "--print-schema")
    assert printed.code == 0
    assert (repository / "docs" / "job.schema.json").read_text() == printed.stdout


# What a profile is called is looked up when a job is begun, which no schema can.
LOOKED_UP = {"profile"}


COLOURS = {"a": [1, 2, 3], "b": [0, 0.5, 1e-7]}
OF_REFERENCES: dict[str, list[Any]] = {
    "region": [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1], [1.0, 2, 3, 4], [10**9, 0, 10**9 + 1, 1]],
    "noise": [COLOURS, {**COLOURS, "c": 1}, {"a": [1, 2, 3]}, {**COLOURS, "a": [-1, 0, 0]},
              {**COLOURS, "b": [1, 2]}, {**COLOURS, "b": [2e6, 1, 1]}],
    "path": ["/a/b", "file:///a%20b", "file://far/b", "file:/%zz", "file:///%00", "a\0b"],
}  # fmt: skip


def values_of(schema: Job) -> Iterator[Any]:
    """Values on and just beyond what a schema of one setting says, and some of other types."""
    yield from (None, True, "auto", "no such word", "", 1.5, -1, [])
    for part in schema.get("anyOf", [schema]):
        yield from OF_REFERENCES.get(part.get("$ref", "").rsplit("/", 1)[-1], [])
        yield from part.get("enum", [])
        if "minimum" in part:
            low, high = part["minimum"], part["maximum"]
            yield from (low, high, low - 1, high + 1, float(high), (low + high) / 2)
        if "pattern" in part:
            yield from ("gpu.1", "gpu\n", "a b", "x" * 65)


def put(job: Job, section: str, key: str, value: Any) -> Job:
    made = copy.deepcopy(job)
    place = made.setdefault(section, {}) if section else made
    place[key] = value
    return made


def cases(schema: Job) -> Iterator[tuple[str, Job]]:
    definitions = schema["$defs"]
    for task in ("rawdenoise", "denoise", "upscale"):
        base: Job = {"latent_job": 1, "task": task, "sources": ["/none/a.png"],
                     "model": "/none/m.dtmodel"}  # fmt: skip
        if task == "upscale":
            yield "no scale", base
            base["settings"] = {"scale": 2}
        yield task, base
        for key in ("latent_job", "task", "sources"):
            yield f"{task} without {key}", {k: v for k, v in base.items() if k != key}
        for key, value in (("latent_job", 2), ("latent_job", "1"), ("latent_job", 1.0),
                           ("task", "x"), ("sources", []), ("sources", [1]), ("more", 1),
                           ("sources", "a"), ("sources", ["file:///%E9"]), ("settings", []),
                           ("output", {"more": 1}), ("engine", None)):  # fmt: skip
            yield f"{task} {key} = {value!r}", put(base, "", key, value)
        # All have the same rows of the engine.
        for section in ("settings", "output", *(["engine"] if task == "denoise" else [])):
            properties = definitions[task]["properties"][section]["properties"]
            for key, about in properties.items():
                if key in LOOKED_UP or (section == "output" and key == "file"):
                    continue
                for value in values_of(about):
                    yield f"{task} {section}.{key} = {value!r}", put(base, section, key, value)
        file = "/none/b.dng" if task == "rawdenoise" else "/none/b.tif"
        for output in ({"file": file}, {"file": file, "folder": "/none/o"},
                       {"file": None, "folder": "/none/o"}, {"file": 3}):  # fmt: skip
            yield f"{task} {output}", put(base, "", "output", output)
        two = {**base, "sources": ["/none/a", "/none/b"]}
        yield f"{task} file of two", put(two, "output", "file", file)


def test_schema_and_program_agree(latent: Latent, repository: Path, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((repository / "docs" / "job.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    differing = []
    taken = 0
    for name, job in cases(schema):
        text = tmp_path / "j.json"
        text.write_text(json.dumps(job))
        outcome = latent("run", text)
        by_program = outcome.code == 1  # a model that is not there, after a job that is right
        taken += by_program
        assert outcome.code in (1, 2), (name, outcome)
        if by_program != validator.is_valid(job):
            differing.append(f"{name}: {outcome.stderr.strip()}")
    assert not differing, "\n".join(differing)
    assert taken > 100


@pytest.mark.parametrize("task", list(COMMAND_LINES))
def test_printed_jobs_keep_the_schema(
    latent: Latent, repository: Path, tmp_path: Path, task: str
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((repository / "docs" / "job.schema.json").read_text())
    for options in COMMAND_LINES[task]:
        job = json.loads(latent(task, "a.x", *options, "--print-job").stdout)
        jsonschema.Draft202012Validator(schema).validate(job)
        keys = schema["$defs"][task]["properties"]
        for section in ("settings", "output", "engine"):
            assert list(job[section]) == list(keys[section]["properties"])
        assert job["sources"] == [str(Path.cwd() / "a.x")]
