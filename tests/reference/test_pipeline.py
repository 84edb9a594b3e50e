# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole-image judge: with networks made here that do known things, and with the shipped one."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from latent_reference import cfa, encoding, noise, packing, pipeline
from latent_reference.encoding import Limits
from latent_reference.pipeline import Model, Raw

LIMITS = Limits(sigma_u_min=0.0015, sigma_u_max=0.2, offset_max=10.0)
PATTERNS = [cfa.bayer(y, x) for y in (0, 1) for x in (0, 1)]
PATTERNS += [cfa.xtrans(y, x) for y in range(6) for x in range(3)] + [cfa.mono()]
Tensor = npt.NDArray[np.float32]


def raw_of(pattern: cfa.IntArray, height: int = 37, width: int = 51, seed: int = 0) -> Raw:
    """Random samples over per-site black levels, white at 15520, some samples above it."""
    rng = np.random.default_rng(seed)
    return Raw(
        samples=rng.integers(400, 16384, (height, width), dtype=np.uint16),
        pattern=pattern,
        black=np.array([[500.0, 510.0], [520.0, 530.0]]),
        white=(15520.0, 15520.0, 15520.0),
        wb=(2.0, 1.0, 1.6),
        a=(1e-3, 1e-3, 1e-3),
        b=(1e-5, 1e-5, 1e-5),
    )


def model_of(run: pipeline.Network) -> Model:
    return Model(run, stride_px=16, reach_px=32, limits=LIMITS)


def nothing(planes: Tensor) -> Tensor:
    """The network that takes nothing away."""
    return np.zeros((1, 4, *planes.shape[2:]), np.float32)


def giving(residual: Tensor) -> pipeline.Network:
    """The network that gives the same residual whatever it sees."""
    return lambda planes: residual


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: "".join(map(str, p.ravel())))
def test_a_network_that_takes_nothing_away_gives_the_source(pattern: cfa.IntArray) -> None:
    raw = raw_of(pattern)
    assert pipeline.denoise(raw, model_of(nothing)) == pytest.approx(raw.samples, abs=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS[::5])
def test_strength_0_is_the_source_whatever_the_network_says(pattern: cfa.IntArray) -> None:
    def wild(planes: Tensor) -> Tensor:
        return np.full((1, 4, *planes.shape[2:]), np.nan, np.float32)

    raw = raw_of(pattern)
    assert (pipeline.denoise(raw, model_of(wild), mix=0.0) == raw.samples).all()


