"""The rooms in which people stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def background(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 BGR: a softly lit room's worth of blurred shapes without a face."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal((130.0, 135.0, 140.0), 8.0, size=(9, 16, 3)) + rng.normal(0.0, 35.0, size=(9, 16, 1))
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0.0, 2.0, size=(height, width, 1))
    return np.clip(wide + grain, 0, 255).astype(np.uint8)
