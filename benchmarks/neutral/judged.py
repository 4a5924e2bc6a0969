"""What rules say of customers who are there by themselves, and of queues of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.neutral.days import APART_S, BEGINS, Stay, alerts, alone, day, signals
from mien.action import Situation
from mien.runtime.live.alerting import LOOKS_EVERY_S
from mien.runtime.unhappy import left_unhappy
from mien.site.rules import Arrival, Checkout, Rules
from mien.store.events.interaction import InteractionScored, scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.neutral.visits import Visit

SAYS_BAD: Final = {
    Situation.CHECKOUT_FALLING: "checkout",
    Situation.ARRIVAL_UNPLEASANT: "arrival: unpleasant",
    Situation.ARRIVAL_TIRED: "arrival: looks tired",
}
LEFT: Final = "left_unhappy"
OF_ONE: Final = (*SAYS_BAD.values(), LEFT)
"""What is said of a single customer that is bad."""
PLACES: Final = 4
"""People in a queue."""
QUEUE_LOOKS_S: Final = 1.0
"""Seconds between two looks at a queue on a whole day: what lasts 20 s is not missed."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something bad that was said of a customer.

    Attributes:
        person: Whose face it is.
        number: Of the visit.
        rule: Which of `OF_ONE`.
        late_s: How long after the face began to turn unpleasant, seconds; `None` where it did not, or at the end.
    """

    person: str
    number: int
    rule: str
    late_s: float | None


def said(visits: Sequence[Visit], fall: float | None = None) -> list[Said]:
    """What is said of customers that is bad, by all rules about single ones, with their defaults.

    Args:
        visits: The customers.
        fall: That of the checkout rule; its default where left out.
    """
    checkout = Checkout() if fall is None else Checkout(fall=fall)
    found = []
    for role, rules in (
        ("checkout", Rules(checkout=checkout)),
        ("entrance", Rules(arrival=Arrival(show="attention"))),
    ):
        for number, signal in alone(rules, role, visits):
            one = visits[number]
            at_s = (signal.at - BEGINS).total_seconds() - APART_S * number
            late_s = None if one.turns_s is None else at_s - one.turns_s
            found.append(Said(one.person, number, SAYS_BAD[signal.situation], late_s))
    return found + [
        Said(one.person, number, LEFT, None) for number, one in enumerate(visits) if _left_unhappy(one)
    ]


def fallen(visits: Sequence[Visit], fall: float) -> list[float | None]:
    """The alerts of the checkout rule: how long after the face began to turn, seconds; `None` where it did not."""
    rules = Rules(checkout=Checkout(fall=fall))
    found: list[float | None] = []
    for number, signal in alone(rules, "checkout", visits):
        turns_s = visits[number].turns_s
        at_s = (signal.at - BEGINS).total_seconds() - APART_S * number
        found.append(None if turns_s is None else at_s - turns_s)
    return found


def _left_unhappy(one: Visit) -> bool:
    if one.scored is None:
        return False
    told = InteractionScored.model_validate(scored(one.scored, BEGINS).data)
    return left_unhappy(one.person, told, one.scored, ZoneInfo("UTC")) is not None


def queue_alerts(visits: Sequence[Visit], rng: np.random.Generator, rules: Rules) -> dict[str, int]:
    """Alerts on one day of a queue of four, by rule."""
    stays = day(lambda: visits[int(rng.integers(len(visits)))], rng, PLACES)
    return {
        name: len(told)
        for name, told in alerts(rules, signals(rules, "checkout", stays, QUEUE_LOOKS_S)).items()
    }


def soured(visits: Sequence[Visit], rng: np.random.Generator, rules: Rules) -> float | None:
    """A queue of four who turn bad within ten seconds of each other: after how many seconds it rings, if it does."""
    chosen = [visits[int(k)] for k in rng.choice(len(visits), PLACES, replace=False)]
    turns_s = 60.0 + rng.uniform(0.0, 10.0, PLACES)
    stays = [
        Stay(one, track, round((at_s - (one.turns_s or 0.0)) / LOOKS_EVERY_S) * LOOKS_EVERY_S)
        for track, (one, at_s) in enumerate(zip(chosen, turns_s.tolist(), strict=True), start=1)
    ]
    told = alerts(rules, signals(rules, "checkout", stays))["queue"]
    return (told[0].at - BEGINS).total_seconds() - float(np.median(turns_s)) if told else None
