"""What the parts of `mien.vision` hand to each other.

Conventions, here and nowhere else:

- A **box** is (x1, y1, x2, y2) in pixels of the upright picture, x to the right, y down.
- **Head pose** in degrees, as seen in the picture: `yaw` > 0 when the face turns towards the right edge of the
  picture, `pitch` > 0 when it looks down, `roll` > 0 when the head tilts clockwise.
- **Gaze** in degrees relative to the camera axis with the same signs as yaw and pitch.
- **Cues** of a face run from 0, where it does not do it, to 1, where it does so as far as faces do. Lids: 0 open, 1
  shut. Left and right are those of the picture: the left eye is the one nearer to its left edge. **Droop** of the head
  in degrees, > 0 where it hangs lower than heads usually do at the camera. `None` is what cannot be made out, never 0.
- Images are BGR uint8 unless a name says otherwise; times are seconds in the stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Visibility(StrEnum):
    """How much of a face can be read."""

    FULL = "full"
    EYES = "eyes"
    UNUSABLE = "unusable"


class LeftOut(StrEnum):
    """Why a reading does not count (design 3.3). What is left out keeps its reason."""

    TOO_SMALL = "too small"
    BLURRED = "blurred"
    TOO_DARK = "too dark or too bright"
    CUT_OFF = "cut off by the picture's edge"
    TURNED_AWAY = "turned away"
    LOOKING_DOWN = "head or gaze down"
    PHONE = "phone"
    UNUSABLE = "face not readable"
    COVERED = "lower face covered"
    STILL = "poster or screen"
    AFTER_HOURS = "after hours"


NOBODY: Final = frozenset({LeftOut.STILL, LeftOut.AFTER_HOURS})
"""What is left out for these is no customer's presence either: no interaction is made of it."""


class DropReason(StrEnum):
    """Why whatever was told of a track is to be deleted."""

    STAFF = "staff"
    OPTED_OUT = "opted out"
    STILL = "poster or screen"


