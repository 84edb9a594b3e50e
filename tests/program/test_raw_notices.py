# SPDX-License-Identifier: GPL-3.0-or-later
"""What latent says of a raw beyond its pixels: what is lost, what is guessed, what it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import MakeDng, Outcome
from test_linear_raw import REAL

Latent = Callable[..., Outcome]
KODAK = "RAW_KODAK_C330_FORMAT_NONE_YRGB.raw"


def notices_of(outcome: Outcome) -> list[str]:
    assert outcome.code == 0, outcome
    notices: list[str] = outcome.events[-1]["notices"]
    return notices


def test_info_refuses_what_rawdenoise_refuses(latent: Latent, dng: MakeDng) -> None:
    source = dng("quad.dng", "--cfa", "quad", "--size", "256x192")
    info = json.loads(latent("info", source, "--json").stdout)
    assert info["output"] is None
    assert "quad-Bayer" in info["refusal"]
    for strength in (0, 100):
        outcome = latent("rawdenoise", source, "--strength", strength)
        assert outcome.code == 1, outcome
        assert outcome.stderr.strip() == "latent: " + info["refusal"]


@pytest.mark.parametrize("cfa", ["rggb", "linear"])
def test_a_region_says_which_tags_it_goes_without(latent: Latent, dng: MakeDng, cfa: str) -> None:
    source = dng("photo.dng", "--cfa", cfa, "--size", "384x320", "--warp")
    whole = latent("rawdenoise", source, "--strength", 0, "--json")
    assert not any("OpcodeList3" in notice for notice in notices_of(whole))
    part = latent("rawdenoise", source, "--strength", 0, "--region", "64,64,128,96", "--json",
                  "-o", source.with_name("part.dng"))  # fmt: skip
    lost = [notice for notice in notices_of(part) if "OpcodeList3" in notice]
    assert len(lost) == 1
    assert "whole picture" in lost[0]


@pytest.mark.skipif(not REAL.exists(), reason="the shared data folder is absent")
@pytest.mark.parametrize(("name", "guessed"), [(KODAK, True), ("bayer4.crw", False)])
def test_colours_that_nobody_knows_are_announced(
    latent: Latent, tmp_path: Path, name: str, guessed: bool
) -> None:
    source = tmp_path / name
    shutil.copy(REAL / name, source)

    def told(sentences: list[str]) -> bool:
        return any("does not know this camera's colours" in s for s in sentences)

    info = json.loads(latent("info", source, "--json").stdout)
    assert told(info["warnings"]) == guessed
    outcome = latent("rawdenoise", source, "--strength", 0, "--json")
    assert told(notices_of(outcome)) == guessed
