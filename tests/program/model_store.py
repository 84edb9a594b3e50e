# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of models of a test's own, and a repository with our signed index or darktable's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latent_program import Outcome
from minisign import MinisignPair, make_pair
from model_packages import unpacked
from model_server import ModelServer

Program = Callable[..., Outcome]


@dataclass
class Models:
    """`latent models ...` with folders of its own."""

    program: Program
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def run(self, *arguments: object, timeout: float = 120.0, **environment: str) -> Outcome:
        return self.program(
            "models", *arguments, timeout=timeout,
            **{"LATENT_MODELS_DIR": str(self.store), "LATENT_CONFIG": str(self.folder / "config"),
               **self.environment, **environment},
        )  # fmt: skip

    def done(self, *arguments: object, **environment: Any) -> str:
        """Standard output of a call that must do well."""
        outcome = self.run(*arguments, **environment)
        assert outcome.code == 0, outcome.stderr
        return outcome.stdout

    def refused(self, *arguments: object, code: int = 1, **environment: Any) -> str:
        """The one sentence of a call that must fail."""
        outcome = self.run(*arguments, **environment)
        assert outcome.code == code, (outcome.code, outcome.stdout, outcome.stderr)
        lines = outcome.stderr.splitlines()
        assert len(lines) == 1, outcome.stderr
        assert lines[0].startswith("latent: ")
        assert len(lines[0]) < 600
        return lines[0]

    def listed(self) -> dict[str, dict[str, Any]]:
        report = json.loads(self.done("list", "--json", "--all"))
        return {entry["id"]: entry for entry in report["models"]}

    def version(self, name: str) -> str | None:
        entry = self.listed().get(name)
        return None if entry is None else str(entry["version"])

    def content(self) -> dict[str, str]:
        """Every file of the store but what is under way or remembered, with its hash."""
        if not self.store.exists():
            return {}
        left_out = {"quarantine", "partial", "lock", "facts.json"}
        return {
            str(path.relative_to(self.store)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.store.rglob("*"))
            if path.is_file() and path.relative_to(self.store).parts[0] not in left_out
        }


def index_entry(package: bytes, url: str) -> dict[str, Any]:
    config, _ = unpacked(package)
    block = config["latent"]
    return {
        "name": config["name"], "task": config["task"], "version": config["version"],
        "description": "", "url": url, "sha256": hashlib.sha256(package).hexdigest(),
        "size": len(package), "licence": block["licence"], "openness": block["openness"],
        "data": block["provenance"]["data"],
    }  # fmt: skip


class SignedRepository:
    """latent-index.json and its signature on a server, under /ours."""

    def __init__(self, server: ModelServer, pair: MinisignPair | None = None) -> None:
        self.server = server
        self.pair = pair or make_pair(7)
        self.serial = 0
        self.packages: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return self.server.url + "/ours"

    @property
    def index_path(self) -> str:
        return "/ours/latent-index.json"

    @staticmethod
    def package_path(name: str) -> str:
        return f"/ours/packages/{name}.dtmodel"

    def offer(self, package: Path, **changes: Any) -> None:
        """Adds or replaces a package; `changes` are lies of the index about it."""
        name = package.stem
        self.packages[name] = package.read_bytes()
        self.server.files[self.package_path(name)] = self.packages[name]
        self.publish({name: changes})

    def index(self, lies: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
        self.serial += 1
        models = {
            name: {**index_entry(content, f"packages/{name}.dtmodel"), **(lies or {}).get(name, {})}
            for name, content in self.packages.items()
        }
        return {"latent_index": 1, "name": "tests", "serial": self.serial,
                "date": "2026-05-01", "models": models}  # fmt: skip

    def publish(self, lies: dict[str, dict[str, Any]] | None = None) -> None:
        self.publish_text(json.dumps(self.index(lies)).encode())

    def publish_text(self, text: bytes, pair: MinisignPair | None = None, **how: Any) -> None:
        self.server.files[self.index_path] = text
        self.server.files[self.index_path + ".minisig"] = (pair or self.pair).sign(text, **how)

    def add_to(self, models: Models) -> None:
        models.environment["LATENT_CA_FILE"] = str(self.server.ca_file)
        models.done("catalogue", "remove", "darktable")  # nothing may leave this machine
        models.done("catalogue", "add", "tests", self.url, "--key", self.pair.public_line)


def publish_darktable(server: ModelServer, packages: list[Path], **changes: Any) -> None:
    """The same packages as a repository of darktable's form, under /theirs."""
    releases = "/theirs/releases/download/release-5.6.0"
    models = {}
    for package in packages:
        content = package.read_bytes()
        config, _ = unpacked(content)
        server.files[f"{releases}/{package.name}"] = content
        models[package.stem] = {
            "version": config["version"],
            "sha256": "sha256:" + hashlib.sha256(content).hexdigest(),
            "size": len(content), "name": config["name"], "description": "",
            "task": config["task"], "license": "GPL-3.0-or-later", **changes,
        }  # fmt: skip
    server.files["/theirs/releases-index.json"] = json.dumps(
        {"schema": 1, "compatible_releases": {"5.6.0": "release-5.6.0"}}
    ).encode()
    server.files[f"{releases}/versions.json"] = json.dumps({"schema": 1, "models": models}).encode()
