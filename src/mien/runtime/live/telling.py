"""What the pages are told of a run: by the writer what is seen now, by the supervisor how the cameras are.

A word that the store has no time for is passed over: the next one follows within a second, and nothing hangs on it.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from mien.errors import StoreError
from mien.runtime.live.status import CameraFault
from mien.store import Store
from mien.store.live import Health, Now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mien.runtime.live.board import Board, Row

NOW_EVERY_S: Final = 0.5
"""Seconds between two words of what is seen, where it changes."""
_AGAIN_S: Final = 2.0
"""Seconds after which what did not change is said again, so that it counts as now."""
_PATIENCE_S: Final = 1.0


class Seeing(Protocol):
    """What a camera is told by."""

    over: bool
    """Whether nothing more comes of it."""

    def seen_now(self) -> Now:
        """What it sees."""


class NowTeller:
    """Tells what the cameras of a site see, at most twice a second.

    Args:
        site: The site.
        store: The open store of the writer.
    """

    def __init__(self, site: str, store: Store) -> None:
        self._site, self._store = site, store
        self._at: float | None = None
        self._said: dict[str, tuple[float, Now]] = {}

    def tell(self, books: Mapping[str, Seeing]) -> None:
        """Tell what is seen, where it is time to."""
        if self._at is not None and monotonic() - self._at < NOW_EVERY_S:
            return
        self._at = now = monotonic()
        seen = {camera: book.seen_now() for camera, book in books.items() if not book.over}
        words = {camera: word for camera, word in seen.items() if self._news(camera, word, now)}
        with suppress(StoreError):
            self._store.live.say(self._site, words)
            self._said |= {camera: (now, word) for camera, word in words.items()}

    def _news(self, camera: str, word: Now, now: float) -> bool:
        """Whether it was not said before, or so long ago that it must be said again."""
        said_at, said = self._said.get(camera, (-_AGAIN_S, None))
        return said != word or now - said_at >= _AGAIN_S

    def silence(self) -> None:
        """Take back what was said last, by this writer or by one that died."""
        with suppress(StoreError):
            self._store.live.fall_silent(self._site, "now")


class HealthTeller:
    """Tells how the cameras of a run are, every two seconds.

    Args:
        site: The site.
        store: Address of the store.
    """

    def __init__(self, site: str, store: str | Path | None) -> None:
        self._site = site
        self._store = Store.open(store, timeout_s=_PATIENCE_S)
        self._at: float | None = None

    def tell(self, board: Board) -> None:
        """Tell how they are, where it is time to."""
        if self._at is not None and monotonic() - self._at < _AGAIN_S:
            return
        self._at = monotonic()
        with suppress(StoreError):
            self._store.live.say(self._site, {row.camera: health_of(row) for row in board.rows})

    def close(self) -> None:
        """Say nothing more."""
        with suppress(StoreError):
            self._store.live.fall_silent(self._site, "health")
        self._store.close()


def health_of(row: Row) -> Health:
    """How a camera is, from its row on the board."""
    known = Health(
        touchpoint=row.touchpoint, phase="starting", restarts=row.restarts, interactions=row.interactions
    )
    if row.ended is not None:
        what = "no notice" if row.unnoticed else "worker ended"
        return known.model_copy(update={"phase": "not read", "trouble": row.ended, "what": what})
    if row.done:
        return known.model_copy(update={"phase": "done"})
    if row.status is None:
        return known
    phase, wrong = row.status.phase, list(row.status.findings)
    if row.status.reason:
        wrong.append(CameraFault(what=phase, reason=row.status.reason))
    told = {"trouble": wrong[0].reason, "what": wrong[0].what} if wrong else {}
    return known.model_copy(update={"phase": phase, **told})
