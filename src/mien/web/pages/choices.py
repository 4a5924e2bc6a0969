"""What a browser remembers for its user: the language and the colours of the pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from mien.spoken import LANGUAGES
from mien.web.access import PUBLIC
from mien.web.rendering import THEME_COOKIE
from mien.web.texts import COOKIE

if TYPE_CHECKING:
    from mien.web.settings import WebSettings

_YEAR_S = 31_536_000

router = APIRouter(tags=[PUBLIC])


@router.post("/choices")
def choose(
    request: Request,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """Remember the choice and go back to the page."""
    settings: WebSettings = request.app.state.settings
    answer = RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)
    for name, value, known in ((COOKIE, language, LANGUAGES), (THEME_COOKIE, theme, ("light", "dark"))):
        if value in known:
            answer.set_cookie(name, value, _YEAR_S, secure=settings.secure, httponly=True, samesite="lax")
        else:
            answer.delete_cookie(name)
    return answer


def own_path(target: str) -> str:
    """A path of these pages, to go to after a form; anything else is the first page.

    Example:
        >>> own_path("/visits?site=North"), own_path("//elsewhere.example/"), own_path("https://elsewhere.example")
        ('/visits?site=North', '/', '/')
    """
    plain = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and "\n" not in target
        and "\r" not in target
    )
    return target if plain else "/"
