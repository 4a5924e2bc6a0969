"""How much of a face can be read: all of it, the eyes alone, or nothing.

Covers make networks that read whole faces see sadness in smiles, with confidence, so every face is looked at for one
first. One small network of Mien's own (`weights/visibility.md`) says so of a picture; over the pictures of a track its
word is averaged, so that one odd picture does not change how a face is read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from mien.vision.align import align_face
from mien.vision.memory import TrackMemory
from mien.vision.models import entry, session
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mien.vision.types import FaceMesh

MODEL: Final = "visibility"
"""Name in the manifest of weights."""

VISIBILITIES: Final = tuple(Visibility)
"""Order of the network's answers: full, eyes, unusable."""

MEMORY_S: Final = 0.7
"""Seconds after which what a picture of a track said counts for a third."""

_BATCH: Final = 64
_LEAST: Final = 1e-4


class VisibilityDetector:
    """Sees covers: masks, scarves, hands, cups before the mouth, and faces of which nothing can be read.

    Attributes:
        version: Version of the weights.
        least_full: Probability from which a face is taken as `full`, set so that covered faces hardly pass.

    Args:
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights are missing or altered.
    """

    name = "mien"

    def __init__(self, *, threads: int = 1) -> None:
        self._session = session(MODEL, threads=threads)
        self._size = entry(MODEL).input_size[0]
        self.version = entry(MODEL).version
        self.least_full = float(json.loads(self._session.get_modelmeta().custom_metadata_map["least_full"]))

    def look(self, image: NDArray[np.uint8], faces: Sequence[FaceMesh]) -> NDArray[np.float64]:
        """Probabilities of `VISIBILITIES` of each face of a picture.

        Args:
            image: (H, W, 3) uint8 BGR.
            faces: Landmarks of the faces in it.

        Returns:
            (N, 3) float64, rows sum to 1.
        """
        crops = [align_face(image, mesh, self._size) for mesh in faces]
        return self.infer([np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8) for crop in crops])

    def infer(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """The network alone, on canonical crops: (S, S) uint8 grey each -> (N, 3) float64 probabilities."""
        out = np.empty((len(crops), len(VISIBILITIES)))
        for start in range(0, len(crops), _BATCH):
            part = slice(start, start + _BATCH)
            batch = np.stack(crops[part])[:, None].astype(np.float32)
            (out[part],) = self._session.run(["probabilities"], {"face": batch})
        return np.asarray(out / out.sum(axis=1, keepdims=True), np.float64)

    def decide(self, probabilities: NDArray[np.float64]) -> Visibility:
        """What is to be made of one face's probabilities (3,); see `decide`."""
        return VISIBILITIES[int(decide(probabilities, self.least_full))]

    def see(self, image: NDArray[np.uint8], mesh: FaceMesh) -> Visibility:
        """How much of one face of a single picture can be read.

        Args:
            image: (H, W, 3) uint8 BGR.
            mesh: Landmarks of the face in it.
        """
        return self.decide(self.look(image, [mesh])[0])


def decide(probabilities: NDArray[np.float64], least_full: float) -> NDArray[np.int64]:
    """`full` where that is as good as sure, else the likelier of the others.

    Args:
        probabilities: (..., 3) in the order of `VISIBILITIES`.
        least_full: Probability from which a face is taken as `full`.

    Returns:
        (...) places in `VISIBILITIES`.
    """
    other = 1 + probabilities[..., 1:].argmax(axis=-1)
    return np.asarray(np.where(probabilities[..., 0] >= least_full, 0, other), np.int64)


class TrackVisibility(BaseModel):
    """What is remembered of one track; JSON can hold it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_s: float
    weight: float
    mean: tuple[float, float, float]


class VisibilityMemory(TrackMemory[TrackVisibility]):
    """Averages what is said of the pictures of each track, newer ones counting more."""

    def take(self, track_id: int, t_s: float, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take in what one picture says of a track; returns (3,) what its recent pictures say together.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream, not before the last.
            probabilities: (3,) of this picture.
        """
        before = self._tracks.get(track_id)
        old = 0.0 if before is None else before.weight * float(np.exp((before.t_s - t_s) / MEMORY_S))
        known = probabilities if before is None else np.array(before.mean)
        # geometric, so that one picture that is not sure of anything does not outvote many that are
        log = (old * np.log(np.maximum(known, _LEAST)) + np.log(np.maximum(probabilities, _LEAST))) / (
            old + 1.0
        )
        mean = np.exp(log) / np.exp(log).sum()
        full, eyes, unusable = mean.tolist()
        self._tracks[track_id] = TrackVisibility(t_s=t_s, weight=old + 1.0, mean=(full, eyes, unusable))
        return np.asarray(mean, np.float64)
