# SPDX-License-Identifier: GPL-3.0-or-later
"""Published checkpoints: fetched only when the user says so, resumed, limited, and hashed."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from latent_package import archive

from latent_zoo.card import Checkpoint, Model
from latent_zoo.types import ZooError

LOCK = "checkpoints.lock"
_TIMEOUT_S = 60
_BLOCK = 1 << 20
_DRIVE_ID = re.compile(r"[A-Za-z0-9_-]{10,128}")
_DRIVE_HOSTS = ("drive.google.com", "docs.google.com")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Report = Callable[[int], None]  # bytes so far


def plain_url(url: str) -> str:
    """The address to ask: Google Drive's forms (gdrive://ID, /file/d/ID, ?id=ID) as a download.

    Errors: ZooError for a Drive address without an id, or another scheme than https (http is taken
    from this machine only).
    """
    parts = urllib.parse.urlsplit(url)
    drive = None
    if parts.scheme == "gdrive":
        drive = parts.netloc or parts.path.strip("/")
    elif parts.hostname in _DRIVE_HOSTS:
        in_path = re.search(r"/file/d/([^/]+)", parts.path)
        asked = urllib.parse.parse_qs(parts.query).get("id", [""])
        drive = in_path.group(1) if in_path else asked[0]
    if drive is not None:
        if not _DRIVE_ID.fullmatch(drive):
            raise ZooError(f"{url}: the address has no file id of Google Drive")
        query = urllib.parse.urlencode({"id": drive, "export": "download", "confirm": "t"})
        return f"https://drive.usercontent.google.com/download?{query}"
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ZooError(f"{url}: only https addresses are allowed")
    # Some published names hold characters that a request line may not.
    path = urllib.parse.quote(parts.path, safe="/%:@&+,;=-._~!$'()*")
    return urllib.parse.urlunsplit(parts._replace(path=path))


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> urllib.request.Request | None:
        """Follow to addresses that could have been asked in the first place."""
        plain_url(str(arguments[-1]))
        return super().redirect_request(*arguments)  # type: ignore[arg-type]


def _length(reply: http.client.HTTPResponse) -> int | None:
    stated = reply.headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() else None


def _resumes(reply: http.client.HTTPResponse, have: int) -> bool:
    """Whether the reply goes on where the part ends."""
    said = reply.headers.get("Content-Range", "")
    return reply.status == 206 and said.startswith(f"bytes {have}-")


def _receive(url: str, part: Path, limit: int, report: Report) -> None:
    """Append to ``part`` what is missing. Errors: OSError, ZooError."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(plain_url(url), headers={"User-Agent": "latent-zoo"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    opener = urllib.request.build_opener(_SafeRedirects)
    try:
        reply = opener.open(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # the part is whole, or of another file: begin again
            part.unlink()
            return _receive(url, part, limit, report)
        raise
    with reply:
        if reply.headers.get_content_type() == "text/html":
            raise ZooError(f"{url}: the server sent a page instead of the file")
        if not _resumes(reply, have):
            have = 0
        coming = _length(reply)
        total = have + coming if coming is not None else None
        if total is not None and total > limit:
            raise ZooError(f"{url}: the file has {total} bytes; at most {limit} are allowed")
        with part.open("ab" if have else "wb") as file:
            while block := reply.read(_BLOCK):
                have += len(block)
                if have > limit:
                    raise ZooError(
                        f"{url}: the file is larger than the {limit} bytes that are allowed"
                    )
                file.write(block)
                report(have)
        if total is not None and have != total:
            raise http.client.IncompleteRead(b"", total - have)
    return None


def _take_member(source: Path, member: str, target: Path, limit: int) -> None:
    """One file out of a zip. Errors: ZooError when it is not in there or too large."""
    try:
        with zipfile.ZipFile(source) as opened:
            facts = opened.getinfo(member)
            if facts.file_size > limit:
                raise ZooError(f"{source}: {member} unpacks to {facts.file_size} bytes")
            part = target.with_name(target.name + ".part")
            with opened.open(facts) as inner, part.open("wb") as file:
                shutil.copyfileobj(inner, file, _BLOCK)
            part.replace(target)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ZooError(f"{source}: there is no {member} inside") from error


def _read_lock(model: Model) -> dict[str, str]:
    path = model.folder / LOCK
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ZooError(f"{path}: not a lock file") from error
    if not isinstance(content, dict):
        raise ZooError(f"{path}: not a lock file")
    return {str(name): str(value) for name, value in content.items()}


def pinned(model: Model, one: Checkpoint) -> str | None:
    """The hash that a published file must have: of model.yaml, else of the lock file."""
    return one.sha256 or _read_lock(model).get(one.name)


def _fetched_name(one: Checkpoint) -> str:
    return one.name + ".zip" if one.member else one.name


def fetch(model: Model, one: Checkpoint, folder: Path, trust: bool, report: Report) -> Path:
    """The checkpoint below ``folder``, fetched if it is not there with the right hash.

    ``trust``: take a file whose hash nobody has stated, and write its hash into the lock file.
    Errors: ZooError when the hash is not known and ``trust`` is not said (before anything is
    fetched), when it is another one, or when the file cannot be had.
    """
    wanted = pinned(model, one)
    if wanted is None and not trust:
        raise ZooError(
            f"{model.id}: the sha256 of {one.name} is not known; --trust-on-first-use accepts "
            f"the file and records its hash in {model.folder / LOCK}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / one.name
    whole = folder / _fetched_name(one)
    if not whole.exists() or (wanted is not None and archive.sha256(whole) != wanted):
        part = whole.with_name(whole.name + ".part")
        try:
            _receive(one.url, part, one.max_bytes, report)
        except (OSError, http.client.HTTPException) as error:
            raise ZooError(
                f"{one.url}: the download failed: {error}; run setup again to resume it"
            ) from error
        found = archive.sha256(part)
        if wanted is not None and found != wanted:
            part.unlink()
            raise ZooError(f"{one.url}: the sha256 is {found}, but {wanted} is pinned")
        part.replace(whole)
    if wanted is None:
        lock = {**_read_lock(model), one.name: archive.sha256(whole)}
        (model.folder / LOCK).write_bytes(archive.as_json(dict(sorted(lock.items()))))
    if one.member:
        _take_member(whole, one.member, target, one.max_bytes)
    return target


def verified(model: Model, folder: Path) -> dict[str, Path]:
    """The model's checkpoints by file name, each with the hash that is pinned.

    Errors: ZooError when one is missing, not pinned, or another file.
    """
    found = {}
    for one in model.checkpoints:
        path, whole = folder / one.name, folder / _fetched_name(one)
        if not path.exists() or not whole.exists():
            raise ZooError(
                f"{model.id}: {path} is missing; download it with `latent-zoo setup {model.id}`, "
                "or use --random-weights"
            )
        wanted = pinned(model, one)
        if wanted is None or archive.sha256(whole) != wanted:
            raise ZooError(f"{whole}: the file does not have the pinned sha256; run setup again")
        found[one.name] = path
    if not found:
        raise ZooError(f"{model.id}: model.yaml names no checkpoint; use --random-weights")
    return found
