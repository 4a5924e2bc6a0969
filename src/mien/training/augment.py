"""What shop cameras and other people's croppers do to a face, done to the pictures learned from.

The gap between sets is larger than the gap inside one, so every picture is cropped, turned, blurred, shrunk, lit,
compressed and partly covered anew each time it is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.vision.align import centre_alignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAW_SHARE: Final = 0.12
"""Share of crops shown as they came, with margins of 0-60 %, as where no landmarks are found."""

_BORDERS: Final = (cv2.BORDER_REPLICATE, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT)


def _about_centre(matrix: NDArray[np.float64], change: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """`matrix`, then the 2x2 `change` about the middle of the crop."""
    middle = np.array([(size - 1) / 2, (size - 1) / 2])
    out = change @ matrix
    out[:, 2] += middle - change @ middle
    return np.asarray(out, np.float64)


def _geometry(
    rng: np.random.Generator, matrix: NDArray[np.float64], shape: tuple[int, int], size: int
) -> NDArray[np.float64]:
    if rng.random() < RAW_SHARE:
        base = centre_alignment(*shape, size)
        scale = rng.uniform(0.62, 1.2)
        shift, angle = rng.normal(0.0, 0.05, 2), rng.normal(0.0, 10.0)
    else:
        base = matrix
        scale = np.exp(rng.normal(0.0, 0.08))
        shift, angle = rng.normal(0.0, 0.03, 2), rng.normal(0.0, 6.0)
    turn = np.radians(angle)
    stretch = np.exp(rng.normal(0.0, 0.06))
    change = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    change = change @ np.array([[stretch, rng.normal(0.0, 0.05)], [0.0, 1.0 / stretch]])
    if rng.random() < 0.5:
        change = change @ np.diag([-1.0, 1.0])
    out = _about_centre(base, change, size)
    out[:, 2] += shift * size
    return out


def _optics(rng: np.random.Generator, face: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Few pixels, blur and compression."""
    if rng.random() < 0.35:
        small = int(rng.integers(18, 42))
        down = cv2.resize(face, (small, small), interpolation=cv2.INTER_AREA)
        up = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
        face = np.asarray(cv2.resize(down, (size, size), interpolation=up), np.uint8)
    if rng.random() < 0.2:
        face = np.asarray(cv2.GaussianBlur(face, (0, 0), rng.uniform(0.4, 1.1)), np.uint8)
    if rng.random() < 0.25:
        _, packed = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))])
        face = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return face


def _light(rng: np.random.Generator, face: NDArray[np.uint8], size: int) -> NDArray[np.float32]:
    """Exposure, contrast, a lamp from one side, noise."""
    x = face.astype(np.float32)
    if rng.random() < 0.5:
        x = 255.0 * (x / 255.0) ** np.float32(np.exp(rng.normal(0.0, 0.35)))
    if rng.random() < 0.3:
        slope = np.linspace(-1.0, 1.0, size, dtype=np.float32) * np.float32(rng.uniform(-0.35, 0.35))
        x = x * (1.0 + (slope[None] if rng.random() < 0.7 else slope[:, None]))
    if rng.random() < 0.5:
        x = (x - 128.0) * np.float32(rng.uniform(0.5, 1.4)) + np.float32(128.0 + rng.normal(0.0, 25.0))
    if rng.random() < 0.3:
        x = x + rng.standard_normal((size, size), dtype=np.float32) * np.float32(rng.uniform(1.0, 8.0))
    return np.clip(x, 0.0, 255.0)


def augment(
    rng: np.random.Generator, image: NDArray[np.uint8], matrix: NDArray[np.float64], size: int
) -> NDArray[np.float32]:
    """One way a face might have come from a camera.

    Args:
        rng: Source of chance.
        image: (S, S) uint8 grey picture.
        matrix: (2, 3) its alignment, picture -> square.
        size: Side of the square, pixels.

    Returns:
        (size, size) float32, 0-255.
    """
    height, width = image.shape
    turned = _geometry(rng, matrix, (height, width), size)
    border = _BORDERS[int(rng.integers(len(_BORDERS)))]
    face = np.asarray(
        cv2.warpAffine(
            image,
            turned,
            (size, size),
            flags=cv2.INTER_LINEAR,
            borderMode=border,
            borderValue=float(rng.integers(256)),
        ),
        np.uint8,
    )
    x = _light(rng, _optics(rng, face, size), size)
    if rng.random() < 0.25:
        h, w = rng.integers(size // 10, size // 3, 2)
        top, left = rng.integers(0, size - h), rng.integers(0, size - w)
        x[top : top + h, left : left + w] = rng.uniform(0.0, 255.0)
    return x
