# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: one verb a step, for one model or for all."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from latent_package import archive
from rich.console import Console
from rich.table import Column, Table

from latent_zoo import card, table
from latent_zoo import validate as validating
from latent_zoo import versions as indexing
from latent_zoo.card import Model
from latent_zoo.conversion import Work, load_script, read_report
from latent_zoo.conversion import convert as converting
from latent_zoo.types import PackageError, ZooError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_out = Console()
_err = Console(stderr=True)
_REPOSITORY = Path(__file__).resolve().parents[2]

ModelId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="The id of one model, or use --all")
]
All = Annotated[bool, typer.Option("--all", help="All models, except those marked by a file .skip")]
Random = Annotated[
    bool, typer.Option("--random-weights", help="Use untrained networks of the right shape")
]
Seed = Annotated[int, typer.Option(help="Seed of the random weights")]
Out = Annotated[Path | None, typer.Option(help="Folder for the packages")]
WorkOption = Annotated[
    Path | None, typer.Option("--work", help="Folder for unpacked packages and checkpoints")
]
Program = Annotated[
    Path | None,
    typer.Option("--latent", help="Also check with this latent program; default: $LATENT_BIN"),
]


@dataclass(frozen=True)
class _Place:
    """Where things lie: the zoo, what is made of it, and the packages of our own models."""

    zoo: Path
    out: Path
    work: Path

    def of(self, model: Model) -> Work:
        return Work(self.work / model.id)

    def checkpoints(self, model: Model) -> Path:
        return self.work / model.id / "checkpoints"

    def package(self, model: Model) -> Path:
        if model.own:  # those for darktable are made of the others, by `make darktable-packages`
            root = self.zoo.parent
            places = [root / "weights", root / "build" / "darktable"]
            found = [p / f"{model.id}.dtmodel" for p in places]
            return next((path for path in found if path.exists()), found[0])
        return self.out / f"{model.id}.dtmodel"


def _zoo() -> Path:
    """$LATENT_ZOO, the repository's zoo, or zoo/ below the present folder."""
    if named := os.environ.get("LATENT_ZOO"):
        return Path(named)
    beside = _REPOSITORY / "zoo"
    return beside if beside.is_dir() else Path.cwd() / "zoo"


def _place(out: Path | None, work: Path | None) -> _Place:
    zoo = _zoo()
    build = zoo.parent / "build" / "zoo"
    return _Place(zoo, out or build / "packages", work or build / "work")


def _chosen(place: _Place, model_id: str | None, every: bool) -> list[Model]:
    if (model_id is None) == (not every):
        raise typer.BadParameter("give a model's id, or --all")
    if model_id is not None:
        return [card.find_model(place.zoo, model_id)]
    return [model for model in card.read_zoo(place.zoo) if not model.skipped]


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """A PackageError as its sentence on stderr, and exit code 1."""
    try:
        yield
    except PackageError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _each(models: list[Model], step: Callable[[Model], None]) -> None:
    """``step`` for every model; one that fails does not stop the others, but the exit code says
    so."""
    failed = []
    for model in models:
        try:
            step(model)
        except (RuntimeError, ValueError, OSError, MemoryError) as error:
            said = str(error) or type(error).__name__
            text = said if isinstance(error, PackageError) else f"{model.id}: {said}"
            _err.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
            failed.append(model.id)
        gc.collect()
    if failed:
        if len(models) > 1:
            _err.print(f"failed: {', '.join(failed)}", style="red", markup=False)
        raise typer.Exit(1)


def _say(text: str) -> None:
    _out.print(text, markup=False, highlight=False, soft_wrap=True)


