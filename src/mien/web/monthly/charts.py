"""The charts of a report as places and outlines that a template draws."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from babel import dates

from mien.web.compared import axis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mien.insight import Estimate, Group
    from mien.runtime.monthly import Frame, Week
    from mien.spoken import Language

WIDE: Final = 720
"""Width of the box that the daily curve is drawn in."""
HIGH: Final = 230
"""Its height."""
_LEFT, _RIGHT, _TOP, _FOOT = 36.0, 10.0, 10.0, 30.0
_DAY_STEP: Final = 7


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The mean of each day of a month with its band.

    Attributes:
        bands: Outlines of the 95 % band, one for each run of days that have a mean.
        lines: Outlines of the means.
        dots: Where each mean is.
        whole: Height at which the mean of the month is; `None` where there is none.
        before: That of the month before; `None` likewise.
        across: Values of the axis.
        below: Days of the axis: Mondays.
        missing: Days without a mean, as they are named.
    """

    bands: tuple[str, ...]
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    whole: float | None
    before: float | None
    across: tuple[Tick, ...]
    below: tuple[Tick, ...]
    missing: tuple[str, ...]


def curve_of(
    days: Mapping[date, Group], frame: Frame, means: tuple[Estimate | None, Estimate | None], spoken: Language
) -> Curve | None:
    """The curve of a month; `None` where no day has a mean.

    Args:
        days: The days.
        frame: What the report begins with.
        means: Of the month, and of the one before.
        spoken: The language.
    """
    shown = {day: group.mean for day, group in days.items() if group.mean is not None}
    if not shown:
        return None
    values = [end for mean in shown.values() for end in (mean.low, mean.high)]
    values += [mean.value for mean in means if mean is not None]
    step, first, last = axis(min(values), max(values))
    first_day, length = frame.month.first, frame.month.last.day

    def x(day: date) -> float:
        return round(_LEFT + (WIDE - _LEFT - _RIGHT) * ((day - first_day).days + 0.5) / length, 1)

    def y(value: float) -> float:
        share = (value / step - first) / (last - first)
        return round(HIGH - _FOOT - (HIGH - _FOOT - _TOP) * share, 1)

    runs = [
        [day for _, day in run]
        for _, run in groupby(enumerate(shown), key=lambda one: one[1].toordinal() - one[0])
    ]
    whole, before = (None if mean is None else y(mean.value) for mean in means)
    digits = 0 if step >= 1 else 1
    return Curve(
        bands=tuple(
            _path([(x(d), y(shown[d].high)) for d in run] + [(x(d), y(shown[d].low)) for d in reversed(run)])
            + "Z"
            for run in runs
            if len(run) > 1
        ),
        lines=tuple(_path([(x(d), y(shown[d].value)) for d in run]) for run in runs if len(run) > 1),
        dots=tuple((x(day), y(mean.value)) for day, mean in shown.items()),
        whole=whole,
        before=before,
        across=tuple(Tick(y(k * step), spoken.number(k * step, digits)) for k in range(first, last + 1)),
        below=tuple(
            Tick(x(day), dates.format_skeleton("MMMd", day, locale=spoken.locale))
            for n in range(length)
            for day in [first_day.replace(day=n + 1)]
            if day.weekday() == 0
        ),
        missing=tuple(
            spoken.number(day.day) for day, group in days.items() if group.mean is None and group.interactions
        ),
    )


@dataclass(frozen=True, slots=True)
class WeekCell:
    """A weekday in a shift.

    Attributes:
        found: What was found; `None` where nobody was seen.
        tone: `good` where its interval lies above the mean of the month, `bad` below, else `none`.
    """

    found: Group | None
    tone: str


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Weekdays by shift.

    Attributes:
        heads: Names of the shifts; empty names are those of interactions in none.
        rows: Name of each weekday with its cells.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[WeekCell, ...]], ...]


def week_of(week: Week, mean: Estimate | None, spoken: Language) -> WeekTable:
    """The table of weekdays by shift.

    Args:
        week: What was found.
        mean: The mean of the month.
        spoken: The language.
    """
    names = dates.get_day_names("wide", "stand-alone", locale=spoken.locale)
    rows = []
    for weekday in range(7):
        cells = tuple(_cell(week.cells.get((weekday, shift)), mean) for shift in week.shifts)
        if any(cell.found for cell in cells):
            name = str(names[weekday])
            rows.append((name[:1].upper() + name[1:], cells))
    return WeekTable(tuple(name or "" for name in week.shifts), tuple(rows))


def _cell(found: Group | None, mean: Estimate | None) -> WeekCell:
    if found is None or found.mean is None or mean is None:
        return WeekCell(found, "none")
    tone = "good" if found.mean.low > mean.value else "bad" if found.mean.high < mean.value else "none"
    return WeekCell(found, tone)


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
