"""Users and keys: who may do what at which site, one-time links, and what programs may do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.privacy.roles import RIGHTS, Grant, Right, Role
from mien.store import LinkPurpose, NewUser, Secret
from mien.web.access import Visitor, needs
from mien.web.addresses import own_address
from mien.web.known import site_names, store_of
from mien.web.rendering import render, said_of
from mien.web.words import RIGHT_WORDS, ROLE_WORDS

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.store import User

EVERY: Final = "*"
"""Stands for every site in a form; a form without a choice chooses nothing."""

PATH: Final = "/settings/users"
KEYS: Final = "/settings/keys"

router = APIRouter()


def _makes_users(visitor: Annotated[Visitor, Depends(needs(Right.USERS))]) -> Visitor:
    """Whoever makes users does so everywhere: users belong to no site."""
    visitor.check(Right.USERS, None)
    return visitor


Maker = Annotated[Visitor, Depends(_makes_users)]
Text = Annotated[str, Form(max_length=300)]


@router.get(PATH)
def users(request: Request, visitor: Maker) -> HTMLResponse:
    """The page."""
    return _page(request, visitor)


@router.post(PATH)
def add(
    request: Request,
    visitor: Maker,
    name: Text = "",
    shown: Text = "",
    email: Text = "",
    role: Text = "",
    site: Text = "",
) -> HTMLResponse:
    """Make a user, with a role if one is chosen, and the link by which they choose a password."""
    store = store_of(request)
    try:
        grants = (_grant(role, site),) if role else ()
        made = store.accounts.add(NewUser(name, shown, email or None, grants), by=visitor.name)
        link = store.links.make(made.name, by=visitor.name)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error), at="new")
    return _page(request, visitor, of=made, link=link)


@router.post(f"{PATH}/{{name}}/link")
def make_link(request: Request, visitor: Maker, name: str, sign_in: Text = "") -> HTMLResponse:
    """Make a one-time link, and show it the one time at which it is known."""
    store = store_of(request)
    purpose = LinkPurpose.SIGN_IN if sign_in else LinkPurpose.SET_PASSWORD
    try:
        link = store.links.make(name, purpose, by=visitor.name)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error))
    return _page(request, visitor, of=store.accounts.get(name), link=link)


@router.post(f"{PATH}/{{name}}/roles")
def change_role(
    request: Request, visitor: Maker, name: str, role: Text = "", site: Text = "", take: Text = ""
) -> Response:
    """Give a role at a site, or take it away."""
    accounts = store_of(request).accounts
    try:
        change = accounts.revoke if take else accounts.grant
        change(name, _grant(role, site), by=visitor.name)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error))
    return _back(name)


@router.post(f"{PATH}/{{name}}/state")
def change_state(request: Request, visitor: Maker, name: str, disable: Text = "") -> Response:
    """Disable a user, or enable them again."""
    accounts = store_of(request).accounts
    try:
        change = accounts.disable if disable else accounts.enable
        change(name, by=visitor.name)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error))
    return _back(name)


@router.post(KEYS)
def make_key(
    request: Request,
    visitor: Maker,
    name: Text = "",
    rights: Annotated[list[Right] | None, Form()] = None,
    site: Text = "",
    until: Annotated[date | None, Form()] = None,
) -> HTMLResponse:
    """Make a key, and show it the one time at which it is known."""
    end = (
        None
        if until is None
        else datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)
    )
    try:
        key = store_of(request).keys.make(
            name, rights or (), by=visitor.name, site=_site(site), expires_at=end
        )
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error), at="keys")
    return _page(request, visitor, key=key, at="keys")


@router.post(f"{KEYS}/{{prefix}}/revoke")
def revoke_key(request: Request, visitor: Maker, prefix: str) -> Response:
    """Have a key open nothing any more."""
    try:
        store_of(request).keys.revoke(prefix, by=visitor.name)
    except InputError as error:
        return _page(request, visitor, wrong=said_of(request, error), at="keys")
    return RedirectResponse(f"{PATH}#keys", HTTPStatus.SEE_OTHER)


def _back(name: str) -> RedirectResponse:
    return RedirectResponse(f"{PATH}#user-{quote(name)}", HTTPStatus.SEE_OTHER)


def _grant(role: str, site: str) -> Grant:
    try:
        return Grant(Role(role), _site(site))
    except ValueError as error:
        raise InputError("Choose a role.") from error


def _site(chosen: str) -> str | None:
    if not chosen.strip():
        raise InputError("Choose a site, or every site.")
    return None if chosen == EVERY else chosen


def _page(
    request: Request,
    visitor: Visitor,
    *,
    wrong: str = "",
    at: str = "",
    of: User | None = None,
    link: Secret | None = None,
    key: Secret | None = None,
) -> HTMLResponse:
    store = store_of(request)
    known = site_names(request)
    everybody = store.accounts.entries()
    given = dict.fromkeys(grant.site for user in everybody for grant in user.grants if grant.site is not None)
    address = "" if link is None else own_address(request, f"/link/{link.token}")
    return render(
        request,
        "users.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        users=everybody,
        seen=store.sessions.last_seen(),
        keys=store.keys.entries(),
        now=datetime.now(UTC),
        sites=sorted({*known, *given}),
        every=EVERY,
        me=visitor.name,
        roles=ROLE_WORDS,
        rights=RIGHT_WORDS,
        carried=RIGHTS,
        key_rights=[right for right in Right if right is not Right.USERS],
        wrong=wrong,
        at=at,
        of=of,
        link=link,
        address=address,
        code=segno.make(address, error="m", micro=False).svg_data_uri(scale=5, light="#fff")
        if address
        else "",
        key=key,
    )
