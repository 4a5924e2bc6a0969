"""`mien visits`: which interactions are one customer's, door to door, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import out, say, warn
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.options import StoreOption, parse_time
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.report.visits import VisitsReport
from mien.report.visits_terminal import print_visits
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from datetime import datetime


def visits_command(
    site_file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.toml]", help="The site file, on whose clock times are told.", show_default=False
        ),
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only this site; times are then told in UTC.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Begun at this time or later, 2026-05-04T09:30+02:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Begun before this time.")] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write all as JSON; - for standard output.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Show visits: the states on the way, the EPS from the first touchpoint to the last, and their mean."""
    if site_file is not None and site is not None:
        raise SettingError(f"A site file and --site '{site}' both name a site; leave one out.")
    described = None if site_file is None else load_site(site_file)
    read = [] if site_file is None else [site_file]
    check_targets(json_target(json), {"the store": Store.files(store), "the site file": read})
    name = site if described is None else described.name
    zone = "UTC" if described is None else described.time_zone
    with Store.open(store, create=False) as opened:
        found = opened.visits.list_visits(name, since=_time(since, "--since"), until=_time(until, "--until"))
    report = VisitsReport(name, zone, tuple(found))
    nothing = "No visit is stored" + (
        "." if name is None and since is until is None else " of that site and time."
    )
    if json == STDOUT:
        if not found:
            warn(nothing)
        say(report.to_json())
        return
    if found:
        print_visits(out, report)
    else:
        say(nothing)
    save_json(report.to_json(), json)


def _time(text: str | None, option: str) -> datetime | None:
    return None if text is None else parse_time(text, option)
