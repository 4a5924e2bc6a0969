"""`mien show`: what is stored, without reading anything again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from mien.cli.console import out, say, warn
from mien.cli.options import StoreOption
from mien.report.document import build_document
from mien.report.figures import signed
from mien.report.terminal import print_summary
from mien.runtime.analysis import empty_report
from mien.runtime.stored import find_recording, stored_report
from mien.store import Store

if TYPE_CHECKING:
    from mien.journey.types import Interaction
    from mien.store import RecordingSummary


def show_command(
    what: Annotated[
        str | None, typer.Argument(help="Number of a recording, or the beginning of an interaction's id.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    touchpoint: Annotated[str | None, typer.Option(help="Only this touchpoint.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, with curves.")] = False,
    store: StoreOption = None,
) -> None:
    """Show what is stored: recordings, or the interactions of one."""
    with Store.open(store, create=False) as opened:
        if what is not None:
            report = stored_report(opened, [find_recording(opened, what)])
        else:
            known = [
                summary
                for summary in opened.recordings.list_recordings()
                if site in (None, summary.key.site) and touchpoint in (None, summary.key.touchpoint)
            ]
            nothing = (
                "Nothing is stored for that site and touchpoint."
                if site is not None or touchpoint is not None
                else "Nothing is stored yet. Begin with: mien analyze VIDEO"
            )
            if not json:
                _list(opened, known, nothing)
                return
            if not known:
                warn(nothing)
            report = stored_report(opened, known) if known else empty_report()
    if json:
        say(build_document(report).to_json(indent=2))
    else:
        print_summary(out, report)


def _list(store: Store, known: list[RecordingSummary], nothing: str) -> None:
    say(f"Store: {store.address}")
    if not known:
        say(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("no.", justify="right", no_wrap=True)
    table.add_column("recording", overflow="fold", min_width=12)
    table.add_column("where", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("people", justify="right", no_wrap=True)
    table.add_column("EPS, 95 % interval", overflow="fold")
    for summary in known:
        found = store.recordings.interactions(recording=summary.id, curves=False)
        place = ", ".join(part for part in (summary.key.site, summary.key.touchpoint) if part) or "own file"
        state = "complete" if summary.complete else f"stopped at {summary.position_s:.0f} s"
        table.add_row(str(summary.id), summary.source.name, place, state, str(len(found)), _scores(found))
    out.print(table)
    say("mien show NO. tells the whole of one recording.")


def _scores(found: list[Interaction]) -> str:
    told = [
        f"{signed(i.eps)} ({signed(i.eps_low)} to {signed(i.eps_high)})" for i in found if i.eps is not None
    ]
    shown = told[:3] + [f"and {len(told) - 3} more"] * (len(told) > 3)
    untold = len(found) - len(told)
    return "; ".join(shown + [f"{untold} cannot be told"] * (untold > 0)) or "no interaction"
