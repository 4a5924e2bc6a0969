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
    """Notices when nobody can be followed into a picture: it shows another scene than the one before, or is earlier.

    Two pictures of one scene correlate, whatever the light does: a lamp switched on changes every pixel and
    the correlation hardly. A blank picture (a drop-out, a black frame) says nothing and is passed over.

    Attributes:
        t_s: Time of the last picture, seconds in the stream; `None` before.
    """

    def __init__(self) -> None:
        self.t_s: float | None = None
        self._last: NDArray[np.float64] | None = None

    def jumped(self, image: NDArray[np.uint8], t_s: float) -> bool:
        """Whether `image` ((H, W, 3) uint8 BGR) at `t_s` begins another scene or follows a seek backwards."""
        backwards = self.t_s is not None and t_s < self.t_s
        self.t_s = t_s
        return self._cut(image) or backwards

    def _cut(self, image: NDArray[np.uint8]) -> bool:
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
