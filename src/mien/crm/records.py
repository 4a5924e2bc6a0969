"""What is written into a customer system: frozen records, each with the key by which it is there once only.

Nothing of a visit stands here that its event does not hold (docs/events.md): no curve, no record of a second, no
share of an expression, nothing of a picture. A customer is named only through a consent that stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mien.errors import InputError

if TYPE_CHECKING:
    from mien.privacy import Consent

LONGEST_KEY: Final = 100
"""Characters of a key: it is a column in other systems."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who agreed to be known. There is no other way to one than the consent.

    Make it when the record is sent, from the consent as it is then: one that was withdrawn meanwhile names nobody.

    Attributes:
        consent: The consent.
        at: The moment that it must allow: that of the visit, with zone.

    Raises:
        InputError: It was withdrawn, was not yet given, or is over.
    """

    consent: Consent
    at: datetime

    def __post_init__(self) -> None:
        if not self.consent.allows(self.at):
            raise InputError(
                "The consent does not allow to name this customer: it is withdrawn, over, or was given later; leave "
                "the customer out."
            )

    @property
    def reference(self) -> str:
        """The reference by which the customer system knows them. Never to be logged."""
        return self.consent.reference


class Segment(StrEnum):
    """How the last visit of a consented customer ended."""

    HAPPIER = "left happier"
    UNCHANGED = "left unchanged"
    UNHAPPIER = "left unhappier"
    UNCLEAR = "unclear"
    RETURNED = "returned after a bad visit"


@dataclass(frozen=True, slots=True)
class Stop:
    """A touchpoint on the way of a visit.

    Attributes:
        touchpoint: Its name, if it has one.
        valence: The state there, -1..1; `None` where `reason` says why.
        low: Lower end of its 95 % interval.
        high: Upper end.
        reason: Why there is no state to show.
    """

    touchpoint: str | None
    valence: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def __str__(self) -> str:
        where = self.touchpoint or "-"
        if self.valence is None or self.low is None or self.high is None:
            return f"{where}: {self.reason or 'not shown'}"
        return f"{where}: {self.valence:+.2f} ({self.low:+.2f} to {self.high:+.2f})"


@dataclass(frozen=True, slots=True)
class _Keyed:
    key: str
    sequence: int

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= LONGEST_KEY or not self.key.isprintable():
            raise InputError(
                f"A key has 1 to {LONGEST_KEY} printable characters; this one has {len(self.key)}."
            )
        if not 0 < self.sequence < 10**19:
            raise InputError(f"A sequence is a number from 1 on of at most 19 digits, not {self.sequence}.")
        for one in fields(self):
            moment = getattr(self, one.name)
            if isinstance(moment, datetime) and moment.tzinfo is None:
                raise InputError(f"The moment {one.name} of a record has no zone; give it one, such as UTC.")

    @property
    def version(self) -> str:
        """The sequence as text of 19 digits, which sorts as the number does (as in events)."""
        return f"{self.sequence:019}"


@dataclass(frozen=True, slots=True)
class VisitRecord(_Keyed):
    """A visit, or an interaction where visits are not joined, as far as its event tells of it.

    Attributes:
        key: Which: `visit:ID` or `interaction:ID`, the subject of its events.
        sequence: Number of the event. A higher one takes the place of a lower one, never the other way round.
        site: Name of the site.
        started_at: When it began, with zone; `None` where nobody knows.
        ended_at: When it ended.
        outcome: `improved`, `worsened`, `unchanged` or `unclear`.
        touchpoint: Of an interaction, if it has one.
        eps: EPS in points, -200..200; `None` where `reason` says why.
        eps_low: Lower end of its 95 % interval.
        eps_high: Upper end.
        happiness_index: Of an interaction, 0..100.
        hi_low: Lower end of its 95 % interval.
        hi_high: Upper end.
        reason: Why a number is missing.
        stops: Of a visit, the touchpoints on its way.
        calibrated: Of a visit: whether it may be compared with other sites.
        selected_sample: Of a visit: whether it was joined by face, which must be said beside averages.
        scale: Valence scale of the numbers, if it is one.
        reader: Name and version of the expression reader, if it is one.
        customer: Who it was, where a consent allows to say so.
    """

    site: str
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str
    touchpoint: str | None = None
    eps: float | None = None
    eps_low: float | None = None
    eps_high: float | None = None
    happiness_index: float | None = None
    hi_low: float | None = None
    hi_high: float | None = None
    reason: str | None = None
    stops: tuple[Stop, ...] = ()
    calibrated: bool | None = None
    selected_sample: bool | None = None
    scale: str | None = None
    reader: str | None = None
    customer: Customer | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TaskRecord(_Keyed):
    """Something for a person to do. It is made once; what people do with it afterwards is theirs.

    While it is open, subject and evidence follow what is known: a customer more, or one less who was erased. Where
    people have changed a text, it stays theirs, and what is new is told beside it.

    Attributes:
        key: Which.
        sequence: Number of what caused it.
        subject: What is to be done, in a few words.
        evidence: Why: what the face showed where and when, and how sure that is; a line for each customer.
        due_at: Until when, with zone.
        about: Key of the visit it is about, which must be written before; `None` where it is about several.
        customer: Who it concerns, where a consent allows to say so.
        urgent: Whether it goes before others.
        changed: Whether it was made before: then the one that is there is changed, and none is made.
    """

    subject: str
    evidence: str
    due_at: datetime
    about: str | None = None
    customer: Customer | None = field(default=None, repr=False)
    urgent: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class NoteRecord(_Keyed):
    """An entry in the timeline of a visit or of a customer. It is made once.

    Attributes:
        key: Which.
        sequence: Number of what caused it.
        title: A few words.
        text: The rest.
        about: Key of the visit in whose timeline it stands; of the customer's where left out.
        customer: In whose timeline it stands where `about` is left out.

    Raises:
        InputError: It stands nowhere, or in two places.
    """

    title: str
    text: str
    about: str | None = None
    customer: Customer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _Keyed.__post_init__(self)
        if (self.about is None) == (self.customer is None):
            raise InputError(
                "A note stands either in the timeline of a visit or in that of a customer; name one."
            )


@dataclass(frozen=True, slots=True)
class SegmentRecord(_Keyed):
    """To which segment a consented customer belongs now.

    Attributes:
        key: Which.
        sequence: Number of what caused it; a lower one never takes the place of a higher one.
        customer: Whose.
        segment: Which; `None` takes the customer out of it.
    """

    customer: Customer = field(repr=False)
    segment: Segment | None


class Kind(StrEnum):
    """What a withdrawal is of."""

    VISIT = "visit"
    TASK = "task"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Withdrawal(_Keyed):
    """What was written must be taken back: erased, joined anew, or found no more.

    Attributes:
        key: The key of the record.
        sequence: Number of the event that says so.
        of: What it was.
        reason: Why, in words.
    """

    of: Kind
    reason: str


Record = VisitRecord | TaskRecord | NoteRecord | SegmentRecord | Withdrawal
"""Whatever a connector takes."""
