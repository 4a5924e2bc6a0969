"""The chain of one camera: exclude, detect, follow, measure, gate, read."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mien.errors import SettingError
from mien.vision.detect.network import DEFAULT_LONG_SIDE
from mien.vision.exclude import ExcludedZones
from mien.vision.gate import Gate, GateSettings, GateState, Role
from mien.vision.geometry import mesh_box, overlap
from mien.vision.pose import gaze, head_pose
from mien.vision.quality import face_quality
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.scene import SceneWatch
from mien.vision.track import Candidate, Track, Tracker, TrackerState, TrackSettings
from mien.vision.types import LeftOut, Observation, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mien.video.types import Frame
    from mien.vision.protocols import Detector, Landmarker, Reader
    from mien.vision.types import Detection, ExpressionReading, FaceMesh, Gaze, HeadPose, Quality

_SAME_FACE: Final = 0.4
"""Intersection over union from which two boxes of one picture are the same face."""

_STEADY: Final = 0.75
"""Intersection over union with where a face was expected from which one look for its landmarks is enough."""


class PipelineSettings(BaseModel):
    """How a camera's faces are found, followed and judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str = Field("yunet", title="Detector", description="Name of the face detector.")
    detect_long_side: int | None = Field(
        DEFAULT_LONG_SIDE,
        ge=64,
        title="Detection size",
        description="Pictures are shrunk to this many pixels on the longer side for detection; none for "
        "full resolution, which finds far-off faces and costs more.",
    )
    min_score: float = Field(
        0.5, gt=0.0, lt=1.0, title="Least detection score", description="Detector's confidence, 0 to 1."
    )
    landmarker: str = Field("mediapipe", title="Landmarks", description="Name of the landmark network.")
    reader: str = Field("mien", title="Reader", description="Name of the expression reader.")
    tracks: TrackSettings = Field(
        default_factory=TrackSettings, title="Following", description="How faces are followed."
    )
    gate: GateSettings = Field(
        default_factory=GateSettings, title="Gate", description="Thresholds from which a reading counts."
    )
    threads: int = Field(1, ge=1, le=64, title="Threads", description="Threads inside one network.")


class PipelineState(BaseModel):
    """What a pipeline needs to go on after a stop: numbers only, no landmarks, nothing of a picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    t_s: float | None
    tracks: TrackerState
    gate: GateState


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one picture gave.

    Attributes:
        observations: One for each face seen, whether its reading counts or not, by track.
        ended: Tracks that ended; they never come back.
        excluded: Faces in excluded zones, which were not read.
    """

    observations: list[Observation]
    ended: list[int]
    excluded: int


