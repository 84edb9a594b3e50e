# SPDX-License-Identifier: GPL-3.0-or-later
"""Hot pixels go as part of raw denoise; stars, and everything at strength 0, stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_program import MakeDng, Outcome
from latent_reference import make_dng
from latent_reference.sensor import HotSites, Sensor, SensorNoise
from test_rawdenoise import samples_of

Latent = Callable[..., Outcome]
COUNT = 80
COMMON = ("--size", "640x520", "--margins", "2,4,0,6", "--noise", "0.0004,4e-6", "--scene")
KNOWN = ("--noise", "0.0004,4e-6", "--precision", "f32")
RANGE = 16383 - 512


def struck_places(path: Path, *options: str) -> list[tuple[int, int]]:
    """Where the generator puts its hot sites, (row, column) in the buffer."""
    args = make_dng.parser().parse_args([str(path), *options])
    spec = make_dng.spec_of(args)
    scene = make_dng.scene_of("flat", 640, 520)
    return HotSites(spec, Sensor(spec, scene, SensorNoise()), args.hot, seed=args.seed).places


def counts_of(path: Path) -> npt.NDArray[np.float64]:
    return samples_of(path).astype(float) / 4.0


@pytest.mark.parametrize("cfa", ["rggb", "gbrg", "xtrans", "mono"])
def test_hot_pixels_go_and_the_rest_is_that_of_the_clean_picture(
    latent: Latent, dng: MakeDng, cfa: str
) -> None:
    options = ("--cfa", cfa, *COMMON, "gradient")
    struck = ("--hot", str(COUNT), "--hot-height", "0.95")
    clean = dng("clean.dng", *options)
    hot = dng("hot.dng", *options, *struck)
    places = struck_places(hot, *options, *struck)
    rows, columns = np.array(places).T
    assert latent("rawdenoise", clean, *KNOWN).code == 0
    outcome = latent("rawdenoise", hot, *KNOWN, "--json")
    assert outcome.code == 0, outcome
    done = outcome.events[-1]
    assert done["hot_pixels"] == COUNT
    assert done["dead_pixels"] == 0
    expected = counts_of(clean.with_name("clean_raw-denoise.dng"))
    found = counts_of(hot.with_name("hot_raw-denoise.dng"))
    at_sites = np.abs(found - expected)[rows, columns] / RANGE
    assert np.max(at_sites) < 0.03, (cfa, np.sort(at_sites)[-5:])
    far = np.ones(found.shape, bool)
    for y, x in places:
        far[max(0, y - 24) : y + 25, max(0, x - 24) : x + 25] = False
    assert np.max(np.abs(found - expected)[far], initial=0.0) < 0.003 * RANGE
    assert latent("rawdenoise", hot, *KNOWN, "--hot-pixels", "keep", "-o",
                  hot.with_name("kept.dng")).code == 0  # fmt: skip
    kept = counts_of(hot.with_name("kept.dng"))
    assert np.median(np.abs(kept - expected)[rows, columns]) > 0.1 * RANGE


@pytest.mark.parametrize("cfa", ["rggb", "xtrans", "mono"])
def test_stars_stay(latent: Latent, dng: MakeDng, cfa: str) -> None:
    source = dng("night.dng", "--cfa", cfa, "--seed", "3", *COMMON, "stars")
    outcome = latent("rawdenoise", source, *KNOWN, "--json")
    assert outcome.code == 0, outcome
    assert outcome.events[-1]["hot_pixels"] == 0
    assert outcome.events[-1]["dead_pixels"] == 0


def test_strength_0_keeps_hot_pixels_and_between_is_a_blend(latent: Latent, dng: MakeDng) -> None:
    source = dng("hot.dng", "--cfa", "grbg", *COMMON, "gradient", "--hot", str(COUNT))
    results = {}
    for strength in (0, 30, 100):
        output = source.with_name(f"{strength}.dng")
        assert latent("rawdenoise", source, "-o", output, "--strength", strength, *KNOWN).code == 0
        results[strength] = samples_of(output).astype(float)
    assert np.array_equal(results[0], 4.0 * samples_of(source))
    blend = 0.3 * results[100] + 0.7 * results[0]
    assert np.max(np.abs(results[30] - blend)) <= 1.0


def test_a_region_is_repaired_as_the_whole_is(latent: Latent, dng: MakeDng) -> None:
    source = dng("hot.dng", *COMMON, "gradient", "--hot", str(COUNT))
    whole = source.with_name("whole.dng")
    part = source.with_name("part.dng")
    assert latent("rawdenoise", source, "-o", whole, *KNOWN).code == 0
    outcome = latent("rawdenoise", source, "-o", part, "--region", "101,77,200,151", *KNOWN,
                     "--json")  # fmt: skip
    assert outcome.code == 0, outcome
    expected = samples_of(whole)[2 + 77 : 2 + 77 + 151, 4 + 101 : 4 + 101 + 200].astype(float)
    found = samples_of(part).astype(float)
    assert np.max(np.abs(found - expected)) < 2 * 1.5 * 0.25 / 255 * 4 * RANGE
    assert outcome.events[-1]["hot_pixels"] > 40


def test_a_batch_learns_which_sites_of_its_camera_are_hot(latent: Latent, dng: MakeDng) -> None:
    frames = [
        dng(f"{number}.dng", *COMMON, scene, "--hot", "20", "--hot-height", "0.5")
        for number, scene in enumerate(("gradient", "flat", "stars"))
    ]
    outcome = latent("rawdenoise", *frames, *KNOWN, "--hot-pixels", "learn", "--json")
    assert outcome.code == 0, outcome
    done = [event for event in outcome.events if event["event"] == "done"]
    # Where light hides a site in one of three frames, it is not known from them.
    assert all(17 <= event["hot_pixels"] <= 20 for event in done)
    assert all("known from 3 files" in " ".join(event["notices"]) for event in done)


def test_one_file_teaches_nothing_and_says_so(latent: Latent, dng: MakeDng) -> None:
    source = dng("alone.dng", *COMMON, "gradient", "--hot", "20", "--hot-height", "0.9")
    outcome = latent("rawdenoise", source, *KNOWN, "--hot-pixels", "learn", "--json")
    assert outcome.code == 0, outcome
    done = outcome.events[-1]
    assert done["hot_pixels"] == 20
    assert any("judged by itself" in notice for notice in done["notices"])
