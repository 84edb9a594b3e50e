# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed library, as an outside project meets it: found by CMake and by pkg-config, linked
by the examples, and working without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = ("denoise_folder", "preview_region", "list_models")


def run(*command: object, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(latent_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where `cmake --install` put everything."""
    build = latent_bin.parent.parent
    if not (build / "CMakeCache.txt").exists() or not list(build.glob("lib*/**/liblatent.so")):
        pytest.skip("the library was not built")
    folder = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", build, "--prefix", folder)
    yield folder
    shutil.rmtree(folder)


def test_pages_and_completions_are_installed(prefix: Path) -> None:
    assert (prefix / "share/man/man1/latent-rawdenoise.1").read_text().startswith(".TH LATENT")
    for name in ("bash-completion/completions/latent", "zsh/site-functions/_latent",
                 "fish/vendor_completions.d/latent.fish"):  # fmt: skip
        assert "rawdenoise" in (prefix / "share" / name).read_text()


@pytest.fixture(scope="module")
def examples(prefix: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, built against what was installed, from a copy outside of the checkout."""
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(repository / "examples", project, dirs_exist_ok=True)
    run("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", project / "build")
    return project / "build"


@pytest.fixture
def own(tmp_path: Path, program_cache: Path) -> dict[str, str]:
    """An environment in which nothing of the user's is found."""
    return {
        "LATENT_CACHE": str(program_cache),
        "LATENT_CONFIG": str(tmp_path / "no config"),
        "LATENT_MODELS_DIR": str(tmp_path / "no models"),
    }


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    random = np.random.default_rng(1)
    for name in ("a.png", "b.jpg"):
        samples = np.clip(128 + random.normal(0, 12, (96, 128, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(samples).save(folder / name)
    return folder


def test_models_are_found_beside_the_installed_library(
    examples: Path, prefix: Path, own: dict[str, str]
) -> None:
    told = run(examples / "list_models", **own)
    assert "* latent-raw " in told
    assert "licence" in told
    assert "openvino cpu" in told
    loaded = run("ldd", examples / "list_models")
    assert str(prefix) in loaded
    assert "/site-packages/" not in loaded


def test_a_folder_is_denoised_with_the_bytes_of_the_program(
    examples: Path, pictures: Path, tmp_path: Path, latent_bin: Path, own: dict[str, str]
) -> None:
    told = run(examples / "denoise_folder", pictures, tmp_path / "library", **own)
    assert told.endswith("2 done, 0 skipped, 0 failed\n")
    run(
        latent_bin,
        *("denoise", *sorted(pictures.iterdir()), "--strength", "80", "--format", "png"),
        *("-O", tmp_path / "program", "-q"),
        **own,
    )
    results = sorted(path.name for path in (tmp_path / "program").iterdir())
    assert results == ["a_denoise.png", "b_denoise.png"]
    for name in results:
        by_library = (tmp_path / "library" / name).read_bytes()
        assert by_library == (tmp_path / "program" / name).read_bytes()


def test_a_region_is_shown_at_three_strengths(
    examples: Path, pictures: Path, own: dict[str, str]
) -> None:
    told = run(examples / "preview_region", pictures / "a.png", 10, 10, 64, 48, **own)
    lines = told.splitlines()
    assert lines[0].startswith("128 x 96, noise ")
    changes = [float(line.split()[-3]) for line in lines[1:]]
    assert changes[0] == 0
    assert 0 < changes[1] < changes[2]


def test_an_object_is_masked_with_the_bytes_of_the_program(
    examples: Path, tmp_path: Path, latent_bin: Path, own: dict[str, str]
) -> None:
    rows, columns = np.mgrid[:120, :160]
    inside = (columns >= 60) & (columns < 110) & (rows >= 40) & (rows < 90)
    grey = np.where(inside, 180, 50) + (7 * columns + 5 * rows) % 9
    photo = tmp_path / "photo.png"
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)).save(photo)
    told = run(examples / "mask_object", photo, 0.5, 0.5, tmp_path / "library.png", **own)
    assert told.startswith("160 x 120, 1")
    assert told.endswith("found by the built-in selector\n")
    run(latent_bin, "mask", photo, "--click", "50%,50%", "-o", tmp_path / "program.png", **own)
    masks = [(tmp_path / name).read_bytes() for name in ("library.png", "program.png")]
    assert masks[0] == masks[1]


def test_pkg_config_builds_the_same(
    prefix: Path, repository: Path, tmp_path: Path, own: dict[str, str]
) -> None:
    folders = [str(path.parent) for path in prefix.glob("lib*/**/latent.pc")]
    environment = {"PKG_CONFIG_PATH": ":".join(folders)}
    flags = run("pkg-config", "--cflags", "--libs", "latent", **environment).split()
    libraries = Path(folders[0]).parent
    program = tmp_path / "list_models"
    run(
        *("c++", "-std=c++20", repository / "examples" / "list_models.cpp", "-o", program),
        *(*flags, f"-Wl,-rpath,{libraries}"),
    )
    assert "latent-raw" in run(program, **own)


def test_headers_need_no_other_and_no_foreign_type(prefix: Path, tmp_path: Path) -> None:
    include = prefix / "include"
    headers = sorted(path.relative_to(include) for path in (include / "latent").iterdir())
    assert Path("latent/latent.h") in headers
    standard = {"array", "cstddef", "cstdint", "filesystem", "functional", "memory", "optional"}
    standard |= {"span", "stop_token", "string", "string_view", "utility", "variant", "vector"}
    for header in headers:
        text = (include / header).read_text(encoding="utf-8")
        names = [line.split()[1].strip('<>"') for line in text.splitlines() if "#include" in line]
        assert all(name in standard or name.startswith("latent/") for name in names), header
    alone = "\n".join(f'#include "{header}"' for header in headers)
    (tmp_path / "all.cpp").write_text(alone + "\nint main() {}\n", encoding="utf-8")
    run(
        "c++",
        "-std=c++20",
        "-Wall",
        "-Wextra",
        "-fsyntax-only",
        f"-I{include}",
        tmp_path / "all.cpp",
    )


def test_what_was_installed_may_be_moved(
    prefix: Path, tmp_path: Path, own: dict[str, str], pictures: Path
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(prefix, moved, symlinks=True)
    told = run(moved / "bin" / "latent", "models", "list", **own)
    assert "latent-raw" in told
    run(moved / "bin" / "latent", "denoise", pictures / "a.png", "-o", tmp_path / "o.png", **own)
    assert (tmp_path / "o.png").exists()
