# SPDX-License-Identifier: GPL-3.0-or-later
"""Help, manual pages and completions: made from what the verbs declare, so they cannot differ."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from latent_program import Outcome

Latent = Callable[..., Outcome]


@pytest.fixture
def pages(latent: Latent, tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "man1"
    run = latent("manual", "--folder", folder)
    assert run.code == 0, run.stderr
    return {path.stem: path.read_text() for path in folder.iterdir()}


def options_of_help(text: str) -> set[str]:
    return set(
        re.findall(
            r"(?<![\w-])--[a-z][a-z-]*", text.split("Options:", 1)[1].split("Subcommands:")[0]
        )
    )


def test_every_verb_has_a_page_with_every_option_of_its_help(
    latent: Latent, pages: dict[str, str]
) -> None:
    assert {"latent", "latent-rawdenoise", "latent-models-install", "latent-mask"} <= set(pages)
    for name, page in pages.items():
        verbs = name.split("-")[1:]
        shown = latent(*verbs, "--help")
        assert shown.code == 0, (name, shown.stderr)
        plain = page.replace("\\-", "-")
        missing = {o for o in options_of_help(shown.stdout) if o not in plain}
        assert not missing, f"{name} lacks {missing}"


def test_help_of_a_verb_is_what_its_option_shows(latent: Latent) -> None:
    for verbs in (["denoise"], ["models", "install"]):
        asked, option = latent("help", *verbs).stdout, latent(*verbs, "--help").stdout
        assert asked.splitlines()[0] == option.splitlines()[0]
        assert options_of_help(asked) == options_of_help(option)
        assert f"Usage: latent {' '.join(verbs)} " in asked
    wrong = latent("help", "models", "instal")
    assert wrong.code == 2
    assert "'instal' is no verb of latent models; did you mean install?" in wrong.stderr


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_has_nothing_to_complain_of(pages: dict[str, str], tmp_path: Path) -> None:
    for name, page in pages.items():
        path = tmp_path / f"{name}.1"
        path.write_text(page)
        shown = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", path], capture_output=True, text=True,
            env={"MANWIDTH": "200", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert shown.returncode == 0
        assert "warning" not in shown.stderr, (name, shown.stderr)
        assert "EXIT STATUS" in shown.stdout


def completed(script: Path, *words: str) -> list[str]:
    line = " ".join(f"'{word}'" for word in ("latent", *words))
    done = subprocess.run(
        ["bash", "-c", f'source "{script}"; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _latent; '
                       'printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True, text=True, cwd=script.parent, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_bash_completes_verbs_options_words_and_files(latent: Latent, tmp_path: Path) -> None:
    script = tmp_path / "latent.bash"
    script.write_text(latent("completion", "bash").stdout)
    assert completed(script, "raw") == ["rawdenoise"]
    assert completed(script, "models", "in") == ["install"]
    assert completed(script, "rawdenoise", "--compr") == ["--compression"]
    assert completed(script, "rawdenoise", "--compression", "") == [
        "lossless", "none", "jxl-lossless", "jxl"
    ]  # fmt: skip
    assert completed(script, "upscale", "x.tif", "--scale", "") == ["auto", "2", "4"]
    assert completed(script, "denoise", "latent.b") == ["latent.bash"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_can_read_its_script(latent: Latent, tmp_path: Path, shell: str) -> None:
    script = tmp_path / shell
    run = latent("completion", shell)
    assert run.code == 0
    assert "--compression" in run.stdout or "compression" in run.stdout
    script.write_text(run.stdout)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", script], check=True)


def test_another_shell_is_refused(latent: Latent) -> None:
    assert latent("completion", "tcsh").code == 2


def test_version_says_what_the_program_is_made_of_when_asked_for_all(latent: Latent) -> None:
    short = latent("--version")
    assert short.code == 0
    assert re.fullmatch(r"latent \d+\.\d+\.\d+\n", short.stdout)
    long = latent("--version", "--verbose")
    assert long.code == 0
    assert long.stdout.startswith(short.stdout)
    assert latent("--verbose", "--version").stdout == long.stdout
    sections: dict[str, list[str]] = {"engines": [], "libraries": [], "models": []}
    at = ""
    for line in long.stdout.splitlines():
        if line in sections:
            at = line
        elif line.startswith("  "):
            name, version, licence = re.split(r" {2,}", line.strip())
            assert re.search(r"\d|not usable", version), line
            assert licence, line
            sections[at].append(name)
    assert "LibRaw" in sections["libraries"]
    assert "openvino" in sections["engines"]
    assert "latent-raw" in sections["models"]
