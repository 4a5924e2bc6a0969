"""The languages of pages and messages: gettext catalogues, read from their .po files when they are needed.

English is the source. A text stands in a template or in a Python module once, marked by `_` or `N_`; `tools/texts.py`
gathers all of them into `locale/LANGUAGE.po`.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel import Locale, numbers
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.marking import Said

LANGUAGES: Final = ("en", "fr", "es", "ru", "uk")
"""Languages of pages and messages, by ISO 639-1; the first is the source."""
_LOCALES: Final = {"en": "en_GB"}
"""Whose dates and numbers a language takes, where its code alone would say those of another place than its texts."""
_SHORT_S: Final = 90
_TWO_STOPS: Final = re.compile(r"(?<=\w)\.\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of pages and messages.

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
        return one_stop(said % values) if values else said

    def ngettext(self, one: str, several: str, n: int, **values: object) -> str:
        """A text of so many, whose number it names as `%(num)s`.

        Args:
            one: The English of one.
            several: The English of several.
            n: How many.
            **values: What else it names.
        """
        return self.catalogue.ngettext(one, several, n) % {"num": self.number(n), **values}

    def told(self, message: str, values: Mapping[str, object]) -> str:
        """A sentence in this language, its numbers, days and moments as its speakers write them.

        Numbers have at most two decimals. Of a moment the time of day is said, on the clock that it comes with.
        """
        return self.text(message, **{name: self._written(value) for name, value in values.items()})

    def _written(self, value: object) -> object:
        if isinstance(value, float):
            return numbers.format_decimal(value, format="#,##0.##", locale=self.locale).replace("-", "−")
        if isinstance(value, datetime):
            return format_time(value, "HH:mm", locale=self.locale)
        if isinstance(value, date):
            return format_date(value, format="medium", locale=self.locale)
        return value

    def said(self, one: Said) -> str | None:
        """A sentence in this language; `None` where nobody has translated it."""
        return one.by(self.catalogue.gettext) if self.knows(one.text) else None

    def knows(self, message: str) -> bool:
        """Whether a text is said in this language; English is, as it stands."""
        return bool(message) and (self.code == LANGUAGES[0] or message in self.known)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as speakers of this language write it, with a true minus; what rounds to nothing has none."""
        return _decimal(value, digits, self.locale)

    def signed(self, value: float, digits: int = 0) -> str:
        """A number with its sign; what rounds to nothing has none."""
        said = self.number(value, digits)
        return f"+{said}" if round(value, digits) > 0 else said

    def month(self, value: date) -> str:
        """A month with its year, as it stands within a sentence."""
        return str(format_skeleton("yMMMM", value, locale=self.locale))

    def lasting(self, seconds: float) -> str:
        """How long something lasted: to the second up to a minute and a half, then in tenths of minutes."""
        if seconds < _SHORT_S:
            return self.text(N_("%(n)s s"), n=self.number(seconds))
        return self.text(N_("%(n)s min"), n=self.number(seconds / 60, 1))


@lru_cache(maxsize=2**14)
def _decimal(value: float, digits: int, locale: Locale) -> str:
    """Kept, for a page has a thousand numbers, most of them small and whole."""
    shown = value if round(value, digits) else 0
    return numbers.format_decimal(shown, format=pattern(digits), locale=locale).replace("-", "−")


def one_stop(text: str) -> str:
    """A text without the second full stop that an abbreviation brings to the end of a sentence: `2026 г..`.

    Example:
        >>> one_stop("beside 2026 г.. Where"), one_stop("0..10 and so on...")
        ('beside 2026 г. Where', '0..10 and so on...')
    """
    return type(text)(_TWO_STOPS.sub(".", text))


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
    name = Locale.parse(code).get_display_name(code) or code
    locale = Locale.parse(_LOCALES.get(code, code))
    return Language(code, name[:1].upper() + name[1:], locale, *_catalogue(code))


def languages() -> tuple[Language, ...]:
    """All languages, in order."""
    return tuple(language(code) for code in LANGUAGES)


def _catalogue(code: str) -> tuple[gettext.NullTranslations, frozenset[str]]:
    source = files("mien.spoken").joinpath("locale", f"{code}.po")
    if code == LANGUAGES[0]:
        return gettext.NullTranslations(), frozenset()
    texts = read_po(BytesIO(source.read_bytes()), locale=code)
    compiled = BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    known = frozenset(one.id if isinstance(one.id, str) else one.id[0] for one in texts if one.string)
    return gettext.GNUTranslations(compiled), known
