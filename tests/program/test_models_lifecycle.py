# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a model in the user's store: import, list, enable, verify, pack, remove."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from model_packages import good_package, remade, unpacked
from model_store import Models


def unzip(package: Path, folder: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder / package.stem


def test_a_package_is_imported_listed_verified_and_removed(models: Models, tmp_path: Path) -> None:
    package = good_package(tmp_path, "tiny", "1.2", task="erase")
    said = models.done("import", "--yes", package)
    assert "tiny 1.2 installed, enabled for erase" in said
    assert "1 golden tensors run" in said
    entry = models.listed()["tiny"]
    assert entry["enabled"]
    assert not entry["built_in"]
    assert entry["origin"]["kind"] == "file"
    assert entry["trust"]["weights_licence"] == "GPL-3.0-or-later"
    assert (models.store / "tiny.dtmodel").read_bytes() == package.read_bytes()
    assert list((models.store / "quarantine").iterdir()) == []
    verdict = json.loads(models.done("verify", "tiny", "--json"))["models"][0]
    assert verdict["good"]
    assert verdict["goldens"] == 1
    models.done("remove", "tiny")
    assert "tiny" not in models.listed()
    assert "latent: there is no model 'tiny'" in models.refused("remove", "tiny")


def test_an_import_shows_the_licence_and_wants_it_accepted(models: Models, tmp_path: Path) -> None:
    package = good_package(tmp_path, "tiny", task="erase")
    assert "give --yes" in models.refused("import", package, code=2)
    assert "tiny" not in models.listed()
    said = models.done("import", package, "--yes")
    for words in ("licence:  GPL-3.0-or-later", "data:     ", "data licence: none",
                  "OSAID:    yes", "MOF:      I"):  # fmt: skip
        assert said.index(words) < said.index("tiny 1.0 installed"), said


def at_a_terminal(
    latent_bin: Path, models: Models, folder: Path, *arguments: object
) -> tuple[int, subprocess.Popen[str]]:
    """The program with a terminal to read from, and the end of it where a user types."""
    import pty

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [latent_bin, *map(str, arguments)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LATENT_MODELS_DIR": str(models.store),
             "LATENT_CONFIG": str(models.folder / "config"),
             "LATENT_CACHE": str(folder / "cache")},
        # What runs in the background ignores it from the beginning, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    os.close(theirs)
    return ours, running


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 130), (b"y\n", 0)])
def test_at_a_terminal_an_import_asks(
    models: Models, latent_bin: Path, tmp_path: Path, answer: bytes, code: int
) -> None:
    package = good_package(tmp_path, "tiny", task="erase")
    ours, running = at_a_terminal(latent_bin, models, tmp_path, "models", "import", package)
    os.write(ours, answer)
    said, _ = running.communicate(timeout=120)
    os.close(ours)
    assert running.returncode == code, said
    assert "licence:  GPL-3.0-or-later" in said
    assert ("tiny" in models.listed()) == (code == 0)


def test_ctrl_c_ends_the_question(models: Models, latent_bin: Path, tmp_path: Path) -> None:
    package = good_package(tmp_path, "tiny", task="erase")
    ours, running = at_a_terminal(latent_bin, models, tmp_path, "models", "import", package)
    assert running.stdout is not None
    said = ""
    while "Install it?" not in said:
        piece = running.stdout.read(1)
        assert piece, said
        said += piece
    running.send_signal(signal.SIGINT)
    try:
        running.communicate(timeout=30)
    finally:
        running.kill()
        os.close(ours)
    assert running.returncode == 130
    assert "tiny" not in models.listed()


def test_what_ships_is_built_in_and_used_until_something_else_is_enabled(
    models: Models, tmp_path: Path
) -> None:
    shipped = models.listed()["latent-denoise"]
    assert shipped["built_in"]
    assert shipped["enabled"]
    models.done("import", "--yes", good_package(tmp_path, "tiny", task="denoise"))
    assert models.listed()["latent-denoise"]["enabled"]
    models.done("enable", "tiny")
    listed = models.listed()
    assert listed["tiny"]["enabled"]
    assert not listed["latent-denoise"]["enabled"]
    models.done("disable", "tiny")
    listed = models.listed()
    assert not listed["tiny"]["enabled"]
    assert not listed["latent-denoise"]["enabled"]
    models.done("enable", "tiny")
    models.done("remove", "tiny")
    assert models.listed()["latent-denoise"]["enabled"]
    assert "came with the program" in models.refused("remove", "latent-denoise")


