"""Scene cuts: nobody is followed from one scene into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_THUMBNAIL: Final = (32, 18)
_ALIKE: Final = 0.3
_BLANK: Final = 4.0


class SceneWatch:
    """Notices when a picture shows another scene than the one before.

    Two pictures of one scene correlate, whatever the light does: a lamp switched on changes every pixel and
    the correlation hardly. A blank picture (a drop-out, a black frame) says nothing and is passed over.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.float64] | None = None

    def cut(self, image: NDArray[np.uint8]) -> bool:
        """Whether `image` ((H, W, 3) uint8 BGR) begins another scene."""
        # A few pixels for each of the thumbnail are enough and spare a pass over a 4K picture.
        step = max(1, min(image.shape[:2]) // (3 * _THUMBNAIL[1]))
        small = cv2.resize(image[::step, ::step], _THUMBNAIL, interpolation=cv2.INTER_AREA)
        grey = small.mean(axis=2, dtype=np.float64).ravel()
        spread = float(grey.std())
        if spread < _BLANK:
            return False
        normal = (grey - grey.mean()) / spread
        alike = 1.0 if self._last is None else float(self._last @ normal) / normal.size
        self._last = normal
        return alike < _ALIKE
