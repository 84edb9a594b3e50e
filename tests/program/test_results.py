# SPDX-License-Identifier: GPL-3.0-or-later
"""Results are known as results: nothing is done twice unless somebody insists."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from PIL import Image
from tiny_packages import make_denoiser, make_raw_denoiser, make_upscaler

Latent = Callable[..., Outcome]

MARK = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dt="http://darktable.sf.net/" dt:neural_restore="raw-denoise"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packages")
    return {
        "rawdenoise": make_raw_denoiser(folder, {"bayer": 0.01}),
        "denoise": make_denoiser(folder, "mean"),
        "upscale": make_upscaler(folder, "zero"),
    }


@pytest.fixture
def do(latent: Latent, packages: dict[str, Path]) -> Latent:
    def call(verb: str, *arguments: object, **environment: str) -> Outcome:
        scale = ("--scale", 2) if verb == "upscale" else ()
        return latent(verb, *arguments, *scale, "--model", packages[verb], "--precision", "f32",
                      **environment)  # fmt: skip

    return call


NOISE = ("--scene", "texture", "--noise", "0.002,1e-5")


def picture(path: Path, grey: int = 90) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    Image.new("RGB", (24, 24), (grey, grey, grey)).save(path, quality=100)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def lines_of_skipped(outcome: Outcome) -> list[str]:
    return [line for line in outcome.stdout.splitlines() if " skipped: " in line]


def with_xmp(source: Path, target: Path, packet: str) -> Path:
    """The DNG with that XMP packet in its first directory."""
    shutil.copy(source, target)
    content = bytearray(target.read_bytes())
    while len(content) % 2:
        content.append(0)
    with tifffile.TiffFile(source) as tiff:
        byteorder: Literal["little", "big"] = "little" if tiff.byteorder == "<" else "big"
        first = tiff.pages[0].offset
    count = int.from_bytes(content[first : first + 2], byteorder)
    entries = [bytes(content[first + 2 + 12 * k : first + 14 + 12 * k]) for k in range(count)]
    entries = [e for e in entries if int.from_bytes(e[:2], byteorder) != 700]
    after = bytes(content[first + 2 + 12 * count : first + 6 + 12 * count])
    text = packet.encode() + b"\n" * (len(packet.encode()) % 2)
    place = len(content)
    content += text
    fields = (700).to_bytes(2, byteorder) + (1).to_bytes(2, byteorder)
    entries.append(fields + len(text).to_bytes(4, byteorder) + place.to_bytes(4, byteorder))
    entries.sort(key=lambda e: int.from_bytes(e[:2], byteorder))
    place = len(content)
    content += len(entries).to_bytes(2, byteorder) + b"".join(entries) + after
    content[4:8] = place.to_bytes(4, byteorder)
    target.write_bytes(content)
    return target


def test_raws_of_a_folder_done_twice_are_done_and_their_results_are_not(
    do: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    for name in ("a.dng", "b.dng"):
        dng(name, "--size", "128x96", *NOISE)
    assert do("rawdenoise", *sorted(tmp_path.glob("*.dng"))).code == 0
    second = do("rawdenoise", *sorted(tmp_path.glob("*.dng")))
    assert second.code == 0, second
    assert second.stderr == ""
    assert names_in(tmp_path) == ["a.dng", "a_raw-denoise.dng", "a_raw-denoise_1.dng", "b.dng",
                                  "b_raw-denoise.dng", "b_raw-denoise_1.dng"]  # fmt: skip
    skipped = lines_of_skipped(second)
    assert len(skipped) == 2
    assert skipped[0].startswith(f"{tmp_path}/a_raw-denoise.dng skipped: Latent ")
    assert "--again" in skipped[0]
    third = do("rawdenoise", *sorted(tmp_path.glob("*raw-denoise*.dng")), "--json")
    assert third.code == 0
    events = [event for event in third.events if event["event"] != "start"]
    assert [event["reason"] for event in events] == ["result"] * 4
    assert all(event["output"] is None for event in events)


@pytest.mark.parametrize("rule", [(), ("--overwrite",), ("--skip-existing",)])
@pytest.mark.parametrize("again", [(), ("--again",)])
def test_results_in_the_list_never_stand_in_the_way(
    do: Latent, dng: MakeDng, tmp_path: Path, rule: tuple[str, ...], again: tuple[str, ...]
) -> None:
    dng("a.dng", "--size", "128x96", *NOISE)
    assert do("rawdenoise", tmp_path / "a.dng").code == 0
    dng("b.dng", "--size", "128x96", *NOISE)
    outcome = do("rawdenoise", *sorted(tmp_path.glob("*.dng")), *rule, *again)
    assert outcome.code == 0, outcome
    assert outcome.stderr == ""
    expected = {"a.dng", "a_raw-denoise.dng", "b.dng", "b_raw-denoise.dng"}
    if not rule:
        expected |= {"a_raw-denoise_1.dng"} | ({"a_raw-denoise_2.dng"} if again else set())
    assert set(names_in(tmp_path)) == expected
    assert not any(name.count("raw-denoise") > 1 for name in names_in(tmp_path))


def test_who_insists_has_a_result_done_again_and_its_suffix_stands_once(
    do: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    dng("a.dng", "--size", "128x96", *NOISE)
    assert do("rawdenoise", tmp_path / "a.dng").code == 0
    result = tmp_path / "a_raw-denoise.dng"
    assert do("rawdenoise", result, "--again").code == 0
    assert do("rawdenoise", tmp_path / "a_raw-denoise_1.dng", "--again").code == 0
    assert names_in(tmp_path) == ["a.dng", "a_raw-denoise.dng", "a_raw-denoise_1.dng",
                                  "a_raw-denoise_2.dng"]  # fmt: skip


@pytest.mark.parametrize(("verb", "made"), [("denoise", "p_denoise"), ("upscale", "p_upscale-2x")])
@pytest.mark.parametrize("ending", ["tif", "png", "jpg", "exr", "jxl"])
def test_results_of_every_format_are_known(
    do: Latent, tmp_path: Path, verb: str, made: str, ending: str
) -> None:
    result = tmp_path / f"{made}.{ending}"
    first = do(verb, picture(tmp_path / "p.png"), "-o", result)
    if "without JPEG XL" in first.stderr or "JPEG XL" in first.stderr:
        pytest.skip("this build writes no JPEG XL")
    assert first.code == 0, first
    moved = result.rename(tmp_path / f"other.{ending}")  # by its XMP, not by its name
    again = do(verb, moved)
    assert again.code == 0, again
    assert len(lines_of_skipped(again)) == 1
    assert names_in(tmp_path) == sorted(["p.png", moved.name])
    assert do(verb, moved, "--again").code == 0
    assert len(names_in(tmp_path)) == 3


def test_the_result_of_another_task_is_a_source_like_any_other(
    do: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    raw = dng("a.dng", "--size", "128x96", *NOISE)
    assert do("rawdenoise", raw).code == 0
    assert do("denoise", tmp_path / "a_raw-denoise.dng").code == 0
    assert do("upscale", tmp_path / "a_raw-denoise_denoise.tif").code == 0
    assert (tmp_path / "a_raw-denoise_denoise_upscale-2x.tif").exists()


def test_a_raw_result_tells_darktable_and_an_untouched_one_does_not(
    do: Latent, dng: MakeDng, tmp_path: Path
) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not here")
    raw = dng("a.dng", "--size", "128x96", *NOISE)

    def marker(path: Path) -> str | None:
        said = subprocess.run(["exiftool", "-j", "-a", "-G1", "-struct", "-Neural_restore", path],
                              capture_output=True, text=True, check=True).stdout  # fmt: skip
        found = [value for key, value in json.loads(said)[0].items() if "eural_restore" in key]
        return str(found[0]) if found else None

    assert do("rawdenoise", raw, "-o", tmp_path / "full.dng").code == 0
    assert marker(tmp_path / "full.dng") == "raw-denoise"
    assert do("rawdenoise", raw, "--strength", 0, "-o", tmp_path / "none.dng").code == 0
    assert marker(tmp_path / "none.dng") is None


def test_what_darktable_denoised_is_left_alone(do: Latent, dng: MakeDng, tmp_path: Path) -> None:
    marked = with_xmp(dng("plain.dng", "--size", "128x96", *NOISE), tmp_path / "IMG_2.dng", MARK)
    outcome = do("rawdenoise", marked)
    assert outcome.code == 0, outcome
    assert "skipped: darktable has processed it in this way before" in outcome.stdout
    assert not (tmp_path / "IMG_2_raw-denoise.dng").exists()
    assert do("rawdenoise", marked, "--again").code == 0
    assert (tmp_path / "IMG_2_raw-denoise.dng").exists()


def test_one_file_by_four_names_is_done_once(do: Latent, tmp_path: Path) -> None:
    source = picture(tmp_path / "card" / "a.png")
    (tmp_path / "link.png").symlink_to(source)
    os.link(source, tmp_path / "hard.png")
    (tmp_path / "folder").symlink_to(source.parent)
    names = [source, source.parent / ".." / "card" / "a.png", tmp_path / "link.png",
             tmp_path / "hard.png", tmp_path / "folder" / "a.png"]  # fmt: skip
    outcome = do("denoise", *names, "-O", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert names_in(tmp_path / "out") == ["a_denoise.tif"]
    skipped = lines_of_skipped(outcome)
    assert len(skipped) == 4
    assert all(f"the same file as '{source}'" in line for line in skipped)


def test_a_copy_is_another_file(do: Latent, tmp_path: Path) -> None:
    source = picture(tmp_path / "a.png")
    copy = Path(shutil.copy(source, tmp_path / "b.png"))
    assert do("denoise", source, copy).code == 0
    assert {"a_denoise.tif", "b_denoise.tif"} <= set(names_in(tmp_path))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Takes a second or so, so that runs which begin together meet at the end."""
    source = tmp_path / "large.png"
    random = np.random.default_rng(1)
    Image.fromarray(random.integers(0, 255, (900, 900, 3), np.uint8)).save(source)
    return source


