"""The expression reader: what a face shows, with the error of its valence.

Two networks of Mien's own (`weights/expression.md`), one alignment (`mien.vision.align`): one reads whole faces, one
eyes and brows alone, where the lower face is covered. Each gives a distribution calibrated against the votes of human
taggers who saw the whole face, and the variance by which valence misses their mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mien.errors import ImageError
from mien.vision.align import align_face
from mien.vision.arrays import CHANNELS
from mien.vision.crops import CropAligner, checked_crop
from mien.vision.geometry import face_height
from mien.vision.models import entry, session
from mien.vision.pose import head_pose
from mien.vision.types import ExpressionReading, Visibility
from mien.vision.visibility import VisibilityDetector
from mien.vision.widening import KEY, Widening

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime as ort
    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MODEL: Final = "expression"
"""Name in the manifest of weights of the network that reads whole faces."""
_EYES: Final = "expression_eyes"

_BATCH: Final = 64


class ExpressionReader:
    """Reads what faces show, as `mien.vision.protocols.Reader`, and from loose face crops.

    A face of visibility `full` is read whole, one of visibility `eyes` by eyes and brows alone. Of an `unusable` one
    nothing is known but what is known of any face: the mean distribution of the training pictures, and the variance
    of valence among them.

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
    reads = frozenset({Visibility.FULL, Visibility.EYES})

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._whole = session(MODEL, threads=threads)
        self._eyes = session(_EYES, threads=threads)
        self._size = entry(MODEL).input_size[0]
        self._upper_rows = entry(_EYES).input_size[0]
        self.version = entry(MODEL).version
        known = json.loads(self._whole.get_modelmeta().custom_metadata_map["prior"])
        self._prior = np.array(known["probabilities"], np.float64)
        self._prior_variance = np.array(known["variances"], np.float64)
        networks = {Visibility.FULL: self._whole, Visibility.EYES: self._eyes}
        self._widening = {part: curves for part, net in networks.items() if (curves := _widening(net))}

    @cached_property
    def _aligner(self) -> CropAligner:
        return CropAligner(self._size, threads=self._threads)

    @cached_property
    def _seeing(self) -> VisibilityDetector:
        return VisibilityDetector(threads=self._threads)

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
        crops = [_grey(align_face(image, mesh, self._size)) for mesh in faces]
        probabilities, variances = self.infer(crops, seen)
        self._widen(variances, faces, seen)
        return [ExpressionReading(*one) for one in zip(probabilities, variances, seen, strict=True)]

    def predict(
        self,
        crops: Sequence[NDArray[np.generic]] | NDArray[np.generic],
        visibility: Iterable[Visibility | str] | None = None,
    ) -> NDArray[np.float64]:
        """What face crops show. Each crop is aligned by its own landmarks, whatever its margin.

        Args:
            crops: Face pictures, or one array of them: each (H, W) or (H, W, 1) grey, (H, W, 3) RGB or (H, W, 4)
                RGBA, uint8 0-255 or float 0-1, from `mien.vision.crops.MIN_CROP` pixels, showing one face with
                margins of 0-60 %.
            visibility: How much of each face can be read: `full`, `eyes` or `unusable`, as text or as
                `mien.vision.types.Visibility`; where left out, each face with landmarks is looked at
                for covers, and one without is taken as it came.

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
        pictures = [checked_crop(crop, i) for i, crop in enumerate(crops)]
        given = None if visibility is None else _visibilities(visibility, len(pictures))
        meshes = [self._aligner.find(picture) for picture in pictures]
        aligned = [self._aligner.cut(*one) for one in zip(pictures, meshes, strict=True)]
        seen = self._look(aligned, meshes) if given is None else given
        probabilities, variances = self.infer(aligned, seen)
        self._widen(variances, meshes, seen)
        return probabilities, variances

    def _widen(
        self, variances: NDArray[np.float64], meshes: Sequence[FaceMesh | None], seen: Sequence[Visibility]
    ) -> None:
        """Multiply variances, in place, by what is known of faces as small and as turned as these."""
        for i, (mesh, part) in enumerate(zip(meshes, seen, strict=True)):
            if mesh is not None and part in self._widening:
                variances[i] *= self._widening[part].factor(face_height(mesh), head_pose(mesh).yaw)

    def _look(
        self, aligned: Sequence[NDArray[np.uint8]], meshes: Sequence[FaceMesh | None]
    ) -> list[Visibility]:
        """How much of each face can be read; covers can be judged of aligned faces only, others count as full."""
        looks = zip(self._seeing.infer(aligned), meshes, strict=True)
        return [Visibility.FULL if mesh is None else self._seeing.decide(look) for look, mesh in looks]

    def infer(
        self, crops: Sequence[NDArray[np.uint8]], visibility: Sequence[Visibility] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The networks alone, on crops that are already canonical.

        Args:
            crops: (S, S) uint8 grey, as `mien.vision.align.align_face` and `CropAligner` give them.
            visibility: How much of each face can be read; all `full` where left out.

        Returns:
            (N, 8) float64 distributions and (N, 3) float64 variances of valence, not widened for the size and turn
            of faces, which crops do not tell.
        """
        seen = [Visibility.FULL] * len(crops) if visibility is None else visibility
        probabilities = np.tile(self._prior, (len(crops), 1))
        variances = np.tile(self._prior_variance, (len(crops), 1))
        for network, part, rows in (
            (self._whole, Visibility.FULL, self._size),
            (self._eyes, Visibility.EYES, self._upper_rows),
        ):
            at = [i for i, one in enumerate(seen) if one is part]
            for start in range(0, len(at), _BATCH):
                some = at[start : start + _BATCH]
                batch = np.stack([crops[i][:rows] for i in some])[:, None]
                probabilities[some], variances[some] = _run(network, batch)
        return probabilities, variances


def _run(
    network: ort.InferenceSession, faces: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    probabilities, variances = network.run(
        ["probabilities", "valence_variance"], {"face": faces.astype(np.float32)}
    )
    shares = np.asarray(probabilities, np.float64)
    return shares / shares.sum(axis=1, keepdims=True), np.asarray(variances, np.float64)


def _widening(network: ort.InferenceSession) -> Widening | None:
    """The curves in a network's file; `None` in one that has none."""
    kept = network.get_modelmeta().custom_metadata_map.get(KEY)
    return None if kept is None else Widening.read(json.loads(kept))


def _grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8) if image.ndim == 3 else image


def _visibilities(given: Iterable[Visibility | str], count: int) -> list[Visibility]:
    """One for each of `count` faces.

    Raises:
        ImageError: There are more or fewer, or one is none of those that exist.
    """
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
