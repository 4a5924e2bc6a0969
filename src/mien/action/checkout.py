"""The checkout rule: a face that has fallen against its own first seconds, while its customer is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.action.resting import STERN, UNPLEASANT
from mien.action.types import RuleName, Signal, Situation
from mien.action.watching import FRESH_S, Customer, Moment, Stretch, Sustained, rounded
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.first_seconds import FirstState
    from mien.journey.live_face import Level
    from mien.site.rules import Checkout

_TEXT: Final = N_(
    "The face shows a valence of %(now)s; it showed %(first)s in its first seconds. It has been so for %(seconds)s s."
)


class CheckoutWatch:
    """Looks at tills and counters.

    With x the level of valence now and x0 that of the person's own first seconds without a smile, a face counts where
    both P(x0 - x > fall) and P(x < -.20) are at least the probability of the rule: a smile of greeting that fades into
    an even face is no dissatisfaction. A face of which nobody knows how it looks without its smile, and one that fell
    right out of it, must fall to what hardly any resting face looks like (`mien.action.resting`). It must hold for
    `sustained_s` of readings. Nothing is raised of who is under way.

    Args:
        rule: The settings.
    """

    def __init__(self, rule: Checkout) -> None:
        self._rule = rule
        self._held = Sustained()
        self._done: set[int] = set()

    def look(self, moment: Moment) -> list[Signal]:
        """See `mien.action.watching.Watch`."""
        return [signal for customer in moment.people if (signal := self._of(customer, moment)) is not None]

    def _of(self, customer: Customer, moment: Moment) -> Signal | None:
        seen = customer.seen
        if seen.track_id in self._done:
            return None
        level = customer.level(moment.t_s)
        sure = None
        if level is not None and seen.first is not None:
            sure = self._fallen(level, seen.first, seen.even)
        held = self._held.take(str(seen.track_id), moment.t_s, sure, self._rule.probability)
        if held is None or level is None or seen.first is None or held.held_s < self._rule.sustained_s:
            return None
        if seen.moving or moment.t_s - seen.seen_s > FRESH_S:
            return None
        self._done.add(seen.track_id)
        return _signal(customer, moment, held, seen.first, level)

    def _fallen(self, level: Level, first: FirstState, even: FirstState | None) -> float:
        """How sure it is that the face has fallen."""
        far = min(first.fallen(level, self._rule.fall), level.below(STERN))
        if even is None:
            return far
        return max(far, min(even.fallen(level, self._rule.fall), level.below(UNPLEASANT)))

    def left(self, track: int, moment: Moment) -> list[Signal]:  # noqa: ARG002
        """See `mien.action.watching.Watch`: it is too late to tell of who left."""
        self.forget(track)
        return []

    def forget(self, track: int) -> None:
        """See `mien.action.watching.Watch`."""
        self._held.forget(str(track))
        self._done.discard(track)

    def state(self) -> dict[str, Any]:
        """See `mien.action.watching.Watch`."""
        return {"held": self._held.state(), "done": sorted(self._done)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """See `mien.action.watching.Watch`."""
        self._held.restore(state["held"])
        self._done = set(state["done"])


def _signal(customer: Customer, moment: Moment, held: Stretch, first: FirstState, level: Level) -> Signal:
    return Signal(
        rule=RuleName.CHECKOUT,
        situation=Situation.CHECKOUT_FALLING,
        touchpoint=moment.touchpoint,
        subject=customer.subject,
        since=moment.utc(held.since_s),
        at=moment.utc(moment.t_s),
        text=_TEXT,
        values={
            "first": rounded(first.mean),
            "now": rounded(level.mean),
            "fall": rounded(first.mean - level.mean),
            "seconds": round(moment.t_s - held.since_s, 1),
        },
        probability=round(held.least, 3),
        n=customer.seen.n,
        mood=customer.seen.mood,
        service_point=customer.service_point,
    )
