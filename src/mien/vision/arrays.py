"""Pictures as files and notebooks hold them, checked at the door and brought to one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from mien.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CHANNELS: Final = (1, 3, 4)
"""Grey, RGB, RGB with transparency, which is not looked at."""


def as_rgb(picture: object, what: str) -> NDArray[np.uint8]:
    """A picture of any accepted kind as (H, W, 3) uint8 RGB.

    Args:
        picture: An array, or an object that numpy takes for one, such as a picture of Pillow: (H, W) or
            (H, W, 1) grey, (H, W, 3) RGB or (H, W, 4) RGBA; uint8 0-255 or float 0-1.
        what: What to call it in a message, such as "Crop 3".

    Raises:
        ImageError: It has another shape, type or range, or no pixel.
    """
    if not hasattr(picture, "__array__"):
        raise ImageError(
            f"{what} is of type {type(picture).__name__}; pass an array, say numpy.asarray(picture)."
        )
    image: NDArray[Any] = np.asarray(picture)
    if image.ndim not in {2, 3} or (image.ndim == 3 and image.shape[2] not in CHANNELS):
        raise ImageError(
            f"{what} has shape {image.shape}; it must be (H, W) or (H, W, 1) grey, (H, W, 3) RGB or (H, W, 4) RGBA."
        )
    if image.size == 0:
        raise ImageError(f"{what} has shape {image.shape}, which is no pixel at all.")
    if np.issubdtype(image.dtype, np.floating):
        low, high = float(image.min()), float(image.max())
        if not (low >= 0.0 and high <= 1.0):  # also true where a value is not a number
            raise ImageError(
                f"{what} is of type {image.dtype} with values {low:g} to {high:g}; floats must lie in 0..1, "
                "or convert to uint8."
            )
        image = np.round(image * 255.0)
    elif image.dtype != np.uint8:
        raise ImageError(f"{what} is of type {image.dtype}; use uint8 0-255 or float 0-1.")
    image = image[..., None] if image.ndim == 2 else image[..., :3]
    return np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3)), np.uint8)


def open_picture(path: Path) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) uint8 BGR, upright.

    Raises:
        ImageError: It cannot be opened, or is no picture.
    """
    try:
        content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ImageError(f"The picture {path} cannot be opened: {why}.") from error
    image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    if image is None:
        raise ImageError(f"{path} is not a picture that can be read; use JPEG, PNG, WebP, TIFF or BMP.")
    return np.asarray(image, np.uint8)
