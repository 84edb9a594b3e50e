# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints from a server on this machine: resumed, limited, and held to their hash."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from latent_zoo import card, download
from latent_zoo.card import Checkpoint, Model
from latent_zoo.types import ZooError

CONTENT = bytes(range(256)) * 4096
HASH = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Files by path; ``cut`` ends the next whole answer early, ``asked`` keeps the ranges."""

    files: dict[str, bytes]
    cut: int | None
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """One file, or the rest of it."""
        server = self.server
        assert isinstance(server, Server)
        said = self.headers.get("Range", "")
        server.asked.append(said)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "ftp://example.org/x")
            self.end_headers()
            return
        content = server.files[self.path]
        first = int(said.removeprefix("bytes=").rstrip("-")) if said else 0
        if first >= len(content):
            self.send_response(416)
            self.end_headers()
            return
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        kind = "text/html" if content.startswith(b"<html") else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        last, server.cut = server.cut or len(content), None
        self.wfile.write(content[first:last])

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.files, made.cut, made.asked = {"/a.pt": CONTENT, "/page": b"<html>quota"}, None, []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def model(small: Model, tmp_path: Path) -> Model:
    folder = tmp_path / "zoo" / small.id
    shutil.copytree(small.folder, folder)
    return card.read_model(folder)


def checkpoint(server: Server, path: str = "/a.pt", sha256: str | None = HASH) -> Checkpoint:
    return Checkpoint(f"http://127.0.0.1:{server.server_address[1]}{path}", "a.pt", sha256)


def fetch(model: Model, one: Checkpoint, folder: Path, trust: bool = False) -> Path:
    return download.fetch(model, one, folder, trust, lambda have: None)


def test_a_pinned_file_is_fetched_once(server: Server, model: Model, tmp_path: Path) -> None:
    for _ in range(2):
        path = fetch(model, checkpoint(server), tmp_path / "c")
        assert path.read_bytes() == CONTENT
    assert server.asked == [""]


def test_a_cut_connection_is_resumed(server: Server, model: Model, tmp_path: Path) -> None:
    server.cut = 300_000
    with pytest.raises(ZooError, match="run setup again to resume it"):
        fetch(model, checkpoint(server), tmp_path / "c")
    assert (tmp_path / "c" / "a.pt.part").stat().st_size == 300_000
    assert fetch(model, checkpoint(server), tmp_path / "c").read_bytes() == CONTENT
    assert server.asked == ["", "bytes=300000-"]


def test_a_part_of_another_file_is_begun_again(
    server: Server, model: Model, tmp_path: Path
) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.pt.part").write_bytes(b"x" * (len(CONTENT) + 5))
    assert fetch(model, checkpoint(server), tmp_path / "c").read_bytes() == CONTENT


def test_another_hash_is_refused_and_nothing_is_kept(
    server: Server, model: Model, tmp_path: Path
) -> None:
    with pytest.raises(ZooError, match="is pinned"):
        fetch(model, checkpoint(server, sha256="ab" * 32), tmp_path / "c")
    assert list((tmp_path / "c").iterdir()) == []


def test_an_unpinned_file_is_refused_before_anything_is_asked(
    server: Server, model: Model, tmp_path: Path
) -> None:
    with pytest.raises(ZooError, match="--trust-on-first-use"):
        fetch(model, checkpoint(server, sha256=None), tmp_path / "c")
    assert server.asked == []


def test_trust_writes_the_hash_down_and_holds_to_it(
    server: Server, model: Model, tmp_path: Path
) -> None:
    fetch(model, checkpoint(server, sha256=None), tmp_path / "c", trust=True)
    lock = json.loads((model.folder / download.LOCK).read_text(encoding="utf-8"))
    assert lock == {"a.pt": HASH}
    server.files["/a.pt"] = CONTENT[::-1]
    with pytest.raises(ZooError, match="is pinned"):
        fetch(model, checkpoint(server, sha256=None), tmp_path / "other", trust=True)


def test_a_page_and_a_file_too_large_are_refused(
    server: Server, model: Model, tmp_path: Path
) -> None:
    with pytest.raises(ZooError, match="a page instead of the file"):
        fetch(model, checkpoint(server, "/page"), tmp_path / "c")
    small_limit = dataclasses.replace(checkpoint(server), max_bytes=1000)
    with pytest.raises(ZooError, match="at most 1000"):
        fetch(model, small_limit, tmp_path / "c")


def test_a_redirect_to_another_scheme_is_refused(
    server: Server, model: Model, tmp_path: Path
) -> None:
    with pytest.raises(ZooError, match="only https"):
        fetch(model, checkpoint(server, "/away"), tmp_path / "c")


def test_one_file_is_taken_out_of_a_zip(server: Server, model: Model, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("big/best.ckpt", b"weights")
    server.files["/a.zip"] = buffer.getvalue()
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    one = dataclasses.replace(checkpoint(server, "/a.zip", digest), member="big/best.ckpt")
    assert fetch(model, one, tmp_path / "c").read_bytes() == b"weights"
    with pytest.raises(ZooError, match="there is no"):
        fetch(model, dataclasses.replace(one, member="x"), tmp_path / "c")


def test_checkpoints_are_verified_before_they_are_used(
    server: Server, model: Model, tmp_path: Path
) -> None:
    pinned = dataclasses.replace(model, checkpoints=(checkpoint(server),))
    with pytest.raises(ZooError, match="is missing"):
        download.verified(pinned, tmp_path / "c")
    path = fetch(pinned, checkpoint(server), tmp_path / "c")
    assert download.verified(pinned, tmp_path / "c") == {"a.pt": path}
    path.write_bytes(b"other")
    with pytest.raises(ZooError, match="pinned sha256"):
        download.verified(pinned, tmp_path / "c")
    with pytest.raises(ZooError, match="names no checkpoint"):
        download.verified(dataclasses.replace(model, checkpoints=()), tmp_path / "c")


@pytest.mark.parametrize(
    "url",
    [
        "gdrive://1lsByk21Xw-6aW7epCwOQxvm6HYCQZPHZ",
        "https://drive.google.com/file/d/1lsByk21Xw-6aW7epCwOQxvm6HYCQZPHZ/view?usp=sharing",
        "https://drive.google.com/uc?export=download&id=1lsByk21Xw-6aW7epCwOQxvm6HYCQZPHZ",
    ],
)
def test_forms_of_google_drive_become_a_download(url: str) -> None:
    plain = download.plain_url(url)
    assert plain.startswith("https://drive.usercontent.google.com/download?id=1lsByk21Xw-")


@pytest.mark.parametrize(
    "url",
    ["http://example.org/x", "file:///etc/passwd", "ftp://x/y", "gdrive://../x", "x", ""],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ZooError):
        download.plain_url(url)
