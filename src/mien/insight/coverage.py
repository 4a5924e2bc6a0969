"""When the cameras of a comparison were not read while the site was open. Nothing is filled in; it is told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from mien.insight.gather import hour_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

K = TypeVar("K")
Side = Literal["entrance", "exit"]

LEAST_MISSING_S: Final = 60.0
"""Seconds that a camera must have missed in a period for it to be marked: starting takes some."""
_HOUR: Final = timedelta(hours=1)


class Stretch(NamedTuple):
    """A stretch of time: its first moment, and the first after it, both with a zone."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """When a camera was to be read, and when it was.

    Attributes:
        camera: Its name.
        side: Which side it sees.
        expected: When it was to be read, apart and in order.
        read: When it was, in any order.
        troubles: Why it was not, where that is known: the reason, and when.
        otherwise: The reason of all other times.
    """

    camera: str
    side: Side
    expected: Sequence[Stretch]
    read: Sequence[Stretch]
    troubles: Sequence[tuple[str, Stretch]]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What a camera missed in a period.

    Attributes:
        camera: Its name.
        side: Which side it sees.
        missing_s: For how long it was not read though the site was open, seconds.
        expected_s: For how long the site was open, seconds.
        reasons: Why, that which took longest first.
    """

    camera: str
    side: Side
    missing_s: float
    expected_s: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What cameras missed, by period; each lists the cameras that missed a minute or more of it.

    Attributes:
        hours: By hour, as `mien.insight.gather.hour_of` gives it.
        clock: By hour of the day.
        days: By day.
        total: In the whole time.
        cameras: The cameras that were looked at, each with its side.
    """

    hours: Mapping[datetime, tuple[Missing, ...]] = field(default_factory=dict)
    clock: Mapping[int, tuple[Missing, ...]] = field(default_factory=dict)
    days: Mapping[date, tuple[Missing, ...]] = field(default_factory=dict)
    total: tuple[Missing, ...] = ()
    cameras: tuple[tuple[str, Side], ...] = ()


@dataclass(slots=True)
class _Sum:
    """Seconds of one camera in one period."""

    expected_s: float = 0.0
    missing_s: float = 0.0
    reasons: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: _Sum) -> None:
        self.expected_s += other.expected_s
        self.missing_s += other.missing_s
        for reason, seconds in other.reasons.items():
            self.reasons[reason] += seconds


_Hours = defaultdict[datetime, defaultdict[tuple[str, Side], _Sum]]


def coverage_of(watches: Sequence[Watch], zone: ZoneInfo) -> Coverage:
    """What cameras missed, by hour, by hour of the day, by day, and in all.

    Args:
        watches: The cameras of both sides.
        zone: Clock of the site.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> nine, later, ten = (datetime(2026, 5, 4, *at, tzinfo=UTC) for at in ((9, 0), (9, 45), (10, 0)))
        >>> watch = Watch("front", "entrance", [Stretch(nine, ten)], [Stretch(nine, later)], [], "not running")
        >>> coverage_of([watch], ZoneInfo("UTC")).clock[9]
        (Missing(camera='front', side='entrance', missing_s=900.0, expected_s=3600.0, reasons=('not running',)),)
    """
    hours: _Hours = defaultdict(lambda: defaultdict(_Sum))
    for watch in watches:
        name = watch.camera, watch.side
        missing = without(watch.expected, watch.read)
        for hour, seconds in _by_hour(watch.expected, zone):
            hours[hour][name].expected_s += seconds
        for hour, seconds in _by_hour(missing, zone):
            hours[hour][name].missing_s += seconds
        for reason, pieces in _reasons(missing, watch):
            for hour, seconds in _by_hour(pieces, zone):
                hours[hour][name].reasons[reason] += seconds
    return Coverage(
        hours=_told(hours, lambda hour: hour),
        clock=_told(hours, lambda hour: hour.hour),
        days=_told(hours, lambda hour: hour.date()),
        total=_told(hours, lambda _: 0).get(0, ()),
        cameras=tuple((watch.camera, watch.side) for watch in watches),
    )


def _told(hours: _Hours, period: Callable[[datetime], K]) -> dict[K, tuple[Missing, ...]]:
    """What is told of each period that hours belong to."""
    sums: defaultdict[K, defaultdict[tuple[str, Side], _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for hour in sorted(hours):
        for name, one in hours[hour].items():
            sums[period(hour)][name].add(one)
    found = {
        key: tuple(
            Missing(camera, side, one.missing_s, one.expected_s, _longest_first(one.reasons))
            for (camera, side), one in cameras.items()
            if one.missing_s >= LEAST_MISSING_S
        )
        for key, cameras in sums.items()
    }
    return {key: missing for key, missing in found.items() if missing}


def _longest_first(reasons: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reasons[reason]))


def _reasons(missing: Sequence[Stretch], watch: Watch) -> Iterator[tuple[str, list[Stretch]]]:
    """Why a camera missed what it missed; times may have several reasons."""
    for reason, when in watch.troubles:
        yield reason, common(missing, [when])
    yield watch.otherwise, without(missing, [when for _, when in watch.troubles])


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches of time in order, those that touch made one; empty ones are left out."""
    found: list[Stretch] = []
    for one in sorted(stretches):
        if one.begin >= one.end:
            continue
        if found and one.begin <= found[-1].end:
            found[-1] = Stretch(found[-1].begin, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def without(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """What of stretches of time no other one holds, in order."""
    taken = united(others)
    found = []
    for begin, end in united(stretches):
        at = begin
        for other in taken:
            if other.end <= at:
                continue
            if other.begin >= end:
                break
            if other.begin > at:
                found.append(Stretch(at, other.begin))
            at = other.end
        if at < end:
            found.append(Stretch(at, end))
    return found


def common(stretches: Iterable[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What of stretches of time another one holds too, in order."""
    known = list(stretches)
    return without(known, without(known, others))


def _by_hour(stretches: Iterable[Stretch], zone: ZoneInfo) -> Iterator[tuple[datetime, float]]:
    """The hours on the wall that stretches of time reach into, with the seconds that lie in each."""
    for begin, end in stretches:
        at = begin
        while at < end:
            hour = hour_of(at, zone)
            until = min(hour + _HOUR, end)
            yield hour, (until - at).total_seconds()
            at = until
