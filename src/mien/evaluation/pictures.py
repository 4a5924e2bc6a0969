"""The pictures of a set: files, or one array of crops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.vision.arrays import open_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class FilePictures:
    """Pictures in files, as `mien.evaluation.types.Pictures`.

    Attributes:
        paths: Where they are.
        boxes: (N, 4) float64 x1, y1, x2, y2 of the face in each, NaN where not known; `None` without any.
        crops: Never: the face may be anywhere.
    """

    paths: Sequence[Path]
    boxes: NDArray[np.float64] | None = None
    crops: bool = False

    def open(self, row: int) -> NDArray[np.uint8]:
        """Picture number `row`, (H, W, 3) uint8 BGR, upright.

        Raises:
            FileNotFoundError: Its file is missing.
            ImageError: Its file cannot be read as a picture.
        """
        path = self.paths[row]
        if not path.exists():
            raise FileNotFoundError(path)
        return open_picture(path)

    def box(self, row: int) -> NDArray[np.float64] | None:
        """(4,) x1, y1, x2, y2 of the face in pixels, where the set says it."""
        if self.boxes is None or not np.isfinite(self.boxes[row]).all():
            return None
        return np.asarray(self.boxes[row], np.float64)

    def name(self, row: int) -> str:
        """The file's name with its folder's."""
        return "/".join(self.paths[row].parts[-2:])


@dataclass(frozen=True, slots=True, eq=False)
class ArrayPictures:
    """Face crops in one array, as `mien.evaluation.types.Pictures`.

    Attributes:
        images: (N, H, W) grey or (N, H, W, 3) RGB, uint8.
        crops: Always: one face fills each.
        paths: None: they are in no files of their own.
    """

    images: NDArray[np.uint8]
    crops: bool = True
    paths: Sequence[Path] = ()

    def open(self, row: int) -> NDArray[np.uint8]:
        """Picture number `row`, (H, W, 3) uint8 BGR."""
        image = self.images[row]
        code = cv2.COLOR_GRAY2BGR if image.ndim == 2 else cv2.COLOR_RGB2BGR
        return np.asarray(cv2.cvtColor(image, code), np.uint8)

    def box(self, row: int) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Nowhere in particular."""
        return None

    def name(self, row: int) -> str:
        """Its number in the array."""
        return f"picture {row}"
