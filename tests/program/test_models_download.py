# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing and updating over HTTPS, from a server on loopback that misbehaves on request."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from minisign import make_pair
from model_packages import good_package
from model_server import Fault, ModelServer
from model_store import Models, SignedRepository, index_entry, publish_darktable


@pytest.fixture
def repository(model_server: ModelServer, models: Models, tmp_path: Path) -> SignedRepository:
    """Our signed index with one model of about 400 kB, known to the store."""
    model_server.files.clear()
    model_server.faults.clear()
    model_server.asked.clear()
    made = SignedRepository(model_server)
    made.offer(good_package(tmp_path, "tiny", "1.0", task="erase", padding=400_000))
    made.add_to(models)
    return made


PATH = SignedRepository.package_path("tiny")


def test_the_life_of_a_model_from_a_signed_index(
    models: Models, repository: SignedRepository, tmp_path: Path
) -> None:
    assert models.done("catalogue").startswith("the catalogue is empty")
    assert repository.server.asked == []  # nothing touches the network unless asked
    models.done("catalogue", "refresh")
    offer = json.loads(models.done("catalogue", "--json"))["models"][0]
    assert (offer["id"], offer["weights_licence"], offer["mof"]) == (
        "tiny",
        "GPL-3.0-or-later",
        "I",
    )
    said = models.done("install", "tiny", "--yes")
    assert said.index("licence:  GPL-3.0-or-later") < said.index("tiny 1.0 installed")
    assert models.listed()["tiny"]["origin"]["source"] == "tests"
    assert "tiny is up to date" in models.done("update", "--all", "--yes")
    repository.offer(good_package(tmp_path, "tiny", "1.10", task="erase"))
    assert "tiny 1.10 installed instead of 1.0" in models.done("update", "--all", "--yes")
    models.done("pin", "tiny")
    repository.offer(good_package(tmp_path, "tiny", "2.0", task="erase"))
    models.done("update", "--all", "--yes")
    assert models.version("tiny") == "1.10"
    models.done("update", "tiny", "--yes")
    assert models.version("tiny") == "2.0"
    repository.server.asked.clear()
    models.done("verify", "tiny")
    models.done("remove", "tiny")
    assert repository.server.asked == []


def test_a_copied_store_is_updated_and_a_changed_model_is_not(
    models: Models, repository: SignedRepository, tmp_path: Path
) -> None:
    models.done("install", "tiny", "--yes")
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", models.store, copy], check=True)
    repository.offer(good_package(tmp_path, "tiny", "1.1", task="erase"))
    said = models.done("update", "--all", "--yes", LATENT_MODELS_DIR=str(copy))
    assert "tiny 1.1 installed instead of 1.0" in said
    (tmp_path / "mine").mkdir()
    mine = good_package(tmp_path / "mine", "tiny", "1.0", task="erase", padding=1000)
    shutil.copy(mine, models.store / "tiny.dtmodel")
    for which in ("tiny", "--all"):
        sentence = models.refused("update", which, "--yes")
        assert "was not updated: it is not the file that was installed" in sentence
    assert models.version("tiny") == "1.0"
    models.done("import", models.store / "tiny.dtmodel", "--yes")
    assert "no model came from a repository" in models.done("update", "--all", "--yes")


def test_the_licence_is_asked_for(models: Models, repository: SignedRepository) -> None:
    assert "give --yes" in models.refused("install", "tiny", code=2)
    assert repository.server.asked == []


def test_a_cut_connection_is_gone_on_with(models: Models, repository: SignedRepository) -> None:
    size = len(repository.packages["tiny"])
    repository.server.faults[PATH] = [Fault(cut_after=100_000), Fault(cut_after=150_000)]
    models.done("install", "tiny", "--yes")
    ranges = repository.server.ranges_of(PATH)
    assert ranges[0] is None
    starts = [int(str(asked).removeprefix("bytes=").removesuffix("-")) for asked in ranges[1:]]
    assert len(starts) == 2
    assert 0 < starts[0] <= 100_000
    assert starts[0] < starts[1] <= starts[0] + 150_000 < size


def test_a_download_goes_on_in_a_later_run(models: Models, repository: SignedRepository) -> None:
    repository.server.faults[PATH] = [Fault(cut_after=90_000)] * 4
    assert "was cut off" in models.refused("install", "tiny", "--yes")
    asked = len(repository.server.ranges_of(PATH))
    models.done("install", "tiny", "--yes")
    later = repository.server.ranges_of(PATH)[asked:]
    assert len(later) == 1
    assert later[0] is not None
    assert int(later[0].removeprefix("bytes=").removesuffix("-")) > 200_000


def test_a_server_that_knows_no_ranges_sends_all_again(
    models: Models, repository: SignedRepository
) -> None:
    repository.server.faults[PATH] = [Fault(cut_after=90_000), Fault(ignore_range=True)]
    models.done("install", "tiny", "--yes")


