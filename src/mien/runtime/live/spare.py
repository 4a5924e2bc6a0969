"""A process that waits for work: what takes a new process seconds, loading the libraries, is behind it."""

from __future__ import annotations

import signal
from contextlib import suppress
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Final

from mien.runtime.live.process import child, started

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_READY: Final = b"ready"
_AGAIN_S: Final = 60.0


class Spare:
    """At most one process that has loaded everything and takes the place of the next one that ends.

    A worker that is killed is back in a second or two with it, and after several without. A face may be out of sight
    for 3 s and is the same (`benchmarks/restart.py`).

    Args:
        loads: The module to load, which names the work of every kind of process that it may become.
    """

    def __init__(self, loads: str) -> None:
        self._loads = loads
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        self._ready = False
        self._began: float | None = None

    @property
    def pid(self) -> int | None:
        """Number of its process, once that waits for work."""
        return self._process.pid if self._process is not None and self._ready else None

    def tend(self) -> None:
        """Start one where there is none, and hear whether it is ready."""
        if self._process is None:
            # One that cannot even load what all others have loaded is not tried all the time.
            if self._began is None or monotonic() - self._began > _AGAIN_S:
                self._process, self._line = started(wait_for_work, self._loads, name="spare")
                self._began = monotonic()
            return
        with suppress(OSError, EOFError):
            if self._line is not None and self._line.poll(0):
                self._ready = self._line.recv_bytes() == _READY
        if self._process.exitcode is not None:
            self.kill()

    def take(
        self, work: Callable[..., None], given: tuple[object, ...]
    ) -> tuple[SpawnProcess, Connection] | None:
        """Give it work; its process and the line to it. `None` where none is ready.

        Args:
            work: What it does; takes `given` and the `Reporter`.
            given: For `work`.
        """
        process, line = self._process, self._line
        if process is None or line is None or not self._ready or process.exitcode is not None:
            return None
        try:
            line.send((work, given))
        except OSError:
            return None
        self._process = self._line = self._began = None
        self._ready = False
        return process, line

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None
        self._ready = False


def wait_for_work(line: Connection, loads: str) -> None:
    """The life of a spare process: it waits, and then is the process whose work it was given.

    It says that it is ready when it has loaded what all processes of a run need.

    Args:
        line: A pipe to the supervisor; whose end ends it.
        loads: The module that holds it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import_module(loads)
    try:
        line.send_bytes(_READY)
        work, given = line.recv()
    except (OSError, EOFError):
        return
    child(line, work, *given)
