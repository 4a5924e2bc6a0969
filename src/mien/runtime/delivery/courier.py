"""Working on the queue of one sender: what is due goes out, and who does not answer is probed, not flooded."""

from __future__ import annotations

from datetime import timedelta
from random import uniform
from typing import TYPE_CHECKING, Final

from mien.crm import Again, Done, Parked
from mien.errors import StoreError
from mien.journal import logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mien.crm import Result
    from mien.runtime.delivery.protocol import Sender
    from mien.store import Dispatch, Store

PAGE: Final = 50
"""What is due is read from the store in such portions."""

POLL_S: Final = 0.5
"""Seconds between two looks into a queue of which nothing was due."""

LONGEST_PAUSE_S: Final = 60.0
"""Seconds between two probes of a system that is away, at most."""

LONGEST_WAIT_S: Final = 3600.0
"""Seconds between two attempts at the same event at most, and for as long a system may ask to be left alone."""

_log = logger("mien.delivery")


class Courier:
    """Hands over what is in the queue of a sender.

    Where one event fails and others go through, it is tried again after about 1, 2, 4 ... seconds, at most an hour, and
    holds up nothing but what is about the same record. Where one after the other fails, or none has gone through yet,
    the fault is with the system: one event at a time is tried, with 1, 2, 4 ... 60 seconds between, each time one that
    was tried less often than others, and the first that goes through lets all go on. Where the other side asks to be
    left alone, nothing is tried until then, by whatever process, unless somebody retries.

    Args:
        store: An open store; its clock is what is waited by.
        site: Name of the site.
        sender: Where to.
        told: Given a sentence and `True` when something fails, and one and `False` when it goes on or is parked.
        stop: Asked between events.
        first_wait_s: Seconds before the second attempt, about.

    Attributes:
        sent: Events that the other side confirmed.
        parked: Events that it refused for good.
        failures: How many attempts have failed one after the other.
        refusal: What was said when the last attempt failed; `None` where it did not.

    Raises:
        StoreError: The store says no.
    """

    def __init__(
        self,
        store: Store,
        site: str,
        sender: Sender,
        *,
        told: Callable[[str, bool], None] = lambda _, __: None,
        stop: Callable[[], bool] = lambda: False,
        first_wait_s: float = 1.0,
    ) -> None:
        self.sent = self.parked = self.failures = 0
        self.refusal: Again | None = None
        self._queue, self._site, self._sender = store.dispatches, site, sender
        self._turn = store.dispatches.turn(site, sender.name)
        self._told, self._stop, self._first_wait_s = told, stop, first_wait_s
        self._well = False
        self._until: datetime | None = None

    @property
    def waiting(self) -> int:
        """How many events are still to be looked at or to be sent."""
        return self._queue.waiting(self._site, self._sender.name)

    @property
    def paused_until(self) -> datetime | None:
        """Until when the other side is left alone after what it answered; `None` where it is not."""
        return self._turn.paused_until()

    def due_within(self, seconds: float) -> bool:
        """Whether anything may be sent that soon."""
        at = self._turn.next_at()
        return at is not None and (at - self._queue.now()).total_seconds() <= seconds

    def step(self) -> float:
        """Take in what is new, and send what may be sent now.

        Returns:
            After how many seconds there may be more to do; 0 where there is now.

        Raises:
            BusyError: Another process delivers by this channel.
            StoreError: The store says no.
        """
        taken = self._turn.take(self._sender.wants)
        now = self._queue.now()
        # Looked up each time: somebody may have ended it.
        until = self._turn.paused_until() or self._until
        if until is not None and now < until:
            return 0.0 if taken else min((until - now).total_seconds(), POLL_S)
        self._until = None
        probing = not self._well
        rows = self._turn.due(PAGE, first_tries=probing)
        for row in rows:
            if self._stop():
                return 0.0
            failures = self.failures
            self._work_on(row)
            if self.failures > failures or (probing and self._well):
                # It fails, or goes on with the oldest.
                break
        return 0.0 if taken or rows else POLL_S

    def _work_on(self, row: Dispatch) -> None:
        wanted = self._sender.wants(row.entry)
        if wanted is None:
            self._turn.done(row)
            return
        if wanted.after and (before := self._turn.holding(wanted.after)) is not None:
            self._turn.postpone(row, max(before, self._queue.now() + timedelta(seconds=self._first_wait_s)))
            return
        result = self._handed_over(row)
        if isinstance(result, Done):
            self._turn.done(row)
            self.sent += 1
            self._goes_on()
        elif isinstance(result, Parked):
            self._turn.park(row, result.text, result.values)
            self.parked += 1
            self._told(f"{result.reason} It is parked as number {row.id}; see 'mien outbox show'.", False)
        else:
            self._failed(row, result)

    def _handed_over(self, row: Dispatch) -> Result:
        try:
            return self._sender.send(row.entry)
        except StoreError as error:
            # Looking up whom it concerns may come at a bad moment; nothing is wrong with the event.
            return Again("The store cannot be read (%(why)s).", {"why": str(error).rstrip(".")})
        except Exception as error:
            # One event must not hold up all others for good, whatever is wrong with it or with us.
            _log.exception("sending failed", channel=self._sender.name, dispatch=row.id)
            return Parked(
                "Mien itself failed at it (%(why)s); please report this.", {"why": type(error).__name__}
            )

    def _failed(self, row: Dispatch, result: Again) -> None:
        alone, self.failures, self.refusal = self._well, self.failures + 1, result
        self._well = False
        asked_s = min(result.after_s or 0.0, LONGEST_WAIT_S)
        pause_s = asked_s or self._wait_s(self.failures, LONGEST_PAUSE_S)
        wait_s = max(asked_s, self._wait_s(row.attempts + 1, LONGEST_WAIT_S)) if alone else pause_s
        now = self._queue.now()
        until = now + timedelta(seconds=pause_s)
        self._until = None if asked_s else until
        self._turn.again(
            row,
            now + timedelta(seconds=wait_s),
            result.text,
            result.values,
            pause_until=until if asked_s else None,
        )
        self._told(f"{result.reason} Trying again in {pause_s:.0f} s; events waiting: {self.waiting}.", True)

    def _goes_on(self) -> None:
        if self.failures:
            self._told(f"Events go out to {self._sender.shown} again.", False)
        self.failures, self.refusal, self._well = 0, None, True

    def _wait_s(self, attempts: int, most_s: float) -> float:
        """Doubled with each attempt, and scattered, lest all who failed together come back together."""
        return min(self._first_wait_s * 2.0 ** min(attempts - 1, 30), most_s) * uniform(0.5, 1.0)
