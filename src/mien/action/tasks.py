"""Tasks: something for a person to do later, with why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


class TaskState(StrEnum):
    """How far a task has come."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    GONE = "gone"


TITLE: Final = N_("Find out why, put it right: %(where)s, %(day)s")
"""What is to be done."""


@dataclass(frozen=True, slots=True)
class Unhappy:
    """One customer who left unhappier than they came, as a task tells of it.

    Attributes:
        subject: Id of the interaction or visit.
        text: What the face showed, an English sentence with `%(name)s` (marked with `N_`).
        values: What it names: strings and numbers.
    """

    subject: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The sentence with its values, English."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Task:
    """Something for a person to do. It names nobody: whom it concerns follows from a consent that stands.

    Attributes:
        uid: Names it.
        site: Its site.
        touchpoint: Where it turned; `None` where that is not known.
        day: On the clock of the site.
        folded: Whether it is about all unnamed visits of its day and touchpoint.
        about: What it is about, in order of time.
        opened_at: When it was opened, UTC.
        due_at: Until when, UTC.
        state: How far it has come.
        closed_at: When it was closed; `None` while it is open, or where that is not known.
    """

    uid: str
    site: str
    touchpoint: str | None
    day: date
    folded: bool
    about: tuple[Unhappy, ...]
    opened_at: datetime
    due_at: datetime
    state: TaskState = TaskState.OPEN
    closed_at: datetime | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of the interactions and visits that it is about."""
        return tuple(one.subject for one in self.about)

    @property
    def title(self) -> str:
        """What is to be done, English."""
        return TITLE % {"where": self.touchpoint or self.site, "day": self.day}

    @property
    def evidence(self) -> str:
        """Why, a line for each customer, English."""
        return "\n".join(one.said for one in self.about)
