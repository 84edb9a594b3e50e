# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing candidates: what they change, what is kept, what the table says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MadePicture

from latent_train import compare
from latent_train.config import Config, ConfigError, DataConfig, load_config

FOLDER = Path(__file__).parent.parent


@pytest.mark.parametrize("model", sorted(p.stem for p in (FOLDER / "candidates").glob("*.toml")))
def test_every_list_holds_four_candidates_of_its_model(model: str) -> None:
    base = load_config(FOLDER / "configs" / f"{model}.toml")
    found = compare.candidates(FOLDER / "candidates" / f"{model}.toml", base)
    assert len(found) >= 4
    assert len({candidate.config for candidate in found}) == len(found)
    assert len({candidate.config.network for candidate in found}) >= 4
    assert base.network in {candidate.config.network for candidate in found}


def test_a_candidate_may_change_another_section(tiny_config: Config, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[candidate]]\nname = "x"\nblocks = 3\noptimiser.muon_widest = 48\n')
    (found,) = compare.candidates(path, tiny_config)
    expected = replace(tiny_config.optimiser, muon_widest=48)
    network = replace(tiny_config.network, blocks=3)
    assert found.config == replace(tiny_config, optimiser=expected, network=network)


def test_what_is_said_of_every_candidate_gives_way_to_its_own(
    tiny_config: Config, tmp_path: Path
) -> None:
    path = tmp_path / "c.toml"
    every = "[every]\nblocks = 3\noptimiser = { muon_widest = 0, learning_rate = 0.5 }\n"
    own = '[[candidate]]\nname = "x"\noptimiser.muon_widest = 48\n'
    path.write_text(every + own + '[[candidate]]\nname = "y"\nblocks = 2\n')
    x, y = (candidate.config for candidate in compare.candidates(path, tiny_config))
    assert (x.optimiser.muon_widest, x.optimiser.learning_rate, x.network.blocks) == (48, 0.5, 3)
    assert (y.optimiser.muon_widest, y.optimiser.learning_rate, y.network.blocks) == (0, 0.5, 2)


def test_an_unknown_key_is_refused(tiny_config: Config, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[candidate]]\nname = "x"\nwidth = 3\n')
    with pytest.raises(ConfigError, match="width"):
        compare.candidates(path, tiny_config)


def test_results_are_kept_and_shown(
    tiny_config: Config, made_picture: MadePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "SIDE_PX", 64)
    monkeypatch.setattr(compare, "followed", lambda *_: {"psnr_x": 30.125})
    found = [compare.Candidate("tiny", tiny_config)]
    first = compare.compare(found, lambda _: made_picture, 3, tmp_path, tmp_path)
    assert first["tiny"]["f32_us"] > 0
    monkeypatch.setattr(compare, "cost", lambda _: pytest.fail("measured twice"))
    assert compare.compare(found, lambda _: made_picture, 3, tmp_path, tmp_path) == first
    monkeypatch.setattr(compare, "followed", lambda *_: {"psnr_x": 31.0})
    wider = [compare.Candidate("tiny", replace(tiny_config, seed=9))]
    for again, steps in ((found, 2), (wider, 3)):
        other = compare.compare(again, lambda _: made_picture, steps, tmp_path, tmp_path)
        assert other["tiny"]["psnr_x"] == 31.0
        assert other["tiny"]["run"] != first["tiny"]["run"]
    lines = compare.table(first, 3).splitlines()
    assert lines[-1].startswith("| tiny | 0.0")
    assert lines[-1].endswith("| 30.12 |")


def test_another_network_of_the_same_name_costs_anew_and_old_candidates_are_not_shown(
    tiny_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "cost", lambda config: {"f32_us": config.network.blocks})
    deeper = replace(tiny_config, network=replace(tiny_config.network, blocks=7))
    both = [compare.Candidate("a", tiny_config), compare.Candidate("b", tiny_config)]
    compare.compare(both, None, 1, tmp_path, tmp_path)
    left = compare.compare([compare.Candidate("a", deeper)], None, 1, tmp_path, tmp_path)
    assert list(left) == ["a"]
    assert left["a"]["f32_us"] == 7


def test_candidates_see_the_pictures_of_their_own_recipe(
    tiny_config: Config, made_picture: MadePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "cost", lambda _: {"f32_us": 1.0})
    monkeypatch.setattr(compare, "followed", lambda *_: {})
    bicubic = replace(tiny_config, data=replace(tiny_config.data, reduction="bicubic"))
    recipes = {"a": tiny_config, "b": replace(tiny_config, seed=3), "c": bicubic}
    found = [compare.Candidate(name, config) for name, config in recipes.items()]
    asked: list[str] = []

    def pictures(data: DataConfig) -> MadePicture:
        asked.append(data.reduction)
        return made_picture

    compare.compare(found, pictures, 1, tmp_path, tmp_path)
    assert asked == ["box", "bicubic"]
