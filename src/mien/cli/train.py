"""`mien train`: train the expression reader on pictures whose rights the user holds."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from mien.cli.console import errors, say
from mien.errors import SettingError


def train_command(
    data: Annotated[
        Path, typer.Argument(help="An .npz with images (N, S, S), ferplus votes (N, 10) and usage (N,).")
    ],
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and results.")] = Path("expression-run"),
    effort: Annotated[
        float,
        typer.Option(
            min=0.01, max=10.0, help="Share of the passes; 1 makes the bundled networks, 0.1 tries a set out."
        ),
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every chance in the run.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Threads to learn with.")] = 2,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over, whatever checkpoint the folder holds.")
    ] = False,
) -> None:
    """Train, calibrate and export the reader: whole faces, eyes alone, covers.

    Ctrl-C keeps the last pass, and a re-run goes on from it.
    """
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"Training needs {' and '.join(missing)}; install the extra with: pip install 'mien[train]'."
        )
    from mien.training.recipe import Plan, train  # noqa: PLC0415  (torch, only where it is wanted)

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors) as progress:
        plan = Plan().made(seed=seed, effort=effort)
        figures = train(data, out, progress, plan=plan, workers=workers, resume=not fresh)
    for name, what in (("expression", "whole faces"), ("expression_eyes", "eyes of covered faces")):
        majority = figures[name]["majority"]
        say(
            f"Validation, {what}: {majority['accuracy']:.1%} of {majority['n']} majority labels, valence "
            f"concordance {figures[name]['valence_concordance']:.3f}."
        )
    say(
        f"Covered faces passed as full: {figures['visibility']['covered_passed_as_full']:.1%}. "
        f"The networks are in {out}."
    )
