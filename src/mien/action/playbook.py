"""Playbooks: what staff are advised to do in a situation, as managers wrote it, else as Mien says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from mien.action.types import Situation
from mien.journey.moods import LANGUAGES as CHART_LANGUAGES
from mien.journey.moods import chart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

LANGUAGES: Final[tuple[str, ...]] = tuple(CHART_LANGUAGES)
"""Languages of advice, by ISO 639-1; the first is the one that is shown where another lacks."""

MOOD: Final = "mood:"
"""What an entry about a mood of the eyes chart begins with; its key follows."""

MOST_CHARACTERS: Final = 280
"""Of one piece of advice: it is read in passing."""

MOST_ENTRIES: Final = 500
"""Pieces of advice in a playbook."""

_BY_MOOD: Final = frozenset({Situation.ARRIVAL, Situation.ARRIVAL_PLEASANT, Situation.ARRIVAL_UNPLEASANT})
"""Situations of which the mood of the face says more than they do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of advice.

    Attributes:
        about: A `Situation`, or a mood of the eyes chart, such as `mood:anger`.
        touchpoint: Where it holds; `None` for everywhere.
        language: One of `LANGUAGES`.
        text: The advice, 1 to 280 characters.
    """

    about: str
    touchpoint: str | None
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """A version of what managers of a site advise.

    Attributes:
        site: The site.
        protocol: The way of serving that it belongs to; `None` for any.
        version: From 1.
        made_at: When it was saved, UTC.
        made_by: Who saved it.
        entries: Its advice, in the order of `ordered`.
    """

    site: str
    protocol: str | None
    version: int
    made_at: datetime
    made_by: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What staff are advised to do.

    Attributes:
        text: In `language`.
        language: One of `LANGUAGES`; another than was asked for where nobody wrote it in that.
        own: Whether a manager wrote it.
    """

    text: str
    language: str
    own: bool


def advice(
    book: Playbook | None,
    situation: Situation | None,
    *,
    language: str,
    touchpoint: str | None = None,
    mood: str | None = None,
) -> Advice | None:
    """What staff are advised to do.

    What managers wrote comes before what Mien says; the mood before the situation; the touchpoint before all of them;
    the language of the reader before English, and that before any other.

    Args:
        book: The playbook in force; `None` where there is none.
        situation: What is told; `None` where a mood alone is seen.
        language: Of the reader.
        touchpoint: Where.
        mood: Key of the mood of the eyes chart that the face shows.

    Returns:
        The advice; `None` where there is none, as for a mood that is not on the chart.

    Example:
        >>> advice(None, Situation.ARRIVAL_TIRED, language="en").text
        'Offer a seat and a drink first; keep it short.'
    """
    of_mood = None if mood is None else f"{MOOD}{mood}"
    for about in (of_mood, situation):
        if about is None:
            continue
        for where in dict.fromkeys((touchpoint, None)):
            there = {} if book is None else _written(book.entries, about, where)
            found = next((one for one in (language, *LANGUAGES) if one in there), None)
            if found is not None:
                return Advice(there[found], found, own=True)
    return _built_in(situation, of_mood, language)


def in_force(newest: Mapping[str | None, Playbook], protocol: str | None) -> Playbook | None:
    """The playbook that holds: of the protocol in force, else the one that belongs to none.

    Args:
        newest: The newest version of each protocol, by protocol.
        protocol: The protocol in force; `None` where there is none.
    """
    return newest.get(protocol) or newest.get(None)


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries in the order in which playbooks keep them: situations as Mien knows them, then moods, then others."""
    ranks = {about: rank for rank, about in enumerate(subjects())}
    spoken = {language: rank for rank, language in enumerate(LANGUAGES)}
    return tuple(
        sorted(
            entries,
            key=lambda one: (
                ranks.get(one.about, len(ranks)), one.about, one.touchpoint or "",
                spoken.get(one.language, len(spoken)), one.language,
            ),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of advice that is another than before.

    Attributes:
        about: A `Situation`, or a mood of the eyes chart, such as `mood:anger`.
        touchpoint: Where it holds; `None` for everywhere.
        language: One of `LANGUAGES`.
        before: What it was; `None` where there was none.
        after: What it is; `None` where it is gone.
    """

    about: str
    touchpoint: str | None
    language: str
    before: str | None
    after: str | None


def changes(before: Iterable[Entry], after: Iterable[Entry]) -> tuple[Change, ...]:
    """What is another than before, in the order of `ordered`.

    Args:
        before: The entries of a version.
        after: Those of the next.
    """
    old = {(one.about, one.touchpoint, one.language): one.text for one in before}
    new = {(one.about, one.touchpoint, one.language): one.text for one in after}
    places = [
        (one.about, one.touchpoint, one.language)
        for one in ordered(Entry(*place, text) for place, text in (old | new).items())
    ]
    return tuple(
        Change(*place, old.get(place), new.get(place)) for place in places if old.get(place) != new.get(place)
    )


@cache
def subjects() -> tuple[str, ...]:
    """All that there may be advice about: the situations, and the moods of the eyes chart."""
    return (*(one.value for one in Situation), *(f"{MOOD}{mood.key}" for mood in chart()))


@cache
def built_in() -> Mapping[str, Mapping[str, str]]:
    """What Mien advises in each situation and mood, by language."""
    text = files("mien.action").joinpath("advice.toml").read_text(encoding="utf-8")
    return {**tomllib.loads(text), **{f"{MOOD}{mood.key}": dict(mood.advice) for mood in chart()}}


def _built_in(situation: Situation | None, mood: str | None, language: str) -> Advice | None:
    about = mood if situation is None or (situation in _BY_MOOD and mood in built_in()) else situation
    there = built_in().get(about or "")
    return None if there is None else Advice(there[language], language, own=False)


def _written(entries: Iterable[Entry], about: str, touchpoint: str | None) -> dict[str, str]:
    return {one.language: one.text for one in entries if (one.about, one.touchpoint) == (about, touchpoint)}
