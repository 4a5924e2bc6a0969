"""The page of calls, and its line."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from mien.journey.moods import chart
from mien.privacy.roles import Right
from mien.runtime.call.engine import CallEngine
from mien.spoken import languages
from mien.web.access import Visitor, needs, visitor_of
from mien.web.call.line import CallLine
from mien.web.call.places import places
from mien.web.call.wording import banners, wording
from mien.web.known import store_of
from mien.web.rendering import render
from mien.web.texts import language_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

_REFUSED: Final = 1008


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The engine of calls ends with the app."""
    yield
    with suppress(AttributeError):
        app.state.calls.close()


router = APIRouter(lifespan=_lifespan)


@router.get("/call")
def call(request: Request, visitor: Annotated[Visitor, Depends(needs(Right.CALL))]) -> HTMLResponse:
    """The page."""
    spoken = language_of(request)
    store = store_of(request)
    return render(
        request,
        "call.html.j2",
        places=places(visitor, request.app.state.sites, store.sites.entries()),
        banners=banners(),
        spoken_by_others=languages(),
        wording=wording(spoken),
        moods={mood.key: mood.names[spoken.code] for mood in chart()},  # type: ignore[index]
    )


@router.websocket("/call/line")
async def line(socket: WebSocket) -> None:
    """The line of a call; that a page of this server opens it is seen to for all that changes something."""
    visitor = visitor_of(socket)
    if visitor is None or not visitor.anywhere(Right.CALL):
        await socket.close(_REFUSED)
        return
    await socket.accept()
    store = store_of(socket)
    known = await run_in_threadpool(store.sites.entries)
    there = places(visitor, socket.app.state.sites, known)
    await CallLine(socket, _engine(socket.app), store, visitor, there, language_of(socket)).serve()


def _engine(app: FastAPI) -> CallEngine:
    """The engine of an app, made when the first call comes."""
    if getattr(app.state, "calls", None) is None:
        app.state.calls = CallEngine()
    engine: CallEngine = app.state.calls
    return engine
