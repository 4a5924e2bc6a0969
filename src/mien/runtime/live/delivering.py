"""The process that delivers events while a site is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.journal import logger
from mien.runtime.delivery import Carriers, names_for
from mien.runtime.live.status import DeliveryStatus, DeliveryStatuses
from mien.store import Store

if TYPE_CHECKING:
    from mien.runtime.live.plan import Plan
    from mien.runtime.live.process import Reporter

_log = logger("mien.delivery")
_GLANCE_S: Final = 0.1


def deliver_events(plan: Plan, reporter: Reporter) -> None:
    """The whole life of a delivery process: its senders follow the outbox until it is asked to stop.

    Args:
        plan: What is read, and for whom.
        reporter: The supervisor.

    Raises:
        StoreError: The store cannot be used.
    """
    site, names = plan.site, names_for(plan.site)
    with Store.open(plan.store) as store, Carriers(names, site, store, _log.warning) as carriers:
        while not reporter.stopped:
            if reporter.due:
                queues = store.dispatches.queues(site.name, names)
                reporter.say(
                    DeliveryStatuses(
                        senders=tuple(
                            DeliveryStatus(
                                name=one.name,
                                to=one.to,
                                waiting=queue.waiting + queue.unseen,
                                parked=queue.parked,
                                trouble=one.trouble,
                            )
                            for one, queue in zip(carriers.members, queues, strict=False)
                        )
                    )
                )
            reporter.wait(_GLANCE_S)
