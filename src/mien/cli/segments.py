"""`mien segments`: what was counted by apparent age and gender, compared unadjusted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from mien.cli.console import out, say
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.options import SiteFile, StoreOption, parse_date
from mien.cli.targets import check_targets
from mien.report.segments_terminal import print_segments
from mien.runtime.segments import segments_of_site
from mien.site import load_site
from mien.store import Store


class _By(StrEnum):
    AGE = "age"
    GENDER = "gender"
    BOTH = "both"


def segments_command(
    file: SiteFile,
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="First day, YYYY-MM-DD. [default: 30 days up to the last]"
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DATE", help="Last day. [default: the last that something is stored of]"
        ),
    ] = None,
    by: Annotated[
        _By | None,
        typer.Option(help="What segments are told apart by. [default: what the site file has guessed]"),
    ] = None,
    touchpoint: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this touchpoint; may be repeated.")
    ] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write the figures as JSON; - for standard output.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Compare apparent age bands and genders, unadjusted, from counts and sums of at least 10 interactions."""
    days = [
        None if text is None else parse_date(text, option)
        for text, option in ((first, "--from"), (last, "--to"))
    ]
    site = load_site(file)
    check_targets(json_target(json), {"the site file": [file], "the store": Store.files(store)})
    with Store.open(store, create=False) as opened:
        report = segments_of_site(
            opened,
            site,
            first=days[0],
            last=days[1],
            by=None if by is None else by.value,
            touchpoints=touchpoint or (),
        )
    document = report.to_json() if json is not None else ""
    if json == STDOUT:
        say(document)
    else:
        print_segments(out, report)
    save_json(document, json)
