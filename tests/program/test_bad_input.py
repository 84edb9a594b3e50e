# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets one sentence, exit code 1, and leaves no file."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng, Outcome

Latent = Callable[..., Outcome]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def files_in(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


def expect_one_sentence(outcome: Outcome, name: str) -> None:
    """Exit 1, one line on stderr that names the file, nothing on stdout, and no crash."""
    assert outcome.code == 1, outcome
    lines = outcome.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("latent: ")
    assert name in lines[0]
    assert outcome.stdout == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("holiday.NEF", b"Dear diary, today we went to the sea.\n" * 20),
        ("empty.CR2", b""),
        ("noise.ARW", bytes(range(256)) * 64),
        ("tiff.dng", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        ("zip.RAF", b"PK\x03\x04" + b"\0" * 200),
    ],
)
def test_a_file_that_is_no_raw_is_refused(
    latent: Latent, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    before = files_in(tmp_path)
    expect_one_sentence(latent("rawdenoise", tmp_path / name), name)
    expect_one_sentence(latent("info", tmp_path / name), name)
    expect_one_sentence(latent("render", tmp_path / name, "-o", tmp_path / "out.png"), name)
    assert files_in(tmp_path) == before


def test_a_folder_and_a_missing_file_are_refused(latent: Latent, tmp_path: Path) -> None:
    (tmp_path / "folder.dng").mkdir()
    empty = latent("rawdenoise", tmp_path / "folder.dng")
    assert empty.code == 2
    assert len(empty.stderr.splitlines()) == 1
    assert "folder.dng' holds no photograph" in empty.stderr
    expect_one_sentence(latent("rawdenoise", tmp_path / "absent.dng"), "absent.dng")
    assert files_in(tmp_path) == {"folder.dng"}


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.97])
def test_a_truncated_dng_is_refused(latent: Latent, dng: MakeDng, part: float) -> None:
    for compression in ("none", "ljpeg"):
        path = dng(f"cut-{compression}.dng", "--compression", compression, "--truncate", str(part))
        expect_one_sentence(latent("rawdenoise", path), path.name)
        assert list(path.parent.glob("*raw-denoise*")) == []


def test_a_bit_flipped_dng_is_denoised_or_refused_but_never_crashes(
    latent: Latent, dng: MakeDng
) -> None:
    for seed in range(6):
        path = dng(f"flip{seed}.dng", "--compression", "ljpeg", "--seed", str(seed),
                   "--flip-bits", "40")  # fmt: skip
        outcome = latent("rawdenoise", path)
        assert outcome.code in (0, 1), outcome
        if outcome.code == 1:
            expect_one_sentence(outcome, path.name)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is absent")
def test_every_header_only_raw_is_refused(latent: Latent, tmp_path: Path) -> None:
    names = sorted((SHARED / "raw" / "header_only").iterdir())
    assert len(names) >= 15
    for source in names:
        path = tmp_path / source.name
        shutil.copy(source, path)
        expect_one_sentence(latent("rawdenoise", path), path.name)
    assert files_in(tmp_path) == {source.name for source in names}


def test_a_full_disk_leaves_no_file(latent_bin: Path, dng: MakeDng) -> None:
    import subprocess

    path = dng("photo.dng", "--size", "1024x768")
    # A limit on the size of files is what a full disk looks like to the program.
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f 100; exec "{latent_bin}" rawdenoise "{path}"'],
        capture_output=True,
        text=True,
        check=False,
    )
    expect_one_sentence(Outcome(done.returncode, done.stdout, done.stderr), "raw-denoise.dng")
    assert files_in(path.parent) == {"photo.dng"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_refused(latent: Latent, dng: MakeDng, tmp_path: Path) -> None:
    path = dng("photo.dng")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    expect_one_sentence(latent("rawdenoise", path, "-O", locked), "locked")


def test_a_folder_that_cannot_be_made_is_refused(latent: Latent, dng: MakeDng) -> None:
    path = dng("photo.dng")
    expect_one_sentence(latent("rawdenoise", path, "-O", path / "sub"), "photo.dng")


def test_a_corrupt_model_package_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path, repository: Path
) -> None:
    path = dng("photo.dng")
    whole = (repository / "weights" / "latent-raw.dtmodel").read_bytes()
    broken = tmp_path / "broken.dtmodel"
    broken.write_bytes(whole[: len(whole) // 2])
    expect_one_sentence(latent("rawdenoise", path, "--model", broken), "broken.dtmodel")
    turned = bytearray(whole)
    turned[len(whole) // 2] ^= 0xFF
    broken.write_bytes(bytes(turned))
    expect_one_sentence(latent("rawdenoise", path, "--model", broken), "broken.dtmodel")
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("../outside.txt", "gotcha")
    expect_one_sentence(latent("rawdenoise", path, "--model", broken), "broken.dtmodel")
    expect_one_sentence(latent("rawdenoise", path, "--model", "no-such-model"), "no-such-model")
    assert files_in(tmp_path) == {"photo.dng", "broken.dtmodel"}


def test_one_bad_file_does_not_stop_the_others(latent: Latent, dng: MakeDng) -> None:
    good = dng("good.dng")
    bad = good.with_name("bad.dng")
    bad.write_text("no raw")
    also_good = dng("also.dng", "--cfa", "bggr")
    outcome = latent("rawdenoise", good, bad, also_good)
    assert outcome.code == 1
    assert "bad.dng" in outcome.stderr
    assert (good.parent / "good_raw-denoise.dng").exists()
    assert (good.parent / "also_raw-denoise.dng").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["paint"],
        ["rawdenoise"],
        ["rawdenoise", "x.dng", "--strength", "120"],
        ["rawdenoise", "x.dng", "--strength", "lots"],
        ["rawdenoise", "x.dng", "--noise", "1"],
        ["rawdenoise", "x.dng", "--noise", "-1,0"],
        ["rawdenoise", "x.dng", "--region", "0,0,0,5"],
        ["rawdenoise", "x.dng", "--engine", "abacus"],
        ["rawdenoise", "x.dng", "--precision", "int3"],
        ["rawdenoise", "x.dng", "--overwrite", "--skip-existing"],
        ["rawdenoise", "x.dng", "y.dng", "-o", "z.dng"],
        ["render", "x.dng", "-o", "picture.gif"],
    ],
)
def test_a_mistake_in_the_arguments_is_a_usage_error(latent: Latent, arguments: list[str]) -> None:
    outcome = latent(*arguments)
    assert outcome.code == 2, outcome
    assert outcome.stderr.startswith("latent: ")
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_render_does_not_replace_its_source(latent: Latent, dng: MakeDng, tmp_path: Path) -> None:
    source = dng("photo.dng")
    before = source.read_bytes()
    (tmp_path / "link.png").symlink_to(source)
    outcome = latent("render", source, "-o", tmp_path / "link.png", "--overwrite")
    assert outcome.code == 2, outcome
    assert "link.png' is the source itself" in outcome.stderr
    assert source.read_bytes() == before
    assert (tmp_path / "link.png").is_symlink()
