"""What is remembered of each track of a camera: kept by track, dropped when it ends, saved at a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kept = TypeVar("Kept")


class TrackMemory(Generic[Kept]):
    """Something kept of each track, by its number."""

    def __init__(self) -> None:
        self._tracks: dict[int, Kept] = {}

    def forget(self, track_ids: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended."""
        for track_id in track_ids:
            self._tracks.pop(track_id, None)

    def state(self) -> dict[int, Kept]:
        """What is needed to go on after a stop, by track."""
        return dict(self._tracks)

    def restore(self, state: Mapping[int, Kept]) -> None:
        """Go on from a state."""
        self._tracks = dict(state)
