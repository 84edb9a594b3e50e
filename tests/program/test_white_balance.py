# SPDX-License-Identifier: GPL-3.0-or-later
"""A raw without a white balance becomes a DNG that states one, so that all programs agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from tiny_packages import make_raw_denoiser

Latent = Callable[..., Outcome]
AS_SHOT_NEUTRAL, NOBODYS = b"\x28\xc6\x05\x00", b"\x39\xc6\x05\x00"
NOTICE = "does not state its white balance"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_raw_denoiser(tmp_path_factory.mktemp("raw"), {"bayer": 0.0})


def neutral(path: Path) -> list[float]:
    with tifffile.TiffFile(path) as file:
        parts = file.pages.first.tags["AsShotNeutral"].value
    return [above / below for above, below in zip(parts[::2], parts[1::2], strict=True)]


def denoised(latent: Latent, package: Path, source: Path) -> tuple[Path, list[str]]:
    result = source.with_name("result.dng")
    outcome = latent("rawdenoise", source, "-o", result, "--json", "--model", package)
    assert outcome.code == 0, outcome
    return result, outcome.events[-1]["notices"]


def without_balance(source: Path) -> Path:
    content = source.read_bytes()
    assert content.count(AS_SHOT_NEUTRAL) == 1
    without = source.with_name("without.dng")
    without.write_bytes(content.replace(AS_SHOT_NEUTRAL, NOBODYS))
    return without


def test_daylight_by_the_matrix_is_stated_with_a_notice(
    latent: Latent, package: Path, dng: MakeDng
) -> None:
    stated = dng("stated.dng", "--size", "128x96", "--scene", "texture", "--noise", "1e-3,1e-6")
    without = without_balance(stated)
    facts = json.loads(latent("info", without, "--json").stdout)
    assert not facts["as_shot_wb_known"]
    result, notices = denoised(latent, package, without)
    assert sum(NOTICE in notice for notice in notices) == 1
    # The matrix of the made camera is that of its own white balance under daylight.
    np.testing.assert_allclose(neutral(result), neutral(stated), rtol=2e-3)


def test_a_balance_that_the_file_states_is_kept_without_a_word(
    latent: Latent, package: Path, dng: MakeDng
) -> None:
    stated = dng("stated.dng", "--size", "128x96", "--scene", "texture", "--noise", "1e-3,1e-6")
    result, notices = denoised(latent, package, stated)
    assert not any(NOTICE in notice for notice in notices)
    np.testing.assert_allclose(neutral(result), neutral(stated), rtol=2e-3)
