"""The desk: whether a signal is told, counted with one that was told, or held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mien.action.types import Signal
    from mien.site.hours import Hours
    from mien.site.rules import Rule


@dataclass(frozen=True, slots=True)
class Recent:
    """What is known of a rule when a signal comes.

    Attributes:
        uid: The newest alert of this rule at this touchpoint, today or not; `None` where there is none.
        last_at: Capture time of the newest signal that it stands for.
        today: Alerts of this rule on the day of the signal, on the clock of the site.
    """

    uid: str | None = None
    last_at: datetime | None = None
    today: int = 0


class Held(StrEnum):
    """Why nobody is told of a signal."""

    QUIET = "quiet hours"
    CAP = "daily cap"


@dataclass(frozen=True, slots=True)
class New:
    """It becomes an alert.

    Attributes:
        expires_at: Until when it is shown as open.
    """

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Together:
    """It is counted with an alert that is there.

    Attributes:
        uid: Which.
    """

    uid: str


Decision = New | Together | Held


def decide(signal: Signal, rule: Rule, zone: ZoneInfo, recent: Recent) -> Decision:
    """What becomes of a signal.

    Args:
        signal: What a rule found.
        rule: Its settings.
        zone: The clock of the site.
        recent: What was told before.
    """
    if any(_holds(hours, signal.at, zone) for hours in rule.quiet):
        return Held.QUIET
    if recent.uid is not None and recent.last_at is not None:
        since = (signal.at - recent.last_at).total_seconds()
        if 0 <= since < rule.cooldown_s:
            return Together(recent.uid)
    if recent.today >= rule.daily_cap:
        return Held.CAP
    return New(signal.at + timedelta(seconds=rule.expires_s))


def _holds(hours: Hours, at: datetime, zone: ZoneInfo) -> bool:
    day = at.astimezone(zone).date()
    # Hours of the day before may last until now.
    return any(hours.on(one, zone).holds(at) for one in (day, day - timedelta(days=1)))
