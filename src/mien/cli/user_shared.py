"""What the commands of users and of keys share: at which sites something holds, and who changes it."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mien.cli.console import warn
from mien.errors import SettingError
from mien.privacy.roles import Right, Role

if TYPE_CHECKING:
    from mien.store import Store

Kind = TypeVar("Kind", Role, Right)

Site = Annotated[str | None, typer.Option("--site", metavar="S", help="At this site.")]
Everywhere = Annotated[bool, typer.Option("--every-site", help="At every site, those to come as well.")]


def me() -> str:
    """Who changes something from here, for the log of looks."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        return "command line"


def one_of(kind: type[Kind], value: str, option: str) -> Kind:
    """One of the roles or rights, in whatever case.

    Raises:
        SettingError: There is none of this name.
    """
    try:
        return kind(value.strip().lower())
    except ValueError as error:
        raise SettingError(f"{option} got '{value}'; give one of: {', '.join(kind)}.") from error


def where(site: str | None, *, every_site: bool) -> str | None:
    """The site that was named, `None` for every one; nobody gets every site by leaving an option out.

    Raises:
        SettingError: Neither or both were given, or the name is blank.
    """
    if (site is None) != every_site:
        raise SettingError("Say where it holds: --site S for one site, or --every-site; not both.")
    if site is not None and not site.strip():
        raise SettingError("--site is blank; give the name of a site.")
    return site


def warn_of_unknown(store: Store, site: str | None) -> None:
    """Say so where the store knows no site of a name: it may be a slip."""
    known = store.sites.entries()
    if site is not None and site not in known:
        there = f"it knows: {', '.join(known)}" if known else "it knows none yet"
        warn(f"The store knows no site '{site}' ({there}); it holds as soon as there is one.")
