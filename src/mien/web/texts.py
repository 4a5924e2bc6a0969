"""In which language a request is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel.core import negotiate_locale

from mien.spoken import LANGUAGES, language

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from mien.spoken import Language

COOKIE: Final = "mien_language"
"""Keeps the language that somebody chose."""


def language_of(connection: HTTPConnection) -> Language:
    """The language that a request is answered in: as chosen before, else as the browser prefers, else English."""
    chosen = connection.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return language(chosen)
    preferred = [
        part.partition(";")[0].strip() for part in _by_weight(connection.headers.get("accept-language", ""))
    ]
    found = negotiate_locale([one.replace("-", "_") for one in preferred if one], LANGUAGES)
    return language(found or LANGUAGES[0])


def _by_weight(header: str) -> list[str]:
    """Parts of an Accept-Language header, the most wanted first (RFC 9110, 12.5.4)."""

    def weight(part: str) -> float:
        try:
            return -float(part.partition("q=")[2] or 1)
        except ValueError:
            return 0.0

    return sorted(header.split(","), key=weight)