def test_a_residual_moves_exactly_its_own_site() -> None:
    """The residual at channel dy * 2 + dx, cell (3, 4) moves the site (6 + dy, 8 + dx) alone."""
    raw = raw_of(cfa.bayer())
    for channel in range(4):
        residual = np.zeros((1, 4, 24, 32), np.float32)
        residual[0, channel, 3, 4] = 0.1
        moved = pipeline.denoise(raw, model_of(giving(residual))) - raw.samples
        sites = np.argwhere(np.abs(moved) > 1.0)
        assert sites.tolist() == [[6 + channel // 2, 8 + channel % 2]]
        assert moved.min() < 0


def test_the_network_sees_the_noise_of_each_colour_and_the_scale_that_was_asked_for() -> None:
    seen: list[Tensor] = []

    def watch(planes: Tensor) -> Tensor:
        seen.append(planes)
        return nothing(planes)

    raw = replace(raw_of(cfa.bayer()), wb=(4.0, 1.0, 1.0))
    pipeline.denoise(raw, model_of(watch))
    pipeline.denoise(raw, model_of(watch), noise_scale=2.0)
    sigma = np.sqrt(1e-3) / 2
    assert seen[0][0, 4, 0, 0] == pytest.approx(2 * sigma, rel=1e-6)  # red, w = 4
    assert seen[0][0, 5, 0, 0] == pytest.approx(sigma, rel=1e-6)
    assert seen[1][0, 5, 0, 0] == pytest.approx(2 * sigma, rel=1e-6)


def test_white_counts_as_saturated_and_a_lone_peak_does_not_survive() -> None:
    """The network darkens all; at white that disagrees by far more than three sigma."""

    def darker(planes: Tensor) -> Tensor:
        return np.full((1, 4, *planes.shape[2:]), 0.2, np.float32)

    raw = raw_of(cfa.mono())
    raw.samples[5, 5] = 16000
    assert pipeline.denoise(raw, model_of(darker))[5, 5] < 12000

    def hardly(planes: Tensor) -> Tensor:
        return np.full((1, 4, *planes.shape[2:]), 0.001, np.float32)

    assert pipeline.denoise(raw, model_of(hardly))[5, 5] == 16000


@pytest.fixture(scope="module")
def shipped(repository: Path) -> Model:
    """weights/latent-raw.dtmodel of the checkout, or $LATENT_MODEL."""
    package = Path(os.environ.get("LATENT_MODEL", repository / "weights/latent-raw.dtmodel"))
    if not package.exists():
        pytest.skip(f"there is no model at {package} (set LATENT_MODEL)")
    return pipeline.load_model(package)


def flat_raw(pattern: cfa.IntArray, level: float, sigma: float, seed: int) -> tuple[Raw, float]:
    """A flat field with the protocol's noise over black 2048, and its true mean in counts."""
    rng = np.random.default_rng(seed)
    a = (2 * sigma) ** 2
    b = (3 * a) ** 2
    wb = (1.0, 1.0, 1.0) if pattern.size == 1 else noise.WB
    balance = np.array(wb)[cfa.colour_index(pattern, 256, 256)]
    light = noise.exposed(level / balance, a, b, rng)
    samples = np.clip(np.rint(light * noise.LARGEST) + 2048, 0, 65535).astype(np.uint16)
    white = 2048.0 + noise.LARGEST
    raw = Raw(samples, pattern, np.array([[2048.0]]), (white,) * 3, wb, (a,) * 3, (b,) * 3)
    return raw, float((level / balance).mean() * noise.LARGEST + 2048)


@pytest.mark.parametrize("name", ["rggb", "xtrans", "mono"])
@pytest.mark.parametrize("sigma", noise.SIGMAS)
def test_the_shipped_network_does_not_move_the_mean_of_flat_fields(
    shipped: Model, name: str, sigma: float
) -> None:
    """Below 0.1 % of white - black, from black up to where the noise itself begins to reach white.

    Beyond, the network takes back what clipping did to the mean: bench/quality shows by how much.
    """
    moved = {}
    for level in (0.0, 0.002, 0.02, 0.1, 0.3, 0.7):
        if level + 4 * 2 * sigma * np.sqrt(level) > 1.0:
            continue
        raw, _ = flat_raw(cfa.named(name), level, sigma, seed=7)
        result = pipeline.denoise(raw, shipped)
        moved[level] = (result.mean() - raw.samples.mean()) / noise.LARGEST
    assert max(abs(v) for v in moved.values()) < 0.001, moved


@pytest.mark.parametrize("kind", noise.KINDS)
def test_the_shipped_network_denoises(shipped: Model, kind: str) -> None:
    """A soft picture gains at least 5 dB in u at sigma 0.03."""
    y, x = np.mgrid[0:500, 0:500]
    waves = [np.sin(y / p + c) * np.cos(x / (p + 5)) for c, p in enumerate((23.0, 31.0, 17.0))]
    picture = np.asarray(np.stack(waves, axis=2) * 90 + 130, np.uint8)
    case = noise.protocol_case(picture, 4, kind, 0.03)
    noisy, clean = case.encoded()
    sigma = encoding.sigma_u(case.site_noise)
    tensor = packing.network_input(noisy, sigma, case.colours)[None]
    result = noisy - packing.shuffle(shipped.run(tensor)[0])[0]
    assert noise.psnr(result, clean) > noise.psnr(noisy, clean) + 5.0
