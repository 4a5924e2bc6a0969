"""The command `python -m tools.scene`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mien.errors import InputError, MienError
from tools.scene.film import make_scene

app = typer.Typer(add_completion=False)


@app.command()
def run(
    out: Annotated[Path, typer.Argument(help="Folder for the recordings, the site file and the truth.")],
    seed: Annotated[int, typer.Option(min=0, help="Of rooms, noise and how people move.")] = 0,
    begins_at: Annotated[
        str,
        typer.Option(
            help="When the entrance's recording begins, as 2026-05-05T10:00:00+02:00; else yesterday, 10:00 UTC."
        ),
    ] = "",
) -> None:
    """Make two recordings of a simulated shop, entrance and exit, and write down what is true of them."""
    try:
        known = make_scene(out, begins=_moment(begins_at), seed=seed)
    except MienError as error:
        Console(stderr=True, soft_wrap=True).print(f"scene: {error}", markup=False, highlight=False)
        raise typer.Exit(2) from error
    Console(soft_wrap=True).print(
        f"{out}: {len(known.people)} simulated people, {len(known.appearances)} appearances; "
        f"mien run {out / 'shop.toml'} --replay --speed max reads them.",
        markup=False,
        highlight=False,
    )


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=1)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no time; write it as 2026-05-05T10:00:00+02:00.") from error
    if moment.tzinfo is None:
        raise InputError(f"'{text}' has no offset from UTC; write it as 2026-05-05T10:00:00+02:00.")
    return moment


if __name__ == "__main__":
    app()
