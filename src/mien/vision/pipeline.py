"""The chain of one camera: exclude, detect, follow, measure, gate, read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mien.errors import SettingError
from mien.vision.attention import AttentionState
from mien.vision.badges import BadgeScreen, BadgeState, Readable
from mien.vision.exclude import ExcludedZones
from mien.vision.find import FaceFinder
from mien.vision.gate import Gate
from mien.vision.geometry import covered
from mien.vision.pose import gaze, head_pose
from mien.vision.quality import face_quality
from mien.vision.registry import DETECTORS, LANDMARKERS, READERS
from mien.vision.scene import SceneWatch
from mien.vision.settings import STATE_VERSION, CameraView, PipelineSettings
from mien.vision.sight import Sight
from mien.vision.stages import StageClock
from mien.vision.still import StillWatch
from mien.vision.still_place import StillState
from mien.vision.telling import Telling
from mien.vision.temporal import TrackShown
from mien.vision.tired import TrackTired
from mien.vision.track import Tracker, TrackerState
from mien.vision.types import NOBODY, Dropped, LeftOut
from mien.vision.visibility import TrackVisibility, VisibilityDetector, VisibilityMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mien.video.types import Frame
    from mien.vision.badges import BadgeAccount
    from mien.vision.guests import GuestWatch
    from mien.vision.protocols import Detector, Landmarker, Onlooker, Reader, Seeing
    from mien.vision.still_place import StillSpot
    from mien.vision.track import Candidate, Track
    from mien.vision.types import ExpressionReading, Observation, Visibility


class PipelineState(BaseModel):
    """What a pipeline needs to go on after a stop: numbers only, no landmarks, nothing of a picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(STATE_VERSION, ge=STATE_VERSION, le=STATE_VERSION)
    t_s: float | None
    tracks: TrackerState
    attention: AttentionState
    visibility: dict[int, TrackVisibility]
    shown: dict[int, TrackShown]
    tired: dict[int, TrackTired]
    badges: BadgeState | None = None
    still: StillState


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one picture gave.

    Attributes:
        observations: One for each face seen, whether its reading counts or not, by track. Where badges are looked
            for, faces are told up to 2 s after they were seen, those of each track in order of time.
        ended: Tracks that ended; they never come back. Who may be a poster is told as ended once its place is
            cleared, or two minutes after a face was last seen there.
        excluded: Faces found where nothing is read, which were not read.
        dropped: Tracks that may not be read, for a badge, or since nobody is there but a poster or a screen: whatever
            was told of them is to be deleted.
    """

    observations: list[Observation]
    ended: list[int]
    excluded: int
    dropped: list[Dropped] = field(default_factory=list)


class FacePipeline:
    """Finds, follows and reads the faces of one camera, picture by picture.

    Every face that counts is first looked at for covers; one whose lower part is covered is read by its eyes, or left
    out where the reader cannot do that.

    Args:
        settings: How faces are found, followed and judged.
        view: What holds for the place that the camera watches.
        detector: Used instead of the one that `settings` name.
        landmarker: Likewise.
        reader: Likewise.
        seeing: Used instead of Mien's own detector of covers.
        beside: Are shown the faces that count, so that visits can be joined or counted by segment; nothing is made of
            them where left out. Who gives them takes what they have of tracks that ended.

    Raises:
        SettingError: A part of that name does not exist.
        ZoneError: An excluded zone is no polygon inside the picture.
        ModelError: Weights are missing or altered.
    """

    def __init__(
        self,
        settings: PipelineSettings | None = None,
        view: CameraView | None = None,
        *,
        detector: Detector | None = None,
        landmarker: Landmarker | None = None,
        reader: Reader | None = None,
        seeing: Seeing | None = None,
        beside: Sequence[Onlooker] = (),
    ) -> None:
        self.settings = settings if settings is not None else PipelineSettings()
        threads = self.settings.threads
        view = view if view is not None else CameraView()
        self._zones = ExcludedZones(view.exclude, read=view.read)
        self._badges = BadgeScreen(view.badges, self._zones) if view.badges is not None else None
        self._reader = reader or READERS.make(self.settings.reader, threads=threads)
        self._tracker = Tracker(self.settings.tracks)
        self._gate = Gate(self.settings.gate, view.role)
        self._scene = SceneWatch()
        self._seeing: Seeing = seeing or VisibilityDetector(threads=threads)
        self._seen = VisibilityMemory()
        self._beside = tuple(beside)
        self._guests: GuestWatch | None = None
        self._telling = Telling(threads=threads)
        self._still = StillWatch()
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

    def watch_guests(self, guests: GuestWatch) -> None:
        """Have what guests of an entrance are told by looked at from now on; who gives the watch takes its news."""
        self._guests = guests

    def process(self, frame: Frame, *, closed: bool = False) -> FrameResult:
        """Take in the next picture.

        Args:
            frame: Upright BGR picture with its time. A time before the last one (a seek) or a cut to
                another scene ends every track.
            closed: Whether the site is closed: nobody is read then, and who is seen is no customer.

        Returns:
            Everything seen in it.
        """
        self.clock.begin()
        t_s = frame.t_s
        image = self._zones.blacked_out(frame.image)
        self.clock.lap("exclude")
        ended = self._tracker.clear() if self._scene.jumped(image, t_s) else self._tracker.expire(t_s)
        self.clock.lap("track")
        candidates, excluded = self._finder.find(image, self._tracker, t_s)
        size = (image.shape[1], image.shape[0])
        pairs = self._tracker.assign(candidates, t_s, size)
        self._forget(ended)
        boxes = {track.id: seen.box for track, seen in pairs}
        still = self._still.take(t_s, boxes, ended, size=size, closed=closed)
        self.clock.lap("track")
        behind = covered(np.array([seen.box for _, seen in pairs], dtype=np.float32))
        sights = [
            self._look(
                image, track, seen if free else replace(seen, mesh=None), t_s, still.left_out.get(track.id)
            )
            for (track, seen), free in zip(pairs, behind <= self.settings.gate.max_covered, strict=True)
        ]
        self.clock.lap("quality")
        readable, dropped = [Readable(t_s, image, sights)], still.dropped
        if self._badges is not None:
            nobodies = [sight for sight in sights if sight.left_out in NOBODY]
            somebodies = [sight for sight in sights if sight.left_out not in NOBODY]
            readable, staff = self._badges.take(image, t_s, somebodies, self._hidden(sights, t_s))
            readable, dropped = [*readable, Readable(t_s, image, nobodies)], [*staff, *dropped]
            self.clock.lap("badges")
        for onlooker in self._beside:
            onlooker.forget(one.track_id for one in dropped)
        if self._guests is not None:
            self._guests.forget(one.track_id for one in dropped)
            self._guests.take(image, t_s, readable, boxes, self._zones)
        observations = [seen for part in readable for seen in self._read(part)]
        if self._badges is not None:
            self._badges.note(observations)
        self.clock.lap("read")
        return FrameResult(observations, still.ended, excluded, dropped)

    def finish(self) -> list[int]:
        """End the stream: the tracks that were still open."""
        ended = self._tracker.clear()
        self._forget(ended)
        return ended

    @property
    def badge_account(self) -> BadgeAccount | None:
        """What badges did so far; `None` where none are looked for."""
        return self._badges.account if self._badges is not None else None

    @property
    def still_spots(self) -> list[StillSpot]:
        """Places that were taken for posters or screens so far."""
        return self._still.spots

    @property
    def waiting(self) -> list[int]:
        """Tracks that ended and are not told yet, since they may be those of a poster."""
        return self._still.waiting

    def _hidden(self, sights: Sequence[Sight], t_s: float) -> dict[int, NDArray[np.float32]]:
        """Where the faces are expected that are not seen just now."""
        seen = {sight.track_id for sight in sights}
        return {t.id: t.motion.at(t_s).box for t in self._tracker.tracks if t.id not in seen}

    def _forget(self, ended: list[int]) -> None:
        self._gate.attention.forget(ended)
        self._seen.forget(ended)
        self._telling.forget(ended)
        if self._badges is not None:
            self._badges.forget(ended)

    def state(self) -> dict[str, object]:
        """What `restore` needs to go on after a stop: boxes, speeds, ids, times; JSON can hold it."""
        state = PipelineState(
            t_s=self._scene.t_s,
            tracks=self._tracker.state(),
            attention=self._gate.attention.state(),
            visibility=self._seen.state(),
            shown=self._telling.shown.state(),
            tired=self._telling.tired.state(),
            badges=self._badges.state() if self._badges is not None else None,
            still=self._still.state(),
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
        self._scene.t_s = saved.t_s
        self._tracker.restore(saved.tracks, saved.t_s)
        self._gate.attention.restore(saved.attention)
        self._seen.restore(saved.visibility)
        self._telling.shown.restore(saved.shown)
        self._telling.tired.restore(saved.tired)
        self._still.restore(saved.still)
        if self._badges is not None and saved.badges is not None:
            self._badges.restore(saved.badges)

    def _look(
        self, image: NDArray[np.uint8], track: Track, seen: Candidate, t_s: float, nobody: LeftOut | None
    ) -> Sight:
        """Quality, pose and the gate's judgement of one face, without landmarks if it is half hidden or nobody's."""
        quality = face_quality(image, seen.box, self._zones)
        if nobody is not None:
            return Sight(track.id, seen.box, None, quality, None, None, nobody)
        pose = head_pose(seen.mesh) if seen.mesh is not None else None
        eyes = gaze(seen.mesh) if seen.mesh is not None else None
        left_out = self._gate.judge(track.id, t_s, quality, pose, eyes)
        droop = None if pose is None else pose.pitch - self._gate.attention.usual_pitch
        return Sight(track.id, seen.box, seen.mesh, quality, pose, eyes, left_out, droop)

    def _read(self, readable: Readable) -> list[Observation]:
        """Look at the faces that count for covers, and read those that can be read, all at once."""
        image, t_s = readable.image, readable.t_s
        counted = [sight for sight in readable.sights if sight.left_out is None and sight.mesh is not None]
        visible: dict[int, Visibility] = {}
        readings: dict[int, ExpressionReading] = {}
        if counted:
            looks = self._seeing.look(image, [sight.mesh for sight in counted if sight.mesh is not None])
            for sight, look in zip(counted, looks, strict=True):
                known = self._seen.take(sight.track_id, t_s, look)
                visible[sight.track_id] = self._seeing.decide(known)
                for onlooker in self._beside:
                    if sight.mesh is not None:
                        onlooker.look(sight.track_id, t_s, image, sight.mesh, visible[sight.track_id])
            readings = self._readings(
                image, [s for s in counted if visible[s.track_id] in self._reader.reads], visible
            )
        return [
            self._telling.observe(sight, t_s, visible.get(sight.track_id), readings.get(sight.track_id))
            for sight in readable.sights
        ]

    def _readings(
        self, image: NDArray[np.uint8], sights: list[Sight], visible: Mapping[int, Visibility]
    ) -> dict[int, ExpressionReading]:
        meshes = [sight.mesh for sight in sights if sight.mesh is not None]
        read = self._reader.read(image, meshes, [visible[sight.track_id] for sight in sights])
        return {sight.track_id: reading for sight, reading in zip(sights, read, strict=True)}
