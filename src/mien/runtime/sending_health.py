"""Whether what must be sent goes out: a part of the health rule, for managers and administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.action import RuleName, Signal, Situation
from mien.marking import N_
from mien.runtime.delivery.senders import asked_for
from mien.site.rules import active

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mien.site import Site
    from mien.store import Store
    from mien.store.dispatch_records import ChannelQueue

LATE: Final = timedelta(minutes=5)
"""What waits for less is no trouble: systems restart."""

_WAITING: Final = N_(
    "Messages for %(channel)s that do not go out: %(waiting)s; the oldest has waited for %(minutes)s min."
)
_PARKED: Final = N_(
    "Messages for %(channel)s that were refused and wait for somebody to look at them: %(parked)s."
)


class SendingHealth:
    """Looks at what is still to be sent of a site.

    Args:
        site: The site, with its rules.
        store: The open store.
        clock: The time of day, UTC.
    """

    def __init__(self, site: Site, store: Store, clock: Callable[[], datetime]) -> None:
        self._site, self._store, self._clock = site, store, clock
        self._rule = active(site.rules.health)
        self._names = tuple(asked_for(site))

    def look(self) -> None:
        """Raise what is wrong; the same trouble once.

        Raises:
            StoreError: The database says no.
        """
        if self._rule is None or not self._names:
            return
        now = self._clock()
        late = max(LATE, timedelta(seconds=self._rule.after_s))
        found = [
            signal
            for queue in self._store.dispatches.queues(self._site.name, self._names)
            if queue.oldest_at is not None
            for signal in _signals(queue, queue.oldest_at, now, late)
        ]
        self._store.alerts.take(self._site.name, found, {RuleName.HEALTH.value: self._rule}, self._site.zone)


def _signals(queue: ChannelQueue, oldest_at: datetime, now: datetime, late: timedelta) -> list[Signal]:
    waited, values = now - oldest_at, {"channel": queue.channel}
    texts: list[tuple[str, str, dict[str, object]]] = []
    if queue.parked:
        texts.append(("parked", _PARKED, {**values, "parked": queue.parked}))
    if queue.waiting and waited >= late:
        minutes = round(waited.total_seconds() / 60)
        texts.append(("waiting", _WAITING, {**values, "waiting": queue.waiting, "minutes": minutes}))
    return [
        Signal(
            rule=RuleName.HEALTH,
            situation=Situation.SYSTEM_TROUBLE,
            touchpoint=None,
            subject=f"sending:{queue.channel}:{what}:{oldest_at:%Y-%m-%dT%H:%M:%S}",
            since=oldest_at,
            at=now,
            text=text,
            values=named,
            n=queue.parked + queue.waiting,
        )
        for what, text, named in texts
    ]
