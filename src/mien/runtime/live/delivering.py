"""The process that delivers events while a site is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mien.runtime.delivery import deliver, open_channels
from mien.runtime.live.status import DeliveryStatus
from mien.store import Store

if TYPE_CHECKING:
    from mien.runtime.live.plan import Plan
    from mien.runtime.live.process import Reporter

_log = structlog.get_logger("mien.delivery")


def deliver_events(plan: Plan, reporter: Reporter) -> None:
    """The whole life of a delivery process: it follows the outbox until it is asked to stop.

    Args:
        plan: What is read, and for whom.
        reporter: The supervisor.

    Raises:
        SettingError: A password or certificate is not where the site file says.
        BusyError: Another process delivers by the same channel.
        StoreError: The store cannot be used.
    """
    (channel,) = open_channels(plan.site)
    trouble: str | None = None

    def told(sentence: str, failing: bool) -> None:
        nonlocal trouble
        trouble = sentence if failing else None
        _log.warning(sentence)

    with Store.open(plan.store) as store:

        def stop() -> bool:
            if reporter.due:
                waiting = store.outbox.waiting(plan.site.name, channel.name)
                reporter.say(DeliveryStatus(to=channel.shown, waiting=waiting, trouble=trouble))
            return reporter.stopped

        deliver(store.outbox, plan.site.name, channel, stop=stop, told=told)
