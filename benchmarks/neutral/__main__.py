"""See the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from benchmarks.neutral import films, kept, material
from benchmarks.neutral.motion import motion_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.neutral.material import Photographed
    from benchmarks.neutral.motion import Motion

app = typer.Typer(help=__doc__)


@app.callback()
def main() -> None:
    """Neutral days of real faces."""


@app.command()
def read(
    clips: Annotated[Path, typer.Option(help="Folder of clips that `clips.toml` names.")],
    outside: Annotated[Path, typer.Option(help="Photographs with labels and persons.")],
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    into: Annotated[Path, typer.Option(help="File to keep what was read in.")],
    rests: Annotated[int, typer.Option(help="Press photographs at rest.")] = 300,
    greets: Annotated[
        int, typer.Option(help="Press photographs of a smile, then of the same face at rest.")
    ] = 200,
    turns: Annotated[
        int, typer.Option(help="Press photographs at rest, then of the same face unpleasant.")
    ] = 100,
    voted: Annotated[int, typer.Option(help="Neutral validation pictures.")] = 100,
    unpleasant: Annotated[int, typer.Option(help="Unpleasant validation pictures.")] = 60,
    seed: int = 1,
) -> None:
    """Make films of photographs and read them and clips by the whole pipeline; it takes some twenty minutes."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    found = material.clips_in(clips)
    motions = [one for _, path in found if (one := motion_of(path, films.RATE)) is not None]
    people = material.outside(outside, rng)
    chosen: list[tuple[str, int, Sequence[Photographed]]] = [
        ("turns", turns, [one for one in people if one.pictures[-1][0] == "bad"]),
        ("greets", greets, [one for one in people if one.pictures[0][0] == "smile"]),
        ("rests", rests, [one for one in people if len(one.pictures) == 1]),
        ("voted", voted, material.voted(ferplus, rng, shows="rest")),
        ("unpleasant", unpleasant, material.voted(ferplus, rng, shows="bad")),
    ]

    def all_films() -> Iterator[kept.Film]:
        for clip, path in track(found, "clips"):
            yield films.read_clip(path, f"clip:{clip.person}")
        for name, count, some in chosen:
            yield from _read(name, some[:count], motions, rng)

    Console().print(f"{kept.save(all_films(), into)} films in {into}")


def _read(
    name: str, people: Sequence[Photographed], motions: Sequence[Motion], rng: np.random.Generator
) -> Iterator[kept.Film]:
    for begin in track(range(0, len(people), films.AT_ONCE), name):
        yield from films.read_actors(
            list(material.actors(people[begin : begin + films.AT_ONCE], motions, rng))
        )


if __name__ == "__main__":
    app()
