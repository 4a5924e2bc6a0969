"""From the picture of a face to an apparent age and gender, and from these to a segment or to "cannot tell"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.segments import Age, Gender
from mien.vision.geometry import mesh_box, pixels_of
from mien.vision.models import entry, session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MODEL: Final = "age_gender"
"""Name in the manifest of weights."""

MIN_HEIGHT_PX: Final = 40.0
"""Faces less high are not looked at: at 32 px one woman in thirteen is told as a man (`benchmarks/segments.py`)."""

AGE_HEIGHT_PX: Final = 60.0
"""Faces less high on average are placed in no age band: at 40 px half of the bands are wrong."""

ADULT: Final = 18.0
"""Years under which nobody is a segment."""

FROM_EDGE: Final = 2.0
"""Years by which an age must lie inside its band to be told, and beyond `ADULT` for anything to be told."""

MIN_SHARE: Final = 0.7
"""Least share of a gender that is told."""

_EDGES: Final = (30.0, 45.0, 60.0)
"""Between the bands, in the order of `Age`."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What the network says of one face or, as a mean, of several pictures of one.

    Attributes:
        age: Years.
        man: Share of "man", 0..1; the rest is "woman".
    """

    age: float
    man: float


class AgeGenderNetwork:
    """The network alone: the box around the landmarks of a face and its mirror image in, the mean of both out.

    Args:
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights are missing or altered.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._session = session(MODEL, threads=threads)
        self._size = entry(MODEL).input_size[0]

    def guess(self, image: NDArray[np.uint8], mesh: FaceMesh) -> Guess:
        """What it takes a face for.

        Args:
            image: (H, W, 3) uint8 BGR.
            mesh: Landmarks of the face in it, at least some of them in the picture.
        """
        # The tight box drawn out to a square, as the network learned: square boxes around it read women as men.
        x1, y1, x2, y2 = pixels_of(mesh_box(mesh), *image.shape[:2])
        crop = cv2.resize(image[y1:y2, x1:x2], (self._size, self._size), interpolation=cv2.INTER_LINEAR)
        rgb = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
        both = np.stack([rgb, rgb[:, ::-1]]).transpose(0, 3, 1, 2).astype(np.float32)
        age, gender = self._session.run(["age", "gender"], {"input": both})
        return Guess(float(np.mean(age)), float(np.mean(gender[:, 0])))


def told_age(guess: Guess) -> Age | None:
    """The age band; `None` near its edges, where the other one is as likely, and for whoever may be under 18.

    Example:
        >>> told_age(Guess(37.0, 0.1)), told_age(Guess(44.5, 0.1)), told_age(Guess(17.0, 0.1))
        (<Age.MIDDLE: '30-44'>, None, None)
    """
    if not _adult(guess) or min(abs(guess.age - edge) for edge in _EDGES) < FROM_EDGE:
        return None
    return tuple(Age)[sum(guess.age >= edge for edge in _EDGES)]


def told_gender(guess: Guess) -> Gender | None:
    """The gender; `None` where the network is not sure, and for whoever may be under 18.

    Example:
        >>> told_gender(Guess(37.0, 0.1)), told_gender(Guess(37.0, 0.6)), told_gender(Guess(17.0, 0.1))
        (<Gender.WOMAN: 'woman'>, None, None)
    """
    if not _adult(guess) or max(guess.man, 1.0 - guess.man) < MIN_SHARE:
        return None
    return Gender.MAN if guess.man > 0.5 else Gender.WOMAN


def _adult(guess: Guess) -> bool:
    return guess.age >= ADULT + FROM_EDGE
