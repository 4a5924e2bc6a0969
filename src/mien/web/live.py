"""News for open pages: server-sent events that say that something changed; pages then ask for it anew.

An event says only which kind of thing changed, never what: what somebody may see is decided where they ask.
"""

from __future__ import annotations

import asyncio
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from mien.web.access import CHECK_S, SignedIn, Visitor, visitor_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from mien.store import Store

LOOK_S: Final = 0.4
"""Seconds between two looks at the store, however many pages are open."""
_BEAT_S: Final = 15.0
_LONGEST_S: Final = 600.0
"""After this a browser calls again, and shows anew who it is."""

router = APIRouter()


class Mark(NamedTuple):
    """How far things have come.

    Attributes:
        now: When the last word of a camera was said.
        stored: Number of the last event in the outbox.
    """

    now: datetime | None
    stored: int


class Watch:
    """Looks at the store for all open pages together.

    Args:
        store: The open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._at = -LOOK_S
        self._mark = Mark(None, 0)
        self.closing = False

    def mark(self) -> Mark:
        """How far things have come, at most `LOOK_S` ago."""
        with self._lock:
            if monotonic() - self._at >= LOOK_S:
                self._mark = Mark(self._store.live.said_at(), self._store.outbox.last())
                self._at = monotonic()
            return self._mark

    async def stream(self, look: Callable[[], str], may: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
        """Server-sent events (WHATWG HTML, 9.2) as they come, until the server goes or ten minutes are over.

        Args:
            look: Asked again and again, in a thread, what there is to say; empty for nothing.
            may: Asked every few seconds whether the listener may still be told; the stream ends where not.
        """
        began = beat = asked = monotonic()
        yield "retry: 2000\n\n"
        while not self.closing and monotonic() - began < _LONGEST_S:
            if monotonic() - asked >= CHECK_S:
                asked = monotonic()
                if not await may():
                    return
            said = await run_in_threadpool(look)
            if said or monotonic() - beat > _BEAT_S:
                beat = monotonic()
                yield said or ": still here\n\n"
            if not said:
                await asyncio.sleep(LOOK_S)

    def answer(self, look: Callable[[], str], may: Callable[[], Awaitable[bool]]) -> StreamingResponse:
        """The same as an answer that no proxy holds back."""
        return StreamingResponse(
            self.stream(look, may), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )


class _News:
    """What an open page is told: which kind of thing has changed since it was told last.

    Args:
        watch: Looks for it.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._known: Mark | None = None

    def __call__(self) -> str:
        """What is new; a page that has just come is greeted."""
        known, self._known = self._known, self._watch.mark()
        if known is None:
            return "event: hello\ndata: .\n\n"
        said = "event: now\ndata: .\n\n" if self._known.now != known.now else ""
        if self._known.stored != known.stored:
            said += f"event: stored\ndata: {self._known.stored}\n\n"
        return said


@router.get("/live", include_in_schema=False)
async def live(request: Request, visitor: Visitor = SignedIn) -> StreamingResponse:
    """The channel of a page; it ends within seconds of a sign-out."""

    async def signed_in_still() -> bool:
        now = await visitor_now(request)
        return now is not None and now.name == visitor.name

    watch: Watch = request.app.state.watch
    return watch.answer(_News(watch), signed_in_still)
