# SPDX-License-Identifier: GPL-3.0-or-later
"""Plug-ins of ONNX Runtime: devices like every other, in a process of their own (decision 87)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from latent_program import MakeDng, Outcome

Latent = Callable[..., Outcome]

# Libraries in wheels of PyPI; $LATENT_TEST_PLUGINS is a folder in which the wheels are unpacked.
OPENVINO = "onnxruntime_ep_openvino/libonnxruntime_providers_openvino_plugin.so"
WEBGPU = "onnxruntime_ep_webgpu/libonnxruntime_providers_webgpu.so"


def published(name: str) -> Path:
    folder = os.environ.get("LATENT_TEST_PLUGINS", "")
    path = Path(folder) / name
    if not folder or not path.is_file():
        pytest.skip(f"LATENT_TEST_PLUGINS names no folder with {name} in it")
    return path


@pytest.fixture
def broken(latent_bin: Path) -> Callable[[str], Path]:
    """The plug-ins of tests/infer/plugin."""

    def of(fault: str) -> Path:
        path = latent_bin.parent.parent / f"tests/plugins/latent-test-plugin-{fault}.so"
        if not path.is_file():
            pytest.skip(f"{path} is not built")
        return path

    return of


@pytest.fixture
def photo(dng: MakeDng) -> Path:
    return dng("photo.dng", "--size", "256x192")


def result_of(photo: Path) -> Path:
    return photo.with_name("photo_raw-denoise.dng")


def done_event(outcome: Outcome) -> dict[str, Any]:
    return next(event for event in outcome.events if event["event"] == "done")


def test_a_plug_in_is_listed_with_its_device(latent: Latent, broken: Callable[[str], Path]) -> None:
    done = latent("devices", "--json", "--ort-plugin", broken("None"))
    assert done.code == 0, done
    report = json.loads(done.stdout)
    assert [p["usable"] for p in report["plugins"]] == [True]
    device = report["devices"][-1]
    assert device["device"] == "latenttest.cpu"
    assert re.search(
        r"ONNX Runtime 1\.\d+.*, LatentTestExecutionProvider 1\.2\.3, plug-in [0-9a-f]{16}$",
        device["driver"],
    )
    assert "latenttest.cpu" in latent("devices", LATENT_ORT_PLUGINS=str(broken("None"))).stdout


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("CrashesLoading", "crashed while it was loaded: its process was ended by signal 11"),
        ("HangsLoading", "did not answer within 2 seconds while it was loaded, and was stopped"),
        ("NoDevice", "found no device that it can use"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_one_sentence(
    latent: Latent, broken: Callable[[str], Path], photo: Path, fault: str, words: str
) -> None:
    plugin = broken(fault)
    listed = latent("devices", "--ort-plugin", plugin, "--limit-start", "2")
    assert listed.code == 1
    assert words in listed.stderr
    assert str(plugin) in listed.stderr
    assert len(listed.stderr.strip().splitlines()) == 1
    assert "cpu" in listed.stdout  # the others are listed all the same
    used = latent(
        *("rawdenoise", photo, "--ort-plugin", plugin, "--device", "latenttest.cpu"),
        *("--limit-start", "2"),
    )
    assert used.code == 1
    assert words in used.stderr or "no plug-in has a device 'latenttest.cpu'" in used.stderr
    assert not result_of(photo).exists()


def test_a_file_that_is_no_plug_in_is_called_so(latent: Latent, photo: Path) -> None:
    done = latent("rawdenoise", photo, "--ort-plugin", photo, "--device", "webgpu.gpu")
    assert done.code == 1
    assert f"'{photo}' is no plug-in that ONNX Runtime" in done.stderr
    missing = photo.with_name("missing.so")
    done = latent("rawdenoise", photo, "--ort-plugin", missing, "--device", "webgpu.gpu")
    assert done.code == 1
    assert f"the plug-in '{missing}' is not there" in done.stderr


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("WrongNumbers", "onnxruntime on latenttest.cpu in f32 is not used: the answer"),
        ("CrashesCompiling", "crashed while it compiled the network: its process was ended by"),
        ("CrashesComputing", "crashed while it computed: its process was ended by signal 11"),
    ],
)
def test_a_plug_in_that_fails_costs_nothing_but_time(
    latent: Latent, broken: Callable[[str], Path], photo: Path, fault: str, words: str
) -> None:
    done = latent(
        *("rawdenoise", photo, "--json", "--ort-plugin", broken(fault)),
        *("--device", "latenttest.cpu"),
    )
    assert done.code == 0, done
    event = done_event(done)
    assert event["device"] == "cpu"
    assert any(words in notice for notice in event["notices"]), event["notices"]
    assert result_of(photo).exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("WrongNumbers", "onnxruntime on latenttest.cpu in f32 is not used: the answer"),
        ("CrashesLoading", "crashed while it was loaded: its process was ended by signal 11"),
        ("NoDevice", "found no device that it can use"),
    ],
)
def test_auto_says_why_it_uses_no_device_of_a_plug_in(
    latent: Latent, broken: Callable[[str], Path], photo: Path, fault: str, words: str
) -> None:
    done = latent("rawdenoise", photo, "--json", "--ort-plugin", broken(fault))
    assert done.code == 0, done
    event = done_event(done)
    assert event["device"] == "cpu"
    assert any(words in notice for notice in event["notices"]), event["notices"]


def test_a_job_names_plug_ins(latent: Latent, broken: Callable[[str], Path], photo: Path) -> None:
    plugin = broken("CrashesLoading")
    printed = latent(
        *("rawdenoise", photo, "--print-job", "--device", "latenttest"),
        *("--ort-plugin", plugin, "--ort-plugin", broken("NoDevice")),
    )
    job = json.loads(printed.stdout)
    assert job["engine"]["ort_plugins"] == [str(plugin), str(broken("NoDevice"))]
    file = photo.with_name("job.json")
    shutil.copy(plugin, photo.with_name("plugin.so"))
    job["engine"]["ort_plugins"] = ["plugin.so"]  # from the folder of the job
    file.write_text(json.dumps(job))
    done = latent("run", file)
    assert done.code == 1
    assert f"'{photo.with_name('plugin.so')}' crashed while it was loaded" in done.stderr
    job["engine"]["ort_plugins"] = "plugin.so"
    file.write_text(json.dumps(job))
    refused = latent("run", file)
    assert refused.code == 2
    assert "engine.ort_plugins takes a list of paths, not 'plugin.so'" in refused.stderr


def test_the_published_plug_in_of_openvino_is_used_as_exactly_as_it_computes(
    latent: Latent, photo: Path
) -> None:
    plugin = published(OPENVINO)
    words = ("rawdenoise", photo, "--json", "--device", "openvino.cpu", "--ort-plugin", plugin)
    hosted = latent(*words, "-o", photo.with_name("hosted.dng"))
    assert hosted.code == 0, hosted
    event = done_event(hosted)
    assert event["device"] == "openvino.cpu", event
    assert "OpenVINOExecutionProvider" in event["engine_version"]
    assert event["precision"] in ("f32", "f16")
    # Where the processor has bf16, this plug-in uses it unasked: that is no float32.
    strict = latent(*words, "--precision", "f32", "-o", photo.with_name("strict.dng"))
    assert strict.code == 0, strict
    event = done_event(strict)
    assert event["precision"] == "f32"
    if event["device"] == "cpu":
        assert any("in f32 is not used: the answer is wrong by" in n for n in event["notices"])


def test_the_published_plug_in_of_webgpu_works_or_says_that_it_has_no_device(
    latent: Latent, photo: Path
) -> None:
    plugin = published(WEBGPU)
    listed = latent("devices", "--json", "--ort-plugin", plugin)
    report = json.loads(listed.stdout)
    words = [d["device"] for d in report["devices"] if d["device"].startswith("webgpu.")]
    if not words:
        assert listed.code == 1
        problem = report["plugins"][0]["problem"]
        assert "found no device that it can use" in problem
        return
    done = latent("rawdenoise", photo, "--json", "--ort-plugin", plugin, "--device", "webgpu")
    assert done.code == 0, done
    event = done_event(done)
    assert event["device"] == words[0] or event["notices"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("name", [OPENVINO, WEBGPU])
def test_a_plug_in_sends_nothing(latent_bin: Path, tmp_path: Path, name: str) -> None:
    plugin = published(name)
    home = tmp_path / "home"
    home.mkdir()
    log = tmp_path / "calls"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_DIS"))}
    subprocess.run(
        [
            *("strace", "-f", "-e", "trace=socket,connect", "-o", log),
            *(latent_bin, "devices", "--ort-plugin", plugin),
        ],
        capture_output=True,
        check=False,
        env={**kept, "HOME": str(home)},
    )
    assert not re.findall(r"AF_INET.*", log.read_text())
    assert not (home / ".cache/Microsoft").exists()
