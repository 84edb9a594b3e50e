# SPDX-License-Identifier: GPL-3.0-or-later
"""What `latent-zoo versions` writes is what `latent models` reads, in both forms."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from model_server import ModelServer
from model_store import Models, SignedRepository

ID = "latent-raw-fast"


@pytest.fixture
def indexes(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The three files for the packages of weights/."""
    monkeypatch.syspath_prepend(str(repository / "zoo"))
    from latent_zoo import versions

    packages = sorted((repository / "weights").glob("*.dtmodel"))
    made = versions.write(packages, tmp_path / "i", ["5.6.0"], "release-5.6.0", 3, "packages")
    sys.modules.pop("latent_zoo", None)
    return {path.name: path.read_bytes() for path in made}


def test_our_signed_index(
    indexes: dict[str, bytes], repository: Path, model_server: ModelServer, models: Models
) -> None:
    model_server.files.clear()
    ours = SignedRepository(model_server)
    package = (repository / "weights" / f"{ID}.dtmodel").read_bytes()
    model_server.files[SignedRepository.package_path(ID)] = package
    ours.publish_text(indexes["latent-index.json"])
    ours.add_to(models)
    models.done("catalogue", "refresh")
    offers = json.loads(models.done("catalogue", "--json"))["models"]
    assert {offer["id"] for offer in offers} >= {"latent-raw", "latent-denoise", "latent-upscale"}
    said = models.done("install", ID, "--yes")
    assert "licence:  GPL-3.0-or-later" in said
    assert "2 golden tensors run" in said
    assert models.listed()[ID]["origin"]["source"] == "tests"


def test_darktables_indexes(
    indexes: dict[str, bytes], repository: Path, model_server: ModelServer, models: Models
) -> None:
    model_server.files.clear()
    releases = "/theirs/releases/download/release-5.6.0"
    package = (repository / "weights" / f"{ID}.dtmodel").read_bytes()
    model_server.files |= {
        "/theirs/releases-index.json": indexes["releases-index.json"],
        f"{releases}/versions.json": indexes["versions.json"],
        f"{releases}/{ID}.dtmodel": package,
    }
    models.environment["LATENT_CA_FILE"] = str(model_server.ca_file)
    models.done("catalogue", "remove", "darktable")
    models.done("catalogue", "add", "theirs", model_server.url + "/theirs")
    models.done("catalogue", "refresh")
    assert "2 golden tensors run" in models.done("install", ID, "--yes")
