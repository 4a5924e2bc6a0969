"""Each store against itself the month before: which got worse, where, and when, as a page says and draws it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from babel import dates

from mien.insight import Measure
from mien.marking import N_
from mien.runtime.compare import find_worsening
from mien.runtime.monthly import Month
from mien.spoken.reasons import told
from mien.store.rolled import PLACE_MARK
from mien.web.compared import MEASURES, THIRDS, axis, capital, higher_is_good, tone_of
from mien.web.worsened import headline_and_notes, most_of_it

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mien.insight import Trend, TrendRow
    from mien.runtime.compare import Worsening
    from mien.spoken import Language
    from mien.store import Chosen, Store

_THIRD: Final = {
    "fell_begin": N_("Critical moments became more frequent in the first third of the interaction."),
    "fell_middle": N_("Critical moments became more frequent in the middle third of the interaction."),
    "fell_end": N_("Critical moments became more frequent in the last third of the interaction."),
}


@dataclass(frozen=True, slots=True)
class Lane:
    """One group and its change; places are per cent of the width.

    Attributes:
        row: The group in both periods.
        name: As it is shown.
        why: Why nothing can be told of its change, in the language of the page.
        tone: `good`, `bad` or `none`: what a change that is shown says.
        chosen: Whether it is the one that the next step looks into.
        low: Where the interval begins; `None` without a change.
        width: How wide it is.
        at: Where the change is.
    """

    row: TrendRow
    name: str
    why: str
    tone: str
    chosen: bool
    low: float | None = None
    width: float | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the stores to the moment: groups, each against itself the month before.

    Attributes:
        kind: `store`, `place`, `shift` or `third`.
        within: The store or touchpoint that it looks into; empty for the first.
        says: What was found, in a sentence; empty where the headline says it.
        lanes: The groups, the worst change first, those without one last; thirds in their order.
        zero: Where no change is, per cent of the width.
        ends: The smallest and the largest value of the axis.
        share: Whether the changes are of shares, in percentage points.
    """

    kind: str
    within: str
    says: str
    lanes: tuple[Lane, ...]
    zero: float
    ends: tuple[float, float]
    share: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Which store got worse, where and when.

    Attributes:
        headline: The answer in one sentence.
        notes: What else is to be said.
        steps: How it was found, each step looking into the one before.
        days: The days that are looked at, up to the last that anything is stored of.
        before: The days that they are compared with.
        site: The store that it got worse in, as a whole or at one touchpoint; `None` where none is shown to.
        touchpoint: The touchpoint that it got worse at; `None` where none is shown to.
        shift: The shift in which it got worse there; `None` where none is shown to.
    """

    headline: str
    notes: tuple[str, ...]
    steps: tuple[Step, ...]
    days: str
    before: str
    site: str | None
    touchpoint: str | None
    shift: str | None


def answer_of(store: Store, which: Chosen, until: date, measure: Measure, spoken: Language) -> Answer:
    """Which store got worse and where in the visit, in the last month of a period.

    Args:
        store: The open store.
        which: Which interactions; of several months the last one is looked at.
        until: The last day that anything is stored of.
        measure: What is averaged.
        spoken: The language.

    Raises:
        StoreError: The database says no.
    """
    month = Month.of(which.last)
    before = month.before
    found = find_worsening(store, replace(which, first=month.first), before.days, measure)
    now, past = (spoken.month(one.first) for one in (month, before))
    headline, notes = headline_and_notes(found, measure, now, past, spoken)
    headline, notes = capital(headline, now, past), (*notes, *most_of_it(found, spoken))
    looks = _looks(found, spoken) if any(row.change for row in found.sites.rows) else ()
    steps = tuple(_drawn(look, measure, spoken) for look in looks)
    days = _days(month.first, min(until, which.last), spoken), _days(*before.days, spoken)
    label = None if found.touchpoint is None else found.touchpoint.label
    shift = None if found.shift is None else found.shift.label
    if found.site is None and label is not None:
        site, _, touchpoint = label.partition(PLACE_MARK)
        return Answer(headline, notes, steps, *days, site, touchpoint, shift)
    at = None if found.site is None else found.site.label
    return Answer(headline, notes, steps, *days, at, label, shift)


def headline_of(found: Worsening, measure: Measure, months: tuple[date, date], spoken: Language) -> list[str]:
    """Which store got worse and where in the visit, in sentences.

    Args:
        found: What was found.
        measure: What was averaged.
        months: First days of the month and of the one before, which it is compared with.
        spoken: The language.
    """
    now, past = (spoken.month(one) for one in months)
    headline, notes = headline_and_notes(found, measure, now, past, spoken)
    told = most_of_it(found, spoken)
    looked = [look.says for look in _looks(found, spoken) if look.says]
    return [capital(headline, now, past), *notes, *told, *looked]


def _days(first: date, last: date, spoken: Language) -> str:
    """A stretch of days, as speakers of a language write it."""
    return dates.format_interval(first, last, "yMMMd", locale=spoken.locale)


class _Look(NamedTuple):
    """What one step looks into and finds, not drawn yet: the fields of `Step` of these names."""

    kind: str
    within: str
    says: str
    trend: Trend
    worst: TrendRow | None


def _looks(found: Worsening, spoken: Language) -> Iterator[_Look]:
    """The steps from the stores to the moment, as far as something was found."""
    site, place, shift = found.site, found.touchpoint, found.shift
    yield _Look("store", "", _also(found.sites, site, spoken), found.sites, site)
    if found.touchpoints is not None and (site is not None or place is not None):
        within = "" if site is None else site.label or "–"
        nowhere = spoken.text("At no single touchpoint is it shown.")
        says = nowhere if place is None else _also(found.touchpoints, place, spoken)
        yield _Look("place", within, says, found.touchpoints, place)
    last = place or site
    within = "" if last is None else (last.label or "–").replace(PLACE_MARK, " · ")
    if found.shifts is not None and sum(row.label is not None for row in found.shifts.rows) > 1:
        never = spoken.text("In no single shift is it shown.")
        says = never if shift is None else _also(found.shifts, shift, spoken)
        yield _Look("shift", within, says, found.shifts, shift)
        if shift is not None:
            within = f"{within} · {shift.label or spoken.text('none named')}"
    if found.thirds is not None:
        says = (
            spoken.text("In no third of the interaction are critical moments shown to be more frequent.")
            if found.third is None
            else spoken.text(_THIRD[str(found.third.label)])
        )
        yield _Look("third", within, says, found.thirds, found.third)


def _drawn(look: _Look, measure: Measure, spoken: Language) -> Step:
    rows = look.trend.rows
    if look.kind == "third":
        measure = Measure.FELL_BEGIN
        rows = tuple(sorted(rows, key=lambda row: list(THIRDS).index(row.label or "")))
    elif not higher_is_good(measure):
        told_of = [row for row in rows if row.change is not None]
        rows = (*reversed(told_of), *rows[len(told_of) :])
    changes = [row.change for row in rows if row.change is not None]
    size, first, last = axis(
        min([0.0, *(one.low for one in changes)]), max([0.0, *(one.high for one in changes)])
    )
    width = (last - first) * size

    def place(value: float) -> float:
        return round(100 * (value - first * size) / width, 2)

    lanes = []
    for row in rows:
        label = row.label or spoken.text("none named")
        name = spoken.text(THIRDS[label]) if look.kind == "third" else label.replace(PLACE_MARK, " · ")
        if row.change is None:
            lanes.append(Lane(row, name, told(row.reason, spoken), "none", chosen=False))
            continue
        low, high = place(row.change.low), place(row.change.high)
        tone = tone_of(row.standing, measure)
        lanes.append(
            Lane(row, name, "", tone, row is look.worst, low, round(high - low, 2), place(row.change.value))
        )
    ends = first * size, last * size
    return Step(look.kind, look.within, look.says, tuple(lanes), place(0.0), ends, _is_share(measure))


def _is_share(measure: Measure) -> bool:
    return measure not in MEASURES or MEASURES[measure][1] == "%"


def _also(trend: Trend, worst: TrendRow | None, spoken: Language) -> str:
    """Which others are shown to have got worse, too; empty where none is."""
    names = [
        (row.label or "–").replace(PLACE_MARK, " · ")
        for row in trend.rows
        if worst is not None and row.standing is worst.standing and row is not worst
    ]
    return spoken.text("Also shown to have got worse: %(names)s.", names=", ".join(names)) if names else ""
