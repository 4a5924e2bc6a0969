"""One recording from its first picture to its last: decode, read, score, store.

The loop holds nothing that grows with the length of the video but the interactions it found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from mien.journey.builder import InteractionBuilder
from mien.runtime.account import Account
from mien.runtime.readers import open_reader, remarks_on
from mien.video import Damage
from mien.vision.gate import check_role
from mien.vision.pipeline import FacePipeline
from mien.vision.settings import CameraView, PipelineSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mien.journey.types import Context, Interaction
    from mien.runtime.settings import AnalysisSettings
    from mien.store import RecordingRun
    from mien.video import VideoFile
    from mien.video.types import Frame
    from mien.vision.types import Observation

    Progress = Callable[[float, float | None], None]
    """Called with the position and the length of the video (`None` if unknown), seconds."""

_COMMIT_EVERY_S: Final = 5.0
"""Seconds of computing between two checkpoints: what a kill can cost."""


@dataclass(slots=True, eq=False)
class Reading:
    """One pass over a recording: the pipeline, the builder, and what they found so far.

    Attributes:
        pipeline: Sees.
        builder: Turns readings into interactions.
        account: What was counted and noted.
        damage: What went wrong in the recording before this pass went on from a checkpoint.
        interactions: Finished interactions, in the order in which they ended.
        position_s: How far the pass has come, seconds in the stream.
        stopped: Whether it was stopped before the end.
    """

    pipeline: FacePipeline
    builder: InteractionBuilder
    account: Account = field(default_factory=Account)
    damage: Damage | None = None
    interactions: list[Interaction] = field(default_factory=list)
    position_s: float = 0.0
    stopped: bool = False

    @classmethod
    def new(cls, settings: AnalysisSettings, context: Context, recording: str) -> Reading:
        """A pass that has not begun.

        Args:
            settings: How the recording is read.
            context: Where and how it took place.
            recording: Fingerprint of the recording, from which interactions get their ids.

        Raises:
            SettingError: There is no such part, or a manifest is wrong.
            ModelError: A network is missing, altered or not what its manifest says, or its engine does not answer.
        """
        role = check_role(settings.role) if settings.role is not None else None
        reader = open_reader(settings.reader)
        pipeline = FacePipeline(
            PipelineSettings(detector=settings.detector),
            CameraView(role=role, exclude=settings.exclude),
            reader=reader,
        )
        builder = InteractionBuilder(recording, context, scale=settings.scale, reader=pipeline.reader_version)
        account = Account(
            rate=settings.rate, scale=settings.scale, context=context, remarks=list(remarks_on(reader))
        )
        return cls(pipeline, builder, account)

    def restore(self, run: RecordingRun, finished: list[Interaction]) -> None:
        """Go on where an earlier process stopped."""
        if run.checkpoint is None:
            return
        self.pipeline.restore(run.checkpoint["pipeline"])
        self.builder.restore(run.checkpoint["builder"])
        self.account = Account.of(run.counters)
        self.damage = Damage.of(run.checkpoint.get("video", {}))
        self.interactions = finished
        self.position_s = run.position_s

    def checkpoint(self, damage: Damage) -> dict[str, Any]:
        """Numbers from which `restore` goes on; no landmarks, nothing of a picture."""
        return {
            "pipeline": self.pipeline.state(),
            "builder": self.builder.state(),
            "video": damage.state(),
        }

    def take(self, frame: Frame) -> list[Observation]:
        """Read one picture.

        Returns:
            What was seen in it.
        """
        result = self.pipeline.process(frame)
        self.account.add(result.observations, result.excluded)
        for order in result.dropped:
            self.account.drop(order.reason, self.builder.discard(order.track_id))
        self.interactions += self.builder.take(result.observations, result.ended)
        return result.observations

    def note(self, video: VideoFile) -> None:
        """Note in the account what went wrong so far, and where posters and screens are."""
        self.account.warnings = video.warnings
        self.account.still = [spot.model_dump() for spot in self.pipeline.still_spots]

    def close(self) -> None:
        """The recording ended: who had left and was waited for is counted, who was still in view leaves with it."""
        self.interactions += self.builder.take([], self.pipeline.waiting)
        self.pipeline.finish()
        self.interactions += self.builder.finish(interrupted=True)


def read_recording(
    video: VideoFile,
    reading: Reading,
    settings: AnalysisSettings,
    *,
    run: RecordingRun | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
    witness: Callable[[list[Observation]], None] | None = None,
) -> None:
    """Take a recording in to its end, or until `stop` says so.

    With a run, each finished interaction is stored at once together with a checkpoint, in one transaction, and a
    checkpoint every few seconds anyway: a kill costs seconds, and nothing is lost or counted twice.

    Args:
        video: The open recording.
        reading: The pass, new or restored; filled here.
        settings: How the recording is read.
        run: The right to store what is found.
        progress: Told how far it has come.
        stop: Asked before each picture.
        witness: Told what was seen in each picture, for the overlay.

    Raises:
        VideoError: The recording cannot be decoded at all.
        EngineError: What runs the reader's network elsewhere does not answer.
        StoreError: What was found cannot be stored.
    """
    account = reading.account
    resumed_s = reading.position_s if account.frames else None
    stored, committed = len(reading.interactions), monotonic()
    counted_before: int | None = None
    for frame in video.frames(rate=settings.rate, start_s=resumed_s or 0.0, before=reading.damage):
        if counted_before is None:
            # After a stop the first picture given is the last one taken in: its number anchors the count.
            counted_before = 0 if resumed_s is None else account.frames - (frame.index + 1)
        if resumed_s is not None and frame.t_s <= resumed_s:
            continue
        if stop():
            reading.stopped = True
            break
        seen = reading.take(frame)
        reading.position_s = frame.t_s
        account.frames = counted_before + frame.index + 1
        if witness is not None:
            witness(seen)
        if progress is not None:
            progress(frame.t_s, video.info.duration_s)
        due = len(reading.interactions) > stored or monotonic() - committed > _COMMIT_EVERY_S
        if run is not None and due:
            _commit(run, reading, video, stored)
            stored, committed = len(reading.interactions), monotonic()
    reading.note(video)
    if not reading.stopped:
        if counted_before is not None:
            account.frames = counted_before + video.decoded
        account.length_s = video.end_s
        reading.close()
    if run is not None:
        _commit(run, reading, video, stored)
        if not reading.stopped:
            run.finish(account.as_counters())


def _commit(run: RecordingRun, reading: Reading, video: VideoFile, stored: int) -> None:
    reading.note(video)
    run.commit(
        reading.interactions[stored:],
        reading.checkpoint(video.damage),
        reading.position_s,
        reading.account.as_counters(),
    )
