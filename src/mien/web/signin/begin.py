"""The last step of every way to sign in: a new session, noted in the log, and the page that was asked for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from mien.privacy.roles import Right
from mien.web.access import Visitor
from mien.web.known import store_of
from mien.web.pages.choices import own_path
from mien.web.rendering import first_page
from mien.web.signin.cookies import give_session, session_cookie

if TYPE_CHECKING:
    from fastapi import Request

    from mien.store import User
    from mien.web.settings import WebSettings


def begin_session(request: Request, user: User, how: str, target: str = "/") -> RedirectResponse:
    """Sign a user in and go on.

    The session always is a new one; one that the browser had ends.

    Args:
        request: What is answered.
        user: Who.
        how: By what, for the log: `password`, `one-time link` ...
        target: The page that was asked for.

    Raises:
        StoreError: The user was disabled meanwhile.
    """
    settings: WebSettings = request.app.state.settings
    store = store_of(request)
    before = request.cookies.get(session_cookie(settings))
    if before:
        store.sessions.end(before)
    session = store.sessions.begin(user.id)
    store.looks.note(user.name, Right.USERS, f"signed in by {how}")
    page = own_path(target)
    if page == "/":
        page = first_page(request, Visitor(user.name, user.shown_name, user.grants))
    answer = RedirectResponse(page, HTTPStatus.SEE_OTHER)
    give_session(answer, settings, session)
    return answer
