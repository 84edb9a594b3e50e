# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every verb over one file and judges what it did, what it said and how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import decoders

VERBS = ("info", "rawdenoise", "denoise", "upscale", "compare", "render")
CODES = {"not_found", "unsupported", "corrupt", "too_large", "model_mismatch", "device", "io",
         "usage"}  # fmt: skip
DAMAGE = ("damaged", "cut short", "copy it again", "copy it from the card")
KINDS = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"v/1\x01": "OpenEXR", b"\xff\x0a": "JPEG XL",
         b"GIF8": "GIF", b"BM": "BMP", b"RIFF": "RIFF", b"8BPS": "PSD", b"%PDF": "PDF"}  # fmt: skip


@dataclass
class Said:
    """How one call of the program ended."""

    code: int  # its exit code; below 0 a signal
    stdout: str
    stderr: str
    late: bool = False

    @property
    def events(self) -> list[dict[str, Any]]:
        found = []
        for line in self.stdout.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return [event for event in found if isinstance(event, dict)]

    @property
    def error(self) -> dict[str, Any] | None:
        return next((event for event in self.events if event.get("event") == "error"), None)


@dataclass
class Finding:
    """What the run found about one file."""

    path: str
    kind: str
    outcome: str = "refused"  # read, refused, damaged
    samples: str = "no judge"  # exact, near, differ
    decoder: str = ""
    verbs: dict[str, str] = field(default_factory=dict)  # verb -> "done" or its error code
    sentences: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def kind_of(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(16)
    if path.suffix.lower() in decoders.RAW_ENDINGS:
        return "raw"
    if begin[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if begin[4:8] == b"JXL ":
        return "JPEG XL"
    return next((name for magic, name in KINDS.items() if begin.startswith(magic)), "other")


class Judge:
    """One program under test; examine() may be called from several threads."""

    def __init__(self, program: Path, scratch: Path, seconds: float, verbs: list[str]) -> None:
        self.program = program
        self.scratch = scratch
        self.seconds = seconds
        self.verbs = verbs

    def call(self, *arguments: object) -> Said:
        environment = {
            **os.environ,
            "LATENT_CACHE": str(self.scratch / "cache"),
            "LC_ALL": "C.UTF-8",
        }
        command = [str(self.program), *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=self.seconds, check=False,
                                  env=environment, stdin=subprocess.DEVNULL)  # fmt: skip
        except subprocess.TimeoutExpired:
            return Said(-1, "", "", late=True)
        return Said(done.returncode, done.stdout.decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"))  # fmt: skip

    def examine(self, path: Path) -> Finding:
        finding = Finding(str(path), kind_of(path))
        reading = decoders.read(path)
        finding.decoder = reading.by
        before = path.stat()
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            self._run_verbs(path, Path(folder), reading, finding)
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            finding.faults.append("the source was changed")
        self._compare_verbs(finding, reading)
        return finding

    def _run_verbs(
        self, path: Path, folder: Path, reading: decoders.Reading, finding: Finding
    ) -> None:
        picture, raw = folder / "picture.tif", folder / "raw.dng"
        samples = reading.samples
        deep = samples is not None and (samples.dtype.kind == "f" or samples.dtype.itemsize > 2)
        depth = ("--bit-depth", 32 if deep else 16)
        calls: dict[str, tuple[object, ...]] = {
            "info": ("info", path, "--json"),
            "rawdenoise": ("rawdenoise", path, "--strength", 0, "--again", "-o", raw, "--json"),
            "denoise": ("denoise", path, "--strength", 0, "--again", *depth, "-o", picture,
                        "--json"),
            "upscale": ("upscale", path, "--scale", 2, "--again", "--region", "0,0,1,1", "-o",
                        folder / "large.tif", "--json"),
            "compare": ("compare", path, picture, "--json"),
            "render": ("render", path, "-o", folder / "look.png", "--size", 256),
        }  # fmt: skip
        for verb in self.verbs:
            if verb == "compare" and not picture.exists():
                continue
            if verb == "upscale" and finding.verbs.get("denoise") != "done":
                continue
            if verb == "render" and finding.kind not in ("raw", "other", "TIFF"):
                continue
            said = self.call(*calls[verb])
            self._judge_call(path, verb, said, reading, finding)
        if raw.exists() and finding.kind == "raw":
            self._judge_samples(reading, decoders.read(raw), decoders.raw_difference, finding)
        elif picture.exists() and finding.kind != "raw":
            self._judge_samples(reading, decoders.read(picture), decoders.difference, finding)

    @staticmethod
    def _judge_samples(
        reading: decoders.Reading, result: decoders.Reading, difference: Any, finding: Finding
    ) -> None:
        if result.samples is None:
            if result.failures:
                finding.faults.append(f"no decoder reads the result: {result.failures}")
            return
        if reading.samples is None:
            return
        differs = difference(reading, result.samples)
        finding.samples = "differ" if differs else "exact" if reading.exact else "near"
        if differs:
            finding.faults.append(f"strength 0: {differs} (by {reading.by})")

    def _judge_call(
        self, path: Path, verb: str, said: Said, reading: decoders.Reading, finding: Finding
    ) -> None:
        fault = finding.faults.append
        if said.late:
            finding.verbs[verb] = "late"
            return fault(f"{verb}: took more than {self.seconds:g} s")
        if said.code < 0:
            finding.verbs[verb] = "crash"
            return fault(f"{verb}: ended by {signal.Signals(-said.code).name}")
        if said.code == 0:
            finding.verbs[verb] = "done"
            return None
        error = said.error
        sentence = str(error["message"]) if error else said.stderr.strip()
        sentence = sentence.removeprefix("latent: ")
        code = str(error["code"]) if error else "said"
        finding.verbs[verb] = code
        finding.sentences[verb] = sentence
        if said.code not in (1, 2):
            fault(f"{verb}: ended with the exit code {said.code}")
        if error and code not in CODES:
            fault(f"{verb}: has the error code '{code}': {sentence}")
        if len(sentence.splitlines()) != 1:
            fault(f"{verb}: says {len(sentence.splitlines())} lines instead of one")
        if path.name.isascii() and path.name.isprintable() and path.name not in sentence:
            fault(f"{verb}: does not name the file: {sentence}")
        if "internal fault" in sentence or "Traceback" in sentence:
            fault(f"{verb}: {sentence}")
        damaged = code == "corrupt" or any(words in sentence for words in DAMAGE)
        if damaged and reading.readable:
            fault(f"{verb}: calls it damaged, but {reading.by} reads it: {sentence}")
        return None

    @staticmethod
    def _compare_verbs(finding: Finding, reading: decoders.Reading) -> None:
        verbs = finding.verbs
        done = [verb for verb in ("rawdenoise", "denoise") if verbs.get(verb) == "done"]
        codes = {code for code in verbs.values() if code != "done"}
        if done:
            finding.outcome = "read"
        elif "corrupt" in codes:
            finding.outcome = "damaged"
        if done and "corrupt" in codes:
            bad = [verb for verb, code in verbs.items() if code == "corrupt"]
            finding.faults.append(
                f"{', '.join(done)} did it and {', '.join(bad)} say it is damaged"
            )
        if verbs.get("denoise") == "done":
            for verb in ("info", "upscale", "compare"):
                if verbs.get(verb) not in (None, "done"):
                    said = finding.sentences.get(verb, "")
                    finding.faults.append(f"denoise did it, but {verb} did not: {said}")
        ours = ("PNG", "JPEG", "TIFF", "OpenEXR", "JPEG XL")
        if not done and reading.readable and finding.kind in ours and "corrupt" not in codes:
            finding.verbs["note"] = f"{reading.by} reads it"
