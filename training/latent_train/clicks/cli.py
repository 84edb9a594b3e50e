# SPDX-License-Identifier: GPL-3.0-or-later
"""Verbs of the network for clicks: record, train, judge, export."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from latent_train.clicks import cases as kept
from latent_train.clicks import record as recording
from latent_train.clicks.cases import held_out
from latent_train.clicks.config import ClickConfig, load_config
from latent_train.clicks.export import export
from latent_train.clicks.judge import NetworkSelector, judge, torch_square
from latent_train.clicks.learn import ClickTrainer, run
from latent_train.clicks.selector import ProgramSelector
from latent_train.pictures import licensed_photos
from latent_train.train import CHECKPOINT, Budget, commit_of, note

app = typer.Typer(no_args_is_help=True, add_completion=False)
log = logging.getLogger("latent_train")
_CONFIG = Path(__file__).resolve().parent.parent.parent / "configs" / "latent-clicks.toml"

Objects = Annotated[Path, typer.Option(help="Photographs with object masks and PROVENANCE.csv")]
Cases = Annotated[Path, typer.Option(help="Folder that `record` has filled")]
Program = Annotated[Path, typer.Option(help="build/release/bench/mask/latent_mask_selector_bench")]


def _log(folder: Path | None = None) -> None:
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    if folder is not None:
        handlers.append(logging.FileHandler(folder / "train.log"))
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers, force=True
    )


def _paths(folder: Path) -> list[Path]:
    """The cases of a folder, those half-written left out."""
    return sorted(path for path in folder.glob("*.npz") if not path.stem.endswith(".part"))


def _recipe(config: Path | None) -> ClickConfig:
    return load_config(config or _CONFIG)


@app.command()
def record(
    objects: Objects,
    data: Annotated[Path, typer.Option(help="Photographs with PROVENANCE.csv, as grounds")],
    out: Annotated[Path, typer.Option(help="Folder of the cases; what is there stays")],
    program: Program,
    config: Annotated[Path | None, typer.Option(help="Recipe")] = None,
) -> None:
    """Cut objects out, make composites and shapes, and record what the selector says of them."""
    _log()
    selector = ProgramSelector(program)
    count = recording.record_all(objects, licensed_photos(data), out, selector, _recipe(config))
    selector.close()
    log.info("%d cases recorded", count)


@app.command()
def train(
    cases: Cases,
    run_folder: Annotated[Path, typer.Option("--run", help="Run folder; an existing one goes on")],
    steps: Annotated[int | None, typer.Option(help="End after this many steps")] = None,
    minutes: Annotated[float | None, typer.Option(help="End after this training time")] = None,
    program: Annotated[Path | None, typer.Option(help="Selector, to follow the clicks")] = None,
    config: Annotated[Path | None, typer.Option(help="Recipe")] = None,
) -> None:
    """Train; with --program the clicks on the photographs that are held out go to history.jsonl."""
    if (steps is None) == (minutes is None):
        raise typer.BadParameter("give --steps or --minutes")
    run_folder.mkdir(parents=True, exist_ok=True)
    _log(run_folder)
    resumed = (run_folder / CHECKPOINT).exists()
    trainer = ClickTrainer.load(run_folder) if resumed else ClickTrainer(_recipe(config))
    torch.set_num_threads(trainer.config.threads)
    paths = _paths(cases)
    every = [kept.load(path) for path in paths]
    judged, learned = held_out(every), [case for case in every if not case.held_out]
    log.info("%d cases, %d to judge by", len(every), len(judged))
    note(run_folder, {"step": trainer.step_count, "commit": commit_of(_CONFIG.parent)})
    selector = ProgramSelector(program) if program else None

    def report(now: ClickTrainer, mean: float, pace: float) -> None:
        row: dict[str, Any] = {"step": now.step_count, "elapsed_s": now.elapsed, "loss": mean}
        row["steps_per_s"] = pace
        if selector is not None:
            square = torch_square(now.averaged_network())
            result = judge(judged, NetworkSelector(selector, square, now.config))
            row |= {"clicks": list(result.clicks), "iou_after": list(result.after)}
            log.info("network: %s", result.words())
        new = [path for path in _paths(cases) if path not in paths]  # of a `record` that still runs
        paths.extend(new)
        learned.extend(case for case in map(kept.load, new) if not case.held_out)
        note(run_folder, {**row, "cases": len(learned)})

    if selector is not None and not resumed:
        alone = judge(judged, selector)
        log.info("selector: %s", alone.words())
        first = {"clicks": list(alone.clicks), "iou_after": list(alone.after)}
        note(run_folder, {"step": 0, "selector": first})
    seconds = None if minutes is None else 60 * minutes
    run(trainer, learned, Budget(steps, seconds), run_folder, report)
    report(trainer, float("nan"), 0.0)


@app.command("judge")
def judge_run(
    cases: Cases,
    run_folder: Annotated[Path, typer.Option("--run", help="Run folder")],
    program: Program,
) -> None:
    """Print clicks and overlap on the photographs that are held out."""
    _log()
    trainer = ClickTrainer.load(run_folder)
    judged = held_out([kept.load(path) for path in _paths(cases)])
    selector = ProgramSelector(program)
    print("selector:", judge(judged, selector).words())
    square = torch_square(trainer.averaged_network())
    print("network:", judge(judged, NetworkSelector(selector, square, trainer.config)).words())
    print(json.dumps({"steps": trainer.step_count, "hours": trainer.elapsed / 3600}))
    selector.close()


@app.command("export")
def export_run(
    run_folder: Annotated[Path, typer.Option("--run", help="Run folder")],
    objects: Objects,
    data: Annotated[Path, typer.Option(help="The photographs that were grounds")],
    zoo: Annotated[Path, typer.Option(help="Folder with model.yaml and README.md")],
    out: Annotated[Path, typer.Option(help="The package")],
) -> None:
    """Write the package: ONNX, golden pair, provenance, log."""
    _log()
    size = export(run_folder, objects, licensed_photos(data), zoo, out, commit_of(_CONFIG.parent))
    log.info("%s: %.1f MB", out, size / 1e6)
