"""A run at one moment, as it is shown: what of it lives, what it has stored, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mien.runtime.live.status import CameraStatus, DeliveryStatus, MatcherStatus


@dataclass(frozen=True, slots=True)
class Row:
    """One camera on the board.

    Attributes:
        camera: Its name.
        touchpoint: Which one it watches.
        status: What its worker said last; `None` before.
        restarts: How often its worker was started again.
        interactions: Interactions stored in this run.
        ended: Why it is not read any more; `None` while it is.
        done: Whether its recording was read to its end.
        unnoticed: Whether it is not read since no notice hangs any more.
    """

    camera: str
    touchpoint: str
    status: CameraStatus | None
    restarts: int
    interactions: int
    ended: str | None
    done: bool
    unnoticed: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A run at one moment.

    Attributes:
        site: Name of the site.
        rows: The cameras.
        writer: Why the writer is away; `None` while it works.
        delivery: How each sender is doing; empty where there is none, or before they said so.
        undelivered: Why there is no delivery although the site file asks for it.
        matching: How the joining of visits is doing; `None` where there is none, or before it said so.
        unmatched: Why visits are not joined although the site file asks for it.
        stopping: Whether a stop was asked for.
    """

    site: str
    rows: tuple[Row, ...]
    writer: str | None
    delivery: tuple[DeliveryStatus, ...]
    undelivered: str | None
    matching: MatcherStatus | None
    unmatched: str | None
    stopping: bool
