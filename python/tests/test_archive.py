# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages are the same bytes for the same content, and say of every file what it is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from latent_package import archive
from latent_package.types import PackageError


def config_for(files: dict[str, archive.Content]) -> dict[str, archive.Content]:
    config = {"latent": {"files": archive.file_facts(files)}}
    return {archive.CONFIG: archive.as_json(config), **files}


def test_files_in_memory_and_on_the_disk_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    (folder / "golden").mkdir(parents=True)
    content = {"model.onnx": b"network" * 1000, "golden/given.npy": b"numbers"}
    for name, data in content.items():
        (folder / name).write_bytes(data)
    assert archive.file_facts(archive.files_below(folder)) == archive.file_facts(content)
    archive.pack(content, "small", tmp_path / "memory.dtmodel")
    archive.pack(archive.files_below(folder), "small", tmp_path / "disk.dtmodel")
    assert (tmp_path / "memory.dtmodel").read_bytes() == (tmp_path / "disk.dtmodel").read_bytes()
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_package_that_is_read_is_what_was_packed(tmp_path: Path) -> None:
    files = config_for({"model.onnx": b"one"})
    path = tmp_path / "new" / "small.dtmodel"
    archive.pack(files, "small", path)
    assert archive.read_package(path) == files
    assert archive.faults(path, "small") == []
    archive.unpack(path, "small", tmp_path / "out")
    assert (tmp_path / "out" / "model.onnx").read_bytes() == b"one"


def test_a_tampered_package_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.dtmodel"
    archive.pack({**config_for({"model.onnx": b"one"}), "model.onnx": b"two"}, "small", path)
    with pytest.raises(PackageError, match=r"not those that config\.json lists"):
        archive.read_package(path)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_package_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "small.dtmodel"
    path.write_bytes(content)
    with pytest.raises(PackageError, match="not a package"):
        archive.read_package(path)


def test_a_package_without_config_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.dtmodel"
    archive.pack({"model.onnx": b"one"}, "small", path)
    with pytest.raises(PackageError, match=r"no config\.json"):
        archive.packed_config(path)


@pytest.mark.parametrize("text", [b"[]", b"{", b"[" * 100_000])
def test_a_config_that_is_no_object_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "small.dtmodel"
    archive.pack({archive.CONFIG: text}, "small", path)
    with pytest.raises(PackageError, match=r"config\.json"):
        archive.packed_config(path)


def test_links_have_no_place_in_a_package(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(PackageError, match="links have no place"):
        archive.files_below(tmp_path)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_json_has_no_word_for_is_not_written(number: float) -> None:
    with pytest.raises(ValueError):
        archive.as_json({"values": [number]})
