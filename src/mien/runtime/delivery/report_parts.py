"""What the report of a day says in a language, before it is a text or a page."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A number as a report says it.

    Attributes:
        name: What it is.
        value: The number; or that it cannot be told.
        beside: Its interval and count; or why it cannot be told.
        known: Whether it is told.
        verdict: What a change carries, one word or two; empty where it is no change, or cannot be told.
        against: Its changes.
    """

    name: str
    value: str
    beside: str
    known: bool
    verdict: str = ""
    against: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    Attributes:
        name: What it is about.
        figures: Its numbers.
        lines: What else it says.
    """

    name: str
    figures: tuple[Line, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSaid:
    """The report of a day in a language.

    Attributes:
        language: Code of the language.
        title: One line.
        site: The site.
        day: The day, in words.
        simulated: That all is simulated; empty where it is not.
        sections: Its parts.
        note: What numbers mean.
        links: Where to see more: name and address.
    """

    language: str
    title: str
    site: str
    day: str
    simulated: str
    sections: tuple[Section, ...]
    note: str
    links: tuple[tuple[str, str], ...] = field(default=())
