"""Sentences that pages say in several languages: marked for `tools/texts.py` to gather, apart from what they name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a text that is translated where it is shown."""
    return message


def in_english(sentence: str, values: Mapping[str, object]) -> str:
    """An English sentence with its values, as it stands in events: plain numbers, times of day, ISO days.

    Args:
        sentence: It names its values as `%(name)s`.
        values: Strings, numbers, days, and moments on the clock that they are said on.

    Example:
        >>> in_english("%(change)s points, %(final)s", {"change": -41.0, "final": -0.214})
        '-41 points, -0.21'
    """
    return sentence % {name: _plain(value) for name, value in values.items()} if values else sentence


def _plain(value: object) -> object:
    if isinstance(value, float):
        return str(round(value, 2)).removesuffix(".0")
    if isinstance(value, datetime):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def recognised(sentence: str, known: Iterable[tuple[str, str]]) -> Said | None:
    """An English sentence apart from what it names, where it is one of those that are known; else `None`.

    Args:
        sentence: As somebody said it.
        known: Patterns with the names of values as groups, each with the text that says the same.

    Example:
        >>> recognised("field larger than 3", [(r"field larger than (?P<most>[0-9]+)", "at most %(most)s")])
        Said(text='at most %(most)s', values={'most': '3'})
    """
    for pattern, text in known:
        found = re.fullmatch(pattern, sentence, re.DOTALL)
        if found is not None:
            return Said(text, **found.groupdict())
    return None


@dataclass(frozen=True, slots=True, init=False)
class Said:
    """A sentence, or a piece of one, apart from what it names; `str` gives the English.

    Attributes:
        text: The sentence, English; where values are given, it names them as `%(name)s`.
        values: What it names. Pieces among them are said in the same language, without their full stop.

    Example:
        >>> str(Said("%(key)s is missing; give %(what)s", key="name", what=Said("a word.")))
        'name is missing; give a word'
    """

    text: str
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, text: str = "", /, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return self.by(str)

    def by(self, translated: Callable[[str], str]) -> str:
        """The sentence in a language.

        Args:
            translated: Gives the text of a sentence or a piece in that language, with the names of its values.
        """
        text = translated(self.text) if self.text else ""
        if not self.values:
            return text
        return text % {
            name: value.by(translated).rstrip(".") if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
