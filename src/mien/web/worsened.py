"""Which store got worse and where in the visit, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.insight import Measure
from mien.marking import N_
from mien.store.rolled import PLACE_MARK
from mien.web.compared import capital

if TYPE_CHECKING:
    from mien.insight import TrendRow
    from mien.runtime.compare import Worsening
    from mien.web.texts import Language

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
_DIGITS: Final = 1


def headline_and_notes(
    found: Worsening, measure: Measure, now: str, past: str, spoken: Language
) -> tuple[str, tuple[str, ...]]:
    """The answer in one sentence, and what else is to be said.

    Args:
        found: What was found.
        measure: What was averaged.
        now: The month, as it stands within a sentence.
        past: The one before.
        spoken: The language.
    """
    if found.site is not None:
        name = found.site.label or "–"
        return _fall(_WORSE[measure], found.site, spoken, now=now, before=past, site=name), ()
    if found.touchpoint is not None:
        name, _, touchpoint = (found.touchpoint.label or "").partition(PLACE_MARK)
        at = {"site": name, "place": capital(touchpoint)}
        headline = _fall(_PLACE_WORSE[measure], found.touchpoint, spoken, now=now, before=past, **at)
        return headline, (spoken.text("No site as a whole is shown to have got worse."),)
    text = (
        N_("No site is shown to have got worse in %(now)s against %(before)s.")
        if any(row.change for row in found.sites.rows)
        else N_("Cannot tell whether anything got worse: too little is stored of %(before)s or %(now)s.")
    )
    return spoken.text(text, now=now, before=past), ()


def most_of_it(found: Worsening, spoken: Language) -> list[str]:
    """Where and in which shift most of it is."""
    told = []
    if found.site is not None and found.touchpoint is not None:
        told.append(spoken.text("Most of it at the touchpoint %(name)s.", name=found.touchpoint.label or "–"))
    if found.shift is not None and found.shift.label is not None and found.shift.change is not None:
        by = spoken.number(abs(found.shift.change.value), _DIGITS)
        told.append(
            spoken.text("Most of it in the shift %(name)s, by %(by)s.", name=found.shift.label, by=by)
        )
    return told


def _fall(text: str, row: TrendRow, spoken: Language, *, now: str, **names: str) -> str:
    change = row.change
    if change is None:
        return ""
    ends = sorted(abs(end) for end in (change.low, change.high))
    said = spoken.text(
        text,
        by=spoken.number(abs(change.value), _DIGITS),
        low=spoken.number(ends[0], _DIGITS),
        high=spoken.number(ends[1], _DIGITS),
        now=now,
        **names,
    )
    return capital(said, now)
