"""What is told of a face beyond its single reading: what its track shows by now, its cues, whether it looks tired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.vision.cues import face_cues
from mien.vision.landmarks import Blendshapes
from mien.vision.temporal import TemporalReading
from mien.vision.tired import TiredMemory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.vision.sight import Sight
    from mien.vision.types import ExpressionReading, Observation, Visibility


class Telling:
    """Makes observations of sights; remembers what each track has shown.

    Args:
        threads: Threads inside one operation.

    Raises:
        ModelError: The weights of the blendshapes are missing or altered.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self.shown = TemporalReading()
        self.tired = TiredMemory()
        self._shapes = Blendshapes(threads=threads)

    def observe(
        self, sight: Sight, t_s: float, visible: Visibility | None, reading: ExpressionReading | None
    ) -> Observation:
        """What is told of one face.

        Args:
            sight: The face.
            t_s: Seconds in the stream, not before the track's last.
            visible: How much of it can be read; `None` where it was not looked at for covers.
            reading: What it shows in this picture alone; `None` where it was not read.
        """
        if reading is None or sight.mesh is None or sight.pose is None or visible is None:
            return sight.observed(t_s, visible, reading)
        shown = self.shown.take(sight.track_id, t_s, reading, sight.mesh, sight.pose)
        cues = face_cues(sight.mesh, self._shapes.of(sight.mesh), visible, sight.gaze, sight.droop)
        tired = self.tired.take(sight.track_id, t_s, cues, reading.probabilities)
        return sight.observed(t_s, visible, reading, shown=shown, cues=cues, tired=tired)

    def forget(self, track_ids: Iterable[int]) -> None:
        """Drop what is remembered of tracks that ended."""
        ended = list(track_ids)
        self.shown.forget(ended)
        self.tired.forget(ended)
