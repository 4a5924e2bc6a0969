"""Photographs seen again and again as a camera sees a face that is held still: jittered crops, read by the networks.

It takes a tenth of the time of a film: landmarks are looked for once, and what is drawn at random in their place are
the shift, turn and size of the crop (an Ornstein-Uhlenbeck path each) and the noise of the picture. Nothing talks or
blinks, and nothing is known of lids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.neutral.films import LASTS, RATE
from benchmarks.neutral.kept import Film, Part
from mien.runtime.live.seen import SeenFace
from mien.vision.align import alignment, warp
from mien.vision.crops import CropAligner
from mien.vision.expression import ExpressionReader
from mien.vision.likeness import SIDE
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.neutral.material import Photographed

SHIFT: Final = 0.03
"""Standard deviation of the place of a crop, in sides of it; of its size, as a share, it is the same."""
TURN: Final = 3.0
"""Of its turn, degrees."""
LASTS_S: Final = 0.5
"""Seconds after which a crop has mostly forgotten where it was."""
NOISE: Final = 4.0
"""Standard deviation of the noise of a picture, grey levels."""


def read_crops(people: Sequence[Photographed], rng: np.random.Generator) -> Iterator[Film]:
    """What the expression network tells of people whose landmarks are found."""
    aligner, reader = CropAligner(SIDE), ExpressionReader()
    for one in people:
        crops: list[NDArray[np.uint8]] = []
        parts: list[Part] = []
        for shows, picture in one.pictures:
            mesh = aligner.find(np.repeat(picture[..., None], 3, axis=2))
            if mesh is None:
                break
            parts.append(Part(shows=shows, begin=len(crops), end=len(crops) + LASTS[shows]))
            crops += _jittered(picture, alignment(mesh.points, SIDE), LASTS[shows], rng)
        if len(parts) == len(one.pictures):
            yield Film(person=one.person, rate=RATE, parts=tuple(parts), seen=_seen(reader, crops))


def _seen(reader: ExpressionReader, crops: Sequence[NDArray[np.uint8]]) -> tuple[SeenFace, ...]:
    shares, variances = reader.infer(crops)
    return tuple(
        SeenFace.model_validate(
            {
                "track_id": 1,
                "t_s": number / RATE,
                "box": (100.0, 100.0, 200.0, 210.0),
                "quality": (110.0, 1.0, 0.5, 0.2, 1.0),
                "pose": (0.0, 0.0, 0.0),
                "gaze": None,
                "visibility": Visibility.FULL,
                "probabilities": share.tolist(),
                "variances": variance.tolist(),
                "read_from": Visibility.FULL,
                "left_out": None,
                "shown": None,
            }
        )
        for number, (share, variance) in enumerate(zip(shares, variances, strict=True))
    )


def _jittered(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], count: int, rng: np.random.Generator
) -> list[NDArray[np.uint8]]:
    kept = np.exp(-1.0 / (RATE * LASTS_S))
    path = rng.normal(size=(count, 4))
    for k in range(1, count):
        path[k] = kept * path[k - 1] + np.sqrt(1 - kept**2) * path[k]
    found = []
    for right, down, turn, larger in path:
        angle, scale = np.radians(TURN * turn), 1.0 + SHIFT * larger
        spin = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.full(2, SIDE / 2)
        shift = middle - spin @ middle + SIDE * SHIFT * np.array([right, down])
        moved = np.column_stack([spin @ matrix[:, :2], spin @ matrix[:, 2] + shift])
        crop = warp(picture, moved, SIDE).astype(np.float64) + rng.normal(0.0, NOISE, (SIDE, SIDE))
        found.append(np.clip(np.round(crop), 0, 255).astype(np.uint8))
    return found
