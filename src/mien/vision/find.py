"""Find the faces of a picture: those followed from the picture before, and those the detector finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mien.vision.geometry import mesh_box, overlap
from mien.vision.track import Candidate, Track, Tracker, TrackSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mien.vision.exclude import ExcludedZones
    from mien.vision.protocols import Detector, Landmarker
    from mien.vision.stages import StageClock
    from mien.vision.types import Detection

_SAME_FACE: Final = 0.4
"""Intersection over union from which two boxes of one picture are the same face."""

_STEADY: Final = 0.75
"""Intersection over union with where a face was expected from which one look for its landmarks is enough."""


class FaceFinder:
    """Finds the faces of one camera's pictures, none in an excluded zone.

    Args:
        detector: Searches whole pictures.
        landmarker: Follows faces from picture to picture, and says whether a detection is a face.
        zones: Where nothing is read.
        settings: How faces are followed.
        clock: Where the cost of each stage is noted.
    """

    def __init__(
        self,
        detector: Detector,
        landmarker: Landmarker,
        zones: ExcludedZones,
        *,
        settings: TrackSettings,
        clock: StageClock,
    ) -> None:
        self._detector = detector
        self._landmarker = landmarker
        self._zones = zones
        self._settings = settings
        self._clock = clock

    def find(self, image: NDArray[np.uint8], tracker: Tracker, t_s: float) -> tuple[list[Candidate], int]:
        """Every face of a picture once, and how many were in excluded zones.

        Between two detections those in excluded zones count as when they were last looked for.

        Args:
            image: (H, W, 3) uint8 BGR, excluded zones blacked out.
            tracker: Who was there before; it says whether the whole picture has to be searched.
            t_s: Now, seconds in the stream.
        """
        height, width = image.shape[:2]
        followed: list[tuple[Track, Candidate]] = []
        lost = False
        for track in tracker.tracks:
            candidate = self._follow(image, track, t_s)
            if candidate is not None:
                followed.append((track, candidate))
            lost = lost or candidate is None
        self._clock.lap("landmarks")
        found: list[Candidate] = []
        if tracker.detection_due(t_s, lost=lost):
            tracker.detected_s = t_s
            detections = self._detector.detect(image)
            self._clock.lap("detect")
            allowed = [d for d in detections if not self._zones.forbids(d.box, height, width)]
            tracker.forbidden = len(detections) - len(allowed)
            followed, unknown = self._confirm(followed, allowed, t_s)
            found = [self._new(image, detection) for detection in unknown]
            self._clock.lap("landmarks")
        candidates = distinct([candidate for _, candidate in followed] + found)
        kept = [c for c in candidates if not self._zones.forbids(c.box, height, width)]
        return kept, tracker.forbidden + len(candidates) - len(kept)

    def _follow(self, image: NDArray[np.uint8], track: Track, t_s: float) -> Candidate | None:
        """The face of a track by its landmarks; `None` where it is not there."""
        around = track.expected(t_s)
        if around is None:
            return None
        mesh = self._landmarker.locate(image, around.region)
        if overlap(np.array([around.box], np.float32), mesh_box(mesh)[None])[0, 0] < _STEADY:
            # It moved so much that the first look was askew; the second one is not.
            mesh = self._landmarker.locate(image, mesh)
        if mesh.presence < self._settings.min_presence:
            return None
        return Candidate(mesh_box(mesh), mesh, detected=False, may_start=False)

    def _confirm(
        self, followed: list[tuple[Track, Candidate]], detections: list[Detection], t_s: float
    ) -> tuple[list[tuple[Track, Candidate]], list[Detection]]:
        """Compare what was followed with what was detected.

        Returns:
            The followed faces, without those that the detector has not found for too long; the detections of
            faces that were not followed.
        """
        if not followed or not detections:
            alike = np.zeros((len(followed), len(detections)))
        else:
            alike = overlap(
                np.stack([candidate.box for _, candidate in followed]),
                np.stack([detection.box for detection in detections]),
            )
        confirmed = alike.max(axis=1, initial=0.0) >= _SAME_FACE
        kept = []
        for (track, candidate), found in zip(followed, confirmed, strict=True):
            if found:
                sure = Candidate(candidate.box, candidate.mesh, detected=True, may_start=True)
                kept.append((track, sure))
            elif t_s - track.confirmed_s <= self._settings.max_unconfirmed_s:
                kept.append((track, candidate))
        known = alike.max(axis=0, initial=0.0) >= _SAME_FACE
        return kept, [detection for detection, old in zip(detections, known, strict=True) if not old]

    def _new(self, image: NDArray[np.uint8], detection: Detection) -> Candidate:
        """A detected face with its landmarks, where they are to be believed."""
        mesh = self._landmarker.locate(image, detection)
        if mesh.presence >= self._settings.min_presence:
            return Candidate(mesh_box(mesh), mesh, detected=True, may_start=True)
        sure = detection.score >= self._settings.min_score_alone
        return Candidate(detection.box, None, detected=True, may_start=sure)


def distinct(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates without second views of the same face; the one with the surer landmarks stays."""
    surest = sorted(
        candidates, key=lambda c: (c.detected, c.mesh.presence if c.mesh is not None else 0.0), reverse=True
    )
    kept: list[Candidate] = []
    for candidate in surest:
        if not kept or overlap(candidate.box[None], np.stack([k.box for k in kept])).max() < _SAME_FACE:
            kept.append(candidate)
    return kept
