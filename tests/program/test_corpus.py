# SPDX-License-Identifier: GPL-3.0-or-later
"""bench/corpus takes any folder, finds nothing where all is right, and finds what is planted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import tifffile
from latent_program import MakeDng
from PIL import Image

CORPUS = Path(__file__).parents[2] / "bench" / "corpus" / "run_corpus.py"


def run(folder: Path, program: Path, *more: object) -> tuple[int, str]:
    done = subprocess.run([sys.executable, str(CORPUS), str(folder), "--latent", str(program),
                           *map(str, more)],
                          capture_output=True, text=True, timeout=600, check=False)  # fmt: skip
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def some_files(folder: Path) -> Path:
    folder.mkdir()
    random = np.random.default_rng(4)
    bytes_of = random.integers(0, 255, (20, 30, 3), np.uint8)
    Image.fromarray(bytes_of).save(folder / "a.png")
    Image.fromarray(bytes_of).save(folder / "b.jpg", quality=95)
    Image.fromarray(bytes_of).save(folder / "c.gif")
    Image.fromarray(bytes_of[..., 0]).save(folder / "grey.png")
    tifffile.imwrite(folder / "d.tif", random.random((20, 30, 3), np.float32), photometric="rgb")
    tifffile.imwrite(folder / "e.tif", random.integers(0, 65535, (20, 30), np.uint16))
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:600])
    (folder / "text.jpg").write_text("no picture at all")
    (folder / "link.png").symlink_to("a.png")
    return folder


def test_a_folder_of_right_and_broken_files_has_no_faults(
    latent_bin: Path, dng: MakeDng, tmp_path: Path
) -> None:
    folder = some_files(tmp_path / "folder")
    dng("raw.dng", "--size", "64x48").rename(folder / "raw.dng")
    report = tmp_path / "report.json"
    code, said = run(folder, latent_bin, "--json", report)
    assert code == 0, said
    assert said.startswith("decoders: ")
    findings = [json.loads(line) for line in report.read_text().splitlines()]
    by_name = {Path(finding["path"]).name: finding for finding in findings}
    assert len(by_name) == 9  # without the link
    for name in ("a.png", "grey.png", "d.tif", "e.tif"):
        assert (by_name[name]["outcome"], by_name[name]["samples"]) == ("read", "exact"), said
    assert by_name["b.jpg"]["samples"] == "near"
    assert by_name["c.gif"]["outcome"] == "refused"
    assert by_name["cut.png"]["outcome"] == "damaged"
    assert by_name["raw.dng"]["verbs"]["rawdenoise"] == "done"
    assert any(line.split()[:2] == ["all", "9"] for line in said.splitlines())


def test_faults_that_are_planted_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(folder / "a.png")
    liar = tmp_path / "liar"
    liar.write_text("#!/bin/sh\necho 'latent: it is damaged; copy it again' >&2\nexit 3\n")
    liar.chmod(0o755)
    code, said = run(folder, liar, "--verbs", "info", "denoise")
    assert code == 1
    for words in ("the exit code 3", "does not name the file",
                  "calls it damaged, but Pillow reads it"):  # fmt: skip
        assert f"{folder}/a.png: info, denoise: " in said
        assert words in said
    wrong = tmp_path / "wrong"
    wrong.write_text(
        f"#!{sys.executable}\nimport sys\nfrom PIL import Image\n"
        "if sys.argv[1] == 'denoise':\n"
        "    Image.new('RGB', (8, 8), (1, 2, 9)).save(sys.argv[sys.argv.index('-o') + 1])\n"
    )
    wrong.chmod(0o755)
    code, said = run(folder, wrong, "--verbs", "denoise")
    assert code == 1
    assert "strength 0: samples differ by up to 6 of 255 (by Pillow)" in said
