"""What stands out in a month, in a few sentences that say no more than the figures bear out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from babel import dates

from mien.insight import Grouping, Measure, Standing
from mien.marking import N_
from mien.spoken.reasons import told
from mien.store.rolled import PLACE_MARK
from mien.web.changes import headline_of
from mien.web.compared import capital, tone_of

if TYPE_CHECKING:
    from mien.insight import TrendRow
    from mien.runtime.monthly import ChainMonth, Frame, StoreMonth
    from mien.spoken import Language

_DIGITS: Final = 1
_AGAINST: Final = {
    Measure.INDEX: {
        Standing.HIGHER: N_(
            "The Happiness Index rose by %(by)s points (%(low)s to %(high)s) against %(before)s, to %(value)s."
        ),
        Standing.LOWER: N_(
            "The Happiness Index fell by %(by)s points (%(low)s to %(high)s) against %(before)s, to %(value)s."
        ),
        Standing.NONE: N_(
            "The Happiness Index is %(value)s; against %(before)s no difference is shown (%(low)s to %(high)s points)."
        ),
    },
    Measure.EPS: {
        Standing.HIGHER: N_(
            "EPS, the change from the beginning of an interaction to its end, rose by %(by)s points "
            "(%(low)s to %(high)s), to %(value)s."
        ),
        Standing.LOWER: N_(
            "EPS, the change from the beginning of an interaction to its end, fell by %(by)s points "
            "(%(low)s to %(high)s), to %(value)s."
        ),
        Standing.NONE: N_(
            "EPS, the change from the beginning of an interaction to its end, is %(value)s; no difference is shown "
            "(%(low)s to %(high)s points)."
        ),
    },
}
_YEAR: Final = {
    Standing.HIGHER: N_(
        "Against the same month a year before the Happiness Index rose by %(by)s points (%(low)s to %(high)s)."
    ),
    Standing.LOWER: N_(
        "Against the same month a year before the Happiness Index fell by %(by)s points (%(low)s to %(high)s)."
    ),
    Standing.NONE: N_(
        "Against the same month a year before no difference in the Happiness Index is shown "
        "(%(low)s to %(high)s points)."
    ),
}
_VERDICTS: Final = {
    Standing.HIGHER: N_("Better than in %(before)s"),
    Standing.LOWER: N_("Worse than in %(before)s"),
    Standing.NONE: N_("No difference to %(before)s is shown"),
    Standing.UNKNOWN: N_("It cannot be told whether it was better or worse than in %(before)s"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The month in a few words.

    Attributes:
        standing: What is shown of the Happiness Index against the month before.
        tone: `good`, `bad` or `none`.
        text: The words.
        sure: How sure that is, and from how much, one line; empty where nothing is to be said.
        where: Where it is shown to have got worse; empty where it is not.
    """

    standing: Standing
    tone: str
    text: str
    sure: str
    where: str = ""


def verdict_of(frame: Frame, spoken: Language) -> Verdict:
    """Whether the month was better or worse than the one before, and how sure that is.

    Args:
        frame: What the report begins with.
        spoken: The language.
    """
    if frame.empty:
        return Verdict(Standing.UNKNOWN, "none", spoken.text("Nothing is stored of this month."), "")
    row = frame.headlines[Measure.INDEX].before
    standing = Standing.UNKNOWN if row is None else row.standing
    past = spoken.month(frame.month.before.first)
    text = capital(spoken.text(_VERDICTS[standing], before=past), past)
    if row is None:
        sure = spoken.text("Nothing is stored of %(before)s.", before=past)
        return Verdict(standing, "none", text, capital(sure, past))
    if row.change is None:
        return Verdict(standing, "none", text, told(row.reason, spoken))
    sure = spoken.text(
        "95 %% interval of the change: %(low)s to %(high)s points, from %(n)s interactions and %(m)s the month before.",
        low=spoken.signed(row.change.low, _DIGITS),
        high=spoken.signed(row.change.high, _DIGITS),
        n=spoken.number(row.now.counted),
        m=spoken.number(row.before.counted),
    )
    return Verdict(standing, tone_of(standing, Measure.INDEX), text, sure, _worst(frame, spoken))


