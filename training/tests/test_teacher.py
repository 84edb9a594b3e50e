# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning from a network that has learned already."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import MadePicture
from test_cli import RECIPE, photos  # noqa: F401  a fixture

from latent_train.batches import Batch, make_batch
from latent_train.config import (
    Config,
    ConfigError,
    NetworkConfig,
    TeacherConfig,
    config_from_dict,
)
from latent_train.loss import loss
from latent_train.teacher import Teacher, recipe_of
from latent_train.train import Trainer

CPU = torch.device("cpu")
WEIGHTS = Path(__file__).resolve().parents[2] / "weights"


def taught(config: Config, path: Path, share: float) -> Config:
    return replace(config, teacher=TeacherConfig(path=str(path), share=share))


@pytest.fixture
def wide(tiny_config: Config, made_picture: MadePicture, tmp_path: Path) -> Path:
    """A wider network that has learned for a few steps, as a run leaves it."""
    trainer = Trainer(replace(tiny_config, network=NetworkConfig(widths=(20, 28), blocks=1)))
    for step in range(30):
        trainer.step(make_batch(made_picture, trainer.config, step), 0.0)
    folder = tmp_path / "wide"
    folder.mkdir()
    trainer.save(folder)
    return folder / "checkpoint.pt"


def answer(network: torch.nn.Module, batch: Batch) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = network(batch.planes)
    return found


def test_the_loss_is_shared_between_truth_and_teacher(
    tiny_config: Config, made_picture: MadePicture, wide: Path, tmp_path: Path
) -> None:
    batch = make_batch(made_picture, tiny_config, 5)
    plain = replace(tiny_config, bf16=False)
    teacher = Trainer.load(wide.parent).averaged_network()
    alone = Trainer(plain)
    residual = answer(alone.network, batch)
    truth = float(loss(residual, batch, plain))
    told = replace(batch, target=batch.base - answer(teacher, batch))
    towards = float(loss(residual, told, plain))
    assert towards != pytest.approx(truth, rel=1e-2)
    for share in (0.0, 0.25, 1.0):
        trainer = Trainer(taught(plain, wide, share))
        trainer.load_teacher(tmp_path)
        expected = (1 - share) * truth + share * towards
        assert trainer.step(batch, 0.0) == pytest.approx(expected, rel=1e-4)


def test_a_student_comes_near_its_teacher_and_the_teacher_stays(
    tiny_config: Config, made_picture: MadePicture, wide: Path, tmp_path: Path
) -> None:
    student = Trainer(taught(tiny_config, wide, 1.0))
    student.load_teacher(tmp_path)
    teacher = Trainer.load(wide.parent).averaged_network()
    probe = make_batch(made_picture, tiny_config, 999)

    def distance() -> float:
        off = answer(student.network.float(), probe) - answer(teacher, probe)
        return float(off.square().mean())

    before = distance()
    for step in range(80):
        student.step(make_batch(made_picture, tiny_config, step), 0.0)
    assert distance() < 0.3 * before
    assert student.teacher is not None
    again = student.teacher.answered(probe, probe.planes)
    assert torch.allclose(again.target, probe.base - answer(teacher, probe), atol=5e-2)
    assert not any(key.startswith("teacher.") for key in student.averaged_network().state_dict())


def test_a_recipe_with_a_teacher_does_not_learn_without_it(
    tiny_config: Config, made_picture: MadePicture, wide: Path
) -> None:
    trainer = Trainer(taught(tiny_config, wide, 0.5))
    with pytest.raises(ConfigError, match="has not been loaded"):
        trainer.step(make_batch(made_picture, tiny_config, 0), 0.0)


def test_a_package_that_ships_can_teach(tmp_path: Path) -> None:
    package = WEIGHTS / "latent-raw.dtmodel"
    recipe = recipe_of(package, "model.onnx")
    assert recipe.task == "raw"
    config = taught(replace(recipe, bf16=False, teacher=TeacherConfig()), package, 0.5)
    teacher = Teacher(config, tmp_path, CPU, bf16=False)
    planes = torch.rand((1, 20, 16, 16))
    batch = Batch(planes, planes[:, :4], planes[:, :4], planes[:, 4:8])
    assert torch.isfinite(teacher.answered(batch, planes).target).all()
    with pytest.raises(ConfigError, match=r"no network other\.onnx"):
        recipe_of(package, "other.onnx")


def test_a_teacher_that_does_not_fit_is_refused(
    tiny_config: Config, wide: Path, tmp_path: Path
) -> None:
    def refused(config: Config, path: Path = wide) -> str:
        with pytest.raises(ConfigError) as caught:
            Teacher(taught(config, path, 0.5), tmp_path, CPU, bf16=False)
        return str(caught.value)

    assert "trained for raw, not for denoise" in refused(replace(tiny_config, task="denoise"))
    other = replace(tiny_config, network=replace(tiny_config.network, unshuffle=1))
    assert "unshuffle 2, the student's 1" in refused(other)
    state = torch.load(wide, weights_only=True)
    config = state["config"]
    config["simulation"] |= {"bayer_share": 1.0, "xtrans_share": 0.0}
    torch.save(state, tmp_path / "bayer.pt")
    assert "never seen sensors of kind xtrans, mono" in refused(tiny_config, tmp_path / "bayer.pt")
    torch.save(state["average"], tmp_path / "bare.pt")
    assert "does not say how its network is made" in refused(tiny_config, tmp_path / "bare.pt")
    assert "is not there" in refused(tiny_config, tmp_path / "none.pt")
    with pytest.raises(ConfigError, match="share 2 is not between"):
        config_from_dict({"teacher": {"path": "a.pt", "share": 2}})


def told(words: list[str]) -> subprocess.CompletedProcess[str]:
    """What the command says, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "latent_train.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_command_keeps_the_teacher_in_the_run_and_says_which_it_was(
    photos: Path,  # noqa: F811
    wide: Path,
    tmp_path: Path,
) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE.format(batch=2) + '[teacher]\npath = ""\nshare = 0.75\n')
    run, given = tmp_path / "run", tmp_path / "given.pt"
    average = told(["average", "--run", str(wide.parent), "--out", str(given)])
    assert average.returncode == 0, average.stdout + average.stderr
    command = ["train", "tiny", "--data", str(photos), "--run", str(run)]
    begun = [*command, "--config", str(recipe), "--teacher", str(given), "--steps", "1"]
    result = told(begun)
    assert result.returncode == 0, result.stdout + result.stderr
    given.unlink()
    result = told([*command, "--steps", "2"])
    assert result.returncode == 0, result.stdout + result.stderr
    rows = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert rows[0]["teacher"] == "given.pt"
    starts = [row for row in rows if "teacher_share" in row]
    assert [row["teacher_share"] for row in starts] == [0.75, 0.75]
    assert {row["teacher_sha256"] for row in starts} == {rows[0]["teacher_sha256"]}
    assert str(tmp_path) not in (run / "history.jsonl").read_text()
    assert Trainer.load(run).config.teacher.path == "teacher.pt"
    refused = told([*command, "--steps", "3", "--teacher", str(wide)])
    assert refused.returncode == 2
