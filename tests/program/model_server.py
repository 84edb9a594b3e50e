# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTPS server on loopback with a certificate authority of its own, that misbehaves on request.

server = ModelServer(folder)          starts it; server.url, server.ca_file
server.files["/path"] = b"..."        what it has
server.faults["/path"] = [Fault...]   how the next answers for a path go wrong, one each
server.asked                          (path, Range header) of every request
"""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer."""

    cut_after: int | None = None  # bytes of the body, then the connection is closed
    stall_after: int | None = None  # bytes of the body, then nothing comes for `stall_s`
    stall_s: float = 30.0
    redirect: str | None = None  # to this address
    status: int | None = None
    claim_length: int | None = None  # a Content-Length that is not true
    no_length: bool = False
    ignore_range: bool = False


def make_authority(folder: Path) -> tuple[Path, Path, Path]:
    """An authority's certificate, and the certificate and key of a server at localhost."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (Debian: openssl)")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
            "-subj", "/CN=Latent test authority")  # fmt: skip
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names.cnf").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", "server.pem", "-days", "30",
            "-extfile", "names.cnf")  # fmt: skip
    return folder / "ca.pem", folder / "server.pem", folder / "server.key"


class ModelServer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.ca_file, certificate, key = make_authority(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://localhost:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def ranges_of(self, path: str) -> list[str | None]:
        return [asked_range for asked, asked_range in self.asked if asked == path]


def handler_of(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: Any) -> None:
            pass

        def do_GET(self) -> None:
            asked_range = self.headers.get("Range")
            server.asked.append((self.path, asked_range))
            queue = server.faults.get(self.path, [])
            fault = queue.pop(0) if queue else Fault()
            content = server.files.get(self.path)
            if fault.redirect is not None:
                self.send_response(302)
                self.send_header("Location", fault.redirect)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif fault.status is not None or content is None:
                self.send_response(fault.status or 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.answer(content, asked_range, fault)

        def answer(self, content: bytes, asked_range: str | None, fault: Fault) -> None:
            etag = '"' + hashlib.sha256(content).hexdigest()[:16] + '"'
            start = 0
            if asked_range and not fault.ignore_range:
                condition = self.headers.get("If-Range")
                if condition is None or condition == etag:
                    start = int(asked_range.removeprefix("bytes=").removesuffix("-"))
            body = content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            self.send_header("ETag", etag)
            if fault.no_length:
                self.close_connection = True
                self.send_header("Connection", "close")
            else:
                self.send_header("Content-Length", str(fault.claim_length or len(body)))
            self.end_headers()
            self.send(body, fault)

        def send(self, body: bytes, fault: Fault) -> None:
            try:
                if fault.cut_after is not None:
                    self.wfile.write(body[: fault.cut_after])
                    self.wfile.flush()
                    self.close_connection = True
                elif fault.stall_after is not None:
                    self.wfile.write(body[: fault.stall_after])
                    self.wfile.flush()
                    time.sleep(fault.stall_s)
                    self.close_connection = True
                else:
                    self.wfile.write(body)
                    if fault.claim_length is not None:
                        self.close_connection = True
            except OSError:
                self.close_connection = True  # the client had enough

    return Handler
