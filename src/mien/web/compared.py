"""Comparisons as a page says and draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from mien.insight import Grouping, Measure, Standing
from mien.marking import N_
from mien.spoken.reasons import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.insight import Comparison, Group, Row
    from mien.spoken import Language
    from mien.store import Chosen

MEASURES: Final = {
    Measure.INDEX: (N_("Happiness Index"), N_("points")),
    Measure.EPS: ("EPS", N_("points")),
    Measure.WORSENED: (N_("Share that left unhappier"), "%"),
    Measure.IMPROVED: (N_("Share that left happier"), "%"),
}
"""What can be compared, as it is named, and its unit."""
THIRDS: Final = {
    "fell_begin": N_("first third"),
    "fell_middle": N_("middle third"),
    "fell_end": N_("last third"),
}
"""Thirds of an interaction, as they are named."""

_HIGHER_IS_GOOD: Final = {Measure.INDEX, Measure.EPS, Measure.IMPROVED}
_DIGITS: Final = 1
_STEPS: Final = (1, 2, 5, 10)
_TICKS: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """One group of the chart; places are per cent of the width.

    Attributes:
        row: The group.
        name: As it is shown.
        why: Why it has no mean, in the language of the page.
        tone: `good`, `bad` or `none`: what a difference that is shown says.
        low: Where its interval begins; `None` without a mean.
        width: How wide it is.
        at: Where its mean is.
    """

    row: Row
    name: str
    why: str
    tone: str
    low: float | None = None
    width: float | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Groups with their intervals on one axis.

    Attributes:
        marks: The groups, in order.
        ticks: Places and values of the axis.
        whole: Where the mean of all is; `None` where there is none.
        digits: Decimals of the values of the axis.
    """

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, float], ...]
    whole: float | None
    digits: int


def capital(text: str, *beginnings: str) -> str:
    """A text with a capital at its beginning.

    Args:
        text: The text.
        *beginnings: Only where it begins with one of these, as a sentence may in one language and not in another.
    """
    begins = not beginnings or text.startswith(beginnings)
    return text[:1].upper() + text[1:] if begins else text


def chart_of(found: Comparison, spoken: Language) -> Chart:
    """Where everything of a comparison is drawn."""
    shown = [row.found.mean for row in found.rows if row.found.mean is not None]
    if not shown:
        marks = tuple(
            Mark(row, _name(row, found.by, spoken), _why(row.found, spoken), "none") for row in found.rows
        )
        return Chart(marks, (), None, 0)
    step, first, last = axis(min(one.low for one in shown), max(one.high for one in shown))
    width = (last - first) * step

    def place(value: float) -> float:
        return round(100 * (value - first * step) / width, 2)

    marks = tuple(
        Mark(row, _name(row, found.by, spoken), _why(row.found, spoken), tone_of(row.standing, found.measure))
        if row.found.mean is None
        else Mark(
            row,
            _name(row, found.by, spoken),
            "",
            tone_of(row.standing, found.measure),
            place(row.found.mean.low),
            round(place(row.found.mean.high) - place(row.found.mean.low), 2),
            place(row.found.mean.value),
        )
        for row in found.rows
    )
    mean = None if found.whole is None else found.whole.mean
    return Chart(
        marks,
        tuple((place(k * step), k * step) for k in range(first, last + 1)),
        None if mean is None else place(mean.value),
        0 if step >= 1 else 1,
    )


def higher_is_good(measure: Measure) -> bool:
    """Whether more of a measure is better."""
    return measure in _HIGHER_IS_GOOD


def tone_of(standing: Standing, measure: Measure) -> str:
    """What a verdict says: `good`, `bad`, or `none` where no difference is shown."""
    if standing not in (Standing.HIGHER, Standing.LOWER):
        return "none"
    return "good" if (standing is Standing.HIGHER) == higher_is_good(measure) else "bad"


def verdicts_of(found: Comparison, spoken: Language) -> list[str]:
    """Which groups differ, in sentences."""
    names = {
        standing: ", ".join(_name(row, found.by, spoken) for row in found.rows if row.standing is standing)
        for standing in Standing
    }
    if not any(row.change for row in found.rows):
        return []
    by_month = found.by is Grouping.MONTH
    higher, lower = (
        (N_("Higher than the month before: %(names)s."), N_("Lower than the month before: %(names)s."))
        if by_month
        else (
            N_("Critical moments are more frequent in the %(names)s."),
            N_("They are rarer in the %(names)s."),
        )
        if found.by is Grouping.THIRD
        else (N_("Higher than the others: %(names)s."), N_("Lower than the others: %(names)s."))
    )
    said = [
        spoken.text(text, names=names[standing])
        for standing, text in ((Standing.HIGHER, higher), (Standing.LOWER, lower))
        if names[standing]
    ]
    return said or [spoken.text("No difference between them is shown.")]


def report_rows(found: Comparison, which: Chosen) -> Iterator[list[object]]:
    """The table of a comparison for a spreadsheet, its head first."""
    yield [
        str(found.by), "measure", "first_day", "last_day", "interactions", "counted", "days", "mean", "low", "high",
        "reason", f"minus {found.against}", "difference_low", "difference_high", "joint_low", "joint_high", "verdict",
        "pulled_mean", "pulled_low", "pulled_high", "best_rank", "worst_rank",
    ]  # fmt: skip
    for row in found.rows:
        group, mean, change, ranked = row.found, row.found.mean, row.change, row.ranked
        yield [
            row.label, str(found.measure if found.by is not Grouping.THIRD else row.label), which.first, which.last,
            group.interactions, group.counted, group.days,
            *([None] * 3 if mean is None else [mean.value, mean.low, mean.high]),
            group.reason or row.reason,
            *([None] * 5 if change is None else
              [change.value, change.low, change.high, change.joint_low, change.joint_high]),
            str(row.standing),
            *([None] * 5 if ranked is None else
              [ranked.value, ranked.low, ranked.high, ranked.best, ranked.worst]),
        ]  # fmt: skip


def _name(row: Row, by: Grouping, spoken: Language) -> str:
    if row.label is None:
        return spoken.text("none named")
    if by is Grouping.MONTH:
        return capital(spoken.month(date.fromisoformat(f"{row.label}-01")))
    return spoken.text(THIRDS[row.label]) if by is Grouping.THIRD else row.label


def _why(group: Group, spoken: Language) -> str:
    return told(group.reason, spoken)


def axis(low: float, high: float) -> tuple[float, int, int]:
    """A round step and its first and last multiple, so that two values lie between.

    Args:
        low: The smaller value.
        high: The larger one.
    """
    rough = max(high - low, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in _STEPS if k * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return step, first, max(last, first + 1)
