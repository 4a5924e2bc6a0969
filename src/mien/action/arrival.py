"""The arrival card: what the face of somebody shows who comes in, once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.action.resting import STERN
from mien.action.types import RuleName, Signal, Situation
from mien.action.watching import Customer, Moment, rounded
from mien.journey.thresholds import THRESHOLDS
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.live_face import Level
    from mien.site.rules import Arrival

LEANING: Final = THRESHOLDS["balance"].changed / 100
"""Valence beyond which a face is pleasant."""
LIDS_S: Final = 3.0
"""Seconds from the first usable reading for which a card waits for lids: whether a face looks tired is told from two
seconds of them on, a state from one."""
ARRIVES_S: Final = 10.0
"""Seconds from the first usable reading after which somebody has arrived, and no card comes any more."""

_TEXTS: Final = {
    Situation.ARRIVAL: N_("Somebody came in. The face shows a valence of %(valence)s (%(low)s to %(high)s)."),
    Situation.ARRIVAL_UNPLEASANT: N_(
        "The face shows something unpleasant: valence %(valence)s (%(low)s to %(high)s)."
    ),
    Situation.ARRIVAL_PLEASANT: N_(
        "The face shows something pleasant: valence %(valence)s (%(low)s to %(high)s)."
    ),
    Situation.ARRIVAL_TIRED: N_(
        "The face looks tired: an observer would say so with a probability of %(tired)s."
    ),
}
_UNREAD: Final = N_("Somebody came in. The face shows no sign of tiredness; more cannot be told.")


class ArrivalWatch:
    """Looks at an entrance.

    A card comes as soon as a state may be told and it is known whether the face looks tired, or nothing can be known
    of that: after three seconds, or when the person is gone. Where no state may be told, it comes once five seconds of
    lids have told whether the face looks tired.

    Args:
        rule: The settings.
    """

    def __init__(self, rule: Arrival) -> None:
        self._rule = rule
        self._done: set[int] = set()
        self._seen: dict[int, Customer] = {}

    def look(self, moment: Moment) -> list[Signal]:
        """See `mien.action.watching.Watch`."""
        found = []
        for customer in moment.people:
            seen = customer.seen
            if seen.track_id in self._done or seen.first_read_s is None:
                continue
            since_s = moment.t_s - seen.first_read_s
            if since_s > ARRIVES_S:
                self._settle(seen.track_id)
                continue
            level, tired = customer.level(moment.t_s), seen.tired
            if level is not None and not level.narrow:
                level = None  # a card shows the number
            if level is not None:
                self._seen[seen.track_id] = customer
            lids = tired is not None and tired.looks_tired is not None
            started = tired is not None and tired.at_start is not None
            if (level is not None and (lids or since_s >= LIDS_S)) or started:
                found += self._card(customer, level, moment)
        return found

    def left(self, track: int, moment: Moment) -> list[Signal]:
        """See `mien.action.watching.Watch`."""
        customer = self._seen.get(track)
        found: list[Signal] = []
        if customer is not None and not isinstance(customer.seen.level, str):
            found = self._card(customer, customer.seen.level, moment)
        self.forget(track)
        return found

    def forget(self, track: int) -> None:
        """See `mien.action.watching.Watch`."""
        self._seen.pop(track, None)
        self._done.discard(track)

    def _card(self, customer: Customer, level: Level | None, moment: Moment) -> list[Signal]:
        seen = customer.seen
        situation, sure = self._situation(customer, level)
        if self._rule.show == "attention" and situation not in {
            Situation.ARRIVAL_TIRED,
            Situation.ARRIVAL_UNPLEASANT,
        }:
            return []
        self._settle(seen.track_id)
        values: dict[str, Any] = {}
        if level is not None:
            values = {
                "valence": rounded(level.mean),
                "low": rounded(level.low),
                "high": rounded(level.high),
            }
        if (tired := _tired(customer)) is not None:
            values["tired"] = round(tired, 2)
        read = level is not None or situation is Situation.ARRIVAL_TIRED
        return [
            Signal(
                rule=RuleName.ARRIVAL,
                situation=situation,
                touchpoint=moment.touchpoint,
                subject=customer.subject,
                since=moment.utc(seen.since_s),
                at=moment.utc(moment.t_s),
                text=_TEXTS[situation] if read else _UNREAD,
                values=values,
                probability=None if sure is None else round(sure, 3),
                n=seen.n,
                mood=seen.mood,
                service_point=customer.service_point,
            )
        ]

    def _situation(self, customer: Customer, level: Level | None) -> tuple[Situation, float | None]:
        """What it is, and how sure."""
        tired = _tired(customer)
        if tired is not None and tired >= self._rule.tired:
            return Situation.ARRIVAL_TIRED, max(tired, 0.5)
        if level is not None:
            for situation, sure in (
                (Situation.ARRIVAL_UNPLEASANT, level.below(STERN)),
                (Situation.ARRIVAL_PLEASANT, level.above(LEANING)),
            ):
                if sure >= self._rule.probability:
                    return situation, sure
        return Situation.ARRIVAL, None

    def _settle(self, track: int) -> None:
        self._done.add(track)
        self._seen.pop(track, None)

    def state(self) -> dict[str, Any]:
        """See `mien.action.watching.Watch`."""
        return {"done": sorted(self._done)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """See `mien.action.watching.Watch`."""
        self._done = set(state["done"])


def _tired(customer: Customer) -> float | None:
    """Probability that the face looks tired: of the first seconds, once they are over."""
    tired = customer.seen.tired
    if tired is None:
        return None
    return tired.looks_tired if tired.at_start is None else tired.at_start
