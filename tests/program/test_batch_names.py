# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of one run never replace one another, nor a source; names follow from the list alone."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_program import MakeDng, Outcome
from PIL import Image
from tiny_packages import make_denoiser, make_upscaler

Latent = Callable[..., Outcome]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packages")
    return {"denoise": make_denoiser(folder, "zero"), "upscale": make_upscaler(folder, "zero")}


@pytest.fixture
def denoise(latent: Latent, packages: dict[str, Path]) -> Latent:
    """latent denoise at strength 0, so that every result shows whose it is."""

    def call(*arguments: object) -> Outcome:
        return latent("denoise", *arguments, "--strength", 0, "--model", packages["denoise"])

    return call


def picture(path: Path, grey: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (16, 16), (grey, grey, grey)).save(path, quality=100)
    return path


def grey_of(path: Path) -> int:
    import tifffile

    return int(np.round(np.mean(tifffile.imread(path)) / 257))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def two_cards(folder: Path) -> list[Path]:
    return [picture(folder / "c1" / "IMG_1.png", 40), picture(folder / "c2" / "IMG_1.png", 200)]


@pytest.mark.parametrize("rule", [(), ("--overwrite",), ("--skip-existing",)])
def test_pictures_of_one_name_have_results_of_their_own(
    denoise: Latent, tmp_path: Path, rule: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    outcome = denoise(*two_cards(tmp_path), "-O", out, *rule)
    assert outcome.code == 0, outcome
    assert names_in(out) == {"IMG_1_c1_denoise.tif", "IMG_1_c2_denoise.tif"}
    assert grey_of(out / "IMG_1_c1_denoise.tif") == 40
    assert grey_of(out / "IMG_1_c2_denoise.tif") == 200


def test_a_raw_and_its_picture_in_one_folder_have_results_of_their_own(
    denoise: Latent, tmp_path: Path
) -> None:
    sources = [picture(tmp_path / "a.jpg", 40), picture(tmp_path / "a.png", 200)]
    assert denoise(*sources, "--overwrite").code == 0
    assert names_in(tmp_path) == {"a.jpg", "a.png", "a_jpg_denoise.tif", "a_png_denoise.tif"}
    assert grey_of(tmp_path / "a_png_denoise.tif") == 200


def test_a_run_taken_up_again_does_what_is_missing(denoise: Latent, tmp_path: Path) -> None:
    sources, out = two_cards(tmp_path), tmp_path / "out"
    assert denoise(*sources, "-O", out).code == 0
    (out / "IMG_1_c1_denoise.tif").unlink()
    for order in (sources, sources[::-1]):
        outcome = denoise(*order, "-O", out, "--skip-existing")
        assert outcome.code == 0, outcome
        assert names_in(out) == {"IMG_1_c1_denoise.tif", "IMG_1_c2_denoise.tif"}
    assert outcome.stdout.count(" skipped: ") == 2


def test_a_source_is_never_replaced_by_the_result_of_another(
    denoise: Latent, tmp_path: Path
) -> None:
    first, second = picture(tmp_path / "a.png", 40), tmp_path / "a_denoise.tif"
    Image.new("RGB", (16, 16), (200, 200, 200)).save(second)
    before = hashlib.sha256(second.read_bytes()).hexdigest()
    for other_way in (second, tmp_path / "." / second.name):
        outcome = denoise(first, other_way, "--overwrite")
        assert outcome.code == 1, outcome
        sentences = outcome.stderr.splitlines()
        assert len(sentences) == 2, outcome
        assert "a_denoise.tif', which is a source of this run" in sentences[0]
        assert "is the source itself" in sentences[1]
    assert hashlib.sha256(second.read_bytes()).hexdigest() == before
    assert denoise(first, second).code == 0  # without --overwrite names count on
    assert hashlib.sha256(second.read_bytes()).hexdigest() == before
    assert names_in(tmp_path) == {"a.png", "a_denoise.tif", "a_denoise_1.tif", "a_denoise_2.tif"}


def test_what_cannot_be_told_apart_fails_and_the_rest_goes_on(
    denoise: Latent, tmp_path: Path
) -> None:
    sources = [picture(tmp_path / name, grey) for name, grey in
               (("a.png", 40), ("a_denoise.png", 200), ("b.png", 90))]  # fmt: skip
    outcome = denoise(*sources, "-O", tmp_path / "out", "--overwrite")
    assert outcome.code == 1
    assert len(outcome.stderr.splitlines()) == 1
    assert "a_denoise.tif', as that of " in outcome.stderr
    assert names_in(tmp_path / "out") == {"a_denoise.tif", "b_denoise.tif"}
    assert grey_of(tmp_path / "out" / "a_denoise.tif") == 40


def test_upscale_and_rawdenoise_keep_to_it_too(
    latent: Latent, dng: MakeDng, packages: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    outcome = latent("upscale", *two_cards(tmp_path), "--scale", 2, "-O", out, "--overwrite",
                     "--model", packages["upscale"])  # fmt: skip
    assert outcome.code == 0, outcome
    raw = dng("IMG_1.dng")
    raws = [Path(shutil.copy(raw, tmp_path / folder / "IMG_1.dng")) for folder in ("c1", "c2")]
    outcome = latent("rawdenoise", *raws, "--strength", 0, "-O", out, "--overwrite")
    assert outcome.code == 0, outcome
    assert names_in(out) == {
        "IMG_1_c1_upscale-2x.tif", "IMG_1_c2_upscale-2x.tif",
        "IMG_1_c1_raw-denoise.dng", "IMG_1_c2_raw-denoise.dng",
    }  # fmt: skip