@dataclass(slots=True)
class StageClock:
    """Processor seconds of this process spent in each stage, for benchmarks; never a time in the stream.

    Attributes:
        seconds: By stage: exclude, detect, landmarks, track, quality, read.
        ticks: Pictures taken in.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    ticks: int = 0
    _last: float = 0.0

    def begin(self) -> None:
        """A picture comes in."""
        self.ticks += 1
        self._last = process_time()

    def lap(self, stage: str) -> None:
        """What was spent since the last call goes to `stage`."""
        now = process_time()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """A face of the present picture before it is read."""

    track_id: int
    box: NDArray[np.float32]
    mesh: FaceMesh | None
    quality: Quality
    pose: HeadPose | None
    gaze: Gaze | None
    left_out: LeftOut | None


class FacePipeline:
    """Finds, follows and reads the faces of one camera, picture by picture.

    Covered faces are not yet told apart: the visibility of a face is `full` or `unusable`.

    Args:
        settings: How faces are found, followed and judged.
        role: What the touchpoint is in the journey; some make people look down.
        exclude: Zones where nothing is read, corners in 0-1 coordinates of the picture.
        detector: Used instead of the one that `settings` name.
        landmarker: Likewise.
        reader: Likewise.

    Raises:
        SettingError: A part of that name does not exist.
        ZoneError: An excluded zone is no polygon inside the picture.
        ModelError: Weights are missing or altered.
    """

    def __init__(  # noqa: PLR0913  (the three parts are for those who bring their own)
        self,
        settings: PipelineSettings | None = None,
        *,
        role: Role | None = None,
        exclude: Sequence[Sequence[tuple[float, float]]] = (),
        detector: Detector | None = None,
        landmarker: Landmarker | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.settings = settings if settings is not None else PipelineSettings()
        threads = self.settings.threads
        self._zones = ExcludedZones(exclude)
        self._detector = detector or DETECTORS.make(
            self.settings.detector,
            long_side=self.settings.detect_long_side,
            min_score=self.settings.min_score,
            threads=threads,
        )
        self._landmarker = landmarker or LANDMARKERS.make(self.settings.landmarker, threads=threads)
        self._reader = reader or READERS.make(self.settings.reader, threads=threads)
        self._tracker = Tracker(self.settings.tracks)
        self._gate = Gate(self.settings.gate, role)
        self._scene = SceneWatch()
        self._t_s: float | None = None
        self.clock = StageClock()

    @property
    def reader_version(self) -> str:
        """Name and version of the expression reader, stored with every score."""
        return f"{self._reader.name} {self._reader.version}"

    def process(self, frame: Frame) -> FrameResult:
        """Take in the next picture.

        Args:
            frame: Upright BGR picture with its time. A time before the last one (a seek) or a cut to
                another scene
                ends every track.

        Returns:
            Everything seen in it.
        """
        self.clock.begin()
        t_s = frame.t_s
        image = self._zones.blacked_out(frame.image)
        self.clock.lap("exclude")
        backwards = self._t_s is not None and t_s < self._t_s
        self._t_s = t_s
        jumped = self._scene.cut(image) or backwards
        ended = self._tracker.clear() if jumped else self._tracker.expire(t_s)
        self.clock.lap("track")
        candidates, excluded = self._candidates(image, t_s)
        pairs = self._tracker.assign(candidates, t_s)
        self._gate.forget(ended)
        self.clock.lap("track")
        sights = [self._look(image, track, seen, t_s) for track, seen in pairs]
        self.clock.lap("quality")
        observations = self._read(image, sights, t_s)
        self.clock.lap("read")
        return FrameResult(observations, ended, excluded)

    def finish(self) -> list[int]:
        """End the stream: the tracks that were still open."""
        ended = self._tracker.clear()
        self._gate.forget(ended)
        return ended

    def state(self) -> dict[str, object]:
        """What `restore` needs to go on after a stop: boxes, speeds, ids, times; JSON can hold it."""
        state = PipelineState(t_s=self._t_s, tracks=self._tracker.state(), gate=self._gate.state())
        return state.model_dump(mode="json")

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on where another pipeline of the same settings stopped.

        Raises:
            SettingError: It is not a state that `state` gave.
        """
        try:
            saved = PipelineState.model_validate(dict(state))
        except ValidationError as error:
            raise SettingError(
                f"The saved state cannot be used ({error.error_count()} wrong values, first "
                f"{error.errors()[0]['loc']}); start the analysis anew."
            ) from error
        self._t_s = saved.t_s
        self._tracker.restore(saved.tracks)
        self._gate.restore(saved.gate)

    def _candidates(self, image: NDArray[np.uint8], t_s: float) -> tuple[list[Candidate], int]:
        """Every face of the picture once, and how many were in excluded zones."""
        height, width = image.shape[:2]
        followed: list[tuple[Track, Candidate]] = []
        lost = False
        for track in self._tracker.tracks:
            candidate = self._follow(image, track, t_s)
            if candidate is not None:
                followed.append((track, candidate))
            lost = lost or candidate is None
        self.clock.lap("landmarks")
        found: list[Candidate] = []
        if self._tracker.detection_due(t_s, lost=lost):
            self._tracker.detected_s = t_s
            detections = self._detector.detect(image)
            self.clock.lap("detect")
            allowed = [d for d in detections if not self._zones.forbids(d.box, height, width)]
            excluded = len(detections) - len(allowed)
            followed, unknown = self._confirm(followed, allowed, t_s)
            found = [self._new(image, detection) for detection in unknown]
            self.clock.lap("landmarks")
        else:
            excluded = 0
        candidates = distinct([candidate for _, candidate in followed] + found)
        kept = [c for c in candidates if not self._zones.forbids(c.box, height, width)]
        return kept, excluded + len(candidates) - len(kept)

    def _follow(self, image: NDArray[np.uint8], track: Track, t_s: float) -> Candidate | None:
        """The face of a track by its landmarks; `None` where it is not there."""
        around = track.expected(t_s)
        if around is None:
            return None
        mesh = self._landmarker.locate(image, around)
        if overlap(mesh_box(around)[None], mesh_box(mesh)[None])[0, 0] < _STEADY:
            # It moved so much that the first look was askew; the second one is not.
            mesh = self._landmarker.locate(image, mesh)
        if mesh.presence < self.settings.tracks.min_presence:
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
            elif t_s - track.confirmed_s <= self.settings.tracks.max_unconfirmed_s:
                kept.append((track, candidate))
        known = alike.max(axis=0, initial=0.0) >= _SAME_FACE
        return kept, [detection for detection, old in zip(detections, known, strict=True) if not old]

    def _new(self, image: NDArray[np.uint8], detection: Detection) -> Candidate:
        """A detected face with its landmarks, where they are to be believed."""
        mesh = self._landmarker.locate(image, detection)
        tracks = self.settings.tracks
        if mesh.presence >= tracks.min_presence:
            return Candidate(mesh_box(mesh), mesh, detected=True, may_start=True)
        sure = detection.score >= tracks.min_score_alone
        return Candidate(detection.box, None, detected=True, may_start=sure)

    def _look(self, image: NDArray[np.uint8], track: Track, seen: Candidate, t_s: float) -> _Sight:
        """Quality, pose and the gate's judgement of one face."""
        quality = face_quality(image, seen.box, self._zones)
        pose = head_pose(seen.mesh) if seen.mesh is not None else None
        eyes = gaze(seen.mesh) if seen.mesh is not None else None
        left_out = self._gate.judge(track.id, t_s, quality, pose, eyes)
        return _Sight(track.id, seen.box, seen.mesh, quality, pose, eyes, left_out)

    def _read(self, image: NDArray[np.uint8], sights: list[_Sight], t_s: float) -> list[Observation]:
        """Read the faces that count, all at once."""
        counted = [sight for sight in sights if sight.left_out is None and sight.mesh is not None]
        readings: dict[int, ExpressionReading] = {}
        if counted:
            meshes = [sight.mesh for sight in counted if sight.mesh is not None]
            read = self._reader.read(image, meshes, [Visibility.FULL] * len(meshes))
            readings = {sight.track_id: reading for sight, reading in zip(counted, read, strict=True)}
        return [
            Observation(
                track_id=sight.track_id,
                t_s=t_s,
                box=sight.box,
                quality=sight.quality,
                pose=sight.pose,
                gaze=sight.gaze,
                visibility=Visibility.UNUSABLE if sight.left_out is LeftOut.UNUSABLE else Visibility.FULL,
                reading=readings.get(sight.track_id),
                left_out=sight.left_out,
            )
            for sight in sights
        ]


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
