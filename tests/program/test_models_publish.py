# SPDX-License-Identifier: GPL-3.0-or-later
"""latent models publish: what it writes is served over HTTPS and installed from, in both forms."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from darktable_packages import make_package, picture_onnx
from model_packages import good_package
from model_server import ModelServer
from model_store import Models

TILE = 192


def made_key(folder: Path, password: str = "") -> Path:
    """A secret key of minisign's own making, with its public key beside it."""
    if shutil.which("minisign") is None:
        pytest.skip("minisign is not installed (Debian: minisign)")
    key = folder / "test.key"
    options = [] if password else ["-W"]
    subprocess.run(
        ["minisign", "-G", *options, "-p", folder / "test.pub", "-s", key],
        input=f"{password}\n{password}\n", text=True, check=True, capture_output=True,
    )  # fmt: skip
    return key


def packages(folder: Path) -> tuple[Path, Path]:
    """One of Latent's own and one that darktable runs, too."""
    own = good_package(folder, "tiny", "1.0")
    theirs = make_package(
        folder / "theirs", "denoiser", "denoise", {"model": picture_onnx("identity", TILE)},
        {"input_sizes": [TILE]}, description="für Bilder", model_card={"license": "CC0-1.0"},
    )  # fmt: skip
    return own, theirs


def serve(server: ModelServer, folder: Path, under: str = "/pub") -> str:
    server.files.clear()
    for path in folder.rglob("*"):
        if path.is_file():
            server.files[f"{under}/{path.relative_to(folder)}"] = path.read_bytes()
    return server.url + under


def test_it_is_installed_from_in_both_forms(
    models: Models, model_server: ModelServer, tmp_path: Path
) -> None:
    own, theirs = packages(tmp_path)
    key = made_key(tmp_path)
    out = tmp_path / "repository"
    said = models.done("publish", out, own, theirs, "--key", key, "--darktable", "5.6.0,5.8.0")
    public = (tmp_path / "test.pub").read_text().splitlines()[1]
    assert f"--key {public}" in said
    assert "tiny 1.0  (for Latent only)" in said
    subprocess.run(
        ["minisign", "-V", "-q", "-p", tmp_path / "test.pub", "-m", out / "latent-index.json"],
        check=True,
    )
    url = serve(model_server, out)
    models.environment["LATENT_CA_FILE"] = str(model_server.ca_file)
    models.done("catalogue", "remove", "darktable")
    # Signed, with both models.
    models.done("catalogue", "add", "signed", url, "--key", public)
    models.done("install", "tiny", "denoiser", "--from", "signed", "--yes")
    assert models.listed()["tiny"]["origin"]["source"] == "signed"
    models.done("remove", "tiny", "denoiser")
    models.done("catalogue", "remove", "signed")
    # As darktable sees it: only what darktable runs.
    models.done("catalogue", "add", "plain", url)
    for version in ("5.6.0", "5.8.0"):
        models.done("install", "denoiser", "--yes", "--darktable-version", version)
        models.done("remove", "denoiser")
    assert "no release for darktable 4.2.0" in models.refused(
        "catalogue", "refresh", "--darktable-version", "4.2.0"
    )
    assert "offers the model 'tiny'" in models.refused("install", "tiny", "--yes")


def test_versions_json_has_what_darktable_shows(models: Models, tmp_path: Path) -> None:
    own, theirs = packages(tmp_path)
    out = tmp_path / "repository"
    outcome = models.run("publish", out, own, theirs, "--tag", "release-1")
    assert outcome.code == 0
    assert "no signed index" in outcome.stderr
    release = out / "releases" / "download" / "release-1"
    content = theirs.read_bytes()
    assert json.loads((release / "versions.json").read_text()) == {
        "schema": 1,
        "models": {
            "denoiser": {
                "version": "1.0", "sha256": "sha256:" + hashlib.sha256(content).hexdigest(),
                "size": len(content), "name": "denoiser", "description": "für Bilder",
                "task": "denoise", "license": "CC0-1.0",
            }
        },
    }  # fmt: skip
    index = json.loads((out / "releases-index.json").read_text())
    assert index["schema"] == 1
    assert set(index["compatible_releases"].values()) == {"release-1"}
    assert "5.8.0" in index["compatible_releases"]
    assert (release / "denoiser.dtmodel").read_bytes() == content
    assert not (out / "latent-index.json").exists()
    assert oct((release / "denoiser.dtmodel").stat().st_mode & 0o444) == oct(0o444)


