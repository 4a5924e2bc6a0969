"""A child process of the supervisor: how it says that it lives, how it is asked to stop, and how it ends."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
from base64 import b64encode
from contextlib import nullcontext
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.errors import MienError
from mien.journal import begin, logger, silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from pydantic import BaseModel

FAREWELL_S: Final = 90.0
"""For how long a process that was asked to stop may take to end its work, seconds."""
SAY_EVERY_S: Final = 1.0
"""Longest time between two signs of life, seconds."""
UNUSABLE: Final = 2
"""Exit code of a process that has told in one sentence why it cannot work."""
_STOP: Final = b"stop"
_STILL: Final = b"still"
_SPAWN: Final = multiprocessing.get_context("spawn")
_log = logger("mien.process")


class Reporter:
    """The line of a child process to the supervisor.

    Args:
        line: A pipe to the supervisor.

    Attributes:
        still_asked: Whether a blurred still of the next picture is asked for; `stopped` finds it out.
    """

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._said = 0.0
        self._stopped = False
        self.still_asked = False

    @property
    def stopped(self) -> bool:
        """Whether this process is to end; so it is when the supervisor is gone."""
        try:
            while not self._stopped and self._line.poll(0):
                said = self._line.recv_bytes()
                self._stopped = said == _STOP
                self.still_asked |= said == _STILL
        except (OSError, EOFError):
            self._stopped = True
        return self._stopped

    @property
    def due(self) -> bool:
        """Whether the next sign of life is due."""
        return monotonic() - self._said >= SAY_EVERY_S

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond being asked to stop."""
        try:
            if not self._stopped:
                self._line.poll(seconds)
        except OSError:
            self._stopped = True

    def say(self, status: BaseModel, *, now: bool = False) -> None:
        """Give a sign of life, at most once a second unless `now`."""
        if not (now or self.due):
            return
        self._said = monotonic()
        self._send({"status": status.model_dump(mode="json")})

    def show(self, still: bytes | str) -> None:
        """Hand over the blurred still that was asked for, JPEG, or why there is none."""
        self.still_asked = False
        if isinstance(still, str):
            self._send({"no_still": still})
        else:
            self._send({"still": b64encode(still).decode()})

    def fail(self, error: str) -> None:
        """Tell why this process ends."""
        self._send({"error": error})

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._line.send_bytes(json.dumps(message).encode())
        except OSError:
            self._stopped = True


def started(target: Callable[..., None], *given: object, name: str) -> tuple[SpawnProcess, Connection]:
    """Start a process that ends with this one; it, and the line to it.

    Args:
        target: What it does; takes its end of the line, and `given`.
        given: For `target`.
        name: For people.
    """
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=target, args=(theirs, *given), name=name, daemon=True)
    process.start()
    theirs.close()
    return process, ours


def ask_to_stop(line: Connection) -> None:
    """Ask the process at the other end to end."""
    line.send_bytes(_STOP)


def ask_for_still(line: Connection) -> None:
    """Ask the process of a camera at the other end for a blurred still."""
    line.send_bytes(_STILL)


def child(line: Connection, work: Callable[..., None], *given: object, logs: bool = True) -> None:
    """The life of a child process: it leaves Ctrl-C to the supervisor, and says in one sentence why it fails.

    Args:
        line: A pipe to the supervisor.
        work: What it does; takes `given` and the `Reporter`.
        given: For `work`.
        logs: Whether it logs.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin()
    reporter = Reporter(line)
    try:
        with nullcontext() if logs else silent():
            work(*given, reporter)
    except MienError as error:
        reporter.fail(str(error))
        sys.exit(UNUSABLE)
    except Exception:
        # Else multiprocessing writes what the error says, which may name a customer.
        _log.exception("the process failed")
        sys.exit(1)
