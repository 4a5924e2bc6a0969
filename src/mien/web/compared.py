"""Comparisons as a page says and draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from babel import dates

from mien.insight import Grouping, Measure, Standing
from mien.store.rolled import PLACE_MARK
from mien.web.reasons import told
from mien.web.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.insight import Comparison, Group, Row, TrendRow
    from mien.runtime.compare import Worsening
    from mien.store import Chosen
    from mien.web.texts import Language

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

_WORSE: Final = {
    Measure.INDEX: N_(
        "%(site)s: the Happiness Index fell by %(by)s points (%(low)s to %(high)s) in %(now)s against %(before)s."
    ),
    Measure.EPS: N_(
        "%(site)s: the mean EPS fell by %(by)s points (%(low)s to %(high)s) in %(now)s against %(before)s."
    ),
    Measure.WORSENED: N_(
        "%(site)s: the share that left unhappier rose by %(by)s percentage points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
    Measure.IMPROVED: N_(
        "%(site)s: the share that left happier fell by %(by)s percentage points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
}
_THIRD: Final = {
    "fell_begin": N_("Critical moments became more frequent in the first third of the interaction."),
    "fell_middle": N_("Critical moments became more frequent in the middle third of the interaction."),
    "fell_end": N_("Critical moments became more frequent in the last third of the interaction."),
}
_PLACE_WORSE: Final = {
    Measure.INDEX: N_(
        "%(place)s at %(site)s: the Happiness Index fell by %(by)s points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
    Measure.EPS: N_(
        "%(place)s at %(site)s: the mean EPS fell by %(by)s points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
    Measure.WORSENED: N_(
        "%(place)s at %(site)s: the share that left unhappier rose by %(by)s percentage points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
    Measure.IMPROVED: N_(
        "%(place)s at %(site)s: the share that left happier fell by %(by)s percentage points (%(low)s to %(high)s) "
        "in %(now)s against %(before)s."
    ),
}
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


def month_name(month: date, spoken: Language) -> str:
    """A month with its year, as speakers of a language write it within a sentence."""
    return str(dates.format_skeleton("yMMMM", month, locale=spoken.locale))


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


def tone_of(standing: Standing, measure: Measure) -> str:
    """What a verdict says: `good`, `bad`, or `none` where no difference is shown."""
    if standing not in (Standing.HIGHER, Standing.LOWER):
        return "none"
    return "good" if (standing is Standing.HIGHER) == (measure in _HIGHER_IS_GOOD) else "bad"


def headline_of(found: Worsening, measure: Measure, months: tuple[date, date], spoken: Language) -> list[str]:
    """Which store got worse and where in the visit, in sentences.

    Args:
        found: What was found.
        measure: What was averaged.
        months: First days of the month and of the one before, which it is compared with.
        spoken: The language.
    """
    now, past = (month_name(month, spoken) for month in months)
    return [capital(sentence, now, past) for sentence in _headline(found, measure, now, past, spoken)]


def _headline(found: Worsening, measure: Measure, now: str, past: str, spoken: Language) -> list[str]:
    site, place = found.site, found.touchpoint
    if site is not None:
        said = [_fall(_WORSE[measure], site, spoken, now=now, before=past, site=site.label or "–")]
        if place is not None:
            said.append(spoken.text("Most of it at the touchpoint %(name)s.", name=place.label or "–"))
        else:
            said.append(spoken.text("At no single touchpoint is it shown."))
    elif place is not None:
        name, _, touchpoint = (place.label or "").partition(PLACE_MARK)
        said = [
            _fall(
                _PLACE_WORSE[measure],
                place,
                spoken,
                now=now,
                before=past,
                site=name,
                place=capital(touchpoint),
            )
        ]
        said.append(spoken.text("No store as a whole is shown to have got worse."))
    elif any(row.change for row in found.sites.rows):
        said = [
            spoken.text(
                "No store is shown to have got worse in %(now)s against %(before)s.", now=now, before=past
            )
        ]
        unknown = [row.label or "–" for row in found.sites.rows if row.change is None]
        if unknown:
            said.append(spoken.text("Of these it cannot be told: %(names)s.", names=", ".join(unknown)))
        return said
    else:
        text = N_("Cannot tell whether anything got worse: too little is stored of %(before)s or %(now)s.")
        return [spoken.text(text, now=now, before=past)]
    if found.third is not None:
        label = found.third.label or ""
        said.append(spoken.text(_THIRD[label]))
    else:
        said.append(
            spoken.text("In no third of the interaction are critical moments shown to be more frequent.")
        )
    worst = site or place
    rows = (found.sites if site is not None else found.touchpoints or found.sites).rows
    also = [
        (row.label or "–").replace(PLACE_MARK, " · ")
        for row in rows
        if worst is not None and row.standing is worst.standing and row is not worst
    ]
    if also:
        said.append(spoken.text("Also shown to have got worse: %(names)s.", names=", ".join(also)))
    return said


def _fall(text: str, row: TrendRow, spoken: Language, **names: str) -> str:
    change = row.change
    if change is None:
        return ""
    ends = sorted(abs(end) for end in (change.low, change.high))
    return spoken.text(
        text,
        by=spoken.number(abs(change.value), _DIGITS),
        low=spoken.number(ends[0], _DIGITS),
        high=spoken.number(ends[1], _DIGITS),
        **names,
    )


def verdicts_of(found: Comparison, spoken: Language) -> list[str]:
    """Which groups differ, in sentences."""
    names = {
        standing: ", ".join(_name(row, found.by, spoken) for row in found.rows if row.standing is standing)
        for standing in Standing
    }
    if not any(row.change for row in found.rows):
        return []
    by_month = found.by is Grouping.MONTH
    higher = (
        N_("Higher than the month before: %(names)s.")
        if by_month
        else N_("Higher than the others: %(names)s.")
    )
    lower = (
        N_("Lower than the month before: %(names)s.") if by_month else N_("Lower than the others: %(names)s.")
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
        return capital(month_name(date.fromisoformat(f"{row.label}-01"), spoken))
    return spoken.text(THIRDS[row.label]) if by is Grouping.THIRD else row.label


def _why(group: Group, spoken: Language) -> str:
    return told(group.reason, spoken)


def axis(low: float, high: float) -> tuple[float, int, int]:
    """A round step and the first and last multiple of it, so that two values lie between."""
    rough = max(high - low, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in _STEPS if k * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return step, first, max(last, first + 1)
