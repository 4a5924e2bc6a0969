"""What the outbox of a site holds, on its way into Dataverse."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from mien.action import Unhappy
from mien.journey import Outcome, Score
from mien.runtime.delivery.crm import CrmSender
from support.crm_worlds import ENVIRON
from support.lyon import site_of
from support.sites import HEAD
from support.stored import NINE, SITE, seen

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mien.action import Task
    from mien.journey import Interaction
    from mien.runtime.delivery import Courier
    from mien.store import Store
    from support.clock import Clock
    from support.crm_worlds import DataverseWorld

FELL = Score(-41.0, -55.0, -27.0, 0.2, -0.21, 40.0, 33.0, 47.0, Outcome.WORSENED, 9.0, 90, None)
TILL = '[touchpoints.till]\nrole = "checkout"\n[cameras.till]\ntouchpoint = "till"\nwebcam = 0\n'


def fell(number: int) -> Interaction:
    """The interaction of a number, at the till, in which the face fell."""
    return seen(number, FELL)


def sending(
    world: DataverseWorld, folder: Path, store: Store, clock: Clock, more: str = ""
) -> AbstractContextManager[CrmSender]:
    """A sender into an environment, closed at the end; `more` stands in its table of the site file."""
    site = site_of(folder, f"{HEAD}{TILL}{world.table()}{more}")
    assert site.crm.dataverse is not None
    return closing(
        CrmSender(
            "dataverse", settings=site.crm.dataverse, site=site, store=store, environ=ENVIRON, clock=clock
        )
    )


def task_about(store: Store, clock: Clock, number: int, *, folded: bool = False) -> Task:
    """A task about the interaction of a number; of folded ones there is one for all."""
    about = Unhappy(fell(number).id, "%(time)s, till: fell", {"time": f"09:0{number}"})
    due = clock() + timedelta(hours=24)
    made = store.tasks.open(SITE, NINE.date(), "till", about, due_at=due, folded=folded)
    assert made is not None
    return made


def work(courier: Courier, clock: Clock, most: int = 200) -> None:
    """Until nothing waits."""
    for _ in range(most):
        courier.step()
        if not courier.waiting:
            return
        clock.forward(5)
    raise AssertionError("something waits for ever")
