"""Inputs on which a rebuilt network and the bundled one must agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROOT: Final = Path(__file__).parents[2]
FACE: Final = _ROOT / "src" / "mien" / "vision" / "selftest" / "face.jpg"
"""One face, public domain."""
GROUP: Final = _ROOT / "samples" / "multi_face.jpg"
"""Five people."""
SEED: Final = 20240927
"""Seed of the random inputs."""


def noise(shape: tuple[int, ...], *, high: float) -> NDArray[np.float32]:
    """Uniform noise in 0..`high`, the same at every call."""
    return np.random.default_rng(SEED).uniform(0, high, shape).astype(np.float32)


def picture(path: Path, *, height: int, width: int) -> NDArray[np.float32]:
    """A picture in another size: (1, 3, height, width) float32, BGR, 0-255.

    Raises:
        ModelError: The picture is missing.
    """
    image = cv2.imread(str(path))
    if image is None:
        raise ModelError(f"The picture {path} to compare on is missing: take it from the repository again.")
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(resized.transpose(2, 0, 1)[None], dtype=np.float32)


def detector_probes() -> list[dict[str, NDArray[np.float32]]]:
    """Noise and a group picture for a detector: BGR, 0-255, sides that are multiples of 32."""
    return [{"input": noise((1, 3, 192, 256), high=255)}, {"input": picture(GROUP, height=416, width=640)}]
