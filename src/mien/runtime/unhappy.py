"""How a customer left unhappy, by what is stored of an interaction or of a visit; texts and values for people."""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from mien.action import Unhappy
from mien.action.resting import STERN, UNPLEASANT
from mien.journey.first_seconds import SMILING
from mien.journey.thresholds import WINDOW_S
from mien.journey.types import MomentKind, Outcome
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from mien.journey.parts import StopPart
    from mien.journey.types import Interaction
    from mien.store.events import InteractionScored, VisitScored

UNHAPPY_INDEX: Final = 50.0 * (1.0 + STERN)
"""A Happiness Index of which the whole interval lies below was unpleasant all along, as hardly any resting face is."""

_READ: Final = round(WINDOW_S)
"""Seconds that were read by which it is told how a face looked at an end."""
_FELL_BY: Final = 0.2
"""By how much, at least, a face ended below its first seconds without a smile: a smile that fades leaves up to .10
(`docs/rules.md`)."""
_FELL: Final = N_(
    "%(time)s, %(where)s: at the end the face showed a valence of %(final)s, %(change)s points against its start "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings)."
)
_FELL_AT: Final = N_(
    "%(time)s, %(where)s: at the end the face showed a valence of %(final)s, %(change)s points against its start "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings); it turned %(turned)s s after the start."
)
_LOW: Final = N_(
    "%(time)s, %(where)s: the face showed an unpleasant expression all along, Happiness Index %(index)s "
    "(95 %% interval %(low)s to %(high)s, %(n)s readings)."
)
_VISIT_FELL: Final = N_(
    "%(time)s: it turned at %(where)s, where the face showed a valence of %(now)s after %(before)s at %(previous)s. "
    "That is %(change)s points against %(first)s (95 %% interval %(low)s to %(high)s)."
)
_VISIT_FELL_BEFORE: Final = N_(
    "%(time)s: it turned at %(where)s, where the face showed a valence of %(now)s after %(before)s at %(previous)s. "
    "At the end, at %(last)s, it showed %(final)s: %(change)s points against %(first)s "
    "(95 %% interval %(low)s to %(high)s)."
)


def left_unhappy(
    uid: str, told: InteractionScored, one: Interaction | None, zone: ZoneInfo
) -> Unhappy | None:
    """How a customer left unhappy, if they did: worsened, and unpleasant at the end, or unpleasant all along.

    Args:
        uid: Id of the interaction.
        told: What its event tells of it.
        one: The interaction with its seconds, where it worsened and is still there: who came with a smile is compared
            with how their face looked without it.
        zone: The clock of the site.
    """
    if told.started_at is None:
        return None
    values: dict[str, Any] = {
        "time": told.started_at.astimezone(zone),
        "where": told.context.service_point or told.context.touchpoint or told.context.site,
        "n": told.usable_readings,
    }
    final = told.final_valence
    if told.outcome is Outcome.WORSENED and final is not None and _fell(told, one, final):
        change = _points(told.eps, told.eps_low, told.eps_high)
        if change is None:
            return None
        values |= {**change, "final": final}
        falls = [one for one in told.moments if one.kind is MomentKind.FALL]
        if not falls:
            return Unhappy(uid, _FELL, values)
        worst = min(falls, key=lambda one: one.change)
        return Unhappy(uid, _FELL_AT, values | {"turned": round(worst.t_s - told.start_s)})
    if told.hi_high is not None and told.hi_high < UNHAPPY_INDEX:
        ends = {"index": told.happiness_index, "low": told.hi_low, "high": told.hi_high}
        whole = {name: float(round(end)) for name, end in ends.items() if end is not None}
        return Unhappy(uid, _LOW, values | whole) if len(whole) == len(ends) else None
    return None


def visit_unhappy(uid: str, told: VisitScored, zone: ZoneInfo) -> tuple[str | None, Unhappy] | None:
    """How a customer left unhappy by their whole visit, if they did, and the touchpoint where it turned.

    It turned where the mean valence fell most against the stop before, of those at which it is known.

    Args:
        uid: Id of the visit.
        told: What its event tells of it.
        zone: The clock of the site.
    """
    last = told.stops[-1] if told.stops else None
    if told.outcome is not Outcome.WORSENED or last is None or last.valence is None:
        return None
    if not _ended_low(last.valence, _without_smile(told.stops[0].valence)):
        return None
    known = [(one, one.valence) for one in told.stops if one.valence is not None]
    change = _points(told.eps, told.eps_low, told.eps_high)
    steps = [(now[1] - before[1], before, now) for before, now in pairwise(known)]
    if not steps or change is None:
        return None
    _, (previous, before), (turn, now) = min(steps, key=itemgetter(0))
    begun = {one.interaction: one.started_at for one in told.members}
    curve = turn.interactions[0]

    def named(stop: StopPart) -> str:
        return stop.touchpoint or told.site

    values = {
        **change,
        "time": begun[curve].astimezone(zone),
        "where": named(turn),
        "now": now,
        "before": before,
        "previous": named(previous),
        "first": named(told.stops[0]),
    }
    if turn is last:
        return turn.touchpoint, Unhappy(uid, _VISIT_FELL, values, uid, curve)
    values |= {"last": named(last), "final": last.valence}
    return turn.touchpoint, Unhappy(uid, _VISIT_FELL_BEFORE, values, uid, curve)


def _fell(told: InteractionScored, one: Interaction | None, final: float) -> bool:
    """Whether the face ended low by the states at both ends, and by what was read in single seconds.

    States follow the surest readings, of which the extreme ones are the surest: beside plain seconds they make a face
    look worse than most of it was. So states are held against states and seconds against seconds, and both must say it.
    """
    read = [] if one is None else [each.valence for each in one.seconds if each.valence is not None]
    came = _without_smile(told.initial_valence)
    if not read:
        return _ended_low(final, came)
    even, ended = _even(read), median(read[-_READ:])
    if came is None and even is not None:
        # A smile at first: only the seconds know how the face looks without it.
        return final < UNPLEASANT and _ended_low(ended, even)
    return _ended_low(final, came) and _ended_low(ended, even)


def _even(read: Sequence[float]) -> float | None:
    """The median of the first five seconds in a row without a smile; `None` where there are none."""
    run: list[float] = []
    for valence in read:
        run = [*run, valence] if valence <= SMILING else []
        if len(run) >= _READ:
            return median(run)
    return None


def _without_smile(came: float | None) -> float | None:
    """How a face looked at first; `None` where that is not known, or it was a smile."""
    return None if came is None or came > SMILING else came


def _ended_low(final: float, even: float | None) -> bool:
    """Whether a face that fell ended unpleasant: not just as it looks without a smile, or stern where nobody knows."""
    if even is None:
        return final < STERN
    return final < UNPLEASANT and even - final > _FELL_BY


def _points(mean: float | None, low: float | None, high: float | None) -> dict[str, Any] | None:
    if mean is None or low is None or high is None:
        return None
    return {"change": float(round(mean)), "low": float(round(low)), "high": float(round(high))}
