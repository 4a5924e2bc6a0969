"""Who is at a recording: one process at a time, and a dead one does not block the next.

A lease names a process and ends by itself; each checkpoint renews it. It is free at once when its process is
gone from this machine, and after its time when the process is on another machine or hangs. Every write
shows the lease's token in its own transaction, so that a process which was taken for dead cannot write any
more.
"""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

LEASE_S: Final = 120.0
"""How long a process may be silent before another may go on, seconds."""

FREE: Final = dict.fromkeys(
    ("lease_token", "lease_host", "lease_pid", "lease_mark", "lease_since", "lease_until")
)
"""The columns of `runs` where nobody is at it."""

_PROC: Final = Path("/proc")
_AFTER_NAME_STATE: Final = 0
_AFTER_NAME_START: Final = 19


def take(now: datetime) -> dict[str, Any]:
    """A new lease of this process, as columns of `runs`."""
    pid = os.getpid()
    return {
        "lease_token": str(uuid.uuid4()),
        "lease_host": socket.gethostname(),
        "lease_pid": pid,
        "lease_mark": process_mark(pid),
        "lease_since": now,
        "lease_until": end(now),
    }


def end(now: datetime) -> datetime:
    """When a lease that is renewed now ends."""
    return now + timedelta(seconds=LEASE_S)


def holder(run: Row[Any], now: datetime) -> str | None:
    """Who is at a run, in words: `process 123 since 2026-05-01 10:20:30 UTC`; `None` where it is free."""
    if run.lease_token is None or run.lease_until <= now:
        return None
    here = run.lease_host == socket.gethostname()
    if here and process_mark(run.lease_pid) != run.lease_mark:
        return None
    where = "" if here else f" on {run.lease_host}"
    return f"process {run.lease_pid}{where} since {run.lease_since:%Y-%m-%d %H:%M:%S} UTC"


def process_mark(pid: int) -> str | None:
    """What tells a living process from a later one of the same number; `None` where it is gone.

    The mark is the start of the process in clock ticks since the machine's start (`proc(5)`, field 22). Where
    there is no `/proc`, it is only known whether the process lives.
    """
    if not (_PROC / "self" / "stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            return "alive"
        return "alive"
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold anything, brackets and blanks too.
    fields = stat.rpartition(")")[2].split()
    return None if fields[_AFTER_NAME_STATE] in "ZX" else fields[_AFTER_NAME_START]
