"""Sentences that pages say in several languages: marked for `tools/texts.py` to gather, apart from what they name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a text that is translated where it is shown."""
    return message


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
