"""See the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.false_alerts import DEPTHS
from benchmarks.neutral import films, kept, material
from benchmarks.neutral.crops import read_crops
from benchmarks.neutral.days import CUSTOMERS
from benchmarks.neutral.figures import rate, share
from benchmarks.neutral.judged import OF_ONE, PLACES, fallen, queue_alerts, said, soured
from benchmarks.neutral.motion import motion_of
from benchmarks.neutral.simulated import bad_visits, neutral_visits
from benchmarks.neutral.visits import visits
from mien.site.rules import Checkout, Queue, Rules, Tension

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.neutral.material import Photographed
    from benchmarks.neutral.motion import Motion
    from benchmarks.neutral.visits import Visit

app = typer.Typer(help=__doc__)

_OPENED: Final = Tension.model_construct(
    **{name: field.default for name, field in Tension.model_fields.items()} | {"enabled": True}
)
"""The rule for tension with its lock opened, for measuring alone."""


@app.callback()
def main() -> None:
    """Neutral days of real faces."""


@app.command()
def read(  # noqa: PLR0917  (options of a command)
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
    crops: Annotated[
        int, typer.Option(help="Of each kind but those that turn, how many more are read as crops.")
    ] = 300,
    unpleasant: Annotated[int, typer.Option(help="Unpleasant validation pictures.")] = 60,
    skip: Annotated[
        int, typer.Option(help="Persons of each kind left out, since another file has them.")
    ] = 0,
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
            yield from _read(name, some[skip : skip + count], motions, rng)
        for _, count, some in chosen[1:]:
            yield from read_crops(some[skip + count : skip + count + crops], rng)

    Console().print(f"{kept.save(all_films(), into)} films in {into}")


@app.command()
def days(
    files: Annotated[list[Path], typer.Argument(help="What `read` kept.")],
    queue_days: Annotated[int, typer.Option(help="Neutral days of a queue of four.")] = 10,
    sours: Annotated[int, typer.Option(help="Queues that turn sour.")] = 20,
    fall: Annotated[list[float] | None, typer.Option(help="Falls of `checkout` to try.")] = None,
    seed: int = 1,
) -> None:
    """What rules say of customers that is bad, for nothing and rightly."""
    console, rng = Console(width=170), np.random.default_rng(seed)
    known: dict[str, list[Visit]] = {}
    for film in track([one for file in files for one in kept.load(file)], "live states"):
        shows = " then ".join(part.shows for part in film.parts)
        found = visits([film], rng, rests=1 if shows == "rest then bad" else int(rng.integers(2)))
        known.setdefault(f"{film.source.split()[0]}, {shows}", []).extend(found)
    everybody = {kind: some for kind, some in known.items() if not kind.endswith("bad")}
    neutral = [one for some in everybody.values() for one in some]
    for value in fall or [Checkout().fall]:
        console.print(_alone(f"one till, fall {value:g}", known | {"all neutral": neutral}, value))
    turning = known.get("press, rest then bad", [])
    rules = Rules.model_construct(queue=Queue(), tension=_OPENED)
    _queues(console, rules, neutral, {"press photographs": turning}, rng, queue_days, sours)


@app.command()
def simulated(
    visits_of_each: Annotated[int, typer.Option("--visits", help="Bad visits of each depth.")] = 40,
    neutral: Annotated[int, typer.Option(help="Neutral visits.")] = 150,
    queue_days: Annotated[int, typer.Option(help="Neutral days of a queue of four.")] = 20,
    sours: Annotated[int, typer.Option(help="Queues that turn sour, of each depth.")] = 20,
    fall: Annotated[list[float] | None, typer.Option(help="Falls of `checkout` to try.")] = None,
    seed: int = 1,
) -> None:
    """The same of simulated faces (`benchmarks.false_alerts`): `checkout` and `queue`."""
    console, rng = Console(width=170), np.random.default_rng(seed)
    even = list(neutral_visits(rng, neutral))
    bad = {depth: list(bad_visits(rng, visits_of_each, depth)) for depth in DEPTHS}
    table = Table(
        title=f"checkout, {neutral} neutral and {visits_of_each} bad visits of each depth, simulated"
    )
    for heading in ("fall", "false alerts in 8 h", *(f"found of -{depth:g}" for depth in DEPTHS)):
        table.add_column(heading)
    for value in fall or [Checkout().fall]:
        cells = [f"{value:g}", rate(len(fallen(even, value)), neutral / CUSTOMERS)]
        for some in bad.values():
            late = [after for after in fallen(some, value) if after is not None and after > 0]
            cells.append(share(len(late), len(some)) + (f", {np.median(late):.1f} s" if late else ""))
        table.add_row(*cells)
    console.print(table)
    # Simulated readings tell no anger and fear.
    _queues(
        console,
        Rules(queue=Queue()),
        even,
        {f"-{depth:g}": some for depth, some in bad.items()},
        rng,
        queue_days,
        sours,
    )


def _queues(
    console: Console,
    rules: Rules,
    neutral: Sequence[Visit],
    bad: Mapping[str, Sequence[Visit]],
    rng: np.random.Generator,
    queue_days: int,
    sours: int,
) -> None:
    """Days of a queue of neutral customers, and queues of those who turn bad."""
    if queue_days and neutral:
        told = [queue_alerts(neutral, rng, rules) for _ in range(queue_days)]
        for name, _ in rules.on():
            counts = [one[name] for one in told]
            console.print(f"{name}, days of a queue of four: {counts}, {rate(sum(counts), queue_days)}")
    for kind, some in bad.items():
        if not sours or len(some) < PLACES:
            continue
        late = [soured(some, rng, rules) for _ in range(sours)]
        found_s = [one for one in late if one is not None]
        after = f", {np.median(found_s):.0f} s after the turn (median)" if found_s else ""
        console.print(f"queues that turn sour ({kind}): found {share(len(found_s), sours)}{after}")


def _alone(title: str, mine: Mapping[str, Sequence[Visit]], fall: float) -> Table:
    """What is said of customers by themselves: of neutral ones per eight hours, of bad ones as a share."""
    table = Table(title=title)
    for heading in ("what is shown", "persons", "visits", *OF_ONE, "any"):
        table.add_column(heading)
    for kind, some in sorted(mine.items()):
        told = said(some, fall)
        bad = kind.endswith("bad")
        cells = []
        for rule in (*OF_ONE, None):
            hits = [one for one in told if rule in {None, one.rule}]
            if bad:
                hits = [one for one in hits if one.late_s is None or one.late_s > 0]
            count = len({one.number for one in hits}) if rule is None else len(hits)
            cells.append(share(count, len(some)) if bad else rate(count, len(some) / CUSTOMERS))
        table.add_row(kind, str(len({one.person for one in some})), str(len(some)), *cells)
    return table


def _read(
    name: str, people: Sequence[Photographed], motions: Sequence[Motion], rng: np.random.Generator
) -> Iterator[kept.Film]:
    for begin in track(range(0, len(people), films.AT_ONCE), name):
        yield from films.read_actors(
            list(material.actors(people[begin : begin + films.AT_ONCE], motions, rng))
        )


if __name__ == "__main__":
    app()