def test_a_second_release_leaves_the_first_and_raises_the_serial(
    models: Models, tmp_path: Path
) -> None:
    own, theirs = packages(tmp_path)
    key = made_key(tmp_path)
    out = tmp_path / "repository"
    models.done("publish", out, own, theirs, "--key", key, "--darktable", "5.6.0")
    first = {path: path.read_bytes() for path in out.rglob("*") if "latent-1" in str(path)
             and path.is_file()}  # fmt: skip
    assert len(first) == 3
    (tmp_path / "new").mkdir()
    newer = good_package(tmp_path / "new", "tiny", "1.1")
    changed = models.refused("publish", out, newer, "--key", key, "--tag", "latent-1", code=2)
    assert "a release is never changed" in changed
    models.done("publish", out, newer, "--key", key, "--darktable", "5.8.0",
                "--downloads", "https://example.org/releases/download")  # fmt: skip
    assert all(path.read_bytes() == content for path, content in first.items())
    index = json.loads((out / "latent-index.json").read_text())
    assert index["serial"] == 2
    assert index["models"]["tiny"]["url"] == (
        "https://example.org/releases/download/latent-2/tiny.dtmodel"
    )
    releases = json.loads((out / "releases-index.json").read_text())["compatible_releases"]
    assert releases == {"5.6.0": "latent-1", "5.8.0": "latent-2"}


def test_a_key_with_a_password(models: Models, tmp_path: Path) -> None:
    own, _ = packages(tmp_path)
    key = made_key(tmp_path, "a secret")
    out = tmp_path / "repository"
    asked = models.refused("publish", out, own, "--key", key, code=2)
    assert "LATENT_SIGNING_PASSWORD" in asked
    wrong = models.refused("publish", out, own, "--key", key, code=2,
                           LATENT_SIGNING_PASSWORD="no")  # fmt: skip
    assert "password of the secret key is wrong" in wrong
    assert not out.exists()
    models.done("publish", out, own, "--key", key, LATENT_SIGNING_PASSWORD="a secret")
    subprocess.run(
        ["minisign", "-V", "-q", "-p", tmp_path / "test.pub", "-m", out / "latent-index.json"],
        check=True,
    )


def test_what_is_wrong_is_said_before_anything_is_written(models: Models, tmp_path: Path) -> None:
    own, _theirs = packages(tmp_path)
    broken = tmp_path / "broken.dtmodel"
    broken.write_bytes(own.read_bytes()[:-100])
    copy = tmp_path / "copy.dtmodel"
    shutil.copy(own, copy)
    out = tmp_path / "repository"
    models.refused("publish", out, own, broken)
    assert "are both the model 'tiny'" in models.refused("publish", out, own, copy, code=2)
    assert "no tag" in models.refused("publish", out, own, "--tag", "../up", code=2)
    assert "write it like 5.8.0" in models.refused(
        "publish", out, own, "--darktable", "5.8", code=2
    )
    assert "no minisign secret key" in models.refused(
        "publish", out, own, "--key", own, code=2
    ).replace("the file is ", "")
    models.refused("publish", out, own, "--downloads", "http://example.org", code=2)
    assert not out.exists()
    out.mkdir()
    (out / "latent-index.json").write_text("{")
    assert "latent-index.json" in models.refused("publish", out, own)
    assert [path.name for path in out.rglob("*")] == ["latent-index.json"]