def store_sentences(report: StoreMonth, spoken: Language) -> list[str]:
    """What stands out in the month of a store.

    Args:
        report: The report.
        spoken: The language.
    """
    frame = report.frame
    worse = _where(frame, spoken)
    # Of the store as a whole the sentence before speaks already.
    said = _first(frame, worse[1:] if frame.worsening.site is not None else worse, spoken)
    places = next((part for part in report.sections if part.by is Grouping.TOUCHPOINT), None)
    if places is not None:
        better = [row.label or "–" for row in places.trend.rows if row.standing is Standing.HIGHER]
        said += _better(better, spoken)
    return [*said, *_year(frame, spoken)]


def chain_sentences(report: ChainMonth, spoken: Language) -> list[str]:
    """What stands out in the month of a chain.

    Args:
        report: The report.
        spoken: The language.
    """
    frame = report.frame
    said = _first(frame, _where(frame, spoken), spoken)
    better = [row.label or "–" for row in report.trend.rows if row.standing is Standing.HIGHER]
    return [*said, *_better(better, spoken), *_year(frame, spoken)]


def day_name(frame: Frame, spoken: Language) -> str:
    """The last day that anything is stored of, as it stands in a sentence."""
    return "" if frame.span is None else dates.format_date(frame.span[1], "long", locale=spoken.locale)


def _first(frame: Frame, where: list[str], spoken: Language) -> list[str]:
    """Whether the month is over, its two measures against the month before, and where it got worse."""
    past = spoken.month(frame.month.before.first)
    said = {}
    for measure, texts in _AGAINST.items():
        headline = frame.headlines[measure]
        row = headline.before
        if row is not None and row.change is not None and headline.now.mean is not None:
            said[measure] = _change(texts[row.standing], row, headline.now.mean.value, past, spoken)
    index = " ".join(said[measure] for measure in said if measure is Measure.INDEX)
    told_where = " ".join(where)
    found = [f"{index} {told_where}".strip()] if len(frame.sites) == 1 else [index, told_where]
    if Measure.EPS in said:
        found.append(said[Measure.EPS])
    if not frame.over:
        day = day_name(frame, spoken)
        found.append(spoken.text("The month is not over: what is told goes up to %(day)s.", day=day))
    return [sentence for sentence in found if sentence]


def _worst(frame: Frame, spoken: Language) -> str:
    """Where it is shown to have got worse, in a line."""
    found = frame.worsening
    site, place = found.site, found.touchpoint
    names = [] if site is None or len(frame.sites) == 1 else [site.label or "–"]
    if place is not None:
        at = (place.label or "–").split(PLACE_MARK)
        names += at[-1:] if len(frame.sites) == 1 or site is not None else at
    return spoken.text("Where it got worse: %(names)s.", names=" · ".join(names)) if names else ""


def _change(text: str, row: TrendRow, value: float, past: str, spoken: Language) -> str:
    change = row.change
    assert change is not None
    ends = [change.low, change.high]
    if row.standing is Standing.NONE:
        low, high = (spoken.signed(end, _DIGITS) for end in ends)
    else:
        low, high = (spoken.number(end, _DIGITS) for end in sorted(map(abs, ends)))
    by = spoken.number(abs(change.value), _DIGITS)
    said = spoken.text(text, by=by, low=low, high=high, before=past, value=spoken.number(value, _DIGITS))
    return capital(said, past)


def _where(frame: Frame, spoken: Language) -> list[str]:
    """Which store got worse and where in the visit; nothing where the month cannot be compared."""
    found = frame.worsening
    if not any(row.change for row in found.sites.rows):
        return []
    if found.site is None and found.touchpoint is None and len(frame.sites) == 1:
        return [spoken.text("At no touchpoint is it shown that it got worse.")]
    months = frame.month.first, frame.month.before.first
    return headline_of(found, Measure.INDEX, months, spoken)


def _better(names: list[str], spoken: Language) -> list[str]:
    return [spoken.text("Shown to have got better: %(names)s.", names=", ".join(names))] if names else []


def _year(frame: Frame, spoken: Language) -> list[str]:
    headline = frame.headlines[Measure.INDEX]
    row = headline.year
    if row is None or row.change is None:
        return []
    return [_change(_YEAR[row.standing], row, 0.0, "", spoken)]
