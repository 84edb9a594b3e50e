# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that a user can set, and refusals that name the one that would help."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import MakeDng, Outcome
from PIL import Image
from tiny_packages import make_denoiser

Latent = Callable[..., Outcome]
IDENTITY = ("--strength", 0)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A picture of 2 megapixels."""
    path = tmp_path / "wide.png"
    Image.new("L", (2000, 1000), 77).save(path)
    return path


def allowing(refused: Outcome) -> list[str]:
    """The option that the sentence of a refusal names, ready to be given."""
    assert refused.code == 1, refused
    found = re.search(r"(--limit-[a-z]+) (\d+) allows it", refused.stderr)
    assert found, refused.stderr
    return list(found.groups())


@pytest.mark.parametrize(
    "limit", [("--limit-megapixels", 1), ("--limit-side", 1999), ("--limit-memory", 16)]
)
def test_the_limit_that_a_refusal_names_allows_the_picture(
    latent: Latent, wide: Path, tmp_path: Path, limit: tuple[str, int]
) -> None:
    if limit[0] == "--limit-memory":
        wide = tmp_path / "deep.tif"
        Image.fromarray(np.zeros((1000, 3000, 3), np.uint8)).save(wide)
    call = ("denoise", wide, "-o", tmp_path / "out.png", *IDENTITY)
    refused = latent(*call, *limit)
    option = allowing(refused)
    assert option[0] == limit[0]
    assert str(wide) in refused.stderr
    assert not (tmp_path / "out.png").exists()
    assert latent(*call, *option).code == 0


def test_every_verb_that_reads_pictures_takes_limits(
    latent: Latent, wide: Path, dng: MakeDng, tmp_path: Path
) -> None:
    raw = dng("raw.dng")
    small = ("--limit-side", 8)
    for verb in (
        ("denoise", wide, "-o", tmp_path / "o.png"),
        ("upscale", wide, "--scale", 2, "-o", tmp_path / "o.png"),
        ("compare", wide, wide),
        ("rawdenoise", raw, "-o", tmp_path / "o.dng"),
        ("render", raw, "-o", tmp_path / "o.png"),
        ("info", wide),
        ("info", raw),
    ):
        assert allowing(latent(*verb, *small))[0] == "--limit-side", verb


def test_settings_give_limits_and_the_command_line_outranks_them(
    latent: Latent, wide: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "config"
    settings.mkdir()
    file = settings / "settings.toml"
    file.write_text("# mine\n\nlimit-megapixels = 1   # small\nlimit-side=65000\n")
    config = {"LATENT_CONFIG": str(settings)}
    assert allowing(latent("info", wide, **config)) == ["--limit-megapixels", "2"]
    assert latent("info", wide, "--limit-megapixels", 2, **config).code == 0
    for text in (
        "limit-mp = 1\n",
        "limit-side = -1\n",
        "limit-side = 0\n",
        "limit-side\n",
        "limit-side = 9\nlimit-side = 10\n",
        "limit-side = 9e3\n",
        "limit-memory = 1\n",
    ):
        file.write_text(text)
        refused = latent("info", wide, **config)
        assert refused.code == 2, text
        assert "settings.toml" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    file.unlink()
    file.mkdir()
    assert latent("info", wide, **config).code == 2


def test_limits_out_of_range_are_a_mistake(latent: Latent, wide: Path) -> None:
    for option, value in (
        ("--limit-megapixels", 0),
        ("--limit-side", -5),
        ("--limit-side", 2_000_000),
        ("--limit-memory", 1),
        ("--limit-metadata", "lots"),
    ):
        assert latent("info", wide, option, value).code == 2


def test_less_memory_gives_smaller_tiles_and_the_same_picture(
    latent: Latent, tmp_path: Path
) -> None:
    package = make_denoiser(tmp_path, "mean", 5000)
    rng = np.random.default_rng(3)
    Image.fromarray(rng.integers(60, 190, (900, 700, 3), np.uint8)).save(tmp_path / "a.png")
    tiles = []
    for memory in (4000, 1000):
        out = tmp_path / f"{memory}.png"
        done = latent(
            "denoise",
            tmp_path / "a.png",
            "-o",
            out,
            "--model",
            package,
            "--json",
            "--precision",
            "f32",
            "--limit-memory",
            memory,
            "--bit-depth",
            8,
        )
        assert done.code == 0, done
        tiles.append(json.loads(done.stdout.splitlines()[-1])["tiles"])
    assert tiles[0] < tiles[1]
    large, small = (np.asarray(Image.open(tmp_path / f"{m}.png"), int) for m in (4000, 1000))
    assert np.abs(large - small).max() <= 1
    refused = latent(
        "denoise",
        tmp_path / "a.png",
        "-o",
        tmp_path / "none.png",
        "--model",
        package,
        "--precision",
        "f32",
        "--limit-memory",
        16,
    )
    assert allowing(refused)[0] == "--limit-memory"
    assert not (tmp_path / "none.png").exists()