def test_importing_a_model_that_ships_does_not_change_the_default(
    models: Models, repository: Path
) -> None:
    models.done("import", "--yes", repository / "weights" / "latent-raw-fast.dtmodel")
    listed = models.listed()
    assert listed["latent-raw"]["enabled"]
    assert not listed["latent-raw-fast"]["enabled"]


def test_verbs_use_the_model_that_is_enabled(
    models: Models, tmp_path: Path, repository: Path
) -> None:
    picture = tmp_path / "in.png"
    from PIL import Image

    Image.new("RGB", (32, 32), (90, 120, 30)).save(picture)
    where = {"LATENT_MODELS_DIR": str(models.store)}
    models.done("import", "--yes", good_package(tmp_path, "tiny", task="denoise"))
    models.done("enable", "tiny")
    outcome = models.program("denoise", picture, "--json", "-o", tmp_path / "a.tif", **where)
    assert outcome.code == 0, outcome.stderr
    assert '"tiny"' in outcome.stdout
    models.done("disable", "tiny")
    outcome = models.program("denoise", picture, "-o", tmp_path / "b.tif", **where)
    assert outcome.code == 1
    assert "no model is enabled for the task 'denoise'" in outcome.stderr


def test_a_folder_dropped_in_by_hand_is_one_of_the_models(models: Models, tmp_path: Path) -> None:
    unzip(good_package(tmp_path, "tiny", task="erase"), models.store)
    entry = models.listed()["tiny"]
    assert entry["origin"] is None
    assert not entry["built_in"]
    models.done("verify", "tiny")
    models.done("remove", "tiny")
    assert not (models.store / "tiny").exists()


