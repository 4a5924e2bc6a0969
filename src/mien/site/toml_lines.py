"""On which line each key of a TOML text stands.

`tomllib` tells values and not places, so a message about a wrong value could not say where to look. This finds
places and no values: the text must have been read by `tomllib` before, which is what makes it so short.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    KeyPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_TEXT: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})' r"|'''.*?'''(?:'{0,2})" r'|"(?:[^"\\]|\\.)*"' r"|'[^']*'",
    re.DOTALL,
)
_PLAIN: Final = re.compile(r"[^,\]}#\n]*")
"""A number, a truth value, a date or a time."""


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Where each table, key and place in a list of a TOML text stands.

    Args:
        text: Valid TOML.

    Returns:
        Lines, counted from 1, by the keys that lead there; places in lists are numbers from 0.

    Example:
        >>> key_lines('name = "a"\n[[notices]]\nby = "b"\n')
        {('name',): 1, ('notices',): 2, ('notices', 0): 2, ('notices', 0, 'by'): 3}
    """
    return _Scanner(text).lines()


def nearest_line(lines: Mapping[KeyPath, int], keys: Sequence[str | int]) -> int | None:
    """The line of a key, or, where it is missing, of what should hold it.

    Args:
        lines: As `key_lines` gives them.
        keys: The keys that lead there.

    Returns:
        A line from 1; `None` where nothing on the way stands in the text.
    """
    for end in range(len(keys), 0, -1):
        line = lines.get(tuple(keys[:end]))
        if line is not None:
            return line
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", self._text)]
        self._found: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        """How many tables each list of tables has so far."""

    def lines(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._found

    def _header(self) -> KeyPath:
        line = self._line()
        listed = self._text.startswith("[[", self._at)
        self._at += 2 if listed else 1
        names = self._key()
        self._at += 2 if listed else 1
        path: KeyPath = ()
        for place, name in enumerate(names, start=1):
            path = (*path, name)
            self._found.setdefault(path, line)
            if listed and place == len(names):
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self._found.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for name in self._key():
            path = (*path, name)
            self._found.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        """The names of a dotted key; stops at what follows it."""
        names = []
        while True:
            self._skip(_SPACE)
            quoted = self._text[self._at] in "\"'"
            start = self._at
            self._skip(_TEXT if quoted else _BARE)
            raw = self._text[start : self._at]
            names.append(tomllib.loads(f"k = {raw}")["k"] if quoted else raw)
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        first = self._text[self._at]
        if first in "[{":
            self._members(path, "]" if first == "[" else "}")
        else:
            self._skip(_TEXT if first in "\"'" else _PLAIN)

    def _members(self, path: KeyPath, closing: str) -> None:
        """What a list or an inline table holds."""
        self._at += 1
        place = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == closing:
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            if closing == "]":
                self._found[*path, place] = self._line()
                self._value((*path, place))
            else:
                self._pair(path)
            place += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1
