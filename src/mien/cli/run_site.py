"""`mien run`: read the cameras of a site all day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mien.cli.console import complain, errors, out, say, warn
from mien.cli.interrupt import STOPPED, until_ctrl_c
from mien.cli.options import StoreOption
from mien.errors import SettingError
from mien.runtime.live import Board, Supervisor, plan_of
from mien.runtime.live.telling import health_of
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.runtime.live.board import Row


def run_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The site file.", show_default=False)],
    camera: Annotated[
        list[str] | None, typer.Option(help="Only this camera; may be repeated. [default: all]")
    ] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Play recordings so that none of their pictures is dropped."),
    ] = False,
    speed: Annotated[
        str | None,
        typer.Option(help="Of a replay: seconds of the recording per second, or max. [default: 1]"),
    ] = None,
    store: StoreOption = None,
) -> int:
    """Read the cameras of a site until Ctrl-C, with one process for each, and store the interactions they see."""
    if speed is not None and not replay:
        raise SettingError("--speed belongs to --replay; cameras run at the speed of the world.")
    site = load_site(file)
    plan = plan_of(
        site,
        file,
        store=store,
        only=camera or (),
        pace="replay" if replay else "live",
        speed=_speed(speed),
    )
    for why in plan.not_read:
        warn(why)
    with Store.open(store) as opened:
        address = opened.address
    with until_ctrl_c() as stop:
        shown = _watched if errors.is_terminal else _told
        board = shown(Supervisor(plan), stop)
    out.print(_summary(board))
    for sentence in [*_visits(board), *_delivery(board)]:
        say(sentence)
    for row in board.rows:
        if row.ended is not None:
            complain(row.ended)
    say(f"Stored in {address}; mien show lists it.")
    if board.matching is not None:
        say(f"Interactions were joined; mien visits {file} lists the visits.")
    if plan.site.segments.enabled:
        say(f"Interactions were counted by segment; mien segments {file} compares them.")
    if any(one.flow is not None for one in plan.cameras):
        say(f"People were counted; mien flow --site-file {file} tells how many came and went.")
    if all(row.ended is not None for row in board.rows):
        return 2
    return STOPPED if stop() else 0


def _speed(text: str | None) -> float | None:
    if text is None:
        return 1.0
    if text == "max":
        return None
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"--speed is '{text}'; give a number from 0.1 to 1000, or max.") from None


def _watched(supervisor: Supervisor, stop: Callable[[], bool]) -> Board:
    """Run behind a table that is kept up to date."""
    with Live(console=errors, refresh_per_second=4, transient=True) as live:
        return supervisor.run(stop, lambda board: live.update(_table(board)))


def _told(supervisor: Supervisor, stop: Callable[[], bool]) -> Board:
    """Run and tell what changes, a line each."""
    known: dict[str, str] = {}

    def tell(board: Board) -> None:
        for number, sentence in enumerate(_delivery(board)):
            kind, who = sentence.partition(";")[0], f"\0{number}"
            if known.get(who) != kind:
                known[who] = kind
                warn(sentence)
        for row in board.rows:
            state = _state(row)
            if known.get(row.camera) != state:
                known[row.camera] = state
                warn(f"{row.camera}: {state}")

    return supervisor.run(stop, tell)


def _state(row: Row) -> str:
    """What a camera is doing, in words."""
    health = health_of(row)
    return health.phase if health.trouble is None else f"{health.phase}: {health.trouble}"


def _table(board: Board) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title=board.site, title_justify="left", title_style="bold")
    for name, right in (
        ("camera", False),
        ("touchpoint", False),
        ("", False),
        ("at", True),
        ("faces", True),
        ("readings", True),
        ("interactions", True),
        ("dropped", True),
    ):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in board.rows:
        status = row.status
        state = _state(row)
        fine = state in {"live", "reading", "done", "starting", "connecting", "idle"}
        table.add_row(
            Text(row.camera),
            Text(row.touchpoint),
            Text(state, style="" if fine else "yellow"),
            "" if status is None or status.t_s is None else str(timedelta(seconds=int(status.t_s))),
            "" if status is None else str(status.faces),
            "" if status is None else f"{status.readings:,}",
            f"{row.interactions:,}",
            "" if status is None else f"{status.dropped:,}",
        )
    foot = (
        "Stopping: what was read is being stored." if board.stopping else "Ctrl-C ends reading in good order."
    )
    table.caption = "\n".join([board.writer or foot, *_visits(board), *_delivery(board)])
    table.caption_justify = "left"
    return table


def _visits(board: Board) -> list[str]:
    """What there is to say of the joining of visits."""
    if board.unmatched is not None:
        return [f"Visits are not joined: {board.unmatched}"]
    if board.matching is None:
        return []
    told = board.matching
    joins = f"{told.joins:,} interaction{'s' if told.joins != 1 else ''} joined"
    inside = "" if told.inside is None else f" People inside, by the doors: {max(told.inside, 0):,}."
    return [
        f"Visits: {told.visits:,}, of these {told.open_visits:,} open; {joins} to an earlier one.{inside}"
    ]


def _delivery(board: Board) -> list[str]:
    """What there is to say of the delivery of events."""
    if board.undelivered is not None:
        return [f"Events are not delivered: {board.undelivered}"]
    return [
        one.trouble
        or f"Events go to {one.to}; {one.waiting:,} waiting{f', {one.parked:,} parked' if one.parked else ''}."
        for one in board.delivery
    ]


def _summary(board: Board) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("camera", "touchpoint"):
        table.add_column(name)
    for name in ("readings", "interactions", "pictures dropped", "worker restarts"):
        table.add_column(name, justify="right")
    for row in board.rows:
        table.add_row(
            Text(row.camera),
            Text(row.touchpoint),
            f"{row.status.readings if row.status else 0:,}",
            f"{row.interactions:,}",
            f"{row.status.dropped if row.status else 0:,}",
            f"{row.restarts:,}",
        )
    return table
