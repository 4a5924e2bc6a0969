"""What the parts of `mien.vision.people` hand to each other. Conventions are those of `mien.vision.types`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person found in one picture.

    Attributes:
        box: (4,) float32, x1, y1, x2, y2 in pixels; it may reach beyond the picture.
        score: Detector's confidence, 0..1.
    """

    box: NDArray[np.float32]
    score: float


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """One person of one track in one picture: where they stand, and nothing of how they look.

    Attributes:
        track_id: Number of the track, from 1.
        t_s: Seconds in the stream.
        x: Where they stand, share of the picture's width, 0..1: the middle of the lower side of the box.
        y: Likewise, share of its height; over 1 where the feet are below the picture.
        height: From head to feet, share of the picture's height.
        feet: Whether the feet are in the picture. Where they are not, `y` and `height` are guessed from the width of
            the box.
        score: Detector's confidence, 0..1.
    """

    track_id: int
    t_s: float
    x: float
    y: float
    height: float
    feet: bool
    score: float


class PersonDetector(Protocol):
    """Finds people in a whole picture, from whatever side they are seen."""

    name: str

    def detect(self, image: NDArray[np.uint8]) -> list[Person]:
        """People in `image` ((H, W, 3) uint8 BGR, any size), best first, boxes in its pixels."""
        ...
