"""The expression reader: what a face shows, with the error of its valence.

One network of Mien's own (`weights/expression.md`), one alignment (`mien.vision.align`). The network gives a
distribution calibrated against the votes of human taggers, and the variance by which valence misses their mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ImageError
from mien.expressions import EXPRESSIONS, SCALES
from mien.vision.align import align_face, alignment, centre_alignment, warp
from mien.vision.arrays import CHANNELS, as_rgb
from mien.vision.detect import YuNet
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop, region_of
from mien.vision.models import entry, session
from mien.vision.types import ExpressionReading, Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MODEL: Final = "expression"
"""Name in the manifest of weights."""

MIN_CROP: Final = 12
"""Smallest side of a face crop that can be read, pixels."""

_BATCH: Final = 64
_DETECT_SIDE: Final = 160


class ExpressionReader:
    """Reads what faces show, as `mien.vision.protocols.Reader`, and from loose face crops.

    A face of visibility `full` is read. Of one whose lower half is covered this network knows nothing (covers
    make it see sadness in smiles), so it gets what is known of any face: the mean distribution of the training
    pictures, and the variance of valence among them.

    Args:
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights are missing or altered.

    Example:
        >>> import numpy as np
        >>> reader = ExpressionReader()
        >>> reader.predict([np.full((64, 64), 128, np.uint8)]).shape
        (1, 8)
    """

    name = "mien"

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._session = session(MODEL, threads=threads)
        self._size = entry(MODEL).input_size[0]
        self.version = entry(MODEL).version
        known = json.loads(self._session.get_modelmeta().custom_metadata_map["prior"])
        self._prior = np.array(known["probabilities"], np.float64)
        self._prior_variance = np.array(known["variances"], np.float64)

    @cached_property
    def _landmarker(self) -> MediaPipeLandmarker:
        return MediaPipeLandmarker(threads=self._threads)

    @cached_property
    def _detector(self) -> YuNet:
        return YuNet(long_side=None, threads=self._threads)

    def read(
        self, image: NDArray[np.uint8], faces: Sequence[FaceMesh], visibility: Sequence[Visibility]
    ) -> list[ExpressionReading]:
        """What each face of a picture shows.

        Args:
            image: (H, W, 3) uint8 BGR.
            faces: Landmarks of the faces in it.
            visibility: How much of each can be read.

        Returns:
            One reading per face, in the order given.

        Raises:
            ImageError: Visibility does not fit the faces.
        """
        seen = _visibilities(visibility, len(faces))
        crops = [_grey(align_face(image, mesh, self._size), cv2.COLOR_BGR2GRAY) for mesh in faces]
        read = zip(*self.infer(crops, seen), seen, strict=True)
        return [ExpressionReading(p, v, one) for p, v, one in read]

    def predict(
        self,
        crops: Sequence[NDArray[np.generic]] | NDArray[np.generic],
        visibility: Iterable[Visibility | str] | None = None,
    ) -> NDArray[np.float64]:
        """What face crops show. Each crop is aligned by its own landmarks, whatever its margin.

        Args:
            crops: Face pictures, or one array of them: each (H, W) or (H, W, 1) grey, (H, W, 3) RGB or (H, W, 4)
                RGBA, uint8 0-255 or float 0-1, from `MIN_CROP` pixels, showing one face with margins of 0-60 %.
            visibility: How much of each face can be read: `full`, `eyes` or `unusable`, as text or as
                `mien.vision.types.Visibility`; all `full` where left out.

        Returns:
            (N, 8) float64 in the order of `mien.expressions.EXPRESSIONS`, rows sum to 1.

        Raises:
            ImageError: A crop has the wrong shape, type or range, or visibility does not fit the crops.
        """
        return self.predict_with_error(crops, visibility)[0]

    def predict_with_error(
        self,
        crops: Sequence[NDArray[np.generic]] | NDArray[np.generic],
        visibility: Iterable[Visibility | str] | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As `predict`, with the predicted variance of valence.

        Returns:
            (N, 8) float64 distributions, and (N, 3) float64 variances of valence against the mean of human
            taggers, one per scale in the order of `mien.expressions.SCALES`.

        Raises:
            ImageError: As `predict`.
        """
        if isinstance(crops, np.ndarray) and (
            crops.ndim < 3 or (crops.ndim == 3 and crops.shape[2] in CHANNELS)
        ):
            raise ImageError(
                f"An array of shape {crops.shape} could be one crop or several; pass a list of crops, "
                "or an array of shape (N, H, W) or (N, H, W, 3)."
            )
        if isinstance(crops, str | bytes) or not isinstance(crops, Iterable):
            raise ImageError(f"Crops are of type {type(crops).__name__}; pass a list of arrays.")
        pictures = [_crop(crop, i) for i, crop in enumerate(crops)]
        seen = _visibilities(visibility, len(pictures))
        return self.infer([self.align(picture) for picture in pictures], seen)

    def align(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The canonical crop of the face in a loose crop ((H, W, 3) uint8 RGB), grey (S, S) uint8.

        Landmarks are looked for with the face filling the crop, then with the face detector; where neither
        finds any, the crop is taken as it came.
        """
        image = picture[..., ::-1]
        mesh = find_in_crop(self._landmarker, image)
        if mesh is None:
            mesh = self._find_by_detector(image)
        height, width = image.shape[:2]
        matrix = (
            centre_alignment(height, width, self._size)
            if mesh is None
            else alignment(mesh.points, self._size)
        )
        return _grey(warp(image, matrix, self._size), cv2.COLOR_BGR2GRAY)

    def _find_by_detector(self, image: NDArray[np.uint8]) -> FaceMesh | None:
        pad = max(image.shape[:2]) // 4
        padded = np.asarray(cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REPLICATE), np.uint8)
        scale = _DETECT_SIDE / max(padded.shape[:2])
        matrix = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
        found = self._detector.detect(warp(padded, matrix, _DETECT_SIDE))
        if not found:
            return None
        region = region_of(found[0])
        place = type(region)(
            region.x / scale - pad, region.y / scale - pad, region.side / scale, region.angle
        )
        return find_in_crop(self._landmarker, image, place)

    def infer(
        self, crops: Sequence[NDArray[np.uint8]], visibility: Iterable[Visibility | str] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The network alone, on crops that are already canonical.

        Args:
            crops: (S, S) uint8 grey, as `align_face` and `align` give them.
            visibility: How much of each face can be read; all `full` where left out.

        Returns:
            (N, 8) float64 distributions and (N, 3) float64 variances of valence.

        Raises:
            ImageError: Visibility does not fit the crops.
        """
        probabilities = np.empty((len(crops), len(EXPRESSIONS)))
        variances = np.empty((len(crops), len(SCALES)))
        for start in range(0, len(crops), _BATCH):
            part = slice(start, start + _BATCH)
            batch = np.stack(crops[part])[:, None].astype(np.float32)
            probabilities[part], variances[part] = self._session.run(
                ["probabilities", "valence_variance"], {"face": batch}
            )
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        seen = _visibilities(visibility, len(crops))
        covered = np.array([one is not Visibility.FULL for one in seen], np.bool_)
        probabilities[covered] = self._prior
        variances[covered] = self._prior_variance
        return probabilities, variances


def _grey(image: NDArray[np.uint8], code: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(image, code), np.uint8) if image.ndim == 3 else image


def _crop(crop: object, number: int) -> NDArray[np.uint8]:
    """A crop of any accepted kind as (H, W, 3) uint8 RGB, large enough to be read."""
    picture = as_rgb(crop, f"Crop {number}")
    if min(picture.shape[:2]) < MIN_CROP:
        raise ImageError(
            f"Crop {number} is {picture.shape[1]}x{picture.shape[0]} pixels; a face needs at least "
            f"{MIN_CROP}x{MIN_CROP}."
        )
    return picture


def _visibilities(given: Iterable[Visibility | str] | None, count: int) -> list[Visibility]:
    """One for each of `count` faces; all `full` where none are given.

    Raises:
        ImageError: There are more or fewer, or one is none of those that exist.
    """
    if given is None:
        return [Visibility.FULL] * count
    allowed = ", ".join(Visibility)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ImageError(f"The visibility is {given!r}; give a list with one of {allowed} for each face.")
    seen = list(given)
    if len(seen) != count:
        raise ImageError(f"There are {count} faces but {len(seen)} visibilities; give one for each.")
    try:
        return [Visibility(one) for one in seen]
    except ValueError as error:
        unknown = next(one for one in seen if one not in tuple(Visibility))
        raise ImageError(
            f"There is no visibility {unknown!r}; choose one of {allowed} for each face."
        ) from error
