# SPDX-License-Identifier: GPL-3.0-or-later
"""One model of the zoo as its ``model.yaml`` (or the older ``model.conf``) states it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from latent_zoo import conf
from latent_zoo.types import ZooError

MAX_BYTES = 262_144
TYPES = ("single", "split", "multi")
CARD_KEYS = (
    "long_description",
    "scope",
    "author",
    "source",
    "paper",
    "license",
    "training_data",
    "training_data_license",
    "notes",
)
_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_VERSION = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Checkpoint:
    """A published file: where it lies, the name it gets here, and the hash it must have."""

    url: str
    name: str
    sha256: str | None = None
    member: str | None = None  # the file inside, where the publisher's file is a zip
    max_bytes: int = 4 << 30


@dataclass(frozen=True)
class Model:
    """The facts of a model that no tool can measure."""

    folder: Path
    id: str
    name: str
    description: str
    task: str
    type: str = "single"
    version: str = "1.0"
    arch: str = "generic"
    tiling: bool = False
    dep_group: str = "core"
    model_card: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    cpu_only: Any = None
    coreml_format: Any = None
    repo: dict[str, Any] = field(default_factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()
    licence: dict[str, str] = field(default_factory=dict)
    openness: dict[str, str] = field(default_factory=dict)
    provenance: str = ""
    limits: str = ""
    parity: float | None = None
    recipe: str = ""  # of a model trained here: no convert.py, its package lies in weights/

    @property
    def own(self) -> bool:
        """Trained here, and packaged by ``latent-train export``."""
        return bool(self.recipe)

    @property
    def skipped(self) -> bool:
        """A marker file leaves it out of --all."""
        return (self.folder / ".skip").exists()


class _Loader(yaml.SafeLoader):
    """Plain data only: no tags, no references (a few unfold to gigabytes), no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*name) are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.YAMLError(f"the key {key!r} is no text")
            if key in seen:
                raise yaml.YAMLError(f"the key {key} is there twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ZooError(f"{path}: {len(data)} bytes are too many; at most {MAX_BYTES} are read")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ZooError(f"{path}: the text is not UTF-8") from error


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Errors: ZooError for anything else."""
    text = _read_text(path)
    try:
        content = yaml.load(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        problem = getattr(error, "problem", None) or str(error) or type(error).__name__
        raise ZooError(f"{path}{line}: not YAML that is read here: {problem}") from error
    if not isinstance(content, dict):
        raise ZooError(f"{path}: no table of keys and values")
    return content


class _Reader:
    """Typed access to a mapping; the first fault names the file and the key."""

    def __init__(self, path: Path, content: dict[str, Any], prefix: str = "") -> None:
        self.path = path
        self.content = content
        self.prefix = prefix

    def fault(self, key: str, problem: str) -> ZooError:
        return ZooError(f"{self.path}: {self.prefix}{key} {problem}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.content.get(key, default)
        if value is None:
            raise self.fault(key, "is missing")
        if not isinstance(value, str):
            raise self.fault(key, f"must be a text, not {value!r}; quote it")
        return value.strip()

    def flag(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def table(self, key: str) -> dict[str, Any]:
        value = self.content.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fault(key, "must be a table")
        return value

    def texts(self, key: str) -> dict[str, str]:
        inner = _Reader(self.path, self.table(key), f"{self.prefix}{key}.")
        return {name: inner.text(name) for name in inner.content}

    def entries(self, key: str) -> list[_Reader]:
        value = self.content.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(key, "must be a list of tables")
        return [
            _Reader(self.path, entry, f"{self.prefix}{key}[{at}].")
            for at, entry in enumerate(value)
        ]


def _checkpoint(entry: _Reader) -> Checkpoint:
    name = Path(entry.text("path")).name
    if name in ("", ".", ".."):
        raise entry.fault("path", "names no file")
    sha256 = entry.content.get("sha256")
    if sha256 is not None and (not isinstance(sha256, str) or not _SHA256.fullmatch(sha256)):
        raise entry.fault("sha256", "must be 64 lower-case hex digits, or null where it is unknown")
    most = entry.content.get("max_bytes", 4 << 30)
    if not isinstance(most, int) or isinstance(most, bool) or not 0 < most <= 16 << 30:
        raise entry.fault("max_bytes", "must be a number of bytes up to 16 GiB")
    member = entry.text("member") if entry.content.get("member") is not None else None
    return Checkpoint(entry.text("url"), name, sha256, member, most)


def _parity(reader: _Reader) -> float | None:
    value = reader.content.get("parity")
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 0.1:
        raise reader.fault("parity", "must be a number above 0, at most 0.1")
    return float(value)


def _json_only(reader: _Reader, key: str, value: Any, depth: int = 0) -> Any:
    """``value`` if config.json can hold it: dates and bytes of YAML cannot."""
    if depth > 16:
        raise reader.fault(key, "is nested too deep")
    if isinstance(value, dict):
        return {str(k): _json_only(reader, f"{key}.{k}", v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_json_only(reader, key, entry, depth + 1) for entry in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return value
    raise reader.fault(key, f"has a value that JSON does not know: {value!r}")


def parse_model(path: Path, content: dict[str, Any]) -> Model:
    """Judge the keys of ``model.yaml``. Errors: ZooError that names file and key."""
    reader = _Reader(path, content)
    model_id = reader.text("id")
    if not _ID.fullmatch(model_id):
        raise reader.fault("id", "must be 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with a dot")
    if model_id != path.parent.name:
        raise reader.fault("id", f"is {model_id!r} in the folder {path.parent.name!r}")
    version = reader.text("version", "1.0")
    if not _VERSION.fullmatch(version):
        raise reader.fault("version", 'must be "X.Y"')
    kind = reader.text("type", "single")
    if kind not in TYPES:
        raise reader.fault("type", f"must be one of {', '.join(TYPES)}")
    checkpoints = tuple(_checkpoint(entry) for entry in reader.entries("checkpoints"))
    if len({one.name for one in checkpoints}) != len(checkpoints):
        raise reader.fault("checkpoints", "name the same file twice")
    return Model(
        folder=path.parent,
        id=model_id,
        name=reader.text("name"),
        description=reader.text("description"),
        task=reader.text("task"),
        type=kind,
        version=version,
        arch=reader.text("arch", "generic"),
        tiling=reader.flag("tiling"),
        dep_group=reader.text("dep_group", "core"),
        model_card=reader.texts("model_card"),
        attributes=_json_only(reader, "attributes", reader.table("attributes")),
        cpu_only=_json_only(reader, "cpu_only", content.get("cpu_only")),
        coreml_format=_json_only(reader, "coreml_format", content.get("coreml_format")),
        repo=reader.table("repo"),
        checkpoints=checkpoints,
        licence=reader.texts("licence"),
        openness=reader.texts("openness"),
        provenance=reader.text("provenance", ""),
        limits=reader.text("limits", ""),
        parity=_parity(reader),
        recipe=reader.text("recipe", ""),
    )


def read_model(folder: Path) -> Model:
    """The model in ``folder``: of model.yaml, or of model.conf where that is all there is."""
    path = folder / "model.yaml"
    if path.exists():
        return parse_model(path, read_yaml(path))
    older = folder / "model.conf"
    if older.exists():
        return parse_model(older, conf.as_model_yaml(older, _read_text(older)))
    raise ZooError(f"{folder}: there is neither model.yaml nor model.conf")


def read_zoo(root: Path) -> list[Model]:
    """Every model below ``root``, by id. Errors: as ``read_model``."""
    if not root.is_dir():
        raise ZooError(f"{root}: there is no such folder of models")
    folders = sorted(p.parent for p in root.glob("*/model.yaml"))
    folders += [p.parent for p in root.glob("*/model.conf") if p.parent not in folders]
    return [read_model(folder) for folder in sorted(folders)]


def find_model(root: Path, model_id: str) -> Model:
    """The model of that id. Errors: ZooError that lists the ids there are."""
    if not _ID.fullmatch(model_id) or not (root / model_id).is_dir():
        known = ", ".join(model.id for model in read_zoo(root))
        raise ZooError(f"{model_id}: there is no such model in {root}; there are {known}")
    return read_model(root / model_id)
