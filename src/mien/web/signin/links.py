"""The page that a one-time link opens. Looking at it uses nothing up: programs that read mail look at links."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from mien.errors import InputError, PasswordError
from mien.privacy.passwords import SHORTEST
from mien.store import Link, LinkPurpose, NewUser
from mien.web.access import PUBLIC
from mien.web.known import store_of
from mien.web.rendering import render, said_of
from mien.web.signin.begin import begin_session
from mien.web.texts import language_of
from mien.web.words import PASSWORD_WORDS

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

router = APIRouter(tags=[PUBLIC])


@router.get("/link/{token}")
def link_page(request: Request, token: str) -> HTMLResponse:
    """What the link is for, and the form to do it."""
    store = store_of(request)
    return _page(request, store.links.look(token))


@router.post("/link/{token}")
def use_link(
    request: Request,
    token: str,
    name: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Do what the link is for, and sign in."""
    store = store_of(request)
    link = store.links.look(token)
    if link is None:
        return _page(request, None)
    try:
        if link.purpose is LinkPurpose.SIGN_IN:
            user = store.links.sign_in(token)
        elif password != again:
            return _page(request, link, name=name, shown=shown, differ=True)
        elif link.purpose is LinkPurpose.SET_PASSWORD:
            user = store.links.set_password(token, password)
        else:
            user = store.links.make_admin(token, NewUser(name, shown), password)
    except PasswordError as error:
        return _page(
            request, link, name=name, shown=shown, wrong=language_of(request).text(PASSWORD_WORDS[error.why])
        )
    except InputError as error:
        return _page(request, store.links.look(token), name=name, shown=shown, wrong=said_of(request, error))
    return begin_session(request, user, "one-time link")


def _page(
    request: Request,
    link: Link | None,
    *,
    name: str = "",
    shown: str = "",
    wrong: str = "",
    differ: bool = False,
) -> HTMLResponse:
    status = (
        HTTPStatus.GONE
        if link is None
        else HTTPStatus.UNPROCESSABLE_ENTITY
        if wrong or differ
        else HTTPStatus.OK
    )
    answer = render(
        request,
        "link.html.j2",
        status=status,
        link=link,
        purposes=LinkPurpose,
        name=name,
        shown=shown,
        wrong=wrong,
        differ=differ,
        shortest=SHORTEST,
    )
    # The secret is in the address.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
