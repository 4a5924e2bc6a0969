"""Find the face in every chosen picture of a set and read it, as the reader reads in use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import cv2
import numpy as np

from mien.errors import ImageError
from mien.evaluation.types import Lost, Readings
from mien.vision.crops import canonical_crop
from mien.vision.detect import YuNet
from mien.vision.exclude import ExcludedZones
from mien.vision.geometry import mesh_box, overlap
from mien.vision.landmarks import MIN_PRESENCE, MediaPipeLandmarker, find_in_crop
from mien.vision.likeness import BYTES, SIDE, fingerprint
from mien.vision.pose import head_pose
from mien.vision.quality import face_quality
from mien.vision.region import Region
from mien.vision.types import Detection, ExpressionReading, Visibility
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from mien.evaluation.types import FaceSet
    from mien.vision.protocols import Reader
    from mien.vision.types import FaceMesh, HeadPose, Quality

_SMALL_SIDE: Final = 160
_LARGE_SIDE: Final = 1920
_AROUND_BOX: Final = (1.5, 1.9, 1.2)
"""Sides of the square in which the face of a given box is looked for, over the longer side of the box."""
_SAME_FACE: Final = 0.3
_EXAMPLES: Final = 3


@runtime_checkable
class CropReader(Protocol):
    """A reader that also reads a crop as it came, where no landmarks are found."""

    def predict_with_error(
        self, crops: Sequence[NDArray[np.uint8]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(N, 8) distributions and (N, 3) variances of RGB face crops."""
        ...


