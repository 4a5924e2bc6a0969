"""Texts made to fit the columns of other systems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from unicodedata import combining

_CUT: Final = "…"
_JOINER: Final = "\u200d"


def fit(text: str, units: int) -> str:
    """A text that has at most so many UTF-16 units, which is how .NET and SQL Server count; cut between characters.

    Args:
        text: The text. What is no character (a lone surrogate) or ends it early (a zero) is left out.
        units: How many at most, 1 or more.

    Example:
        >>> fit("café 😀😀", 8), fit("short", 8)
        ('café 😀…', 'short')
    """
    clean = "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff")
    if _units(clean) <= units:
        return clean
    kept, room = 0, units - 1
    for character in clean:
        room -= 2 if ord(character) > 0xFFFF else 1
        if room < 0:
            break
        kept += 1
    # Not between a character and what changes it: an accent, a skin colour, a joined emoji.
    while kept and (_changes(clean[kept]) or clean[kept - 1] == _JOINER):
        kept -= 1
    return clean[:kept] + _CUT


def utc(moment: datetime | None) -> str | None:
    """A moment in UTC to the second, as OData and JSON write it.

    Raises:
        ValueError: It has no zone.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _changes(character: str) -> bool:
    return (
        bool(combining(character))
        or character in {_JOINER, "\ufe0f"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
