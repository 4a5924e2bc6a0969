"""The chain of one camera: exclude, detect, follow, measure, gate, read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mien.errors import SettingError
from mien.vision.attention import AttentionState
from mien.vision.detect.network import DEFAULT_LONG_SIDE
from mien.vision.exclude import ExcludedZones
from mien.vision.find import FaceFinder
from mien.vision.gate import Gate, GateSettings, Role
from mien.vision.geometry import covered
from mien.vision.pose import gaze, head_pose
from mien.vision.quality import face_quality
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.scene import SceneWatch
from mien.vision.stages import StageClock
from mien.vision.temporal import TemporalReading, TrackShown
from mien.vision.track import Tracker, TrackerState, TrackSettings
from mien.vision.types import LeftOut, Observation, Visibility
from mien.vision.visibility import TrackVisibility, VisibilityDetector, VisibilityMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mien.video.types import Frame
    from mien.vision.protocols import Detector, Landmarker, Reader, Seeing
    from mien.vision.track import Candidate, Track
    from mien.vision.types import ExpressionReading, FaceMesh, Gaze, HeadPose, Quality


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

    version: int = Field(3, ge=3, le=3)
    t_s: float | None
    tracks: TrackerState
    attention: AttentionState
    visibility: dict[int, TrackVisibility]
    shown: dict[int, TrackShown]


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one picture gave.

    Attributes:
        observations: One for each face seen, whether its reading counts or not, by track.
        ended: Tracks that ended; they never come back.
        excluded: Faces found in excluded zones, which were not read.
    """

    observations: list[Observation]
    ended: list[int]
    excluded: int


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

    Every face that counts is first looked at for covers; one whose lower part is covered is read by its eyes, or left
    out where the reader cannot do that.

    Args:
        settings: How faces are found, followed and judged.
        role: What the touchpoint is in the journey; some make people look down.
        exclude: Zones where nothing is read, corners in 0-1 coordinates of the picture.
        detector: Used instead of the one that `settings` name.
        landmarker: Likewise.
        reader: Likewise.
        seeing: Used instead of Mien's own detector of covers.

    Raises:
        SettingError: A part of that name does not exist.
        ZoneError: An excluded zone is no polygon inside the picture.
        ModelError: Weights are missing or altered.
    """

    def __init__(
        self,
        settings: PipelineSettings | None = None,
        *,
        role: Role | None = None,
        exclude: Sequence[Sequence[tuple[float, float]]] = (),
        detector: Detector | None = None,
        landmarker: Landmarker | None = None,
        reader: Reader | None = None,
        seeing: Seeing | None = None,
    ) -> None:
        self.settings = settings if settings is not None else PipelineSettings()
        threads = self.settings.threads
        self._zones = ExcludedZones(exclude)
        self._reader = reader or READERS.make(self.settings.reader, threads=threads)
        self._tracker = Tracker(self.settings.tracks)
        self._gate = Gate(self.settings.gate, role)
        self._scene = SceneWatch()
        self._seeing: Seeing = seeing or VisibilityDetector(threads=threads)
        self._seen = VisibilityMemory()
        self._shown = TemporalReading()
        self._t_s: float | None = None
        self.clock = StageClock()
        detector = detector or DETECTORS.make(
            self.settings.detector,
            long_side=self.settings.detect_long_side,
            min_score=self.settings.min_score,
            threads=threads,
        )
        landmarker = landmarker or LANDMARKERS.make(self.settings.landmarker, threads=threads)
        self._finder = FaceFinder(
            detector, landmarker, self._zones, settings=self.settings.tracks, clock=self.clock
        )

    @property
    def reader_version(self) -> str:
        """Name and version of the expression reader, stored with every score."""
        return f"{self._reader.name} {self._reader.version}"

    def process(self, frame: Frame) -> FrameResult:
        """Take in the next picture.

        Args:
            frame: Upright BGR picture with its time. A time before the last one (a seek) or a cut to
                another scene ends every track.

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
        candidates, excluded = self._finder.find(image, self._tracker, t_s)
        pairs = self._tracker.assign(candidates, t_s)
        self._forget(ended)
        self.clock.lap("track")
        behind = covered(np.array([seen.box for _, seen in pairs], dtype=np.float32))
        sights = [
            self._look(image, track, seen if free else replace(seen, mesh=None), t_s)
            for (track, seen), free in zip(pairs, behind <= self.settings.gate.max_covered, strict=True)
        ]
        self.clock.lap("quality")
        observations = self._read(image, sights, t_s)
        self.clock.lap("read")
        return FrameResult(observations, ended, excluded)

    def finish(self) -> list[int]:
        """End the stream: the tracks that were still open."""
        ended = self._tracker.clear()
        self._forget(ended)
        return ended

    def _forget(self, ended: list[int]) -> None:
        self._gate.attention.forget(ended)
        self._seen.forget(ended)
        self._shown.forget(ended)

    def state(self) -> dict[str, object]:
        """What `restore` needs to go on after a stop: boxes, speeds, ids, times; JSON can hold it."""
        state = PipelineState(
            t_s=self._t_s,
            tracks=self._tracker.state(),
            attention=self._gate.attention.state(),
            visibility=self._seen.state(),
            shown=self._shown.state(),
        )
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
        self._gate.attention.restore(saved.attention)
        self._seen.restore(saved.visibility)
        self._shown.restore(saved.shown)

    def _look(self, image: NDArray[np.uint8], track: Track, seen: Candidate, t_s: float) -> _Sight:
        """Quality, pose and the gate's judgement of one face, without landmarks if it is half hidden."""
        quality = face_quality(image, seen.box, self._zones)
        pose = head_pose(seen.mesh) if seen.mesh is not None else None
        eyes = gaze(seen.mesh) if seen.mesh is not None else None
        left_out = self._gate.judge(track.id, t_s, quality, pose, eyes)
        return _Sight(track.id, seen.box, seen.mesh, quality, pose, eyes, left_out)

    def _read(self, image: NDArray[np.uint8], sights: list[_Sight], t_s: float) -> list[Observation]:
        """Look at the faces that count for covers, and read those that can be read, all at once."""
        counted = [sight for sight in sights if sight.left_out is None and sight.mesh is not None]
        visible: dict[int, Visibility] = {}
        readings: dict[int, ExpressionReading] = {}
        if counted:
            looks = self._seeing.look(image, [sight.mesh for sight in counted if sight.mesh is not None])
            for sight, look in zip(counted, looks, strict=True):
                known = self._seen.take(sight.track_id, t_s, look)
                visible[sight.track_id] = self._seeing.decide(known)
            readable = [sight for sight in counted if visible[sight.track_id] in self._reader.reads]
            meshes = [sight.mesh for sight in readable if sight.mesh is not None]
            read = self._reader.read(image, meshes, [visible[sight.track_id] for sight in readable])
            readings = {sight.track_id: reading for sight, reading in zip(readable, read, strict=True)}
        return [
            self._observe(sight, t_s, visible.get(sight.track_id), readings.get(sight.track_id))
            for sight in sights
        ]

    def _observe(
        self, sight: _Sight, t_s: float, visible: Visibility | None, reading: ExpressionReading | None
    ) -> Observation:
        """What is told of a face, with what its track shows by now."""
        shown = None
        if reading is not None and sight.mesh is not None and sight.pose is not None:
            shown = self._shown.take(sight.track_id, t_s, reading, sight.mesh, sight.pose)
        return _observation(sight, t_s, visible, reading, shown)


def _observation(
    sight: _Sight,
    t_s: float,
    visible: Visibility | None,
    reading: ExpressionReading | None,
    shown: NDArray[np.float64] | None,
) -> Observation:
    """What is told of a face; one that was not looked at for covers counts as full where landmarks were found."""
    left_out = sight.left_out
    if visible is None:
        visible = Visibility.UNUSABLE if left_out is LeftOut.UNUSABLE else Visibility.FULL
    if left_out is None and reading is None:
        left_out = LeftOut.COVERED if visible is Visibility.EYES else LeftOut.UNUSABLE
    return Observation(
        track_id=sight.track_id,
        t_s=t_s,
        box=sight.box,
        quality=sight.quality,
        pose=sight.pose,
        gaze=sight.gaze,
        visibility=visible,
        reading=reading,
        left_out=left_out,
        shown=shown,
    )
