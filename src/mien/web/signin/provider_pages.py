"""Signing in by the identity provider: there, and back again."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from mien.errors import InputError
from mien.journal import logger
from mien.marking import N_
from mien.store import NewUser, Store, User
from mien.web.access import PUBLIC
from mien.web.addresses import own_address
from mien.web.known import store_of
from mien.web.pages.choices import own_path
from mien.web.problems import NotFound
from mien.web.rendering import render, said_of
from mien.web.signin.begin import begin_session
from mien.web.signin.provider import Journey, Person, ProviderClient, ProviderError

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.web.settings import Provider, WebSettings

_COOKIE: Final = "mien-journey-"
_LASTS_S: Final = 600
_SIGNED: Final = URLSafeTimedSerializer(secrets.token_hex(32), salt="mien.journey")
"""With a secret of this process: who is on the way when it ends begins again."""

_log = logger(__name__)

router = APIRouter(tags=[PUBLIC])


@router.get("/sign-in/provider")
def leave(request: Request, next: str = "/") -> Response:
    """To the provider. Several journeys of one browser do not disturb each other: each has a cookie of its own."""
    client = _client(request)
    settings: WebSettings = request.app.state.settings
    journey = Journey.new(own_path(next))
    try:
        answer = RedirectResponse(client.address(journey, _back(request)), HTTPStatus.SEE_OTHER)
    except ProviderError as error:
        return _failed(request, error)
    answer.set_cookie(
        _COOKIE + journey.state[:12],
        _SIGNED.dumps(asdict(journey)),
        _LASTS_S,
        path="/sign-in",
        secure=settings.secure,
        httponly=True,
        # The provider sends the browser back from another site.
        samesite="lax",
    )
    return answer


@router.get("/sign-in/provider/back")
def come_back(request: Request, state: str = "", code: str = "", iss: str = "", error: str = "") -> Response:
    """From the provider. Whatever is wrong ends on a page that says so, never in another round."""
    client = _client(request)
    settings: WebSettings = request.app.state.settings
    cookie = _COOKIE + state[:12]
    try:
        journey = Journey(**_SIGNED.loads(request.cookies.get(cookie, ""), max_age=_LASTS_S))
        person = _person(request, client, journey, state=state, code=code, iss=iss, error=error)
    except BadSignature:
        answer: Response = _page(request, N_("This sign-in took too long or was begun in another window."))
    except ProviderError as failed:
        answer = _failed(request, failed)
    else:
        user = _user(store_of(request), settings.provider, person)
        if user is None or user.disabled:
            _log.info("sign-in refused", issuer=person.issuer, subject=person.subject)
            answer = _page(request, N_("You are known there, but not here."), person=person)
        else:
            answer = begin_session(
                request, user, settings.provider.name if settings.provider else "", journey.target
            )
    answer.delete_cookie(cookie, path="/sign-in")
    return answer


def _person(
    request: Request, client: ProviderClient, journey: Journey, *, state: str, code: str, iss: str, error: str
) -> Person:
    settings: WebSettings = request.app.state.settings
    if not secrets.compare_digest(journey.state, state):
        raise ProviderError("The identity provider answered another sign-in.")
    if error or not code:
        raise ProviderError("The identity provider said no (%(code)s).", code=error[:40] or "-")
    # Against mixed-up providers (RFC 9207), where it says who it is.
    if iss and settings.provider is not None and iss != settings.provider.issuer:
        raise ProviderError("Another identity provider answered.")
    return client.person(journey, code, _back(request))


def _user(store: Store, provider: Provider | None, person: Person) -> User | None:
    """The user of a person: by identity, else once by e-mail address, else made where that is set."""
    known = store.accounts.of_identity(person.issuer, person.subject)
    if known is not None or provider is None:
        return known
    trusted = person.email is not None and (person.verified or provider.trust_email)
    known = store.accounts.of_email(person.email) if trusted and person.email is not None else None
    try:
        if known is not None:
            # Who left may have left an address to somebody new: it opens an account once.
            if any(issuer == person.issuer for issuer, _ in store.accounts.identities_of(known.id)):
                return None
        elif provider.new_users and trusted and person.email is not None:
            known = store.accounts.add(
                NewUser(person.email, person.name[:80], person.email), by=provider.name
            )
        else:
            return None
        return store.accounts.join_identity(known.name, person.issuer, person.subject, by=provider.name)
    except InputError:
        return None


def _client(request: Request) -> ProviderClient:
    client: ProviderClient | None = request.app.state.provider
    if client is None:
        raise NotFound("No identity provider is set up here.")
    return client


def _back(request: Request) -> str:
    return own_address(request, "/sign-in/provider/back")


def _failed(request: Request, error: ProviderError) -> HTMLResponse:
    _log.warning("identity provider", error=str(error))
    return _page(request, N_("The identity provider could not sign you in."), detail=said_of(request, error))


def _page(request: Request, title: str, *, detail: str = "", person: Person | None = None) -> HTMLResponse:
    return render(
        request,
        "sign_in_failed.html.j2",
        status=HTTPStatus.FORBIDDEN,
        title=title,
        detail=detail,
        person=person,
    )
