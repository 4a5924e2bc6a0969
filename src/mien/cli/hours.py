"""`mien hours`: the states at the entrance and at the exit, hour by hour, in aggregate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import as_typed, out, say
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.options import SiteFile, StoreOption, parse_date
from mien.cli.targets import check_targets
from mien.report.hours_document import build_hours_document
from mien.report.hours_page import write_hours_page
from mien.report.hours_terminal import print_hours
from mien.runtime.hours import hours_of_site
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from mien.report.hours import HoursReport


def hours_command(
    file: SiteFile,
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="First day, YYYY-MM-DD. [default: a week before the last]"
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DATE", help="Last day. [default: the last that something is stored of]"
        ),
    ] = None,
    entrance: Annotated[
        list[str] | None,
        typer.Option(metavar="TOUCHPOINT", help="What is the entrance; may be repeated. [default: by role]"),
    ] = None,
    exit_: Annotated[
        list[str] | None,
        typer.Option(
            "--exit", metavar="TOUCHPOINT", help="What is the exit; may be repeated. [default: by role]"
        ),
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the figures as JSON; - for standard output.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="Write a page with charts.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Compare what faces show at the entrance and at the exit, hour by hour, in aggregate. Nobody is followed."""
    days = [
        None if text is None else parse_date(text, option)
        for text, option in ((first, "--from"), (last, "--to"))
    ]
    site = load_site(file)
    check_targets(
        json_target(json) | ({} if page is None else {"--out": page}),
        {"the site file": [file], "the store": Store.files(store)},
    )
    with Store.open(store, create=False) as opened:
        report = hours_of_site(
            opened, site, first=days[0], last=days[1], entrance=entrance or (), exit_=exit_ or ()
        )
    _write(report, json, page)


def _write(report: HoursReport, json: str | None, page: Path | None) -> None:
    document = build_hours_document(report).to_json(indent=2) if json is not None else ""
    if json == STDOUT:
        say(document)
    else:
        print_hours(out, report)
    save_json(document, json)
    if page is not None:
        write_hours_page(report, page, command=as_typed())
        if json != STDOUT:
            say(f"Page: {page}")
