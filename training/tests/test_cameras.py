# SPDX-License-Identifier: GPL-3.0-or-later
"""Sensors with the noise of real cameras: what is drawn, and what a package says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from test_device_batches import draws

from latent_train import cameras, simulate
from latent_train.config import ConfigError, SimulationConfig
from latent_train.device_sensor import draw_sensors

ONLY_CAMERAS = replace(SimulationConfig(), camera_share=1.0, sigma_max=0.2)
PLAIN = "scale 12\ncamera A|One|100 1e-5 0,400 5e-5 2e-8\ncamera B|Two|200 2e-5 1e-8\n"


def table(folder: Path, text: str = PLAIN) -> cameras.Cameras:
    path = folder / "table.txt"
    path.write_text(text)
    return cameras.read_cameras(path)


def noise_at(
    known: cameras.Cameras, index: int, share: float, factor: float
) -> tuple[float, float]:
    a, b = cameras.noise_of(
        known, torch.tensor([index]), torch.tensor([share]), torch.tensor([factor])
    )
    return float(a), float(b)


def test_the_table_of_the_program_is_read_whole() -> None:
    known = cameras.known_cameras()
    lines = cameras.TABLE.read_text().splitlines()
    assert len(known.names) == sum(line.startswith("camera ") for line in lines) > 400
    assert "Canon EOS 6D" in known.names
    assert (np.diff(known.iso, axis=1) >= 0).all()
    assert (known.a > 0).all()
    assert (known.b >= 0).all()


def test_noise_lies_on_straight_lines_between_the_iso_of_entries(tmp_path: Path) -> None:
    known = table(tmp_path)
    assert known.names == ("A One", "B Two")
    assert noise_at(known, 0, 0.0, 10) == pytest.approx((1e-4, 0))
    assert noise_at(known, 0, 1.0, 10) == pytest.approx((5e-4, 2e-7))
    # Half of the way by logarithm is ISO 200, a third of the way from 100 to 400.
    assert noise_at(known, 0, 0.5, 1) == pytest.approx((1e-5 + 4e-5 / 3, 2e-8 / 3), rel=1e-4)
    for share in (0.0, 0.4, 1.0):
        assert noise_at(known, 1, share, 2) == pytest.approx((4e-5, 2e-8))


def test_without_a_share_nothing_of_a_recipe_changes() -> None:
    before, after = np.random.default_rng(3), np.random.default_rng(3)
    plain = simulate.draw_sensor(before, SimulationConfig())
    other = simulate.draw_sensor(after, replace(SimulationConfig(), camera_factor_min=1.0))
    assert (plain.a, plain.b, plain.bits) == (other.a, other.b, other.bits)
    assert before.random() == after.random()


def test_both_simulations_draw_the_same_cameras() -> None:
    rng = np.random.default_rng(7)
    single = [simulate.draw_sensor(rng, ONLY_CAMERAS) for _ in range(3000)]
    many = draw_sensors(draws(3000), ONLY_CAMERAS)
    for mine, theirs in (
        (many.a.log(), np.log([s.a for s in single])),
        (many.b.log(), np.log([s.b for s in single])),
    ):
        spread = float(np.std(theirs))
        assert mine.mean().item() == pytest.approx(float(np.mean(theirs)), abs=0.08 * spread)
        assert mine.std().item() == pytest.approx(spread, rel=0.1)


def test_what_is_drawn_is_the_noise_of_photosites_within_the_range_of_the_recipe() -> None:
    many = draw_sensors(draws(4000), ONLY_CAMERAS)
    sigma_u = many.a.sqrt() / 2
    assert sigma_u.min() >= ONLY_CAMERAS.sigma_min * 0.999
    assert sigma_u.max() <= ONLY_CAMERAS.sigma_max * 1.001
    # The median of all ISO is about that of ISO 1600: a full well of some thousands of electrons.
    assert 1e3 < 1 / float(many.a.median()) < 2e4
    electrons = many.b.sqrt() / many.a
    assert electrons.min() > 0
    assert electrons.max() <= ONLY_CAMERAS.read_noise_max * 1.001


def test_a_share_of_the_sensors_is_drawn_from_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(*arguments: object) -> tuple[float, float]:
        nonlocal asked
        asked += 1
        return 1e-3, 1e-6

    monkeypatch.setattr(cameras, "draw", counted)
    rng = np.random.default_rng(1)
    config = replace(SimulationConfig(), camera_share=0.25)
    found = [simulate.draw_sensor(rng, config).a == 1e-3 for _ in range(2000)]
    assert sum(found) == asked
    assert asked / 2000 == pytest.approx(0.25, abs=0.03)
    many = draw_sensors(draws(4000), replace(config, camera_factor_min=1.0, camera_factor_max=1.0))
    plain = draw_sensors(draws(4000), replace(config, camera_share=1e-9))
    assert many.a.median() < plain.a.median()


def test_a_package_says_which_table_its_cameras_are_from() -> None:
    assert cameras.provenance(SimulationConfig()) == {}
    facts = cameras.provenance(ONLY_CAMERAS)["camera_noise"]
    assert facts["licence"] == "GPL-3.0-or-later"
    assert facts["cameras"] > 400
    assert facts["share"] == 1.0
    assert len(facts["table_sha256"]) == 64
    assert "darktable" in facts["source"]


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="camera_share needs the table of cameras"):
        cameras.read_cameras(tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="has no cameras"):
        table(tmp_path, "scale 12\n")