@app.command("list")
def list_models() -> None:
    """List the models with their task, licences, openness, and whether their files are pinned."""
    with _sentences():
        models = card.read_zoo(_zoo())
    shown = Table(
        Column("id", no_wrap=True),
        "task",
        "version",
        "weights",
        "data",
        "OSAID",
        "MOF",
        "checkpoints",
    )
    for model in models:
        pins = sum(one.sha256 is not None for one in model.checkpoints)
        state = "in weights/" if model.own else f"{pins} of {len(model.checkpoints)} pinned"
        config: dict[str, Any] = {}
        package = _place(None, None).package(model)
        if model.own:
            if package.exists():
                config = archive.packed_config(package).get("latent", {})
            else:
                state = "no package yet"
        openness = model.openness or config.get("openness", {})
        facts = model.model_card
        shown.add_row(
            model.id + (" (skipped)" if model.skipped else ""),
            model.task,
            model.version,
            model.licence.get("weights") or facts.get("license", "not stated"),
            model.licence.get("data") or facts.get("training_data_license", "not stated"),
            openness.get("osaid", "not stated"),
            openness.get("mof", "not stated"),
            state,
        )
    _out.print(shown)


@app.command()
def setup(
    model_id: ModelId = None,
    every: All = False,
    trust_on_first_use: Annotated[
        bool,
        typer.Option(help="Accept files without a known hash, and record the hash"),
    ] = False,
    work: WorkOption = None,
) -> None:
    """Download the published checkpoints and check their sha256. No other step uses the network."""
    from latent_zoo import download

    place = _place(None, work)

    def step(model: Model) -> None:
        if model.own:
            return
        for one in model.checkpoints:
            with _out.status(f"{one.name}") as status:

                def report(have: int, name: str = one.name, shown: Any = status) -> None:
                    shown.update(f"{name}: {have / 1e6:.1f} MB")

                folder = place.checkpoints(model)
                path = download.fetch(model, one, folder, trust_on_first_use, report)
            _say(f"{path}: {path.stat().st_size / 1e6:.1f} MB")

    with _sentences():
        models = _chosen(place, model_id, every)
    _each(models, step)


def _convert(place: _Place, model: Model, random: bool, seed: int) -> dict[str, Any]:
    from latent_zoo import download

    found = None if random else download.verified(model, place.checkpoints(model))
    report = converting(model, found, seed, place.of(model))
    for one in report["graphs"]:
        apart = one["parity"]
        _say(
            f"{model.id}/{one['stem']}.onnx: {one['parameters'] / 1e6:.2f} M parameters, "
            f"{one['bytes'] / 1e6:.1f} MB; largest difference from PyTorch: ONNX Runtime "
            f"{apart['onnx_runtime']['absolute']:.2e}, OpenVINO {apart['openvino']['absolute']:.2e}"
        )
    return report


@app.command()
def convert(
    model_id: ModelId = None,
    every: All = False,
    random_weights: Random = False,
    seed: Seed = 0,
    work: WorkOption = None,
) -> None:
    """Convert networks to ONNX and compare ONNX Runtime and OpenVINO with PyTorch."""
    place = _place(None, work)
    with _sentences():
        models = [m for m in _chosen(place, model_id, every) if not m.own]
    _each(models, lambda model: void(_convert(place, model, random_weights, seed)))


def void(value: object) -> None:
    """Forget what a step gives."""
    del value


