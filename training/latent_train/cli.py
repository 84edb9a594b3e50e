# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: one verb a step, from pictures to package."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import logging
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from latent_train import cameras
from latent_train import collect as collecting
from latent_train import prepare as preparing
from latent_train import train as training
from latent_train.clicks.cli import app as clicks_app
from latent_train.config import Config, differences, load_config, reduced_before
from latent_train.device_batches import DeviceFeed
from latent_train.initial import read_weights
from latent_train.pictures import MANIFEST, PictureSet, licensed_photos, sha256
from latent_train.teacher import recipe_of

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(clicks_app, name="clicks", help="The network for object masks.")
_CONFIGS = Path(__file__).resolve().parent.parent / "configs"


def _next(clock: str) -> datetime.datetime:
    """When it is ``clock``, HH:MM, for the next time. Errors: BadParameter when it is no time."""
    now = datetime.datetime.now()
    try:
        time = datetime.datetime.strptime(clock, "%H:%M").time()
    except ValueError:
        raise typer.BadParameter(f"--until {clock}: give a time of day, 17:30") from None
    end = datetime.datetime.combine(now.date(), time)
    return end if end > now else end + datetime.timedelta(days=1)


def _log_to(folder: Path) -> None:
    handlers: list[logging.Handler] = [
        logging.StreamHandler(),
        logging.FileHandler(folder / "train.log"),
    ]
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers, force=True
    )


def _commit() -> str:
    return training.commit_of(_CONFIGS)


def _share(text: str) -> Fraction:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise typer.BadParameter(f"--reduced {text} is no share of a side, as 2/3 is")
    return share


def _recipe(
    model: str, config: Path | None, reduced: str | None, batch: int | None, patch: int | None
) -> Config:
    recipe = load_config(config or _CONFIGS / f"{model}.toml")
    if recipe.model != model:
        raise typer.BadParameter(f"{config} is a recipe of {recipe.model}, not of {model}")
    shape = dataclasses.replace(
        recipe.data, batch=batch or recipe.data.batch, patch_px=patch or recipe.data.patch_px
    )
    recipe = dataclasses.replace(recipe, data=shape)
    return reduced_before(recipe, _share(reduced)) if reduced else recipe


def _with_teacher(
    recipe: Config, run: Path, path: Path | None, file: str, share: float | None
) -> Config:
    """The recipe with the teacher that the command line or itself names, which is copied into the
    run folder: a run goes on without the file that it came from."""
    given = path or (Path(recipe.teacher.path) if recipe.teacher.path else None)
    if given is None:
        return recipe
    recipe_of(given, file if path else recipe.teacher.file)
    kept = "teacher" + given.suffix
    shutil.copyfile(given, run / kept)
    training.note(run, {"step": 0, "teacher": given.name, "teacher_sha256": sha256(given)})
    changed: dict[str, Any] = {"path": kept} | ({"file": file} if path else {})
    if share is not None:
        changed["share"] = share
    return dataclasses.replace(recipe, teacher=dataclasses.replace(recipe.teacher, **changed))


def _resumed(run: Path, model: str, recipe: Config | None, device: str) -> training.Trainer:
    before = training.Trainer.load(run, device=device)
    if before.config.model != model:
        raise typer.BadParameter(f"{run} is a run of {before.config.model}, not of {model}")
    if recipe is None:
        return before
    trainer = training.Trainer.load(run, recipe, device)
    if changed := differences(before.config, recipe):
        training.note(run, {"step": trainer.step_count, "changed": changed})
        training.log.info("recipe changed: %s", changed)
    return trainer


def _begun(
    run: Path, recipe: Config, begin_from: Path | None, begin_file: str, trunk: bool, device: str
) -> training.Trainer:
    trainer = training.Trainer(recipe, device)
    if begin_from is not None:
        new = trainer.begin_from(read_weights(begin_from, begin_file), trunk)
        begun = {"begun_from": begin_from.name, "sha256": sha256(begin_from), "new": new}
        training.note(run, {"step": 0, **begun})
    return trainer


