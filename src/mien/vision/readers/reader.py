"""A reader made of a manifest and an engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.errors import ImageError
from mien.expressions import EXPRESSIONS
from mien.vision.crops import checked_crop
from mien.vision.landmarks import MediaPipeLandmarker, find_in_crop
from mien.vision.readers.feed import cut_face, cut_whole, prepare
from mien.vision.readers.shares import (
    PRIOR,
    PRIOR_VARIANCE,
    UNMEASURED,
    check_logits,
    to_shares,
    to_variances,
)
from mien.vision.types import ExpressionReading, Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.protocols import Engine
    from mien.vision.readers.manifest import ReaderManifest, Terms
    from mien.vision.types import FaceMesh

_BATCH: Final = 32


class ManifestReader:
    """Reads faces with a network of the user's own, as `mien.vision.protocols.Reader`.

    Only faces of visibility `full` are read: covers make networks that did not learn them see what is not there. For
    any other, the network is not asked; it gets what is known of any face.

    Attributes:
        reads: Whole faces only.
        name: As the manifest says.
        version: As the manifest says, with the first digits of the network's hash and of all else that readings
            depend on, so that readings of another network or another preparation are never taken for these.
        terms: On whose terms the network is used.
        remarks: What must be known of its readings, one sentence each.
        reads: Faces of what visibility the network is asked about.

    Args:
        manifest: What the network is, takes and gives.
        engine: What runs it; it is tried at once.

    Raises:
        ModelError: The network cannot be run, or gives something else than the manifest says.
    """

    reads = frozenset({Visibility.FULL})

    def __init__(self, manifest: ReaderManifest, engine: Engine) -> None:
        self._manifest = manifest
        self._engine = engine
        self.name = manifest.name
        self.version = f"{manifest.version}+{engine.digest}.{manifest.digest}"
        self.terms: Terms = manifest.terms
        assumed = float(np.sqrt(UNMEASURED[0]))
        unmeasured = (
            f"The error of the reader '{self.name}' was not measured, a large one is assumed for every reading "
            f"(standard deviation of valence {assumed:.2f}); 'mien evaluate SET --reader MANIFEST' measures it.",
        )
        self.remarks: tuple[str, ...] = unmeasured if manifest.error is None else ()
        self._try()

    @cached_property
    def _landmarker(self) -> MediaPipeLandmarker:
        return MediaPipeLandmarker()

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
            ModelError: The network cannot be run.
        """
        if len(faces) != len(visibility):
            raise ImageError(
                f"There are {len(faces)} faces but {len(visibility)} visibilities; give one for each."
            )
        size, face = self._manifest.input.size, self._manifest.face
        full = [i for i, seen in enumerate(visibility) if seen in self.reads]
        shares, variances = self._infer([cut_face(image, faces[i], face, size) for i in full])
        probabilities = np.tile(PRIOR, (len(faces), 1))
        errors = np.tile(PRIOR_VARIANCE, (len(faces), 1))
        probabilities[full], errors[full] = shares, variances
        return [ExpressionReading(*one) for one in zip(probabilities, errors, visibility, strict=True)]

    def predict_with_error(
        self, crops: Sequence[NDArray[np.uint8]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What loose crops of one face each show; where no landmarks are found, the crop is taken as it came.

        Args:
            crops: RGB or grey, uint8 0-255 or float 0-1.

        Returns:
            (N, 8) distributions and (N, 3) variances of valence.

        Raises:
            ImageError: A crop has the wrong shape, type or range, or is too small.
            ModelError: The network cannot be run.
        """
        return self._infer([self._cut(checked_crop(crop, i)) for i, crop in enumerate(crops)])

    def _cut(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        image = np.ascontiguousarray(picture[..., ::-1])
        mesh = find_in_crop(self._landmarker, image)
        size, face = self._manifest.input.size, self._manifest.face
        return cut_whole(image, face, size) if mesh is None else cut_face(image, mesh, face, size)

    def _infer(self, crops: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        shares = np.empty((len(crops), len(EXPRESSIONS)))
        if crops:
            shares[:] = to_shares(self._run(crops), self._manifest)
        return shares, to_variances(shares, self._manifest.error)

    def _run(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """(N, K): the network's outputs, in batches that it takes."""
        fixed = self._engine.batch
        step = fixed or _BATCH
        outputs = []
        for start in range(0, len(crops), step):
            part = list(crops[start : start + step])
            filled = part + [part[-1]] * (step - len(part) if fixed else 0)
            outputs.append(self._engine.run(prepare(filled, self._manifest.input))[: len(part)])
        return np.concatenate(outputs)

    def _try(self) -> None:
        """Read a few patterns, so that what does not fit is said before hours are spent."""
        size = self._manifest.input.size
        noise = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
        raw = self._run([*noise, np.full((size, size, 3), 128, np.uint8)])
        check_logits(raw, self._manifest)
        to_shares(raw, self._manifest)
