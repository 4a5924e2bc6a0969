"""`mien user`: who may sign in to the pages, at which sites, and the keys of programs."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mien.cli.console import add_row, out, say, table_of, warn
from mien.cli.options import StoreOption
from mien.errors import SettingError
from mien.privacy.roles import RIGHTS, Grant, Right, Role
from mien.store import LinkPurpose, NewUser, Store
from mien.store.links import LONGEST as LONGEST_LINK
from mien.web.settings import PORT

if TYPE_CHECKING:
    from mien.store import ApiKey, Secret, User

Kind = TypeVar("Kind", Role, Right)

app = typer.Typer(
    name="user",
    help="Who may sign in to the pages, as what, at which sites; one-time links, and keys of programs.",
    no_args_is_help=True,
)
key_app = typer.Typer(name="key", help="Keys of programs: made, listed, revoked.", no_args_is_help=True)
app.add_typer(key_app)

ROLES = ", ".join(Role)
KEY_RIGHTS = ", ".join(right for right in Right if right is not Right.USERS)
HERE = f"http://localhost:{PORT}"

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Their name for sign-in, in whatever case.", show_default=False)
]
RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help=f"One of: {ROLES}.", show_default=False)]
Site = Annotated[str | None, typer.Option("--site", metavar="S", help="At this site.")]
Everywhere = Annotated[bool, typer.Option("--every-site", help="At every site, those to come as well.")]
Address = Annotated[
    str, typer.Option("--url", metavar="URL", help="Where they reach the pages; the link begins so.")
]
Hours = Annotated[float, typer.Option("--hours", help="For how long the link opens something, at most 168.")]


@app.command("add")
def add_command(
    name: Name,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="ROLE", help=f"What they are: {ROLES}. May be repeated."),
    ] = None,
    site: Site = None,
    every_site: Everywhere = False,
    shown: Annotated[str, typer.Option("--shown", metavar="TEXT", help="Their name as pages show it.")] = "",
    email: Annotated[
        str | None, typer.Option(help="By which the identity provider knows them, where there is one.")
    ] = None,
    url: Address = HERE,
    hours: Hours = 24.0,
    store: StoreOption = None,
) -> None:
    """Make a user, and a one-time link by which they choose their password."""
    roles = [_one_of(Role, one, "--role") for one in role or ()]
    grants = tuple(Grant(one, _where(site, every_site=every_site)) for one in roles)
    if not roles and (site is not None or every_site):
        raise SettingError(f"--site and --every-site say where a role holds; name one with --role: {ROLES}.")
    new = NewUser(name, shown, email, grants)
    base, valid = _reached(url), _valid(hours)
    with Store.open(store) as opened:
        user = opened.accounts.add(new, by=_me())
        link = opened.links.make(user.name, by=_me(), valid=valid)
        _warn_of_unknown(opened, site)
    say(f"{user.shown_name} is made, sign-in name {user.name}: {_roles(user)}.")
    if not roles:
        say(f"Without a role they see nothing; give one with: mien user grant {user.name} ROLE --site S")
    _tell_link(link, base)


@app.command("list")
def list_command(store: StoreOption = None) -> None:
    """List the users, those that are disabled too."""
    with Store.open(store, create=False) as opened:
        users = opened.accounts.entries()
    if not users:
        say("There is no user yet. Make the first with: mien user add NAME --role admin --every-site")
        return
    table = table_of("name", "shown as", "roles", "password", "e-mail", "made")
    for user in users:
        add_row(
            table,
            user.name + (" (disabled)" if user.disabled else ""),
            user.shown_name,
            _roles(user),
            "yes" if user.has_password else "no",
            user.email or "",
            f"{user.created_at:%Y-%m-%d}",
            style="dim" if user.disabled else None,
        )
    out.print(table)


@app.command("grant")
def grant_command(
    name: Name,
    role: RoleArgument,
    site: Site = None,
    every_site: Everywhere = False,
    store: StoreOption = None,
) -> None:
    """Give a user a role at a site, or at every site."""
    grant = Grant(_one_of(Role, role, "ROLE"), _where(site, every_site=every_site))
    with Store.open(store, create=False) as opened:
        user = opened.accounts.grant(name, grant, by=_me())
        _warn_of_unknown(opened, site)
    say(f"{user.name}: {_roles(user)}. The role lets them do: {', '.join(sorted(RIGHTS[grant.role]))}.")


@app.command("revoke")
def revoke_command(
    name: Name,
    role: RoleArgument,
    site: Site = None,
    every_site: Everywhere = False,
    store: StoreOption = None,
) -> None:
    """Take a role at a site away; it holds from the next click on."""
    grant = Grant(_one_of(Role, role, "ROLE"), _where(site, every_site=every_site))
    with Store.open(store, create=False) as opened:
        user = opened.accounts.revoke(name, grant, by=_me())
    say(f"{user.name}: {_roles(user)}.")


@app.command("link")
def link_command(
    name: Name,
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="Sign in once, and leave the password as it is.")
    ] = False,
    url: Address = HERE,
    hours: Hours = 24.0,
    store: StoreOption = None,
) -> None:
    """Print a one-time link by which a user chooses a password; earlier links of this kind end."""
    purpose = LinkPurpose.SIGN_IN if sign_in else LinkPurpose.SET_PASSWORD
    base, valid = _reached(url), _valid(hours)
    with Store.open(store, create=False) as opened:
        link = opened.links.make(name, purpose, by=_me(), valid=valid)
    _tell_link(link, base)


@app.command("disable")
def disable_command(name: Name, store: StoreOption = None) -> None:
    """Let a user do nothing from now on: they are signed out, their links open nothing."""
    with Store.open(store, create=False) as opened:
        user = opened.accounts.disable(name, by=_me())
    say(f"{user.name} is disabled. Back again: mien user enable {user.name}")


@app.command("enable")
def enable_command(name: Name, store: StoreOption = None) -> None:
    """Let a user in again, as they were."""
    with Store.open(store, create=False) as opened:
        user = opened.accounts.enable(name, by=_me())
    say(f"{user.name} is enabled: {_roles(user)}.")


@app.command("identity")
def identity_command(
    name: Name,
    issuer: Annotated[
        str, typer.Option(help="The identity provider, as its tokens name it: an https address.")
    ],
    subject: Annotated[str, typer.Option(help="The user, as its tokens name them (claim sub).")],
    store: StoreOption = None,
) -> None:
    """Say who a user is at an identity provider (OIDC), where the e-mail address does not tell."""
    with Store.open(store, create=False) as opened:
        user = opened.accounts.join_identity(name, issuer, subject, by=_me())
    say(f"{user.name} is {subject} at {issuer}.")


@key_app.command("make")
def key_make_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for: till system, export ...")],
    right: Annotated[
        list[str],
        typer.Option("--right", metavar="RIGHT", help=f"What it opens: {KEY_RIGHTS}. May be repeated."),
    ],
    site: Site = None,
    every_site: Everywhere = False,
    days: Annotated[
        int | None, typer.Option(help="For how many days it holds, 1 to 3650; else until revoked.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Make a key and print it, the one time at which it is known."""
    rights = {_one_of(Right, one, "--right") for one in right}
    where = _where(site, every_site=every_site)
    if days is not None and not 1 <= days <= 3650:
        raise SettingError(f"--days got {days}; a key holds for 1 to 3650 days.")
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with Store.open(store) as opened:
        secret = opened.keys.make(name, rights, by=_me(), site=where, expires_at=ends)
        _warn_of_unknown(opened, site)
    say(secret.token)
    warn("This is the only time that the key is shown. Programs send it as: Authorization: Bearer KEY")


