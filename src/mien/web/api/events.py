"""Events about what is stored, to be followed by number: in pages, or as they come (server-sent events)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from mien.privacy.roles import Right
from mien.web.access import Visitor, needs, visitor_now
from mien.web.api.common import Answer, AnySite, Limit, site_names
from mien.web.known import store_of
from mien.web.problems import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from mien.store import OutboxEntry, Store
    from mien.web.live import Watch

router = APIRouter(tags=["events"])

_BATCH: Final = 100

After = Annotated[
    int, Query(description="Number of the last event that you have; 0 for all.", ge=0, le=2**53)
]


class EventPage(Answer):
    """Events in their order.

    Attributes:
        events: CloudEvents 1.0.2; `docs/events.md` says what is in them.
        next: Give this as `after` for the events that follow; they may be still to come.
    """

    events: list[dict[str, Any]]
    next: int = Field(examples=[41])


@router.get("/events")
def events(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    site: AnySite = None,
    after: After = 0,
    limit: Limit = 100,
) -> EventPage:
    """What was stored, withdrawn or replaced since an event."""
    names = site_names(request, visitor, Right.VISITS, site)
    found, reached = _after(store_of(request), names, after, limit)
    return EventPage(events=[_document(one) for one in found], next=reached)


@router.get(
    "/events/stream",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events"}
    },
)
async def stream(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.VISITS))],
    site: AnySite = None,
    after: After = 0,
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> StreamingResponse:
    """The same as they come; `id` of each is its number, from which a browser goes on by itself.

    The stream ends within seconds where the key is revoked, or what it may see is not the same any more.
    """
    names = await run_in_threadpool(site_names, request, visitor, Right.VISITS, site)
    begin = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else after

    async def same_still() -> bool:
        now = await visitor_now(request)
        if now is None:
            return False
        with suppress(NotFound):
            return await run_in_threadpool(site_names, request, now, Right.VISITS, site) == names
        return False

    watch: Watch = request.app.state.watch
    return watch.answer(_Following(store_of(request), names, begin), same_still)


class _Following:
    """Events of some sites as server-sent events, from a number on.

    Args:
        store: The open store.
        names: The sites.
        after: The last number that is known.
    """

    def __init__(self, store: Store, names: Collection[str], after: int) -> None:
        self._store, self._names, self._after = store, names, after

    def __call__(self) -> str:
        """Those that have come since."""
        found, self._after = _after(self._store, self._names, self._after, _BATCH)
        return "".join(
            f"id: {entry.number}\nevent: {entry.event.type}\ndata: {entry.event.to_json()}\n\n"
            for entry in found
        )


def _after(store: Store, names: Collection[str], after: int, limit: int) -> tuple[list[OutboxEntry], int]:
    """The events of some sites that follow a number, and the number up to which was looked."""
    found: list[OutboxEntry] = []
    reached = after
    while len(found) < limit:
        batch = store.outbox.after(reached, limit=limit)
        if not batch:
            break
        for entry in batch:
            reached = entry.number
            if entry.site in names:
                found.append(entry)
                if len(found) == limit:
                    break
    return found, reached


def _document(entry: OutboxEntry) -> dict[str, Any]:
    document: dict[str, Any] = entry.event.model_dump(mode="json", exclude_none=True)
    return document
