"""`mien outbox`: what is still to be sent and what is parked, and what is done about it."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import add_row, out, say, table_of
from mien.cli.interrupt import STOPPED
from mien.cli.options import StoreOption
from mien.errors import SettingError
from mien.runtime.delivery import asked_for, names_for
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from datetime import datetime

    from mien.site import Site
    from mien.store import ChannelQueue, Dispatch

app = typer.Typer(
    name="outbox",
    help="What is still to be sent to whom: show it, retry what is parked, discard it.",
    no_args_is_help=True,
)

SiteFile = Annotated[Path, typer.Argument(metavar="SITE.toml", help="The site file.", show_default=False)]
ChannelArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[CHANNEL]",
        help="Only this one, such as mqtt, webhook, email or crm.dataverse.",
        show_default=False,
    ),
]
NumberOption = Annotated[
    int | None,
    typer.Option("--number", metavar="N", help="Only what has this number in 'mien outbox show'."),
]


@app.command("show")
def show_command(
    site_file: SiteFile,
    channel: ChannelArgument = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many single ones at most.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    store: StoreOption = None,
) -> int:
    """Show by channel what waits and what is parked, with reasons, since when, and when it is tried next."""
    site = load_site(site_file)
    with Store.open(store, create=False) as opened:
        names = _channels(site, opened, channel)
        queues = [one for one in opened.dispatches.queues(site.name, names) if one.channel in names]
        found = [
            one
            for name in names
            for one in opened.dispatches.listed(site.name, name, tried=True, limit=limit)
        ]
    entries = sorted(found, key=lambda one: one.id)[:limit]
    if json:
        say(json_text.dumps(_document(site, queues, entries), indent=2, ensure_ascii=False))
        return 0
    _print_queues(site, queues)
    _print_entries(site, entries)
    return 0


@app.command("retry")
def retry_command(
    site_file: SiteFile,
    channel: ChannelArgument = None,
    number: NumberOption = None,
    store: StoreOption = None,
) -> int:
    """Let what is parked be sent again, and what waits be sent at once, even to whom asked to be left alone."""
    site = load_site(site_file)
    with Store.open(store, create=False) as opened:
        names = _chosen(site, opened, channel, number)
        count = sum(opened.dispatches.retry(site.name, name, number) for name in names)
    say(
        f"{_events(count)} of '{site.name}' will be tried at once, while 'mien deliver', 'run' or 'serve' is running."
    )
    return 0


@app.command("discard")
def discard_command(
    site_file: SiteFile,
    channel: ChannelArgument = None,
    number: NumberOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> int:
    """Let what is parked, or what has a number, never be sent. It stays in the store."""
    site = load_site(site_file)
    with Store.open(store, create=False) as opened:
        names = _chosen(site, opened, channel, number)
        queues = opened.dispatches.queues(site.name, names)
        count = 1 if number is not None else sum(one.parked for one in queues if one.channel in names)
        if not count:
            say(f"Nothing of '{site.name}' is parked.")
            return 0
        if not yes and not typer.confirm(
            f"Never send {_events(count)} of '{site.name}' ({', '.join(names)})?"
        ):
            say("Nothing is discarded.")
            return STOPPED
        gone = sum(
            opened.dispatches.discard(site.name, name, number, parked=number is None) for name in names
        )
    say(f"{_events(gone)} of '{site.name}' will not be sent.")
    return 0


def _channels(site: Site, store: Store, channel: str | None) -> tuple[str, ...]:
    """The channels that are asked for: of the site file, and those of which something is left.

    Raises:
        SettingError: There is no such channel, or none at all.
    """
    left = {one.channel for one in store.dispatches.queues(site.name)}
    known = tuple(dict.fromkeys([*asked_for(site), *sorted(left)])) or names_for(site)
    if channel is not None and channel not in known:
        raise SettingError(
            f"The site file of '{site.name}' names no channel '{channel}', and nothing is left of one; choose one of "
            f"{', '.join(known)}."
        )
    return known if channel is None else (channel,)


def _chosen(site: Site, store: Store, channel: str | None, number: int | None) -> tuple[str, ...]:
    """The channels in which something is to be done.

    Raises:
        SettingError: Nothing there has this number.
    """
    names = _channels(site, store, channel)
    if number is not None:
        found = store.dispatches.of(site.name, number)
        if found is None or found.channel not in names:
            raise SettingError(
                f"Nothing of '{site.name}' that is still to be sent has the number {number}"
                f"{'' if channel is None else f' by {channel}'}; 'mien outbox show' tells the numbers."
            )
        return (found.channel,)
    return names


def _print_queues(site: Site, queues: list[ChannelQueue]) -> None:
    asked = asked_for(site)
    table = table_of("channel", "to", "waiting", "parked", "oldest", "next attempt")
    for one in queues:
        to = (
            getattr(asked[one.channel], "shown", "") if one.channel in asked else "no longer in the site file"
        )
        waiting, then = f"{one.waiting + one.unseen:,}", _moment(site, one.next_at)
        add_row(
            table, one.channel, to, waiting, f"{one.parked:,}", _moment(site, one.oldest_at), then
        )  # fmt: skip
    out.print(table)
    for one in queues:
        if one.paused_until is not None:
            say(
                f"{one.channel} pauses until {_moment(site, one.paused_until)} after what the other side answered; "
                "'mien outbox retry' ends that."
            )


def _print_entries(site: Site, entries: list[Dispatch]) -> None:
    if not entries:
        say("Nothing is parked, and nothing has failed.")
        return
    for one in entries:
        tried = f"{one.attempts} attempt{'s' if one.attempts != 1 else ''}"
        then = "parked" if one.state.value == "parked" else f"next at {_moment(site, one.next_at)}"
        say(
            f"{one.id}  {one.channel}  {one.entry.event.type}  {one.record}\n"
            f"    since {_moment(site, one.entered_at)}, {tried}, {then}: {one.reason}"
        )
    say("'mien outbox retry' sends what is parked again once it is mended; 'mien outbox discard' never does.")


def _document(site: Site, queues: list[ChannelQueue], entries: list[Dispatch]) -> dict[str, Any]:
    return {
        "site": site.name,
        "channels": [
            {
                "channel": one.channel,
                "waiting": one.waiting + one.unseen,
                "parked": one.parked,
                "oldest_at": _iso(one.oldest_at),
                "next_at": _iso(one.next_at),
                "paused_until": _iso(one.paused_until),
            }
            for one in queues
        ],
        "entries": [
            {
                "number": one.id,
                "channel": one.channel,
                "type": one.entry.event.type,
                "record": one.record,
                "state": one.state.value,
                "attempts": one.attempts,
                "entered_at": _iso(one.entered_at),
                "next_at": _iso(one.next_at) if one.state.value == "waiting" else None,
                "reason": one.reason,
            }
            for one in entries
        ],
    }


def _events(count: int) -> str:
    return f"{count:,} event{'' if count == 1 else 's'}"


def _moment(site: Site, moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone(site.zone):%Y-%m-%d %H:%M:%S}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
