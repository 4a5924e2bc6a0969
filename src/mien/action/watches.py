"""The rules of a site file that look at one camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.action.arrival import ArrivalWatch
from mien.action.checkout import CheckoutWatch
from mien.action.crowd import QueueWatch, TensionWatch
from mien.action.types import RuleName
from mien.site.rules import LOOKS_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mien.action.types import Signal
    from mien.action.watching import Moment, Watch
    from mien.site.rules import Rule, Rules

FITS: Final[Mapping[RuleName, frozenset[str]]] = {RuleName(name): roles for name, roles in LOOKS_AT.items()}
"""Roles of the touchpoints where the rules that look at the moment look, unless their tables name touchpoints."""

_MADE: Final[Mapping[str, Callable[[Any], Watch]]] = {
    RuleName.ARRIVAL.value: ArrivalWatch,
    RuleName.CHECKOUT.value: CheckoutWatch,
    RuleName.QUEUE.value: QueueWatch,
    RuleName.TENSION.value: TensionWatch,
}
"""What looks at customers, by the rule; each is made from the settings of its own."""


def looks_at(name: RuleName, rule: Rule, touchpoint: str, role: str | None) -> bool:
    """Whether a rule looks at a touchpoint.

    Args:
        name: Which rule.
        rule: Its settings.
        touchpoint: Which touchpoint.
        role: Its role; `None` where the site has no such touchpoint.
    """
    return touchpoint in rule.touchpoints if rule.touchpoints else role in FITS.get(name, frozenset())


class Watches:
    """What looks at the customers before one camera.

    Args:
        rules: The settings of all rules.
        touchpoint: What the camera watches.
        role: The role of that; `None` where the site has no such touchpoint.
    """

    def __init__(self, rules: Rules, touchpoint: str, role: str | None) -> None:
        self._watches = {
            RuleName(name): _MADE[name](rule)
            for name, rule in rules.on()
            if name in _MADE and looks_at(RuleName(name), rule, touchpoint, role)
        }

    def __bool__(self) -> bool:
        """Whether any rule looks at the camera."""
        return bool(self._watches)

    def look(self, moment: Moment, left: Iterable[int] = ()) -> list[Signal]:
        """What the rules find.

        Args:
            moment: What is seen, later than before.
            left: Tracks that ended since.
        """
        gone = list(left)
        found: list[Signal] = []
        for watch in self._watches.values():
            for track in gone:
                found += watch.left(track, moment)
            found += watch.look(moment)
        return found

    def forget(self, tracks: Iterable[int]) -> None:
        """These tracks may not be read: nothing is found of them."""
        for track in tracks:
            for watch in self._watches.values():
                watch.forget(track)

    def state(self) -> dict[str, Any]:
        """Everything that is needed to go on later, as JSON can hold it."""
        return {name.value: watch.state() for name, watch in self._watches.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where the watches that gave `state` stopped; rules that were not on then begin anew."""
        for name, watch in self._watches.items():
            if name.value in state:
                watch.restore(state[name.value])
