"""The health rule: a camera that does not work for longer than it should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.action.types import RuleName, Signal, Situation
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.action.watching import Moment
    from mien.site.rules import HealthRule

SILENT: Final = "silent"
"""The trouble that nothing is heard of a camera."""
AGAIN_S: Final = 600.0
"""Seconds after which a trouble that lasts is signalled again: it may have begun in hours in which nobody is told. It
becomes an alert once all the same."""

_TEXTS: Final = {
    "lost": N_("Camera '%(camera)s' cannot be reached; it has been so for %(seconds)s s."),
    "stalled": N_("Camera '%(camera)s' sends no pictures; it has been so for %(seconds)s s."),
    "frozen": N_("Camera '%(camera)s' sends the same picture; it has been so for %(seconds)s s."),
    "black": N_("Camera '%(camera)s' shows black; it has been so for %(seconds)s s."),
    "covered": N_("Camera '%(camera)s' is covered; it has been so for %(seconds)s s."),
    "moved": N_("Camera '%(camera)s' was moved; it has been so for %(seconds)s s."),
    "out of focus": N_("Camera '%(camera)s' is out of focus; it has been so for %(seconds)s s."),
    "machine's clock set": N_(
        "The machine's clock was set while camera '%(camera)s' was read: times may be wrong; start Mien anew."
    ),
    SILENT: N_("Nothing is read of camera '%(camera)s'; it has been so for %(seconds)s s."),
}


@dataclass(frozen=True, slots=True)
class LastingTrouble:
    """Something that is wrong with a camera now.

    Attributes:
        what: Which, as workers call it, or `SILENT`.
        since_s: Since when, seconds in the stream.
    """

    what: str
    since_s: float


class HealthWatch:
    """Looks at the troubles of one camera.

    Args:
        rule: The settings.
        camera: Its name.
    """

    def __init__(self, rule: HealthRule, camera: str) -> None:
        self._rule, self._camera = rule, camera
        self._told: dict[str, float] = {}

    def look(self, troubles: Iterable[LastingTrouble], moment: Moment) -> list[Signal]:
        """What is to be signalled.

        Args:
            troubles: What lasts.
            moment: Now; whom the camera sees is of no account.
        """
        found = []
        for trouble in troubles:
            lasted_s = moment.t_s - trouble.since_s
            if trouble.what not in _TEXTS or lasted_s < self._rule.after_s:
                continue
            subject = f"camera:{self._camera}:{trouble.what}:{moment.stamp(trouble.since_s)}"
            told_s = self._told.get(subject)
            if told_s is not None and moment.t_s - told_s < AGAIN_S:
                continue
            self._told[subject] = moment.t_s
            found.append(
                Signal(
                    rule=RuleName.HEALTH,
                    situation=Situation.CAMERA_TROUBLE,
                    touchpoint=moment.touchpoint,
                    subject=subject,
                    since=moment.utc(trouble.since_s),
                    at=moment.utc(moment.t_s),
                    text=_TEXTS[trouble.what],
                    values={"camera": self._camera, "what": trouble.what, "seconds": round(lasted_s)},
                    alike=f"camera:{self._camera}:{trouble.what}",
                )
            )
        return found
