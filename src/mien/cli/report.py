"""`mien report`: the month of a store or of a chain, as a file to read, to print and to send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from mien.cli.console import say, warn
from mien.cli.options import StoreOption
from mien.cli.targets import check_targets
from mien.errors import InputError, SettingError
from mien.report.saving import whole_file
from mien.runtime.monthly import Month
from mien.site import load_site
from mien.spoken import LANGUAGES, language
from mien.store import Store
from mien.web.monthly import Asked, document, file_name, make_report, write_pdf

if TYPE_CHECKING:
    from mien.site import Site

HTML: Final = "html"
PDF: Final = "pdf"
_FEWEST_STORES: Final = 2


def report_command(
    month: Annotated[
        str | None,
        typer.Argument(
            metavar="[MONTH]", help="The month, 2026-10. [default: the last whole one]", show_default=False
        ),
    ] = None,
    site: Annotated[str | None, typer.Option(help="The store that it is of.")] = None,
    chain: Annotated[bool, typer.Option("--chain", help="Of all stores, and how they compare.")] = False,
    site_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="Site file of the store: by it people that were counted and cameras that were not read are told.",
        ),
    ] = None,
    spoken: Annotated[
        str, typer.Option("--language", metavar="CODE", help=f"Its language: {', '.join(LANGUAGES)}.")
    ] = LANGUAGES[0],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="html|pdf", help="What is written. [default: as --output ends, else html]"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where it goes. [default: a name made of site, month and language]"
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write the report of a month, of a store or of a chain, as HTML or PDF, in five languages."""
    if spoken not in LANGUAGES:
        raise SettingError(f"--language got '{spoken}'; there are {', '.join(LANGUAGES)}.")
    if chain and (site is not None or site_file is not None):
        raise SettingError("--chain is of all stores; leave it out, or the one store.")
    wanted = _format(kind, output)
    described = None if site_file is None else load_site(site_file)
    if described is not None and site not in (None, described.name):
        raise SettingError(
            f"--site '{site}' is not the site of {site_file}, which is '{described.name}'; leave one of them out."
        )
    kept = {"the store": list(Store.files(store)), "the site file": [] if site_file is None else [site_file]}
    if output is not None:
        check_targets({"--output": output}, kept)
    with Store.open(store, create=False) as opened:
        asked = _asked(opened, month, described.name if described is not None else site, chain, described)
        report = make_report(opened, asked, language(spoken))
    place = output or Path(file_name(report, wanted))
    if output is None:
        check_targets({"the report": place}, kept)
    made = write_pdf(report) if wanted == PDF else document(report).encode()
    with whole_file(place, what="report", option="--output") as path:
        path.write_bytes(made)
    if report.found.frame.empty:
        warn(f"Nothing is stored of {asked.month}; the report says so.")
    say(f"Report: {place}")


def _format(kind: str | None, output: Path | None) -> str:
    if kind is not None and kind not in (HTML, PDF):
        raise SettingError(f"--format got '{kind}'; there are html and pdf.")
    if kind is not None:
        return kind
    return PDF if output is not None and output.suffix.lower() == ".pdf" else HTML


def _asked(store: Store, month: str | None, site: str | None, chain: bool, described: Site | None) -> Asked:
    """Of what: where nothing is said, of the one store that there is, else of the chain."""
    clocks = store.sites.clocks()
    names = tuple(clocks)
    if site is None:
        chain = chain or len(names) >= _FEWEST_STORES
        if not names or (chain and len(names) < _FEWEST_STORES):
            held = f"holds one site only, '{names[0]}'" if names else "holds no site yet"
            raise InputError(
                f"The store {store.address} {held}; a chain has {_FEWEST_STORES} stores or more."
            )
    those = names if chain else (site or names[0],)
    zone = "UTC" if chain else clocks.get(those[0]) or "UTC"
    today = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    wanted = Month.of(today).before if month is None else Month.parse(month, today)
    return Asked(wanted, those, chain, described)