class FaceSeeker:
    """Finds the face that a picture of a set is about: the one at its box, else the largest.

    Attributes:
        seeing: Sees how much of it can be read.

    Raises:
        ModelError: Weights are missing or altered.
    """

    def __init__(self) -> None:
        self._landmarker = MediaPipeLandmarker()
        self._detector = YuNet(long_side=_LARGE_SIDE)
        self.seeing = VisibilityDetector()

    def find(
        self, image: NDArray[np.uint8], box: NDArray[np.float64] | None, *, crop: bool
    ) -> tuple[FaceMesh | None, int]:
        """The landmarks of the face, `None` where none was found, and how many faces the detector saw.

        Args:
            image: (H, W, 3) uint8 BGR.
            box: (4,) x1, y1, x2, y2 of the face, where it is known.
            crop: Whether the picture is a crop filled by one face; then landmarks are looked for at once.
        """
        if box is not None:
            return self._at_box(image, box), 1
        if crop and (mesh := find_in_crop(self._landmarker, image)) is not None:
            return mesh, 1
        found = self._detect(image)
        if found:
            mesh = self._landmarker.locate(image, max(found, key=lambda d: d.height))
            if mesh.presence >= MIN_PRESENCE:
                return mesh, len(found)
        return (None if crop else find_in_crop(self._landmarker, image)), len(found)

    def _at_box(self, image: NDArray[np.uint8], box: NDArray[np.float64]) -> FaceMesh | None:
        x, y = (box[:2] + box[2:]) / 2
        side = float(max(box[2:] - box[:2]))
        for scale in _AROUND_BOX:
            mesh = find_in_crop(self._landmarker, image, Region(float(x), float(y), side * scale))
            if (
                mesh is not None
                and overlap(box[None].astype(np.float32), mesh_box(mesh)[None])[0, 0] >= _SAME_FACE
            ):
                return mesh
        return None

    def _detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Faces, also those that fill the picture or are few pixels high."""
        pad = max(image.shape[:2]) // 4
        padded = np.asarray(cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REPLICATE), np.uint8)
        scale = max(1.0, _SMALL_SIDE / max(padded.shape[:2]))
        if scale > 1.0:
            padded = np.asarray(cv2.resize(padded, None, fx=scale, fy=scale), np.uint8)
        return [
            Detection(d.box / np.float32(scale) - pad, d.score, d.points / np.float32(scale) - pad)
            for d in self._detector.detect(padded)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    """What came of one picture."""

    lost: Lost | None
    faces: int = 0
    hash: NDArray[np.uint8] | None = None
    reading: ExpressionReading | None = None
    as_came: bool = False
    quality: Quality | None = None
    pose: HeadPose | None = None
    visibility: Visibility | None = None


def read_set(
    faces: FaceSet, rows: NDArray[np.intp], reader: Reader, step: Callable[[int], None] | None = None
) -> Readings:
    """Read the chosen pictures. What cannot be read keeps its reason.

    Args:
        faces: The set.
        rows: (M,) which pictures.
        reader: Whose readings.
        step: Called after each picture with how many are done.

    Raises:
        ModelError: Weights are missing or altered.
    """
    seeker = FaceSeeker()
    seen: list[_One] = []
    examples: dict[Lost, list[str]] = defaultdict(list)
    for row in rows:
        one = _read_one(faces, int(row), reader, seeker)
        seen.append(one)
        if one.lost is not None and len(examples[one.lost]) < _EXAMPLES:
            examples[one.lost].append(faces.pictures.name(int(row)))
        if step is not None:
            step(len(seen))
    return _gathered(rows, seen, {reason: tuple(names) for reason, names in examples.items()})


def _read_one(faces: FaceSet, row: int, reader: Reader, seeker: FaceSeeker) -> _One:
    try:
        image = faces.pictures.open(row)
    except FileNotFoundError:
        return _One(Lost.MISSING)
    except ImageError:
        return _One(Lost.UNREADABLE)
    mesh, number = seeker.find(image, faces.pictures.box(row), crop=faces.pictures.crops)
    known = fingerprint(canonical_crop(image, mesh, SIDE))
    if mesh is None:
        if not (faces.pictures.crops and isinstance(reader, CropReader)):
            return _One(Lost.NO_FACE, number, known)
        probabilities, variances = reader.predict_with_error([np.ascontiguousarray(image[..., ::-1])])
        reading = ExpressionReading(probabilities[0], variances[0], Visibility.FULL)
        return _One(Lost.NO_FACE, number, known, reading, as_came=True)
    seen = seeker.seeing.see(image, mesh)
    quality = face_quality(image, mesh_box(mesh), ExcludedZones())
    read = reader.read(image, [mesh], [seen]) if seen in reader.reads else []
    return _One(
        None if read else Lost.NOT_READ,
        number,
        known,
        read[0] if read else None,
        quality=quality,
        pose=head_pose(mesh),
        visibility=seen,
    )


def _gathered(
    rows: NDArray[np.intp], seen: Sequence[_One], examples: Mapping[Lost, tuple[str, ...]]
) -> Readings:
    def column(of: Callable[[_One], float | None]) -> NDArray[np.float64]:
        return np.array([np.nan if (value := of(one)) is None else value for one in seen], np.float64)

    nothing = ExpressionReading(np.full(8, np.nan), np.full(3, np.nan), Visibility.UNUSABLE)
    unseen = np.zeros(BYTES, np.uint8)
    read = [nothing if one.reading is None else one.reading for one in seen]
    return Readings(
        rows=rows,
        probabilities=np.stack([reading.probabilities for reading in read]),
        variances=np.stack([reading.variances for reading in read]),
        found=np.array([one.lost is None for one in seen], np.bool_),
        as_came=np.array([one.as_came for one in seen], np.bool_),
        height_px=column(lambda one: one.quality.height_px if one.quality else None),
        yaw=column(lambda one: one.pose.yaw if one.pose else None),
        pitch=column(lambda one: one.pose.pitch if one.pose else None),
        sharpness=column(lambda one: one.quality.sharpness if one.quality else None),
        brightness=column(lambda one: one.quality.brightness if one.quality else None),
        visibility=tuple(one.visibility for one in seen),
        lost=tuple(one.lost for one in seen),
        several=sum(one.faces > 1 for one in seen),
        examples=examples,
        hashes=np.stack([unseen if one.hash is None else one.hash for one in seen]),
    )
