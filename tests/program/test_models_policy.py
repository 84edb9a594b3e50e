# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user does not accept is refused or hidden; what nobody states is never good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from model_packages import Config, Files, good_package, list_files, remade
from model_server import ModelServer
from model_store import Models, SignedRepository
from tiny_packages import make_upscaler


def package(folder: Path, name: str, **trust: str) -> Path:
    path = good_package(folder, name, task=f"task-{name}")

    def change(config: Config, files: Files) -> None:
        block = config["latent"]
        block["licence"] = {
            "weights": trust.get("weights", "MIT"),
            "data": trust.get("data", "CC0-1.0"),
        }
        block["openness"] = {"osaid": trust.get("osaid", ""), "mof": trust.get("mof", "")}
        block["provenance"]["data"] = trust.get("what", "photographs of ours")
        list_files(config, files)

    path.write_bytes(remade(path.read_bytes(), change))
    return path


@pytest.mark.parametrize(
    ("key", "value", "trust", "accepted"),
    [
        ("licences", "MIT,Apache-2.0", {"weights": "mit"}, True),
        ("licences", "MIT,Apache-2.0", {"weights": "GPL-3.0-only OR MIT"}, True),
        ("licences", "MIT,Apache-2.0", {"weights": "GPL-3.0-only AND MIT"}, False),
        ("licences", "MIT,Apache-2.0", {"weights": "MIT-like"}, False),
        ("mof", "class-2", {"mof": "Class I"}, True),
        ("mof", "class-2", {"mof": "Class III"}, False),
        ("mof", "class-3", {"mof": ""}, False),
        ("osaid", "open-weights", {"osaid": "Open Source AI"}, True),
        ("osaid", "open-source-ai", {"osaid": "Open Weights"}, False),
        ("osaid", "open-model", {"osaid": "not Open Source AI"}, False),
        ("undisclosed-data", "refuse", {"what": "undisclosed"}, False),
        ("undisclosed-data", "refuse", {"what": "", "data": ""}, False),
        ("undisclosed-data", "refuse", {"what": "SA-1B"}, True),
        ("research-only-data", "refuse", {"what": "SA-1B", "data": "research only"}, False),
        ("research-only-data", "refuse", {"data": "CC-BY-NC-4.0"}, False),
        ("research-only-data", "refuse", {"data": "CC-BY-4.0"}, True),
    ],
)
def test_a_policy_is_held_to(
    models: Models, tmp_path: Path, key: str, value: str, trust: dict[str, str], accepted: bool
) -> None:
    models.done("policy", "set", key, value)
    path = package(tmp_path, "tiny", **trust)
    if accepted:
        models.done("import", "--yes", path)
    else:
        assert "refused by your policy" in models.refused("import", "--yes", path)
        assert "tiny" not in models.listed()


def test_a_policy_made_later_shows_or_hides_and_stops_enabling(
    models: Models, tmp_path: Path
) -> None:
    models.done("import", "--yes", package(tmp_path, "tiny", mof="Class III"))
    models.done("policy", "set", "mof", "class-1")
    assert "refused by your policy" in models.done("list")
    assert "refused by your policy" in models.refused("enable", "tiny")
    models.done("policy", "set", "action", "hide")
    assert "tiny" not in models.done("list")
    assert "tiny" in models.done("list", "--all")
    models.done("policy", "set", "mof", "any")
    assert "tiny" in models.done("list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("denoise", "x.png"),
        ("denoise", "x.png", "--model", "latent-denoise"),
        ("denoise", "x.png", "--model", "WEIGHTS/latent-denoise.dtmodel"),
        ("upscale", "x.png", "--scale", "2", "--model", "latent-upscale"),
        ("rawdenoise", "x.dng", "--model", "latent-raw-fast"),
        ("models", "run", "latent-raw"),
        ("models", "run", "WEIGHTS/latent-raw.dtmodel", "--check-golden"),
        ("doctor",),
    ],
)
def test_a_refused_model_is_not_used_however_it_is_named(
    models: Models, repository: Path, arguments: tuple[str, ...]
) -> None:
    models.done("policy", "set", "licences", "MIT")
    weights = str(repository / "weights")
    outcome = models.program(
        *(argument.replace("WEIGHTS", weights) for argument in arguments),
        LATENT_CONFIG=str(models.folder / "config"), LATENT_MODELS_DIR=str(models.store),
    )  # fmt: skip
    assert outcome.code == 1, outcome
    (sentence,) = outcome.stderr.splitlines()
    assert sentence.startswith("latent: the model 'latent-")
    assert sentence.endswith(
        "is refused by your policy: the licence of its weights is 'GPL-3.0-or-later', "
        "which is not among those accepted; see latent models policy"
    )


def test_the_second_model_of_an_upscale_is_held_to_the_policy(
    models: Models, tmp_path: Path
) -> None:
    accepted = make_upscaler(tmp_path, "zero")
    refused = package(tmp_path, "tiny", mof="Class III")
    models.done("policy", "set", "mof", "class-1")
    outcome = models.program(
        "upscale", "x.png", "--scale", "2", "--model", accepted, "--denoise", "50",
        "--denoise-model", refused, LATENT_CONFIG=str(models.folder / "config"),
    )  # fmt: skip
    assert outcome.code == 1, outcome
    assert "the model 'tiny' is refused by your policy" in outcome.stderr


def test_the_policy_is_a_file_that_is_read_strictly(models: Models, tmp_path: Path) -> None:
    models.done("policy", "set", "licences", 'MIT,odd "name"\\')
    shown = json.loads(models.done("policy", "--json"))
    assert shown["licences"] == 'MIT,odd "name"\\'
    assert shown["undisclosed-data"] == "accept"
    path = models.folder / "config" / "policy.toml"
    for text in ("mof = 3", "mof = 'class-9'", "surprise = 'x'", "licences = []", "licences = [1]",
                 "mof = ", "licences = ['a,b']"):  # fmt: skip
        path.write_text(text)
        listed = models.run("list")  # what ships goes on working, and the file is named
        assert listed.code == 0
        assert "policy.toml" in listed.stderr
        assert "policy.toml" in models.refused("policy")
    path.unlink()
    for key, value in (("mof", "best"), ("colour", "red"), ("licences", ",")):
        models.refused("policy", "set", key, value, code=2)


def test_offers_are_refused_before_they_are_downloaded(
    models: Models, tmp_path: Path, model_server: ModelServer
) -> None:
    repository = SignedRepository(model_server)
    repository.offer(package(tmp_path, "tiny", osaid="Open Weights"))
    repository.add_to(models)
    models.done("policy", "set", "osaid", "open-source-ai")
    assert "refused by your policy" in models.refused("install", "tiny", "--yes")
    assert model_server.ranges_of(repository.package_path("tiny")) == []
    assert "refused by your policy" in models.done("catalogue")
    models.done("policy", "set", "action", "hide")
    assert "tiny" not in models.done("catalogue")
