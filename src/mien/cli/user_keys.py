"""`mien user key`: the keys of programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import add_row, out, say, table_of, warn
from mien.cli.options import StoreOption
from mien.cli.user_shared import Everywhere, Site, me, one_of, warn_of_unknown, where
from mien.errors import SettingError
from mien.privacy.roles import Right
from mien.store import Store

if TYPE_CHECKING:
    from mien.store import ApiKey

app = typer.Typer(name="key", help="Keys of programs: made, listed, revoked.", no_args_is_help=True)

RIGHTS = ", ".join(right for right in Right if right is not Right.USERS)


@app.command("make")
def key_make_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for: till system, export ...")],
    right: Annotated[
        list[str],
        typer.Option("--right", metavar="RIGHT", help=f"What it opens: {RIGHTS}. May be repeated."),
    ],
    site: Site = None,
    every_site: Everywhere = False,
    days: Annotated[
        int | None, typer.Option(help="For how many days it holds, 1 to 3650; else until revoked.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Make a key and print it, the one time at which it is known."""
    rights = {one_of(Right, one, "--right") for one in right}
    at = where(site, every_site=every_site)
    if days is not None and not 1 <= days <= 3650:
        raise SettingError(f"--days got {days}; a key holds for 1 to 3650 days.")
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with Store.open(store) as opened:
        secret = opened.keys.make(name, rights, by=me(), site=at, expires_at=ends)
        warn_of_unknown(opened, site)
    say(secret.token)
    warn("This is the only time that the key is shown. Programs send it as: Authorization: Bearer KEY")


@app.command("list")
def key_list_command(store: StoreOption = None) -> None:
    """List the keys, those that were revoked too."""
    with Store.open(store, create=False) as opened:
        keys = opened.keys.entries()
    if not keys:
        say("There is no key. Make one with: mien user key make NAME --right RIGHT --site S")
        return
    table = table_of("name", "begins", "opens", "at", "made", "last used", "holds until")
    for key in keys:
        add_row(
            table,
            key.name,
            f"mien_{key.prefix}",
            ", ".join(sorted(key.rights)),
            key.site or "every site",
            f"{key.made_at:%Y-%m-%d} by {key.made_by}",
            f"{key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "never",
            _end(key),
            style=None if key.holds(datetime.now(UTC)) else "dim",
        )
    out.print(table)


@app.command("revoke")
def key_revoke_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or the eight signs after mien_.")],
    store: StoreOption = None,
) -> None:
    """Have a key open nothing any more, for good."""
    with Store.open(store, create=False) as opened:
        key = opened.keys.revoke(name, by=me())
    say(f"The key {key.name} opens nothing any more.")


def _end(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "it is revoked" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"
