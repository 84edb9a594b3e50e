# SPDX-License-Identifier: GPL-3.0-or-later
"""--mask of rawdenoise, denoise and upscale: work in parts of a photograph."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from latent_program import MakeDng, Outcome
from test_denoise import F32, noisy, write_tiff
from test_rawdenoise import samples_of
from tiny_packages import make_denoiser, make_raw_denoiser, make_upscaler

Latent = Callable[..., Outcome]
Samples = npt.NDArray[Any]
WIDTH, HEIGHT = 96, 64


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("local")
    return {
        "denoise": make_denoiser(folder, "mean"),
        "upscale": make_upscaler(folder, "sign"),
        "upscale, plain": make_upscaler(folder, "zero"),
        "rawdenoise": make_raw_denoiser(folder, {"bayer": 0.05}),
    }


def ramp(width: int = WIDTH, height: int = HEIGHT) -> npt.NDArray[np.float32]:
    """0 in the left third, 1 in the right third, between them a ramp."""
    line = np.clip((np.arange(width) - width // 3) / (width // 3), 0, 1)
    return np.tile(line.astype(np.float32), (height, 1))


def write_pfm(path: Path, mask: npt.NDArray[np.float32]) -> Path:
    header = f"Pf\n{mask.shape[1]} {mask.shape[0]}\n-1.0\n".encode()
    path.write_bytes(header + mask[::-1].astype("<f4").tobytes())
    return path


def run(
    latent: Latent, task: str, source: Path, package: Path, out: Path, *more: object
) -> Outcome:
    return latent(task, source, "--model", package, *F32, "-o", out, *more)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_denoise_keeps_every_bit_where_the_mask_is_0(
    latent: Latent, tmp_path: Path, packages: dict[str, Path], dtype: Any
) -> None:
    samples = noisy((HEIGHT, WIDTH, 3), dtype)
    source = write_tiff(tmp_path / "in.tif", samples)
    mask = ramp()
    write_pfm(tmp_path / "m.pfm", mask)
    bits = ("--bit-depth", str(8 * samples.dtype.itemsize))
    for name, more in (("all", ()), ("part", ("--mask", tmp_path / "m.pfm"))):
        done = run(latent, "denoise", source, packages["denoise"], tmp_path / f"{name}.tif",
                   *bits, *more)  # fmt: skip
        assert done.code == 0, done.stderr
        assert "scaled" not in done.stderr
    full, part = (tifffile.imread(tmp_path / f"{name}.tif") for name in ("all", "part"))
    assert np.array_equal(part[mask == 0], samples[mask == 0])
    assert np.array_equal(part[mask == 1], full[mask == 1])
    assert not np.array_equal(full[mask == 0], samples[mask == 0])
    expected = samples + mask[..., None] * (full.astype(np.float64) - samples)
    step = 1 if samples.dtype.kind == "u" else 1e-5
    assert np.abs(part - expected).max() <= 1.01 * step


def test_alpha_and_grey_stay_in_their_places(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    write_pfm(tmp_path / "m.pfm", ramp())
    for channels in (1, 2, 4):
        samples = noisy((HEIGHT, WIDTH, channels), np.uint16)
        source = write_tiff(tmp_path / "in.tif", samples.squeeze())
        out = tmp_path / f"{channels}.tif"
        done = run(latent, "denoise", source, packages["denoise"], out,
                   "--mask", tmp_path / "m.pfm")  # fmt: skip
        assert done.code == 0, done.stderr
        result = tifffile.imread(out).reshape(samples.shape)
        assert np.array_equal(result[ramp() == 0], samples[ramp() == 0])
        assert not np.array_equal(result[ramp() == 1], samples[ramp() == 1])


def forms(folder: Path, latent: Latent, photo: Path) -> dict[str, Path]:
    """The right half of the photograph as a mask of every form."""
    half = np.zeros((HEIGHT, WIDTH), np.uint8)
    half[:, WIDTH // 2 :] = 255
    made = {
        "png8": folder / "8.png",
        "png16": folder / "16.png",
        "tif": folder / "m.tif",
        "pfm": folder / "m.pfm",
        "svg": folder / "m.svg",
        "xmp": folder / "m.xmp",
        "drawn": folder / "drawn.svg",
    }
    made["png8"].write_bytes(imagecodecs.png_encode(half))
    made["png16"].write_bytes(imagecodecs.png_encode(half.astype(np.uint16) * 257))
    tifffile.imwrite(made["tif"], half.astype(np.float32) / np.float32(255))
    write_pfm(made["pfm"], half.astype(np.float32) / np.float32(255))
    for form in ("svg", "xmp"):
        done = latent("mask", "trace", made["png8"], "--photo", photo, "-o", made[form])
        assert done.code == 0, done.stderr
    made["drawn"].write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH / 2} {HEIGHT / 2}">'
        f'<g transform="translate({WIDTH / 4} 0)"><rect width="{WIDTH / 4}"'
        f' height="{HEIGHT / 2}" style="fill:#123456"/></g></svg>'
    )
    return made


def test_masks_of_every_form_are_read(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((HEIGHT, WIDTH, 3), np.uint16)
    source = write_tiff(tmp_path / "in.tif", samples)
    whole = tmp_path / "whole.tif"
    assert run(latent, "denoise", source, packages["denoise"], whole).code == 0
    full = tifffile.imread(whole)
    edge = WIDTH // 2
    for form, mask in forms(tmp_path, latent, source).items():
        out = tmp_path / f"{form}_out.tif"
        done = run(latent, "denoise", source, packages["denoise"], out, "--mask", mask)
        assert done.code == 0, done.stderr
        part = tifffile.imread(out)
        assert np.array_equal(part[:, : edge - 2], samples[:, : edge - 2]), form
        assert np.array_equal(part[:, edge + 2 :], full[:, edge + 2 :]), form
        out.unlink()
        done = run(latent, "denoise", source, packages["denoise"], out, "--mask", mask,
                   "--mask-invert")  # fmt: skip
        part = tifffile.imread(out)
        assert np.array_equal(part[:, : edge - 2], full[:, : edge - 2]), form
        assert np.array_equal(part[:, edge + 2 :], samples[:, edge + 2 :]), form


def test_prompts_are_made_into_the_mask(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    disc = (columns - 48) ** 2 + (rows - 32) ** 2 <= 18**2
    colours = np.where(disc[..., None], (200, 120, 40), (40, 70, 120))
    noise = np.random.default_rng(5).normal(0, 4, (HEIGHT, WIDTH, 3))
    samples = np.clip(colours + noise, 0, 255).astype(np.uint8)
    source = write_tiff(tmp_path / "in.tif", samples)
    prompts, out = tmp_path / "p.json", tmp_path / "out.tif"
    assert latent("mask", source, "--click", "48,32", "-o", prompts).code == 0
    done = run(latent, "denoise", source, packages["denoise"], out, "--mask", prompts,
               "--bit-depth", 8)  # fmt: skip
    assert done.code == 0, done.stderr
    part = tifffile.imread(out)
    far = (columns - 48) ** 2 + (rows - 32) ** 2 > 28**2
    assert np.array_equal(part[far], samples[far])
    near = (columns - 48) ** 2 + (rows - 32) ** 2 < 12**2
    assert (part[near] != samples[near]).mean() > 0.5
    other = write_tiff(tmp_path / "other.tif", samples[::-1].copy())
    refused = run(latent, "denoise", other, packages["denoise"], tmp_path / "no.tif",
                  "--mask", prompts)  # fmt: skip
    assert refused.code == 1 or refused.code == 2
    assert "made for another photograph" in refused.stderr
    assert not (tmp_path / "no.tif").exists()


def test_a_raw_keeps_its_samples_outside_the_mask(
    latent: Latent, dng: MakeDng, tmp_path: Path, packages: dict[str, Path]
) -> None:
    top, left, bottom, right = 6, 8, 4, 10
    source = dng("photo.dng", "--size", "200x160", "--bits", "14", "--scene", "texture", "--noise",
                 "0.002,1e-5", "--margins", f"{top},{left},{bottom},{right}")  # fmt: skip
    facts = json.loads(latent("info", "--json", source).stdout)
    text = json.dumps(facts)
    size = latent("mask", source, "--click", "50%,50%", "-o", tmp_path / "any.png")
    assert size.code == 0, size.stderr
    shape = imagecodecs.imread(tmp_path / "any.png").shape
    mask = np.zeros(shape, np.float32)
    mask[40:90, 30:100] = 1
    write_pfm(tmp_path / "m.pfm", mask)
    model = packages["rawdenoise"]
    for name, more in (
        ("none", ("--strength", 0)),
        ("all", ()),
        ("part", ("--mask", tmp_path / "m.pfm")),
        ("half", ("--mask", tmp_path / "m.pfm", "--strength", 50)),
    ):
        done = run(latent, "rawdenoise", source, model, tmp_path / f"{name}.dng", *more)
        assert done.code == 0, done.stderr
    none, full, part, half = (
        samples_of(tmp_path / f"{name}.dng").astype(np.int64)
        for name in ("none", "all", "part", "half")
    )
    assert part.shape == none.shape, text
    # The area that the maker shows begins behind the margins, and where the crop says.
    inset_y, inset_x = (
        (none.shape[0] - top - bottom - shape[0]) // 2,
        (none.shape[1] - left - right - shape[1]) // 2,
    )
    inside = np.zeros(none.shape, bool)
    y, x = top + inset_y, left + inset_x
    inside[y + 40 : y + 90, x + 30 : x + 100] = True
    level = int(part.max()).bit_length()
    assert level <= 16
    scale = full[inside].astype(float).mean() - part[inside].astype(float).mean()
    assert scale == 0
    assert np.array_equal(part[inside], full[inside])
    source_samples = samples_of(source).astype(np.int64)
    outside = ~inside
    ratio = (part[outside] - part[outside].min()) / np.maximum(
        source_samples[outside] - source_samples[outside].min(), 1
    )
    assert len(np.unique(np.round(np.log2(ratio[ratio > 0]), 6))) == 1
    assert not np.array_equal(half[inside], part[inside])
    assert np.array_equal(half[outside], part[outside])


def test_a_mask_of_the_upright_photograph_is_turned_back(
    latent: Latent, dng: MakeDng, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = dng("photo.dng", "--size", "200x160", "--bits", "16", "--scene", "texture", "--noise",
                 "0.002,1e-5", "--orientation", "6")  # fmt: skip
    assert latent("mask", source, "--click", "50%,50%", "-o", tmp_path / "any.png").code == 0
    height, width = imagecodecs.imread(tmp_path / "any.png").shape
    mask = np.zeros((height, width), np.float32)
    mask[10:50, 20:90] = 1
    write_pfm(tmp_path / "plain.pfm", mask)
    write_pfm(tmp_path / "upright.pfm", np.ascontiguousarray(np.rot90(mask, -1)))
    results = []
    for name in ("plain", "upright"):
        out = tmp_path / f"{name}.dng"
        done = run(latent, "rawdenoise", source, packages["rawdenoise"], out,
                   "--mask", tmp_path / f"{name}.pfm")  # fmt: skip
        assert done.code == 0, done.stderr
        assert ("turned back" in done.stderr) == (name == "upright")
        results.append(samples_of(out))
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], samples_of(source))


def test_upscale_leaves_the_bicubic_enlargement_outside(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((HEIGHT, WIDTH, 3), np.uint16)
    source = write_tiff(tmp_path / "in.tif", samples)
    half = np.zeros((HEIGHT, WIDTH), np.float32)
    half[:, WIDTH // 2 :] = 1
    write_pfm(tmp_path / "m.pfm", half)
    results = {}
    for name, package, more in (
        ("plain", "upscale, plain", ()),
        ("all", "upscale", ()),
        ("part", "upscale", ("--mask", tmp_path / "m.pfm")),
    ):
        printed = latent("upscale", source, "--scale", 2, "--model", packages[package], *F32,
                         "--overshoot", "free", "-o", tmp_path / f"{name}.tif", *more,
                         "--print-job")  # fmt: skip
        job = json.loads(printed.stdout)
        job["settings"]["consistent"] = False
        (tmp_path / "j.json").write_text(json.dumps(job))
        done = latent("run", tmp_path / "j.json")
        assert done.code == 0, done.stderr
        results[name] = tifffile.imread(tmp_path / f"{name}.tif").astype(int)
    edge = WIDTH
    assert np.array_equal(results["part"][:, edge + 4 :], results["all"][:, edge + 4 :])
    plain, part = results["plain"][:, : edge - 4], results["part"][:, : edge - 4]
    assert np.abs(plain - part).max() <= 1
    assert np.abs(results["all"][:, : edge - 4] - part).max() > 100


def test_a_mask_of_another_size_is_scaled_and_said(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    samples = noisy((HEIGHT, WIDTH, 3), np.uint16)
    source = write_tiff(tmp_path / "in.tif", samples)
    small = np.zeros((HEIGHT // 4, WIDTH // 4), np.float32)
    small[:, WIDTH // 8 :] = 1
    write_pfm(tmp_path / "m.pfm", small)
    out = tmp_path / "out.tif"
    done = run(latent, "denoise", source, packages["denoise"], out, "--mask", tmp_path / "m.pfm")
    assert done.code == 0
    assert "24 x 16" in done.stderr
    assert "96 x 64" in done.stderr
    part = tifffile.imread(out)
    edge = WIDTH // 2
    assert np.array_equal(part[:, : edge - 3], samples[:, : edge - 3])
    assert not np.array_equal(part[:, edge + 3 :], samples[:, edge + 3 :])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("m.pfm", None, "96 x 64"),
        ("m.png", b"nothing", "m.png"),
        ("m.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", "viewBox"),
        ("m.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', "9 x 9"),
        (
            "m.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 64"/>',
            "fills nothing",
        ),
        ("m.xmp", b"<x/>", "m.xmp"),
        ("m.json", b"[]", "m.json"),
        ("absent.png", b"", "absent.png"),
    ],
)
def test_a_mask_that_cannot_be_used_is_named_in_one_sentence(
    latent: Latent,
    tmp_path: Path,
    packages: dict[str, Path],
    name: str,
    content: bytes | None,
    words: str,
) -> None:
    source = write_tiff(tmp_path / "in.tif", noisy((HEIGHT, WIDTH, 3), np.uint8))
    mask, out = tmp_path / name, tmp_path / "out.tif"
    if content is None:
        write_pfm(mask, np.zeros((50, 50), np.float32))
    elif content:
        mask.write_bytes(content)
    done = run(latent, "denoise", source, packages["denoise"], out, "--mask", mask)
    assert done.code in (1, 2)
    assert words in done.stderr, done.stderr
    assert name in done.stderr
    assert done.stderr.count("\n") <= 2
    assert not out.exists()


def test_a_job_says_its_mask(latent: Latent, tmp_path: Path, packages: dict[str, Path]) -> None:
    source = write_tiff(tmp_path / "in.tif", noisy((HEIGHT, WIDTH, 3), np.uint16))
    write_pfm(tmp_path / "m.pfm", ramp())
    line = ["denoise", source, "--model", packages["denoise"], *F32, "--mask",
            tmp_path / "m.pfm", "--mask-invert"]  # fmt: skip
    printed = latent(*line, "-o", tmp_path / "two.tif", "--print-job")
    job = json.loads(printed.stdout)
    assert job["settings"]["mask"] == str(tmp_path / "m.pfm")
    assert job["settings"]["mask_invert"] is True
    (tmp_path / "j.json").write_text(printed.stdout)
    assert latent("run", tmp_path / "j.json").code == 0
    assert latent(*line, "-o", tmp_path / "one.tif").code == 0
    one, two = (tifffile.imread(tmp_path / f"{n}.tif") for n in ("one", "two"))
    assert np.array_equal(one, two)
    alone = latent("denoise", source, "--mask-invert")
    assert alone.code == 2
    assert "--mask" in alone.stderr


def test_the_mask_is_never_written_over(
    latent: Latent, tmp_path: Path, packages: dict[str, Path]
) -> None:
    source = write_tiff(tmp_path / "in.tif", noisy((HEIGHT, WIDTH, 3), np.uint16))
    mask = tmp_path / "m.tif"
    tifffile.imwrite(mask, ramp())
    before = mask.read_bytes()
    done = run(latent, "denoise", source, packages["denoise"], mask, "--mask", mask, "--overwrite")
    assert done.code == 2
    assert mask.read_bytes() == before
