# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line on a zoo of small models."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from conftest import DENOISE, RAW, make_model
from latent_package import archive
from typer.testing import CliRunner

from latent_zoo import card, table, validate
from latent_zoo import versions as indexing
from latent_zoo.cli import app
from latent_zoo.types import PackageError, ZooError

DEMO = """\
from latent_zoo import demos


def demo(networks, picture, out):
    after = demos.through(networks, "model", demos.middle(picture, 40))
    return [demos.write_picture(out / "after.png", after)]
"""


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two good models and one whose network cannot be made."""
    root = tmp_path / "zoo"
    folder = make_model(root, "b-denoise", DENOISE)
    (folder / "demo.py").write_text(DEMO, encoding="utf-8")
    make_model(root, "c-raw", RAW, "rawdenoise", "multi")
    monkeypatch.setenv("LATENT_ZOO", str(root))
    monkeypatch.delenv("LATENT_BIN", raising=False)
    return root


def test_run_makes_everything_and_the_table(zoo: Path, tmp_path: Path) -> None:
    make_model(zoo, "a-broken", "def graphs(checkpoints, seed):\n    raise ValueError('no such')\n")
    skipped = make_model(zoo, "d-skipped", DENOISE)
    (skipped / ".skip").touch()
    page = tmp_path / "zoo.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    folders = ("--out", tmp_path / "out", "--work", tmp_path / "work")
    code, said = call("run", "--all", "--random-weights", "--page", page, *folders)
    assert code == 1
    assert "failed: a-broken" in said
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "b-denoise.dtmodel",
        "c-raw.dtmodel",
    ]
    assert (tmp_path / "work" / "b-denoise" / "demo" / "after.png").exists()
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| `a-broken` | denoise | failed: no such |" in text
    assert re.search(r"\| `b-denoise` \| denoise \| model.onnx \| 0.06 M .*free sizes", text)
    assert "`input` 1x4x32x32 → `output` 1x3x64x64" in text
    page.write_text(f"{table.BEGIN}\n{table.END}\n", encoding="utf-8")
    assert call("table", "--page", page, "--work", tmp_path / "work")[0] == 0
    assert "c-raw" in page.read_text(encoding="utf-8")


def test_steps_one_by_one(zoo: Path, tmp_path: Path) -> None:
    work, out = ("--work", tmp_path / "work"), ("--out", tmp_path / "out")
    assert call("package", "b-denoise", *work, *out)[0] == 1  # nothing is converted yet
    code, said = call("convert", "b-denoise", *work)
    assert code == 1
    assert "or use --random-weights" in said
    assert call("convert", "b-denoise", "--random-weights", *work)[0] == 0
    assert call("package", "b-denoise", *work, *out)[0] == 0
    code, said = call("validate", "b-denoise", *out)
    assert (code, "b-denoise: good" in said) == (0, True)
    assert "not checked with latent" in said
    package = tmp_path / "out" / "b-denoise.dtmodel"
    package.write_bytes(package.read_bytes()[:-100])
    assert call("validate", "b-denoise", *out)[0] == 1


def test_setup_refuses_what_is_not_pinned(zoo: Path, tmp_path: Path) -> None:
    code, said = call("setup", "b-denoise", "--work", tmp_path / "work")
    assert code == 1
    assert "--trust-on-first-use" in said


def test_an_id_or_all_must_be_given(zoo: Path) -> None:
    assert call("convert", "--random-weights")[0] == 2
    code, said = call("convert", "../evil", "--random-weights")
    assert code == 1
    assert "there is no such model" in said


def test_list_names_every_model(zoo: Path) -> None:
    code, said = call("list")
    assert code == 0
    assert "b-denoise" in said


def test_eval_scores_a_package(zoo: Path, tmp_path: Path, packed: Path) -> None:
    import numpy as np

    from latent_zoo import demos

    make_model(zoo, "small-denoise", DENOISE)
    demos.write_picture(tmp_path / "data" / "a.png", np.full((48, 40, 3), 0.5))
    arguments = ("small-denoise", "--data", tmp_path / "data", "--out", packed.parent)
    code, said = call("eval", *arguments)
    assert code == 0
    assert "`small-denoise` | data, sigma 15 | 1 |" in said
    assert call("eval", "c-raw", "--data", tmp_path / "data", "--out", packed.parent)[0] == 1


def fake_program(path: Path, script: str) -> Path:
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_program_is_asked_when_it_can_import(
    small: card.Model, packed: Path, tmp_path: Path
) -> None:
    able = fake_program(
        tmp_path / "able",
        'case "$2" in --help) echo import run;; import) test -f "$3";; run) exit 0;; esac\n',
    )
    faults, said = validate.program_faults(able, small, packed)
    assert faults == []
    assert "imported the package" in said
    refusing = fake_program(
        tmp_path / "refusing",
        'case "$2" in --help) echo import;; *) echo "golden differs" >&2; exit 2;; esac\n',
    )
    faults, _ = validate.program_faults(refusing, small, packed)
    assert "golden differs" in faults[0]
    older = fake_program(tmp_path / "older", "exit 2\n")
    assert validate.program_faults(older, small, packed) == (
        [],
        f"{older}: has no `models import`, so it did not check the package",
    )


def test_indexes_list_what_the_packages_are(packed: Path, tmp_path: Path) -> None:
    made = indexing.write(
        [packed], tmp_path / "i", ["5.6.0"], "release-5.6.0", 7, "https://example.org/m"
    )
    by_name = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in made}
    digest = archive.sha256(packed)
    assert by_name["versions.json"]["schema"] == 1
    one = by_name["versions.json"]["models"]["small-denoise"]
    assert one["sha256"] == f"sha256:{digest}"
    assert one["size"] == packed.stat().st_size
    assert by_name["releases-index.json"] == {
        "schema": 1,
        "compatible_releases": {"5.6.0": "release-5.6.0"},
    }
    ours = by_name["latent-index.json"]
    assert (ours["latent_index"], ours["serial"]) == (1, 7)
    entry = ours["models"]["small-denoise"]
    assert entry["url"] == "https://example.org/m/small-denoise.dtmodel"
    assert entry["openness"]["osaid"] == "Open Source AI"
    assert entry["data"] == "made here"


def test_indexes_refuse_what_is_no_package(packed: Path, tmp_path: Path) -> None:
    other = packed.rename(packed.with_name("other.dtmodel"))
    arguments = (tmp_path, ["5.6.0"], "tag", 1, "")
    with pytest.raises(ZooError, match="is of the model 'small-denoise'"):
        indexing.write([other], *arguments)
    other.write_bytes(b"x")
    with pytest.raises(PackageError, match="not a package"):
        indexing.write([other], *arguments)
    with pytest.raises(ZooError, match="no package"):
        indexing.write([], *arguments)


@pytest.mark.parametrize(("application", "tag"), [("5.6", "t"), ("5.6.0", "../t"), ("x", "t")])
def test_releases_have_sane_names(application: str, tag: str) -> None:
    with pytest.raises(ZooError):
        indexing.releases_index([application], tag)


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("no markers", encoding="utf-8")
    with pytest.raises(ZooError, match="are missing"):
        table.put(tmp_path / "page.md", "x")