@dataclass(frozen=True, slots=True)
class Dropped:
    """The order to delete all that was told of a track.

    Attributes:
        track_id: Which.
        reason: Why.
    """

    track_id: int
    reason: DropReason


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face found in one picture.

    Attributes:
        box: (4,) float32, x1, y1, x2, y2 in pixels.
        score: Detector's confidence, 0..1.
        points: (5, 2) float32 pixels: the eye at the picture's left, the eye at its right, nose tip, the mouth
            corner at the picture's left, the one at its right.
    """

    box: NDArray[np.float32]
    score: float
    points: NDArray[np.float32]

    @property
    def height(self) -> float:
        """Box height, pixels."""
        return float(self.box[3] - self.box[1])


@dataclass(frozen=True, slots=True, eq=False)
class FaceMesh:
    """Landmarks of one face.

    Attributes:
        points: (478, 3) float32: x, y in pixels of the picture, z in the same unit, smaller is nearer to the camera.
        presence: Probability that there is a face where the network looked, 0..1.
    """

    points: NDArray[np.float32]
    presence: float


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Direction of the head, degrees; signs in the module's text."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Gaze:
    """Direction of the eyes, degrees; signs in the module's text."""

    yaw: float
    pitch: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be read.

    Attributes:
        height_px: Face height, pixels of the original picture.
        sharpness: 0 (nothing can be made out) .. 1 (as sharp as the reader needs).
        brightness: Mean luma of the face, 0..1.
        contrast: Standard deviation of luma of the face, 0..0.5.
        inside: Share of the face box inside the picture and outside excluded zones, 0..1.
    """

    height_px: float
    sharpness: float
    brightness: float
    contrast: float
    inside: float


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionReading:
    """What one face shows in one picture.

    Attributes:
        probabilities: (8,) float64 in the order of `mien.expressions.EXPRESSIONS`, sums to 1.
        variances: (3,) float64, predicted variance of valence against the mean of human taggers, one per scale in
            the order of `mien.expressions.SCALES`.
        visibility: What the reading was made from.
    """

    probabilities: NDArray[np.float64]
    variances: NDArray[np.float64]
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class FaceCues:
    """What the parts of one face do in one picture; conventions in the module's text.

    Attributes:
        smile: Corners of the mouth drawn up and out, 0..1; `None` where the lower face is covered.
        brow_lowering: Inner ends of the brows lower than on most faces, 0..1.
        brow_raising: Inner ends of the brows raised, 0..1.
        lid_closure: 0 open .. 1 shut, both eyes together; `None` where the eyes are too small to tell.
        lid_opening: Distance of the lids in widths of the eye, both eyes together; `None` likewise.
        wink: How much further shut the left eye is than the right one, -1..1; `None` likewise.
        squint: Eyes narrowed from below, 0..1.
        gaze: Direction of the eyes; `None` where irises cannot be made out.
        droop: By how much the head hangs lower than is usual at the camera, degrees.
        jaw_open: Jaw dropped, 0..1: some tenths while talking, most of the scale in a yawn; `None` where the lower face
            is covered.
    """

    smile: float | None
    brow_lowering: float
    brow_raising: float
    lid_closure: float | None
    lid_opening: float | None
    wink: float | None
    squint: float
    gaze: Gaze | None
    droop: float | None
    jaw_open: float | None = None


class Untold(StrEnum):
    """Why something of a track is not told."""

    TOO_SHORT = "watched too short"
    TOO_FEW = "too few readings a second to see blinks"
    NO_LIDS = "lids not seen"


@dataclass(frozen=True, slots=True)
class TiredLook:
    """What lids and head of one track have shown by now, and whether its face looks tired: never whether somebody is.

    Attributes:
        watched_s: Seconds for which its lids were seen.
        looks_tired: Probability that an observer would call the face tired-looking, 0..0.7; `None` where that cannot
            be told.
        at_start: The same of its first 5 s; `None` where they were not enough or are not over.
        untold: Why `looks_tired` is not told; `None` where it is.
        blinks: Blinks that were seen.
        blink_rate: Blinks a minute; `None` where that cannot be told.
        blink_low: Lower end of its 95 % interval.
        blink_high: Upper end.
        blinks_untold: Why there is no blink rate; `None` where there is one.
        shut_share: Share of the time with lids at least 80 % shut, against this person's own open eyes; `None` where
            lids were not seen.
        long_closures: Times that the lids stayed shut for longer than a blink.
        droop: Mean droop of the head, degrees; `None` where no head pose was seen.
    """

    watched_s: float
    looks_tired: float | None
    at_start: float | None
    untold: Untold | None
    blinks: int
    blink_rate: float | None
    blink_low: float | None
    blink_high: float | None
    blinks_untold: Untold | None
    shut_share: float | None
    long_closures: int
    droop: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One face of one track at one time, with everything that was measured.

    Attributes:
        track_id: Number of the track in its pipeline, from 1.
        t_s: Seconds in the stream.
        box: (4,) float32 pixels.
        quality: How well it can be read.
        pose: Head pose, where landmarks were found.
        gaze: Direction of the eyes, where the iris was found.
        visibility: How much of the face can be read.
        reading: What it shows in this picture alone; `None` where nothing was inferred.
        left_out: Why it does not count; `None` where it does.
        shown: (8,) float64, the temporal reading: what its track shows by now, in the order of
            `mien.expressions.EXPRESSIONS`, sums to 1. This is what people are told as the expression, and `reading`
            what scores are made of. `None` where there is no `reading`, or no pipeline that follows it.
        cues: What the parts of the face do; `None` of a face that does not count.
        tired: What lids and head of its track have shown by now; `None` of a face that does not count.
    """

    track_id: int
    t_s: float
    box: NDArray[np.float32]
    quality: Quality
    pose: HeadPose | None
    gaze: Gaze | None
    visibility: Visibility
    reading: ExpressionReading | None
    left_out: LeftOut | None
    shown: NDArray[np.float64] | None = None
    cues: FaceCues | None = None
    tired: TiredLook | None = None
