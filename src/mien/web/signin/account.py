"""Somebody's own account: what they may do, their password, and where they are signed in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.errors import PasswordError
from mien.marking import N_
from mien.privacy.passwords import SHORTEST, matches
from mien.privacy.roles import RIGHTS
from mien.store import Session, Wait
from mien.web.access import SignedIn, Visitor
from mien.web.known import store_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.signin.cookies import drop_session, give_device
from mien.web.words import PASSWORD_WORDS, RIGHT_WORDS, ROLE_WORDS

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

router = APIRouter()


@router.get("/account")
def account_page(request: Request, _visitor: Visitor = SignedIn) -> HTMLResponse:
    """The page."""
    return _page(request, _session(request))


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: Visitor = SignedIn,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change the password; all other sessions end."""
    session = _session(request)
    store = store_of(request)
    address = request.client.host if request.client is not None else ""
    attempt = store.attempts.begin(visitor.name, address, f"session {session.id}")
    if isinstance(attempt, Wait):
        return _page(request, session, wrong=N_("Too many wrong passwords. Wait a quarter of an hour."))
    known = store.accounts.password_of(visitor.name)
    if known is None or not matches(current, known[1]):
        return _page(request, session, wrong=N_("That is not your password of now."))
    store.attempts.succeeded(attempt)
    if password != again:
        return _page(request, session, wrong=N_("The two passwords differ."))
    try:
        store.accounts.set_password(visitor.name, password, by=visitor.name, keep_session=session.id)
    except PasswordError as error:
        return _page(request, session, wrong=PASSWORD_WORDS[error.why])
    answer = RedirectResponse("/account?changed=1", HTTPStatus.SEE_OTHER)
    new = store.accounts.password_of(visitor.name)
    if new is not None:
        give_device(answer, request.app.state.settings, visitor.name, new[1])
    return answer


@router.post("/account/sign-out")
def sign_out_everywhere(request: Request, _visitor: Visitor = SignedIn) -> Response:
    """End all sessions, this one as well."""
    store = store_of(request)
    store.sessions.end_all(_session(request).user.id)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_session(answer, request.app.state.settings)
    return answer


def _session(request: Request) -> Session:
    found: Session | None = getattr(request.state, "session", None)
    if found is None:
        raise NotFound("A key has no account; this page is for people.")
    return found


def _page(request: Request, session: Session, *, wrong: str = "") -> HTMLResponse:
    store = store_of(request)
    return render(
        request,
        "account.html.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        session=session,
        sessions=store.sessions.of(session.user.id),
        identities=store.accounts.identities_of(session.user.id),
        roles=ROLE_WORDS,
        rights=RIGHT_WORDS,
        carried=RIGHTS,
        shortest=SHORTEST,
        changed=request.query_params.get("changed") == "1",
        wrong=wrong,
    )
