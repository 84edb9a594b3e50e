# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that bring a network of its own for some sensors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import MakeDng, Outcome
from test_rawdenoise import samples_of, tag_of
from tiny_packages import make_raw_denoiser

Latent = Callable[..., Outcome]
TAKEN = {"bayer": 0.0, "mono": 0.1}


def mean_of(path: Path) -> float:
    """Of the raw samples, black 0, white 1."""
    black = float(np.ravel(tag_of(path, "BlackLevel", 0))[0])
    white = float(np.ravel(tag_of(path, "WhiteLevel"))[0])
    return float(np.mean((samples_of(path).astype(float) - black) / (white - black)))


@pytest.mark.parametrize(("cfa", "taken"), [("rggb", 0.0), ("mono", 0.1), ("linear", 0.1)])
def test_every_sensor_has_its_network(
    latent: Latent, dng: MakeDng, tmp_path: Path, cfa: str, taken: float
) -> None:
    """u = sqrt(x) nearly, so a grey of 0.25 falls to (0.5 - taken)^2."""
    source = dng(f"{cfa}.dng", "--cfa", cfa, "--size", "96x80", "--scene", "flat", "--black", "0",
                 "--wb", "1,1,1", "--noise", "1e-6,1e-10")  # fmt: skip
    package = make_raw_denoiser(tmp_path, TAKEN)
    target = tmp_path / f"{cfa}-result.dng"
    outcome = latent("rawdenoise", source, "--model", package, "-o", target, "--hot-pixels", "keep")
    assert outcome.code == 0, outcome
    before, after = mean_of(source), mean_of(target)
    assert after == pytest.approx((np.sqrt(before) - taken) ** 2, abs=2e-3)


def test_a_sensor_without_a_network_is_refused(
    latent: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    source = dng("photo.dng", "--cfa", "xtrans", "--size", "96x90", "--scene", "flat")
    package = make_raw_denoiser(tmp_path, TAKEN)
    for strength in (100, 0):
        outcome = latent("rawdenoise", source, "--model", package, "--strength", strength)
        assert outcome.code != 0
        assert "photo.dng" in outcome.stderr
        assert "tiny-sensors was not trained for X-Trans sensors" in outcome.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["photo.dng", "tiny-sensors.dtmodel"]


def test_the_list_of_networks_names_their_sensors(latent: Latent, tmp_path: Path) -> None:
    package = make_raw_denoiser(tmp_path, TAKEN)
    folder = ("models", "--models-dir", tmp_path / "models")
    assert latent(*folder, "import", package, "--yes").code == 0
    outcome = latent(*folder, "show", "tiny-sensors")
    assert outcome.code == 0, outcome
    assert "network mono: mono.onnx (latent_cfa_v1) for mono, stride 8 px" in outcome.stdout


def test_the_golden_tensors_of_every_network_are_checked(latent: Latent, tmp_path: Path) -> None:
    package = make_raw_denoiser(tmp_path, TAKEN)
    outcome = latent("models", "run", package, "--check-golden", "--precision", "f32")
    assert outcome.code == 0, outcome
    assert "2 golden tensors match" in outcome.stdout
