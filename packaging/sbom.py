#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what Latent is made of, as SPDX 2.3 and as CycloneDX 1.5, and a table of all licences.

    packaging/sbom.py --prefix INSTALLED --out FOLDER

INSTALLED is a prefix of `cmake --install`. Every program and library in it is asked what it loads;
each library that is found belongs to the project itself, to a wheel of packaging/wheels.sha256, or
to a Debian package, and anything else is an error: nothing is left out. Libraries of headers alone,
which nothing loads, are named in HEADERS. Networks come with their hash, licence and training data.
SOURCE_DATE_EPOCH dates the documents; the same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]

# What is compiled in and loaded by nothing: Debian package and licence.
HEADERS = {
    "libcli11-dev": "BSD-3-Clause",
    "nlohmann-json3-dev": "MIT",
    "libexpected-dev": "CC0-1.0",
    "libtomlplusplus-dev": "MIT",
}
# Licences of what Latent calls itself, by source package of Debian. Of what those load in turn the
# words of Debian's copyright file are given, as they stand.
LICENCES = {
    "libraw": "LGPL-2.1-only OR CDDL-1.0",
    "tiff": "libtiff",
    "exiv2": "GPL-2.0-or-later",
    "libarchive": "BSD-2-Clause",
    "libsodium": "ISC",
    "libjpeg-turbo": "IJG AND BSD-3-Clause",
    "libpng1.6": "libpng-2.0",
    "fmtlib": "MIT",
    "spdlog": "MIT",
    "lcms2": "MIT",
    "openexr": "BSD-3-Clause",
    "jpeg-xl": "BSD-3-Clause",
    "libzstd": "BSD-3-Clause OR GPL-2.0-only",
    "zlib": "Zlib",
    "curl": "curl",
    "potrace": "GPL-2.0-or-later",
    "sqlite3": "blessing",
    "qt6-base": "LGPL-3.0-only OR GPL-3.0-only",
    "libxcb": "MIT",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glibc": "LGPL-2.1-or-later",
}
WHEELS = {
    "openvino": ("Apache-2.0", r"libopenvino|libtbb|libhwloc|cache\.json"),
    "onnxruntime": ("MIT", r"libonnxruntime"),
    "nanobind": ("BSD-3-Clause", r"^$"),  # in the Python module
}


@dataclass
class Component:
    """A row of every one of the three documents."""

    name: str
    version: str
    licence: str  # SPDX, or empty where only `words` are known
    kind: str  # program, wheel, debian, headers, model
    sha256: str = ""
    words: str = ""
    purl: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def output_of(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}
    ).stdout


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def elf_files(prefix: Path) -> list[Path]:
    found = []
    for path in sorted(prefix.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def loaded_by(path: Path, prefix: Path) -> tuple[set[Path], set[str]]:
    """The libraries that the loader finds for a file, and the names it does not find."""
    ours = {str(library.parent) for library in prefix.rglob("liblatent.so.*")}
    done = subprocess.run(
        ["ldd", str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C", "LD_LIBRARY_PATH": ":".join(sorted(ours))},
    )
    lines = done.stdout.splitlines()
    found = {Path(m.group(1)).resolve() for m in map(re.compile(r"=> (/\S+)").search, lines) if m}
    missing = {line.split()[0] for line in lines if "not found" in line}
    return found, missing


def debian_packages(libraries: set[Path]) -> set[str]:
    """The packages that the files belong to; each file must belong to one."""
    # Debian 12 has /lib as a link to /usr/lib, and packages that name either.
    names = {str(path): path for path in libraries}
    names |= {str(path).removeprefix("/usr"): path for path in libraries}
    done = subprocess.run(
        ["dpkg", "-S", *sorted(names)], capture_output=True, text=True, check=False
    )
    owners: dict[Path, str] = {}
    for line in done.stdout.splitlines():
        package, _, name = line.partition(": ")
        if name in names:
            owners[names[name]] = package.split(",")[0].split(":")[0]
    strangers = sorted(str(path) for path in libraries - owners.keys())
    if strangers:
        names_of_them = ", ".join(strangers)
        raise SystemExit(f"sbom.py: {names_of_them} belongs to no Debian package and to no wheel")
    return set(owners.values())


def debian_components(packages: set[str], kind: str) -> list[Component]:
    if not packages:
        return []
    form = "${Package}|${Version}|${source:Package}\n"
    shown = output_of("dpkg-query", "-W", "-f", form, *sorted(packages))
    components = []
    for package, version, source in sorted({tuple(row.split("|")) for row in shown.splitlines()}):
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        text = copyright_file.read_text(errors="replace") if copyright_file.exists() else ""
        words = sorted(set(re.findall(r"^License: *(\S.*)$", text, re.MULTILINE)))
        components.append(
            Component(
                name=package,
                version=version,
                licence=HEADERS.get(package) or LICENCES.get(source, ""),
                kind=kind,
                words="; ".join(words) or f"see {copyright_file}",
                purl=f"pkg:deb/debian/{package}@{version}?arch=amd64",
                facts={"debian:source": source},
            )
        )
    return components


def wheels() -> list[Component]:
    components = []
    for line in (REPOSITORY / "packaging/wheels.sha256").read_text().splitlines():
        digest, name = line.split()
        if not name.endswith(".whl"):
            continue
        project, version = name.split("-")[:2]
        components.append(
            Component(project, version, WHEELS[project][0], "wheel", digest)
            if project in WHEELS
            else sys.exit(f"sbom.py: no licence is known of {name}")
        )
        components[-1].purl = f"pkg:pypi/{project}@{version}"
        components[-1].facts["file"] = name
    return components


def model(path: Path) -> Component:
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        manifest = json.loads(package.read(next(n for n in names if n.endswith("config.json"))))
    card = manifest["model_card"]
    return Component(
        name=path.stem,
        version=manifest["version"],
        licence=card["license"],
        kind="model",
        sha256=sha256_of(path),
        facts={
            "task": manifest["task"],
            "training data": card["training_data"],
            "licences of the training data": card["training_data_license"],
        },
    )


def project_version() -> str:
    text = (REPOSITORY / "CMakeLists.txt").read_text()
    found = re.search(r"^project\(latent VERSION ([\d.]+)", text, re.MULTILINE)
    assert found
    return found.group(1)


def collect(prefix: Path) -> list[Component]:
    prefix = prefix.resolve()
    bundled = re.compile("|".join(f"(?:{files})" for _, files in WHEELS.values() if files != "^$"))
    components = [
        Component("latent", project_version(), "GPL-3.0-or-later", "program"),
        *wheels(),
        *debian_components(set(HEADERS), "headers"),
    ]
    libraries: set[Path] = set()
    for path in elf_files(prefix):
        if bundled.match(path.name):
            continue
        found, missing = loaded_by(path, prefix)
        if missing:
            raise SystemExit(f"sbom.py: {path} lacks {', '.join(sorted(missing))}")
        libraries |= {library for library in found if not library.is_relative_to(prefix)}
    components += debian_components(debian_packages(libraries), "debian")
    return components + [model(path) for path in sorted(prefix.rglob("*.dtmodel"))]


# ---- the documents ----


def created() -> str:
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reference(component: Component) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", f"{component.kind}-{component.name}")


def spdx(components: list[Component]) -> dict[str, Any]:
    def package(component: Component) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "SPDXID": f"SPDXRef-{reference(component)}",
            "name": component.name,
            "versionInfo": component.version,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": component.licence or "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "primaryPackagePurpose": "APPLICATION" if component.kind == "program" else "LIBRARY",
        }
        if component.words:
            entry["licenseComments"] = f"Debian's copyright file: {component.words}"
        if component.sha256:
            entry["checksums"] = [{"algorithm": "SHA256", "checksumValue": component.sha256}]
        if component.purl:
            entry["externalRefs"] = [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": component.purl,
                }
            ]
        if component.kind == "model":
            entry["primaryPackagePurpose"] = "OTHER"
            entry["comment"] = "; ".join(f"{k}: {v}" for k, v in component.facts.items() if v)
        return entry

    related = {"model": "CONTAINS", "wheel": "CONTAINS", "headers": "STATIC_LINK"}
    program = components[0]
    relationships = [
        {
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relationshipType": "DESCRIBES",
            "relatedSpdxElement": f"SPDXRef-{reference(program)}",
        }
    ] + [
        {
            "spdxElementId": f"SPDXRef-{reference(program)}",
            "relationshipType": related.get(c.kind, "DYNAMIC_LINK"),
            "relatedSpdxElement": f"SPDXRef-{reference(c)}",
        }
        for c in components[1:]
    ]
    text = json.dumps([c.__dict__ for c in components], sort_keys=True)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"latent-{program.version}",
        "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, text)}",
        "creationInfo": {"created": created(), "creators": ["Tool: packaging/sbom.py"]},
        "packages": [package(component) for component in components],
        "relationships": relationships,
    }


