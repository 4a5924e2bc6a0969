"""`mien tables`: days and interactions as CSV and Parquet, for notebooks."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress_bar, say, warn
from mien.cli.options import StoreOption, parse_date
from mien.cli.targets import check_targets
from mien.errors import InputError, SettingError
from mien.report.saving import whole_file
from mien.runtime.analyst import (
    DAILY,
    INTERACTIONS,
    TableFormat,
    count_interactions,
    daily_batches,
    interaction_batches,
    write_table,
)
from mien.runtime.stored import check_sites
from mien.site.hours import check_day
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from typing import BinaryIO

app = typer.Typer(
    name="tables",
    no_args_is_help=True,
    help="Write tables for analysts, as CSV or Parquet: groups by day, and single interactions.",
)

Target = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.parquet|FILE.csv", help="Where it goes; its ending says as what.", show_default=False
    ),
]
SiteOption = Annotated[str | None, typer.Option(help="Only this site. [default: all]")]
First = Annotated[
    str | None, typer.Option(metavar="DAY", help="First day, 2026-05-04. [default: the first stored]")
]
Last = Annotated[str | None, typer.Option(metavar="DAY", help="Last day. [default: the last stored]")]


@app.command("daily")
def daily_command(
    target: Target, site: SiteOption = None, first: First = None, last: Last = None, store: StoreOption = None
) -> None:
    """Groups by day with counts, means, intervals and sums; nothing of fewer than ten."""
    kind = _kind(target)
    check_targets({"the table": target}, {"the store": Store.files(store)})
    with Store.open(store, create=False) as opened:
        names, days = _asked(opened, site, first, last)
        with _written(target) as (sink, progress):
            batches = daily_batches(opened, names, *days, progress=lambda done: progress(done, None))
            rows = write_table(sink, batches, DAILY, kind, first_day=days[0], last_day=days[1])
    _tell(target, rows, days)


@app.command("interactions")
def interactions_command(
    target: Target, site: SiteOption = None, first: First = None, last: Last = None, store: StoreOption = None
) -> None:
    """Single interactions with scores and intervals; nothing in it leads to a person or to a picture."""
    kind = _kind(target)
    check_targets({"the table": target}, {"the store": Store.files(store)})
    with Store.open(store, create=False) as opened:
        names, days = _asked(opened, site, first, last)
        total = count_interactions(opened, names, *days)
        with _written(target) as (sink, progress):
            batches = interaction_batches(opened, names, *days, progress=lambda done: progress(done, total))
            rows = write_table(sink, batches, INTERACTIONS, kind, first_day=days[0], last_day=days[1])
    _tell(target, rows, days)


@contextmanager
def _written(target: Path) -> Iterator[tuple[BinaryIO, Callable[[float, float | None], None]]]:
    """Where the table goes, there as a whole or not at all, and what to tell how far it is."""
    with (
        whole_file(target, what="table", option="FILE") as path,
        path.open("wb") as sink,
        progress_bar(target.name, counted=True) as progress,
    ):
        yield sink, progress


def _kind(target: Path) -> TableFormat:
    try:
        return TableFormat(target.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise SettingError(f"'{target.name}' ends in neither .parquet nor .csv; name it so.") from error


def _asked(
    store: Store, site: str | None, first: str | None, last: str | None
) -> tuple[tuple[str, ...], tuple[date, date]]:
    names = tuple(store.sites.entries()) if site is None else (site,)
    check_sites(store, names)
    span = store.rollups.span(names)
    if span is None:
        raise InputError(
            f"The store {store.address} holds no interactions at a named site at a known time yet."
        )
    begin = span[0] if first is None else parse_date(first, "--first")
    end = span[1] if last is None else parse_date(last, "--last")
    for day in (begin, end):
        check_day(day)
    if begin > end:
        raise SettingError(f"The first day, {begin}, is after the last, {end}; exchange them.")
    return names, (begin, end)


def _tell(target: Path, rows: int, days: tuple[date, date]) -> None:
    if not rows:
        warn(f"Nothing is stored from {days[0]} to {days[1]}; the table has no rows.")
    say(f"Table: {target} ({rows} rows)")
