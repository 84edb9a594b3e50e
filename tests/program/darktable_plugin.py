# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Lua in darktable without a window, with our plug-in installed as a user installs it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGIN = REPOSITORY / "plugins" / "darktable"

# darktable-cli runs a script beside its export, and ends when that has ended. So its end is held up
# until os.exit() comes.
HOLD = 'dt.register_event("held", "exit", function() while true do dt.control.sleep(50) end end)'
PREAMBLE = """
local dt = require "darktable"
HOLD
local json = require "latent/json"
local process = require "latent/process"
local core = require "latent/core"
local masks = require "latent/masks"
local settings = require "latent/settings"
local words = require "latent/words"
local function outcome_table(outcome)
  local done, failed, skipped = json.array(), json.array(), json.array()
  for i, each in ipairs(outcome.done) do
    done[i] = { path = each.path, id = each.image and each.image.id }
  end
  for i, each in ipairs(outcome.failed) do failed[i] = { name = each.name, why = each.why } end
  for i, each in ipairs(outcome.skipped) do skipped[i] = { why = each.why, path = each.path } end
  return { done = done, failed = failed, skipped = skipped, cancelled = outcome.cancelled,
           notices = json.array(outcome.notices), problem = outcome.problem,
           summary = core.summary(outcome) }
end
local well, answer = pcall(function()
%s
end)
local file = io.open(os.getenv("LATENT_TEST_ANSWER"), "wb")
file:write(json.encode(well and { answer = answer } or { error = tostring(answer) }))
file:close()
os.exit(0)
""".replace("HOLD", HOLD)


def require_darktable() -> str:
    program = shutil.which("darktable-cli")
    if program is None:
        pytest.skip("darktable-cli is not installed (Debian: darktable)")
    return program


@dataclass
class Darktable:
    """darktable with folders of its own and a library file that can be read afterwards."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config = self.folder / "config"
        (self.config / "lua").mkdir(parents=True)
        (self.config / "lua" / "latent").symlink_to(PLUGIN)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.library = self.folder / "library.db"
        self.tiny = self.folder / "tiny.tif"
        tifffile.imwrite(self.tiny, np.full((8, 8, 3), 128, np.uint8), photometric="rgb")

    def options(self) -> list[str]:
        return ["--configdir", str(self.config), "--cachedir", str(self.folder / "cache"),
                "--library", str(self.library), "--disable-opencl",
                "--conf", "write_sidecar_files=on import"]  # fmt: skip

    def lua(self, body: str, timeout: float = 240.0, **environment: str) -> Any:
        """What the Lua code gives back; an error of it fails the test."""
        script = self.folder / "script.lua"
        script.write_text(PREAMBLE % body, encoding="utf-8")
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        done = subprocess.run(
            [require_darktable(), self.tiny, self.folder / "out.jpg", "--core", *self.options(),
             "--luacmd", f'dofile("{script}")'],
            env={**os.environ, **self.environment, "LATENT_TEST_ANSWER": str(answer),
                 "TMPDIR": str(self.temporary), **environment},
            capture_output=True, text=True, errors="replace", timeout=timeout, check=False,
        )  # fmt: skip
        assert answer.exists(), done.stdout + done.stderr
        report = json.loads(answer.read_text(encoding="utf-8", errors="surrogateescape"))
        assert "error" not in report, report["error"]
        return report.get("answer")

    def with_window(self, body: str, timeout: float = 150.0) -> Any:
        """The same in darktable with a window, on a display of its own."""
        for program in ("darktable", "xvfb-run"):
            if shutil.which(program) is None:
                pytest.skip(f"{program} is not installed (Debian: darktable, xvfb)")
        (self.config / "luarc").write_text('require "latent/panel"\n')
        script = self.folder / "script.lua"
        preamble = PREAMBLE.replace(HOLD, "dt.control.dispatch(function()").replace(
            "os.exit(0)", "os.exit(0)\nend)"
        )
        script.write_text(preamble % body, encoding="utf-8")
        answer = self.folder / "answer.json"
        subprocess.run(
            ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24", "darktable", *self.options(),
             "--luacmd", f'dofile("{script}")'],
            env={**os.environ, **self.environment, "LATENT_TEST_ANSWER": str(answer),
                 "TMPDIR": str(self.temporary)},
            capture_output=True, text=True, errors="replace", timeout=timeout, check=False,
        )  # fmt: skip
        report = json.loads(answer.read_text(encoding="utf-8", errors="surrogateescape"))
        assert "error" not in report, report["error"]
        return report.get("answer")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Of the library, with the names of tags beside it as data.tags."""
        with sqlite3.connect(self.library) as connection:
            connection.execute("ATTACH DATABASE ? AS data", (str(self.config / "data.db"),))
            return connection.execute(query, values).fetchall()
