"""What OpenAPI says of the API beyond its shapes: an answer of every operation as it was given, and its problems.

The answers in `examples.json` are those of a simulated store, shortened; `tools/api_examples.py` asks for them anew.
"""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mien.web.problems import MEDIA_TYPE, in_words, problem_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

EXAMPLES: Final = Path(__file__).with_name("examples.json")
"""Answers by method and path, as `GET /api/v1/sites`."""
JSON: Final = "application/json"
_WRONG: Final = {
    HTTPStatus.BAD_REQUEST: "The days go from 2026-05-10 to 2026-05-04; give a last day that is not before the first "
    "and at most 399 days after it.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in; sign in, or send an API key as 'Authorization: Bearer mien_...'.",
    HTTPStatus.FORBIDDEN: "This needs a right that the key does not have; make another with mien user key.",
    HTTPStatus.NOT_FOUND: "There is no site 'Lyon' that you may see; /api/v1/sites lists those there are.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "What was sent cannot be used. first: Input should be a valid date.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The store is busy; ask again in a moment.",
}


def describe(app: FastAPI) -> None:
    """Have an app give its description with examples.

    Args:
        app: The app; its routes are complete.
    """
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = plain()
            for name, operation in operations(found):
                _complete(name, operation)
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a description, with its method and path."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@lru_cache(maxsize=1)
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found


def _complete(name: str, operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        if MEDIA_TYPE in content:
            # FastAPI describes every model as plain JSON.
            content[MEDIA_TYPE] = content.pop(JSON) | {"example": _problem(HTTPStatus(int(status)))}
        elif JSON in content and name in _examples():
            content[JSON]["example"] = _examples()[name]


def _problem(status: HTTPStatus) -> dict[str, Any]:
    return problem_of(status, _WRONG.get(status, in_words(status))).model_dump()
