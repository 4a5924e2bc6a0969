"""YuNet: the default detector, small and quick.

Wu, Peng, Yu 2023, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision import models
from mien.vision.detect.network import DEFAULT_LONG_SIDE, check_options, check_picture, detections, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import Detection

_STRIDES: Final = (8, 16, 32)
_SAME_FACE: Final = 0.45


class YuNet:
    """Finds faces from about 16 pixels of height on, measured in the shrunk picture.

    Args:
        long_side: Pictures are shrunk to this many pixels on the longer side, so that a 4K frame costs no
            more
            than a small one. `None` detects at full resolution, which also finds far-off faces, at 10 times
            the cost for 1080p.
        min_score: Least score of a face, 0..1.
        threads: Threads inside one operation.

    Raises:
        SettingError: An option is out of range.
        ModelError: The weights are missing or altered.
    """

    name = "yunet"

    def __init__(
        self, *, long_side: int | None = DEFAULT_LONG_SIDE, min_score: float = 0.5, threads: int = 1
    ) -> None:
        check_options(long_side, min_score)
        self._long_side = long_side
        self._min_score = min_score
        self._session = models.session("yunet", threads=threads)
        self._outputs = [output.name for output in self._session.get_outputs()]

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Faces in `image` ((H, W, 3) uint8 BGR, any size), best first, boxes in its pixels.

        Raises:
            ImageError: `image` is no such picture.
        """
        check_picture(image)
        blob, scale = fit(image, self._long_side)
        raw = dict(zip(self._outputs, self._session.run(None, {"input": blob}), strict=True))
        height, width = blob.shape[2:]
        boxes, scores, points = [], [], []
        for stride in _STRIDES:
            score = np.sqrt(raw[f"cls_{stride}"][0, :, 0] * raw[f"obj_{stride}"][0, :, 0])
            hits = np.flatnonzero(score > self._min_score)
            cells = _cells(height // stride, width // stride)[hits]
            # Anchor-free: centre and points are offsets from the cell in strides, sides are logarithms.
            offset = raw[f"bbox_{stride}"][0, hits]
            centre, half = (cells + offset[:, :2]) * stride, np.exp(offset[:, 2:]) * stride / 2.0
            boxes.append(np.concatenate([centre - half, centre + half], axis=1))
            scores.append(score[hits])
            points.append((cells[:, None] + raw[f"kps_{stride}"][0, hits].reshape(-1, 5, 2)) * stride)
        return detections(
            np.concatenate(boxes),
            np.concatenate(scores),
            np.concatenate(points),
            scale=scale,
            max_overlap=_SAME_FACE,
        )


@lru_cache(maxsize=12)
def _cells(rows: int, columns: int) -> NDArray[np.float32]:
    """(rows * columns, 2) float32 x, y of every cell of a grid."""
    y, x = np.mgrid[:rows, :columns]
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
