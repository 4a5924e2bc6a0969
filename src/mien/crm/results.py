"""What a connector answers: done, parked for good, or to be tried again. Expected refusals raise nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Closed(StrEnum):
    """How a task ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Closing:
    """A task that is open no more in the customer system.

    Attributes:
        key: The key of its record.
        how: `done`, `cancelled`, or `gone` where somebody removed it.
        at: When, with zone; `None` where that is not known.
    """

    key: str
    how: Closed
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """The record is there, as it was given or newer.

    Attributes:
        where: What the customer system calls it, such as its id; empty where it calls it nothing.
        closing: Of a task that was to be changed: that it is open there no more, and stays as people left it.
    """

    where: str = ""
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The sentence with its values, English."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Parked(_Refused):
    """It was refused, and would be refused again: somebody must look at it before it is sent another time.

    Attributes:
        text: Why and what to do, an English sentence that names its values as `%(name)s`.
        values: What it names, so that pages can say it in another language.
    """


@dataclass(frozen=True, slots=True)
class Missing(Parked):
    """It was refused since what it refers to is not there: the visit, or a contact with the customer's reference."""


@dataclass(frozen=True, slots=True)
class Again(_Refused):
    """It may go through later; nothing is known of whether it arrived, and sending it again does no harm.

    Attributes:
        text: Why, an English sentence that names its values as `%(name)s`.
        values: What it names.
        after_s: Seconds that the other side asks to wait; `None` where it says nothing, so that the sender backs off
            as it thinks fit.
    """

    after_s: float | None = None


Result = Done | Parked | Again
"""What became of a record."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check looked at.

    Attributes:
        what: What it is, a few words.
        fine: Whether it is as it should be.
        text: What was found and, where it is not fine, the way out.
        values: What the text names as `%(name)s`.
    """

    what: str
    fine: bool
    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The text with its values, English."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a set-up would make.

    Attributes:
        key: Which, for the connector that named it.
        text: What it makes, in words.
    """

    key: str
    text: str
