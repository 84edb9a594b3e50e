# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx builds the guide and the other documents to HTML (`make guide`)."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

project = "Latent"
copyright = "the authors of Latent, GPL-3.0-or-later"
version = release = re.search(
    r"project\(\s*latent\s+VERSION\s+([0-9.]+)", (ROOT / "CMakeLists.txt").read_text("utf-8"), re.I
).group(1)
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["guide/make_pictures.py"]
myst_heading_anchors = 4
# Documents outside this folder (the licence, training, zoo) are not part of the HTML; that their
# links lead to files is checked by tools/check_links.py.
suppress_warnings = ["myst.xref_missing", "myst.header", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "Latent"
html_copy_source = False
html_show_sphinx = False
