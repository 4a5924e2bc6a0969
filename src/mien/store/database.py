"""One open database: transactions and a clock, shared by everything that reads and writes the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from mien.store.address import display
from mien.store.engine import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_CHUNK: Final = 500


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in pieces that fit into one IN list; SQLite takes some thousands, servers slow down with more."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def utc_now() -> datetime:
    """The time of day, for leases and for dates of entry; never for times in a stream."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        engine: From `mien.store.engine.connect`, with the tables of this Mien.
        now: The clock, UTC.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return display(self.engine.url)

    def read(self) -> AbstractContextManager[Connection]:
        """A snapshot: what others commit meanwhile is not seen."""
        return transaction(self.engine)

    def write(self) -> AbstractContextManager[Connection]:
        """Everything in the block or nothing; waits for another writer."""
        return transaction(self.engine, write=True)
