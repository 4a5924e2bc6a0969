"""Whether what must be sent goes out: a part of the health rule, for managers and administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mien.action import RuleName, Signal, Situation
from mien.marking import N_
from mien.runtime.delivery.senders import asked_for
from mien.site.rules import active

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
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
        self._since: dict[tuple[str, str], datetime] = {}

    def look(self) -> None:
        """Raise what is wrong: a trouble of a channel is told once for as long as it lasts.

        Raises:
            StoreError: The database says no.
        """
        if self._rule is None or not self._names:
            return
        now = self._clock()
        late = max(LATE, timedelta(seconds=self._rule.after_s))
        queues = self._store.dispatches.queues(self._site.name, self._names)
        found = [trouble for queue in queues for trouble in _troubles(queue, now, late)]
        # It stays the same trouble when its oldest message goes out and others still wait.
        self._since = {one.key: self._since.get(one.key, one.oldest_at) for one in found}
        signals = [one.signal(self._since[one.key], now) for one in found]
        self._store.alerts.take(
            self._site.name, signals, {RuleName.HEALTH.value: self._rule}, self._site.zone
        )


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Something that is wrong with a channel now."""

    channel: str
    what: str
    count: int
    oldest_at: datetime
    text: str
    values: Mapping[str, object]

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.what

    def signal(self, since: datetime, now: datetime) -> Signal:
        alike = f"sending:{self.channel}:{self.what}"
        return Signal(
            rule=RuleName.HEALTH,
            situation=Situation.SYSTEM_TROUBLE,
            touchpoint=None,
            subject=f"{alike}:{since:%Y-%m-%dT%H:%M:%S}",
            since=since,
            at=now,
            text=self.text,
            values={"channel": self.channel, self.what: self.count, **self.values},
            n=self.count,
            alike=alike,
        )


def _troubles(queue: ChannelQueue, now: datetime, late: timedelta) -> Iterator[_Trouble]:
    if queue.parked_at is not None:
        yield _Trouble(queue.channel, "parked", queue.parked, queue.parked_at, _PARKED, {})
    if queue.waiting_at is not None and now - queue.waiting_at >= late:
        minutes = round((now - queue.waiting_at).total_seconds() / 60)
        values = {"minutes": minutes}
        yield _Trouble(queue.channel, "waiting", queue.waiting, queue.waiting_at, _WAITING, values)