def _package(place: _Place, model: Model) -> Path:
    work = place.of(model)
    report = read_report(work)
    path = place.package(model)
    archive.pack(archive.files_below(work.package), model.id, path)
    report["package"] = {"bytes": path.stat().st_size, "sha256": archive.sha256(path)}
    work.report.write_bytes(archive.as_json(report))
    _say(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return path


@app.command()
def package(
    model_id: ModelId = None, every: All = False, out: Out = None, work: WorkOption = None
) -> None:
    """Pack what `convert` made into ID.dtmodel; the same content gives the same bytes."""
    place = _place(out, work)
    with _sentences():
        models = [m for m in _chosen(place, model_id, every) if not m.own]
    _each(models, lambda model: void(_package(place, model)))


def _validate(place: _Place, model: Model, program: Path | None) -> None:
    path = place.package(model)
    if model.own and not path.exists():
        _say(f"{model.id}: there is no package yet; only the model card was checked")
        if found := validating.card_faults(model):
            raise ZooError("\n".join(f"{model.id}: {fault}" for fault in found))
        return
    said = validating.validate(model, path, validating.latent_program(program))
    _say(f"{model.id}: good ({said})")


@app.command("validate")
def validate_command(
    model_id: ModelId = None, every: All = False, out: Out = None, latent: Program = None
) -> None:
    """Check packages: model card, keys, tensors, hashes, and golden tensors in both engines."""
    place = _place(out, None)
    with _sentences():
        models = _chosen(place, model_id, every)
    _each(models, lambda model: _validate(place, model, latent))


def _demo(place: _Place, model: Model, picture: Path | None, results: Path | None) -> None:
    from latent_zoo import demos

    package_path = place.package(model)
    if not (model.folder / "demo.py").exists():
        _say(f"{model.id}: this model has no demo")
        return
    folder = results or place.work / model.id / "demo"
    with tempfile.TemporaryDirectory(prefix="latent-zoo-") as scratch:
        archive.unpack(package_path, model.id, Path(scratch))
        given = demos.read_picture(picture or demos.PICTURE)
        made = load_script(model, "demo.py").demo(demos.Networks(Path(scratch)), given, folder)
    for path in made:
        _say(str(path))


@app.command()
def demo(
    model_id: ModelId = None,
    every: All = False,
    picture: Annotated[
        Path | None, typer.Option(help="Picture to use instead of the one in the repository")
    ] = None,
    results: Annotated[Path | None, typer.Option(help="Folder for the PNG files")] = None,
    out: Out = None,
    work: WorkOption = None,
) -> None:
    """Run packages on a picture and write it before and after, as PNG."""
    place = _place(out, work)
    with _sentences():
        models = [m for m in _chosen(place, model_id, every) if not m.own]
    _each(models, lambda model: _demo(place, model, picture, results))


@app.command()
def run(
    model_id: ModelId = None,
    every: All = False,
    random_weights: Random = False,
    seed: Seed = 0,
    out: Out = None,
    work: WorkOption = None,
    latent: Program = None,
    with_demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Also run the demo")] = True,
    keep: Annotated[bool, typer.Option(help="Keep the unpacked packages")] = False,
    page: Annotated[
        Path | None,
        typer.Option(help="Page whose table to update; default with --all: docs/zoo.md"),
    ] = None,
) -> None:
    """Do every step: setup (unless --random-weights), convert, package, validate, demo, table.

    One model at a time; one that fails does not stop the others, but the exit code is 1.
    """
    place = _place(out, work)
    with _sentences():
        models = _chosen(place, model_id, every)
    if not random_weights:
        setup(model_id, every, False, work)
    lines: dict[str, list[str]] = {}

    def step(model: Model) -> None:
        began = time.monotonic()
        try:
            if not model.own:
                void(_convert(place, model, random_weights, seed))
                void(_package(place, model))
            _validate(place, model, latent)
            if with_demo and not model.own:
                _demo(place, model, None, None)
            if not model.own:
                lines[model.id] = table.rows(read_report(place.of(model)))
                _say(f"{model.id}: {time.monotonic() - began:.0f} s")
        except Exception as error:
            lines[model.id] = [table.failure_row(model.id, model.task, str(error))]
            raise
        finally:
            if not keep:
                shutil.rmtree(place.of(model).package, ignore_errors=True)

    try:
        _each(models, step)
    finally:
        text = table.table([line for model in models for line in lines.get(model.id, [])])
        target = page or (_REPOSITORY / "docs" / "zoo.md" if every else None)
        if target is not None:
            with _sentences():
                table.put(target, text)
        else:
            _say(text)


@app.command("table")
def renew_table(
    page: Annotated[Path | None, typer.Option(help="Page to update instead of docs/zoo.md")] = None,
    work: WorkOption = None,
) -> None:
    """Update the table in docs/zoo.md from the reports of earlier runs."""
    place = _place(None, work)
    with _sentences():
        models = [model for model in card.read_zoo(place.zoo) if place.of(model).report.exists()]
        lines = [line for model in models for line in table.rows(read_report(place.of(model)))]
        table.put(page or _REPOSITORY / "docs" / "zoo.md", table.table(lines))


@app.command()
def versions(
    out: Out = None,
    to: Annotated[
        Path | None, typer.Option(help="Folder for the index files; default: --out")
    ] = None,
    application: Annotated[
        list[str] | None, typer.Option(help="Versions of darktable that this release is for")
    ] = None,
    tag: Annotated[str, typer.Option(help="Name of the release")] = "release-1.0.0",
    serial: Annotated[
        int, typer.Option(min=1, help="Serial number of our index; must grow with every release")
    ] = 1,
    base_url: Annotated[
        str, typer.Option(help="Address of the folder of the packages, for our index")
    ] = "",
    own: Annotated[bool, typer.Option(help="Also list the packages in weights/")] = True,
) -> None:
    """Write the index files: versions.json, releases-index.json, latent-index.json (sign it)."""
    place = _place(out, None)
    packages = sorted(place.out.glob("*.dtmodel"))
    if own:
        packages += sorted((place.zoo.parent / "weights").glob("*.dtmodel"))
    with _sentences():
        applications = application or ["5.6.0"]
        made = indexing.write(packages, to or place.out, applications, tag, serial, base_url)
    for path in made:
        _say(str(path))


def _evaluate_by_hook(model: Model, path: Path, data: Path, limit: int | None) -> str:
    """Masks and depth: the modules have ``evaluate_package`` and reports that say their numbers."""
    name = {"mask": "eval_masks", "depth": "eval_depth"}[model.task]
    try:
        module = importlib.import_module(f"latent_zoo.{name}")
    except ImportError as error:
        raise ZooError(f"{model.id}: {error}") from error
    numbers: dict[str, Any] = module.evaluate_package(path, data, limit=limit).as_dict()
    head = " | ".join(["model", *numbers])
    line = " | ".join([f"`{model.id}`", *(str(value) for value in numbers.values())])
    return f"| {head} |\n|{'---|' * (len(numbers) + 1)}\n| {line} |\n"


def _evaluate(place: _Place, model: Model, data: Path, limit: int | None, step: int) -> str:
    from latent_zoo import evaluate

    path = place.package(model)
    if not path.exists():
        raise ZooError(f"{path}: there is no package; run `latent-zoo package` first")
    if model.task in ("mask", "depth"):
        return _evaluate_by_hook(model, path, data, limit)
    known = {"denoise": evaluate.evaluate_denoise, "upscale": evaluate.evaluate_upscale}
    if model.task not in known:
        raise ZooError(
            f"{model.id}: eval does not measure the task {model.task}; use `latent-train evaluate` "
            "for our models, bench/quality for raws"
        )
    with tempfile.TemporaryDirectory(prefix="latent-zoo-") as scratch:
        archive.unpack(path, model.id, Path(scratch))
        return evaluate.markdown(model.id, known[model.task](Path(scratch), data, step))


@app.command("eval")
def evaluate_command(
    data: Annotated[Path, typer.Option(help="Folder of the evaluation set")],
    model_id: ModelId = None,
    every: All = False,
    out: Out = None,
    limit: Annotated[
        int | None, typer.Option(help="Masks, depth: use at most this many pictures")
    ] = None,
    step: Annotated[int, typer.Option(min=1, help="Denoise, upscale: use every n-th picture")] = 1,
) -> None:
    """Measure PSNR, SSIM (denoise, upscale), clicks, IoU (masks), order (depth) on a data set."""
    place = _place(out, None)
    with _sentences():
        models = _chosen(place, model_id, every)
    _each(models, lambda model: _say(_evaluate(place, model, data, limit, step)))


@app.callback()
def main(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print more")] = False,
) -> None:
    """Download, convert, check and package the models of Latent's zoo."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s")


if __name__ == "__main__":
    app()
