"""Tasks: what managers have to find out and put right; read page by page, and done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, Field

from mien.action import TaskState
from mien.action.tasks import TITLE
from mien.privacy.roles import Right
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, AnySite, Limit, site_names
from mien.web.known import store_of
from mien.web.tasking import curve_of, task_of
from mien.web.texts import language_of

if TYPE_CHECKING:
    from mien.action import Task

router = APIRouter(tags=["tasks"])

Manager = Annotated[Visitor, Depends(needs(Right.VISITS))]
Uid = Annotated[str, Path(description="Id of a task.", max_length=36)]
After = Annotated[int | None, Query(description="`next` of the page before.", ge=1, le=2**53)]


class EvidenceOut(Answer):
    """One thing that shows that a customer left unhappier than they came."""

    customer: str = Field(description="Id of the visit, or of the interaction where no visit is known.")
    why: str = Field(description="One or two sentences, in the language that is asked for.")
    interaction: str | None = Field(description="The one whose curve shows it; null where it is gone.")


class TaskOut(Answer):
    """Something for a person to do. It names nobody."""

    id: str
    site: str
    touchpoint: str | None = Field(description="Where it turned; null where that is not known.")
    day: date = Field(description="On the clock of the site.")
    title: str = Field(description="What is to be done, in the language that is asked for.")
    customers: int = Field(description="How many it is about.")
    folded: bool = Field(description="Whether it is about all unnamed customers of its day and touchpoint.")
    evidence: list[EvidenceOut]
    opened_at: AwareDatetime
    due_at: AwareDatetime
    overdue: bool
    state: TaskState
    closed_at: AwareDatetime | None = Field(description="Null while it is open, or where nobody knows.")


class TaskList(Answer):
    """A page of tasks.

    Attributes:
        tasks: Open ones in the order in which they are due, closed ones the newest first.
        next: Give this as `after` for the following ones; null where there are none.
        open: How many are open in all.
        overdue: How many of these should have been done.
    """

    tasks: list[TaskOut]
    next: int | None = Field(examples=[412])
    open: int
    overdue: int


@router.get("/tasks")
def tasks(
    request: Request,
    visitor: Manager,
    site: AnySite = None,
    state: Annotated[Literal["open", "closed"], Query(description="Those that are open, or were.")] = "open",
    after: After = None,
    limit: Limit = 100,
) -> TaskList:
    """What is to be done, those that are due first before the others; or what was closed in the last 30 days."""
    names = site_names(request, visitor, Right.VISITS, site)
    store = store_of(request)
    page = store.tasks.page(names, closed=state == "closed", after=after, limit=limit)
    waiting, late = store.tasks.waiting(names, store.dispatches.now())
    return TaskList(
        tasks=[_out(request, one) for one in page.tasks], next=page.next, open=waiting, overdue=late
    )


@router.get("/tasks/{uid}")
def task(request: Request, visitor: Manager, uid: Uid) -> TaskOut:
    """One task."""
    return _out(request, task_of(request, visitor, uid))


@router.post("/tasks/{uid}/done")
def done(request: Request, visitor: Manager, uid: Uid) -> TaskOut:
    """Somebody has done it; one that is closed already stays as it is."""
    found = task_of(request, visitor, uid)
    return _out(request, store_of(request).tasks.close(uid, TaskState.DONE) or found)


def _out(request: Request, found: Task) -> TaskOut:
    store, spoken = store_of(request), language_of(request)
    return TaskOut(
        id=found.uid,
        site=found.site,
        touchpoint=found.touchpoint,
        day=found.day,
        title=spoken.told(TITLE, found.titled),
        customers=len(found.subjects),
        folded=found.folded,
        evidence=[
            EvidenceOut(
                customer=one.customer,
                why=spoken.told(one.text, one.values),
                interaction=curve_of(store, one),
            )
            for one in found.about
        ],
        opened_at=found.opened_at,
        due_at=found.due_at,
        overdue=found.state is TaskState.OPEN and found.due_at < store.dispatches.now(),
        state=found.state,
        closed_at=found.closed_at,
    )
