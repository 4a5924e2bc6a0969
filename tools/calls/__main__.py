"""The command `python -m tools.calls`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mien.errors import InputError, MienError
from mien.video.writer import VideoWriter
from tools.calls.play import CHANGES, Call, calm, change

app = typer.Typer(add_completion=False)


def film(call: Call, path: Path, seconds: float, rate: float = 10.0) -> None:
    """Write the window of a call as a recording, and beside it what is true of it.

    Args:
        call: What happens.
        path: Where to; the truth gets the same name with `.json`.
        seconds: How long it lasts.
        rate: Pictures a second.
    """
    width, height = call.before.size
    with VideoWriter(path, width, height, metadata={"title": "Simulated call"}) as writer:
        for t_s, image in call.pictures(seconds, rate):
            writer.write(image if image.shape[:2] == (height, width) else image[:height, :width], t_s)
    x, y, w, h = call.tile
    truth = {
        "simulated": True,
        "what": call.name,
        "at_s": call.at_s,
        "tile": [x / width, y / height, w / width, h / height],
        "marked": call.people[1].name,
    }
    path.with_suffix(".json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


@app.command()
def run(
    out: Annotated[Path, typer.Argument(help="The recording to write, an MP4.")],
    what: Annotated[str, typer.Option(help=f"What changes: {'; '.join(CHANGES)}; or 'nothing'.")] = CHANGES[
        0
    ],
    seconds: Annotated[float, typer.Option(min=1.0, max=3600.0, help="How long the call lasts.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Of people, rooms and moment.")] = 0,
) -> None:
    """Make a recording of a simulated call, and write down when its layout changes."""
    try:
        known = next((one for one in CHANGES if one == what), None)
        if known is None and what != "nothing":
            raise InputError(
                f"'{what}' does not happen in these calls; choose one of {'; '.join(CHANGES)}; nothing."
            )
        call = calm(seed) if known is None else change(known, seed)
        film(call, out, seconds)
    except MienError as error:
        Console(stderr=True, soft_wrap=True).print(f"calls: {error}", markup=False, highlight=False)
        raise typer.Exit(2) from error
    Console(soft_wrap=True).print(f"{out}: a simulated call of {seconds:g} s.", markup=False, highlight=False)


if __name__ == "__main__":
    app()