def cyclonedx(components: list[Component]) -> dict[str, Any]:
    types = {"program": "application", "model": "machine-learning-model"}

    def entry(component: Component) -> dict[str, Any]:
        made: dict[str, Any] = {
            "type": types.get(component.kind, "library"),
            "bom-ref": reference(component),
            "name": component.name,
            "version": component.version,
        }
        if component.licence:
            made["licenses"] = [{"expression": component.licence}]
        elif component.words:
            made["licenses"] = [{"license": {"name": component.words}}]
        if component.sha256:
            made["hashes"] = [{"alg": "SHA-256", "content": component.sha256}]
        if component.purl:
            made["purl"] = component.purl
        facts = [{"name": f"latent:{k}", "value": v} for k, v in component.facts.items() if v]
        if facts:
            made["properties"] = facts
        return made

    program = components[0]
    text = json.dumps([c.__dict__ for c in components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"timestamp": created(), "component": entry(program)},
        "components": [entry(component) for component in components[1:]],
        "dependencies": [
            {"ref": reference(program), "dependsOn": [reference(c) for c in components[1:]]}
        ],
    }


def licence_table(components: list[Component]) -> str:
    lines = ["# What Latent is made of, and its licences", ""]
    lines += ["| component | version | licence | how |", "|---|---|---|---|"]
    how = {
        "program": "this program",
        "wheel": "bundled, byte for byte",
        "debian": "Debian's package, loaded",
        "headers": "compiled in",
        "model": "network that ships",
    }
    for c in components:
        licence = c.licence or f"Debian's words: {c.words}"
        lines.append(f"| {c.name} | {c.version} | {licence.replace('|', '/')} | {how[c.kind]} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    components = collect(given.prefix)
    unstated = [c.name for c in components if not c.licence and not c.words]
    if unstated:
        raise SystemExit(f"sbom.py: no licence is known of {', '.join(unstated)}")
    given.out.mkdir(parents=True, exist_ok=True)
    for name, document in (("spdx", spdx(components)), ("cdx", cyclonedx(components))):
        text = json.dumps(document, indent=1, sort_keys=True) + "\n"
        (given.out / f"latent.{name}.json").write_text(text, encoding="utf-8")
    (given.out / "licences.md").write_text(licence_table(components), encoding="utf-8")
    print(f"{len(components)} components in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
