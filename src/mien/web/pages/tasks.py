"""Tasks: what managers have to find out and put right, with why, and the way to the curve."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import RedirectResponse

from mien.action import TaskState
from mien.action.tasks import TITLE
from mien.marking import N_
from mien.privacy.roles import Right
from mien.web.access import Visitor, needs
from mien.web.known import site_names, store_of
from mien.web.pages.visits import zone_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.action import Task
    from mien.store import Store

MOST: Final = 50
"""Tasks that are shown, the newest first."""

CLOSED_WORDS: Final[dict[TaskState, str]] = {
    TaskState.DONE: N_("done"),
    TaskState.CANCELLED: N_("cancelled"),
    TaskState.GONE: N_("removed in the customer system"),
}
"""How a task ended, in words."""

router = APIRouter()

Manager = Annotated[Visitor, Depends(needs(Right.VISITS))]


@router.get("/tasks")
def tasks(request: Request, visitor: Manager) -> HTMLResponse:
    """The page: what is open, by when, and what was closed lately."""
    names = visitor.sites(Right.VISITS, site_names(request))
    store, spoken = store_of(request), language_of(request)
    found = store.tasks.listed(names, limit=MOST)
    return render(
        request,
        "tasks.html.j2",
        open=sorted(
            (one for one in found if one.state is TaskState.OPEN), key=lambda one: (one.due_at, one.uid)
        ),
        closed=[one for one in found if one.state is not TaskState.OPEN],
        now=store.dispatches.now(),
        several=len(names) > 1,
        title=lambda one: spoken.told(TITLE, {"where": one.touchpoint or one.site, "day": one.day}),
        evidence=lambda one: [
            (spoken.told(about.text, about.values), _interaction(store, about.subject)) for about in one.about
        ],
        on_clock=lambda moment, one: moment.astimezone(zone_of(request, one.site)),
        closed_words=CLOSED_WORDS,
    )


@router.post("/tasks/{uid}/done")
def done(request: Request, visitor: Manager, uid: Annotated[str, Path(max_length=36)]) -> RedirectResponse:
    """Somebody has done a task; back to the page. One that is closed already stays as it is."""
    store = store_of(request)
    found: Task | None = store.tasks.get(uid)
    if found is None or not visitor.may(Right.VISITS, found.site):
        raise NotFound("There is no such task here that you may see.")
    store.tasks.close(uid, TaskState.DONE)
    return RedirectResponse("/tasks", HTTPStatus.SEE_OTHER)


def _interaction(store: Store, subject: str) -> str | None:
    """The interaction whose page shows the curve: itself, or the last one of a visit; `None` where it is gone."""
    visit = store.visit_listing.get(subject)
    if visit is not None:
        return visit.members[-1].interaction if visit.members else None
    return subject if store.listing.get(subject) is not None else None
