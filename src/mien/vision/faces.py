"""Single pictures: `read_faces` finds and reads every face of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from mien.expressions import SCALES, ScaleName, check_scale, valence
from mien.vision.arrays import as_rgb, open_picture
from mien.vision.cues import face_cues
from mien.vision.exclude import ExcludedZones
from mien.vision.geometry import mesh_box
from mien.vision.landmarks import Blendshapes
from mien.vision.pose import gaze, head_pose
from mien.vision.quality import face_quality
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.track import TrackSettings
from mien.vision.types import Visibility
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.protocols import Reader
    from mien.vision.types import Detection, FaceCues, HeadPose, Quality

_LONG_SIDE: Final = 1920


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of one picture and what it shows.

    Attributes:
        box: (4,) float32 x1, y1, x2, y2 in pixels of the picture.
        probabilities: (8,) float64 in the order of `mien.expressions.EXPRESSIONS`; `None` where the face
            cannot be read.
        valence: -1 unpleasant .. +1 pleasant; `None` where the face cannot be read.
        valence_error: Standard deviation of valence against the mean of human taggers; `None` likewise.
        quality: How well it can be read. No gate is applied here: look at this before you believe the rest.
        visibility: How much of the face can be read: `full`, `eyes` where the lower face is covered, `unusable`.
        pose: Head pose; `None` where no landmarks were found.
        cues: What mouth, brows and lids do; `None` where no landmarks were found or nothing can be read. The droop of
            the head needs a camera's usual pose, so it is `None`.
    """

    box: NDArray[np.float32]
    probabilities: NDArray[np.float64] | None
    valence: float | None
    valence_error: float | None
    quality: Quality
    visibility: Visibility
    pose: HeadPose | None
    cues: FaceCues | None


class FaceReader:
    """Finds and reads the faces of single pictures. Loading takes a moment; keep one for many pictures.

    Args:
        detector: Name of the face detector.
        reader: The expression reader, or its name.

    Raises:
        SettingError: There is no part of that name.
        ModelError: Weights are missing or altered.
    """

    def __init__(self, detector: str = "yunet", reader: str | Reader = "mien") -> None:
        self._detector = DETECTORS.make(detector, long_side=_LONG_SIDE)
        self._landmarker = LANDMARKERS.make("mediapipe")
        self._reader = READERS.make(reader) if isinstance(reader, str) else reader
        self._seeing = VisibilityDetector()
        self._shapes = Blendshapes()
        self._min_presence = TrackSettings().min_presence

    def read(self, image: NDArray[np.uint8], scale: ScaleName = "balance") -> list[Face]:
        """Every face of a picture, from the left.

        Args:
            image: (H, W, 3) uint8 BGR.
            scale: Valence scale.

        Raises:
            ImageError: `image` is no such picture.
        """
        faces = [self._face(image, detection, scale) for detection in self._detector.detect(image)]
        return sorted(faces, key=lambda face: float(face.box[0]))

    def _face(self, image: NDArray[np.uint8], detection: Detection, scale: ScaleName) -> Face:
        mesh = self._landmarker.locate(image, detection)
        nowhere = ExcludedZones()
        found = mesh.presence >= self._min_presence
        box = mesh_box(mesh) if found else detection.box
        seen = self._seeing.see(image, mesh) if found else Visibility.UNUSABLE
        reading = self._reader.read(image, [mesh], [seen])[0] if seen in self._reader.reads else None
        return Face(
            box=box,
            probabilities=None if reading is None else reading.probabilities,
            valence=None if reading is None else float(valence(reading.probabilities, scale)),
            valence_error=None if reading is None else float(np.sqrt(reading.variances[SCALES.index(scale)])),
            quality=face_quality(image, box, nowhere),
            visibility=seen,
            pose=head_pose(mesh) if found else None,
            cues=None if reading is None else face_cues(mesh, self._shapes.of(mesh), seen, gaze(mesh)),
        )


def read_faces(image: str | PathLike[str] | NDArray[np.generic], scale: str = "balance") -> list[Face]:
    """Find and read every face of a picture.

    Args:
        image: Path of a picture file, or the picture as notebooks hold it: (H, W, 3) **RGB**, (H, W, 4) RGBA,
            (H, W) or (H, W, 1) grey, uint8 0-255 or float 0-1, say `numpy.asarray(PIL.Image.open(...))`. Of
            `cv2.imread`, which gives BGR, pass `picture[..., ::-1]` or simply the path.
        scale: Valence scale: balance, circumplex or strongest.

    Returns:
        The faces from the left; an empty list where there is none.

    Raises:
        ImageError: There is no such file, it is no picture, or the array has the wrong shape, type or range.
        SettingError: There is no valence scale of that name.
    """
    return _reader().read(_bgr(image), check_scale(scale))


@cache
def _reader() -> FaceReader:
    """The reader behind `read_faces`, loaded at its first call."""
    return FaceReader()


def _bgr(image: object) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR of whatever `read_faces` takes."""
    if not isinstance(image, str | PathLike):
        return np.ascontiguousarray(as_rgb(image, "The picture")[..., ::-1])
    return open_picture(Path(image))
