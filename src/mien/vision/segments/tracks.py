"""What the tracks of one camera are taken for, made of some of their pictures while these are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.errors import SettingError
from mien.segments import UNTOLD, Attribute, Segment
from mien.vision.geometry import face_height
from mien.vision.refusal import refusal
from mien.vision.segments.network import (
    AGE_HEIGHT_PX,
    MIN_HEIGHT_PX,
    AgeGenderNetwork,
    Guess,
    told_age,
    told_gender,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh, Visibility

MOST_PICTURES: Final = 6
"""Pictures of a track that are looked at: more of the same face say little new."""
FEWEST_PICTURES: Final = 2
"""Pictures without which nothing is told, so that no single one decides."""
EVERY_S: Final = 0.5
"""Least time between two of them, seconds: neighbours show the same."""


@dataclass(slots=True)
class _Known:
    pictures: int = 0
    age: float = 0.0
    man: float = 0.0
    height_px: float = 0.0
    last_s: float = 0.0


class TrackSegments:
    """Holds the sums of what the network said of each track that is in view, in memory and nowhere else.

    Args:
        attributes: What may be told, of `ATTRIBUTES`.
        legal_basis: On what legal basis, as the site file records it (`[segments]`).
        threads: Threads inside one operation.

    Raises:
        SettingError: No legal basis is named.
        ModelError: The weights are missing or altered.
    """

    def __init__(self, attributes: Collection[Attribute], *, legal_basis: str, threads: int = 1) -> None:
        if not legal_basis.strip():
            raise SettingError(
                "Age and gender are guessed only on a recorded legal basis, and none is given; record it in "
                "[segments] of the site file, or leave segments off."
            )
        self._attributes = frozenset(attributes)
        self._network = AgeGenderNetwork(threads=threads)
        self._known: dict[int, _Known] = {}

    def look(
        self, track_id: int, t_s: float, image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility
    ) -> None:
        """Take in a picture of a track, if it adds to what is known of it.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream.
            image: (H, W, 3) uint8 BGR.
            mesh: Landmarks of the face in it.
            visibility: How much of it can be seen.
        """
        known = self._known.get(track_id)
        if known is not None and (known.pictures >= MOST_PICTURES or t_s - known.last_s < EVERY_S):
            return
        if refusal(image, mesh, visibility, min_height_px=MIN_HEIGHT_PX) is not None:
            return
        guess = self._network.guess(image, mesh)
        known = self._known.setdefault(track_id, _Known())
        known.pictures += 1
        known.age += guess.age
        known.man += guess.man
        known.height_px += face_height(mesh)
        known.last_s = t_s

    def take(self, track_id: int) -> Segment:
        """Hand out the segment of a track that ended, and forget it."""
        known = self._known.pop(track_id, None)
        if known is None or known.pictures < FEWEST_PICTURES:
            return UNTOLD
        guess = Guess(known.age / known.pictures, known.man / known.pictures)
        aged = "age" in self._attributes and known.height_px >= AGE_HEIGHT_PX * known.pictures
        return Segment(
            told_age(guess) if aged else None,
            told_gender(guess) if "gender" in self._attributes else None,
        )

    def forget(self, track_ids: Iterable[int]) -> None:
        """Forget tracks."""
        for track_id in track_ids:
            self._known.pop(track_id, None)
