"""The one process that writes: it takes the words of all camera workers, scores who left, and stores them."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener, wait
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.errors import BusyError, StoreError
from mien.journal import logger
from mien.runtime.entering import enter_site
from mien.runtime.live.aftermath import Aftermath
from mien.runtime.live.alerting import Alerting
from mien.runtime.live.book import Book
from mien.runtime.live.clock import SiteClock
from mien.runtime.live.guests import GuestBook
from mien.runtime.live.messages import (
    TO_WRITER,
    Hello,
    Looked,
    MatcherHello,
    Placed,
    Settled,
    Stored,
    Tick,
    VisitOver,
    Welcome,
)
from mien.runtime.live.process import Reporter
from mien.runtime.live.segmenting import SegmentBook
from mien.runtime.live.status import WriterStatus
from mien.runtime.live.streams import is_over, left_unfinished
from mien.runtime.live.telling import NowTeller
from mien.runtime.live.visiting import VisitBook
from mien.runtime.retention import expire
from mien.site.roster import load_roster
from mien.store import Store

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from pydantic import BaseModel

    from mien.runtime.live.link import Lines
    from mien.runtime.live.messages import Clock
    from mien.runtime.live.plan import Plan
    from mien.site.roster import LoadedRoster

_LOOK_S: Final = 0.2
_DAY_S: Final = 86_400.0
_log = logger("mien.writer")


class Writer:
    """Keeps the books of a site's cameras.

    Args:
        plan: What is read.
        roster: Who works when.
        store: Where interactions are kept.
        listener: Where workers call.
    """

    def __init__(self, plan: Plan, roster: LoadedRoster, store: Store, listener: Listener) -> None:
        self._plan, self._roster, self._store, self._listener = plan, roster, store, listener
        self._books: dict[str, Book] = {}
        self._lines: dict[Connection, str | None] = {}
        self._called: list[Connection] = []
        self._matcher: Connection | None = None
        self._clock = SiteClock(plan.cameras)
        self._told: Clock | None = None
        self._visits = VisitBook(plan.site.name, store, plan.doors)
        self._segments = SegmentBook(plan.site, store)
        self._now = NowTeller(plan.site.name, store)
        self._aftermath = Aftermath(plan.site, store)
        self._alerting = Alerting(plan, store)
        self._guests = GuestBook()
        self._status = WriterStatus()
        self._removed: float | None = None
        self._over = False

    def run(self, reporter: Reporter) -> None:
        """Work until asked to stop and no worker is connected any more.

        Raises:
            StoreError: The store cannot be written.
        """
        threading.Thread(target=self._accept, name="workers' calls", daemon=True).start()
        self._now.silence()
        try:
            while not (reporter.stopped and not self._lines and not self._called):
                while self._called:
                    self._lines[self._called.pop()] = None
                for line in wait(list(self._lines), _LOOK_S) if self._lines else self._idle(reporter):
                    self._hear(line)  # type: ignore[arg-type]
                self._alerting.tend(self._books)
                self._store_due()
                self._match()
                self._now.tell(self._books)
                self._aftermath.follow()
                self._remove_due()
                self._say(reporter)
            self._visits.interrupt()
            self._segments.close()
            self._aftermath.follow(now=True)
            reporter.say(self._status, now=True)
        finally:
            self._over = True
            self._now.silence()
            for book in self._books.values():
                with suppress(StoreError):
                    book.close()

    @staticmethod
    def _idle(reporter: Reporter) -> list[Connection]:
        reporter.wait(_LOOK_S)
        return []

    def _accept(self) -> None:
        while True:
            try:
                self._called.append(self._listener.accept())
            except (OSError, EOFError, AuthenticationError):
                # A worker that was killed while it called, or somebody who is none of ours; or the end.
                if self._over:
                    return

    def _hear(self, line: Connection) -> None:
        if line not in self._lines:
            return
        try:
            said = TO_WRITER.validate_json(line.recv_bytes())
        except (OSError, EOFError):
            self._hang_up(line)
            return
        if isinstance(said, Hello):
            self._greet(line, said)
        elif isinstance(said, MatcherHello):
            self._matcher = line
            for word in self._visits.greet(said):
                self._tell(line, word.model_dump_json())
        elif isinstance(said, Placed | VisitOver | Settled):
            self._visits.take(said)
        elif (camera := self._lines[line]) is not None:
            book = self._books[camera]
            if isinstance(said, Looked):
                if (subject := book.name_of(said.track_id)) is not None:
                    self._guests.take(book.hello, subject, said)
                return
            book.take(said)
            self._alerting.take(book.signals())
            self._alerting.forget(book.disowned())
            if isinstance(said, Tick):
                self._guests.drop(book.hello, said.dropped)
            if isinstance(said, Tick) and (count := self._visits.counted(book.hello, said)) is not None:
                self._tell_matcher(count)

    def _greet(self, line: Connection, hello: Hello) -> None:
        """Begin or go on with a stream, once everything is heard that its last worker had said."""
        for old in [other for other, camera in self._lines.items() if camera == hello.camera]:
            with suppress(OSError, EOFError):
                while old.poll(0):
                    self._hear(old)
                    if old not in self._lines:
                        break
            self._hang_up(old)
        if is_over(self._store, self._plan.site, hello):
            self._clock.over(hello.camera, whole=True)
            over = Welcome(number=0, resume_number=0, resume_s=None, pipeline=None, over=True)
            self._tell(line, over.model_dump_json())
            return
        book = self._books.get(hello.camera)
        if book is None or book.hello.stream != hello.stream:
            if book is not None and not book.ended:
                book.end_here("Its worker began another stream.")
                book.commit()
                self._segments.count(book.hello, book.apparent.take())
            try:
                book = Book(self._plan.site, self._roster, self._store, hello)
            except BusyError as error:
                _log.warning("stream is in use", camera=hello.camera, reason=str(error))
                self._hang_up(line)
                return
            self._books[hello.camera] = book
            self._note(hello.camera, book.interactions)
        self._lines[line] = hello.camera
        self._tell(line, book.welcome().model_dump_json())

    def _store_due(self) -> None:
        for camera, book in self._books.items():
            if not book.due:
                continue
            finished = book.commit()
            if finished:
                self._note(camera, book.interactions)
            if self._plan.site.matching.enabled:
                # Before the worker may go: when it is gone, the matcher has been told of everything.
                for word in self._visits.finished(book.hello, finished):
                    self._tell_matcher(word)
            for line, of in list(self._lines.items()):
                if of == camera:
                    self._tell(line, Stored(number=book.stored).model_dump_json())
            if book.over:
                _log.info("stream stored", camera=camera, interactions=book.interactions)
        for camera, book in list(self._books.items()):
            self._segments.count(book.hello, book.apparent.take())
            self._clock.came(camera, book.came_to)
            if book.over:
                self._clock.over(camera, whole=book.whole)
                if camera not in self._lines.values():
                    del self._books[camera]
        self._segments.advance(self._clock.now().utc)

    def _match(self) -> None:
        """Store what the matcher told, and tell it how far all streams have come."""
        if self._matcher is None:
            return
        if self._visits.due:
            self._tell_matcher(Stored(number=self._visits.commit()))
        if (now := self._clock.now()) != self._told:
            self._told = now
            self._tell_matcher(now)

    def _remove_due(self) -> None:
        """Remove once a day what is kept no longer."""
        if self._removed is None or monotonic() - self._removed > _DAY_S:
            self._removed = monotonic()
            gone = expire(self._store, datetime.now(UTC)).removed
            if gone:
                _log.info("kept no longer", **{what.replace(" ", "_"): count for what, count in gone.items()})

    def _say(self, reporter: Reporter) -> None:
        """Say how it is going; of guests at once, for somebody stands before them."""
        if (news := self._guests.changed) or reporter.due:
            reporter.say(self._status.model_copy(update={"guests": self._guests.held()}), now=news)

    def _note(self, camera: str, count: int) -> None:
        self._status = WriterStatus(interactions={**self._status.interactions, camera: count})

    def _tell_matcher(self, word: BaseModel) -> None:
        if self._matcher is not None:
            self._tell(self._matcher, word.model_dump_json())

    def _tell(self, line: Connection, text: str) -> None:
        try:
            line.send_bytes(text.encode())
        except OSError:
            self._hang_up(line)

    def _hang_up(self, line: Connection) -> None:
        self._lines.pop(line, None)
        if line is self._matcher:
            self._matcher, self._told = None, None
        with suppress(OSError):
            line.close()


def write(plan: Plan, lines: Lines, reporter: Reporter) -> None:
    """The whole life of a writer process.

    Args:
        plan: What is read.
        lines: Where the processes of the run meet; a socket that is left over is replaced.
        reporter: The supervisor.

    Raises:
        StoreError: The store cannot be opened or written.
    """
    Path(lines.writer).unlink(missing_ok=True)
    with (
        Store.open(plan.store) as store,
        Listener(lines.writer, family="AF_UNIX", authkey=lines.key) as listener,
    ):
        for notice in plan.site.recorded_notices():
            store.notices.record(notice)
        enter_site(store, plan.site)
        roster = load_roster(plan.site)
        _end_unfinished(plan, roster, store)
        if not plan.site.matching.enabled:
            store.visits.interrupt(plan.site.name)
        if lost := store.segments.lose(plan.site.name):
            _log.warning("segment counts of an earlier writer are lost", parts=lost)
        Writer(plan, roster, store, listener).run(reporter)


def _end_unfinished(plan: Plan, roster: LoadedRoster, store: Store) -> None:
    """End what an earlier run left, so that who was in view then is stored, as interrupted."""
    for hello in left_unfinished(store, plan.site):
        if hello.run == plan.run:
            continue
        try:
            book = Book(plan.site, roster, store, hello)
        except BusyError:
            continue  # another run is at it
        book.end_here("Reading ended without a farewell: the machine or the program was switched off.")
        book.commit()
        _log.info("stream of an earlier run ended", camera=hello.camera, interactions=book.interactions)
