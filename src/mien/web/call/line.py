"""The line of one call: it takes pictures as fast as they can be read, newest first, and never holds more than one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from mien.errors import ImageError, InputError, MienError
from mien.privacy.roles import Right
from mien.runtime.call.keeping import confirmed, keep
from mien.runtime.call.pace import Pace
from mien.runtime.call.picture import TilePicture
from mien.runtime.call.types import Phase, StopReason
from mien.web.access import CHECK_S, visitor_now
from mien.web.call.messages import ASK, Begin, Changed, End, Mark, Pause, told_state, told_summary
from mien.web.texts import language_of

if TYPE_CHECKING:
    from fastapi import WebSocket

    from mien.privacy import Notice
    from mien.runtime.call.engine import CallEngine
    from mien.runtime.call.session import CallSession
    from mien.runtime.call.types import CallState
    from mien.spoken import Language
    from mien.store import Store
    from mien.web.access import Visitor
    from mien.web.call.messages import Ask
    from mien.web.call.places import CallPlace

IDLE_S: Final = 900.0
"""A line on which nothing comes for so long is closed: a call that was forgotten."""
_REFUSED: Final = 1008
_MOST_ASKED: Final = 4096


class CallLine:
    """Serves one call.

    Args:
        socket: The accepted connection.
        engine: Reads.
        store: Where confirmations go, and what is to be kept.
        visitor: Whose call it is.
        places: Where the visitor may have calls kept.
        spoken: Language of the page.
    """

    def __init__(
        self,
        socket: WebSocket,
        engine: CallEngine,
        store: Store,
        visitor: Visitor,
        places: tuple[CallPlace, ...],
        spoken: Language,
    ) -> None:
        self._socket, self._engine, self._store = socket, engine, store
        self._visitor, self._places, self._spoken = visitor, places, spoken
        self._session: CallSession | None = None
        self._place: CallPlace | None = None
        self._notice: Notice | None = None
        self._pace = Pace(engine.limits.most_rate)
        self._waiting: TilePicture | None = None
        self._reading: asyncio.Task[None] | None = None
        self._speaking = asyncio.Lock()
        self._passed = 0
        self._wrong = 0
        self._over = False

    async def serve(self) -> None:
        """Serve the call until it is over, the line is closed, or its visitor may have it no more."""
        guard = asyncio.create_task(self._guard())
        try:
            while not self._over:
                message = await asyncio.wait_for(self._socket.receive(), IDLE_S)
                if message["type"] == "websocket.disconnect" or self._over:
                    return
                if (data := message.get("bytes")) is not None:
                    await self._picture(data)
                else:
                    await self._asked(message.get("text") or "")
        except TimeoutError:
            await self._close(
                self._said(InputError("Nothing came for a quarter of an hour; begin the call anew."))
            )
        except WebSocketDisconnect:
            return
        finally:
            guard.cancel()
            self._waiting = None
            if self._session is not None:
                session = self._session
                self._engine.run(session.end)
                self._engine.run(self._engine.over, session)

    async def _guard(self) -> None:
        """Close the line within seconds of a sign-out, or of the loss of the right to it."""
        while not self._over:
            await asyncio.sleep(CHECK_S)
            now = await visitor_now(self._socket)
            if now is not None and now.name == self._visitor.name and self._may(now):
                continue
            self._over, self._waiting = True, None
            with suppress(RuntimeError, WebSocketDisconnect):
                await self._tell({"type": "barred"})
                await self._socket.close(_REFUSED, "signed out")

    def _may(self, now: Visitor) -> bool:
        place = self._place
        return now.anywhere(Right.CALL) if place is None else now.may(Right.CALL, place.site)

    async def _asked(self, text: str) -> None:
        try:
            if len(text) > _MOST_ASKED:
                raise InputError(
                    "A message of %(n)s characters is too long; at most %(most_asked)s are taken.",
                    n=len(text),
                    most_asked=_MOST_ASKED,
                )
            await self._do(ASK.validate_json(text))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "message"
            await self._problem(f"{place}: {first['msg']}.")
        except MienError as error:
            await self._problem(self._said(error))

    async def _do(self, ask: Ask) -> None:
        if isinstance(ask, Begin):
            await self._begin(ask)
            return
        session = self._begun()
        self._waiting = None
        match ask:
            case Mark(same_person=same):
                await self._run(session.mark, same_person=same)
            case Changed():
                await self._run(session.stop, StopReason.LAYOUT)
            case Pause():
                await self._run(session.pause)
            case End():
                await self._end(session, keeps=ask.keep)
                return
        await self._tell(told_state(await self._run(session.state), self._settled()))

    async def _begin(self, ask: Begin) -> None:
        if self._session is not None:
            raise InputError("A call has begun on this line already; end it first.")
        place = self._chosen(ask)
        session = await self._run(
            self._engine.begin, None if place is None else place.context, recording=ask.recording
        )
        self._session, self._place = session, place
        if place is not None:
            self._notice = await run_in_threadpool(
                confirmed,
                self._store,
                place.site,
                session.id,
                by=self._visitor.name,
                language=ask.language,
                at=datetime.now(UTC),
            )
        await self._run(session.told)
        limits = self._engine.limits
        await self._tell({"type": "begun", "rate": limits.rate, "keeps": place is not None})

    def _chosen(self, ask: Begin) -> CallPlace | None:
        if ask.site is None:
            return None
        for place in self._places:
            if (place.site, place.touchpoint) == (ask.site, ask.touchpoint):
                return place
        raise InputError(
            "Calls at '%(site)s' cannot be kept under '%(touchpoint)s' by you; choose another place.",
            site=ask.site,
            touchpoint=ask.touchpoint,
        )

    async def _end(self, session: CallSession, *, keeps: bool) -> None:
        if self._reading is not None:
            await self._reading
        summary = await self._run(session.end)
        self._over = True
        kept = None
        if keeps and self._notice is not None:
            kept = await run_in_threadpool(
                keep, self._store, summary, session.context, self._notice, self._engine.limits
            )
        await self._tell({**told_summary(summary, self._spoken.text), "kept": kept is not None})

    async def _picture(self, data: bytes) -> None:
        if self._session is None:
            early = InputError("A picture came before a call had begun; it is not read.")
            await self._problem(self._said(early), answers=1)
            return
        if not self._pace.admits(asyncio.get_running_loop().time()):
            await self._miss()
            return
        try:
            picture = TilePicture.of(data, self._engine.limits)
        except ImageError as error:
            await self._bad(error)
            return
        if self._waiting is not None:
            await self._miss()
        self._waiting = picture
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(self._session))

    async def _read(self, session: CallSession) -> None:
        """Read what waits until nothing does."""
        try:
            while (picture := self._waiting) is not None:
                self._waiting = None
                try:
                    state = await self._run(self._look, session, picture)
                except InputError as error:
                    await self._bad(error)
                    continue
                self._wrong = 0
                await self._tell(told_state(state, self._settled() + 1))
        except MienError as error:
            await self._close(self._said(error))
        except (RuntimeError, WebSocketDisconnect):
            self._over = True  # the page is gone
        finally:
            self._reading = None

    def _look(self, session: CallSession, picture: TilePicture) -> CallState:
        if session.phase is not Phase.READING:
            return session.state()
        return session.take(picture.ms, picture.decode(self._engine.limits))

    async def _miss(self) -> None:
        """A picture is dropped; that is told with the next answer, or now where none will come."""
        session = self._begun()
        self._passed += 1
        self._engine.run(session.missed)
        if self._reading is None:
            await self._tell(told_state(await self._run(session.state), self._settled()))

    async def _bad(self, error: InputError) -> None:
        self._wrong += 1
        if self._wrong >= self._engine.limits.wrong:
            many = InputError(
                "%(n)s pictures in a row could not be used, the last one since: %(why)s",
                n=self._wrong,
                why=self._said(error),
            )
            await self._close(self._said(many))
        else:
            await self._problem(self._said(error), answers=1)

    def _begun(self) -> CallSession:
        if self._session is None:
            raise InputError("No call has begun on this line; begin one first.")
        return self._session

    def _settled(self) -> int:
        passed, self._passed = self._passed, 0
        return passed

    async def _run(self, work: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (as the work says)
        return await asyncio.wrap_future(self._engine.run(work, *args, **kwargs))

    def _said(self, error: MienError) -> str:
        """What an error says, in the language of the page where somebody has translated it."""
        return language_of(self._socket).said(error.said) or str(error)

    async def _problem(self, detail: str, *, answers: int = 0) -> None:
        await self._tell({"type": "problem", "detail": detail, "answers": answers})

    async def _tell(self, document: dict[str, Any]) -> None:
        async with self._speaking:
            await self._socket.send_json(document)

    async def _close(self, detail: str) -> None:
        self._over = True
        await self._problem(detail)
        await self._socket.close(_REFUSED, detail[:100])
