# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture says of a denoise with a package made for darktable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tifffile
from darktable_packages import picture_onnx
from test_darktable_pictures import COMPAT, Latent, T, denoiser, scene, write


def level_in(path: Path) -> float | None:
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        xmp = bytes(page.tags[700].value).decode()
    found = re.search(r'latent:Level="([0-9.e-]+)"', xmp)
    return float(found[1]) if found else None


@pytest.mark.parametrize("compat", [(), COMPAT])
@pytest.mark.parametrize("told", [True, False])
def test_the_level_in_it_is_one_that_was_told_or_measured(
    latent: Latent, tmp_path: Path, told: bool, compat: tuple[str, ...]
) -> None:
    source = write(tmp_path / "photo.tif", scene((150, 211)))
    package = denoiser(tmp_path, picture_onnx("mixed", T, level=told))
    outcome = latent("denoise", source, "--model", package, *compat)
    assert outcome.code == 0, outcome
    level = level_in(tmp_path / "photo_denoise.tif")
    if told:
        assert level == pytest.approx(25 / 255, rel=1e-3)
    elif compat:
        assert level is None
    else:
        assert level is not None
        assert 0.001 < level < 0.2
