"""Tasks: something for a person to do later, with why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from mien.marking import N_, in_english

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
    """What shows that a customer left unhappier than they came, as a task tells of it.

    Attributes:
        subject: Id of the interaction or visit that shows it.
        text: What the face showed, an English sentence with `%(name)s` (marked with `N_`).
        values: What it names: strings, numbers, days, and moments on the clock of the site.
        visit: Id of the customer's visit, once that is known.
        curve: Id of the interaction whose curve shows it; `None` where that is the subject.
    """

    subject: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    visit: str | None = None
    curve: str | None = None

    @property
    def customer(self) -> str:
        """Id of the visit, or of the interaction while no visit is known: alike for all that shows one customer."""
        return self.visit or self.subject

    @property
    def said(self) -> str:
        """The sentence with its values, English."""
        return in_english(self.text, self.values)


@dataclass(frozen=True, slots=True)
class Task:
    """Something for a person to do. It names nobody: whom it concerns follows from a consent that stands.

    Attributes:
        uid: Names it.
        site: Its site.
        touchpoint: Where it turned; `None` where that is not known.
        day: On the clock of the site.
        folded: Whether it is about all unnamed visits of its day and touchpoint.
        about: What shows it: all of a customer together, in the order in which it became known.
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
        """Ids of the visits that it is about, of interactions where no visit is known: one for each customer."""
        return tuple(dict.fromkeys(one.customer for one in self.about))

    @property
    def customers(self) -> tuple[tuple[Unhappy, ...], ...]:
        """What shows it, customer by customer."""
        return tuple(tuple(those) for _, those in groupby(self.about, lambda one: one.customer))

    @property
    def titled(self) -> Mapping[str, Any]:
        """What `TITLE` names."""
        return {"where": self.touchpoint or self.site, "day": self.day}

    @property
    def title(self) -> str:
        """What is to be done, English."""
        return TITLE % self.titled

    @property
    def evidence(self) -> str:
        """Why, a line for each thing that shows it, English."""
        return "\n".join(one.said for one in self.about)
