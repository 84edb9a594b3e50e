# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing half-written, nothing replaced by accident, nothing more open than its source."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from model_packages import good_package
from model_store import Models
from test_denoise import F32, noisy, write_tiff
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def upscaler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_upscaler(tmp_path_factory.mktemp("upscaler"), "zero")


@pytest.fixture(scope="module")
def denoiser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_denoiser(tmp_path_factory.mktemp("denoiser"), "mean")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_tiff(tmp_path / "photo.tif", noisy((48, 64, 3), np.uint16))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def stale_name(boot: str, random: str = "0123456789abcdef") -> str:
    return f".latent-{boot}-{random}.tmp"


def this_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]


def has_begun_a_file_in(folder: Path, process: int) -> bool:
    """Whether the process holds a file without a name, or with a hidden one, in the folder."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = os.readlink(link)
        except FileNotFoundError:
            continue
        if target.startswith((f"{folder}/#", f"{folder}/.latent-")):
            return True
    return False


def test_an_enlargement_that_is_killed_leaves_nothing_after_the_next_run(
    latent_bin: Path, latent: Latent, tmp_path: Path, upscaler: Path
) -> None:
    source = tmp_path / "large.tif"
    tifffile.imwrite(source, np.full((3_000, 4_000), 90, np.uint8), compression="deflate")
    common = ("upscale", source, "--scale", 4, *F32, "--model", upscaler)
    with subprocess.Popen(
        [str(word) for word in (latent_bin, *common)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        deadline = time.monotonic() + 120
        while not has_begun_a_file_in(tmp_path, running.pid):
            assert running.poll() is None, "it ended before it was killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        running.kill()
    assert not (tmp_path / "large_upscale-4x.tif").exists()
    small = write_tiff(tmp_path / "small.tif", noisy((16, 16, 3), np.uint8))
    assert latent("upscale", small, "--scale", 2, *F32, "--model", upscaler).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "large.tif", "small.tif", "small_upscale-2x.tif",
    }  # fmt: skip


def test_what_killed_runs_left_goes_and_what_living_ones_write_stays(
    latent: Latent, photo: Path
) -> None:
    folder = photo.parent
    dead, living = (folder / stale_name(this_boot(), digit * 16) for digit in "12")
    elsewhere, long_ago = (folder / stale_name("00c0ffee", digit * 16) for digit in "34")
    for path in (dead, living, elsewhere, long_ago):
        path.write_bytes(b"part of a picture")
    week_ago = time.time() - 7 * 24 * 3600
    os.utime(living, (week_ago, week_ago))
    os.utime(long_ago, (week_ago, week_ago))
    with living.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert latent("denoise", photo, "--strength", 0).code == 0
    assert not dead.exists()
    assert living.exists()
    assert elsewhere.exists(), "another machine may write it now"
    assert not long_ago.exists()


def commands_to(target: Path, photo: Path, raw: Path) -> dict[str, tuple[object, ...]]:
    return {
        "denoise": ("denoise", photo, "--strength", 0, "-o", target, "--overwrite"),
        "rawdenoise": ("rawdenoise", raw, "--strength", 0, "-o", target, "--overwrite"),
        "render": ("render", raw, "-o", target, "--overwrite"),
        "compare": ("compare", photo, photo, "-o", target, "--overwrite"),
    }


@pytest.mark.parametrize("verb", ["denoise", "rawdenoise", "render", "compare"])
def test_a_pipe_is_never_replaced(
    latent: Latent, dng: MakeDng, photo: Path, tmp_path: Path, verb: str
) -> None:
    ending = {"denoise": "tif", "rawdenoise": "dng"}.get(verb, "png")
    pipe = tmp_path / f"pipe.{ending}"
    os.mkfifo(pipe)
    outcome = latent(*commands_to(pipe, photo, dng("raw.dng"))[verb], timeout=60.0)
    assert outcome.code in (1, 2), outcome
    assert "it is a pipe, which is never replaced by a file" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@needs_root
@pytest.mark.parametrize("verb", ["denoise", "rawdenoise", "render", "compare"])
def test_a_device_is_never_replaced(
    latent: Latent, dng: MakeDng, photo: Path, tmp_path: Path, verb: str
) -> None:
    ending = {"denoise": "tif", "rawdenoise": "dng"}.get(verb, "png")
    device = tmp_path / f"null.{ending}"
    os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    outcome = latent(*commands_to(device, photo, dng("raw.dng"))[verb])
    assert outcome.code in (1, 2), outcome
    assert "it is a device, which is never replaced by a file" in outcome.stderr
    assert stat.S_ISCHR(device.lstat().st_mode)


def test_a_link_is_written_through_and_stays(latent: Latent, photo: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.tif"
    real.parent.mkdir()
    real.write_text("old")
    link = tmp_path / "result.tif"
    link.symlink_to(real)
    common = ("denoise", photo, "--strength", 0, "-o", link)
    assert latent(*common).code == 1
    assert real.read_text() == "old"
    assert latent(*common, "--overwrite").code == 0
    assert link.is_symlink()
    assert np.array_equal(tifffile.imread(real), tifffile.imread(photo))
    assert [path.name for path in real.parent.iterdir()] == ["real.tif"]


@pytest.mark.parametrize("verb", ["denoise", "rawdenoise", "render", "compare"])
def test_a_result_is_no_more_open_than_its_source(
    latent: Latent, dng: MakeDng, photo: Path, tmp_path: Path, verb: str
) -> None:
    raw = dng("raw.dng")
    ending = {"denoise": "tif", "rawdenoise": "dng"}.get(verb, "png")
    for of_source, of_result in ((0o600, 0o600), (0o640, 0o640), (0o444, 0o644)):
        photo.chmod(of_source)
        raw.chmod(of_source)
        target = tmp_path / f"{of_source:o}.{ending}"
        assert latent(*commands_to(target, photo, raw)[verb]).code == 0
        assert mode_of(target) == of_result


def test_an_enlargement_of_a_closed_picture_is_closed(
    latent: Latent, photo: Path, upscaler: Path
) -> None:
    photo.chmod(0o600)
    assert latent("upscale", photo, "--scale", 2, *F32, "--model", upscaler).code == 0
    assert mode_of(photo.with_name("photo_upscale-2x.tif")) == 0o600


def test_what_replaces_a_closed_result_is_closed(latent: Latent, photo: Path) -> None:
    target = photo.with_name("photo_denoise.tif")
    target.write_text("old")
    target.chmod(0o600)
    assert latent("denoise", photo, "--strength", 0, "--overwrite").code == 0
    assert mode_of(target) == 0o600
    assert np.array_equal(tifffile.imread(target), tifffile.imread(photo))


def test_own_files_are_open_to_nobody_else(
    latent: Latent, models: Models, photo: Path, denoiser: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache" / "latent"
    done = latent("denoise", photo, "--model", denoiser, LATENT_CACHE=str(cache))
    assert done.code == 0, done
    models.done("import", "--yes", good_package(tmp_path, "tiny", "1.0", task="erase"))
    models.done("list")
    models.done("policy", "set", "action", "hide")
    config = models.folder / "config"
    for folder in (tmp_path / "cache", cache, models.store, config):
        assert mode_of(folder) == 0o700, folder
    own = [path for folder in (cache, config) for path in folder.rglob("*") if path.is_file()]
    own += [models.store / "state.json"]
    assert len(own) >= 3
    for path in own:
        assert mode_of(path) == 0o600, path


def test_a_store_that_was_made_for_many_users_stays_open_to_them(
    models: Models, tmp_path: Path
) -> None:
    models.store.mkdir()
    models.store.chmod(0o755)
    models.done("import", "--yes", good_package(tmp_path, "tiny", "1.0", task="erase"))
    for name in ("state.json", "tiny.dtmodel"):
        assert mode_of(models.store / name) == 0o644, name


@pytest.mark.parametrize("name", ["state.json", "facts.json"])
def test_a_pipe_in_the_store_does_not_hang_the_program(models: Models, name: str) -> None:
    models.store.mkdir()
    os.mkfifo(models.store / name)
    outcome = models.run("list", "--json", timeout=60.0)
    assert outcome.code in (0, 1)
    if outcome.code == 0:
        json.loads(outcome.stdout)


def test_what_another_program_wrote_meanwhile_is_kept(
    latent_bin: Path, tmp_path: Path, upscaler: Path
) -> None:
    """The second of two runs with one target follows its own rule at its end."""
    source = tmp_path / "large.tif"
    tifffile.imwrite(source, np.full((1_500, 2_000), 90, np.uint8), compression="deflate")
    target = tmp_path / "large_upscale-4x.tif"
    command = (latent_bin, "upscale", source, "--scale", 4, *F32, "--model", upscaler,
               "--skip-existing", "--json")  # fmt: skip
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        while not has_begun_a_file_in(tmp_path, running.pid):
            assert running.poll() is None
            time.sleep(0.01)
        target.write_text("the other's")
        stdout, stderr = running.communicate(timeout=300)
    assert running.returncode == 0, stderr
    assert [json.loads(line)["event"] for line in stdout.splitlines()][-1] == "skipped"
    assert target.read_text() == "the other's"
    assert {path.name for path in tmp_path.iterdir()} == {"large.tif", target.name}
