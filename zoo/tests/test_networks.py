# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks written here, and the published names and shapes of their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from conftest import ZOO

from latent_zoo import card, conversion, exporting, parity
from latent_zoo.architectures import lama
from latent_zoo.architectures.nind_unet import NindUNet
from latent_zoo.architectures.utnet2 import UtNet2
from latent_zoo.graph import Graph, load_strictly, parameter_count, read_checkpoint
from latent_zoo.random_weights import fill
from latent_zoo.types import ZooError


@pytest.mark.parametrize("size", [(8, 8), (6, 10), (7, 9), (64, 64)])
def test_the_matrix_products_are_the_fourier_transform(size: tuple[int, int]) -> None:
    made = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, *size, generator=made)
    real, imaginary = lama.real_fft(x)
    true = torch.fft.rfft2(x, norm="ortho")
    assert torch.allclose(real, true.real, atol=2e-6)
    assert torch.allclose(imaginary, true.imag, atol=2e-6)
    a, b = (torch.randn(2, 3, size[0], size[1] // 2 + 1, generator=made) for _ in range(2))
    back = torch.fft.irfft2(torch.complex(a, b), s=size, norm="ortho")
    assert torch.allclose(lama.real_ifft(a, b, size[1]), back, atol=4e-6)


def test_lama_keeps_what_is_not_masked_and_ignores_what_is() -> None:
    network = fill(lama.Lama(4, 2), 0, 0.6)
    made = torch.Generator().manual_seed(0)
    image = torch.rand(1, 3, 32, 32, generator=made)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:20, 10:22] = 1
    with torch.no_grad():
        one = network(image, mask)
        other = network(torch.where(mask > 0, torch.rand(image.shape, generator=made), image), mask)
    kept = (mask == 0).expand_as(image)
    assert torch.equal(one[kept], (image * lama.WHITE)[kept])
    assert torch.equal(one, other)
    assert one.max() > 2  # 0 to 255
    assert one[~kept].std() > 0


def shapes(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def test_parameters_have_the_published_names_and_shapes() -> None:
    with torch.device("meta"):
        whole, unet = shapes(lama.Lama()), shapes(NindUNet())
        bayer, linear = shapes(UtNet2(4)), shapes(UtNet2(3))
    assert whole["generator.model.1.ffc.convl2l.weight"] == (64, 4, 7, 7)
    assert whole["generator.model.4.ffc.convl2g.weight"] == (384, 256, 3, 3)
    assert whole["generator.model.5.conv1.ffc.convg2g.fu.conv_layer.weight"] == (384, 384, 1, 1)
    assert whole["generator.model.22.conv2.bn_g.running_var"] == (384,)
    assert whole["generator.model.34.bias"] == (3,)
    assert unet["inc.conv.conv.0.weight"] == (64, 3, 3, 3)
    assert unet["down4.mpconv.1.conv.3.weight"] == (512, 512, 3, 3)
    assert unet["up1.up.weight"] == (512, 512, 2, 2)
    assert unet["outc.conv.weight"] == (3, 64, 1, 1)
    assert bayer["output_module.0.weight"] == (12, 32, 1, 1)
    assert linear["output_module.0.weight"] == (3, 32, 1, 1)
    assert bayer["tconvs4.2.bias"] == (32,)


@pytest.mark.parametrize(
    ("make", "millions"),
    [(lama.Lama, 50.98), (NindUNet, 14.79), (UtNet2, 7.76)],
)
def test_the_networks_are_of_the_published_size(make: type, millions: float) -> None:
    with torch.device("meta"):
        count = parameter_count(make())
    assert count / 1e6 == pytest.approx(millions, abs=0.01)


def test_a_small_lama_runs_in_both_engines(tmp_path: Path) -> None:
    model = card.find_model(ZOO, "erase-lama-big")
    script = conversion.load_script(model, "convert.py")
    graph: Graph = script.lama_graph(fill(lama.Lama(8, 2), 0, 0.6), 64)
    exporting.export(graph, tmp_path / "model.onnx")
    found = parity.measure(graph, tmp_path / "model.onnx")
    assert found.onnx_runtime.relative < 1e-4
    assert found.openvino.relative < 1e-4


def test_spandrels_networks_run_in_both_engines(tmp_path: Path) -> None:
    pytest.importorskip("spandrel", exc_type=Exception, reason="spandrel is not installed")
    from latent_zoo.restoring import tile_graph

    naf = conversion.load_script(card.find_model(ZOO, "denoise-nafnet"), "convert.py")
    plk = conversion.load_script(card.find_model(ZOO, "upscale-realplksr"), "convert.py")
    networks: dict[str, tuple[torch.nn.Module, int]] = {
        "naf": (naf.Unpadded(naf.nafnet(8, [1, 1], 1, [1, 1])), 1),
        "plk": (plk.realplksr(2), 2),
    }
    for name, (network, _) in networks.items():
        graph = tile_graph(fill(network, 0, 1.0), "model", (3, 32), ("in", "out"))
        exporting.export(graph, tmp_path / f"{name}.onnx")
        assert parity.measure(graph, tmp_path / f"{name}.onnx").openvino.relative < 1e-3


def test_bsrgans_published_names_are_those_of_the_network() -> None:
    pytest.importorskip("spandrel", exc_type=Exception, reason="spandrel is not installed")
    script = conversion.load_script(card.find_model(ZOO, "upscale-bsrgan"), "convert.py")
    from spandrel.architectures.ESRGAN import ESRGAN

    for scale, upconvs in ((2, ["upconv1"]), (4, ["upconv1", "upconv2"])):
        layers = ["conv_first", "trunk_conv", *upconvs, "HRconv", "conv_last"]
        layers += [
            f"RRDB_trunk.{block}.RDB{dense}.conv{convolution}"
            for block in range(2)
            for dense in range(1, 4)
            for convolution in range(1, 6)
        ]
        published = {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}
        named = {script.spandrel_name(name, scale, 2) for name in published}
        assert named == set(ESRGAN(scale=scale, num_blocks=2).state_dict())


def save(state: Mapping[str, object], path: Path) -> Path:
    torch.save(dict(state), path)
    return path


def test_a_checkpoint_of_the_network_loads(small: card.Model, tmp_path: Path) -> None:
    [graph] = conversion.graphs_of(small, None, 3)
    path = save(graph.module.state_dict(), tmp_path / "small.pt")
    [loaded] = conversion.graphs_of(small, {"small.pt": path}, 0)
    for key, value in graph.module.state_dict().items():
        assert torch.equal(loaded.module.state_dict()[key], value)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda state: state.pop("outc.conv.bias"), "it lacks outc.conv.bias"),
        (lambda state: state.update(extra=torch.zeros(1)), "it has extra too many"),
        (
            lambda state: state.update({"outc.conv.bias": torch.zeros(4)}),
            "outc.conv.bias is (4,) instead of (3,)",
        ),
    ],
)
def test_a_checkpoint_of_another_network_is_refused(
    spoil: object, said: str, small: card.Model, tmp_path: Path
) -> None:
    assert callable(spoil)
    state = dict(NindUNet(width=4).state_dict())
    spoil(state)
    with pytest.raises(ZooError, match=r"small\.pt") as raised:
        conversion.graphs_of(small, {"small.pt": save(state, tmp_path / "small.pt")}, 0)
    assert said in str(raised.value)


class Evil:
    """What a hostile checkpoint would unpickle to."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("executed",))


def test_a_checkpoint_that_is_a_program_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save({"a": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(ZooError, match="not a checkpoint that loads safely"):
        read_checkpoint(path)
    assert "executed" not in capsys.readouterr().out


def test_wrapped_and_empty_checkpoints(tmp_path: Path) -> None:
    wrapped = save({"params": {"a": torch.ones(1)}}, tmp_path / "wrapped.pt")
    assert read_checkpoint(wrapped, "params_ema", "params").keys() == {"a"}
    with pytest.raises(ZooError, match="holds no tensor"):
        read_checkpoint(save({"epoch": 3}, tmp_path / "empty.pt"))
    (tmp_path / "text.pt").write_text("no checkpoint", encoding="utf-8")
    with pytest.raises(ZooError, match="not a checkpoint"):
        read_checkpoint(tmp_path / "text.pt")


def test_strict_loading_says_how_much_more_is_wrong() -> None:
    with pytest.raises(ZooError, match=r"and \d+ more"):
        load_strictly(NindUNet(4), {}, "x")
