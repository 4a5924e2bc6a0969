"""`mien consent`: the record of consents, without which no reference to a person is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from mien.cli.console import out, say
from mien.cli.options import StoreOption, parse_date, parse_time
from mien.errors import SettingError
from mien.privacy import Consent, Purpose
from mien.privacy.consent import USUAL
from mien.store import Store

app = typer.Typer(
    name="consent",
    help="Record who agreed to be known by a loyalty or CRM reference. Without it no reference is stored.",
    no_args_is_help=True,
)

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="The reference, as it stands on receipts.", show_default=False)
]
PURPOSES = ", ".join(Purpose)


@app.command("add")
def add_command(
    reference: Reference,
    how: Annotated[str, typer.Option(help="How it was given: signed form, box in the app ...")],
    by: Annotated[str, typer.Option(help="Who records it and answers for it.")],
    purpose: Annotated[str, typer.Option(help=f"What for: {PURPOSES}.")] = Purpose.VISITS.value,
    on: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When it was given, 2026-05-04T09:30+02:00; else now."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day on which it holds; else for two years.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Record that a person agreed to be known by a reference."""
    if purpose not in list(Purpose):
        raise SettingError(f"--purpose got '{purpose}'; give one of: {PURPOSES}.")
    given = datetime.now(UTC) if on is None else parse_time(on, "--on")
    if given > datetime.now(UTC):
        raise SettingError(f"--on got {on}, which is still to come; record a consent when it is given.")
    end = given + USUAL
    if until is not None:
        day = parse_date(until, "--until") + timedelta(days=1)
        end = datetime(day.year, day.month, day.day, tzinfo=UTC)
    consent = Consent(reference, Purpose(purpose), given, how, by, end)
    with Store.open(store) as opened:
        entered = opened.consents.record(consent)
    say(
        f"Consent {entered.id} is recorded: {purpose}, from {given:%Y-%m-%d %H:%M %Z} until {end:%Y-%m-%d %H:%M %Z}."
    )


@app.command("list")
def list_command(
    reference: Annotated[str | None, typer.Argument(metavar="[REF]", help="Only of this reference.")] = None,
    store: StoreOption = None,
) -> None:
    """List the consents, those that were withdrawn too."""
    with Store.open(store) as opened:
        entries = opened.consents.entries(reference)
    if not entries:
        say("No consent is recorded. Record one with: mien consent add REF --how TEXT --by NAME")
        return
    table = Table()
    for heading in (
        "no.",
        "reference",
        "purpose",
        "given",
        "holds until",
        "withdrawn",
        "how",
        "by",
        "receipts",
    ):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        consent = entry.consent
        gone = consent.withdrawn_at
        cells = (
            str(entry.id),
            consent.reference,
            str(consent.purpose),
            f"{consent.given_at:%Y-%m-%d %H:%M}",
            f"{consent.expires_at:%Y-%m-%d %H:%M}",
            "" if gone is None else f"{gone:%Y-%m-%d %H:%M}",
            consent.how,
            consent.recorded_by,
            str(entry.receipts),
        )
        table.add_row(*map(Text, cells))
    out.print(table)


@app.command("withdraw")
def withdraw_command(
    reference: Reference,
    on: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When it was withdrawn, 2026-05-04T09:30+02:00; else now."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Record that a person withdrew; from now on nothing more is stored under the reference."""
    at = datetime.now(UTC) if on is None else parse_time(on, "--on")
    with Store.open(store, create=False) as opened:
        gone = opened.consents.withdraw(reference, at)
    kept = sum(one.receipts for one in gone)
    stays = (
        f" {kept} receipts stored under it stay until their time is over; mien erase removes them."
        if kept
        else ""
    )
    say(f"Withdrawn: {len(gone)} consent{'s' if len(gone) > 1 else ''}, at {at:%Y-%m-%d %H:%M %Z}.{stays}")