@pytest.mark.parametrize("rule", [(), ("--overwrite",), ("--skip-existing",)])
def test_runs_that_meet_at_one_name_follow_their_own_rule(
    do: Latent, tmp_path: Path, large: Path, rule: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    assert do("denoise", large, "-O", tmp_path / "warm").code == 0
    with ThreadPoolExecutor(6) as pool:
        runs = list(pool.map(lambda _: do("denoise", large, "-O", out, *rule), range(6)))
    assert [run.code for run in runs] == [0] * 6, runs
    assert all(run.stderr == "" for run in runs), runs
    names = names_in(out)
    if rule:
        assert names == ["large_denoise.tif"]
    else:
        assert names == sorted(["large_denoise.tif"]
                               + [f"large_denoise_{n}.tif" for n in range(1, 6)])  # fmt: skip
        told = sorted(run.stdout.split(" -> ")[1].split("  (")[0] for run in runs)
        assert told == [str(out / name) for name in names]
    if rule == ("--skip-existing",):
        assert sum(len(lines_of_skipped(run)) for run in runs) == 5


def test_a_job_says_again_and_its_schema_knows_it(
    latent: Latent, do: Latent, packages: dict[str, Path], tmp_path: Path
) -> None:
    source = picture(tmp_path / "a.png")
    result = tmp_path / "a_denoise.tif"
    assert do("denoise", source, "-o", result).code == 0
    job = {"latent_job": 1, "task": "denoise", "sources": [str(result)],
           "model": str(packages["denoise"])}  # fmt: skip
    file = tmp_path / "it.job.json"
    for again, count in ((False, 2), (True, 3)):
        file.write_text(json.dumps({**job, "again": again}))
        assert latent("run", file).code == 0
        assert len([n for n in names_in(tmp_path) if not n.endswith("json")]) == count
    printed = json.loads(do("denoise", result, "--again", "--print-job").stdout)
    assert printed["again"] is True
    schema = json.loads(latent("run", "--print-schema").stdout)
    for task in ("rawdenoise", "denoise", "upscale"):
        again_key = schema["$defs"][task]["properties"]["again"]
        assert again_key["type"] == "boolean"
        assert again_key["default"] is False