def test_what_was_begun_of_another_file_is_not_gone_on_with(
    models: Models, repository: SignedRepository
) -> None:
    """The partial file is damaged: its end fits, its hash does not; once from the start it does."""
    repository.server.faults[PATH] = [Fault(cut_after=90_000)] * 4
    models.refused("install", "tiny", "--yes")
    (partial,) = (models.store / "partial").glob("*.part")
    partial.write_bytes(bytes(partial.stat().st_size))
    models.done("install", "tiny", "--yes")
    assert repository.server.ranges_of(PATH)[-1] is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(redirect="http://localhost:9/x"), "not https"),
        (Fault(redirect="file:///etc/passwd"), "not https"),
        (Fault(claim_length=50_000_000), "larger than"),
        (Fault(claim_length=1000), "bytes where the index says"),
        (Fault(status=403), "refused by the server (403)"),
        (Fault(status=404), "is not there (404)"),
    ],
)
def test_a_server_that_lies_is_refused(
    models: Models, repository: SignedRepository, fault: Fault, words: str
) -> None:
    repository.server.faults[PATH] = [fault] * 4
    assert words in models.refused("install", "tiny", "--yes")
    assert "tiny" not in models.listed()
    assert set(models.content()) == {"state.json", "catalogue/tests.json"}
    repository.server.faults.clear()
    models.done("install", "tiny", "--yes")


def test_redirects_are_few(models: Models, repository: SignedRepository) -> None:
    repository.server.faults[PATH] = [Fault(redirect=repository.server.url + PATH)] * 20
    assert "redirected more than 5 times" in models.refused("install", "tiny", "--yes")
    repository.server.faults[PATH] = [Fault(redirect=repository.server.url + PATH)] * 3
    models.done("install", "tiny", "--yes")


def test_a_body_without_end_is_stopped_at_the_size_that_was_said(
    models: Models, repository: SignedRepository
) -> None:
    content = repository.packages["tiny"]
    repository.server.files[PATH] = content + bytes(30_000_000)
    repository.server.faults[PATH] = [Fault(no_length=True)]
    assert "is larger than the" in models.refused("install", "tiny", "--yes")
    assert list((models.store / "partial").iterdir()) == []


def test_a_wrong_hash_installs_nothing(models: Models, repository: SignedRepository) -> None:
    repository.publish({"tiny": {"sha256": "0" * 64}})
    assert "not the file whose SHA-256" in models.refused("install", "tiny", "--yes")
    assert "tiny" not in models.listed()
    assert list((models.store / "partial").iterdir()) == []


def test_an_index_that_says_other_than_the_package_is_refused(
    models: Models, repository: SignedRepository
) -> None:
    for lie, words in (({"version": "3.0"}, "of version 1.0"), ({"task": "depth"}, "for the task")):
        repository.publish({"tiny": lie})
        assert words in models.refused("install", "tiny", "--yes")
    renamed = json.loads(repository.server.files[repository.index_path])
    renamed["serial"] += 1
    renamed["models"] = {"other": index_entry(repository.packages["tiny"], "packages/tiny.dtmodel")}
    repository.publish_text(json.dumps(renamed).encode())
    assert "is 'tiny' where 'other'" in models.refused("install", "other", "--yes")


def test_signatures(models: Models, repository: SignedRepository) -> None:
    good = repository.server.files[repository.index_path]
    signature = repository.index_path + ".minisig"
    refresh = ("catalogue", "refresh")
    repository.publish_text(good, prehashed=False)
    models.done(*refresh)
    repository.publish_text(good, make_pair(8))
    assert "signed with another key" in models.refused(*refresh)
    repository.publish_text(good)
    repository.server.files[repository.index_path] = good.replace(b'"tests"', b'"tesst"')
    assert "its signature is wrong" in models.refused(*refresh)
    repository.publish_text(good)
    said = repository.server.files[signature]
    repository.server.files[signature] = said.replace(b"comment: of the", b"comment: by the")
    assert "trusted comment is wrong" in models.refused(*refresh)
    repository.server.files[signature] = b"no signature"
    assert "not in minisign's format" in models.refused(*refresh)
    del repository.server.files[signature]
    assert "is not there (404)" in models.refused(*refresh)


def test_an_older_index_is_refused(models: Models, repository: SignedRepository) -> None:
    first = repository.server.files[repository.index_path]
    repository.publish()
    models.done("catalogue", "refresh")
    repository.publish_text(first)
    assert "its serial number is" in models.refused("catalogue", "refresh")
    same_serial = json.loads(first) | {"serial": repository.serial, "name": "another"}
    repository.publish_text(json.dumps(same_serial).encode())
    assert "it has changed, but not its serial number" in models.refused("catalogue", "refresh")
    assert "it has changed, but not its serial number" in models.refused("install", "tiny", "--yes")


HOSTILE_INDEXES: dict[str, bytes | dict[str, Any]] = {
    "no-json": b"{",
    "array": b"[]",
    "utf8": b'{"latent_index": 1, "name": "\xff"}',
    "deep": b"[" * 50_000,
    "newer": b'{"latent_index": 2}',
    "float-serial": {"serial": 1.5},
    "no-serial": {"serial": None},
    "negative-serial": {"serial": -4},
    "unknown-key": {"surprise": 1},
    "models-array": {"models": []},
    "bad-id": {"models": {"../evil": {}}},
    "model-text": {"models": {"tiny": "1.0"}},
    "model-empty": {"models": {"tiny": {}}},
}


