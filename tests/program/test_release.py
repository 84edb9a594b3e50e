# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases: the same bytes from two folders, a list of everything inside, workflows in step."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sbom(repository: Path) -> ModuleType:
    if shutil.which("dpkg") is None:
        pytest.skip("this system has no dpkg")
    return loaded(repository / "packaging/sbom.py")


@pytest.fixture(scope="session")
def prefix(latent_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = latent_bin.parent.parent
    if not (build / "CMakeCache.txt").exists():
        pytest.skip(f"{build} is no build folder")
    folder = tmp_path_factory.mktemp("sbom") / "usr"
    done = subprocess.run(
        ["cmake", "--install", build, "--prefix", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_sbom_names_all_that_is_loaded_and_every_network(
    sbom: ModuleType, prefix: Path, repository: Path
) -> None:
    components = sbom.collect(prefix)
    names = {component.name for component in components}
    assert {"latent", "openvino", "onnxruntime", "libcli11-dev", "libc6"} <= names
    assert any(name.startswith("libraw") for name in names)
    models = {c.name: c for c in components if c.kind == "model"}
    for package in (repository / "weights").glob("*.dtmodel"):
        assert models[package.stem].sha256 == hashlib.sha256(package.read_bytes()).hexdigest()
        assert models[package.stem].licence
        assert models[package.stem].facts["training data"]
    assert all(c.licence or c.words for c in components)


def test_both_documents_say_the_same_and_are_the_same_again(sbom: ModuleType, prefix: Path) -> None:
    components = sbom.collect(prefix)
    spdx, cdx = sbom.spdx(components), sbom.cyclonedx(components)
    assert {p["name"] for p in spdx["packages"]} == {c.name for c in components}
    assert {c["name"] for c in cdx["components"]} | {"latent"} == {c.name for c in components}
    ids = [p["SPDXID"] for p in spdx["packages"]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", i) for i in ids)
    known = {*ids, "SPDXRef-DOCUMENT"}
    for relation in spdx["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= known
    assert json.dumps(spdx) == json.dumps(sbom.spdx(sbom.collect(prefix)))


def test_a_library_of_nobody_is_not_left_out(sbom: ModuleType, tmp_path: Path) -> None:
    stranger = tmp_path / "libstranger.so"
    stranger.write_bytes(b"")
    with pytest.raises(SystemExit, match="belongs to no Debian package"):
        sbom.debian_packages({stranger})


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no compiler")
def test_objects_are_the_same_from_two_folders(repository: Path) -> None:
    if not (repository / ".git").exists():
        pytest.skip("this is no checkout")
    done = subprocess.run(
        [repository / "packaging/reproduce.sh", "objects"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "JOBS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ files, 0 differ", done.stdout)


def test_versions_are_one(repository: Path) -> None:
    version = re.search(
        r"^project\(latent VERSION ([\d.]+)", (repository / "CMakeLists.txt").read_text(), re.M
    )
    assert version
    number = version.group(1)
    debian = (repository / "packaging/debian/changelog").read_text()
    assert debian.startswith(f"latent ({number})")
    assert f"## {number}" in (repository / "CHANGELOG.md").read_text()
    assert f"version: {number}" in (repository / "CITATION.cff").read_text()
    flatpak = (repository / "packaging/flatpak/org.latent_photo.studio.yml").read_text()
    assert f"build/bundle/latent-{number}-x86_64" in flatpak
    assert f'version = "{number}"' in (repository / "bindings/python/pyproject.toml").read_text()


def test_every_library_package_that_a_build_needs_is_in_debian_control(repository: Path) -> None:
    """tools/install_packages.sh is what a build is known to need."""
    script = (repository / "tools/install_packages.sh").read_text()
    wanted: set[str] = set()
    for name in ("build", "studio"):
        block = re.search(rf"^{name}_packages=\((.*?)^\)", script, re.MULTILINE | re.DOTALL)
        assert block
        wanted |= {word for word in block.group(1).split() if word.endswith("-dev")}
    control = (repository / "packaging/debian/control").read_text()
    depends = control.split("Build-Depends:")[1].split("Standards-Version")[0]
    named = {line.split()[0].rstrip(",") for line in depends.splitlines() if line.strip()}
    renamed = {"zlib1g-dev"}
    assert wanted - named - renamed == set()


def test_what_makes_a_release_is_installed_by_one_command(repository: Path) -> None:
    """Every tool that the scripts ask for, and every build dependency of debian/control."""
    install = (repository / "tools/install_packages.sh").read_text()
    wanted: set[str] = set()
    for name in ("build", "studio", "release"):
        block = re.search(rf"^{name}_packages=\((.*?)^\)", install, re.MULTILINE | re.DOTALL)
        assert block
        wanted |= set(re.sub(r"#.*", "", block.group(1)).split())
    package_of = {"dpkg-deb": "dpkg-dev", "mksquashfs": "squashfs-tools"}
    for script in ("tools/release.sh", "packaging/bundle.sh", "packaging/appimage.sh"):
        asked = re.search(
            r"^for tool in (.*?); do", (repository / script).read_text(), re.MULTILINE
        )
        assert asked, script
        for tool in asked.group(1).split():
            assert package_of.get(tool, tool) in wanted, f"{script} asks for {tool}"
    control = (repository / "packaging/debian/control").read_text()
    depends = control.split("Build-Depends:")[1].split("Standards-Version")[0]
    named = {line.split()[0].rstrip(",") for line in depends.splitlines() if line.strip()}
    assert named - wanted <= {"debhelper-compat", "zlib1g-dev"}
    assert "debhelper" in wanted


def test_packages_name_who_makes_them(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "packaging/debian", tmp_path / "packaging/debian")

    def name(maintainer: str) -> subprocess.CompletedProcess[str]:
        script = repository / "packaging/maintainer.py"
        words = [sys.executable, str(script), str(tmp_path), maintainer]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    before = (tmp_path / "packaging/debian/control").read_text()
    for wrong in ("Ada", "Ada <ada>", "<ada@example.org>", "Ada <ada@example.org>\nSection: x"):
        assert name(wrong).returncode == 2, wrong
    assert (tmp_path / "packaging/debian/control").read_text() == before
    assert name("Ada Byron <ada@example.org>").returncode == 0
    control = (tmp_path / "packaging/debian/control").read_text()
    changelog = (tmp_path / "packaging/debian/changelog").read_text()
    assert "\nMaintainer: Ada Byron <ada@example.org>\n" in control
    assert "\n -- Ada Byron <ada@example.org>  Sun, 29 Nov 2026" in changelog
    assert "latent.invalid" not in control + changelog


@pytest.mark.skipif(
    shutil.which("mksquashfs") is None or shutil.which("zstd") is None,
    reason="squashfs-tools or zstd is not installed",
)
def test_an_appimage_is_the_runtime_and_the_folder_the_same_again(
    repository: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "latent-1.2.3-x86_64"
    (folder / "usr/bin").mkdir(parents=True)
    (folder / "AppRun").write_text("#!/bin/sh\necho it runs\n")
    (folder / "AppRun").chmod(0o755)
    (folder / "usr/bin/latent").write_bytes(bytes(range(256)) * 64)
    tar = tmp_path / "latent-1.2.3-x86_64.tar.zst"
    subprocess.run(["tar", "--zstd", "-cf", tar, "-C", tmp_path, folder.name], check=True)
    runtime = tmp_path / "runtime"
    runtime.write_bytes(b"\x7fELF\x02\x01\x01\x00AI\x02" + bytes(4085))

    def image(runtime: Path, out: Path) -> subprocess.CompletedProcess[str]:
        out.mkdir(exist_ok=True)
        words = [repository / "packaging/appimage.sh", tar, runtime, out]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    refused = image(tar, tmp_path / "none")
    assert refused.returncode == 1
    assert "is no runtime of an AppImage" in refused.stderr
    made = []
    for name in ("a", "b"):
        done = image(runtime, tmp_path / name)
        assert done.returncode == 0, done.stderr
        made.append((tmp_path / name / "Latent-1.2.3-x86_64.AppImage").read_bytes())
    assert made[0] == made[1]
    assert made[0].startswith(runtime.read_bytes())
    (tmp_path / "image").write_bytes(made[0][4096:])
    unpacked = tmp_path / "unpacked"
    subprocess.run(["unsquashfs", "-q", "-n", "-d", unpacked, tmp_path / "image"], check=True)
    assert (unpacked / "usr/bin/latent").read_bytes() == (folder / "usr/bin/latent").read_bytes()
    assert os.access(unpacked / "AppRun", os.X_OK)
