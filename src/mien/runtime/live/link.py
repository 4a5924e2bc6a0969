"""A line to the writer: kept words are sent again until they are stored, through any restart of the writer."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Client
from typing import TYPE_CHECKING, Final

from tenacity import retry, retry_if_exception_type, wait_random_exponential

from mien.errors import MienError
from mien.runtime.live.messages import FROM_WRITER, Stored, Welcome

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from mien.runtime.live.messages import Heard, Hello, Looked, MatcherHello, Word

KEPT: Final = 36_000
"""Words kept for a writer that is away: an hour at ten readings a second. Then the oldest go, and are counted."""
_HELD_UP: Final = 300
"""Unstored words from which a recording waits for the writer."""
_WAIT_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the processes of a run meet.

    Attributes:
        writer: Path of the socket at which the writer listens.
        templates: Path of that at which the matcher takes templates.
        key: Secret of the run.
    """

    writer: str
    templates: str
    key: bytes = field(repr=False)


class _ClosedError(MienError):
    """The line was closed while it was being connected."""


class Link:
    """The line of one stream, or of the matcher, to the writer.

    A thread of its own connects, again and again, and takes what the writer says. `put` never waits.

    Args:
        lines: Where the writer listens.
        hello: Who calls, and in which stream.

    Attributes:
        lost: Words that went since the writer was away for too long.
        over: Whether the stream is stored to its end already; then nothing more is sent.
    """

    def __init__(self, lines: Lines, hello: Hello | MatcherHello) -> None:
        self.lost = 0
        self.over = False
        self._lines, self._hello = lines, hello
        self._kept: deque[tuple[int, bytes]] = deque()
        self._unsent: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._connection: Connection | None = None
        self._welcome: Welcome | None = None
        self._heard: list[Heard] = []
        self._stored = 0
        self._closed = False
        self._reader = threading.Thread(target=self._listen, name="writer's answers", daemon=True)
        self._sender = threading.Thread(target=self._send, name="words for the writer", daemon=True)
        self._reader.start()
        self._sender.start()

    @property
    def unstored(self) -> int:
        """Words that the writer has not stored yet."""
        return len(self._kept)

    @property
    def stored(self) -> int:
        """The last word that the writer has stored."""
        return self._stored

    def welcome(self, timeout_s: float) -> Welcome | None:
        """What the stream goes on from, as the writer said first; `None` where it did not in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._welcome is not None, timeout_s)
            return self._welcome

    def put(self, word: Word) -> None:
        """Send a word, now or when the writer is there."""
        content = word.model_dump_json().encode()
        with self._changed:
            if self.over:
                return
            self._kept.append((word.number, content))
            self._unsent.append(content)
            if len(self._kept) > KEPT:
                self._kept.popleft()
                self.lost += 1
                if len(self._unsent) > KEPT:
                    self._unsent.popleft()
            self._changed.notify_all()

    def whisper(self, word: Looked) -> None:
        """Send a word now, or never: it is not kept, and lost where the writer is away."""
        with self._changed:
            if not self.over and self._connection is not None:
                self._unsent.append(word.model_dump_json().encode())
                self._changed.notify_all()

    def heard(self) -> list[Heard]:
        """What the writer told beyond what it stored, since this was last asked."""
        with self._changed:
            heard, self._heard = self._heard, []
            return heard

    def wait(self, timeout_s: float) -> bool:
        """Wait until the writer has caught up; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._kept) < _HELD_UP, timeout_s)

    def flush(self, timeout_s: float) -> bool:
        """Wait until every word is stored; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._kept, timeout_s)

    def close(self) -> None:
        """Close the line. What is not stored is lost: `flush` before."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._hang_up()

    @retry(
        retry=retry_if_exception_type((OSError, EOFError)),
        wait=wait_random_exponential(multiplier=0.1, max=2.0),
    )
    def _connect(self) -> Connection:
        if self._closed:
            raise _ClosedError("The line is closed.")
        connection = Client(self._lines.writer, family="AF_UNIX", authkey=self._lines.key)
        try:
            connection.send_bytes(self._hello.model_dump_json().encode())
        except OSError:
            connection.close()
            raise
        return connection

    def _listen(self) -> None:
        while not self._closed:
            try:
                connection = self._connect()
            except _ClosedError:
                return
            with suppress(OSError, EOFError):
                while True:
                    self._take(connection, connection.recv_bytes())
            with self._changed:
                if self._connection is connection:
                    self._connection = None
                    self._unsent.clear()  # the next welcome makes it anew of what is kept
                connection.close()
            time.sleep(_WAIT_S)

    def _take(self, connection: Connection, content: bytes) -> None:
        said = FROM_WRITER.validate_json(content)
        with self._changed:
            if isinstance(said, Welcome):
                self._welcome = self._welcome or said
                self._connection = connection
                self.over = said.over
                self._forget(sys.maxsize if said.over else said.number)
                self._unsent = deque(kept for _, kept in self._kept)
            elif isinstance(said, Stored):
                self._stored = said.number
                self._forget(said.number)
            else:
                self._heard.append(said)
            self._changed.notify_all()

    def _forget(self, number: int) -> None:
        while self._kept and self._kept[0][0] <= number:
            self._kept.popleft()

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or (self._connection is not None and bool(self._unsent))
                )
                if self._closed:
                    return
                connection, content = self._connection, self._unsent[0]
            if connection is None:
                continue
            try:
                connection.send_bytes(content)
            except OSError:
                with self._changed:
                    self._hang_up()
                continue
            with self._changed:
                # A welcome meanwhile made the list anew.
                if connection is self._connection and self._unsent and self._unsent[0] is content:
                    self._unsent.popleft()

    def _hang_up(self) -> None:
        if self._connection is not None:
            # Closing alone would leave the other thread, and so the writer, waiting for a word.
            with suppress(OSError), socket.socket(fileno=os.dup(self._connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
            self._connection = None
            self._unsent.clear()
