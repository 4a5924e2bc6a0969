"""The languages of the pages: gettext catalogues, read from their .po files when the app starts.

English is the source. A text stands in a template or in a Python module once, marked by `_` or `N_`; `tools/texts.py`
gathers all of them into `locale/LANGUAGE.po`.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel import Locale, numbers
from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from mien.marking import Said

LANGUAGES: Final = ("en", "fr", "es", "ru", "uk")
"""Languages of the pages, by ISO 639-1; the first is the source."""

COOKIE: Final = "mien_language"
"""Keeps the language that somebody chose."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    Attributes:
        code: ISO 639-1.
        name: In itself, as a choice of languages shows it.
        locale: For dates and numbers.
        catalogue: Its texts.
        known: The English of all that it has; empty for English itself, which is the source.
    """

    code: str
    name: str
    locale: Locale
    catalogue: gettext.NullTranslations
    known: frozenset[str]

    def text(self, message: str, **values: object) -> str:
        """A text in this language, with its values filled in."""
        said = self.catalogue.gettext(message)
        return said % values if values else said

    def said(self, one: Said) -> str | None:
        """A sentence in this language; `None` where nobody has translated it."""
        return one.by(self.catalogue.gettext) if self.knows(one.text) else None

    def knows(self, message: str) -> bool:
        """Whether a text is said in this language; English is, as it stands."""
        return bool(message) and (self.code == LANGUAGES[0] or message in self.known)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as speakers of this language write it, with a true minus."""
        return numbers.format_decimal(value, format=pattern(digits), locale=self.locale).replace("-", "−")


def pattern(digits: int) -> str:
    """A number with so many decimals, in the notation of CLDR.

    Example:
        >>> pattern(0), pattern(2)
        ('#,##0', '#,##0.00')
    """
    return "#,##0" + ("." + "0" * digits if digits else "")


@cache
def language(code: str) -> Language:
    """One of `LANGUAGES`.

    Args:
        code: Its code.

    Raises:
        KeyError: There is none of this code.
    """
    if code not in LANGUAGES:
        raise KeyError(code)
    locale = Locale.parse(code)
    name = locale.get_display_name(code) or code
    return Language(code, name[:1].upper() + name[1:], locale, *_catalogue(code))


def languages() -> tuple[Language, ...]:
    """All languages, in order."""
    return tuple(language(code) for code in LANGUAGES)


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


def _catalogue(code: str) -> tuple[gettext.NullTranslations, frozenset[str]]:
    source = files("mien.web").joinpath("locale", f"{code}.po")
    if code == LANGUAGES[0]:
        return gettext.NullTranslations(), frozenset()
    texts = read_po(BytesIO(source.read_bytes()), locale=code)
    compiled = BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    known = frozenset(one.id if isinstance(one.id, str) else one.id[0] for one in texts if one.string)
    return gettext.GNUTranslations(compiled), known
