"""`mien run`: a site read all day by one process per camera, one writer, and a supervisor that starts them again.

Its parts are imported when asked for: each process loads only what it works with.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.runtime.live.board import Board as Board
    from mien.runtime.live.plan import Plan as Plan
    from mien.runtime.live.plan import plan_of as plan_of
    from mien.runtime.live.reading import Reading as Reading
    from mien.runtime.live.reading import ReadingState as ReadingState
    from mien.runtime.live.supervisor import Supervisor as Supervisor

_HOMES = {
    "Board": "mien.runtime.live.board",
    "Plan": "mien.runtime.live.plan",
    "Reading": "mien.runtime.live.reading",
    "ReadingState": "mien.runtime.live.reading",
    "Supervisor": "mien.runtime.live.supervisor",
    "plan_of": "mien.runtime.live.plan",
}

__all__ = ["Board", "Plan", "Reading", "ReadingState", "Supervisor", "plan_of"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (PEP 562: whatever the home module holds)
    if name not in _HOMES:
        raise AttributeError(
            f"module 'mien.runtime.live' has no attribute {name!r}; it has {', '.join(__all__)}"
        )
    return getattr(import_module(_HOMES[name]), name)