def test_a_folder_is_packed_and_imported(models: Models, tmp_path: Path) -> None:
    folder = unzip(good_package(tmp_path, "tiny", task="erase"), tmp_path / "out")
    first, second = tmp_path / "one.dtmodel", tmp_path / "two.dtmodel"
    models.done("pack", folder, "-o", first)
    os.utime(folder / "config.json", (1, 1))
    models.done("pack", folder, "-o", second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    assert "is there already" in models.refused("pack", folder, "-o", first)
    models.done("import", "--yes", folder)
    models.done("import", "--yes", first)
    (folder / "unlisted").write_text("x")
    assert "does not stand in the manifest" in models.refused("pack", folder, "-o", tmp_path / "3")
    assert not (tmp_path / "3").exists()


def test_a_newer_version_takes_the_place_of_the_older(models: Models, tmp_path: Path) -> None:
    models.done("import", "--yes", good_package(tmp_path, "tiny", "1.0", task="erase"))
    said = models.done("import", "--yes", good_package(tmp_path, "tiny", "1.1", task="erase"))
    assert "tiny 1.1 installed instead of 1.0" in said
    assert models.version("tiny") == "1.1"


def test_install_from_a_folder_of_packages_and_from_a_file(models: Models, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    package = good_package(shelf, "tiny", task="erase")
    models.done("install", "tiny", "--from", shelf, "--yes")
    models.done("remove", "tiny")
    models.done("install", "tiny", "--from", package, "--yes")
    assert "holds no package 'other'" in models.refused(
        "install", "other", "--from", shelf, "--yes"
    )
    assert "is 'tiny' where 'other'" in models.refused("install", "other", "--from", package, "-y")
    assert "there is no terminal" in models.refused("install", "tiny", "--from", shelf, code=2)


def test_a_path_that_is_no_text_works(models: Models, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff"))
    odd.mkdir()
    package = shutil.copy(good_package(tmp_path, "tiny", task="erase"), odd / "tiny.dtmodel")
    folder = Models(models.program, odd)
    folder.done("import", "--yes", package)
    assert folder.version("tiny") == "1.0"
    folder.done("verify", "tiny")
    assert "\\xe9" in folder.listed()["tiny"]["path"]


def test_what_changed_after_the_install_is_found(models: Models, tmp_path: Path) -> None:
    package = good_package(tmp_path, "tiny", task="erase")
    models.done("import", "--yes", package)
    installed = models.store / "tiny.dtmodel"
    facts = installed.stat()

    def change(config: dict[str, object], files: dict[str, bytes]) -> None:
        config["name"] = "another name"

    changed = remade(package.read_bytes(), change)
    with installed.open("r+b") as file:  # in place: the same inode
        file.write(changed)
        file.truncate(len(changed))
    os.utime(installed, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert "is not the file that was installed" in models.refused("verify", "tiny")
    verdict = json.loads(models.run("verify", "tiny", "--no-run", "--json").stdout)["models"][0]
    assert not verdict["good"]
    if len(changed) != facts.st_size:
        assert models.listed()["tiny"]["origin"] is None  # nobody's word for it any more
        assert "changed since it was installed" in models.done("list")
    models.done("import", "--yes", shutil.copy(installed, tmp_path / "mine.dtmodel"))
    models.done("verify", "tiny")  # the change is the user's own
    installed.write_bytes(package.read_bytes()[:-30])
    assert models.run("verify", "tiny").code == 1


def test_a_copied_store_knows_where_its_models_came_from(models: Models, tmp_path: Path) -> None:
    package = good_package(tmp_path, "tiny", task="erase")
    models.done("import", "--yes", package)
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", models.store, copy], check=True)
    os.utime(copy / "tiny.dtmodel", (1, 1))
    where = {"LATENT_MODELS_DIR": str(copy)}
    for _ in range(2):  # hashed, then remembered
        assert f"from:     file {package}" in models.done("show", "tiny", **where)
    models.done("verify", "tiny", "--no-run", **where)


def test_a_damaged_state_is_one_sentence_and_loses_no_model(models: Models, tmp_path: Path) -> None:
    models.done("import", "--yes", good_package(tmp_path, "tiny", task="erase"))
    state = models.store / "state.json"
    for damage in (
        "",
        "{",
        '{"latent_store": 2}',
        state.read_text().replace('"pinned"', '"pined"'),
    ):
        state.write_text(damage)
        listed = models.run("list")  # every model is there, and the file is named
        assert listed.code == 0
        assert "remove state.json there" in listed.stderr
        assert "tiny" in listed.stdout
        assert "remove state.json there" in models.refused("enable", "tiny")
    state.unlink()
    assert models.version("tiny") == "1.0"
    (models.store / "facts.json").write_text("nonsense")
    assert models.version("tiny") == "1.0"


def test_two_programs_at_once_do_no_harm(models: Models, latent_bin: Path, tmp_path: Path) -> None:
    names = ["one", "two", "three"]
    packages = [good_package(tmp_path, name, task=f"task-{name}") for name in names]
    environment = {**os.environ, "LATENT_MODELS_DIR": str(models.store),
                   "LATENT_CACHE": str(tmp_path / "cache")}  # fmt: skip
    running = [
        subprocess.Popen([latent_bin, "models", "import", "--yes", package], env=environment,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for package in packages
    ]  # fmt: skip
    for process in running:
        _, errors = process.communicate(timeout=180)
        assert process.returncode == 0, errors
    listed = models.listed()
    assert all(listed[name]["enabled"] for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="flock(1) is Linux's")
def test_a_lock_that_is_held_is_waited_for_no_longer_than_said(
    models: Models, tmp_path: Path
) -> None:
    import fcntl

    package = good_package(tmp_path, "tiny", task="erase")
    models.done("import", "--yes", package)
    with (models.store / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another program is changing it" in models.refused("remove", "tiny", "--wait", "1")
        assert models.version("tiny") == "1.0"  # reading needs no lock
    models.done("remove", "tiny", "--wait", "1")


def test_details_show_what_a_model_is_made_of(models: Models) -> None:
    text = models.done("show", "latent-raw")
    for words in ("licence:  GPL-3.0-or-later", "OSAID:    Open Source AI", "MOF:      Class I"):
        assert words in text
    details = json.loads(models.done("show", "latent-raw", "--json"))
    assert details["manifest_version"] == 1
    assert details["trust"]["data_class"] == "open"


def test_a_package_of_darktables_is_listed_with_what_its_card_says(
    models: Models, tmp_path: Path
) -> None:
    config, files = unpacked(good_package(tmp_path, "plain", task="denoise").read_bytes())
    del config["latent"], config["attributes"]
    config["model_card"] = {"license": "MIT", "training_data": "undisclosed"}
    folder = models.store / "plain"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.onnx").write_bytes(files["rgb.onnx"])
    trust = models.listed()["plain"]["trust"]
    assert trust["weights_licence"] == "MIT"
    assert trust["data_class"] == "undisclosed"
    assert trust["osaid"] == ""
