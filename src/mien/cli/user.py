"""`mien user`: who may sign in to the pages, at which sites, and the keys of programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli import user_keys
from mien.cli.console import add_row, out, say, table_of
from mien.cli.options import StoreOption
from mien.cli.user_shared import Everywhere, Site, me, one_of, warn_of_unknown, where
from mien.errors import SettingError
from mien.privacy.roles import RIGHTS, Grant, Role
from mien.store import LinkPurpose, NewUser, Store
from mien.store.links import LONGEST as LONGEST_LINK
from mien.web.settings import PORT

if TYPE_CHECKING:
    from mien.store import Secret, User

app = typer.Typer(
    name="user",
    help="Who may sign in to the pages, as what, at which sites; one-time links, and keys of programs.",
    no_args_is_help=True,
)
app.add_typer(user_keys.app)

ROLES = ", ".join(Role)
HERE = f"http://localhost:{PORT}"

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Their name for sign-in, in whatever case.", show_default=False)
]
RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help=f"One of: {ROLES}.", show_default=False)]
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
    roles = [one_of(Role, one, "--role") for one in role or ()]
    grants = tuple(Grant(one, where(site, every_site=every_site)) for one in roles)
    if not roles and (site is not None or every_site):
        raise SettingError(f"--site and --every-site say where a role holds; name one with --role: {ROLES}.")
    new = NewUser(name, shown, email, grants)
    base, valid = _reached(url), _valid(hours)
    with Store.open(store) as opened:
        user = opened.accounts.add(new, by=me())
        link = opened.links.make(user.name, by=me(), valid=valid)
        warn_of_unknown(opened, site)
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
    _change_role(name, role, where(site, every_site=every_site), store, give=True)


@app.command("revoke")
def revoke_command(
    name: Name,
    role: RoleArgument,
    site: Site = None,
    every_site: Everywhere = False,
    store: StoreOption = None,
) -> None:
    """Take a role at a site away; it holds from the next click on."""
    _change_role(name, role, where(site, every_site=every_site), store, give=False)


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
        link = opened.links.make(name, purpose, by=me(), valid=valid)
    _tell_link(link, base)


@app.command("disable")
def disable_command(name: Name, store: StoreOption = None) -> None:
    """Let a user do nothing from now on: they are signed out, their links open nothing."""
    with Store.open(store, create=False) as opened:
        user = opened.accounts.disable(name, by=me())
    say(f"{user.name} is disabled. Back again: mien user enable {user.name}")


@app.command("enable")
def enable_command(name: Name, store: StoreOption = None) -> None:
    """Let a user in again, as they were."""
    with Store.open(store, create=False) as opened:
        user = opened.accounts.enable(name, by=me())
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
        user = opened.accounts.join_identity(name, issuer, subject, by=me())
    say(f"{user.name} is {subject} at {issuer}.")


def _change_role(name: str, role: str, site: str | None, store: str | None, *, give: bool) -> None:
    """Give a role at a site, or take it away, and say what the user is then."""
    grant = Grant(one_of(Role, role, "ROLE"), site)
    with Store.open(store, create=False) as opened:
        change = opened.accounts.grant if give else opened.accounts.revoke
        user = change(name, grant, by=me())
        if give:
            warn_of_unknown(opened, site)
    lets = f" The role lets them do: {', '.join(sorted(RIGHTS[grant.role]))}." if give else ""
    say(f"{user.name}: {_roles(user)}.{lets}")


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
