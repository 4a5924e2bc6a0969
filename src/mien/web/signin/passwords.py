"""Signing in by name and password, and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from mien.privacy.passwords import hash_password, matches, outdated
from mien.privacy.roles import Right
from mien.store import Wait
from mien.web.access import PUBLIC, SignedIn, Visitor, visitor_of
from mien.web.known import store_of
from mien.web.pages.choices import own_path
from mien.web.rendering import render
from mien.web.signin.begin import begin_session
from mien.web.signin.cookies import device_of, drop_session, give_device

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.web.settings import WebSettings

router = APIRouter()


@router.get("/sign-in", tags=[PUBLIC])
def sign_in_page(request: Request, next: str = "/") -> Response:
    """The form; who is signed in already goes on."""
    if visitor_of(request) is not None:
        return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)
    return _page(request, next)


@router.post("/sign-in", tags=[PUBLIC])
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in, or say why not. Which of the two was wrong, name or password, is not told."""
    settings: WebSettings = request.app.state.settings
    store = store_of(request)
    known = store.accounts.password_of(name)
    user, hashed = known if known is not None else (None, None)
    device = None if user is None else device_of(request, settings, user.name, hashed)
    address = request.client.host if request.client is not None else ""
    attempt = store.attempts.begin(name, address, device)
    if isinstance(attempt, Wait):
        return _page(request, next, name=name, wait=attempt)
    if not matches(password, hashed) or user is None or hashed is None:
        return _page(request, next, name=name, wrong=True)
    store.attempts.succeeded(attempt)
    if outdated(hashed):
        hashed = hash_password(password)
        store.accounts.rehash(user.id, hashed)
    answer = begin_session(request, user, "password", next)
    give_device(answer, settings, user.name, hashed)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, visitor: Visitor = SignedIn) -> Response:
    """End the session."""
    token: str | None = getattr(request.state, "session_token", None)
    if token is not None:
        store = store_of(request)
        store.sessions.end(token)
        store.looks.note(visitor.name, Right.USERS, "signed out")
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_session(answer, request.app.state.settings)
    return answer


def _page(
    request: Request, target: str, *, name: str = "", wrong: bool = False, wait: Wait | None = None
) -> HTMLResponse:
    store = store_of(request)
    settings: WebSettings = request.app.state.settings
    status = HTTPStatus.UNAUTHORIZED if wrong else HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.OK
    answer = render(
        request,
        "sign_in.html.j2",
        status=status,
        target=own_path(target),
        name=name,
        wrong=wrong,
        minutes=None if wait is None else -(-wait.seconds // 60),
        first=not store.accounts.any_admin(),
        provider=settings.provider,
    )
    if wait is not None:
        answer.headers["Retry-After"] = str(wait.seconds)
    return answer
