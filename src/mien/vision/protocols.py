"""The small protocol behind each part of the vision chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.region import Region
    from mien.vision.types import Detection, ExpressionReading, FaceMesh, Visibility


class Detector(Protocol):
    """Finds faces in a whole picture."""

    name: str

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Faces in `image` ((H, W, 3) uint8 BGR, any size), best first, boxes in its pixels."""
        ...


class Landmarker(Protocol):
    """Finds the landmarks of one face."""

    name: str

    def locate(self, image: NDArray[np.uint8], around: Detection | FaceMesh | Region) -> FaceMesh:
        """Landmarks of the face at a detection, near other landmarks, or in a square."""
        ...


class Seeing(Protocol):
    """Sees how much of a face can be read."""

    def look(self, image: NDArray[np.uint8], faces: Sequence[FaceMesh]) -> NDArray[np.float64]:
        """(N, 3) probabilities of full, eyes and unusable of each face of `image` ((H, W, 3) uint8 BGR)."""
        ...

    def decide(self, probabilities: NDArray[np.float64]) -> Visibility:
        """What is to be made of (3,) probabilities."""
        ...


class Reader(Protocol):
    """Reads what faces show. `version` is stored with every score.

    Attributes:
        reads: Which visibilities it can read; faces of others are left out.
    """

    name: str
    version: str
    reads: frozenset[Visibility]

    def read(
        self,
        image: NDArray[np.uint8],
        faces: Sequence[FaceMesh],
        visibility: Sequence[Visibility],
    ) -> list[ExpressionReading]:
        """What each face of `image` ((H, W, 3) uint8 BGR) shows, in the order given."""
        ...


class Engine(Protocol):
    """Runs one network for a reader that a manifest describes.

    Attributes:
        digest: First hex digits of the network's sha256, or in a word what stands for them.
        batch: How many pictures the network takes at once; `None` where any number.
    """

    digest: str
    batch: int | None

    def run(self, batch: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.float64]:
        """(N, K) finite outputs for a batch of N prepared pictures.

        Raises:
            ModelError: It cannot be run, or gives something else.
        """
        ...


class Onlooker(Protocol):
    """Makes something of the faces of tracks beside their readings; it holds it until it is taken or forgotten."""

    def look(
        self, track_id: int, t_s: float, image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility
    ) -> None:
        """Take in a picture of a track, if it adds to what is known of it.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream.
            image: (H, W, 3) uint8 BGR.
            mesh: Landmarks of the face in it.
            visibility: How much of it can be seen.
        """
        ...

    def forget(self, track_ids: Iterable[int]) -> None:
        """Let go of what is held of tracks."""
        ...
