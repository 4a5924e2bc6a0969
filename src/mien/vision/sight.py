"""A face of a picture between being found and being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.vision.types import LeftOut, Observation, Visibility

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.types import ExpressionReading, FaceCues, FaceMesh, Gaze, HeadPose, Quality, TiredLook


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A face of a picture before it is read.

    Attributes:
        track_id: Whose.
        box: (4,) float32 pixels of the whole picture.
        mesh: Its landmarks, in pixels of the image it is read from; `None` where they are not to be believed.
        quality: How well it can be read.
        pose: Head pose, where landmarks were found.
        gaze: Direction of the eyes, where the iris was found.
        left_out: Why it is not read; `None` where it may be.
        droop: By how much the head hangs lower than is usual at the camera, degrees; `None` where no landmarks
            were found.
    """

    track_id: int
    box: NDArray[np.float32]
    mesh: FaceMesh | None
    quality: Quality
    pose: HeadPose | None
    gaze: Gaze | None
    left_out: LeftOut | None
    droop: float | None = None

    def observed(
        self,
        t_s: float,
        visible: Visibility | None,
        reading: ExpressionReading | None,
        *,
        shown: NDArray[np.float64] | None = None,
        cues: FaceCues | None = None,
        tired: TiredLook | None = None,
    ) -> Observation:
        """What is told of it.

        Args:
            t_s: When it was seen, seconds in the stream.
            visible: How much of it can be read; one that was not looked at for covers (`None`) counts as full where
                landmarks were found.
            reading: What it shows in this picture alone.
            shown: What its track shows by now.
            cues: What the parts of the face do.
            tired: What lids and head of its track have shown by now.
        """
        left_out = self.left_out
        if visible is None:
            visible = Visibility.UNUSABLE if left_out is LeftOut.UNUSABLE else Visibility.FULL
        if left_out is None and reading is None:
            left_out = LeftOut.COVERED if visible is Visibility.EYES else LeftOut.UNUSABLE
        return Observation(
            track_id=self.track_id,
            t_s=t_s,
            box=self.box,
            quality=self.quality,
            pose=self.pose,
            gaze=self.gaze,
            visibility=visible,
            reading=reading,
            left_out=left_out,
            shown=shown,
            cues=cues,
            tired=tired,
        )