@key_app.command("list")
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


@key_app.command("revoke")
def key_revoke_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or the eight signs after mien_.")],
    store: StoreOption = None,
) -> None:
    """Have a key open nothing any more, for good."""
    with Store.open(store, create=False) as opened:
        key = opened.keys.revoke(name, by=_me())
    say(f"The key {key.name} opens nothing any more.")


def _me() -> str:
    """Who changes something from here, for the log of looks."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        return "command line"


def _one_of(kind: type[Kind], value: str, option: str) -> Kind:
    try:
        return kind(value.strip().lower())
    except ValueError as error:
        raise SettingError(f"{option} got '{value}'; give one of: {', '.join(kind)}.") from error


def _where(site: str | None, *, every_site: bool) -> str | None:
    """The site that was named, `None` for every one; nobody gets every site by leaving an option out."""
    if (site is None) != every_site:
        raise SettingError("Say where it holds: --site S for one site, or --every-site; not both.")
    if site is not None and not site.strip():
        raise SettingError("--site is blank; give the name of a site.")
    return site


def _warn_of_unknown(store: Store, site: str | None) -> None:
    known = store.sites.entries()
    if site is not None and site not in known:
        there = f"it knows: {', '.join(known)}" if known else "it knows none yet"
        warn(f"The store knows no site '{site}' ({there}); it holds as soon as there is one.")


def _end(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "it is revoked" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"


def _roles(user: User) -> str:
    told = (
        f"{grant.role} at {grant.site if grant.site is not None else 'every site'}" for grant in user.grants
    )
    return ", ".join(told) or "no role"


def _reached(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise SettingError(
            f"--url got '{url}'; write where they reach the pages, as https://mien.example:{PORT}."
        )
    return url.rstrip("/")


def _valid(hours: float) -> timedelta:
    most = LONGEST_LINK / timedelta(hours=1)
    if not 0 < hours <= most:
        raise SettingError(f"--hours got {hours:g}; a link opens something for up to {most:g} hours.")
    return timedelta(hours=hours)


def _tell_link(link: Secret, url: str) -> None:
    say(f"One-time link, until {link.expires_at:%Y-%m-%d %H:%M %Z}:")
    say(f"{url}/link/{link.token}")
