"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import warn
from mien.errors import SettingError
from mien.privacy import KeepDays
from mien.runtime.readers import open_reader, terms_of
from mien.runtime.retention import expire
from mien.vision.registry import READERS

if TYPE_CHECKING:
    from mien.store import Store
    from mien.vision.protocols import Reader

SiteFile = Annotated[Path, typer.Argument(metavar="FILE.toml", help="The site file.", show_default=False)]

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where results are kept: a file or a database address. [default: $MIEN_STORE, else your own data folder]",
        show_default=False,
    ),
]

ReaderOption = Annotated[
    str,
    typer.Option(
        "--reader",
        metavar="NAME|MANIFEST.toml",
        help=f"Expression reader: {', '.join(READERS.names)}, or the manifest of one of your own.",
    ),
]


SiteOption = Annotated[
    str | None, typer.Option("--site", help="Site it was recorded at; needs a recorded notice.")
]
TouchpointOption = Annotated[
    str | None, typer.Option("--touchpoint", help="Place in the journey, for example: checkout.")
]
TypeOption = Annotated[str | None, typer.Option("--type", help="What it was about: a sale, an enquiry ...")]
ServicePointOption = Annotated[str | None, typer.Option("--service-point", help="Till or desk.")]
ShiftOption = Annotated[str | None, typer.Option("--shift", help="Shift of the staff.")]
ProtocolOption = Annotated[str | None, typer.Option("--protocol", help="Way of serving under test.")]
ResultsOption = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE|-", help="Write the results as JSON; - for standard output."),
]
KeepDaysOption = Annotated[
    int | None,
    typer.Option(
        "--keep-days",
        help="Remove what is found after so many days. [default: with --site as its site file says, else never]",
    ),
]


def told_reader(choice: str) -> Reader:
    """The reader of that name or manifest, after the terms of one of the user's own were said.

    Raises:
        SettingError: There is no such reader, or its manifest is wrong.
        ModelError: Its network is missing, altered or not what the manifest says, or its engine does not answer.
    """
    reader = open_reader(choice)
    terms = terms_of(reader)
    if terms is not None:
        warn(terms)
    return reader


def parse_date(text: str, option: str) -> date:
    """A day written YYYY-MM-DD.

    Raises:
        SettingError: It is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"{option} got '{text}'; write a day as YYYY-MM-DD.") from error


def parse_time(text: str, option: str) -> datetime:
    """A point in time with its zone, ISO 8601.

    Raises:
        SettingError: It is not one, or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"{option} got '{text}'; write a time as 2026-05-04T09:30+02:00.") from error
    if moment.tzinfo is None:
        raise SettingError(f"{option} got '{text}' without a zone; write a time as 2026-05-04T09:30+02:00.")
    return moment


def keep_days_of(days: int | None, site: str | None) -> KeepDays | None:
    """For how long what is found in a file of one's own is kept.

    Raises:
        SettingError: It was found at a site, which has its own rule.
    """
    if days is None:
        return None
    if site is not None:
        raise SettingError(
            "--keep-days is for files of your own; what is found at a site is kept as its site file says."
        )
    return KeepDays.alike(days)


def expire_told(store: Store) -> None:
    """Remove everything whose time is over, and tell which files with faces went."""
    expire(
        store,
        datetime.now(UTC),
        told=lambda path: warn(f"{path} was deleted: the time for which faces could be shown in it is over."),
    )


def today() -> date:
    """The day by UTC, as notices and end dates are counted."""
    return datetime.now(UTC).date()
