# SPDX-License-Identifier: GPL-3.0-or-later
"""Small model packages for the tests of `latent models`, good ones and ones that must be refused.

good_package(folder, "tiny", "1.0")    a .dtmodel whose network an engine really runs
remade(package, change)                the same with other files or another config.json
hostile_packages(package)              what nobody may install, by name
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tiny_packages

Config = dict[str, Any]
Files = dict[str, bytes]
Change = Callable[[Config, Files], None]


def unpacked(package: bytes) -> tuple[Config, Files]:
    """config.json, and the other files by their names inside the package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    config: Config = json.loads(files.pop("config.json"))
    return config, files


def packed(config: Config, files: Files, top: str | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        name = top or config["id"]
        archive.writestr(f"{name}/config.json", json.dumps(config, indent=4))
        for key, content in sorted(files.items()):
            archive.writestr(f"{name}/{key}", content)
    return stream.getvalue()


def list_files(config: Config, files: Files) -> None:
    """Writes the hashes of `files` into the manifest."""
    config["latent"]["files"] = {
        key: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for key, content in files.items()
    }


def remade(package: bytes, change: Change) -> bytes:
    config, files = unpacked(package)
    change(config, files)
    return packed(config, files)


def good_package(
    folder: Path, name: str, version: str = "1.0", task: str = "denoise", padding: int = 0
) -> Path:
    """A package whose golden tensors hold; `padding` bytes that do not compress make it larger."""
    base = tiny_packages.make_denoiser(folder, "mean").read_bytes()

    def change(config: Config, files: Files) -> None:
        config.update(id=name, name=f"{name} of the tests", version=version, task=task)
        if padding:
            files["padding.bin"] = np.random.default_rng(len(version)).bytes(padding)
        files["VERSION"] = version.encode()
        list_files(config, files)

    path = folder / f"{name}.dtmodel"
    path.write_bytes(remade(base, change))
    return path


# Hostile packages ---------------------------------------------------------------------------------


def entries(package: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_entry(package: bytes, info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, old in entries(package):
            archive.writestr(name, old)
        archive.writestr(info, content)
    return stream.getvalue()


def named_entry(package: bytes, name: str) -> bytes:
    """With one more entry of that very name, whatever zipfile thinks of it."""
    mark = "\u00a4" * len(name.encode()) if not name.isascii() else "Q" * len(name)
    made = with_entry(package, zipfile.ZipInfo(mark))
    return made.replace(mark.encode(), name.encode())


def special_entry(package: bytes, mode: int, content: bytes = b"") -> bytes:
    info = zipfile.ZipInfo(entries(package)[0][0].split("/")[0] + "/special")
    info.create_system = 3
    info.external_attr = (mode | 0o777) << 16
    return with_entry(package, info, content)


def encrypted(package: bytes) -> bytes:
    """The flag of encryption set in every header."""
    out = bytearray(package)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", out, at + offset)[0]
            struct.pack_into("<H", out, at + offset, flags | 1)
            at = out.find(signature, at + 4)
    return bytes(out)


def bomb(package: bytes) -> bytes:
    info = zipfile.ZipInfo(entries(package)[0][0].split("/")[0] + "/zeros")
    info.compress_type = zipfile.ZIP_DEFLATED
    return with_entry(package, info, bytes(64 << 20))


def changed(package: bytes, *path: str | int, value: object) -> bytes:
    """With one value of config.json replaced."""

    def change(config: Config, _files: Files) -> None:
        place: Any = config
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return remade(package, change)


def without(package: bytes, *path: str) -> bytes:
    def change(config: Config, _files: Files) -> None:
        place: Any = config
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return remade(package, change)


def text_config(package: bytes, text: bytes) -> bytes:
    """With config.json replaced by any bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries(package):
            archive.writestr(name, text if name.endswith("/config.json") else content)
    return stream.getvalue()


def golden_changed(package: bytes, change: Callable[[np.ndarray[Any, Any]], object]) -> bytes:
    """With the golden answer changed and listed, so that only running it can tell."""

    def edit(config: Config, files: Files) -> None:
        name = config["latent"]["golden"][0]["output"]
        array = np.load(io.BytesIO(files[name]))
        files[name] = tiny_packages.npy(np.asarray(change(array), np.float32))
        list_files(config, files)

    return remade(package, edit)


def broken_network(package: bytes) -> bytes:
    def edit(config: Config, files: Files) -> None:
        files["rgb.onnx"] = files["rgb.onnx"][:40]
        list_files(config, files)

    return remade(package, edit)


def hostile_archives(good: bytes) -> Iterator[tuple[str, bytes]]:
    top = entries(good)[0][0].split("/")[0]
    config, files = unpacked(good)
    yield "empty-file", b""
    yield "no-zip", b"this is no archive at all" * 40
    yield "truncated", good[: len(good) * 2 // 3]
    yield "no-central-directory", good[: good.rfind(b"PK\x01\x02")]
    yield "empty-archive", b"PK\x05\x06" + bytes(18)
    yield "flipped-byte", good[:400] + bytes([good[400] ^ 0x55]) + good[401:]
    yield "zip-slip", named_entry(good, f"{top}/../../evil")
    yield "absolute-name", named_entry(good, "/tmp/latent-evil")
    yield "drive-letter", named_entry(good, "C:/latent/evil")
    yield "backslashes", named_entry(good, f"{top}\\..\\evil")
    yield "control-characters", named_entry(good, f"{top}/a\x1b[2Jb")
    yield "newline-in-name", named_entry(good, f"{top}/a\nb")
    yield "dot-part", named_entry(good, f"{top}/./evil")
    yield "empty-part", named_entry(good, f"{top}//evil")
    yield "outside-top-folder", named_entry(good, "evil.txt")
    yield "two-top-folders", named_entry(good, "second/config.json")
    yield "symbolic-link", special_entry(good, stat.S_IFLNK, b"/etc/passwd")
    yield "device", special_entry(good, stat.S_IFCHR)
    yield "fifo", special_entry(good, stat.S_IFIFO)
    yield "encrypted", encrypted(good)
    yield "bomb", bomb(good)
    yield "duplicate-entry", named_entry(good, f"{top}/config.json")
    yield "wrong-top-folder", packed(config, files, top="another")
    yield "too-many-entries", packed(config, files | {f"n/{i}": b"" for i in range(4200)})


def hostile_manifests(good: bytes) -> Iterator[tuple[str, bytes]]:
    yield (
        "no-config",
        remade(good, lambda config, files: None).replace(b"config.json", b"confug.json"),
    )
    yield "config-no-json", text_config(good, b"{ no json")
    yield "config-invalid-utf8", text_config(good, b'{"id": "\xff\xfe", "name": "x"}')
    yield "config-deep", text_config(good, b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    yield "config-key-twice", text_config(good, b'{"id": "tiny", "id": "tiny", "name": "x"}')
    yield "config-array", text_config(good, b"[1, 2]")
    yield (
        "config-huge-number",
        text_config(good, b'{"id": "tiny", "name": "x", "num_inputs": 1e999}'),
    )
    for key, value in {
        "id": 3, "name": ["x"], "task": {}, "version": 1.0, "backend": "tensorrt",
        "tiling": "yes", "num_inputs": 1.5, "spatial_dims": ["h"], "model_card": {"license": 3},
        "attributes": [], "cpu_only": "coreml", "coreml_format": 3, "latent": "block",
    }.items():  # fmt: skip
        yield f"ill-typed-{key}", changed(good, key, value=value)
    yield "id-with-slash", changed(good, "id", value="../evil")
    yield "version-words", changed(good, "version", value="one.two")
    yield "cpu-only-of-numbers", changed(good, "cpu_only", value={"rgb": [1]})
    yield "unknown-latent-key", changed(good, "latent", "surprise", value=1)
    yield "newer-manifest", changed(good, "latent", "manifest_version", value=7)
    yield "unknown-kind", changed(good, "latent", "networks", "rgb", "kind", value="latent_rgb_v9")
    yield "no-licence", without(good, "latent", "licence")
    yield "no-golden", changed(good, "latent", "golden", value=[])
    yield (
        "huge-channels",
        changed(good, "latent", "networks", "rgb", "input", "channels", value=2**40),
    )
    yield "negative-reach", changed(good, "latent", "networks", "rgb", "reach_px", value=-1)
    yield (
        "golden-names-no-file",
        changed(good, "latent", "golden", 0, "input", value="golden/none.npy"),
    )


def hostile_contents(good: bytes) -> Iterator[tuple[str, bytes]]:
    def drop(config: Config, files: Files) -> None:
        del files[config["latent"]["golden"][0]["input"]]

    def swap(config: Config, files: Files) -> None:
        files["README.md"] = b"not listed"

    def tamper(config: Config, files: Files) -> None:
        files["VERSION"] = b"9.9"

    def listed_size(config: Config, files: Files) -> None:
        config["latent"]["files"]["VERSION"]["size"] += 1

    yield "golden-missing", remade(good, drop)
    yield "file-not-listed", remade(good, swap)
    yield "file-with-another-hash", remade(good, tamper)
    yield "file-with-another-size", remade(good, listed_size)
    yield "golden-wrong", golden_changed(good, lambda array: array + 0.25)
    yield "golden-nan", golden_changed(good, lambda array: array * np.nan)
    yield "golden-of-another-shape", golden_changed(good, lambda array: array[:, :, :8])
    yield "network-cut", broken_network(good)


def hostile_packages(good: bytes) -> dict[str, bytes]:
    """Packages that must be refused, by the name of what is wrong with them."""
    return {
        **dict(hostile_archives(good)),
        **dict(hostile_manifests(good)),
        **dict(hostile_contents(good)),
    }
