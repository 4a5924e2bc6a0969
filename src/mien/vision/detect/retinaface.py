"""RetinaFace on MobileNet 0.25: slower, with fewer false faces (Deng et al. 2020, CVPR, "RetinaFace")."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision import models
from mien.vision.detect.network import DEFAULT_LONG_SIDE, check_options, check_picture, detections, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.types import Detection

# Stride of each level of the pyramid and the sides of its two square anchors, pixels; the variances scale the
# network's offsets. Both as in Pytorch_Retinaface's configuration of the MobileNet model.
_LEVELS: Final = ((8, (16, 32)), (16, (64, 128)), (32, (256, 512)))
_CENTRE_VARIANCE: Final = 0.1
_SIZE_VARIANCE: Final = 0.2
_SAME_FACE: Final = 0.4


class RetinaFace:
    """Finds faces from about 24 pixels of height on, measured in the shrunk picture.

    Args:
        long_side: Pictures are shrunk to this many pixels on the longer side; `None` detects at full
            resolution.
        min_score: Least score of a face, 0..1.
        threads: Threads inside one operation.

    Raises:
        SettingError: An option is out of range.
        ModelError: The weights are missing or altered.
    """

    name = "retinaface"

    def __init__(
        self, *, long_side: int | None = DEFAULT_LONG_SIDE, min_score: float = 0.5, threads: int = 1
    ) -> None:
        check_options(long_side, min_score)
        self._long_side = long_side
        self._min_score = min_score
        self._session = models.session("retinaface", threads=threads)

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Faces in `image` ((H, W, 3) uint8 BGR, any size), best first, boxes in its pixels.

        Raises:
            ImageError: `image` is no such picture.
        """
        check_picture(image)
        blob, scale = fit(image, self._long_side)
        offsets, classes, marks = (output[0] for output in self._session.run(None, {"input": blob}))
        score = classes[:, 1]
        hits = np.flatnonzero(score > self._min_score)
        anchors = _anchors(*blob.shape[2:])[hits]
        middle, side = anchors[:, :2], anchors[:, 2:]
        centre = middle + offsets[hits, :2] * _CENTRE_VARIANCE * side
        half = side * np.exp(offsets[hits, 2:] * _SIZE_VARIANCE) / 2.0
        points = middle[:, None] + marks[hits].reshape(-1, 5, 2) * _CENTRE_VARIANCE * side[:, None]
        return detections(
            np.concatenate([centre - half, centre + half], axis=1),
            score[hits],
            points,
            scale=scale,
            max_overlap=_SAME_FACE,
        )


@lru_cache(maxsize=4)
def _anchors(height: int, width: int) -> NDArray[np.float32]:
    """(N, 4) float32 centre x, y and sides of every anchor, in the network's order."""
    levels = []
    for stride, sides in _LEVELS:
        y, x = np.mgrid[: height // stride, : width // stride]
        centres = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * stride
        sizes = np.tile(np.array(sides, dtype=np.float64)[:, None], (len(centres), 2))
        levels.append(np.concatenate([np.repeat(centres, len(sides), axis=0), sizes], axis=1))
    return np.concatenate(levels).astype(np.float32)
