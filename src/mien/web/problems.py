"""What went wrong, as a problem document (RFC 9457) for programs and as a page for people.

```
NotSignedIn     401   nobody is signed in; in a browser: to the sign-in page
Forbidden       403   signed in, without the right
NotFound        404   there is no such thing, or not for this visitor
Unprocessable   422   what was sent cannot be used
MienError       400   what the rest of Mien says no to (InputError), 503 where the store is busy, else 500
```
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from mien.errors import BusyError, InputError, MienError
from mien.journal import logger
from mien.marking import N_, Said
from mien.web.inputs import place_of, told
from mien.web.words import RIGHT_WORDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from fastapi import FastAPI, Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mien.privacy.roles import Right

MEDIA_TYPE: Final = "application/problem+json"

_log = logger(__name__)


class Problem(BaseModel):
    """A problem document, RFC 9457.

    Attributes:
        type: What kind of problem; `about:blank` where the status says it all.
        title: The status in words.
        status: HTTP status.
        detail: What is wrong and the way out, one sentence.
        errors: For wrong input: each place and what is wrong there.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no such page.",
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default_factory=list)


class WebError(MienError):
    """A request that is answered with a problem.

    Args:
        text: What is wrong and the way out, one sentence.
        **values: What it names as `%(name)s`.

    Attributes:
        status: HTTP status.
        headers: What the answer carries.
        places: For wrong input: each place and what is wrong there.
    """

    status = HTTPStatus.BAD_REQUEST
    places: tuple[tuple[str, Said], ...] = ()

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text, **values)
        self.headers: dict[str, str] = {}


class NotSignedIn(WebError):  # noqa: N818  (named for what is the case)
    """Nobody is signed in."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, text: str = N_("Sign in first, or send an API key as bearer token.")) -> None:
        super().__init__(text)
        self.headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(WebError):  # noqa: N818
    """Signed in, but without the right."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, right: Right, site: str | None) -> None:
        words = Said(RIGHT_WORDS[right])
        if site is None:
            super().__init__(
                N_(
                    "This needs a right that you do not have: %(right)s. "
                    "Ask an administrator for a role that has it."
                ),
                right=words,
            )
        else:
            super().__init__(
                N_(
                    "This needs a right that you do not have at %(site)s: %(right)s. "
                    "Ask an administrator for a role that has it."
                ),
                right=words,
                site=site,
            )


class NotFound(WebError):  # noqa: N818
    """There is no such thing, or not for this visitor."""

    status = HTTPStatus.NOT_FOUND


class Unprocessable(WebError):  # noqa: N818
    """What was sent cannot be used."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Unusable(Unprocessable):
    """What was sent does not fit what is asked for."""

    def __init__(self, error: RequestValidationError) -> None:
        super().__init__(_UNUSABLE)
        self.places = tuple((place_of(one), told(one)) for one in error.errors())


def answers(app: FastAPI, page: Callable[[Request, Problem, MienError], Response]) -> None:
    """Have every error of an app answered.

    Args:
        app: The app.
        page: Draws a problem for people; the error says it in their language.
    """

    def answer(
        request: Request, problem: Problem, error: MienError, headers: Mapping[str, str] | None = None
    ) -> Response:
        if wants_page(request):
            if problem.status == HTTPStatus.UNAUTHORIZED:
                return _to_sign_in(request)
            response = page(request, problem, error)
        else:
            response = JSONResponse(
                problem.model_dump(exclude_defaults=False), problem.status, media_type=MEDIA_TYPE
            )
        response.status_code = problem.status
        response.headers.update(headers or {})
        return response

    async def web_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, WebError)
        return answer(request, problem_of(error.status, str(error)), error, error.headers)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        detail = str(error.detail)
        if detail == _UNREAD:
            detail = _NO_JSON
        if detail == status.phrase:
            detail = _PLAIN.get(status, in_words(status))
        # What a library says of a form is for programs.
        shown = WebError(_UNUSABLE if status == HTTPStatus.BAD_REQUEST else detail)
        return answer(request, problem_of(status, detail), shown, error.headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, _invalid(error), Unusable(error))

    async def mien_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, MienError)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        headers = {}
        if isinstance(error, InputError):
            status = HTTPStatus.BAD_REQUEST
        elif isinstance(error, BusyError):
            status, headers = HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "2"}
        else:
            _log.error("request failed", path=request.url.path, error=str(error))
        return answer(request, problem_of(status, str(error)), error, headers)

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        WebError: web_error,
        HTTPException: http_error,
        RequestValidationError: invalid,
        MienError: mien_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def wants_page(request: Request) -> bool:
    """Whether a person asks by a browser: not below `/api`, and takes HTML."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


_PLAIN: Final = {
    HTTPStatus.NOT_FOUND: N_("There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This address does not take that method."),
}
_OUTSIDE: Final = {
    HTTPStatus.BAD_REQUEST: N_("Mien is not served by this name; add it with --name when it is started."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_(
        "What was sent is longer than anything that is taken here; send less at once."
    ),
}
"""What parts that answer before the pages do refuse."""
_UNREAD: Final = "There was an error parsing the body"
"""FastAPI's words, for JSON with which its parser gives up."""
_NO_JSON: Final = N_("The body is no JSON that can be read; mend it, or send less deeply nested JSON.")
_UNUSABLE: Final = N_("What was sent cannot be used.")


def problem_of(status: HTTPStatus, detail: str) -> Problem:
    """A status as a problem document."""
    return Problem(title=status.phrase, status=status, detail=detail)


def in_words(status: HTTPStatus) -> str:
    """What a status says by itself, a sentence."""
    return f"{status.description or status.phrase}."


def _invalid(error: RequestValidationError) -> Problem:
    places = [{"where": place_of(one), "what": str(one["msg"])} for one in error.errors()]
    first = f" {places[0]['where']}: {places[0]['what']}." if places else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return Problem(title=status.phrase, status=status, detail=f"{_UNUSABLE}{first}", errors=places)


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page, and back to the page that was asked for after it."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='')}"
    if request.headers.get("hx-request") == "true":
        return Response(headers={"HX-Redirect": where})
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


class PlainAsProblem:
    """Answers of parts that know no problem documents (a host that is not served, a body that is too long) as such.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a plain refusal below `/api` becomes a problem document."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        refused: Response | None = None

        async def said(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                kind = MutableHeaders(scope=message).get("content-type", "")
                if message["status"] >= HTTPStatus.BAD_REQUEST and kind.startswith("text/plain"):
                    status = HTTPStatus(message["status"])
                    problem = problem_of(status, _OUTSIDE.get(status, in_words(status)))
                    refused = JSONResponse(problem.model_dump(), status, media_type=MEDIA_TYPE)
            if refused is None:
                await send(message)
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                await refused(scope, receive, send)

        await self._app(scope, receive, said)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the problems of a route.

    Args:
        statuses: Their HTTP statuses.
    """
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {}}}
        for status in statuses
    }
