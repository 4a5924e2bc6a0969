"""`mien notice`: the record of the notices that tell customers their expression is read."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from mien.cli.console import out, say
from mien.cli.options import StoreOption, parse_date, today
from mien.privacy import Notice
from mien.store import Store

app = typer.Typer(
    name="notice",
    help="Record the notices that hang at a site. Without one, no recording from that site is read.",
    no_args_is_help=True,
)

Site = Annotated[str, typer.Option("--site", help="Name of the shop, branch or centre.")]


@app.command("add")
def add_command(
    site: Site,
    text_version: Annotated[str, typer.Option(help="Which version of the text hangs there.")],
    by: Annotated[str, typer.Option(help="Who put it up and answers for it.")],
    camera: Annotated[str | None, typer.Option(help="Only for this camera; else for the whole site.")] = None,
    on: Annotated[
        str | None, typer.Option(help="First day on which it hung, YYYY-MM-DD; else today.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Record that a notice hangs at a site."""
    day = parse_date(on, "--on") if on is not None else today()
    with Store.open(store) as opened:
        entered = opened.notices.record(Notice(site, camera, day, text_version, by))
    say(f"Notice {entered.id} is recorded: text {text_version} at {site} since {day}, put up by {by}.")


@app.command("list")
def list_command(
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None, store: StoreOption = None
) -> None:
    """List the notices, those that were withdrawn too."""
    with Store.open(store) as opened:
        entries = opened.notices.entries(site)
    if not entries:
        say("No notice is recorded. Record one with: mien notice add --site S --text-version V --by NAME")
        return
    table = Table()
    for heading in ("no.", "site", "camera", "text", "since", "withdrawn", "put up by"):
        table.add_column(heading)
    for entry in entries:
        notice = entry.notice
        table.add_row(
            str(entry.id),
            notice.site,
            notice.camera or "all",
            notice.text_version,
            str(notice.shown_on),
            str(notice.withdrawn_on or ""),
            notice.put_up_by,
        )
    out.print(table)


@app.command("withdraw")
def withdraw_command(
    number: Annotated[int, typer.Argument(help="Number of the notice, as `mien notice list` shows it.")],
    on: Annotated[str | None, typer.Option(help="First day without it, YYYY-MM-DD; else today.")] = None,
    store: StoreOption = None,
) -> None:
    """Record that a notice hangs no more; from that day on the site is not read."""
    day = parse_date(on, "--on") if on is not None else today()
    with Store.open(store) as opened:
        entry = opened.notices.withdraw(number, day)
    say(f"Notice {entry.id} at {entry.notice.site} is withdrawn from {day} on.")