@app.command()
def train(
    model: str,
    data: Annotated[Path, typer.Option(help="Folder of pictures with PROVENANCE.csv")],
    run: Annotated[Path, typer.Option(help="Run folder; an existing one is resumed")],
    steps: Annotated[int | None, typer.Option(help="End after this many steps")] = None,
    minutes: Annotated[float | None, typer.Option(help="End after this training time")] = None,
    until: Annotated[str | None, typer.Option(help="End at this time of day, HH:MM")] = None,
    follow: Annotated[
        Path | None,
        typer.Option(help="Pictures to follow the PSNR with: kodak24; for enlarging set5"),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
    workers: Annotated[
        int | None, typer.Option(help="Processes that make batches; 0 is a thread")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads instead of the recipe's")] = None,
    config: Annotated[
        Path | None, typer.Option(help="Recipe instead of MODEL's own, or of the run's")
    ] = None,
    reduced: Annotated[
        str | None, typer.Option(help="DATA is a pack, made smaller by this (2/3) already")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Another batch than the recipe's")] = None,
    patch: Annotated[int | None, typer.Option(help="Another patch (pixels)")] = None,
    on_device: Annotated[
        bool, typer.Option(help="Make the batches on the device too; raw networks only")
    ] = False,
    begin_from: Annotated[
        Path | None, typer.Option(help="Weights for a new run: a .dtmodel or a .pt")
    ] = None,
    begin_file: Annotated[
        str, typer.Option(help="The network of a .dtmodel: model_x2.onnx, model_x4.onnx")
    ] = "model.onnx",
    trunk: Annotated[
        bool, typer.Option(help="Take from those weights only what has the same name and shape")
    ] = False,
    teacher: Annotated[
        Path | None,
        typer.Option(help="A larger network whose answers are learned too: a .dtmodel or a .pt"),
    ] = None,
    teacher_share: Annotated[
        float | None, typer.Option(help="Its share of the loss, 0..1, instead of the recipe's")
    ] = None,
) -> None:
    """Train MODEL, or go on where its run folder stands."""
    if sum(value is not None for value in (steps, minutes, until)) != 1:
        raise typer.BadParameter("give exactly one of --steps, --minutes and --until")
    end = None if until is None else _next(until)
    goes_on = (run / training.CHECKPOINT).exists()
    if goes_on and begin_from is not None:
        raise typer.BadParameter(f"{run} has begun already: --begin-from is for a new run")
    if goes_on and (reduced or batch or patch) and config is None:
        raise typer.BadParameter(
            "--reduced, --batch and --patch change a recipe: with a run that goes on give --config"
        )
    if teacher_share is not None and teacher is None:
        raise typer.BadParameter("--teacher-share is for a --teacher")
    if goes_on and teacher is not None and config is None:
        raise typer.BadParameter(
            "--teacher changes a recipe: with a run that goes on give --config; without it the run "
            "keeps the teacher that it has"
        )
    photos = licensed_photos(data)
    run.mkdir(parents=True, exist_ok=True)
    _log_to(run)
    taught = functools.partial(
        _with_teacher, run=run, path=teacher, file=begin_file, share=teacher_share
    )
    if goes_on:
        recipe = taught(_recipe(model, config, reduced, batch, patch)) if config else None
        trainer = _resumed(run, model, recipe, device)
    else:
        recipe = taught(_recipe(model, config, reduced, batch, patch))
        trainer = _begun(run, recipe, begin_from, begin_file, trunk, device)
    trainer.load_teacher(run)
    (run / "config.json").write_text(json.dumps(trainer.config.as_dict(), indent=1) + "\n")
    seen: dict[str, Any] = {"commit": _commit(), training.PICTURES: sha256(data / MANIFEST)}
    if trainer.config.task in ("raw", "demosaic"):
        seen |= cameras.provenance(trainer.config.simulation)
    if trainer.teacher is not None:
        seen |= trainer.teacher.facts
    training.note(run, {"step": trainer.step_count, **seen})
    if workers is not None:
        trainer.config = dataclasses.replace(trainer.config, workers=workers)
    if threads is not None:
        trainer.config = dataclasses.replace(trainer.config, threads=threads)
    torch.set_num_threads(trainer.config.threads)
    pictures = PictureSet(photos, trainer.config.data)
    training.log.info("%d pictures in memory", len(photos))
    if end is not None:
        left = (end - datetime.datetime.now()).total_seconds()
        budget = training.Budget(seconds=trainer.elapsed + left)
    else:
        budget = training.Budget(steps, minutes * 60 if minutes is not None else None)
    training.log.info(
        "step %d, %.0f s so far, budget %s, %s",
        trainer.step_count,
        trainer.elapsed,
        budget,
        until or "",
    )
    report = training.protocol_report(follow, run)
    made = None
    if on_device:
        made = DeviceFeed(pictures, trainer.config, trainer.step_count, trainer.device)
    training.run(trainer, pictures, budget, run, report, made)
    training.log.info("finished at step %d", trainer.step_count)


@app.command()
def average(
    run: Annotated[Path, typer.Option(help="Run folder")],
    out: Annotated[Path, typer.Option(help="File of the weights, .pt")],
) -> None:
    """Write the moving average of a run's weights in half precision and its recipe: what outlives
    a machine.

    `train --begin-from OUT` goes on from it, and `train --teacher OUT` learns from it.
    """
    trainer = training.Trainer.load(run)
    state = {name: value.half() for name, value in trainer.averaged_network().state_dict().items()}
    part = out.with_name(out.name + ".part")
    torch.save({"average": state, "config": trainer.config.as_dict()}, part)
    part.replace(out)
    typer.echo(f"{out}: step {trainer.step_count}, {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def compare(
    model: str,
    work: Annotated[Path, typer.Option(help="Folder of the short runs and their results")],
    out: Annotated[Path, typer.Option(help="Markdown file")],
    data: Annotated[Path | None, typer.Option(help="Pictures; without them only costs")] = None,
    follow: Annotated[Path | None, typer.Option(help="Pictures to measure the PSNR with")] = None,
    steps: Annotated[int, typer.Option(help="Steps of each short run")] = 8000,
    patch: Annotated[int | None, typer.Option(help="Another patch, for slow machines")] = None,
    batch: Annotated[int | None, typer.Option(help="Another batch, for slow machines")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads instead of the recipe's")] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
) -> None:
    """Train the candidates for MODEL a little and say what each is worth and costs."""
    from latent_train import compare as comparing

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = load_config(_CONFIGS / f"{model}.toml")
    shape = dataclasses.replace(
        base.data, patch_px=patch or base.data.patch_px, batch=batch or base.data.batch
    )
    base = dataclasses.replace(base, data=shape)
    torch.set_num_threads(threads or base.threads)
    found = comparing.candidates(_CONFIGS.parent / "candidates" / f"{model}.toml", base)
    if data is not None and follow is None:
        raise typer.BadParameter("--data needs --follow: there is nothing to measure with")
    source = functools.partial(PictureSet, licensed_photos(data)) if data else None
    results = comparing.compare(found, source, steps, work, follow or Path(), device)
    shape_text = f"batch {base.data.batch} of {base.data.patch_px} px"
    text = f"# {model}: candidates, {shape_text}\n\n{comparing.table(results, steps)}"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(text)


@app.command()
def prepare(
    source: Annotated[Path, typer.Argument(help="Folder of pictures with PROVENANCE.csv")],
    target: Annotated[Path, typer.Argument(help="New folder for the pack")],
    long_side: Annotated[int, typer.Option(help="Larger pictures are reduced to this")] = 1066,
    quality: Annotated[int, typer.Option(help="JPEG quality")] = 75,
) -> None:
    """Make a training pack that is small enough to travel."""
    photos = preparing.prepare(source, target, long_side, quality)
    size = sum(photo.path.stat().st_size for photo in photos)
    typer.echo(f"{len(photos)} pictures, {size / 1e6:.1f} MB in {target}")


@app.command()
def collect(
    rows: Annotated[Path, typer.Argument(help="provenance.csv of a package")],
    sources: Annotated[Path, typer.Argument(help="Folder of clones, each named owner+name")],
    target: Annotated[Path, typer.Argument(help="New folder for the pictures")],
) -> None:
    """Make the folder of training pictures again, from the repositories they come from."""
    typer.echo(f"{collecting.collect(rows, sources, target)} pictures in {target}")


@app.command()
def export(
    run: Annotated[
        list[Path], typer.Option(help="Run folder of `train`; twice where a package holds two")
    ],
    data: Annotated[Path, typer.Option(help="The folder that the run was trained on")],
    out: Annotated[Path, typer.Option(help="Package to write, NAME.dtmodel")],
    zoo: Annotated[Path, typer.Option(help="Folder of model.yaml and the card")],
    commit: Annotated[str | None, typer.Option(help="Commit of the code; git's if absent")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Package whose networks go along as they are")
    ] = None,
) -> None:
    """Write the package: ONNX, measured facts, golden pair, card, licences."""
    from latent_train.export import export as write_export

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photos = licensed_photos(data)
    for one in run:
        training.check_pictures(one, sha256(data / MANIFEST))
    measured = write_export(run, photos, zoo, out, commit or _commit(), keep)
    reaches = ", ".join(f"{name} {facts.reach_px} px" for name, facts in measured.items())
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB, reach {reaches}")


@app.command()
def quantise(
    package: Annotated[Path, typer.Argument(help="Package to give int8 files")],
    data: Annotated[Path, typer.Option(help="Pictures to calibrate with, with PROVENANCE.csv")],
    sets: Annotated[Path, typer.Option(help="Evaluation sets, to measure what is lost")],
    out: Annotated[Path | None, typer.Option(help="Package to write; PACKAGE if absent")] = None,
    every: Annotated[int, typer.Option(help="Every n-th picture of kodak24")] = 6,
    kept: Annotated[int, typer.Option(help="Most sensitive layers that stay in float")] = 3,
) -> None:
    """Add an int8 file of every network to a package, with what it loses; the rest stays."""
    from latent_train.variants import Sources, quantise_package

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sources = Sources(licensed_photos(data), sets, every, kept)
    try:
        found = quantise_package(package, out or package, sources)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    for name, facts in found.items():
        typer.echo(f"{name}: int8 loses {facts['loss_db']} dB at most; {facts['losses']}")


@app.command()
def card(
    package: Annotated[Path, typer.Argument(help="Package to write anew")],
    zoo: Annotated[Path, typer.Option(help="Folder of model.yaml and the card")],
) -> None:
    """Put today's card into a package; weights and all that was measured stay."""
    from latent_train.export import renew_card

    try:
        renew_card(package, zoo)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def darktable(
    source: Annotated[Path, typer.Argument(help="One of our packages, weights/NAME.dtmodel")],
    zoo: Annotated[Path, typer.Option(help="Folder of model.yaml and the card of the result")],
    out: Annotated[Path, typer.Option(help="Package to write")],
) -> None:
    """Make the package that darktable installs: the same weights under its contract."""
    from latent_train.darktable import convert

    for name, size in convert(source, zoo, out).items():
        typer.echo(f"{name}: {size / 1e6:.2f} MB")
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


@app.command()
def evaluate(
    package: Annotated[Path, typer.Argument(help="A .dtmodel")],
    data: Annotated[Path, typer.Option(help="Folder of the evaluation sets: kodak24, set5, ...")],
    out: Annotated[Path | None, typer.Option(help="Markdown file; printed if absent")] = None,
    bm3d: Annotated[bool, typer.Option(help="Raw: also VST+BM3D (slow)")] = False,
    every: Annotated[int, typer.Option(help="Every n-th picture of kodak24")] = 1,
    cache: Annotated[Path | None, typer.Option(help="JSON file that keeps BM3D's results")] = None,
) -> None:
    """Measure a package by the protocol of its task: PSNR, and flat fields from black to white."""
    from latent_train.evaluate import Cache, report

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    text = report(package, data, bm3d, every, Cache(cache))
    if out is None:
        typer.echo(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")


@app.callback()
def main() -> None:
    """Latent's training package."""


if __name__ == "__main__":
    app()
