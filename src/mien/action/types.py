"""What rules find and what staff are told: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mien.marking import in_english

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class RuleName(StrEnum):
    """The rules, by what their tables in the site file are called (`mien.site.rules`)."""

    ARRIVAL = "arrival"
    CHECKOUT = "checkout"
    QUEUE = "queue"
    LEFT_UNHAPPY = "left_unhappy"
    DELIGHT = "delight"
    HEALTH = "health"
    TENSION = "tension"


class Situation(StrEnum):
    """What a playbook has advice for, beside the moods of the eyes chart."""

    ARRIVAL = "arrival"
    ARRIVAL_TIRED = "arrival tired"
    ARRIVAL_UNPLEASANT = "arrival unpleasant"
    ARRIVAL_PLEASANT = "arrival pleasant"
    CHECKOUT_FALLING = "checkout falling"
    QUEUE_SOUR = "queue sour"
    LEFT_UNHAPPY = "left unhappy"
    DELIGHT = "delight"
    CAMERA_TROUBLE = "camera trouble"
    SYSTEM_TROUBLE = "system trouble"
    TENSION = "tension"


class AlertState(StrEnum):
    """How far an alert has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"


ALERT_STATES: Final = tuple(AlertState)


class Answer(StrEnum):
    """What staff say of an alert afterwards."""

    RIGHT = "right"
    WRONG = "wrong"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Signal:
    """What a rule has found. Whether somebody is told is for the desk to decide (`mien.action.decide`).

    Attributes:
        rule: Which rule.
        situation: What it is, for playbooks.
        touchpoint: Where; `None` where it concerns the whole site.
        subject: What it is about, so that it is raised once whoever finds it again: the id of the interaction or visit
            for persons, else such as `queue:TOUCHPOINT:MOMENT` or `camera:NAME:MOMENT`.
        since: Since when it lasts, UTC.
        at: Capture time of the picture at which the rule's bound was crossed, UTC.
        text: Why, an English sentence that names its values as `%(name)s` (marked with `N_`).
        values: What it names: strings, numbers, days, and moments on the clock of the site.
        probability: How sure, 0.5..1; `None` where it is counted and not judged.
        n: Usable readings, customers or pictures that it rests on.
        mood: Key of the mood of the eyes chart that the face shows, where one may be told.
        service_point: Till or desk, where it is known.
        alike: What must be the same beside rule and touchpoint for it to be counted with another: of a trouble, what is
            troubled and how. `None` of persons and stretches of time, which are alike at one touchpoint.
    """

    rule: RuleName
    situation: Situation
    touchpoint: str | None
    subject: str
    since: datetime
    at: datetime
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    probability: float | None = None
    n: int = 0
    mood: str | None = None
    service_point: str | None = None
    alike: str | None = None

    @property
    def why(self) -> str:
        """The sentence with its values, English."""
        return in_english(self.text, self.values)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something for staff now.

    Attributes:
        uid: Names it: uuid5 of site, rule and subject.
        site: Its site.
        signal: What was found first.
        count: How many signals it stands for; alike ones are counted, not told anew.
        state: Open, acknowledged or over.
        raised_at: When it was stored, UTC.
        last_at: Capture time of the newest signal that it stands for, UTC.
        expires_at: When it is no longer shown as open, UTC.
        escalated_at: When the manager was told, since nobody had acknowledged it; `None` before.
        acknowledged_at: When somebody acknowledged it.
        acknowledged_by: Who.
        answer: What staff said of it; `None` before.
        answered_by: Who.
    """

    uid: str
    site: str
    signal: Signal
    count: int
    state: AlertState
    raised_at: datetime
    last_at: datetime
    expires_at: datetime
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    answer: Answer | None = None
    answered_by: str | None = None
