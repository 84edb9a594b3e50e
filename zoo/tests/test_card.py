# SPDX-License-Identifier: GPL-3.0-or-later
"""model.yaml and model.conf: what is read, and what is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CARD, YAML, ZOO

from latent_zoo import card, conf, validate
from latent_zoo.types import ZooError

GOOD = YAML.format(
    id="m", task="denoise", type="single", arch="unet", attributes="{input_sizes: [32]}"
)


def write(tmp_path: Path, text: str | bytes, name: str = "model.yaml") -> Path:
    folder = tmp_path / "m"
    folder.mkdir(exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(data)
    return folder


def test_a_whole_model_yaml_is_read(tmp_path: Path) -> None:
    model = card.read_model(write(tmp_path, GOOD))
    assert (model.id, model.task, model.version, model.tiling) == ("m", "denoise", "1.0", True)
    assert model.checkpoints[0].name == "small.pt"
    assert model.checkpoints[0].sha256 is None
    assert not model.own


def test_darktables_own_vocabulary_is_read(tmp_path: Path) -> None:
    text = GOOD + (
        "backend: onnx\nrepo: {submodule: vendor/x}\ncpu_only: {model: [coreml]}\n"
        "convert:\n  - {script: convert.py, args: {output: '{output}/model.onnx', opset: 20}}\n"
    )
    model = card.read_model(write(tmp_path, text))
    assert model.repo == {"submodule": "vendor/x"}
    assert model.cpu_only == {"model": ["coreml"]}


HOSTILE = {
    "a version that is a number": (GOOD.replace('"1.0"', "1.0"), "version must be a text"),
    "another id": (GOOD.replace("id: m", "id: other"), "in the folder 'm'"),
    "an id that climbs": (GOOD.replace("id: m", "id: ../m"), "id must be"),
    "no task": (GOOD.replace("task: denoise", "tusk: denoise"), "task is missing"),
    "another type": (GOOD.replace("type: single", "type: pair"), "type must be one of"),
    "a key twice": (GOOD + "task: mask\n", "twice"),
    "a reference": ("a: &x [1]\nb: *x\n", "references"),
    "a bomb of references": (
        "a: &a [1,1,1]\n" + "".join(f"{c}: &{c} [*a,*a,*a]\n" for c in "bcdef"),
        "references",
    ),
    "a Python object": ("id: !!python/object/apply:os.system [id]\n", "not YAML"),
    "no table": ("- 1\n", "no table"),
    "broken text": ("id: [\n", "not YAML"),
    "an empty file": ("", "no table"),
    "bytes that are no text": (b"id: \xff\xfe", "UTF-8"),
    "too many bytes": ("#" * 300_000, "too many"),
    "a wrong hash": (GOOD.replace("sha256: null", 'sha256: "abc"'), "64 lower-case hex"),
    "a hash that YAML reads as a number": (
        GOOD.replace("sha256: null", "sha256: 123"),
        "64 lower-case hex",
    ),
    "a path that is no file": (GOOD.replace('"temp/small.pt"', '".."'), "names no file"),
    "a date among the attributes": (
        GOOD.replace("{input_sizes: [32]}", "{made: 2020-01-01}"),
        "JSON does not know",
    ),
    "no number among the attributes": (
        GOOD.replace("{input_sizes: [32]}", "{mean: .nan}"),
        "JSON does not know",
    ),
    "a card of numbers": (GOOD.replace('scope: "tests"', "scope: 3"), "model_card.scope"),
    "parity without bound": (GOOD + "parity: 5\n", "parity must be"),
    "a deep nest": (GOOD.replace("{input_sizes: [32]}", "[" * 3000 + "]" * 3000), "m"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_faulty_model_yaml_is_refused(name: str, tmp_path: Path) -> None:
    text, said = HOSTILE[name]
    folder = write(tmp_path, text)
    with pytest.raises(ZooError, match=r"model\.yaml") as raised:
        card.read_model(folder)
    assert said in str(raised.value)


CONF = """\
# comment
MODEL_ID="m"
MODEL_NAME='small one'
MODEL_DESCRIPTION="a network"
MODEL_TASK=denoise
MODEL_TILING=true
CHECKPOINT_URLS=(
    "https://example.org/a.pth"
    "https://example.org/b.pth"  # the second
)
CHECKPOINT_PATHS=("temp/m/a.pth" "temp/m/b.pth")

run_convert() {
    python3 "$SCRIPT_DIR/convert.py" \\
        --opset 17
}
"""


def test_a_model_conf_is_read_without_a_shell(tmp_path: Path) -> None:
    model = card.read_model(write(tmp_path, CONF, "model.conf"))
    assert (model.name, model.task, model.tiling) == ("small one", "denoise", True)
    assert [one.name for one in model.checkpoints] == ["a.pth", "b.pth"]
    assert model.version == "1.0"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("EVIL=$(touch /tmp/owned)", "a shell would have to compute"),
        ("EVIL=`id`", "a shell would have to compute"),
        ('EVIL="${HOME}"', "a shell would have to compute"),
        ("EVIL=a rm -rf x", "not executed"),
        ("rm -rf x", "only NAME=value"),
        ('EVIL="open', "quotation"),
        ("EVIL=(a b", "without an end"),
        ("EVIL=(a) ; id", "only NAME=value"),
        ('MODEL_TASK="again"', "twice"),
        ("f() {", "without an end"),
    ],
)
def test_a_model_conf_that_wants_a_shell_is_refused(line: str, said: str, tmp_path: Path) -> None:
    folder = write(tmp_path, CONF + line + "\n", "model.conf")
    with pytest.raises(ZooError, match=r"model\.conf") as raised:
        card.read_model(folder)
    assert said in str(raised.value)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ZooError, match="not of one length"):
        conf.as_model_yaml(
            Path("m/model.conf"), 'MODEL_ID=m\nONNX_URLS=("a" "b")\nONNX_PATHS=("a")'
        )


def test_every_model_of_the_zoo_is_read_and_its_card_is_complete() -> None:
    models = card.read_zoo(ZOO)
    assert {"denoise-nafnet", "erase-lama-big", "latent-raw"} <= {model.id for model in models}
    faults = [fault for model in models for fault in validate.card_faults(model)]
    assert faults == []
    for model in models:
        assert model.own or (model.folder / "convert.py").exists(), model.id


def test_no_hash_of_a_checkpoint_is_made_up() -> None:
    for model in card.read_zoo(ZOO):
        for one in model.checkpoints:
            assert one.sha256 is None or len(set(one.sha256)) > 8, model.id


@pytest.mark.parametrize("word", ["OSAID", "MOF", "limits", "provenance", "paper", "Source"])
def test_a_card_that_leaves_something_unsaid_is_refused(word: str, tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    (folder / "README.md").write_text(CARD.replace(word, ""), encoding="utf-8")
    faults = validate.card_faults(card.read_model(folder))
    assert len(faults) == 1
    assert "is not mentioned" in faults[0]


@pytest.mark.parametrize(
    "line",
    [
        '  source: "here"\n',
        '  training_data: "none"\n',
        'provenance: "made here"\n',
        'limits: "good for nothing"\n',
        'openness: {osaid: "Open Source AI", mof: "Class I (Open Science)"}\n',
    ],
)
def test_a_model_yaml_that_leaves_something_unsaid_is_refused(line: str, tmp_path: Path) -> None:
    assert line in GOOD
    folder = write(tmp_path, GOOD.replace(line, ""))
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    assert validate.card_faults(card.read_model(folder))
