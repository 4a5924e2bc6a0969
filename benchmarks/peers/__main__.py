"""Mien beside `fer`, `@vladmandic/human` and `@vladmandic/face-api`, on the same pictures in the same run.

    uv run python -m benchmarks.peers --ferplus ferplus.npz --outside outside_dev.npz [--split test] [--speed]

Each peer is installed in an environment of its own in the cache folder (uv, npm) and asked as its users ask it; its
strongest setting is sought on the validation split and the pictures from elsewhere. README.md here says more.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, get_args

import platformdirs
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.peers import sets
from benchmarks.peers.answers import Asked, asked
from benchmarks.peers.search import Found, search
from benchmarks.peers.speed import timed, times
from benchmarks.peers.table import Reading, compare, document, searched, shown
from benchmarks.peers.ways import peers
from mien.errors import MienError, SettingError
from mien.vision.models import entry

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
_CACHE = Path(platformdirs.user_cache_dir("mien")) / "peers"
_STOPPED = 130


def main(
    *,
    ferplus: Annotated[Path, typer.Option(help="Pictures with votes.")],
    outside: Annotated[Path, typer.Option(help="Pictures from elsewhere with labels.")],
    split: Annotated[
        str, typer.Option(help="validation, or test: opened once per released model.")
    ] = "validation",
    limit: Annotated[
        int | None, typer.Option(help="Most pictures of each expression; then accuracy is of that mixture.")
    ] = None,
    most: Annotated[
        int, typer.Option("--search", help="Pictures of each expression that settings are sought on.")
    ] = 50,
    only: Annotated[list[str] | None, typer.Option("--peer", help="Only this peer; may be repeated.")] = None,
    speed: Annotated[
        bool, typer.Option("--speed", help="Times instead of figures; nothing else may run.")
    ] = False,
    cache: Annotated[Path, typer.Option(help="Folder of environments and kept answers.")] = _CACHE,
    out: Annotated[Path | None, typer.Option("--json", help="File to write the results to.")] = None,
) -> None:
    console = Console(width=200)
    errors = Console(stderr=True)
    try:
        with Progress(*_COLUMNS, console=errors) as progress:
            result = _run(
                console,
                progress,
                ferplus=ferplus,
                outside=outside,
                split=split,
                limit=limit,
                most=most,
                only=only,
                speed=speed,
                cache=cache,
            )
    except MienError as error:
        errors.print(f"peers: {error}", style="bold red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        errors.print("peers: Stopped; the same command goes on from here.", soft_wrap=True)
        raise typer.Exit(_STOPPED) from None
    if out is not None:
        out.write_text(json.dumps(result, indent=1) + "\n")


def _run(
    console: Console,
    progress: Progress,
    *,
    ferplus: Path,
    outside: Path,
    split: str,
    limit: int | None,
    most: int,
    only: list[str] | None,
    speed: bool,
    cache: Path,
) -> dict[str, Any]:
    own = entry("expression")
    everybody = peers(f"{own.version} ({own.sha256[:8]})")
    for name in only or ():
        if name not in everybody:
            raise SettingError(f"There is no peer '{name}'; choose among {', '.join(everybody)}.")
    if split not in get_args(sets.Split):
        raise SettingError(f"There is no split '{split}'; choose validation or test.")
    chosen = ["mien", *(name for name in everybody if name != "mien" and (not only or name in only))]
    validation = sets.ferplus(ferplus, "validation", cache)
    elsewhere = sets.outside(outside, cache)
    asked_about = sets.ferplus(ferplus, "test", cache) if split == "test" else validation
    versions = {name: everybody[name].version for name in chosen}
    console.print("readers: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    found: dict[str, Found] = {}
    readings: dict[str, list[Reading]] = {asked_about.name: [], elsewhere.name: []}
    spent = []
    for name in chosen:
        with asked(everybody[name], cache, progress) as one:
            found[name] = search(one, validation, elsewhere, most)
            if speed:
                ways = (found[name].plain.way, found[name].whole.way, found[name].given.way)
                spent.append(times(one, elsewhere, *ways))
                continue
            for pictures in (asked_about, elsewhere):
                readings[pictures.name].append(_reading(one, found[name], pictures, limit))
            console.print(searched(name, found[name]))
    if speed:
        console.print(timed(spent))
        return {"readers": versions, "milliseconds": [asdict(one) for one in spent]}
    comparisons = [c for p in (asked_about, elsewhere) for c in compare(p, readings[p.name])]
    for table in shown(comparisons):
        console.print(table)
    console.print(
        f"Intervals: 95 %, whole {asked_about.drawn_as} (FER+) and {elsewhere.drawn_as} (elsewhere) drawn 1,000 times."
    )
    return {"readers": versions, **document(comparisons, found)}


def _reading(one: Asked, found: Found, pictures: sets.Pictures, limit: int | None) -> Reading:
    rows = pictures.sample(limit)
    whole, given = (one.about(pictures, way, rows) for way in (found.whole.way, found.given.way))
    return Reading(one.peer.name, found, whole, given)


if __name__ == "__main__":
    typer.run(main)
