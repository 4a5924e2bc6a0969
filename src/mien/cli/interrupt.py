"""Ctrl-C, whenever it comes: one line and exit code 130, and what is done is kept.

It is caught from the first line of the command on, so this module loads nothing.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STOPPED: Final = 130
"""Exit code after Ctrl-C, as shells have it."""


class Interrupt:
    """The Ctrl-C of a process that is a command, from its first line to its last."""

    def __init__(self) -> None:
        # Half of a library loaded can do anything with an exception, and there is nothing to tidy up yet.
        signal.signal(signal.SIGINT, _leave)

    def loaded(self) -> None:
        """From here on, Ctrl-C ends what is running as an exception does."""
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def over(self) -> None:
        """The command is done; one that comes while the process ends changes nothing."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _leave(_number: int, _frame: object) -> None:
    with suppress(OSError):
        os.write(2, b"mien: Stopped before anything was read.\n")
    os._exit(STOPPED)


@contextmanager
def until_ctrl_c() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C, or word to end (SIGTERM), asks for an orderly stop, the second ends what is running.

    Yields:
        Whether a stop was asked for.
    """
    asked = False

    def ask(_number: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        restore()
