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
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training pictures.")] = 32,
    polish: Annotated[
        int, typer.Option(min=0, help="Passes after those, slower, drawing rarer expressions more often.")
    ] = 6,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every chance in the run.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Threads to learn with.")] = 2,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over, whatever checkpoint the folder holds.")
    ] = False,
) -> None:
    """Train, calibrate and export an expression reader; Ctrl-C keeps the last epoch, and a re-run goes on from it."""
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"Training needs {' and '.join(missing)}; install the extra with: pip install 'mien[train]'."
        )
    from mien.training.learn import Settings  # noqa: PLC0415  (torch, only where it is wanted)
    from mien.training.recipe import train  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors) as progress:
        settings = Settings(epochs=epochs, polish=polish, seed=seed)
        figures = train(data, out, progress, settings=settings, workers=workers, resume=not fresh)
    majority = figures["majority"]
    say(
        f"Validation: {majority['accuracy']:.1%} of {majority['n']} majority labels, valence concordance "
        f"{figures['valence_concordance']:.3f}. The network is {out / 'expression.onnx'}."
    )
