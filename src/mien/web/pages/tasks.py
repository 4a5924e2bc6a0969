"""Tasks: what managers have to find out and put right, with why, and the way to the curve."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse

from mien.action import TaskState
from mien.action.tasks import TITLE
from mien.marking import N_
from mien.privacy.roles import Right
from mien.web.access import Visitor, needs
from mien.web.known import site_names, store_of
from mien.web.pages.choices import own_path
from mien.web.pages.visits import zone_of
from mien.web.problems import NotFound
from mien.web.rendering import render
from mien.web.tasking import curve_of, task_of
from mien.web.texts import language_of

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

PER_PAGE: Final = 50
"""Tasks on one page: open ones in the order in which they are due, closed ones the newest first."""

CLOSED_WORDS: Final[dict[TaskState, str]] = {
    TaskState.DONE: N_("done"),
    TaskState.CANCELLED: N_("cancelled"),
    TaskState.GONE: N_("removed in the customer system"),
}
"""How a task ended, in words."""

router = APIRouter()

Manager = Annotated[Visitor, Depends(needs(Right.VISITS))]
Number = Annotated[int | None, Query(ge=1, le=2**53)]


@router.get("/tasks")
def tasks(
    request: Request,
    visitor: Manager,
    site: Annotated[str, Query(max_length=200)] = "",
    task: Annotated[str, Query(max_length=36)] = "",
    after: Number = None,
    closed: Number = None,
) -> HTMLResponse:
    """The page: what is open, by when, and what was closed lately; one task before all others, if asked for."""
    seen = visitor.sites(Right.VISITS, site_names(request))
    if site and site not in seen:
        raise NotFound("There is no site '%(site)s' that you may see.", site=site)
    names = [one for one in seen if site in {"", one}]
    store, spoken = store_of(request), language_of(request)
    now = store.dispatches.now()
    asked = store.tasks.get(task) if task else None
    asked = asked if asked is not None and asked.site in seen else None
    still, done = (
        store.tasks.page(names, closed=over, after=number, limit=PER_PAGE)
        for over, number in ((False, after), (True, closed))
    )
    waiting, late = store.tasks.waiting(names, now)
    query = {"site": site} if site else {}
    return render(
        request,
        "tasks.html.j2",
        sites=seen,
        site=site,
        asked=asked,
        lost=bool(task) and asked is None,
        open=[one for one in still.tasks if one != asked],
        closed=[one for one in done.tasks if one != asked],
        waiting=waiting,
        late=late,
        later=None if still.next is None else urlencode(query | {"after": str(still.next)}),
        older=None if done.next is None else urlencode(query | {"closed": str(done.next)}),
        first=None if after is None and closed is None else urlencode(query),
        here=f"{request.url.path}?{urlencode(query)}".rstrip("?"),
        now=now,
        several=len(names) > 1,
        still_open=TaskState.OPEN,
        title=lambda one: spoken.told(TITLE, one.titled),
        evidence=lambda those: [(spoken.told(one.text, one.values), curve_of(store, one)) for one in those],
        on_clock=lambda moment, one: moment.astimezone(zone_of(request, one.site)),
        closed_words=CLOSED_WORDS,
    )


@router.post("/tasks/{uid}/done")
def done(
    request: Request,
    visitor: Manager,
    uid: Annotated[str, Path(max_length=36)],
    next: Annotated[str, Form(max_length=2000)] = "/tasks",
) -> RedirectResponse:
    """Somebody has done a task; back to the page. One that is closed already stays as it is."""
    found = task_of(request, visitor, uid)
    store_of(request).tasks.close(found.uid, TaskState.DONE)
    return RedirectResponse(own_path(next), HTTPStatus.SEE_OTHER)
