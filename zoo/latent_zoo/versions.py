# SPDX-License-Identifier: GPL-3.0-or-later
"""The indexes of a release: darktable's two, and ours, which says what the models are made of."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from latent_package import archive

from latent_zoo.types import ZooError

VERSIONS, RELEASES, OURS = "versions.json", "releases-index.json", "latent-index.json"
_RELEASE = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def _texts(config: dict[str, Any], key: str) -> dict[str, str]:
    block = config.get("latent", {}).get(key, {})
    return {str(name): str(value) for name, value in block.items()}


def _facts(path: Path) -> dict[str, Any]:
    config = archive.packed_config(path)
    if config.get("id") != path.stem:
        raise ZooError(f"{path}: the package is of the model {config.get('id')!r}")
    card = config.get("model_card", {})
    licence, openness = _texts(config, "licence"), _texts(config, "openness")
    return {
        "id": config["id"],
        "name": config.get("name", config["id"]),
        "description": config.get("description", ""),
        "task": config.get("task", "general"),
        "version": config.get("version", "0.0"),
        "license": licence.get("weights") or card.get("license", "not stated"),
        "data_licence": licence.get("data") or card.get("training_data_license", "not stated"),
        "data": _texts(config, "provenance").get("data") or card.get("training_data", "not stated"),
        "osaid": openness.get("osaid", "not stated"),
        "mof": openness.get("mof", "not stated"),
        "sha256": archive.sha256(path),
        "size": path.stat().st_size,
    }


def darktable_versions(facts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """versions.json, schema 1."""
    return {
        "schema": 1,
        "models": {
            one["id"]: {
                "version": one["version"],
                "sha256": f"sha256:{one['sha256']}",
                "size": one["size"],
                **{key: one[key] for key in ("name", "description", "task", "license")},
            }
            for one in facts
        },
    }


def releases_index(applications: Iterable[str], tag: str) -> dict[str, Any]:
    """releases-index.json, schema 1: which release each version of the application takes."""
    for application in applications:
        if not _RELEASE.fullmatch(application):
            raise ZooError(f"{application}: the application's version must be X.Y.Z")
    if not _TAG.fullmatch(tag):
        raise ZooError(f"{tag}: not a valid name of a release")
    return {"schema": 1, "compatible_releases": dict.fromkeys(applications, tag)}


def latent_index(
    facts: Iterable[dict[str, Any]], serial: int, base_url: str, name: str, date: str
) -> dict[str, Any]:
    """latent-index.json (docs/models.md): the text that a key of ours then signs. ``serial`` only
    ever grows; ``date`` is YYYY-MM-DD."""
    base = base_url if not base_url or base_url.endswith("/") else base_url + "/"
    return {
        "latent_index": 1,
        "name": name,
        "serial": serial,
        "date": date,
        "models": {
            one["id"]: {
                "name": one["name"],
                "description": one["description"],
                "task": one["task"],
                "version": one["version"],
                "url": f"{base}{one['id']}.dtmodel",
                "sha256": one["sha256"],
                "size": one["size"],
                "licence": {"weights": one["license"], "data": one["data_licence"]},
                "openness": {"osaid": one["osaid"], "mof": one["mof"]},
                "data": one["data"],
            }
            for one in facts
        },
    }


def write(
    packages: list[Path],
    out: Path,
    applications: list[str],
    tag: str,
    serial: int,
    base_url: str,
    name: str = "Latent",
    date: str | None = None,
) -> list[Path]:
    """Write the three indexes of ``packages`` to ``out``; gives their paths.

    ``date``: of our index, today where absent.
    Errors: ZooError for something that is no package, or names that cannot be in an index.
    """
    if not packages:
        raise ZooError(f"{out}: there is no package to list")
    facts = [_facts(path) for path in sorted(packages)]
    made = {
        VERSIONS: darktable_versions(facts),
        RELEASES: releases_index(applications, tag),
        OURS: latent_index(
            facts, serial, base_url, name, date or datetime.date.today().isoformat()
        ),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        part = out / (name + ".part")
        part.write_bytes(archive.as_json(content))
        part.replace(out / name)
    return [out / name for name in made]
