"""The supervisor of a run: a worker for each camera, one writer, and what is shown of them."""

from __future__ import annotations

import secrets
import tempfile
import time
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from mien.errors import NoticeError, StoreError, VideoError
from mien.runtime.delivery.senders import asked_for
from mien.runtime.live.board import Board, Row
from mien.runtime.live.camera import read_camera
from mien.runtime.live.children import Child
from mien.runtime.live.delivering import deliver_events
from mien.runtime.live.guests import still_held
from mien.runtime.live.link import Lines
from mien.runtime.live.matcher import match_visits
from mien.runtime.live.process import FAREWELL_S, SAY_EVERY_S
from mien.runtime.live.spare import Spare
from mien.runtime.live.status import CameraStatus, DeliveryStatuses, MatcherStatus, WriterStatus
from mien.runtime.live.telling import HealthTeller
from mien.runtime.live.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.guests import ArrivalLook
    from mien.runtime.live.guests import HeldGuest
    from mien.runtime.live.plan import CameraPlan, Plan

_TICK_S: Final = 0.1
_NOTICES_EVERY_S: Final = 60.0
_LAST_EVENTS_S: Final = 15.0


class Supervisor:
    """Runs a plan.

    Args:
        plan: What is read.
        read: The life of the process of a camera.
        logs: Whether its processes log.
    """

    def __init__(self, plan: Plan, read: Callable[..., None] = read_camera, *, logs: bool = True) -> None:
        self._plan = plan
        self._folder = tempfile.TemporaryDirectory(prefix="mien-")  # only its owner may look into it
        writer, templates = (str(Path(self._folder.name) / name) for name in ("writer", "templates"))
        lines = Lines(writer, templates, secrets.token_bytes(32))
        # A replay waits for a process that is slow to come back, and loses nothing.
        self.spare = Spare(__name__) if any(camera.pace == "live" for camera in plan.cameras) else None

        def child(
            name: str, work: Callable[..., None], given: Callable[[str | None], tuple[object, ...]]
        ) -> Child:
            return Child(name, work, given, self.spare, logs=logs)

        self.writer = child("the writer", write, lambda _: (plan, lines))
        self.workers = {
            camera.name: child(f"camera {camera.name}", read, _given(camera, plan, lines))
            for camera in plan.cameras
        }
        self.matcher = None
        if plan.site.matching.enabled:
            self.matcher = child("the matcher", match_visits, lambda _: (plan, lines))
        asked = bool(asked_for(plan.site))
        self.delivery = child("the delivery of events", deliver_events, lambda _: (plan,)) if asked else None
        self._asked: SimpleQueue[tuple[str, Future[bytes]]] = SimpleQueue()
        self._not_read: dict[str, str] = {}
        self._stored: dict[str, int] = {}
        self._guests: tuple[HeldGuest, ...] = ()

    def run(self, stop: Callable[[], bool], show: Callable[[Board], None]) -> Board:
        """Run until every recording is read, every camera failed, or a stop is asked for.

        Args:
            stop: Whether to stop.
            show: Shows how it is going, many times a second.

        Returns:
            How it went.

        Raises:
            StoreError: The writer cannot use the store.
        """
        checked = time.monotonic()
        health = HealthTeller(self._plan.site.name, self._plan.store)
        try:
            while not stop() and not all(worker.over for worker in self.workers.values()):
                self._tend()
                show(board := self.board())
                health.tell(board)
                if time.monotonic() - checked > _NOTICES_EVERY_S:
                    checked = time.monotonic()
                    self._check_notices()
                time.sleep(_TICK_S)
            self._stop(show)
        finally:
            for one in (*self.workers.values(), self.matcher, self.delivery, self.writer, self.spare):
                if one is not None:
                    one.kill()
            self._guests = ()
            self._folder.cleanup()
            health.close()
        return self.board()

    def still(self, camera: str, within_s: float) -> bytes:
        """A blurred still of a camera that is read, JPEG; asked for by another thread than that of `run`.

        Args:
            camera: Its name.
            within_s: For how long it is waited for, seconds.

        Raises:
            VideoError: There is none.
        """
        answer: Future[bytes] = Future()
        self._asked.put((camera, answer))
        try:
            return answer.result(within_s)
        except TimeoutError:
            raise VideoError(
                "Camera '%(camera)s' is being read, but gave no picture within %(within)g s; see how it is on the "
                "page of today.",
                camera=camera,
                within=within_s,
            ) from None

    @property
    def guests(self) -> dict[str, ArrivalLook]:
        """What guests are told by who came in within the last two minutes, by the subject of their alerts."""
        return {one.subject: one.look for one in still_held(self._guests, time.monotonic())}

    def board(self, *, stopping: bool = False) -> Board:
        """How it is going."""
        # A writer that was started again has heard nothing yet of cameras that are done.
        self._stored |= WriterStatus.model_validate(self.writer.status or {}).interactions
        rows = [
            Row(
                camera=plan.name,
                touchpoint=plan.touchpoint,
                status=None if (said := self.workers[plan.name].status) is None else CameraStatus(**said),
                restarts=max(self.workers[plan.name].starts - 1, 0),
                interactions=self._stored.get(plan.name, 0),
                ended=self._not_read.get(plan.name) or self.workers[plan.name].failure,
                done=self.workers[plan.name].done,
                unnoticed=plan.name in self._not_read,
            )
            for plan in self._plan.cameras
        ]
        away = None if self.writer.alive else self.writer.reason
        said = None if self.delivery is None else self.delivery.status
        joined = None if self.matcher is None else self.matcher.status
        return Board(
            site=self._plan.site.name,
            rows=tuple(rows),
            writer=away,
            delivery=() if said is None else DeliveryStatuses.model_validate(said).senders,
            undelivered=None if self.delivery is None else self.delivery.failure,
            matching=None if joined is None else MatcherStatus(**joined),
            unmatched=None if self.matcher is None else self.matcher.failure,
            stopping=stopping,
        )

    def _tend(self, *, restart: bool = True) -> None:
        while not self._asked.empty():
            camera, answer = self._asked.get()
            if camera in self.workers:
                self.workers[camera].ask_for_still(answer)
            else:
                answer.set_exception(
                    VideoError("Camera '%(camera)s' is not among those that are read.", camera=camera)
                )
        self.writer.tend()
        self._hold_guests()
        if self.writer.failure is not None:
            raise StoreError(self.writer.failure)
        if self.delivery is not None:
            self.delivery.tend()
        if self.matcher is not None:
            self.matcher.tend(restart=restart)
        for name, worker in self.workers.items():
            worker.tend(restart=restart and name not in self._not_read)
        # First those that there is work for.
        if self.spare is not None and restart and all(one.works or one.over for one in self.workers.values()):
            self.spare.tend()

    def _hold_guests(self) -> None:
        """Take what the writer told of guests out of its status, which is kept for as long as it says nothing new."""
        if self.writer.status is not None and (told := self.writer.status.pop("guests", None)) is not None:
            self._guests = WriterStatus.model_validate({"guests": told}).guests
        self._guests = still_held(self._guests, time.monotonic())

    def _stop(self, show: Callable[[Board], None]) -> None:
        """Let workers end their streams, the matcher the visits, then the writer; none is waited for without end."""
        for those in (list(self.workers.values()), [self.matcher] if self.matcher is not None else []):
            for one in those:
                one.stop()
            until = time.monotonic() + FAREWELL_S
            while any(one.alive for one in those) and time.monotonic() < until:
                self._tend(restart=False)
                show(self.board(stopping=True))
                time.sleep(_TICK_S)
        self._let_go(self.writer, time.monotonic() + FAREWELL_S)
        if self.delivery is not None:
            until = time.monotonic() + _LAST_EVENTS_S
            self._let_deliver(until)
            self._let_go(self.delivery, until)

    @staticmethod
    def _let_go(one: Child, until: float) -> None:
        one.stop()
        while one.alive and time.monotonic() < until:
            one.tend(restart=False)
            time.sleep(_TICK_S)

    def _let_deliver(self, until: float) -> None:
        """Give the last events time to go out, where they go out at all; the others wait for the next run."""
        since = time.monotonic()
        while time.monotonic() < until:
            self._tend(restart=False)
            senders = self.board().delivery
            fresh = time.monotonic() - since > 2 * SAY_EVERY_S
            if senders and all(one.trouble or (fresh and not one.waiting) for one in senders):
                return
            if self.delivery is None or not self.delivery.alive:
                return
            time.sleep(_TICK_S)

    def _check_notices(self) -> None:
        """Stop reading cameras whose notice hangs no more."""
        for plan in self._plan.cameras:
            if plan.file is not None or plan.name in self._not_read:
                continue
            try:
                self._plan.site.notice_for(plan.name, self._plan.site.day(datetime.now(UTC)))
            except NoticeError as error:
                self._not_read[plan.name] = str(error)
                self.workers[plan.name].stop()


def _given(camera: CameraPlan, plan: Plan, lines: Lines) -> Callable[[str | None], tuple[object, ...]]:
    return lambda why: (camera, plan.site.name, plan.run, lines, why)