@pytest.mark.parametrize("name", sorted(HOSTILE_INDEXES))
def test_a_hostile_index_is_refused(
    models: Models, repository: SignedRepository, name: str
) -> None:
    change = HOSTILE_INDEXES[name]
    text = change if isinstance(change, bytes) else json.dumps(repository.index() | change).encode()
    repository.publish_text(text)
    models.refused("catalogue", "refresh")
    models.refused("install", "tiny", "--yes")


@pytest.mark.parametrize(
    "lie",
    [
        {"url": "http://localhost/x"}, {"url": "file:///etc/passwd"}, {"url": "https://a:b@c/x"},
        {"url": "two words"}, {"url": ""}, {"sha256": "x"}, {"sha256": "A" * 64}, {"size": 0},
        {"size": 2**50}, {"size": "1"}, {"version": "1"}, {"licence": {}}, {"openness": []},
        {"name": 3}, {"more": 1},
    ],
)  # fmt: skip
def test_a_hostile_offer_is_refused(
    models: Models, repository: SignedRepository, lie: dict[str, object]
) -> None:
    repository.publish({"tiny": lie})
    models.refused("install", "tiny", "--yes")
    assert "tiny" not in models.listed()


def test_a_slow_server_is_left(models: Models, repository: SignedRepository) -> None:
    repository.server.faults[PATH] = [Fault(stall_after=50_000, stall_s=20)] * 4
    sentence = models.refused("install", "tiny", "--yes", "--stall-timeout", "2")
    assert "is too slow" in sentence
    repository.server.faults.clear()
    models.done("install", "tiny", "--yes")
    assert str(repository.server.ranges_of(PATH)[-1]).startswith("bytes=")


def test_a_server_nobody_vouches_for_is_refused(models: Models, tmp_path: Path) -> None:
    server = ModelServer(tmp_path / "server")
    SignedRepository(server).add_to(models)
    assert "cannot be trusted" in models.refused("catalogue", "refresh", LATENT_CA_FILE="")
    server.close()
    assert "cannot be reached" in models.refused("catalogue", "refresh")


def test_addresses_that_are_not_https_are_not_asked(models: Models) -> None:
    for url in ("http://localhost/x", "ftp://localhost", "/srv/models", "https://u:p@localhost"):
        models.refused("catalogue", "add", "x", url, code=2)
    models.refused("catalogue", "add", "x", "https://localhost", "--key", "RWnonsense", code=2)
    models.refused("catalogue", "add", "Not A Name", "https://localhost", code=2)


def test_a_repository_of_darktables_form(
    models: Models, model_server: ModelServer, tmp_path: Path
) -> None:
    package = good_package(tmp_path, "tiny", "1.0", task="erase")
    publish_darktable(model_server, [package])
    models.environment["LATENT_CA_FILE"] = str(model_server.ca_file)
    models.done("catalogue", "remove", "darktable")
    models.done("catalogue", "add", "theirs", model_server.url + "/theirs")
    models.done("install", "tiny", "--yes")
    assert models.listed()["tiny"]["origin"]["source"] == "theirs"
    assert "no release for darktable 9.9.9" in models.refused(
        "catalogue", "refresh", "--darktable-version", "9.9.9"
    )
    for change in ({"sha256": "0" * 64}, {"sha256": "sha256:" + "0" * 64}, {"version": 2}):
        publish_darktable(model_server, [package], **change)
        models.refused("install", "tiny", "--yes")
        assert models.version("tiny") == "1.0"
    server_files = model_server.files
    server_files["/theirs/releases-index.json"] = json.dumps(
        {"schema": 1, "compatible_releases": {"5.6.0": "../../evil"}}
    ).encode()
    assert "must be the tag of a release" in models.refused("catalogue", "refresh")
    server_files["/theirs/releases-index.json"] = b'{"schema": 3, "compatible_releases": {}}'
    assert "schema" in models.refused("catalogue", "refresh")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False, capture_output=True
    )
    if not done or done.returncode != 0:
        pytest.skip("a small file system needs root and mount")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_seen_before(models: Models, tmp_path: Path, small_disk: Path) -> None:
    package = good_package(tmp_path, "tiny", "1.0", task="erase")
    sentence = models.refused("import", "--yes", package, LATENT_MODELS_DIR=str(small_disk))
    assert "MB free where" in sentence


def test_a_disk_that_is_full_after_all_leaves_the_old_model(
    models: Models, latent_bin: Path, tmp_path: Path
) -> None:
    """A file may have no more than 200 kB: what a full disk does to a write, at that very place."""
    models.done("import", "--yes", good_package(tmp_path, "tiny", "1.0", task="erase"))
    (tmp_path / "new").mkdir()
    large = good_package(tmp_path / "new", "tiny", "2.0", task="erase", padding=600_000)
    before = models.content()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 200; exec "$0" models import --yes "$1"', latent_bin, large],
        env={**os.environ, "LATENT_MODELS_DIR": str(models.store)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert models.content() == before
    models.done("verify", "tiny")
