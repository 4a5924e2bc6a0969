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
from mien.vision.track import Tracker, TrackerState, TrackSettings
from mien.vision.types import LeftOut, Observation, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mien.video.types import Frame
    from mien.vision.protocols import Detector, Landmarker, Reader
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

    version: int = Field(1, ge=1, le=1)
    t_s: float | None
    tracks: TrackerState
    attention: AttentionState


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

    def __init__(
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
        self._reader = reader or READERS.make(self.settings.reader, threads=threads)
        self._tracker = Tracker(self.settings.tracks)
        self._gate = Gate(self.settings.gate, role)
        self._scene = SceneWatch()
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
        self._gate.attention.forget(ended)
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
        self._gate.attention.forget(ended)
        return ended

    def state(self) -> dict[str, object]:
        """What `restore` needs to go on after a stop: boxes, speeds, ids, times; JSON can hold it."""
        state = PipelineState(
            t_s=self._t_s, tracks=self._tracker.state(), attention=self._gate.attention.state()
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

    def _look(self, image: NDArray[np.uint8], track: Track, seen: Candidate, t_s: float) -> _Sight:
        """Quality, pose and the gate's judgement of one face, without landmarks if it is half hidden."""
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
