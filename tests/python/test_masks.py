# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks of the Python module: those of the program, as numpy arrays."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

Script = Callable[..., subprocess.CompletedProcess[str]]


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def scene(path: Path) -> Path:
    """A bright rectangle on a dark ground."""
    rows, columns = np.mgrid[:120, :160]
    inside = (columns >= 60) & (columns < 110) & (rows >= 40) & (rows < 90)
    grey = np.where(inside, 180, 50) + (7 * columns + 5 * rows) % 9
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)).save(path)
    return path


def test_a_mask_is_that_of_the_program(
    script: Script, latent_bin: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    photo = scene(tmp_path / "photo.png")
    said(
        script(
            "session = library.masks('photo.png', 'built-in')\n"
            "assert session.size == (160, 120) and session.model == ''\n"
            "prompts = latent.Prompts().click(0.53, 0.54).click(0.1, 0.1, on_object=False)\n"
            "mask = session.mask(prompts)\n"
            "assert mask.shape == (120, 160) and mask.dtype == np.float32\n"
            "assert abs(mask.sum() - 2500) < 250, mask.sum()\n"
            "np.save('mask.npy', mask)\n"
            "Path('prompts.json').write_text(prompts.to_json())\n"
            "again = latent.Prompts.from_json(prompts.to_json())\n"
            "assert (session.mask(again) == mask).all()\n"
            "latent.write_mask(mask, 'mask.pfm')\n"
            "assert (latent.read_mask('mask.pfm') == mask).all()\n"
            "latent.write_mask(mask, 'photo.png.xmp', photograph='photo.png', feather=3)\n"
            "assert 'masks_history' in Path('photo.png.xmp').read_text()\n"
        )
    )
    subprocess.run(
        [latent_bin, "mask", photo, "--model", "built-in", "--prompts", tmp_path / "prompts.json",
         "-o", tmp_path / "program.tif", "--bits", "32"],
        check=True, env=environment, timeout=300, capture_output=True,
    )  # fmt: skip
    program = np.asarray(Image.open(tmp_path / "program.tif"))
    assert (program == np.load(tmp_path / "mask.npy")).all()


def test_an_array_boxes_strokes_and_undo(script: Script, tmp_path: Path) -> None:
    scene(tmp_path / "photo.png")
    said(
        script(
            "from PIL import Image\n"
            "session = library.masks(np.asarray(Image.open('photo.png')), 'built-in')\n"
            "prompts = latent.Prompts().box(0.3, 0.25, 0.75, 0.85).click(0.5, 0.5)\n"
            "before = session.mask(prompts, refine=latent.MaskRefine.NONE)\n"
            "prompts.stroke([(0.45, 0.4), (0.45, 0.6)], 0.03, adds=False)\n"
            "less = session.mask(prompts, latent.MaskSettings(refine=latent.MaskRefine.NONE))\n"
            "assert less[60, 72] < 0.01 < 0.99 < before[60, 72]\n"
            "assert prompts.undo()\n"
            "assert (session.mask(prompts, refine=latent.MaskRefine.NONE) == before).all()\n"
            "soft = session.mask(latent.Prompts().stroke([(0.1, 0.1)], 0.02), previous=before)\n"
            "assert soft[12, 16] > 0.99 and soft[65, 85] > 0.99\n"
            "assert not latent.Prompts().undo()\n"
        )
    )


def test_what_cannot_be_answered_is_one_sentence(script: Script, tmp_path: Path) -> None:
    scene(tmp_path / "photo.png")
    said(
        script(
            "session = library.masks('photo.png', 'built-in')\n"
            "def code(work):\n"
            "    try:\n"
            "        work()\n"
            "    except latent.Error as error:\n"
            "        assert '\\n' not in str(error)\n"
            "        return error.code\n"
            "other = latent.Prompts().click(0.5, 0.5)\n"
            "other.size, other.source_sha256 = (7, 7), ''\n"
            "assert code(lambda: session.mask(other)) == 'usage'\n"
            "assert code(lambda: session.mask(latent.Prompts())) == 'usage'\n"
            "outside = latent.Prompts().click(2, 0.5)\n"
            "assert code(lambda: session.mask(outside)) == 'usage'\n"
            "inside = latent.Prompts().click(0.5, 0.5)\n"
            "assert code(lambda: session.mask(inside, feather=-1)) == 'usage'\n"
            "assert code(lambda: library.masks('photo.png', 'no-such-model')) == 'not_found'\n"
            "assert code(lambda: latent.write_mask(np.ones((2, 2)), 'm.gif')) == 'usage'\n"
            "assert code(lambda: latent.read_mask('none.png')) == 'not_found'\n"
        )
    )
