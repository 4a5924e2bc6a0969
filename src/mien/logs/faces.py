"""Whose row it is: the labels of a tool become presences, one track each."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.logs.cells import Measure

MOST_FACES: Final = 100_000
"""Faces that one log may name; what names more is no name of a face."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that says something of a face.

    Attributes:
        line: Where it stands, from 1.
        t_s: When, seconds.
        face: What the tool calls the face; "" where it has no names.
        measure: What the face shows; `None` where it is left out.
        left_out: Why it is left out; `None` where it is not.
    """

    line: int
    t_s: float
    face: str
    measure: Measure | None
    left_out: str | None = None


@dataclass(slots=True)
class _Face:
    last: Row
    track_id: int
    waiting: bool = True
    twice: bool = False


class Faces:
    """Parts the rows of a log into presences.

    The last row of each face waits until the next one shows that it was the only one at its time. Times must rise
    face by face; a log may tell one face after the other.

    Args:
        away_s: Seconds without a row after which who comes under the same name is somebody else's presence.

    Attributes:
        named: How many faces were named so far.
    """

    def __init__(self, away_s: float) -> None:
        self._away_s = away_s
        self._here: dict[str, _Face] = {}
        self._gone: dict[str, tuple[float, int]] = {}
        self._leaving: list[
            tuple[float, str]
        ] = []  # one of each who is here, by a time before which nobody left
        self._tracks = 0

    @property
    def named(self) -> int:
        """Faces that were named so far."""
        return len(self._here) + len(self._gone)

    def earlier(self, row: Row) -> tuple[float, int] | None:
        """Time and line of the row of the same face that it should stand before; `None` where it stands right."""
        here = self._here.get(row.face)
        last = (here.last.t_s, here.last.line) if here is not None else self._gone.get(row.face)
        return last if last is not None and row.t_s < last[0] else None

    def twin(self, row: Row) -> list[Row]:
        """The rows that cannot be told apart from it: of the same face at the same time, itself included.

        They are forgotten; none where it is the only one so far.
        """
        here = self._here.get(row.face)
        if here is None or here.last.t_s != row.t_s:
            return []
        first = [here.last] if here.waiting else []
        here.waiting = False
        return [*first, row]

    def take(self, row: Row) -> Iterator[tuple[int, Row | None]]:
        """Take a row that is neither `earlier` nor a `twin`.

        Yields:
            The number of a track and a row of it that is sure by now, or `None` where the track has ended.
        """
        while self._leaving and self._away(self._leaving[0][0], row.t_s):
            _, name = heappop(self._leaving)
            face = self._here[name]
            if self._away(face.last.t_s, row.t_s):
                yield from self._leave(name, face)
            else:
                heappush(self._leaving, (face.last.t_s, name))
        here = self._here.get(row.face)
        if here is None:
            self._gone.pop(row.face, None)
            self._tracks += 1
            self._here[row.face] = _Face(row, self._tracks)
            heappush(self._leaving, (row.t_s, row.face))
            return
        if here.waiting:
            yield here.track_id, here.last
        here.last, here.waiting = row, True

    def finish(self) -> Iterator[tuple[int, Row | None]]:
        """What still waits, as `take`; who was there to the end of the log has not left and is not ended."""
        latest = max((face.last.t_s for face in self._here.values()), default=0.0)
        for name, face in list(self._here.items()):
            if self._away(face.last.t_s, latest):
                yield from self._leave(name, face)
            elif face.waiting:
                yield face.track_id, face.last

    def _away(self, last_s: float, now_s: float) -> bool:
        return now_s - last_s > self._away_s

    def _leave(self, name: str, face: _Face) -> Iterator[tuple[int, Row | None]]:
        if face.waiting:
            yield face.track_id, face.last
        yield face.track_id, None
        del self._here[name]
        self._gone[name] = face.last.t_s, face.last.line
