# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop app speaks German and French as a whole: no text of its sources is left out."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

LUPDATE = Path("/usr/lib/qt6/bin/lupdate")


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_text_is_translated(repository: Path, tmp_path: Path, language: str) -> None:
    if not LUPDATE.exists():
        pytest.skip(f"{LUPDATE} is not here (package qt6-l10n-tools)")
    texts = tmp_path / f"latent-studio_{language}.ts"
    shutil.copy(repository / "src/gui/i18n" / texts.name, texts)
    subprocess.run(
        [LUPDATE, "-locations", "none", "src/gui/view", "src/gui/viewmodel", "-I", "src",
         "-ts", texts],
        cwd=repository, check=True, capture_output=True,
    )  # fmt: skip
    missing = []
    differing = []
    seen = 0
    for message in ElementTree.parse(texts).getroot().iter("message"):
        source = message.findtext("source") or ""
        translation = message.find("translation")
        assert translation is not None
        if translation.get("type") in ("vanished", "obsolete"):
            continue
        seen += 1
        forms = [form.text or "" for form in translation.findall("numerusform")]
        for said in forms or [translation.text or ""]:
            if translation.get("type") == "unfinished" or not said:
                missing.append(source)
            elif set(re.findall(r"%\d", source)) != set(re.findall(r"%\d", said)):
                differing.append(f"{source} -> {said}")
    assert seen > 400
    assert not missing, f"not in {language}: {missing}"
    assert not differing, f"other places for values in {language}: {differing}"
