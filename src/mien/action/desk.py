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
class Standing:
    """An alert that nobody has acknowledged yet.

    Attributes:
        uid: Which.
        at: Capture time of the signal that it was raised for.
        over_at: When it is no longer shown as open.
    """

    uid: str
    at: datetime
    over_at: datetime

    def takes(self, signal: Signal, rule: Rule) -> bool:
        """Whether one more signal that is alike is counted with it.

        So it is within the cooldown of when it was raised, before or after since signals may come late, while it is
        open: who is counted later than that would be told to nobody.

        Args:
            signal: What a rule found.
            rule: Its settings.
        """
        apart_s = abs((signal.at - self.at).total_seconds())
        return apart_s < rule.cooldown_s and signal.at < self.over_at


@dataclass(frozen=True, slots=True)
class Recent:
    """What is known of a rule when a signal comes.

    Attributes:
        standing: Its alerts at this touchpoint, about what is alike, that nobody has acknowledged, the newest first.
        today: All its alerts on the day of the signal, on the clock of the site.
    """

    standing: tuple[Standing, ...] = ()
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
    for alert in recent.standing:
        if alert.takes(signal, rule):
            return Together(alert.uid)
    if recent.today >= rule.daily_cap:
        return Held.CAP
    return New(signal.at + timedelta(seconds=rule.expires_s))


def _holds(hours: Hours, at: datetime, zone: ZoneInfo) -> bool:
    day = at.astimezone(zone).date()
    # Hours of the day before may last until now.
    return any(hours.on(one, zone).holds(at) for one in (day, day - timedelta(days=1)))
