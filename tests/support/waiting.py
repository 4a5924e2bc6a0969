"""Waiting for what other processes and threads do, on a machine that may be busy."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

DEADLINE_S: Final = 300.0
"""Where all is well nothing takes so long, and where it is not, a test fails instead of hanging."""


def until(holds: Callable[[], T], what: str) -> T:
    """Wait for a condition; what it gave."""
    end = time.monotonic() + DEADLINE_S
    while not (found := holds()):
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what}"
        threading.Event().wait(0.01)
    return found


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
