# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: one verb a step, from pictures to package."""

from __future__ import annotations

import datetime
import json
import logging
from pathlib import Path
from typing import Annotated

import torch
import typer

from latent_train import train as training
from latent_train.config import load_config
from latent_train.pictures import PictureSet, licensed_photos

app = typer.Typer(no_args_is_help=True, add_completion=False)
_CONFIGS = Path(__file__).resolve().parent.parent / "configs"


def _seconds_until(clock: str) -> float:
    now = datetime.datetime.now()
    hour, minute = (int(part) for part in clock.split(":"))
    end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= now:
        end += datetime.timedelta(days=1)
    return (end - now).total_seconds()


def _log_to(folder: Path) -> None:
    handlers = [logging.StreamHandler(), logging.FileHandler(folder / "train.log")]
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers, force=True
    )


@app.command()
def train(
    model: str,
    data: Annotated[Path, typer.Option(help="Folder of pictures with PROVENANCE.csv")],
    run: Annotated[Path, typer.Option(help="Run folder; an existing one is resumed")],
    steps: Annotated[int | None, typer.Option(help="End after this many steps")] = None,
    minutes: Annotated[float | None, typer.Option(help="End after this training time")] = None,
    until: Annotated[str | None, typer.Option(help="End at this time of day, HH:MM")] = None,
    kodak: Annotated[Path | None, typer.Option(help="kodak24, to follow the PSNR")] = None,
    config: Annotated[Path | None, typer.Option(help="Recipe, if not MODEL's own")] = None,
) -> None:
    """Train MODEL, or go on where its run folder stands."""
    if sum(value is not None for value in (steps, minutes, until)) != 1:
        raise typer.BadParameter("give exactly one of --steps, --minutes and --until")
    run.mkdir(parents=True, exist_ok=True)
    _log_to(run)
    if (run / training.CHECKPOINT).exists():
        trainer = training.Trainer.load(run)
    else:
        trainer = training.Trainer(load_config(config or _CONFIGS / f"{model}.toml"))
        (run / "config.json").write_text(json.dumps(trainer.config.as_dict(), indent=1) + "\n")
    torch.set_num_threads(trainer.config.threads)
    photos = licensed_photos(data)
    pictures = PictureSet(photos, trainer.config.data)
    training.log.info("%d pictures in memory", len(photos))
    if until is not None:
        budget = training.Budget(seconds=trainer.elapsed + _seconds_until(until))
    else:
        budget = training.Budget(steps, minutes * 60 if minutes is not None else None)
    training.log.info("step %d, %.0f s so far, budget %s, %s",
                      trainer.step_count, trainer.elapsed, budget, until or "")
    report = training.protocol_report(kodak, run / "history.jsonl")
    training.run(trainer, pictures, budget, run, report)
    training.log.info("finished at step %d", trainer.step_count)


@app.callback()
def main() -> None:
    """Latent's training package."""


if __name__ == "__main__":
    app()
