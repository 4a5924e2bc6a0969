"""NanoDet: finds people, small and quick enough for two pictures a second on part of one core.

RangiLyu, "NanoDet", 2021; its boxes are distributions over distances, after X. Li et al., "Generalized Focal Loss",
NeurIPS 2020.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision import models
from mien.vision.detect.network import best, check_options, check_picture, fit
from mien.vision.people.types import Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG_SIDE: Final = 416
"""Pixels of the longer side that a picture is shrunk to: what the network was taught on."""

MIN_SCORE: Final = 0.3
"""Least score of a person. Low, for a tracker follows the weak ones and begins with strong ones only."""

_STRIDES: Final = (8, 16, 32)
_SAME_PERSON: Final = 0.6
_BINS: Final = 11


class NanoDet:
    """Finds people from about a tenth of the picture's height on.

    Args:
        long_side: Pictures are shrunk to this many pixels on the longer side. More finds people further off and costs
            with the square.
        min_score: Least score of a person, 0..1.
        threads: Threads inside one operation.

    Raises:
        SettingError: An option is out of range.
        ModelError: The weights are missing or altered.
    """

    name = "nanodet"

    def __init__(
        self, *, long_side: int | None = LONG_SIDE, min_score: float = MIN_SCORE, threads: int = 1
    ) -> None:
        check_options(long_side, min_score)
        self._long_side = long_side
        self._min_score = min_score
        self._session = models.session("nanodet_person", threads=threads)

    def detect(self, image: NDArray[np.uint8]) -> list[Person]:
        """People in `image` ((H, W, 3) uint8 BGR, any size), best first, boxes in its pixels.

        Raises:
            ImageError: `image` is no such picture.
        """
        check_picture(image)
        blob, scale = fit(image, self._long_side)
        score, sides = self._session.run(["score", "sides"], {"input": blob})
        hits = np.flatnonzero(score[0, :, 0] > self._min_score)
        cells = _cells(blob.shape[2], blob.shape[3])[hits]
        # Each side's distance from the cell is the mean of a distribution over whole strides.
        raw = np.exp(sides[0, hits].reshape(-1, 4, _BINS))
        away = raw @ np.arange(_BINS, dtype=np.float32) / raw.sum(axis=-1) * cells[:, 2:]
        boxes = np.concatenate([cells[:, :2] - away[:, :2], cells[:, :2] + away[:, 2:]], axis=1)
        scores = score[0, hits, 0]
        return [
            Person((boxes[i] / scale).astype(np.float32), float(scores[i]))
            for i in best(boxes, scores, max_overlap=_SAME_PERSON)
        ]


@lru_cache(maxsize=8)
def _cells(height: int, width: int) -> NDArray[np.float32]:
    """(cells, 3) float32 x and y of the middle of every cell of all levels, and its stride; pixels of the input."""
    levels = []
    for stride in _STRIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        middle = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * stride
        levels.append(np.concatenate([middle, np.full((x.size, 1), stride)], axis=1))
    return np.concatenate(levels).astype(np.float32)
