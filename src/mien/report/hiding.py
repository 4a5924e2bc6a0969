"""Making faces unrecognisable in pictures that are written.

What is hidden cannot be got back: of a face and the hair around it at most some nine by nine cells remain, all of
one hue, their lightness drawn towards the mean and rounded to a few steps. The cells lie on a lattice fixed to the
picture, so that a moving camera or a trembling box does not sample the face ever anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from mien.report.drawing import fill, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mien.report.trails import FaceTrails
    from mien.vision.protocols import Detector

# Hair and ears, forehead and hair, chin: shares of the box added on both sides, above and below.
_ASIDE: Final = 0.30
_ABOVE: Final = 0.50
_BELOW: Final = 0.28
_CELLS: Final = 8
_LEAST_CELL: Final = 4
_CONTRAST: Final = 0.3
_STEP: Final = 9
_LUMA: Final = np.array([0.114, 0.587, 0.299], np.float32)  # of BGR, Rec. ITU-R BT.601
_ROUND: Final = 0.42
# A face that only the finder sees is hidden from this long before it is found until this long after, seconds.
_LEAD_S: Final = 0.5
_LINGER_S: Final = 1.0
_MOST_WAITING: Final = 16
_ROUNDS: Final = 3


def hide(image: NDArray[np.uint8], boxes: Sequence[NDArray[np.floating]]) -> None:
    """Hide faces in place.

    Args:
        image: (H, W, 3) uint8, changed where faces are.
        boxes: (4,) face boxes in its pixels; they may reach beyond its edges. Hair, ears and chin around each
            are hidden as well.
    """
    for box in boxes:
        _hide_one(image, box)


@dataclass(slots=True)
class _Found:
    """A face nobody followed: when it was found first and last, and the box that held it all the while."""

    first_s: float
    last_s: float
    box: NDArray[np.floating]


class FaceHider:
    """Hides all faces of a stream of pictures: those that were followed, and any other that a detector finds.

    Pictures wait half a second (at most 16 of them), so that a face is hidden from before it is first found;
    one found and lost again stays hidden for a second.

    Args:
        trails: Where the followed faces are, in pixels of the recording.
        scale: Pixels of the given pictures per pixel of the recording.
        detector: Looks for faces that were not followed; its threshold should be low.
    """

    def __init__(self, trails: FaceTrails, scale: float, detector: Detector) -> None:
        self._trails = trails
        self._scale = scale
        self._detector = detector
        self._waiting: deque[tuple[NDArray[np.uint8], float]] = deque()
        self._found: list[_Found] = []

    def add(self, image: NDArray[np.uint8], t_s: float) -> Iterator[tuple[NDArray[np.uint8], float]]:
        """Take a picture ((H, W, 3) uint8 BGR, changed in place) and give those that are ready, with time."""
        hide(image, [box * self._scale for box in self._trails.boxes_at(t_s)])
        trial = image.copy()
        for _ in range(_ROUNDS):
            left = [detection.box for detection in self._detector.detect(trial)]
            if not left:
                break
            hide(trial, left)
            for box in left:
                self._remember(box, t_s)
        self._waiting.append((image, t_s))
        while self._waiting[0][1] < t_s - _LEAD_S or len(self._waiting) > _MOST_WAITING:
            yield self._release()

    def rest(self) -> Iterator[tuple[NDArray[np.uint8], float]]:
        """The pictures that still wait, at the end of the stream."""
        while self._waiting:
            yield self._release()

    def _release(self) -> tuple[NDArray[np.uint8], float]:
        image, t_s = self._waiting.popleft()
        self._found = [found for found in self._found if found.last_s + _LINGER_S >= t_s]
        hide(image, [found.box for found in self._found if found.first_s - _LEAD_S <= t_s])
        return image, t_s

    def _remember(self, box: NDArray[np.floating], t_s: float) -> None:
        """Keep a face that was found, as one with what was found at its place a moment before."""
        for found in self._found:
            if t_s - found.last_s <= _LINGER_S and _same_place(found.box, box):
                found.last_s = t_s
                found.box = np.concatenate([np.minimum(found.box, box)[:2], np.maximum(found.box, box)[2:]])
                return
        self._found.append(_Found(t_s, t_s, np.asarray(box, dtype=np.float64)))


def _same_place(box: NDArray[np.floating], other: NDArray[np.floating]) -> bool:
    """Whether the middle of `other` lies in `box` and their sizes are alike, so that the union grows little."""
    middle = (other[:2] + other[2:]) / 2
    inside = bool((box[:2] <= middle).all() and (middle <= box[2:]).all())
    return inside and 0.5 < float((other[3] - other[1]) / (box[3] - box[1])) < 1.2


def _hide_one(image: NDArray[np.uint8], box: NDArray[np.floating]) -> None:
    height, width = image.shape[:2]
    across, down = float(box[2] - box[0]), float(box[3] - box[1])
    left, right = float(box[0]) - _ASIDE * across, float(box[2]) + _ASIDE * across
    top, bottom = float(box[1]) - _ABOVE * down, float(box[3]) + _BELOW * down
    x1, y1 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
    x2, y2 = min(width, int(np.ceil(right))), min(height, int(np.ceil(bottom)))
    if x2 <= x1 or y2 <= y1:
        return
    cell = max(_LEAST_CELL, int(np.ceil(max(right - left, bottom - top) / _CELLS)))
    flat = _flat_cells(image, (x1 // cell, y1 // cell, -(-x2 // cell), -(-y2 // cell)), cell)
    filled = flat[y1 - y1 // cell * cell :, x1 - x1 // cell * cell :][: y2 - y1, : x2 - x1]
    # The rounding follows the whole shape, also where the picture's edge cuts it off.
    mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
    shape = (left - x1, top - y1, right - x1, bottom - y1)
    fill(mask, rounded(shape, _ROUND * min(right - left, bottom - top)), (255,))
    share = mask.astype(np.float32) / 255
    region = image[y1:y2, x1:x2]
    region[:] = cv2.blendLinear(np.ascontiguousarray(filled), np.ascontiguousarray(region), share, 1 - share)


def _flat_cells(image: NDArray[np.uint8], lattice: tuple[int, int, int, int], cell: int) -> NDArray[np.uint8]:
    """Cells (first column and row, last column and row, exclusive) of the lattice, each in one colour."""
    first_x, first_y, last_x, last_y = lattice
    patch = image[first_y * cell : last_y * cell, first_x * cell : last_x * cell]
    below, aside = (last_y - first_y) * cell - patch.shape[0], (last_x - first_x) * cell - patch.shape[1]
    whole = cv2.copyMakeBorder(patch, 0, below, 0, aside, cv2.BORDER_REPLICATE)
    size = last_x - first_x, last_y - first_y
    cells = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = cells.mean(axis=(0, 1))
    light = (cells @ _LUMA) - mean @ _LUMA
    steps = np.round(_CONTRAST * light / _STEP) * _STEP
    filled = np.round(mean + steps[..., None]).clip(0, 255).astype(np.uint8)
    wide = (size[0] * cell, size[1] * cell)
    return cast("NDArray[np.uint8]", cv2.resize(filled, wide, interpolation=cv2.INTER_NEAREST))
