"""Whether a tile still shows what was marked, judged by its pictures alone.

Reading stops where the next picture may show somebody else. Four signs are looked for:

- *The room changed*: the tile's picture is divided into cells; those that hardly changed of late are the room behind
  the person. Where many of them differ at once from what they were, and not only in brightness, it is another room.
  Where hardly a cell is still, nothing is concluded from them.
- *The picture jumped*: two people before the same background. From one picture to the next more changed than ever in
  the seconds before, and the face is not the same as 0.2 s earlier: the more changed, the less unlike it needs to be.
- *Another face*: the tracker takes the face for a new one.
- *A second face* in the tile.

Faces are compared from one picture to the next only. What is compared is the detail of an aligned face of 48 pixels,
held for one picture; nothing is made that would know somebody again.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.align import align_face
from mien.vision.likeness import SIDE, detail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh, Visibility

    Cells = NDArray[np.float32]

COLUMNS, ROWS = 32, 18
"""Cells of a tile."""
ROOM: Final = 0.4
"""Share of still cells that change at once where the room does."""
JUMP: Final = 2.0
"""A picture jumped where its cells changed by so many times the most of the seconds before."""
LEAST_JUMP: Final = 8.0
"""Likewise, least mean change of the cells, 0..255."""
UNLIKE: Final = 0.3
"""Correlation of the details of two faces under which they are two people's where more changed than before."""
MAYBE_UNLIKE: Final = 0.75
"""Likewise where the picture jumped."""

_MEMORY_S: Final = 1.5
_RECENT_S: Final = 8.0
_STILL: Final = 3.0
_CHANGED: Final = 14.0
_TIMES_USUAL: Final = 5.0
_MOST_USUAL: Final = 20.0
_FEW: Final = 0.15  # of the cells
_BRIGHTER: Final = 0.4  # of the logarithm: light may change by half at once
_TINTED: Final = (
    0.08  # of the logarithm, between colours: a lamp is warmer than the day, another wall is another colour
)
_FLOOR: Final = 8.0
_NEXT_S: Final = 0.5  # pictures further apart are not compared as consecutive


class TileWatch:
    """Notices a change of room, and a jump, from one picture of a tile to the next."""

    def __init__(self) -> None:
        self._usual: Cells | None = None
        self._moves: Cells | None = None
        self._last: tuple[float, Cells] | None = None
        self._changes: deque[tuple[float, float]] = deque()
        self._n = 0

    def look(self, image: NDArray[np.uint8], t_s: float) -> tuple[float, float]:
        """Take in the next picture.

        Args:
            image: (H, W, 3) uint8 BGR, always of one size.
            t_s: Seconds, later than the one before.

        Returns:
            The share of still cells that changed, 0..1; by how many times the most of the seconds before the picture
            changed since the one before, 0 where that cannot be told.
        """
        cells = np.asarray(cv2.resize(image, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)
        room, jump = 0.0, 0.0
        if self._usual is not None and self._moves is not None and self._last is not None:
            passed_s = t_s - self._last[0]
            room = self._room(cells, passed_s)
            jump = self._jump(cells, t_s)
        else:
            self._usual, self._moves = cells.copy(), np.full((ROWS, COLUMNS), 1.0 + _STILL, np.float32)
        self._last = (t_s, cells)
        return room, jump

    def _room(self, cells: Cells, passed_s: float) -> float:
        assert self._usual is not None
        assert self._moves is not None
        still = self._moves < _STILL
        enough = still.mean() >= _FEW
        if not enough:
            still = self._moves <= np.median(self._moves)
        off = np.abs(_relit(cells, self._usual, still) - self._usual).max(axis=2)
        changed = off > np.maximum(_CHANGED, _TIMES_USUAL * self._moves)
        self._n += 1
        weight = max(1.0 - np.exp(-passed_s / _MEMORY_S), 1.0 / (self._n + 1))
        self._moves = self._moves + weight * (np.minimum(off, _MOST_USUAL) - self._moves)
        self._usual = self._usual + weight * (cells - self._usual)
        return float(changed[still].mean()) if enough else 0.0

    def _jump(self, cells: Cells, t_s: float) -> float:
        assert self._last is not None
        before_s, before = self._last
        if t_s - before_s > _NEXT_S:
            self._changes.clear()
            return 0.0
        everywhere = np.ones((ROWS, COLUMNS), np.bool_)
        change = float(np.abs(_relit(cells, before, everywhere) - before).max(axis=2).mean())
        while self._changes and t_s - self._changes[0][0] > _RECENT_S:
            self._changes.popleft()
        most = max((past for _, past in self._changes), default=np.inf)
        self._changes.append((t_s, change))
        return change / max(most, LEAST_JUMP / JUMP)


def is_other(alike: float | None, jump: float) -> bool:
    """Whether a face is taken for another one than in the picture before.

    Args:
        alike: Correlation of their details; `None` where there are none to compare.
        jump: By how many times the most of the seconds before the picture changed.
    """
    return alike is not None and ((alike < UNLIKE and jump >= 1.0) or (alike < MAYBE_UNLIKE and jump >= JUMP))


class FaceWatch:
    """An onlooker of the pipeline: how alike the face is to what it was in the picture before."""

    def __init__(self) -> None:
        self._last: tuple[float, NDArray[np.float32]] | None = None
        self._alike: float | None = None

    def look(
        self, track_id: int, t_s: float, image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility
    ) -> None:
        """Compare a face with the last one."""
        del track_id, visibility
        seen = detail(
            np.asarray(cv2.cvtColor(align_face(image, mesh, SIDE), cv2.COLOR_BGR2GRAY), np.uint8)
        ).ravel()
        if self._last is not None and t_s - self._last[0] <= _NEXT_S:
            self._alike = float(np.corrcoef(seen, self._last[1])[0, 1])
        self._last = (t_s, seen)

    def forget(self, track_ids: Iterable[int]) -> None:
        """Nothing is held of tracks."""

    def take(self) -> float | None:
        """Correlation, -1..1, of the last two faces since this was last asked; `None` where there are not two."""
        alike, self._alike = self._alike, None
        return alike


def _relit(cells: Cells, like: Cells, where: NDArray[np.bool_]) -> Cells:
    """Cells in the light of others: the brightness, and a little of its colour, that most of them changed by."""
    ratio = np.log((cells[where] + _FLOOR) / (like[where] + _FLOOR))
    gain = np.clip(np.median(ratio, axis=0), -_BRIGHTER, _BRIGHTER)
    middle = float(np.median(gain))
    gain = np.clip(gain, middle - _TINTED, middle + _TINTED)
    return np.asarray((cells + _FLOOR) * np.exp(-gain) - _FLOOR, np.float32)
