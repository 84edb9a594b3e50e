# SPDX-License-Identifier: GPL-3.0-or-later
"""`cmake --install` into an empty folder: every file in its place, and all of it works there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng

Run = Callable[..., subprocess.CompletedProcess[str]]

# Where the file system hierarchy puts things, below the prefix. {lib} is CMAKE_INSTALL_LIBDIR.
EXPECTED = (
    "bin/latent",
    "{lib}/latent/latent-engine",
    "{lib}/latent/latent-reader",
    "{lib}/liblatent.so",
    "{lib}/liblatent.so.0",
    "{lib}/cmake/Latent/LatentConfig.cmake",
    "{lib}/pkgconfig/latent.pc",
    "include/latent/library.h",
    "lib/systemd/user/latent-watch@.service",
    "share/bash-completion/completions/latent",
    "share/fish/vendor_completions.d/latent.fish",
    "share/latent/darktable/panel.lua",
    "share/latent/slurm/latent-submit",
    "share/latent/weights/latent-raw.dtmodel",
    "share/man/man1/latent.1",
    "share/man/man1/latent-rawdenoise.1",
    "share/zsh/site-functions/_latent",
)
OF_STUDIO = (
    "bin/latent-studio",
    "share/applications/org.latent_photo.studio.desktop",
    "share/icons/hicolor/scalable/apps/org.latent_photo.studio.svg",
    "share/man/man1/latent-studio.1",
    "share/metainfo/org.latent_photo.studio.metainfo.xml",
)
METAINFO = "share/metainfo/org.latent_photo.studio.metainfo.xml"
# Nothing else lies in these; a new file is a new line here.
FOLDERS = {"bin", "include", "lib", "share"}


@pytest.fixture(scope="session")
def build(latent_bin: Path) -> Path:
    folder = latent_bin.parent.parent
    if not (folder / "CMakeCache.txt").exists():
        pytest.skip(f"{folder} is no build folder")
    return folder


def cached(build: Path, name: str) -> str:
    found = re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found.group(1) if found else ""


@pytest.fixture(scope="session")
def installed(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix /usr below a DESTDIR, as a packager installs."""
    root = tmp_path_factory.mktemp("installed")
    done = subprocess.run(
        ["cmake", "--install", build, "--prefix", "/usr"],
        env={**os.environ, "DESTDIR": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return root / "usr"


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Runs an installed program as a user with an empty home, who has nothing of the checkout."""

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed / "bin" / str(words[0]), *map(str, words[1:])],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )

    return call


def test_every_file_is_where_it_belongs(installed: Path, build: Path) -> None:
    lib = cached(build, "CMAKE_INSTALL_LIBDIR") or "lib"
    expected = [path.format(lib=lib) for path in EXPECTED]
    if (build / "bin" / "latent-studio").exists():
        expected += OF_STUDIO
    missing = [path for path in expected if not (installed / path).exists()]
    assert not missing
    assert {path.name for path in installed.iterdir()} == FOLDERS
    programs = {path.name for path in (installed / "bin").iterdir()}
    assert programs <= {"latent", "latent-studio"}


def test_no_file_names_the_build(installed: Path, build: Path) -> None:
    """Texts and the paths in which programs look for libraries; not the paths of assertions."""
    for path in installed.rglob("*"):
        if path.is_file() and path.suffix in {
            ".cmake",
            ".pc",
            ".desktop",
            ".service",
            ".1",
            ".xml",
        }:
            assert str(build) not in path.read_text(errors="replace"), path


def test_no_file_may_be_written_by_others(installed: Path) -> None:
    loose = [p for p in installed.rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o022]
    assert not loose


def test_the_installed_program_denoises_a_raw_file(run: Run, dng: MakeDng) -> None:
    source = dng("photo.dng", "--size", "256x192")
    done = run("latent", "rawdenoise", source)
    assert done.returncode == 0, done.stderr
    assert source.with_name("photo_raw-denoise.dng").exists()
    assert "latent-reader" not in done.stderr


def test_the_installed_program_decodes_in_its_own_reader(run: Run) -> None:
    done = run("latent", "doctor")
    assert "reading  files are decoded in a process of its own (" in done.stdout


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_manual_pages_are_found_and_shown(installed: Path) -> None:
    shown = subprocess.run(
        ["man", "-M", installed / "share" / "man", "latent-rawdenoise"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
    )
    assert shown.returncode == 0, shown.stderr
    assert "--strength" in shown.stdout


def test_completions_are_read_by_their_shells(installed: Path) -> None:
    scripts = {
        "bash": installed / "share/bash-completion/completions/latent",
        "zsh": installed / "share/zsh/site-functions/_latent",
        "fish": installed / "share/fish/vendor_completions.d/latent.fish",
    }
    for shell, script in scripts.items():
        if shutil.which(shell) is None:
            continue
        done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (shell, done.stderr)
        assert "rawdenoise" in script.read_text()


def test_desktop_files_are_valid(installed: Path) -> None:
    desktop = installed / "share/applications/org.latent_photo.studio.desktop"
    if not desktop.exists():
        pytest.skip("the desktop app is not built")
    checks = (
        ["desktop-file-validate", "--no-hints", str(desktop)],
        ["appstreamcli", "validate", "--no-net", str(installed / METAINFO)],
    )
    ran = 0
    for words in checks:
        if shutil.which(words[0]) is not None:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            ran += 1
    if ran == 0:
        pytest.skip("neither desktop-file-validate nor appstreamcli is installed")


@pytest.mark.skipif(shutil.which("pkg-config") is None, reason="pkg-config is not installed")
def test_pkg_config_finds_the_library_where_it_was_put(installed: Path, build: Path) -> None:
    lib = installed / (cached(build, "CMAKE_INSTALL_LIBDIR") or "lib")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "latent"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PKG_CONFIG_PATH": str(lib / "pkgconfig")},
    ).stdout.split()
    assert "-llatent" in flags
    folders = {Path(flag[2:]).resolve() for flag in flags if flag[:2] in {"-I", "-L"}}
    assert folders == {installed / "include", lib}
